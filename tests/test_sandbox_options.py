"""The faults and variants of the sandbox on the command line, what a shell completes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import conformance

from sandbox.faults import all_faults
from sandbox.variants import all_variants


def test_the_faults_and_variants_are_listed(tmp_path: Path) -> None:
    said = conformance("sandbox", "--list", cwd=tmp_path, env={"COLUMNS": "400"}).stdout
    rows = {tuple(re.split(r"\s{2,}", line.strip())) for line in said.splitlines()}
    assert {(each.name, each.requirement, each.summary) for each in all_faults().values()} <= rows
    assert {(each.name, each.summary) for each in all_variants().values()} <= rows


def test_fault_is_documented_as_a_way_to_see_a_failure(tmp_path: Path) -> None:
    said = conformance("run", "--help", cwd=tmp_path).stdout
    assert "--only CRE-1 --fault create-answers-201" in said
    assert re.search(r"--fault NAME +Give the sandbox a defect, to see a failure", said)


COMPLETING = "import sys; sys.argv = ['conformance']; from conformance.cli.main import main; main()"


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("conformance pl", {"plan"}),
        ("conformance run --prof", {"--profile"}),
        ("conformance run --profile c", {"certify"}),
        ("conformance run --fault progress-in-p", {"progress-in-percent"}),
        ("conformance sandbox --variant ids-bare", {"ids-bare-uuids"}),
    ],
)
def test_a_shell_completes(typed: str, completed: set[str], tmp_path: Path) -> None:
    asks = {
        "_CONFORMANCE_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", COMPLETING],
        cwd=tmp_path,
        env=os.environ | asks,
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(done.stdout.split()) == completed, done.stderr


def test_a_shell_is_told_how_to_complete(tmp_path: Path) -> None:
    by_name = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = conformance("--show-completion", "bash", cwd=tmp_path, env=by_name)
    assert done.returncode == 0
    assert "complete -o default" in done.stdout
