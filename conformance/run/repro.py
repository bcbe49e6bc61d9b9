"""The scripts that send the smallest histories of findings anew, as files."""

from __future__ import annotations

import pprint
import shutil
from pathlib import Path

from conformance.contract.document import Contract
from conformance.door import resending
from conformance.exceptions import ConfigurationError
from conformance.reporting.evidence import Evidence
from conformance.reporting.report import Report, Verdict
from conformance.run.links import Links
from conformance.run.reproduction import Reproduction

FOLDER = "repro"
SENDER = Path(resending.__file__)
"""What sends; a copy of it stands beside the scripts."""
_SCRIPT = '''"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx and {sender} beside this file. The layers-conformance package judges, and where it is not installed, only what was
answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

from {module} import main

try:
    from conformance.run.retrial import retried
except ImportError:
    retried = None

PLAN = {plan}

sys.exit(main(PLAN, retried))
'''


def write_script(
    path: Path, report: Report, requirement: str, finding: Evidence, links: Links, contract: Contract
) -> None:
    """Write the script of one finding, and beside it what it sends with; `links` are those of the whole history.

    Raises ConfigurationError where the files cannot be written.
    """
    plan = Reproduction(report, requirement, finding, links, contract).plan()
    written = pprint.pformat(plan, width=140, sort_dicts=False)
    text = _SCRIPT.format(sender=SENDER.name, module=SENDER.stem, plan=written)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
        shutil.copyfile(SENDER, path.parent / SENDER.name)
    except OSError as error:
        raise _cannot_write(path, error) from None


def write_scripts(report: Report, links: Links, folder: Path, contract: Contract) -> None:
    """Write the script of the first finding of each failed requirement below the folder of a run; `links` are those of its history.

    Raises ConfigurationError where the folder cannot be written.
    """
    for old in (folder / FOLDER).glob("*.py"):
        try:
            old.unlink()
        except OSError as error:
            raise _cannot_write(old, error) from None
    for name, row in report.with_verdict(Verdict.FAILED).items():
        for finding in row.findings[:1]:
            if finding.smallest:
                write_script(folder / FOLDER / f"{name}.py", report, name, finding, links, contract)


def _cannot_write(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"Cannot write {path}: {error.strerror}; give another folder.")
