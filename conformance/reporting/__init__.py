"""Reports: one view of a run, written in several forms."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from conformance.exceptions import ConfigurationError, ConformanceError
from conformance.reporting import har, json_report
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
from conformance.reporting.page import page
from conformance.reporting.view import View

FORMS = {
    "json": "report.json",
    "junit": "junit.xml",
    "markdown": "report.md",
    "html": "report.html",
    "har": "history.har",
}
"""The forms of a report, and their files in the folder of a run."""
Bearing = Callable[[str], AbstractContextManager[None]]
"""Goes on after a block that breaks; it takes what the block does, in words."""
LONGEST = 300
"""Characters of an exception that a sentence shows."""
DEFECTS = "defects.log"
"""The file in the folder of a run that holds the tracebacks."""

_WRITERS: dict[str, Callable[[View, Path], object]] = {
    "json": lambda view, path: json_report.write(view.report, path),
    "junit": lambda view, path: tree(view).write(path, encoding="utf-8", xml_declaration=True),
    "markdown": lambda view, path: path.write_text(markdown(view), encoding="utf-8"),
    "html": lambda view, path: path.write_text(page(view), encoding="utf-8", errors="replace"),
    "har": lambda view, path: har.write(list(view.exchanges.values()), path),
}


def write_all(view: View, report_dir: Path, bear: Bearing = lambda _: nullcontext()) -> dict[str, Path]:
    """Write report.json, junit.xml, report.md, report.html and, unless the history is too large, history.har; return paths by form.

    A file appears when it is whole. A form that breaks within `bear` is left out, and so is its file of an earlier report.
    Raises ConfigurationError if the folder cannot be written.
    """
    paths: dict[str, Path] = {}
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        for form, name in FORMS.items():
            path, unfinished = report_dir / name, report_dir / f"unfinished-{name}"
            try:
                with bear(f"Writing {name}"):
                    if _WRITERS[form](view, unfinished) is not False:
                        paths[form] = unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            if form not in paths:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {report_dir}: {error.strerror}; give --report-dir another folder."
        ) from None
    return paths


class Mishaps:
    """Defects of ours that ended a part of a report, in the order in which they came; the rest of the report is kept."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    @contextmanager
    def bear(self, what: str) -> Iterator[None]:
        """Go on after the block if it raises, unless that says what a user can mend, as of a full disk."""
        try:
            yield
        except (ConformanceError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest of the report is worth more
            said = f"{what} broke down: {type(error).__name__}: {error}"[:LONGEST]
            self._found.setdefault(f"{said}; please report it with the file {DEFECTS}", traceback.format_exc())

    @property
    def sentences(self) -> list[str]:
        """What broke, a sentence each."""
        return list(self._found)

    def write(self, folder: Path) -> None:
        """Write the tracebacks into the folder of a run."""
        (folder / DEFECTS).write_text("\n".join(self._found.values()), encoding="utf-8", errors="backslashreplace")
