"""`conformance repro`: send the smallest history of a failure anew, by the script that a run writes of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from conformance.cli.saved import saved_run
from conformance.client.saved import for_reports
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.replay.dependencies import Dependencies
from conformance.reporting import json_report
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report
from conformance.run.evidence.repro import write_script

REPORTS = Path("reports")
REPORT = "report.json"


def reproduce(
    finding: str, folder: Path | None, *, base_url: str | None = None, yes: bool = False, write: Path | None = None
) -> int:
    """Run the script of a failure, or only write it and what it sends with, and return its exit status.

    Raises ConfigurationError where the folder holds no run, or the run has no such failure.
    """
    place = folder or latest()
    report = json_report.read(place / REPORT)
    requirement, found = finding_of(report, finding, place)
    facts = report, requirement, found, Dependencies(for_reports(saved_run(place).exchanges)), load()
    if write is not None:
        write_script(write, *facts)
        return 0
    with tempfile.TemporaryDirectory(prefix="conformance-repro-") as scratch:
        script = Path(scratch) / f"{found.id}.py"
        write_script(script, *facts)
        options = [*(["--base-url", base_url] if base_url else []), *(["--yes"] if yes else [])]
        return subprocess.run([sys.executable, script, *options], check=False).returncode  # noqa: S603 - our own script


def latest() -> Path:
    """Return the folder below `reports` with the latest report; raises ConfigurationError where there is none."""
    found = sorted(REPORTS.glob(f"*/{REPORT}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ConfigurationError(f"There is no report below {REPORTS}; give the report folder of a run.")
    return found[-1].parent


def finding_of(report: Report, finding: str, folder: Path) -> tuple[str, Evidence]:
    """Return a failure of a report and its requirement; raises ConfigurationError where it has none of this id."""
    failed = {
        each.id: (name, each) for name, row in report.requirements.items() for each in row.findings if each.smallest
    }
    if finding.upper() in failed:
        return failed[finding.upper()]
    names = ", ".join(failed) or "none"
    raise ConfigurationError(f"The run in {folder} has no failure {finding[:40]!r} to send anew; it has {names}.")
