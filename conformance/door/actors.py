"""Who calls: the two organizations, and callers without a right, each with the headers that it sends.

The name of a caller stands in the history where its key would; no other module sees a key.
"""

from __future__ import annotations

from collections.abc import Callable

KEY_HEADER = "X-Api-Key"
OWNER, OTHER, ANONYMOUS, HARNESS = "owner", "other", "anonymous", "harness"

_Forge = Callable[[str], dict[str, str]]


def _replaced(text: str, index: int) -> str:
    characters = list(text)
    characters[index] = "a" if characters[index] != "a" else "b"
    return "".join(characters)


UNAUTHORIZED: dict[str, _Forge] = {
    ANONYMOUS: lambda _: {},
    "empty-key": lambda _: {KEY_HEADER: ""},
    "last-character-off": lambda key: {KEY_HEADER: _replaced(key, -1)},
    "first-character-off": lambda key: {KEY_HEADER: _replaced(key, 0)},
    "key-cut-short": lambda key: {KEY_HEADER: key[:-1]},
    "key-with-more": lambda key: {KEY_HEADER: key + "x"},
    "right-prefix": lambda key: {KEY_HEADER: key[: len(key) // 2] + "0" * (len(key) - len(key) // 2)},
    "other-case": lambda key: {KEY_HEADER: key.swapcase()},
    "other-header": lambda key: {"X-Api-Token": key},
    "word-null": lambda _: {KEY_HEADER: "null"},
    "made-up-key": lambda _: {KEY_HEADER: "lk_00000000000000000000000000000000"},
    "wrong-bearer": lambda key: {"Authorization": f"Bearer {_replaced(key, -1)}"},
    "empty-bearer": lambda _: {"Authorization": "Bearer"},
}
"""Callers that no operation may answer with 2xx (AUT-1), by name."""

DERIVED = (
    *("last-character-off", "first-character-off", "key-cut-short", "key-with-more", "right-prefix", "other-case"),
    "wrong-bearer",
)
"""Those of them whose forged key gives most of the owner's away."""


def headers_of(actor: str, keys: dict[str, str]) -> dict[str, str]:
    """Give the headers that a caller authenticates with; `keys` holds the key of `owner`, and of `other` where there is one.

    Raises KeyError for a caller that is unknown or has no key.
    """
    if actor == HARNESS:
        return {}
    if actor in {OWNER, OTHER}:
        return {KEY_HEADER: keys[actor]}
    forged = UNAUTHORIZED[actor](keys[OWNER])
    if forged.get(KEY_HEADER) in keys.values():
        # A key without letters has no other case, and a key of another organization may be one character off.
        forged[KEY_HEADER] += "x"
    elif forged.get("Authorization", "").removeprefix("Bearer ") in keys.values():
        forged["Authorization"] += "x"
    return forged
