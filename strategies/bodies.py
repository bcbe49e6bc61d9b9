"""Bodies that must be refused: malformed JSON, and creates that each break one documented type or enum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

MALFORMED = (
    b'{"format": "auto", "brief": {"hook": "cut sho',
    b"{'format': 'auto'}",
    b'{"format": "auto", "brief": {"hook": "a"},}',
    b'{"format": "auto" "brief": {"hook": "a"}}',
    b'{"format": "auto", "brief": {"hook": "\xff\xfe"}}',
    b'{"format": "auto", "brief": {"hook": "\xc3\x28"}}',
    b"hello",
    b"[1, 2",
    b'{"format": "auto", "brief": {"hook": "a"}} and more',
    b'{"format": "auto", "brief": {"hook": "a"}',
    b'{format: "auto", brief: {hook: "a"}}',
    b'{"format": "auto", "brief": {"hook": "a"}} // a comment',
    b'{"format": "auto", "brief": {"hook": "a\nb"}}',
)
"""Bodies that are not JSON in UTF-8 (RFC 8259)."""
HALF_A_PAIR = b"""{"format": "\\ud800", "brief": {"hook": 7, "language": "\\udc00"}, "patch": {"hook": 7, "language": "\\ud800"},
"sourcePlatformPostId": 7, "mode": "\\ud800", "reason": 7, "regenerate": "\\ud800"}"""
"""A body that breaks the schema of every operation, with strings that have no form in UTF-8 (RFC 8259, section 8.2)."""

_BROKEN_FIELDS: dict[str, tuple[Any, ...]] = {
    "hook": (7, True, ["a hook"], {"text": "a hook"}),
    "targetPlatforms": ("tiktok", {"tiktok": True}, [7], ["tiktok", 7], {}),
    "influencerId": (7, ["inf_1"], {"id": "inf_1"}, False),
    "themeTags": ("launch", [1], [["launch"]], {"0": "launch"}, [None], ["launch", 7]),
    "referenceMediaIds": ("med_1", [7], {"id": "med_1"}, [{"id": "med_1"}]),
    "language": (7, ["en-US"], False, 0),
}
"""Values of each field of a brief that break its documented type."""

_BROKEN_FORMATS: tuple[Any, ...] = (
    "video",
    "VIDEO_REMIX",
    "video_remix ",
    "",
    "carousel",
    7,
    ["video_remix"],
    {"format": "auto"},
    True,
)


def broken_creates(brief: Callable[[], dict[str, Any]]) -> Iterator[Any]:
    """Yield bodies of creates that each break one documented type or enum; `brief` makes a valid brief with a new mark."""
    for value in _BROKEN_FORMATS:
        yield {"format": value, "brief": brief()}
    for name, values in _BROKEN_FIELDS.items():
        for value in values:
            yield {"format": "video_remix", "brief": brief() | {name: value}}
    for value in ("a brief", ["a hook"], 7):
        yield {"format": "video_remix", "brief": value}
    for value in ([], "text", 7):
        yield value


def broken_patches(hook: Callable[[], str]) -> Iterator[Any]:
    """Yield bodies of regenerates whose patch breaks one documented type; `hook` makes a new hook."""
    for name, values in _BROKEN_FIELDS.items():
        for value in values[:2]:
            yield {"patch": {"hook": hook()} | {name: value}}
    yield {"patch": {"hook": hook(), "themeTags": ["launch", 7]}}
    for value in ("hook", ["hook"], 7, []):
        yield {"patch": value}
    yield []
