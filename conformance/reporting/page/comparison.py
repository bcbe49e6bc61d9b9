"""The page of a comparison: its notes, a small picture for each series, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from conformance.reporting.page.rendering import environment, file, policy
from conformance.reporting.series import Series, drawn
from conformance.reporting.tables import Linked, Shown


def comparison_page(tables: Sequence[Shown], notes: Sequence[str], series: Sequence[Series], folder: Path) -> str:
    """Write the page, with links as they hold for a page in a folder; tables without rows are left out."""
    style = file("page.css")
    text = (
        environment()
        .get_template("comparison.html")
        .render(
            tables=[each for each in tables if each.rows],
            notes=notes,
            series=[drawn(each) for each in series],
            address=lambda cell: cell.address(folder) if isinstance(cell, Linked) else None,
            style=Markup(style),  # noqa: S704 - our own file
            policy=policy(style),
        )
    )
    return f"{text}\n"
