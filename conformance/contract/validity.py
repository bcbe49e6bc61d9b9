"""How far the documents bind the target to accept or to refuse a request, told from the request alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from pydantic_core import from_json, to_json

from conformance.contract.document import Operation

USABLE_KEY = re.compile(r"[!-~]{1,255}")
"""Idempotency-Keys that every target must be able to tell apart."""
PLAIN_HOOK = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .,!?'\[\]_-]{0,198}[A-Za-z0-9.,!?\[\]])?")
SHORTEST_PLAIN_HOOK = 10
"""Characters of a hook that is no reason to refuse a brief; fewer may be too few (open reading 18)."""
PLAIN_TAG = re.compile(r"[a-z0-9-]{1,30}")
LISTS = ("targetPlatforms", "themeTags", "referenceMediaIds")
LONGEST_PLAIN_LIST = 8
LONGEST_REASON = 1024
PLAIN_PLATFORMS = frozenset({"tiktok", "instagram"})
PLAIN_LANGUAGES = frozenset({"en", "en-US"})
MADE_OF = MappingProxyType({"video_remix": "referenceMediaIds", "ugc_remix": "influencerId"})
"""What the page says that a format is made of; whether a create may go without it, no page says (open readings 18 and 22)."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ENORMOUS = re.compile(rb"(?<!\d)\d{4000}")
"""A number that some parsers do not take, looked for where digits begin: anywhere, each of thousands of them would be a beginning."""


class Validity(StrEnum):
    """What the documents say of a request's body.

    `plain`: valid, with nothing in it that an unstated limit could refuse, and with what its format is made of: it must be accepted. `valid`:
    must be accepted, or refused by a clean 4xx for a limit that no page states (open reading 18). `unclear`: either is legitimate
    (readings 18 and 22). `invalid`: breaks a stated type or enum, never accepted. `malformed`: not JSON in UTF-8, never accepted.
    """

    PLAIN = "plain"
    VALID = "valid"
    UNCLEAR = "unclear"
    INVALID = "invalid"
    MALFORMED = "malformed"


class HasHeaders(Protocol):
    """A request or an answer, as far as its headers matter."""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, in whatever case its name is written."""


class Unparsed(StrEnum):
    """Why a body has no JSON value."""

    ABSENT = "absent"
    NOT_JSON = "not JSON"
    AMBIGUOUS = "JSON that parsers read differently"


@dataclass(frozen=True, slots=True)
class Known:
    """What the target's configuration names, and that a plain request may therefore use."""

    influencer_id: str | None = None
    reference_media_ids: tuple[str, ...] = ()
    source_post_id: str | None = None
    failing_hook: str | None = None


class _AmbiguousError(ValueError):
    pass


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _AmbiguousError
    return value


def _no_constant(_: str) -> Any:
    raise _AmbiguousError


_STRICT = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def parse(body: bytes | None) -> Any:
    """Parse a body as JSON, or tell by an `Unparsed` why it has no one value (RFC 8259)."""
    if not body:
        return Unparsed.ABSENT
    try:
        value = from_json(body, allow_inf_nan=False, cache_strings="keys")
        # A text that its own value writes again names no member twice, and loses nothing in numbers.
        if to_json(value) == body.strip():
            return value
    except ValueError:
        pass
    return _parse_strictly(body)


def parse_answer(body: bytes | None) -> Any:
    """Parse the body of an answer as `parse` does, without the byte order mark that it may begin with (RFC 8259, section 8.1).

    The mark is a fault of its own (open reading 34), so that everything else is told from what follows it.
    """
    return parse(body.removeprefix(BYTE_ORDER_MARK) if body else body)


def _parse_strictly(body: bytes) -> Any:
    """Parse a body that may be written in any way, at several times the cost."""
    try:
        return _STRICT.decode(body.decode("utf-8"))
    except (_AmbiguousError, RecursionError):
        return Unparsed.AMBIGUOUS
    except ValueError:
        # A byte order mark may be ignored (RFC 8259, section 8.1), and integers of thousands of digits are JSON all the same.
        ambiguous = body.startswith(BYTE_ORDER_MARK) or _ENORMOUS.search(body) is not None
        return Unparsed.AMBIGUOUS if ambiguous else Unparsed.NOT_JSON


def strings(value: Any) -> Iterator[str]:
    """Return every string in a JSON value, names of members too; works without recursion."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())


def has_lone_surrogate(value: Any) -> bool:
    """Return whether a string in the value holds half of a surrogate pair, which has no UTF-8 form (RFC 8259, section 8.2)."""
    try:
        to_json(value)
    except ValueError:
        return any(_LONE_SURROGATE.search(text) for text in strings(value))
    return False


def media_type(message: HasHeaders) -> str:
    """Return the media type that a request or an answer names, in lower case and without parameters; empty where it names none."""
    return (message.header("content-type") or "").partition(";")[0].strip().lower()


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID in its usual form (RFC 9562, section 4)."""
    return _UUID.fullmatch(text) is not None


def classify(operation: Operation, request: HasHeaders, body: Any, known: Known) -> tuple[Validity, str]:
    """Say how far the documents bind the target on this request's body and its key, and why; `body` is what `parse` gave."""
    validity, because = _classify_body(operation, request, body, known)
    key = request.header("idempotency-key")
    if validity not in {Validity.PLAIN, Validity.VALID} or key is None or is_uuid(key):
        return validity, because
    if not USABLE_KEY.fullmatch(key):
        return Validity.UNCLEAR, "an unusual Idempotency-Key"
    # No page tells what a key may be (open reading 18); the one that they show is a UUID.
    return Validity.VALID, ""


def _classify_body(operation: Operation, request: HasHeaders, body: Any, known: Known) -> tuple[Validity, str]:
    if operation.request_schema is None:
        return (
            (Validity.PLAIN, "") if body is Unparsed.ABSENT else (Validity.UNCLEAR, "a body where none is documented")
        )
    if body is Unparsed.ABSENT:
        if operation.id == "regenerateContent":
            # No page tells whether a regenerate without a patch may go without a body.
            return Validity.VALID, ""
        return Validity.UNCLEAR, "no body"
    media = media_type(request)
    if media != "application/json":
        return Validity.UNCLEAR, f"the content type {media or 'none'}"
    if body is Unparsed.NOT_JSON:
        return Validity.MALFORMED, "the body is not JSON in UTF-8"
    if body is Unparsed.AMBIGUOUS:
        return Validity.UNCLEAR, body.value
    if has_lone_surrogate(body):
        return Validity.UNCLEAR, "a lone surrogate"
    return _against_schema(operation, body, known)


def _against_schema(operation: Operation, body: Any, known: Known) -> tuple[Validity, str]:
    unclear = ""
    try:
        for breach in operation.request_schema.breaches(body):  # type: ignore[union-attr] # the caller has asked
            where = "/".join(str(step) for step in breach.path) or "the body"
            # A null member may count as an absent one (open reading 11); a null among the items of a list may not.
            is_item = bool(breach.path) and isinstance(breach.path[-1], int)
            if breach.keyword in {"type", "enum"} and (breach.instance is not None or is_item):
                return Validity.INVALID, f"{where} breaks its stated {breach.keyword}"
            unclear = unclear or f"{where} breaks {breach.keyword}"
    except RecursionError:
        return Validity.UNCLEAR, "nested too deep to tell"
    if unclear:
        return Validity.UNCLEAR, unclear
    return (Validity.PLAIN if _is_plain(operation.id, body, known) else Validity.VALID), ""


def _is_plain(operation: str, body: Mapping[str, Any], known: Known) -> bool:
    if operation == "createContent":
        material = MADE_OF.get(body["format"])
        return is_plain_brief(body["brief"], known) and (material is None or bool(body["brief"].get(material)))
    if operation == "regenerateContent":
        return is_plain_brief(body.get("patch") or {}, known)
    if operation == "cloneFromPost":
        return bool(body["sourcePlatformPostId"] == known.source_post_id)
    if operation == "rejectContent":
        patch = body.get("regenerate")
        return PLAIN_HOOK.fullmatch(body["reason"]) is not None and (
            not isinstance(patch, dict) or is_plain_brief(patch, known)
        )
    return True


def reason_fault(body: Any) -> str | None:
    """Say what is wrong with the reason in a reject's body, None where it has one of 1 to 1,024 characters, or where that is open."""
    if body is Unparsed.ABSENT:
        return "without a body"
    if not isinstance(body, dict):
        return None
    reason = body.get("reason")
    if reason is None or reason == "":
        return "without a reason"
    if not isinstance(reason, str):
        return "with a reason that is not a string"
    return f"with a reason of {len(reason)} characters" if len(reason) > LONGEST_REASON else None


def _is_plain_list(values: list[str]) -> bool:
    """Return whether a list is neither empty nor long, and names nothing twice: any of these a target may limit."""
    return 0 < len(values) <= LONGEST_PLAIN_LIST and len(set(values)) == len(values)


def is_plain_brief(brief: Mapping[str, Any], known: Known) -> bool:
    """Return whether a brief, or a patch of one, holds only what any target must be able to take."""
    hook = brief.get("hook", "Any hook of a brief")
    is_plain = PLAIN_HOOK.fullmatch(hook) is not None and len(hook) >= SHORTEST_PLAIN_HOOK
    return (
        (is_plain or hook == known.failing_hook)
        and PLAIN_PLATFORMS.issuperset(brief.get("targetPlatforms", ()))
        and all(_is_plain_list(brief[name]) for name in LISTS if name in brief)
        and brief.get("influencerId", known.influencer_id) == known.influencer_id
        and set(known.reference_media_ids).issuperset(brief.get("referenceMediaIds", ()))
        and all(PLAIN_TAG.fullmatch(tag) for tag in brief.get("themeTags", ()))
        and brief.get("language", "en") in PLAIN_LANGUAGES
    )
