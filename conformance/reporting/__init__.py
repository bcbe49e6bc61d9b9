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


def write_all(report: Report, exchanges: Iterable[Exchange], report_dir: Path) -> dict[str, Path]:
    """Write report.json, junit.xml, report.md, report.html and, unless the history is too large, history.har; return paths by format.

    Raises ConfigurationError where the folder cannot be written.
    """
    history = list(exchanges)
    index = by_id(history)
    paths = {
        "json": report_dir / "report.json",
        "junit": report_dir / "junit.xml",
        "markdown": report_dir / "report.md",
        "html": report_dir / "report.html",
    }
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        json_report.write(report, paths["json"])
        tree(report, index).write(paths["junit"], encoding="utf-8", xml_declaration=True)
        paths["markdown"].write_text(markdown(report, index), encoding="utf-8")
        paths["html"].write_text(page(report, index), encoding="utf-8", errors="replace")
        archive = report_dir / "history.har"
        if har.write(history, archive):
            paths["har"] = archive
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {report_dir}: {error.strerror}; give --report-dir another folder."
        ) from None
    return paths
