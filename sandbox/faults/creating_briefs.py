"""Faults of how a brief is stored (CRE-5)."""

import html
import re
import unicodedata

from sandbox.change import Fault, Install
from sandbox.faults.replacing import Doc, created_with, stored_brief, stored_hook, stored_list

SMART = str.maketrans({'"': "\u201d", "'": "\u2019"})
ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufe0f\ufeff"))
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
        "hook-cut-at-255-bytes",
        "A hook is cut after 255 bytes of UTF-8.",
        stored_hook(lambda hook: hook.encode()[:255].decode(errors="ignore")),
    ),
    deep("hook-cut-at-5000", "A hook is cut after 5,000 code points.", stored_hook(lambda hook: hook[:5000])),
    deep(
        "slideshow-hook-cut-at-80",
        "A hook is cut after 80 code points, in slideshows alone.",
        created_with(
            lambda format_, brief: (
                format_,
                {**brief, "hook": brief["hook"][:80]} if format_ == "slideshow_remix" else brief,
            )
        ),
    ),
    deep(
        "hook-nfc-normalised",
        "A hook is brought into the normal form NFC.",
        stored_hook(lambda hook: unicodedata.normalize("NFC", hook)),
    ),
    deep(
        "hook-compatibility-normalised",
        "A hook is brought into the normal form NFKC.",
        stored_hook(lambda hook: unicodedata.normalize("NFKC", hook)),
    ),
    deep(
        "hook-latin-1-mangled",
        "A hook's UTF-8 is read as Latin-1.",
        stored_hook(lambda hook: hook.encode().decode("latin-1")),
    ),
    deep(
        "hook-astral-characters-lost",
        "A hook's characters beyond U+FFFF become question marks.",
        stored_hook(lambda hook: "".join(char if ord(char) <= 0xFFFF else "?" for char in hook)),
    ),
    deep("hook-html-escaped", "A hook comes back escaped for HTML.", stored_hook(html.escape)),
    deep("hook-html-unescaped", "A hook's HTML entities come back resolved.", stored_hook(html.unescape)),
    deep(
        "hook-tags-stripped",
        "What looks like an HTML tag is taken out of a hook.",
        stored_hook(lambda hook: re.sub(r"<[^>]*>", "", hook)),
    ),
    deep("hook-trimmed", "Blanks around a hook are lost.", stored_hook(lambda hook: hook.strip() or hook)),
    deep(
        "hook-blanks-collapsed",
        "Two blanks in a row become one.",
        stored_hook(lambda hook: re.sub(r" {2,}", " ", hook)),
    ),
    deep(
        "hook-line-breaks-normalised",
        "A hook's CR LF becomes LF.",
        stored_hook(lambda hook: hook.replace("\r\n", "\n")),
    ),
    deep("hook-nul-dropped", "A NUL is taken out of a hook.", stored_hook(lambda hook: hook.replace("\0", ""))),
    deep("hook-control-characters-dropped", "Control characters are taken out of a hook.", stored_hook(printable)),
    deep(
        "hook-joiners-dropped",
        "Zero-width characters are taken out of a hook, which breaks joined emoji.",
        stored_hook(lambda hook: hook.translate(ZERO_WIDTH)),
    ),
    deep(
        "hook-quotes-smartened",
        "Straight quotes become typographic ones.",
        stored_hook(lambda hook: hook.translate(SMART)),
    ),
    deep(
        "hook-backslashes-lost",
        "A hook loses its backslashes to one unescaping too many.",
        stored_hook(lambda hook: re.sub(r"\\(.)", r"\1", hook)),
    ),
    deep(
        "hook-placeholders-expanded",
        "What stands in double braces in a hook is expanded as a template, to nothing.",
        stored_hook(lambda hook: re.sub(r"\{\{.*?\}\}", "", hook)),
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
    deep("theme-tags-sorted", "Theme tags come back in alphabetical order.", stored_list("themeTags", sorted)),
    deep(
        "theme-tags-in-lower-case",
        "Theme tags come back in lower case.",
        stored_list("themeTags", lambda tags: [tag.lower() for tag in tags]),
    ),
    deep(
        "theme-tags-split-at-commas",
        "A theme tag with a comma becomes two, because tags are kept as one text.",
        stored_list("themeTags", lambda tags: ",".join(tags).split(",") if tags else tags),
    ),
    deep(
        "theme-tags-read-as-yaml",
        "The theme tags no, off, yes and on become truth values.",
        stored_list("themeTags", lambda tags: [NEVER.get(tag, tag) for tag in tags]),
    ),
    deep(
        "empty-lists-dropped",
        "An empty list in a brief is dropped.",
        stored_brief(lambda brief: {name: value for name, value in brief.items() if value != []}),
    ),
    deep(
        "empty-platforms-become-default",
        "An empty list of target platforms becomes TikTok alone.",
        stored_list("targetPlatforms", lambda platforms: platforms or ["tiktok"]),
    ),
    Fault(
        "default-platforms-override",
        "CRE-5",
        "shallow",
        "The project's default platforms override the ones that are sent.",
        stored_list("targetPlatforms", lambda _: ["tiktok", "youtube_shorts"]),
    ),
    deep(
        "unknown-platforms-dropped",
        "Target platforms other than TikTok and Instagram are accepted and dropped.",
        stored_list(
            "targetPlatforms", lambda platforms: [name for name in platforms if name in {"tiktok", "instagram"}]
        ),
    ),
    Fault(
        "language-region-lost",
        "CRE-5",
        "shallow",
        "A language keeps its first part alone.",
        stored_brief(
            lambda brief: {**brief, "language": brief["language"].partition("-")[0]} if "language" in brief else brief
        ),
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
