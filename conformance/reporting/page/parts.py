"""Pieces of the page that are opened on demand: compressed together inside the page, since thousands of them are large and alike."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

PACK = 512 * 1024
"""Characters that are compressed together."""
INLINE = 384 * 1024
"""Characters of pieces that stand in the page itself, so that a page of few failures can be read and printed without its script."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Pieces from number `first` on: a JSON array of HTML, compressed, in base64."""

    first: int
    count: int
    data: str


@dataclass(slots=True)
class Parts:
    """Collects pieces; `number_of` says where a piece is found."""

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
                found.append(_pack(first, self._pieces[first:number]))
                first, size = number, 0
        return found


def _pack(first: int, pieces: Sequence[str]) -> Pack:
    data = gzip.compress(json.dumps(pieces).encode(), mtime=0)
    return Pack(first, len(pieces), base64.b64encode(data).decode("ascii"))
