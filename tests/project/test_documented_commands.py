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
from conformance.cli.requirements import fenced
from conformance.contract.document import load
from conformance.contract.lifecycle import diagram
from conformance.run.planning.drivers import catalogue
from sandbox.faults import all_faults

EXAMPLE = {"JOB-9", "started-at-moves"}
"""The names of CONTRIBUTING.md's worked example, which do not exist."""
RUNS = re.compile(r"conformance |export |eval |pytest --")
"""What a session runs; programs that install, measure or edit this checkout are parsed alone."""
RUNS_NOT = re.compile(
    r"conformance (run$|run .*(--resume|JOB-9)|--install|sandbox --containers|repro (?!CRE-1 FOLDER)|selftest (?!.*progress-in))"
)
"""What would need an earlier run, edit the user's shell, or take minutes."""
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
SESSIONS = {
    page: [line for line in COMMANDS[page] if RUNS.match(line) and not RUNS_NOT.match(line)]
    for page in ("README.md", "CONTRIBUTING.md", "docs/evidence.md", "docs/live.md")
}
"""The commands of the pages whose commands follow from one another, in their order."""


def typed(line: str) -> str:
    line = AS_TYPED.get(line, line)
    line = re.sub(r"(?:reports/)?\bFOLDER\b", "reports/$(ls -t reports | head -1)", line)
    return line.replace("http://127.0.0.1:8080", """$(sed -n 's/^base_url = "\\(.*\\)"/\\1/p' conformance.toml)""")


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.exhaustive] * (page != QUICK)) for page in SESSIONS],
)
def test_the_commands_of_a_page_do_what_it_says(page: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lifecycle.md").write_text(text_of("docs/lifecycle.md"), encoding="utf-8")
    lines = SESSIONS[page]
    before = SERVED if "conformance init" in lines else []
    ended = run_session([*before, *map(typed, lines)], tmp_path, environment())
    for line, done in zip(lines, ended[len(before) :], strict=True):
        expected = STATUS.get(f"{page}: {line}", STATUS.get(line, 0))
        assert done.status == expected, f"{line}\n{done.output}"
        assert "Traceback" not in done.output


def test_the_diagram_is_current() -> None:
    assert fenced(diagram()) in text_of("docs/lifecycle.md"), "conformance diagram --write docs/lifecycle.md"


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


def test_our_commands_have_their_options() -> None:
    group = typer.main.get_group(app)
    for words in [words for words in words_of("conformance") if words[1][0] != "-"]:
        known = group.get_command(typer.Context(group), words[1]).params
        options = {option for parameter in known for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_our_scripts_have_their_options() -> None:
    for words in words_of("python"):
        defined = re.findall(r'add_argument\(\s*"(--[\w-]+)"', text_of(words[1]))
        assert {word for word in words if word.startswith("--")} <= set(defined), words


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


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md", "docs/ci.md", "docs/outcomes.md", "docs/trust.md"])
def test_the_files_and_folders_that_are_named_exist(page: str) -> None:
    folders = "benchmarks|conformance|docs|openapi|sandbox|scripts|strategies|tests"
    # A name may end in a placeholder such as <profile>.
    text = text_of(page)
    named = {Path(path) for path in re.findall(rf"(?<![\w/.-])(?:{folders})/[\w./-]*\w/?(?![\w<-])", text)}
    named |= {Path(page).parent / path for path in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert sorted(str(path) for path in named if not (ROOT / path).exists()) == []
