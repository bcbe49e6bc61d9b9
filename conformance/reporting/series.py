"""One figure over many runs: as a line of blocks on a terminal, and as a small picture in a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 300, 90
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 14, 10


@dataclass(frozen=True, slots=True)
class Value:
    """The figure of one run; None where the run has none."""

    run: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A figure of runs in their order, the earliest first."""

    title: str
    values: Sequence[Value]

    @property
    def known(self) -> list[float]:
        """The values of the runs that have one."""
        return [each.value for each in self.values if each.value is not None]


@dataclass(frozen=True, slots=True)
class Dot:
    """A run in the picture."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a series: dots, lines between neighbours that both have a value, and what it says in words."""

    title: str
    dots: Sequence[Dot]
    lines: Sequence[str]
    base: float
    label: str
    latest: str


def written(value: float) -> str:
    """Return a figure with a decimal only where it has one."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def blocks(series: Series) -> str:
    """Return a series as a line of blocks, from nothing to its greatest value; a run without a value is a space."""
    most = max(series.known, default=0) or 1
    return "".join(
        " " if each.value is None else BLOCKS[round(each.value / most * (len(BLOCKS) - 1))] for each in series.values
    )


def sentence(series: Series) -> str:
    """Return the first, the least, the greatest and the latest value in words."""
    known = series.known
    if not known:
        return f"{series.title}: no run has it"
    return (
        f"{series.title}: {written(known[-1])} at last, {written(known[0])} at first, "
        f"{written(min(known))} to {written(max(known))}"
    )


def drawn(series: Series) -> Drawn:
    """Place a series in a picture of `WIDTH` by `HEIGHT`, its scale from 0 to its greatest value."""
    most = max(series.known, default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(1, len(series.values) - 1)
    dots: list[Dot] = []
    lines: list[str] = []
    path = ""
    for number, each in enumerate(series.values):
        if each.value is None:
            lines, path = [*lines, path], ""
            continue
        x = round(LEFT + number * step, 1)
        y = round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - each.value / most), 1)
        dots.append(Dot(x, y, f"{each.run}: {written(each.value)}"))
        path += f"{'L' if path else 'M'}{x} {y}"
    latest = written(series.known[-1]) if series.known else "none"
    return Drawn(
        series.title, dots, [each for each in [*lines, path] if each], HEIGHT - BOTTOM, sentence(series), latest
    )
