"""Tables and notes that a command shows in several forms: on the terminal, as Markdown and as a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.contract.paths import quoted
from conformance.reporting.text import markdown_text


@dataclass(frozen=True, slots=True)
class Linked:
    """A text, and the place in a file that a page links it to."""

    text: str
    file: Path
    anchor: str

    def __str__(self) -> str:
        return self.text

    def address(self, folder: Path) -> str:
        """Return the address of the place for a page in a folder."""
        steps = Path(os.path.relpath(self.file, folder.resolve())).parts
        return f"{'/'.join(step if step == '..' else quoted(step) for step in steps)}#{self.anchor}"


Rows = list[tuple[str | Linked, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table; its texts are shown as they are, whatever they hold. The columns in `whole` are not broken on a narrow terminal."""

    title: str
    head: tuple[str, ...]
    rows: Rows
    whole: frozenset[str] = frozenset()


def markdown(title: str, tables: Iterable[Shown], notes: Iterable[str], folder: Path) -> str:
    """Return notes and tables as a page of Markdown that will stand in a folder; tables without rows are left out."""
    lines = [f"# {title}", ""]
    lines += [f"- {markdown_text(line, 2000)}" for line in notes]
    for each in tables:
        if each.rows:
            lines += ["", f"## {markdown_text(each.title)}", "", _line(each.head, folder)]
            lines += [f"{'| --- ' * len(each.head)}|", *(_line(row, folder) for row in each.rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str | Linked], folder: Path) -> str:
    return f"| {' | '.join(_cell(each, folder) for each in cells)} |"


def _cell(cell: str | Linked, folder: Path) -> str:
    text = markdown_text(str(cell))
    return f"[{text}]({cell.address(folder)})" if isinstance(cell, Linked) else text
