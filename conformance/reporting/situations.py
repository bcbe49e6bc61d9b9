"""Which situations of the table of factors a run met, in a short form."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from conformance.reporting.model import Model

SHOWN = 20
"""Combinations that a page lists at most."""
Count = Annotated[int, Field(ge=0)]


class Met(Model):
    """How many combinations were met, of so many."""

    count: Count = 0
    of: Count = 0

    def __str__(self) -> str:
        return f"{self.count:,} of {self.of:,}"


class Situations(Model):
    """How many pairs of values, and triples that the contract names, a run met: what drivers provoked, whatever came of it.

    `pairs` and `triples` are those that cost no generation once containers stand, `priced` are pairs and triples that cost one,
    `impossible` counts pairs and triples by what the target lacks for them. `left` lists pairs that would have cost nothing and were not
    met, the first of them in the order of the table; `more` counts the others.
    """

    pairs: Met = Met()
    triples: Met = Met()
    priced: Met = Met()
    impossible: dict[str, Count] = Field(default_factory=dict)
    left: list[str] = Field(default_factory=list)
    more: Count = 0

    @property
    def sentence(self) -> str:
        """The figures in a sentence."""
        lacking = f"; {sum(self.impossible.values()):,} are impossible on this target" if self.impossible else ""
        return (
            f"Situations: {self.pairs} pairs of factors met, {self.triples} triples that the contract names, and of those that cost "
            f"a generation {self.priced}{lacking}"
        )
