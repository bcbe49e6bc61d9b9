"""`conformance repro` says "still broken" of a fault and "fixed" of the sandbox without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from whole_runs import clean_environment, on_path

from conformance.contract.document import load
from sandbox.faults import all_faults

ROOT = Path(__file__).parents[2]
SAMPLE = (
    *("create-answers-201", "theme-tags-cut-at-5", "list-status-in-capitals", "archive-leaves-containers-running"),
    *("finished-at-moves", "progress-past-one", "completion-approves", "reject-gives-assets-other-ids"),
    *("empty-list-null", "updated-at-in-local-time", "unknown-container-answers-400", "key-with-more-accepted"),
    *(
        "refused-regenerate-regenerates",
        "key-compared-without-case",
        "clone-turns-source-format",
        "reject-without-reason-accepted",
    ),
    *("assets-unreadable-once-rejected", "page-of-201", "refused-patch-moves-updated-at", "replay-record-serves-once"),
)
"""Faults of all families; the last can be told from its repair by its driver alone."""


def test_a_sample_of_all_families_is_told_from_its_repair() -> None:
    command = (sys.executable, ROOT / "scripts" / "repro_rates.py", *SAMPLE)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment(**on_path(ROOT)))  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"found: {len(SAMPLE)}" in done.stdout.splitlines()


def test_the_sample_holds_every_family() -> None:
    families = {name.partition("-")[0] for name in load().requirements}
    assert {all_faults()[name].requirement.partition("-")[0] for name in SAMPLE} == families
