"""What GitHub Actions shows of a run: the report as the summary of the step, and annotations.

The commands of the log are made here alone (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). Whatever the
target said has been made printable, which breaks every command in it, and is encoded as GitHub asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from conformance.reporting.report import Outcome, Verdict
from conformance.reporting.text import counted, printable
from conformance.reporting.view import Row, View

SHOWN = 9
"""GitHub shows ten annotations of a kind and step; the last one is the outcome."""
LONGEST_SUMMARY = 1_000_000
"""Bytes; GitHub refuses the summary of a step above 1 MiB."""
LONGEST_MESSAGE = 1_000
CUT = "\n\n…The rest is in report.md among the files of the run.\n"


def annotated(view: View) -> Iterator[str]:
    """Yield a line for each failure, an error if it counts, and one for an outcome that is not green."""
    failed = view.with_verdict(Verdict.FAILED)
    for kind, rows in (
        ("error", [row for row in failed if row.is_red]),
        ("warning", [row for row in failed if not row.is_red]),
    ):
        yield from (_command(kind, f"{row.id} {row.result.level}", _message(row)) for row in rows[:SHOWN])
        hidden = len(rows) - SHOWN
        if hidden > 0:
            verb = "is" if hidden == 1 else "are"
            yield _command("notice", "layers-conformance", f"{counted(hidden, f'more {kind}')} {verb} in the report.")
    if view.report.outcome is not Outcome.CONFORMANT:
        kind = "warning" if view.report.exit_status == 0 else "error"
        yield _command(kind, "layers-conformance", view.summary)


def write_summary(page: str, path: Path) -> str | None:
    """Append the report to the summary of the step; return a sentence where that is not possible."""
    data = page.encode()
    if len(data) > LONGEST_SUMMARY:
        data = data[:LONGEST_SUMMARY].rpartition(b"\n")[0] + CUT.encode()
    try:
        with path.open("ab") as file:
            file.write(data + b"\n")
    except OSError as error:
        return f"Cannot write the summary of this step to {path}: {error.strerror}; the reports have all of it."
    return None


def tell(view: View, page: Path, environment: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Tell GitHub Actions of a run, where it runs there; return the lines for the log, and sentences on what did not work."""
    lines = list(annotated(view)) if environment.get("GITHUB_ACTIONS") == "true" else []
    summary = environment.get("GITHUB_STEP_SUMMARY")
    if not summary or not page.is_file():
        return lines, []
    trouble = write_summary(page.read_text(encoding="utf-8"), Path(summary))
    return lines, [trouble] if trouble else []


def _message(row: Row) -> str:
    said = row.result.findings[0].message if row.findings else row.message
    return f"{printable(said, LONGEST_MESSAGE)} ({row.result.sentence})"


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
