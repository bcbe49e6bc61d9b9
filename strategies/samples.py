"""Fixed values of briefs and of list queries: what the documents enumerate, and briefs that a careless backend would damage."""

from __future__ import annotations

from typing import Any

FORMATS = ("video_remix", "slideshow_remix", "ugc_remix", "auto")
STATUSES = ("queued", "generating", "completed", "failed", "canceled")
PLATFORMS = ("tiktok", "instagram")

LONG_HOOK = (
    "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. "
    "Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. "
    "Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first."
)
"""A hook beyond the lengths at which columns end that nobody measured: 80, 100, 128, 255 code points."""

TELLING: dict[str, dict[str, Any]] = {
    "lists that are no sets": {
        "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer:",
        "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"],
        "targetPlatforms": ["tiktok", "instagram"],
        "language": "en-US",
    },
    "texts that look like other types": {
        "hook": f"{LONG_HOOK} Cafe\u0301, \ufb01ne\u2122:",
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
"""Valid fields of briefs, by what a backend that keeps them carelessly would lose; a mark follows the hook."""

KINDS: tuple[tuple[str, str], ...] = tuple(
    (telling, FORMATS[(place + turn) % len(FORMATS)])
    for turn in range(len(FORMATS))
    for place, telling in enumerate(TELLING)
)
"""Each of these briefs in each format, in an order in which any few of them in a row differ in both."""
