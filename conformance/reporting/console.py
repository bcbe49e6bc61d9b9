"""The consoles of the command line: how wide they are, whether they take codes, and whether a line can be drawn over."""

from __future__ import annotations

import os
import sys
from collections.abc import Container
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 120
"""Columns where the output is no terminal and `COLUMNS` says nothing."""
_DUMB = {"dumb", "unknown"}
_NOT_CI = {"", "0", "false"}


def console_for(stream: IO[str] | None = None, *, plain_width: int = PLAIN_WIDTH) -> Console:
    """Return the console of a stream, standard output by default.

    A terminal has its own width. Its colours are left out, and every other code too, under `NO_COLOR` and on a dumb terminal.
    """
    stream = stream or sys.stdout
    codes = takes_codes(stream)
    columns = os.environ.get("COLUMNS", "")
    plain = int(columns) if columns.isdigit() and int(columns) else plain_width
    return Console(
        file=stream,
        force_terminal=codes,
        # Under `no_color` rich still writes bold and italic; without a system of colours it writes no code at all.
        color_system="auto" if codes else None,
        width=None if stream.isatty() else plain,
        highlight=False,
        markup=False,
        emoji=False,
    )


def takes_codes(stream: IO[str]) -> bool:
    """Return whether a stream is a terminal that understands codes and whose user wants them (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "").lower() not in _DUMB


def takes_redrawing(stream: IO[str]) -> bool:
    """Return whether a line on a stream can be replaced by another; what a CI service keeps as a log cannot."""
    return takes_codes(stream) and os.environ.get("CI", "").lower() in _NOT_CI


def plain_table(title: str | None, *columns: str, whole: Container[str] = ()) -> Table:
    """Return a table without lines; the columns in `whole` are not broken on a narrow terminal."""
    table = Table(title=Text(title) if title else None, title_justify="left", box=None, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    return table
