"""A history as a chain of hashes, so that a line that was changed, moved or taken out is noticed.

Each line ends with a link: its number, and the SHA-256 of the link before, the number and the line itself. Whoever can write the file can
make a new chain: the manifest holds its end, and a certificate signs that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

START = hashlib.sha256(b"layers-conformance history v1").hexdigest()
"""What stands in the place of the link before the first line."""
LONGEST_LINK = 128
"""Bytes within which the link stands at the end of a line."""
_LINK = re.compile(rb', "chain": "(\d+) ([0-9a-f]{64})"\}\n\Z')


class Chain:
    """The chain of one file: `head` is its last link, `length` the number of its lines."""

    def __init__(self, head: str = START, length: int = 0) -> None:
        self.head = head
        self.length = length

    def go_on_from(self, end: bytes) -> None:
        """Go on behind a line whose end is given; where it has no link, nothing changes."""
        found = _LINK.search(end)
        if found is not None:
            self.length, self.head = int(found[1]), found[2].decode()

    def linked(self, line: str) -> bytes:
        """Return a line, the text of a JSON object, with its link and an end of line."""
        content = line.encode()
        self.length += 1
        self.head = _hash(self.head, self.length, content)
        return b'%b, "chain": "%d %b"}\n' % (content[:-1], self.length, self.head.encode())


def unlinked(line: bytes) -> str:
    """Return a line as it was before it got a link."""
    found = _LINK.search(line, max(0, len(line) - LONGEST_LINK))
    return ((line[: found.start()] + b"}") if found else line.rstrip(b"\n")).decode()


@dataclass(frozen=True, slots=True)
class Examined:
    """What the lines of a history say of their chain: its end, and in `flaw`, half a sentence, what is wrong with it.

    A history without any link, of an earlier version or of another program, is not `linked`.
    """

    head: str
    length: int
    linked: bool
    flaw: str | None


def examine(lines: Iterable[bytes]) -> Examined:
    """Follow the chain of a history to its end or its first flaw; a last line that was cut short is left out."""
    head, length, linked, flaw = START, 0, False, None
    for line in lines:
        if not line.strip() or not line.endswith(b"\n"):
            continue
        length += 1
        found = _LINK.search(line)
        linked = linked or found is not None
        if flaw is not None:
            continue
        if found is None:
            flaw = f"line {length} has no link, so that no run has recorded it there"
        elif int(found[1]) != length:
            flaw = _misplaced(length, int(found[1]))
        else:
            expected = _hash(head, length, line[: found.start()] + b"}")
            head = found[2].decode()
            flaw = None if head == expected else f"line {length} was changed after it was recorded"
    return Examined(head, length, linked, flaw if linked else None)


def _misplaced(place: int, number: int) -> str:
    if number < place:
        return f"line {place} is the one that was recorded as number {number}"
    missing = f"line {place} is" if number == place + 1 else f"lines {place} to {number - 1} are"
    return f"{missing} missing or moved"


def _hash(before: str, number: int, content: bytes) -> str:
    digest = hashlib.sha256(b"%b %d " % (before.encode(), number))
    digest.update(content)
    return digest.hexdigest()
