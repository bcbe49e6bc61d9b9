"""Values that no answer of the contract has, and how to put them anywhere into one."""

from __future__ import annotations

from typing import Any

ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        10**400,
        1e308,
        "",
        " ",
        "\x00",
        "\ud800",
        "\r\n::error::x",
        "../..",
        "x" * 70_000,
        "2026-13-45T99:99:99Z",
    ),
    *(
        "9999-12-31T23:59:59+23:59",
        "http://[",
        "//host:port",
        [],
        [[]],
        {},
        {"": {}},
        [None],
        [{"id": []}],
        {"error": 7},
    ),
)
"""Values that no answer of the contract has."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a JSON value, the whole one first."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, part in parts for found in places(part, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """Return a JSON value in which another one stands at a path."""
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy
