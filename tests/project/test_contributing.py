"""The commands, files and names in CONTRIBUTING.md exist, but for those of its worked example."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from itertools import pairwise
from pathlib import Path

import pytest
import typer

from conformance.cli.main import app
from conformance.contract.document import load
from conformance.run.drivers import catalogue
from sandbox.faults import all_faults

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOOLS = ("conformance", "pytest", "python", "tox")
EXAMPLE = {"JOB-9", "started-at-moves"}


def commands() -> list[list[str]]:
    """Return the command lines in blocks of shell and in inline code, without what they are redirected or piped to."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE))
    lines = [line for block in blocks for line in block.splitlines()] + inline
    words = [shlex.split(re.split(r" [>|&]", line)[0]) for line in lines if line.startswith(TOOLS) and " " in line]
    return [each for each in words if each[0] in TOOLS and len(each) > 1]


COMMANDS = commands()


def values_of(option: str) -> set[str]:
    return {line[index + 1] for line in COMMANDS for index, word in enumerate(line) if word == option}


@pytest.mark.parametrize("line", [line for line in COMMANDS if line[0] == "conformance"], ids=" ".join)
def test_a_command_of_ours_has_its_options(line: list[str]) -> None:
    group = typer.main.get_group(app)
    known = group.commands[line[1]].params
    assert {word for word in line if word.startswith("--")} <= {option for each in known for option in each.opts}


def test_a_line_of_pytest_names_what_exists() -> None:
    drivers = {f"conformance.suite.{driver.name}" for driver in catalogue()}
    for line in (line for line in COMMANDS if line[0] == "pytest"):
        words = [word for before, word in pairwise(line) if not before.startswith("-")]
        for word in [*words, *values_of("--pyargs")]:
            assert word.startswith("-") or (ROOT / word).exists() or word in drivers


def test_the_environments_of_tox_exist() -> None:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    named = {name for names in values_of("-e") for name in names.split(",")}
    assert named
    assert {f"testenv:{name}" for name in named} <= set(settings.sections())


def test_faults_and_requirements_exist_but_for_those_of_the_example() -> None:
    faults = values_of("--fault") | values_of("--only-faults")
    requirements = values_of("--only")
    assert faults - set(all_faults()) | requirements - set(load().requirements) == EXAMPLE


def test_the_files_and_folders_that_are_named_exist() -> None:
    folders = "benchmarks|conformance|docs|openapi|sandbox|scripts|strategies|tests"
    named = set(re.findall(rf"(?<![\w/.])(?:{folders})/[\w./-]*\w/?", TEXT))
    named |= set(re.findall(r"\]\(([^)#:]+)\)", TEXT))
    assert len(named) > 5
    assert sorted(path for path in named if not (ROOT / path).exists()) == []
