"""The scripts that send the smallest histories of findings anew, as files."""

from __future__ import annotations

import pprint
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from conformance.client import renewing, resending
from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError
from conformance.replay.dependencies import Dependencies
from conformance.reporting import Bearing
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report, Verdict
from conformance.run.evidence.reproduction import plan_of

FOLDER = "repro"
PACKAGE = resending.__name__.rpartition(".")[0]
SENDERS = (resending, renewing)
"""What sends; a copy of each stands beside the scripts, and imports the others from there."""
_SCRIPT = '''"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx, and {senders} beside this file, or the layers-conformance package. That judges, and where it is not installed,
only what was answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

try:
    from resending import main
except ImportError:
    from {package}.resending import main
try:
    from conformance.run.evidence.retrial import retried
except ImportError:
    retried = None

PLAN = {plan}

# What was done to the containers of a walk between its pages: sent where the smallest history shows nothing.
PLAN["amid"] = {amid}

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {wider}

# What the check names alone: sent where a call that was accepted in the run is refused now, since what came before it has taken effect.
PLAN["fewer"] = {fewer}

sys.exit(main(PLAN, retried))
'''


def write_script(
    path: Path, report: Report, requirement: str, finding: Evidence, links: Dependencies, contract: Contract
) -> None:
    """Write the script of one finding, and beside it what it sends with; `links` are those of the whole history.

    Raises ConfigurationError where the files cannot be written.
    """
    plan = plan_of(report, requirement, finding, links, contract)
    copies = [Path(str(each.__file__)) for each in SENDERS]
    senders = " and ".join(each.name for each in copies)
    text = _SCRIPT.format(
        senders=senders,
        package=PACKAGE,
        plan=_written(plan),
        **{name: _in_lines(plan[name]) for name in resending.OTHER_PARTS},
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
        for each in copies:
            sender = each.read_text(encoding="utf-8").replace(f"from {PACKAGE}.renewing import", "from renewing import")
            (path.parent / each.name).write_text(sender, encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None


def _written(plan: Mapping[str, Any]) -> str:
    """Return the plan of the smallest history, to be read."""
    return pprint.pformat({**plan, **dict.fromkeys(resending.OTHER_PARTS)}, width=140, sort_dicts=False)


def _in_lines(part: Mapping[str, Any] | None) -> str:
    """Return another history with one line a group, so that the smallest stays what a reader sees."""
    if part is None:
        return "None"
    lines = (f"    {name!r}: {value!r},\n" for name, value in part.items() if name != "groups")
    groups = (f"        {group!r},\n" for group in part["groups"])
    return "".join(["{\n", *lines, "    'groups': [\n", *groups, "    ],\n}"])


def write_scripts(
    report: Report, links: Dependencies, folder: Path, contract: Contract, bear: Bearing = lambda _: nullcontext()
) -> None:
    """Write the script of the first finding of each failed requirement below the folder of a run; `links` are those of its history.

    One that breaks within `bear` is left out. Raises ConfigurationError where the folder cannot be written.
    """
    for old in (folder / FOLDER).glob("*.py"):
        try:
            old.unlink()
        except OSError as error:
            raise _cannot_write(old, error) from None
    for name, row in report.with_verdict(Verdict.FAILED).items():
        for finding in row.findings[:1]:
            if finding.smallest:
                with bear(f"Writing {FOLDER}/{name}.py"):
                    write_script(folder / FOLDER / f"{name}.py", report, name, finding, links, contract)


def _cannot_write(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"Cannot write {path}: {error.strerror}; give another folder.")
