"""What the documentation says word for word, by the requirements that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

FILE = "quotes.yaml"


@dataclass(frozen=True, slots=True)
class Quote:
    """One passage of the documentation, and the page and heading under which it stands."""

    anchor: str
    text: str


@lru_cache(maxsize=1)
def _passages() -> tuple[tuple[Quote, frozenset[str]], ...]:
    rows = yaml.safe_load(files("openapi").joinpath(FILE).read_bytes())["passages"]
    return tuple((Quote(row["anchor"], row["text"]), frozenset(row["requirements"])) for row in rows)


def quotes_for(requirement: str) -> tuple[Quote, ...]:
    """Return the passages that a requirement follows from; none where only pages that are not quoted state it."""
    return tuple(quote for quote, requirements in _passages() if requirement in requirements)


def quoted_requirements() -> frozenset[str]:
    """Return every requirement that a passage names."""
    return frozenset(name for _, requirements in _passages() for name in requirements)
