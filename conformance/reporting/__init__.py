"""Reports: one model, shown in several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path

from conformance.client.exchange import Exchange
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


_WRITERS: dict[str, Callable[[Report, Mapping[str, Exchange], Path], object]] = {
    "json": lambda report, _, path: json_report.write(report, path),
    "junit": lambda report, index, path: tree(report, index).write(path, encoding="utf-8", xml_declaration=True),
    "markdown": lambda report, index, path: path.write_text(markdown(report, index), encoding="utf-8"),
    "html": lambda report, index, path: path.write_text(page(report, index), encoding="utf-8", errors="replace"),
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
    index = by_id(history)
    paths: dict[str, Path] = {}
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        for form, name in FORMS.items():
            with bear(f"Writing {name}"):
                path = report_dir / name
                if form != "har":
                    with whole(path) as unfinished:
                        _WRITERS[form](report, index, unfinished)
                    paths[form] = path
                elif har.write(history, path):
                    paths[form] = path
            if form not in paths:
                (report_dir / name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {report_dir}: {error.strerror}; give --report-dir another folder."
        ) from None
    return paths
