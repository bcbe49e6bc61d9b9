"""Reports: one model, shown in several formats."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conformance.door.exchange import Exchange
from conformance.exceptions import ConfigurationError
from conformance.reporting import har, json_report
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
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


def write_all(report: Report, exchanges: Iterable[Exchange], report_dir: Path) -> dict[str, Path]:
    """Write report.json, junit.xml, report.md, report.html and, unless the history is too large, history.har; return paths by format.

    Raises ConfigurationError where the folder cannot be written.
    """
    history = list(exchanges)
    index = by_id(history)
    paths = {form: report_dir / name for form, name in FORMS.items()}
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        with whole(paths["json"]) as path:
            json_report.write(report, path)
        with whole(paths["junit"]) as path:
            tree(report, index).write(path, encoding="utf-8", xml_declaration=True)
        with whole(paths["markdown"]) as path:
            path.write_text(markdown(report, index), encoding="utf-8")
        with whole(paths["html"]) as path:
            path.write_text(page(report, index), encoding="utf-8", errors="replace")
        if not har.write(history, paths["har"]):
            del paths["har"]
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {report_dir}: {error.strerror}; give --report-dir another folder."
        ) from None
    return paths
