"""Faults of how a brief is stored (CRE-5)."""

import re
import unicodedata

from sandbox.change import Fault, Install
from sandbox.faults.replacing import Doc, created_with, stored_brief, stored_hook, stored_list

NEVER = {"no": "false", "off": "false", "null": "", "yes": "true", "on": "true"}


def deep(name: str, summary: str, install: Install) -> Fault:
    """Return a fault of CRE-5 that only a special brief shows."""
    return Fault(name, "CRE-5", "deep", summary, install)


def without(brief: Doc, *names: str) -> Doc:
    """Return a brief without some members."""
    return {name: value for name, value in brief.items() if name not in names}


def printable(text: str) -> str:
    """Return a text without control and format characters, except line breaks."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")


FAULTS: tuple[Fault, ...] = (
    deep("hook-cut-at-255", "A hook is cut after 255 code points.", stored_hook(lambda hook: hook[:255])),
    deep(
        "hook-nfc-normalised",
        "A hook is brought into the normal form NFC.",
        stored_hook(lambda hook: unicodedata.normalize("NFC", hook)),
    ),
    deep(
        "theme-tags-cut-at-5",
        "Only the first five theme tags are kept.",
        stored_list("themeTags", lambda tags: tags[:5]),
    ),
    deep(
        "theme-tags-deduplicated",
        "A theme tag that stands twice is kept once.",
        stored_list("themeTags", lambda tags: list(dict.fromkeys(tags))),
    ),
    deep(
        "empty-lists-dropped",
        "An empty list in a brief is dropped.",
        stored_brief(lambda brief: {name: value for name, value in brief.items() if value != []}),
    ),
    Fault(
        "default-platforms-override",
        "CRE-5",
        "shallow",
        "The project's default platforms override the ones that are sent.",
        stored_list("targetPlatforms", lambda _: ["tiktok", "youtube_shorts"]),
    ),
    deep(
        "language-script-lost",
        "A language with script and region loses its script.",
        stored_brief(
            lambda brief: (
                {**brief, "language": re.sub(r"^(\w+)-\w{4}", r"\1", brief["language"])}
                if "language" in brief
                else brief
            )
        ),
    ),
    deep(
        "second-reference-medium-lost",
        "Only the first reference medium is kept.",
        stored_list("referenceMediaIds", lambda media: media[:1]),
    ),
    deep(
        "reference-media-lost-in-slideshows",
        "A slideshow's reference media are dropped.",
        created_with(
            lambda format_, brief: (format_, without(brief, *["referenceMediaIds"] * (format_ == "slideshow_remix")))
        ),
    ),
    deep(
        "brief-influencer-lost-unless-ugc",
        "The brief's influencerId is kept for ugc_remix and auto alone.",
        created_with(
            lambda format_, brief: (
                format_,
                brief if format_ in {"ugc_remix", "auto"} else without(brief, "influencerId"),
            )
        ),
    ),
    Fault(
        "brief-keeps-the-hook-alone",
        "CRE-5",
        "shallow",
        "Of a brief only the hook and the target platforms are kept.",
        stored_brief(lambda brief: without(brief, "influencerId", "themeTags", "referenceMediaIds", "language")),
    ),
    deep(
        "language-lost-without-influencer",
        "The language is dropped where the brief names no influencer to speak it.",
        stored_brief(lambda brief: brief if brief.get("influencerId") else without(brief, "language")),
    ),
)
