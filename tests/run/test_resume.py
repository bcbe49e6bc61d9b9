"""`conformance run --resume`: a run that was cut off goes on, sends nothing twice, and comes to the verdicts of one run."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from commands import conformance, sentence
from forked import Forked, python
from inside import Job, runs
from whole_runs import COMMAND, Ran, backend, clean_environment, run, settings_without

from conformance.client.exchange import Exchange, Request, TransportError, read, to_json
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.run.journal import KILLED, MANIFEST, NOTES, hold_lock, read_record
from conformance.run.options import options_of
from conformance.run.resume import record_in, require_alike, taken_from
from conformance.run.verdicts.record import INTERRUPTED
from sandbox.server import describe, running

NIGHT = 8 * 3_600.0
ROOM = {"CONFORMANCE_BUDGET__GENERATIONS": "60"}
"""A budget for what each part has to make anew."""


def test_cut_off_runs_come_to_the_verdicts_of_one_run() -> None:
    whole, *cut = runs(
        [
            {"profile": "smoke"},
            {"profile": "smoke", "cuts": [["kill", 60], ["interrupt", 200]], "gap": NIGHT},
            {"profile": "smoke", "changes": ["replay-answers-200"], "cuts": [["kill", 30]]},
            {"profile": "certify", "only": "APR-9", "variables": ROOM, "cuts": [["kill", 40], ["kill", 30]]},
        ]
    )
    require_one_run(cut[0], whole)
    assert cut[1]["status"] == 1
    assert "IDM-1" in cut[1]["failed"]
    assert (cut[2]["status"], cut[2]["verdicts"]["APR-9"], cut[2]["again"]) == (0, "passed", [])


def require_one_run(cut: Job, whole: Job) -> None:
    assert (cut["status"], cut["verdicts"]) == (whole["status"], whole["verdicts"])
    assert cut["stopped"] is None
    assert len(cut["parts"]) == len(cut["cuts"]) + 1
    assert cut["sent"] == cut["requests"] == sum(part["spent"]["requests"] for part in cut["parts"])
    assert cut["generations"] == sum(part["spent"]["generations"] for part in cut["parts"])
    assert cut["again"] == [], "no driver that had ended was run again"


@pytest.mark.exhaustive
@pytest.mark.parametrize("gap", [0.0, NIGHT, 3 * NIGHT])
@pytest.mark.parametrize("how", ["kill", "interrupt"])
def test_a_gate_may_be_cut_off_anywhere(how: str, gap: float) -> None:
    places = (5, 50, 150, 300, 500, 700, 900, 1_200, 1_600, 2_000, 2_300)
    cuts = [{"profile": "gate", "variables": ROOM, "gap": gap, "cuts": [[how, place]]} for place in places]
    whole, *found = runs([{"profile": "gate"}, *cuts])
    for each in found:
        require_one_run(each, whole)


@pytest.mark.exhaustive
@pytest.mark.parametrize("fault", ["hook-cut-at-255", "replay-record-serves-once", "job-result-expires"])
def test_a_fault_is_found_wherever_the_run_was_cut_off(fault: str) -> None:
    cuts = [
        {"profile": "gate", "variables": ROOM, "changes": [fault], "cuts": [["kill", each]]}
        for each in (100, 600, 1_500)
    ]
    whole, *found = runs([{"profile": "gate", "changes": [fault]}, *cuts])
    for each in found:
        assert (each["status"], whole["status"]) == (1, 1)
        assert set(each["failed"]) >= set(whole["failed"][:1])


@pytest.mark.exhaustive
def test_a_certify_may_be_killed_anywhere() -> None:
    cuts: list[list[list[object]]] = [
        [["kill", 300], ["kill", 1_500], ["kill", 3_000]],
        [["kill", 4_500], ["kill", 1_000], ["kill", 500]],
    ]
    room = {"CONFORMANCE_BUDGET__GENERATIONS": "340"}
    whole, *found = runs(
        [
            {"profile": "certify"},
            *({"profile": "certify", "variables": room, "gap": NIGHT, "cuts": each} for each in cuts),
        ]
    )
    for each in found:
        require_one_run(each, whole)


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran, list[str]]:
    """Return a run that spent its budget of requests, the same run killed in its second part and resumed, and the drivers that had ended."""
    folder, served = tmp_path_factory.mktemp("resumed"), backend()
    with running(served) as url:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        short = run(folder, "--profile", "smoke", "--requests", "120", environment=keys)
        shutil.copytree(short.folder, folder / "short")
        kill(folder, keys, 2, 60)
        ended = [json.loads(line) for line in (folder / "report" / NOTES).read_text().splitlines()]
        # What was under way when a part ended is sent again, generations too, which a budget for one part need not bear.
        done = resume(folder, keys, "--requests", "1400", "--generations", "3")
    names = [note["driver"] for note in ended if note["kind"] == "ended"]
    return Ran(short.status, folder / "short", short.out, short.err), done, names


def resume(folder: Path, keys: dict[str, str], *arguments: str) -> Ran:
    done = python(*COMMAND, "--resume", "report", *arguments, cwd=folder, env=clean_environment(**keys))
    return Ran(done.returncode, folder / "report", done.stdout, done.stderr)


def kill(folder: Path, keys: dict[str, str], part: int, exchanges: int) -> None:
    """Begin a certify, or resume a run, and kill it by SIGKILL when this part of it has recorded so many exchanges."""
    name, arguments = (
        (f"part{part}main", ["--resume"]) if part > 1 else ("main", ["--profile", "certify", "--report-dir"])
    )
    recorded = folder / "report" / "parts" / f"{name}.history.jsonl"
    process = Forked(*COMMAND, *arguments, "report", cwd=folder, env=clean_environment(**keys))
    process.kill_when(lambda: recorded.exists() and recorded.read_bytes().count(b"\n") >= exchanges)


@pytest.mark.exhaustive
def test_a_certify_that_is_killed_again_and_again_comes_to_the_verdict_of_one_run(tmp_path: Path) -> None:
    # So few that haste meets the limit on a busy machine too: ERR-7 is judged of a 429 alone.
    served = backend(polls_per_second=30)
    with running(served) as url:
        (tmp_path / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        for part, exchanges in enumerate((150, 1_200, 2_200, 2_500), start=1):
            kill(tmp_path, keys, part, exchanges)
        done = resume(tmp_path, keys, "--generations", "900")
    assert done.status == 0, done.out + done.err
    assert set(done.verdicts.values()) == {"passed"}
    assert [part["stopped"] for part in done.report["parts"]] == [*[KILLED] * 4, None]


def test_a_run_over_three_parts_is_one_run(resumed: tuple[Ran, Ran, list[str]], smoke: Ran) -> None:
    short, done, ended = resumed
    assert (short.status, done.status) == (2, 0), done.out + done.err
    # A generation that was begun again leaves a container more, and so may show the order of the list (LST-10).
    more = {name for name, verdict in smoke.verdicts.items() if verdict != done.verdicts[name]}
    assert more <= {"LST-10"}
    report, spent = done.report, [part["spent"] for part in done.report["parts"]]
    assert [part["stopped"] for part in report["parts"]] == ["the budget of 120 requests is spent", KILLED, None]
    assert [sum(each[name] for each in spent) for name in ("generations", "requests")] == [
        report["spent"]["generations"],
        report["spent"]["requests"],
    ]
    ids = [exchange.id for exchange in done.history]
    assert len(ids) == len(set(ids)) <= report["spent"]["requests"]
    assert {each.partition("main")[0] for each in ids} == {"", "part2", "part3"}
    later = {exchange.driver for exchange in done.history if exchange.id.startswith(("part2", "part3"))}
    assert ended
    assert later.isdisjoint(ended)


def test_the_report_says_that_and_when_it_was_resumed(resumed: tuple[Ran, Ran, list[str]]) -> None:
    done = resumed[1]
    text = " ".join(done.out.split())
    assert "in 3 parts (20" in text
    assert "in 3 parts (20" in (done.folder / "report.md").read_text()
    assert "in 3 parts (20" in (done.folder / "junit.xml").read_text()
    assert "This run goes on with the one in" in " ".join(done.err.split())
    assert done.report["detection"] is None, "another run than was measured"
    again = conformance("judge", "report", cwd=done.folder.parent)
    assert again.returncode == done.status, "it is a folder as any other"
    assert "tells other verdicts" not in again.stderr


def test_a_run_that_has_come_to_its_end_is_not_resumed(resumed: tuple[Ran, Ran, list[str]]) -> None:
    folder = resumed[1].folder
    assert not (folder / NOTES).exists()
    with pytest.raises(ConfigurationError, match="has come to its end"):
        record_in(folder)


def changed(folder: Path, **values: Any) -> Path:
    """Change the manifest of a run."""
    data = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(data | values))
    return folder


@pytest.fixture
def short(resumed: tuple[Ran, Ran, list[str]], tmp_path: Path) -> Path:
    """Return a copy of the run that spent its budget."""
    return shutil.copytree(resumed[0].folder, tmp_path / "short")


def test_what_may_not_be_joined_is_refused(short: Path) -> None:
    record = read_record(short / MANIFEST)
    require_alike(short, record, record)
    other = record.harness.model_copy(update={"contract_digest": "another"})
    target = record.target | {"timing": record.target["timing"] | {"generation_timeout": 1.0}}
    for now, said in (
        (record.model_copy(update={"harness": other}), "not the one that is installed"),
        (record.model_copy(update={"drivers": {}}), "not the one that is installed"),
        (record.model_copy(update={"target": target}), "another timing.generation_timeout"),
        (record.model_copy(update={"configured": []}), "another set of settings"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            require_alike(short, record, now)
    budget = record.target | {"budget": record.target["budget"] | {"generations": 99}}
    require_alike(short, record, record.model_copy(update={"target": budget}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"began": False}, "no further than the first contact"),
        ({"shards": {"numbers": [1, 2], "of": 3}}, "several runs that were merged"),
    ],
)
def test_what_cannot_go_on_is_refused(values: dict[str, Any], said: str, short: Path) -> None:
    with pytest.raises(ConfigurationError, match=said):
        record_in(changed(short, **values))


def test_an_embedded_sandbox_is_gone(short: Path) -> None:
    data = json.loads((short / MANIFEST).read_text())
    with pytest.raises(ConfigurationError, match="ended with it"):
        record_in(changed(short, target=data["target"] | {"embeddedSandbox": True}))


def test_a_folder_without_its_notes_is_refused(short: Path) -> None:
    (short / NOTES).unlink()
    record = read_record(short / MANIFEST)
    with pytest.raises(ConfigurationError, match="nobody knows how far that run came"):
        taken_from(short, record)


def test_a_run_that_is_still_going_on_is_not_resumed(short: Path) -> None:
    (short / "parts").mkdir()
    record = read_record(short / MANIFEST)
    record.model_copy(update={"started_at": record.finished_at}).write(short / "parts" / MANIFEST)
    lock = hold_lock(short / "parts")
    assert lock is not None
    with lock, pytest.raises(ConfigurationError, match="still going on"):
        taken_from(short, record)
    lock = hold_lock(short / "parts")
    assert lock is not None, "it ends with its process"
    lock.close()


def test_a_clock_that_is_behind_is_refused(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1.0)
    with pytest.raises(ConfigurationError, match="clock of this machine is behind"):
        taken_from(short, read_record(short / MANIFEST))


class Options:
    """The options of pytest: those of a run without any, but for some."""

    def __init__(self, folder: Path, **given: Any) -> None:
        names = {
            "profile": None,
            "only": "",
            "shard": "",
            "seed": 0,
            "strict": False,
            "report_dir": None,
            "stop_on": "",
        }
        self._given = {f"conformance_{name}": value for name, value in names.items()}
        self._given |= {"conformance_resume": str(folder), "numprocesses": None} | given

    def getoption(self, name: str, default: object = None) -> Any:
        return self._given.get(name, default)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"numprocesses": 2}, "goes on in one process"),
        ({"conformance_seed": 7}, "had another seed"),
        ({"conformance_profile": "certify"}, "had another profile"),
        ({"conformance_profile": "gate"}, "had another profile"),
        ({"conformance_only": "IDM"}, "had another restriction"),
        ({"conformance_shard": "1/2"}, "had another shard"),
        ({"conformance_strict": True}, "had another setting of --strict"),
        ({"conformance_report_dir": "elsewhere"}, "into its own folder"),
        ({"conformance_fail_fast": "CRE-1"}, "is now --conformance-stop-on"),
    ],
)
def test_options_that_say_the_contrary_are_refused(options: dict[str, Any], said: str, short: Path) -> None:
    asked = options_of(Options(short), load())  # type: ignore[arg-type]
    assert (asked.profile.name, asked.resumed) == ("smoke", short)
    with pytest.raises(ConfigurationError, match=said):
        options_of(Options(short, **options), load())  # type: ignore[arg-type]


def test_known_failures_stay_known_unless_another_list_is_given(short: Path, tmp_path: Path) -> None:
    known = {"requirement": "CRE-1", "key": "createContent: no", "reason": "r", "owner": "o", "until": "2999-01-01"}
    changed(short, knownFailures=[known])
    (again,) = options_of(Options(short), load()).known  # type: ignore[arg-type]
    assert (again.requirement, str(again.until)) == ("CRE-1", "2999-01-01")
    (tmp_path / "none.toml").write_text("")
    options = Options(short, conformance_known_failures=str(tmp_path / "none.toml"))
    assert options_of(options, load()).known == ()  # type: ignore[arg-type]


def test_another_target_is_refused_before_anything_is_sent_or_lost(short: Path) -> None:
    before = {path: path.read_bytes() for path in short.iterdir()}
    (short.parent / "conformance.toml").write_text('[target]\nbase_url = "http://127.0.0.1:1"\nproject_id = "p"\n')
    done = conformance("run", "--resume", "short", cwd=short.parent, env={"LAYERS_API_KEY": "k"})
    assert done.returncode == 2
    assert "was made with another target." in sentence(done)
    assert {path: path.read_bytes() for path in short.iterdir()} == before


def test_without_a_target_nothing_is_resumed(short: Path) -> None:
    done = conformance("run", "--resume", "short", cwd=short.parent)
    assert done.returncode == 2
    assert "none is configured" in sentence(done)


def test_what_was_lost_is_in_the_history_of_the_next_part(short: Path) -> None:
    history = list(read(short / "history.jsonl.gz"))
    lost = {"kind": "lost", "exchange": _lost(history[-1])}
    with (short / NOTES).open("a") as file:
        file.write(json.dumps(lost) + "\n")
    earlier = taken_from(short, read_record(short / MANIFEST))
    (found,) = earlier.lost
    assert found.failed_with(TransportError.ABANDONED)
    assert found.received_at > earlier.ended_at >= history[-1].received_at
    assert len(list(earlier.exchanges)) == len(history) + 1


def _lost(last: Exchange) -> dict[str, Any]:
    return to_json(Exchange("main-lost1", "owner", Request("POST", last.request.url), None, last.received_at, 0.0))


def test_an_interrupted_run_may_go_on(short: Path) -> None:
    assert record_in(changed(short, stopped=INTERRUPTED)).interrupted
