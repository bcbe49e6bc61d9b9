"""Every command in the README, CONTRIBUTING.md and docs/ exists, with its options.

The commands are parsed. One page's session runs by default, the others are `exhaustive`.
"""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from pages import PAGES, ROOT, commands_of, text_of
from shell_session import environment, run_session

from conformance.cli.main import app
from conformance.contract.document import load
from conformance.run.planning.drivers import catalogue
from sandbox.faults import all_faults

CI = "the tests, the linter and the types run in CI"
MINUTES = "it takes minutes; a test marked matrix measures a sample"
MEASURES = "it measures, with nothing else on the machine"
INSTALLS = "it installs"
RESUMED = "tests/run/test_resume.py resumes runs that were cut off"
EDITS = "it edits this checkout"
EXAMPLE = {"JOB-9", "started-at-moves"}
"""The names of CONTRIBUTING.md's worked example, which do not exist."""
ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt tox && .venv/bin/tox -e sandbox": INSTALLS,
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt tox && .venv/bin/tox": CI,
    ".venv/bin/tox -e sandbox -- --profile certify": "docs/outcomes.md runs the same certification",
    "conformance run": "docs/outcomes.md runs the same certification",
    "conformance --install-completion": "it edits the files of the user's shell; tests/test_sandbox_options.py asks for completions",
    "conformance selftest --profile gate": MINUTES,
    "tox -e lint": CI,
    "conformance repro CRE-1": "tests/run/test_repro.py runs the scripts, against a target that is still there",
    "conformance repro ID": "it stands for any id",
    "tox -e target": "docs/outcomes.md runs the gate, here only the environment of tox differs",
    "tox -e selftest": MINUTES,
    "tox -e mutation": MEASURES,
    "tox -e sandbox-mutants": MEASURES,
    "tox -e sandbox-mutants -- --profile certify": MEASURES,
    "tox -e sandbox-mutants -- 'listing.*' 'ids.fresh/7'": MEASURES,
    "python scripts/mutant_score.py": EDITS,
    "tox -e exhaustive": MEASURES,
    "python3 -m venv .venv && . .venv/bin/activate": INSTALLS,
    "pip install -c constraints.txt -e '.[dev]' tox": INSTALLS,
    "tox -e lint,types": CI,
    "pip install pre-commit && pre-commit install": INSTALLS,
    "pytest tests/checks/test_jobs.py": CI,
    "pytest tests/checks/test_jobs.py -k progress": CI,
    "pytest tests/checks -n 2": CI,
    "tox -e types": CI,
    "pytest tests/checks --snapshot-update": EDITS,
    "git diff tests/checks/__snapshots__": EDITS,
    "python scripts/detection_page.py": EDITS,
    "python scripts/sample_report.py --judge": EDITS,
    "conformance run --profile smoke --only JOB-9 --fault started-at-moves": "its requirement is that of the worked example",
    "conformance selftest --profile gate --whole": MINUTES,
    "conformance selftest --profile certify --seed 1 --seed 2": MINUTES,
    "conformance selftest --only-faults 'IDM-*' --all": MINUTES,
    "conformance selftest --only-variants 'no-*'": MINUTES,
    "conformance selftest --sample": MINUTES,
    "conformance selftest --profile gate --out reports/selftest": MINUTES,
    "python scripts/detection_page.py reports/selftest/detection.json": EDITS,
    "pytest tests/test_detection.py": CI,
    "python benchmarks/plain_schemathesis.py": MEASURES,
    "python benchmarks/plain_schemathesis.py --max-examples 25": MEASURES,
    "pip install mutmut": INSTALLS,
    "mutmut run": MEASURES,
    "mutmut run 'conformance.checks.errors.outages*'": MEASURES,
    "mutmut results": MEASURES,
    "mutmut show NAME": MEASURES,
    "python benchmarks/live.py --seconds 60 --at-most 288": MEASURES,
    "python benchmarks/live.py --seconds 60 --profile smoke --at-most 75 --generations 1": MEASURES,
    "python benchmarks/live.py --seconds 10 --at-most 60": MEASURES,
    "python benchmarks/soak.py --minutes 60 --seconds 60": MEASURES,
    "python benchmarks/judge.py --at-least 5000": MEASURES,
    "python benchmarks/streaming.py --at-most 1.03": MEASURES,
    "python scripts/repro_trials.py": EDITS,
    "conformance sandbox --containers 100000 --db large.sqlite": "it serves until Ctrl-C; tests/run/test_long_lists.py fills a smaller one",
    "conformance run --resume FOLDER": RESUMED,
    "conformance run --resume FOLDER --requests 8000": RESUMED,
    "python benchmarks/overhead.py --repeat 4 --at-most 2.5": MEASURES,
}
"""The commands that the sessions below do not run, and why."""
AS_TYPED = {
    # A reader edits the file that `init` writes; here the one of a sandbox takes its place.
    "conformance init": "conformance init && mv sandbox.toml conformance.toml",
    "export LAYERS_API_KEY=…": """eval "$(sed -n 's/^# export/export/p' conformance.toml)\"""",
    "conformance sandbox --port 8080": "timeout --preserve-status 3 conformance sandbox --port 0",
    "conformance sandbox --port 8080 > conformance.toml &": "conformance sandbox --port 0 > conformance.toml &",
}
"""What a reader types where the page leaves something open, or where it would not end."""
SERVED = ["conformance sandbox --port 0 > conformance.toml &", "mv conformance.toml sandbox.toml"]
"""The target of the README's session."""
STATUS = {
    "conformance run --profile smoke --only CRE-1 --fault create-answers-201": 1,
    # It judges the run before it on the page.
    "README.md: conformance judge FOLDER": 1,
    # One driver of several that a requirement has does not promise it.
    "pytest --conformance-config conformance.toml --pyargs conformance.suite.test_life::test_assets_of_a_completed_container": 2,
}
"""The exit statuses of the commands that do not end with 0, on every page or on one."""
QUICK = "docs/evidence.md"
"""The page whose session costs seconds: the others run whole gates."""
COMMANDS = {page: commands_of(page) for page in PAGES}
EVERY = list(dict.fromkeys(line for lines in COMMANDS.values() for line in lines))


def typed(line: str) -> str:
    line = AS_TYPED.get(line, line)
    line = re.sub(r"(?:reports/)?\bFOLDER\b", "reports/$(ls -t reports | head -1)", line)
    return line.replace("http://127.0.0.1:8080", """$(sed -n 's/^base_url = "\\(.*\\)"/\\1/p' conformance.toml)""")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.exhaustive] * (page != QUICK))
        for page in PAGES
        if set(COMMANDS[page]) - set(ELSEWHERE)
    ],
)
def test_the_commands_of_a_page_do_what_it_says(page: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(text_of("README.md"), encoding="utf-8")
    lines = [line for line in COMMANDS[page] if line not in ELSEWHERE]
    before = SERVED if "conformance init" in lines else []
    ended = run_session([*before, *map(typed, lines)], tmp_path, environment())
    for line, done in zip(lines, ended[len(before) :], strict=True):
        expected = STATUS.get(f"{page}: {line}", STATUS.get(line, 0))
        assert done.status == expected, f"{line}\n{done.output}"
        assert "Traceback" not in done.output
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == text_of("README.md")


def test_each_command_that_is_run_elsewhere_stands_on_a_page() -> None:
    assert sorted(set(ELSEWHERE) - set(EVERY)) == []


def test_the_readmes_first_command_is_the_gate_on_the_sandbox() -> None:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    ran = settings["testenv:sandbox"]["commands"].replace("{posargs:--profile gate}", "--profile gate")
    assert f"$ {ran} -q\n" in text_of("docs/outcomes.md")


def words_of(tool: str) -> list[list[str]]:
    """Return the words of the commands of one program, without what they are redirected or piped to."""
    lines = [shlex.split(re.split(r" [>|&]", line)[0]) for line in EVERY]
    return [words for words in lines if words[0] == tool and len(words) > 1]


def values_of(option: str) -> set[str]:
    lines = [shlex.split(line.replace("&&", " ")) for line in EVERY]
    return {after for words in lines for before, after in pairwise(words) if before == option}


@pytest.mark.parametrize("words", [words for words in words_of("conformance") if words[1][0] != "-"], ids=" ".join)
def test_a_command_of_ours_has_its_options(words: list[str]) -> None:
    group = typer.main.get_group(app)
    known = group.commands[words[1]].params
    assert {word for word in words if word.startswith("--")} <= {option for each in known for option in each.opts}


@pytest.mark.parametrize("words", [words for words in words_of("python") if words[1].endswith(".py")], ids=" ".join)
def test_a_script_has_its_options(words: list[str]) -> None:
    defined = re.findall(r'add_argument\(\s*"(--[\w-]+)"', text_of(words[1]))
    assert {word for word in words if word.startswith("--")} <= set(defined)


def test_a_line_of_pytest_names_what_exists() -> None:
    drivers = {f"conformance.suite.{driver.name}" for driver in catalogue()} | {"conformance.suite"}
    for words in words_of("pytest"):
        named = [word for before, word in pairwise(words) if not before.startswith("-")]
        for word in [*named, *values_of("--pyargs")]:
            assert word.startswith("-") or (ROOT / word).exists() or word in drivers


def test_the_environments_of_tox_exist() -> None:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    named = {name for names in values_of("-e") for name in names.split(",") if re.fullmatch(r"\w+", name)}
    assert {"lint", "sandbox"} <= named
    assert {f"testenv:{name}" for name in named} <= set(settings.sections())


def test_faults_and_requirements_exist_but_for_those_of_the_example() -> None:
    faults = values_of("--fault") | {name for name in values_of("--only-faults") if "*" not in name}
    assert faults - set(all_faults()) | values_of("--only") - set(load().requirements) == EXAMPLE


@pytest.mark.parametrize("page", PAGES)
def test_the_files_and_folders_that_are_named_exist(page: str) -> None:
    folders = "benchmarks|conformance|docs|openapi|sandbox|scripts|strategies|tests"
    # A name may end in a placeholder such as <profile>.
    text = text_of(page)
    named = {Path(path) for path in re.findall(rf"(?<![\w/.-])(?:{folders})/[\w./-]*\w/?(?![\w<-])", text)}
    named |= {Path(page).parent / path for path in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert sorted(str(path) for path in named if not (ROOT / path).exists()) == []
