"""The ids that answers have shown, and what they tell of other ids."""

from __future__ import annotations

import re
import string

LONG, MIXED = 16, 5
"""How many letters and digits an id has, and how many different ones at its end, that nobody could count up to."""
_GROUPS = ((str.isdigit, string.digits), (str.islower, "abcdef"), (str.isupper, "ABCDEF"))
"""Characters that stand for each other in decimal and hexadecimal numbers, and how one of them is recognised."""

MOST_KNOWN = 60_000
"""How many ids of one kind are kept."""


class KnownIds:
    """The ids of one kind that answers have shown, and what such ids look like; `is_full`: answers have shown more of them."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.is_full = False
        self._heads: set[tuple[str, str]] = set()
        self._stems: dict[str, str] = {}
        self._are_counted = False
        self._characters: set[str] = set()

    def add(self, name: object) -> None:
        """Take in an id that an answer has shown."""
        if not isinstance(name, str) or name in self.known:
            return
        if len(self.known) >= MOST_KNOWN:
            self.is_full = True
            return
        self.known.add(name)
        self._heads.add(_head_and_shape(name))
        self._are_counted |= self._stems.setdefault(_stem(name), name) != name
        tail = _tail(name)
        self._characters |= set(tail)
        for is_of_group, group in _GROUPS:
            if any(map(is_of_group, tail)):
                self._characters.update(group)

    def looks_real(self, name: str) -> bool:
        """Return whether a target could only learn by looking it up that an id names nothing.

        It has the first three fifths, the length and the separators of a known one, which is where prefixes, times and versions of
        ids stand, and after them no character that ids of the kind may not use there.
        """
        return _head_and_shape(name) in self._heads and self._characters.issuperset(_tail(name))

    def neighbour(self, name: str) -> str | None:
        """Return the known id that differs from another one in its last letter or digit alone, None where there is none.

        Ids that are long and mixed come so close to each other only where they are counted up, which two known ones then show: None too.
        """
        near = None if self._are_counted else self._stems.get(_stem(name))
        return near if near is not None and len(near) == len(name) and _is_long_and_mixed(near) else None


def _stem(name: str) -> str:
    return name.rstrip("-_=")[:-1]


def _is_long_and_mixed(name: str) -> bool:
    tail = {character for character in _tail(name) if character.isalnum()}
    return (
        sum(map(str.isalnum, name)) >= LONG
        and len(tail) >= MIXED
        and any(map(str.isdigit, tail))
        and any(map(str.isalpha, tail))
    )


def _head_and_shape(name: str) -> tuple[str, str]:
    return name[: len(name) * 3 // 5], re.sub("[A-Za-z0-9]", "x", name)


def _tail(name: str) -> str:
    return name[len(name) * 3 // 5 :]
