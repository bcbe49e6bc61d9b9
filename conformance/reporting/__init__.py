"""Reports: one model, shown in several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

from conformance.door.exchange import Exchange
from conformance.exceptions import ConfigurationError
from conformance.reporting import har, json_report
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
from conformance.reporting.mishaps import Bearing
from conformance.reporting.page import page
from conformance.reporting.report import Report
from conformance.reporting.text import by_id
from conformance.reporting.whole import whole

FORMS = {
    "json": "report.json",
    "junit": "junit.xml",
    "markdown": "report.md",
    "html": "report.html",
    "har": "history.har",
}
"""The forms of a report, and their files in the folder of a run."""


_WRITERS: dict[str, Callable[[Report, list[Exchange], Path], object]] = {
    "json": lambda report, _, path: json_report.write(report, path),
    "junit": lambda report, history, path: tree(report, by_id(history)).write(
        path, encoding="utf-8", xml_declaration=True
    ),
    "markdown": lambda report, history, path: path.write_text(markdown(report, by_id(history)), encoding="utf-8"),
    "html": lambda report, history, path: path.write_text(
        page(report, by_id(history)), encoding="utf-8", errors="replace"
    ),
}


def write_all(
    report: Report,
    exchanges: Iterable[Exchange],
    report_dir: Path,
    bear: Bearing = lambda _: nullcontext(),
) -> dict[str, Path]:
    """Write report.json, junit.xml, report.md, report.html and, unless the history is too large, history.har; return paths by format.

    A form that breaks within `bear` is left out, and so is what an earlier report left of it. Raises ConfigurationError where the folder
    cannot be written.
    """
    history = list(exchanges)
    paths: dict[str, Path] = {}
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        for form, name in FORMS.items():
            with bear(f"Writing {name}"):
                if _write(form, report, history, report_dir / name):
                    paths[form] = report_dir / name
            if form not in paths:
                (report_dir / name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {report_dir}: {error.strerror}; give --report-dir another folder."
        ) from None
    return paths


def _write(form: str, report: Report, history: list[Exchange], path: Path) -> bool:
    """Write one form of a report, and return whether it was not too large."""
    if form == "har":
        return har.write(history, path)
    with whole(path) as unfinished:
        _WRITERS[form](report, history, unfinished)
    return True
