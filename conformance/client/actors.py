"""Who calls: the two organizations, and callers without a right, each with the headers that it sends.

A history names a caller where its API key would be; no other module but redaction sees an API key.
"""

from __future__ import annotations

from collections.abc import Callable

KEY_HEADER = "X-Api-Key"
OWNER, OTHER, ANONYMOUS, HARNESS = "owner", "other", "anonymous", "harness"

_Forge = Callable[[str], dict[str, str]]


def api_keys_of(owner: str | None, other: str | None) -> dict[str, str]:
    """Return the API keys of the two organizations by actor, as far as there are any."""
    return {actor: api_key for actor, api_key in ((OWNER, owner), (OTHER, other)) if api_key}


def _replaced(text: str, index: int) -> str:
    characters = list(text)
    characters[index] = "a" if characters[index] != "a" else "b"
    return "".join(characters)


UNAUTHORIZED: dict[str, _Forge] = {
    ANONYMOUS: lambda _: {},
    "empty-key": lambda _: {KEY_HEADER: ""},
    "last-character-off": lambda api_key: {KEY_HEADER: _replaced(api_key, -1)},
    "first-character-off": lambda api_key: {KEY_HEADER: _replaced(api_key, 0)},
    "key-cut-short": lambda api_key: {KEY_HEADER: api_key[:-1]},
    "key-with-more": lambda api_key: {KEY_HEADER: api_key + "x"},
    "right-prefix": lambda api_key: {
        KEY_HEADER: api_key[: len(api_key) // 2] + "0" * (len(api_key) - len(api_key) // 2)
    },
    "other-case": lambda api_key: {KEY_HEADER: api_key.swapcase()},
    "other-header": lambda api_key: {"X-Api-Token": api_key},
    "word-null": lambda _: {KEY_HEADER: "null"},
    "made-up-key": lambda _: {KEY_HEADER: "lk_00000000000000000000000000000000"},
    "wrong-bearer": lambda api_key: {"Authorization": f"Bearer {_replaced(api_key, -1)}"},
    "empty-bearer": lambda _: {"Authorization": "Bearer"},
}
"""Callers that no operation may answer with 2xx (AUT-1), by name."""

DERIVED = (
    *("last-character-off", "first-character-off", "key-cut-short", "key-with-more", "right-prefix", "other-case"),
    "wrong-bearer",
)
"""Those of them whose forged key reveals most of the owner's."""


def headers_of(actor: str, api_keys: dict[str, str]) -> dict[str, str]:
    """Return the headers that a caller authenticates with; `api_keys` holds that of `owner`, and that of `other` where there is one.

    Raises KeyError for a caller that is unknown or has no API key.
    """
    if actor in {HARNESS, ANONYMOUS}:
        return {}
    if actor in {OWNER, OTHER}:
        return {KEY_HEADER: api_keys[actor]}
    forged = UNAUTHORIZED[actor](api_keys[OWNER])
    if forged.get(KEY_HEADER) in api_keys.values():
        # A key without letters has no other case, and a key of another organization may differ in one character.
        forged[KEY_HEADER] += "x"
    elif forged.get("Authorization", "").removeprefix("Bearer ") in api_keys.values():
        forged["Authorization"] += "x"
    return forged
