from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
import typer
from commands import conformance, sentence
from forked import Forked
from runs import BASE, HEAVY, exchange, loaded_by, record
from whole_runs import text_of

from conformance import __version__
from conformance.cli import doctor, requirements
from conformance.cli import main as cli
from conformance.cli.saved import judge_again
from conformance.client import exchange as history
from conformance.client.saved import Saved
from conformance.contract import lifecycle
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError, TargetError
from conformance.run import embedded, launch
from conformance.run.settings.loading import load as load_target


def test_help_teaches_examples_and_exit_statuses(tmp_path: Path) -> None:
    done = conformance("run", "--help", cwd=tmp_path)
    assert done.returncode == 0
    for text in ("conformance run --profile smoke", "1    not conformant", "130  interrupted", "--report-dir"):
        assert text in done.stdout


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = loaded_by("from conformance.cli.main import app\napp(['--help'], standalone_mode=False)", tmp_path)
    assert "typer" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("columns", ["80", "160"])
def test_help_names_every_command_with_a_whole_sentence(columns: str, tmp_path: Path) -> None:
    lines = conformance("--help", cwd=tmp_path, env={"COLUMNS": columns}).stdout.partition("Commands:")[2]
    commands = [line.split(maxsplit=1) for line in lines.strip().splitlines()]
    assert {"run", "judge", "plan"} <= {command[0] for command in commands}
    assert [command for command in commands if not command[1].endswith(".") or command[1].endswith("...")] == []


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    group = typer.main.get_group(cli.app)
    context = typer.Context(group)
    for name, (_, said) in cli.COMMANDS.items():
        command = group.get_command(context, name)
        assert command.help.partition("\n")[0] == said, name


def test_version(tmp_path: Path) -> None:
    assert conformance("--version", cwd=tmp_path).stdout == f"layers-conformance {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--config", "none.toml"], "Cannot read"),
        (["run", "--base-url", "http://127.0.0.1:9"], "target.project_id"),
        (["run", "--base-url", "http://127.0.0.1:9", "--project-id", "prj"], "LAYERS_API_KEY holds no API key"),
        (["run", "--fault", "progress-in-percent", "--base-url", "http://127.0.0.1:9"], "leave out --base-url"),
        (["run", "--fault", "no-such-fault"], "faults"),
        (["run", "--fault", "progress-in-percents"], "did you mean progress-in-percent? "),
        (["run", "--variant", "id-bare-uuids"], "did you mean ids-bare-uuids? "),
        (["sandbox", "--fault", "progress-in-percents"], "did you mean progress-in-percent? "),
        (["run", "--only", "NOPE-1"], "NOPE-1"),
        (["run", "--report-dir", "file/below"], "Cannot write reports into"),
        (["judge", "."], "run.json"),
        (["sandbox", "--port", "99999"], "99999"),
        (["sandbox", "--variant", "no-such-variant"], "variants"),
        (["diagram", "--write", "none.md"], "Cannot read none.md"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = conformance(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in sentence(done)


def test_an_unreachable_target_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = conformance(
        *("run", "--base-url", "http://127.0.0.1:9", "--project-id", "prj"),
        cwd=tmp_path,
        env={"LAYERS_API_KEY": "key"},
    )
    assert done.returncode == 2
    assert "Cannot reach the target at http://127.0.0.1:9" in sentence(done)


def test_a_run_loads_no_plugin_of_another_package(tmp_path: Path) -> None:
    (tmp_path / "foreign.py").write_text("raise RuntimeError('loaded')")
    metadata = tmp_path / "foreign-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pytest11]\nforeign = foreign\n")
    done = conformance(
        *("run", "--base-url", "http://127.0.0.1:9", "--project-id", "prj"),
        cwd=tmp_path,
        env={"LAYERS_API_KEY": "key", "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
    )
    assert "Cannot reach the target at http://127.0.0.1:9" in sentence(done)


@pytest.mark.parametrize("arguments", [["run", "--workers", "many"], ["run", "--profile", "deep"], ["no-such-command"]])
def test_a_wrong_command_line_exits_2(arguments: list[str], tmp_path: Path) -> None:
    assert conformance(*arguments, cwd=tmp_path).returncode == 2


def test_an_unforeseen_error_is_a_defect_with_its_traceback_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks() -> None:
        raise RuntimeError("no\nluck")

    monkeypatch.setattr(cli, "app", breaks)
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr().err
    assert left.value.code == 3
    assert said.startswith(
        "This is a defect of layers-conformance: RuntimeError: no luck; please report it with the file "
    )
    file = Path(said.strip().rpartition(" ")[2].removesuffix("."))
    assert "RuntimeError: no\nluck" in file.read_text()
    file.unlink()


def test_init_writes_settings_that_fit_and_spares_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "conformance.toml"
    doctor.write_template(path, "https://api.example.com", 'a"b', force=False)
    monkeypatch.setenv("LAYERS_API_KEY", "key")
    target = load_target(path)
    assert (target.base_url, target.target.project_id) == ("https://api.example.com", 'a"b')
    with pytest.raises(ConfigurationError, match="exists already; give --force"):
        doctor.write_template(path, "https://other.example.com", "prj", force=False)
    assert load_target(path).base_url == "https://api.example.com"
    doctor.write_template(path, "https://other.example.com", "prj", force=True)
    assert load_target(path).base_url == "https://other.example.com"
    with pytest.raises(ConfigurationError, match="Cannot write"):
        doctor.write_template(tmp_path / "none" / "x.toml", "https://a.example.com", "prj", force=False)


def test_every_optional_setting_of_the_template_fits_once_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = doctor.template().replace("BASE-URL", "https://api.example.com").replace("PROJECT-ID", "prj")
    given = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    path = tmp_path / "conformance.toml"
    path.write_text(given)
    monkeypatch.setenv("LAYERS_API_KEY", "key")
    monkeypatch.setenv("LAYERS_OTHER_KEY", "other")
    # The files and variables that the way to a target needs are not there.
    assert load_target(path, needs_key=False).configured() == {
        *("review_project", "archive_project", "other_key", "source_post", "failing_brief", "clock")
    }


def test_diagrams_go_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{requirements.BEGIN}\nold \\1\n{requirements.END}\nafter\n")
    for _ in range(2):
        requirements.replace_diagram(page, lifecycle.diagram())
    text = page.read_text()
    assert (
        text == f"before\n{requirements.BEGIN}\n{requirements.fenced(lifecycle.diagram())}{requirements.END}\nafter\n"
    )
    page.write_text("no markers")
    with pytest.raises(ConfigurationError, match="put both markers"):
        requirements.replace_diagram(page, "x")
    assert page.read_text() == "no markers"


def test_the_page_of_requirements_is_current() -> None:
    page = Path(__file__).parent.parent / "docs" / "requirements.md"
    assert page.read_text(encoding="utf-8") == requirements.register_markdown(load()), (
        "run `conformance requirements --format markdown > docs/requirements.md`"
    )


def test_the_register_names_every_requirement_with_its_drivers() -> None:
    rows = {row["id"]: row for row in json.loads(requirements.register_json(load()))["requirements"]}
    assert list(rows) == list(load().requirements)
    assert rows["IDM-8"]["needs"] == ["target.other_api_key_env"]
    assert rows["CRE-1"]["profile"] == "smoke"
    assert rows["CRE-1"]["drivers"]


@pytest.mark.parametrize("name", ["history.jsonl", "history.jsonl.gz"])
def test_judging_again_gives_the_report_of_what_is_saved(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = record(promised={"CRE-1": ["d"]})
    run.write(tmp_path / "run.json")
    recorder = history.Recorder(tmp_path / "part")
    recorder.record(exchange(1, answer=b"not JSON"))
    recorder.close()
    Saved([tmp_path / "part"]).keep(tmp_path)
    if name.endswith(".jsonl"):
        (tmp_path / name).write_bytes(gzip.decompress((tmp_path / "history.jsonl.gz").read_bytes()))
        (tmp_path / "history.jsonl.gz").unlink()
    assert judge_again(tmp_path, quiet=True) in {1, 2}
    saved = json.loads((tmp_path / "report.json").read_text())
    assert saved["harness"]["version"] == __version__
    assert saved["requirements"]["CRE-1"]["verdict"] == "not exercised"
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"run\.json: No such file"),
        ({"run.json": "{}"}, r"run\.json: it is not a manifest"),
        ({"run.json": None}, r"history\.jsonl: No such file"),
        ({"run.json": None, "history.jsonl": "{}\n{}\n"}, "Line 1 of .* is not an exchange"),
    ],
)
def test_a_folder_that_holds_no_run(files: dict[str, str | None], said: str, tmp_path: Path) -> None:
    for name, text in files.items():
        if text is None:
            record().write(tmp_path / name)
        else:
            (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        judge_again(tmp_path)


def test_the_config_file_of_this_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    assert launch.RunOptions().is_on_sandbox is True
    (tmp_path / "conformance.toml").write_text("")
    assert launch.RunOptions().config_file == Path("conformance.toml")
    assert launch.RunOptions().is_on_sandbox is False
    assert launch.RunOptions(base_url=BASE).config_file == Path("conformance.toml")
    assert launch.RunOptions(changes=("--fault", "x")).is_on_sandbox is True
    assert launch.RunOptions(sandbox=True).is_on_sandbox is True


def test_the_sandbox_tells_its_settings_and_ends_with_the_block(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with embedded.running_sandbox() as description:
        path = tmp_path / "conformance.toml"
        path.write_text(embedded.config_of(description))
        for name, value in embedded.keys_of(description).items():
            monkeypatch.setenv(name, value)
        target = load_target(path)
        assert target.base_url.startswith("http://127.0.0.1:")
        assert len(target.configured()) == 6
    assert description["apiKey"] not in path.read_text()
    assert description["otherApiKey"] not in path.read_text()


def test_a_sandbox_that_does_not_start_says_why() -> None:
    with pytest.raises(TargetError, match="faults"), embedded.running_sandbox(["--fault", "no-such-fault"]):
        pass


def test_hostile_values_survive_the_settings_file() -> None:
    description = {"baseUrl": BASE, "projectId": 'a"\\\n\u2028🎬', "failingBrief": {"a b": ["x"]}, "clockUrl": None}
    read = tomllib.loads(embedded.config_of(description))
    assert read["target"]["project_id"] == description["projectId"]
    assert read["fixtures"]["failing_brief"] == {"a b": ["x"]}
    assert read["hooks"] == {}


def test_a_run_against_the_sandbox_leaves_every_report_and_no_key(tmp_path: Path) -> None:
    done = conformance("run", "--profile", "smoke", "--report-dir", "here", cwd=tmp_path)
    folder = tmp_path / "here"
    report = json.loads((folder / "report.json").read_text())
    assert done.returncode == report["exitStatus"]
    assert report["spent"]["requests"] > 0
    assert list(report["requirements"]) == list(load().requirements)
    assert str(folder / "report.json") in done.stdout
    for name in ("history.jsonl.gz", "run.json", "report.json", "junit.xml", "report.md", "report.html", "history.har"):
        text = text_of(folder / name)
        assert text
        assert "lp_" not in text, "every key of the sandbox begins so"
    again = conformance("judge", "here", "--quiet", "--write", cwd=tmp_path)
    saved = json.loads((folder / "report.json").read_text())
    assert {name: row["verdict"] for name, row in saved["requirements"].items()} == {
        name: row["verdict"] for name, row in report["requirements"].items()
    }
    assert again.returncode == saved["exitStatus"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_command_prints_settings_that_fit_and_ends_in_peace(number: int, tmp_path: Path) -> None:
    command = ("-c", "from conformance.cli.main import main; main()", "sandbox", "--port", "0")
    with subprocess.Popen([sys.executable, *command], cwd=tmp_path, stdout=-1, stderr=-1, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("clock_url"):
                break
        process.send_signal(number)
        _, said = process.communicate()
    assert (process.returncode, said) == (0, "")
    assert tomllib.loads("".join(lines))["target"]["base_url"].startswith("http://127.0.0.1:")


def sent(folder: Path) -> int:
    """Count the exchanges that a run has recorded so far."""
    return sum(path.read_text().count("\n") for path in folder.glob("reports/*/parts/main.history.jsonl"))


COMMAND = ("-c", "from conformance.cli.main import main; main()")


def test_ctrl_c_ends_a_run_with_130_and_its_sandbox_with_it(tmp_path: Path) -> None:
    process = Forked(*COMMAND, "run", "--profile", "gate", cwd=tmp_path, env=os.environ)
    process.wait_until(lambda: sent(tmp_path) >= 10)
    os.kill(process.pid, signal.SIGINT)
    done = process.ended()
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    report = json.loads(next(tmp_path.glob("reports/*/report.json")).read_text())
    assert (report["outcome"], report["stopped"]) == ("incomplete", "it was interrupted")
    assert report["exitStatus"] == 130
    with pytest.raises(httpx.ConnectError):
        httpx.get(report["target"]["target"]["base_url"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_selftest_that_is_stopped_leaves_no_sandbox_behind(number: int, tmp_path: Path) -> None:
    options = ("selftest", "--only-variants", "generations-slow", "--out", "here")
    process = Forked(*COMMAND, *options, cwd=tmp_path, env=os.environ)
    process.wait_until(lambda: len([*tmp_path.glob("here/runs/*/conformance.toml")]) == 2)
    os.kill(process.pid, number)
    done = process.ended()
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for file in tmp_path.glob("here/runs/*/conformance.toml"):
        with pytest.raises(httpx.ConnectError):
            httpx.get(tomllib.loads(file.read_text())["target"]["base_url"])
