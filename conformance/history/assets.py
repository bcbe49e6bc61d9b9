"""The assets that containers have shown, and where a URL or an answer shows that it expires."""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.contract.lifecycle import TERMINAL
from conformance.contract.validity import strings
from conformance.history.containers import Container, Generation
from conformance.history.facts import AssetRequest, ContainerRead, Fact, ForeignAssetAnswered
from conformance.history.fields import assets_of, status_of
from conformance.history.ledger import Ledger
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view, may_regenerate

WAITING = 20
"""How many answers about one container's assets wait for the read that shows which assets it has."""


class ShownAssets:
    """A fold over what shows the assets of containers, and over getAsset."""

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._holders: dict[str, Container] = {}
        self._waiting: dict[str, list[ForeignAssetAnswered]] = defaultdict(list)

    def read(self, fact: ContainerRead, ledger: Ledger) -> Iterator[ForeignAssetAnswered]:
        """Take in a read of a container, and tell which assets were answered that it does not show."""
        container = fact.container
        for asset in assets_of(fact.view):
            self._shown[container.id].add(asset["id"])
            self._holders.setdefault(asset["id"], container)
        if container.id in self._waiting and status_of(fact.view) in TERMINAL and is_fresh_view(container, fact.seen):
            for held in self._waiting.pop(container.id):
                started = container.latest_start > held.seen.exchange.sent_at
                if not started and held.seen.precedes(fact.seen) and not self._may_be_own(held.seen, fact.seen, ledger):
                    yield ForeignAssetAnswered(held.seen, container, held.holder, fact.seen.evidence)

    def listed(self, entries: list[Any]) -> None:
        """Take in the items of a list that show their assets."""
        for entry in entries:
            if isinstance(entry, dict) and entry.get("assets") and isinstance(entry.get("id"), str):
                self._shown[entry["id"]].update(asset["id"] for asset in assets_of(entry))

    def job(self, generation: Generation | None, view: dict[str, Any]) -> None:
        """Take in the result of a job, which may name what later reads of its container do not show any more."""
        if generation is not None and isinstance(view.get("result"), (dict, list)):
            self._shown[generation.container_id].update(strings(view["result"]))

    def request(self, seen: Observation, ledger: Ledger) -> Iterator[Fact]:
        """Tell of a getAsset; what an answer gives that the container surely does not have is told of at once, or else when that shows."""
        asset_id, container = seen.params["assetId"], ledger.containers.get(seen.params["containerId"])
        is_shown = asset_id in self._shown.get(seen.params["containerId"], ())
        holder = None if is_shown else self._holders.get(asset_id)
        yield AssetRequest(seen, container, is_shown, holder)
        if is_shown or container is None or not container.is_vouched or not (seen.ok and seen.authorized):
            return
        read = container.read
        if read is not None and self._is_at_rest(container, read, seen, ledger):
            if not self._may_be_own(seen, read, ledger):
                yield ForeignAssetAnswered(seen, container, holder, read)
        elif holder is not None and len(self._waiting[container.id]) < WAITING:
            self._waiting[container.id].append(ForeignAssetAnswered(seen.evidence, container, holder, seen.evidence))

    @staticmethod
    def _is_at_rest(container: Container, read: Observation, seen: Observation, ledger: Ledger) -> bool:
        if status_of(read.fields) not in TERMINAL or not read.precedes(seen) or not is_fresh_view(container, read):
            return False
        return not may_regenerate(ledger.windows.causes(container, read, seen.exchange.received_at))

    def _may_be_own(self, seen: Observation, read: Observation, ledger: Ledger) -> bool:
        """Return whether the container has the asset all the same: as one of its reference media, or as one that it writes otherwise."""
        asset_id = seen.params["assetId"]
        brief = read.fields.get("brief")
        media = brief.get("referenceMediaIds") if isinstance(brief, dict) else None
        if (isinstance(media, list) and asset_id in media) or asset_id in ledger.facts.known.reference_media_ids:
            return True
        return any(is_same_id(name, asset_id) for name in self._shown.get(seen.params["containerId"], ()))


_EXPIRY_NAMES = re.compile(r".*(expir|valid[_-]?(until|to|for)).*|(x-[a-z]+-)?(exp|ttl)([_-]?(seconds|ms))?", re.DOTALL)
_BODY_EXPIRY_NAMES = re.compile(r".*(ttl|max[_-]?age|until)([_-]?(seconds|ms))?", re.DOTALL)
_SIGNED_EXPIRY_NAMES = frozenset({"se", "e", "until", "deadline"})
_SIGNED_HINTS = _SIGNED_EXPIRY_NAMES | {"st", "t", "ts", "policy"}
"""Short names that may tell of an expiry beside a signature, whatever their value."""
_TIMED_SIGNATURE_NAMES = frozenset({"q-sign-time", "q-key-time", "auth_key", "verify"})
_SIGNATURE_NAMES = re.compile(
    r"(x-[a-z]+-)?(signature|sig|credential)|sign|hmac|token|key-pair-id|awsaccesskeyid|googleaccessid"
)
_LIFETIME_NAME = re.compile(r"(x-(?:amz|goog)-)expires")
_JWT = re.compile(r"(?<![\w-])(?>[\w-]*?eyJ)[\w-]++\.(eyJ[\w-]++)\.[\w-]*")
"""Each run of its characters is looked at once: a text of many beginnings would take a time that grows with its square."""
_TOKEN_EXPIRY = re.compile(r"(?:^|[~|,;_/&])(?:exp|expires|e)=\d{10}(?:\d{3})?(?!\d)", re.IGNORECASE)
_SECONDS = r"\d{10}(?:\d{3})?(?:\.\d+)?"
_MOMENT = re.compile(rf"{_SECONDS}|\d{{4}}-?\d\d-?\d\d[Tt ]\d\d.*|[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4}} .*")
"""Seconds or milliseconds since the epoch, a date with a time (ISO 8601), or a date of HTTP (RFC 9110, section 5.6.7)."""
_BEGINS_WITH_MOMENT = re.compile(rf"{_SECONDS}(?!\d)")
_NEVER = frozenset({"", "0", "-1", "never", "none", "null", "false"})


@lru_cache(maxsize=4096)  # polls show the same URLs again
def expires(url: str) -> str | None:
    """Name the moment at which a URL expires, None where it shows none (open reading 31).

    Known are parameters that give a moment and say that it is the last one (`Expires`), short names beside a signature (Azure's `se`), a
    lifetime in seconds beside its beginning or its signature (`X-Amz-Expires`), CloudFront's `Policy`, signatures that begin with a moment
    (Tencent's `q-sign-time`, Alibaba's `auth_key`), tokens in the query or the path that carry an `exp=`, and JSON Web Tokens with an `exp`
    claim (RFC 7519, section 4.1.4). A name alone tells nothing: a `token` or a `t` may be part of a permanent URL.
    """
    parts = _split(url)
    if parts is None:
        return None
    path, pairs = parts
    named = dict(pairs)
    signed = any(_SIGNATURE_NAMES.fullmatch(name) for name in named)
    for name, value in pairs:
        if _TOKEN_EXPIRY.search(value) or (name == "policy" and signed and _policy_ends(value)):
            return name
        if _MOMENT.fullmatch(value) and (_EXPIRY_NAMES.fullmatch(name) or (signed and name in _SIGNED_EXPIRY_NAMES)):
            return name
        if name in _TIMED_SIGNATURE_NAMES and _BEGINS_WITH_MOMENT.match(value):
            return name
        if _is_lifetime(name, value, named):
            return name
    if _TOKEN_EXPIRY.search(path):
        return "a token in its path"
    return "a token" if any(_token_expires(found.group(1)) for found in _JWT.finditer(url)) else None


def _split(url: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the path of a URL and its parameters by their names in lower case, None for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.path, [(name.lower(), value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]


def _is_lifetime(name: str, value: str, named: Mapping[str, str]) -> bool:
    found = _LIFETIME_NAME.fullmatch(name)
    if found is None or not (value.isascii() and value.isdecimal() and int(value[:20])):
        return False
    return any(named.get(found[1] + other) for other in ("date", "signature"))


def _policy_ends(policy: str) -> bool:
    """Return whether a custom policy of CloudFront names the end of its validity."""
    try:
        text = base64.b64decode(policy.translate(str.maketrans("-_~", "+=/")))
    except ValueError:
        return False
    return b"DateLessThan" in text


def _token_expires(payload: str) -> bool:
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and "exp" in claims


def _may_expire(url: str) -> bool:
    """Return whether anything in a URL, be it a name alone or a moment in its path, may tell that it expires."""
    parts = _split(url)
    if parts is None:
        return False
    if any(_MOMENT.fullmatch(step) for step in parts[0].split("/")):
        return True
    signed = any(_SIGNATURE_NAMES.fullmatch(name) for name, _ in parts[1])
    return expires(url) is not None or any(
        value.lower() not in _NEVER
        and (
            _EXPIRY_NAMES.fullmatch(name)
            or (signed and name in _SIGNED_HINTS)
            or (_BODY_EXPIRY_NAMES.fullmatch(name) and _MOMENT.fullmatch(value))
        )
        for name, value in parts[1]
    )


def shows_expiry(answer: Any) -> bool:
    """Return whether an answer names when it expires, in a member or in a URL that it holds."""
    return any(
        (isinstance(value, str) and _may_expire(value))
        or (_names_an_expiry(name.lower()) and value not in (None, "", False))
        for name, value in _members(answer)
    )


def _names_an_expiry(member: str) -> bool:
    return any(names.fullmatch(member) is not None for names in (_EXPIRY_NAMES, _BODY_EXPIRY_NAMES))


def _members(answer: Any) -> Iterator[tuple[str, Any]]:
    stack: list[tuple[str, Any]] = [("", answer)]
    while stack:
        name, value = stack.pop()
        yield name, value
        if isinstance(value, dict):
            stack.extend(value.items())
        elif isinstance(value, list):
            stack.extend((name, item) for item in value)
