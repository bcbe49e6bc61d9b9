"""How pages are written: templates that escape what they show, a policy under which a browser loads nothing, and compressed pieces."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.reporting.text import counted, printable

_PACKAGE = "conformance.reporting.page"
PACK = 512 * 1024
"""Characters that are compressed together."""
INLINE = 384 * 1024
"""Characters of pieces that stand in the page itself, so that a page of few failures can be read and printed without its script."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of all templates."""
    made = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"printable": printable, "counted": counted}
    return made


def render(template: str, *, script: str = "", **values: Any) -> str:
    """Write a page with our style, and a script if it has one; the browser loads nothing and runs no other script."""
    style, code = _file("page.css"), _file(script) if script else ""
    runs = f"'{_digest(code)}'" if code else "'none'"
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src {runs}; "
        "base-uri 'none'; form-action 'none'"
    )
    own = {"style": Markup(style), "script": Markup(code)}  # noqa: S704 - our own files
    return environment().get_template(template).render(policy=policy, **own, **values) + "\n"


def _file(name: str) -> str:
    return files(_PACKAGE).joinpath("templates", name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Pack:
    """Pieces from number `first` on: a JSON array of HTML, compressed, in base64."""

    first: int
    count: int
    data: str


@dataclass(slots=True)
class Parts:
    """Pieces of a page that are opened on demand: compressed together, since thousands of them are large and alike."""

    _pieces: list[str] = field(default_factory=list)
    _inline: int = 0

    def fits(self, piece: str) -> bool:
        """Return whether a piece may stand in the page itself, and count it if so."""
        if self._inline + len(piece) > INLINE:
            return False
        self._inline += len(piece)
        return True

    def keep(self, piece: str) -> int:
        """Keep a piece and return its number."""
        self._pieces.append(piece)
        return len(self._pieces) - 1

    def packs(self) -> list[Pack]:
        """Return all pieces, compressed."""
        found: list[Pack] = []
        first, size = 0, 0
        for number, piece in enumerate(self._pieces, start=1):
            size += len(piece)
            if size >= PACK or number == len(self._pieces):
                data = gzip.compress(json.dumps(self._pieces[first:number]).encode(), mtime=0)
                found.append(Pack(first, number - first, base64.b64encode(data).decode("ascii")))
                first, size = number, 0
        return found
