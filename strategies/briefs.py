"""Hypothesis strategies of briefs, patches, formats and list queries; a driver adds its mark to the generated values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from strategies.hostile import TEXTS

FORMATS = ("video_remix", "slideshow_remix", "ugc_remix", "auto")
STATUSES = ("queued", "generating", "completed", "failed", "canceled")
PLATFORMS = ("tiktok", "instagram")

LONG_HOOK = (
    "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. "
    "Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. "
    "Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first."
)
"""A hook longer than common column lengths: 80, 100, 128, 255 code points."""

TELLING: dict[str, dict[str, Any]] = {
    "lists that are no sets": {
        "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer:",
        "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"],
        "targetPlatforms": ["tiktok", "instagram"],
        "language": "en-US",
    },
    "texts that look like other types": {
        "hook": LONG_HOOK,
        "themeTags": ["no", "off", "true", "null", "1.50", "007", "1e3", "2026-01-02", "12:30", "~", "NaN"],
        "targetPlatforms": ["instagram"],
        "language": "es-419",
    },
    "texts that look like lists": {
        "hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence:",
        "themeTags": ["two, three", "a;b", "a|b", "[x]", '{"a": 1}', "a&b=c", "#tag", "@name", "a/b", "100%"],
        "targetPlatforms": ["tiktok", "instagram"],
        "language": "zh-Hant-TW",
    },
    "blanks": {
        "hook": "  Two  blanks,\ttabs and\nlines",
        "themeTags": [" lead", "trail ", "in  side", "tab\tstop", "line\nend", "trail"],
        "targetPlatforms": ["instagram", "tiktok", "instagram"],
        "language": "sr-Latn-RS",
    },
    "long lists": {
        "hook": f"Many tags in no order. {LONG_HOOK}",
        "themeTags": [f"tag{number * 37 % 60}" for number in range(60)],
        "targetPlatforms": ["youtube", "tiktok", "instagram", "facebook", "x"],
        "language": "de-CH",
    },
    "empty lists": {
        "hook": "Nothing more",
        "themeTags": [],
        "targetPlatforms": [],
        "referenceMediaIds": [],
        "language": "pt-BR",
    },
    "letters of other cases": {
        "hook": "ISTANBUL \u0130\u0131 \u00df \u1e9e \u03a3\u03c2",
        "themeTags": ["Stra\u00dfe", "STRASSE", "\u0130stanbul", "istanbul", "caf\u00e9", "cafe\u0301"],
        "targetPlatforms": ["tiktok"],
        "language": "tr",
    },
}
"""Valid fields of briefs, by what a careless backend would change in them; a mark is added to the hook."""

formats: st.SearchStrategy[str] = st.sampled_from(FORMATS)
plain_words: st.SearchStrategy[str] = st.sampled_from(
    ("Evenings", "Mornings", "Launch day", "Two for one", "Quiet hours")
)
odd_texts: st.SearchStrategy[str] = st.sampled_from(tuple(text for text in TEXTS.values() if len(text) < 200))
words: st.SearchStrategy[str] = st.one_of(plain_words, odd_texts)
"""The part of a hook before its mark."""


def _rest(influencers: Sequence[str], media: Sequence[str]) -> dict[str, st.SearchStrategy[Any]]:
    rest: dict[str, st.SearchStrategy[Any]] = {
        "targetPlatforms": st.lists(st.sampled_from(PLATFORMS), unique=True, max_size=2),
        "themeTags": st.lists(
            st.sampled_from(("launch", "calendar", "evening", "two words", "caf\u00e9")), unique=True, max_size=3
        ),
        "language": st.sampled_from(("en", "en-US", "de-DE", "pt-BR")),
    }
    if influencers:
        rest["influencerId"] = st.sampled_from(list(influencers))
    if media:
        rest["referenceMediaIds"] = st.lists(st.sampled_from(list(media)), unique=True, max_size=2)
    return rest


def rest_of_briefs(influencers: Sequence[str] = (), media: Sequence[str] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of the optional fields of a brief, with valid values."""
    return st.fixed_dictionaries({}, optional=_rest(influencers, media))


queries: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "status": st.lists(st.sampled_from(STATUSES), unique=True, min_size=1, max_size=3),
        "format": st.lists(formats, unique=True, min_size=1, max_size=2),
    },
)
"""Filters of the list, alone, repeated, and combined."""

page_sizes: st.SearchStrategy[int] = st.sampled_from((1, 2, 3, 5, 10, 25, 100, 199, 200, 201, 500))
