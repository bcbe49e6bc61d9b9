"""Items of lists, for the tests of what lists show."""

from __future__ import annotations

from typing import Any

from histories import CREATED


def item(n: int, **fields: Any) -> dict[str, Any]:
    """Return a list item of container `cnt_n`, completed unless `fields` say otherwise."""
    return {
        "id": f"cnt_{n}",
        "status": "completed",
        "approvalStatus": "not_required",
        "format": "video_remix",
        "createdAt": CREATED,
    } | fields


def items(*numbers: int, **fields: Any) -> list[dict[str, Any]]:
    """Return the items of several containers."""
    return [item(n, **fields) for n in numbers]
