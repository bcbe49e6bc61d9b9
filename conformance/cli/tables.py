"""The table that the command line prints on a terminal: the register of requirements."""

from __future__ import annotations

from rich.table import Table

from conformance.cli.pages import register_rows
from conformance.contract.document import Contract
from conformance.reporting.console import console_for

REGISTER_WIDTH = 160
"""Columns of the register where the output is no terminal."""


def show_register(contract: Contract) -> None:
    """Print every requirement with its checks and the number of its drivers."""
    table = Table(title=f"Requirements, version {contract.version}", title_justify="left")
    for column in ("id", "level", "requirement", "from profile", "drivers", "checks", "needs"):
        table.add_column(column, no_wrap=column in {"id", "level"}, overflow="fold")
    for row in register_rows(contract):
        counts = (str(len(row["drivers"])), ", ".join(row["checks"]), ", ".join(row["needs"]))
        table.add_row(row["id"], row["level"], row["sentence"], row["profile"] or "—", *counts)
    console_for(plain_width=REGISTER_WIDTH).print(table)
