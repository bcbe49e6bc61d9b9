"""Checks of assets (AST): they can be read by their own container alone, and their URLs and numbers are right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from conformance.checks.base import Check, failure, on
from conformance.checks.difference import Difference, in_answer
from conformance.checks.findings import Finding
from conformance.checks.wording import short
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.history.expiry import expires, shows_expiry
from conformance.history.facts import AssetAsked, ContainerRead
from conformance.history.fields import assets_of, status_of
from conformance.history.observation import Observation
from conformance.history.records import Container
from conformance.history.requests import is_same_id
from conformance.history.windows import Change, is_fresh_view, may_regenerate

NO_DURATION = "no durationMs"
URL_MEMBERS = ("url", "signedUrl")
_VIDEO = re.compile(r"video(?:/.+)?", re.IGNORECASE)
"""The documented kind, or a media type; a `video_thumbnail` is an image."""


class LastingUrls(Check):
    """AST-2: the url of an asset is absolute, does not change and does not expire."""

    judges = ("AST-2",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the URLs of one read, and compare them with those of the read before."""
        change, are_right = fact.change, self._judge_each(fact)
        if change is not None and change.container.is_vouched and not may_regenerate(change.causes):
            self._compare(change)
        elif are_right:
            self.passed("AST-2", fact.seen)

    def _judge_each(self, fact: ContainerRead) -> bool:
        """Judge each URL by itself, and return whether there are some and all are right."""
        judged, wrong = 0, 0
        for asset in assets_of(fact.view):
            url = asset.get("url")
            if not isinstance(url, str):
                continue
            judged += 1
            told = f"The url {short(url)} of asset {short(asset['id'])} in container {fact.container.id}"
            if not is_absolute(url):
                wrong += 1
                at = _url_at(fact.seen, asset["id"], rule="an absolute URL")
                self.failed("AST-2", "not absolute", f"{told} is not absolute.", fact.seen, at=at)
            elif (expiry := expires(url)) is not None:
                wrong += 1
                at = _url_at(fact.seen, asset["id"], rule="a URL that does not expire")
                self.failed("AST-2", "expires", f"{told} expires, as shown by {short(expiry)}.", fact.seen, at=at)
        return judged > 0 and wrong == 0

    def _compare(self, change: Change) -> None:
        before, seen, container_id = change.before, change.after, change.container.id
        old, new = _urls(before.fields), _urls(seen.fields)
        # A regeneration may show the old assets until it ends (open reading 4), and put new files under their ids then.
        is_replaced = status_of(before.fields) in IN_FLIGHT
        moved = [name for name in old if name in new and old[name] != new[name] and not is_replaced]
        for name in moved:
            message = (
                f"The url of asset {short(name)} in container {container_id} changed from {short(old[name])} "
                f"to {short(new[name])} without a regeneration."
            )
            self.failed("AST-2", "changed", message, before, seen, at=_url_at(seen, name, expected=old[name]))
        rested = status_of(before.fields) == status_of(seen.fields) == "completed"
        untouched = rested and not change.between and not change.causes
        if untouched and not moved and set(old) - set(new):
            gone = ", ".join(sorted(short(name) for name in set(old) - set(new)))
            message = f"Container {container_id} lost the asset {gone} without a regeneration."
            at = in_answer(seen, "assets", rule="the assets of the read before")
            self.failed("AST-2", "lost", message, before, seen, at=at)
        elif old and new and not moved and rested:
            self.passed("AST-2", before, seen)


def _url_at(seen: Observation, asset_id: str, *, expected: str | None = None, rule: str | None = None) -> Difference:
    ids = [each.get("id") if isinstance(each, dict) else None for each in seen.fields["assets"]]
    return in_answer(seen, "assets", ids.index(asset_id), "url", expected=expected, rule=rule)


@lru_cache(maxsize=4096)  # polls show the same URLs again
def is_absolute(url: str) -> bool:
    """Return whether a URL has the scheme http or https, and a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)


def _urls(fields: dict[str, Any]) -> dict[str, str]:
    """Return the url of every asset whose id is unique in the container."""
    found: dict[str, list[str]] = defaultdict(list)
    for asset in assets_of(fields):
        if isinstance(asset.get("url"), str):
            found[asset["id"]].append(asset["url"])
    return {name: urls[0] for name, urls in found.items() if len(urls) == 1}


class AssetReads(Check):
    """AST-1, AST-3 and AST-4: getAsset answers for a container's own assets, and for no other id."""

    judges = ("AST-1", "AST-3", "AST-4")

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._holders: dict[str, str] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Remember the assets that a container shows."""
        for asset in assets_of(fact.view):
            self._shown[fact.container.id].add(asset["id"])
            self._holders.setdefault(asset["id"], fact.container.id)

    @on(AssetAsked)
    def asked(self, fact: AssetAsked) -> None:
        """Judge a getAsset."""
        seen, container = fact.seen, fact.container
        if not seen.authorized or seen.status is None or container is None or not container.is_vouched:
            return
        if seen.params["assetId"] in self._shown[container.id]:
            self._own(container, seen)
        else:
            self._foreign(container, seen)

    def _own(self, container: Container, seen: Observation) -> None:
        read, asset_id = container.read, seen.params["assetId"]
        if read is None or seen.actor != container.owner or not read.precedes(seen):
            return
        is_current = status_of(read.fields) == "completed" and any(
            one["id"] == asset_id for one in assets_of(read.fields)
        )
        if not is_current or self._may_have_regenerated(container, read, seen):
            return
        told = f"Reading asset {short(asset_id)} of completed container {container.id}"
        if seen.status in {400, 404, 405, 409, 410, 422, 501} and not seen.may_object_to_form:
            self.failed("AST-1", "refused", f"{told} was answered {seen.status}.", read, seen)
        elif seen.status == 200 and not seen.is_unreadable:
            named = seen.fields.get("id")
            if isinstance(named, str) and named != asset_id:
                self.failed("AST-1", "another asset", f"{told} was answered with asset {short(named)}.", read, seen)
                return
            has_url = any(isinstance(seen.fields.get(name), str) and seen.fields[name] for name in URL_MEMBERS)
            self.verify("AST-1", "no URL", has_url, lambda: f"{told} was answered without a URL.", read, seen)
            if has_url:
                self.verify(
                    "AST-4",
                    "no expiry",
                    shows_expiry(seen.answer),
                    lambda: f"{told} was answered with a URL but no expiry, neither in the URL nor in the body.",
                    seen,
                )

    def _foreign(self, container: Container, seen: Observation) -> None:
        asset_id = seen.params["assetId"]
        holder = self._holders.get(asset_id)
        if seen.refused:
            if seen.status not in {401, 403, 429} or holder is not None:
                self.passed("AST-3", seen)
            return
        read = container.read
        if not seen.ok or read is None or status_of(read.fields) != "completed" or not read.precedes(seen):
            return
        if not is_fresh_view(container, read) or self._may_have_regenerated(container, read, seen):
            return
        brief = read.fields.get("brief")
        media = brief.get("referenceMediaIds") if isinstance(brief, dict) else None
        if isinstance(media, list) and asset_id in media:
            return
        if any(is_same_id(told, asset_id) for told in self._shown[container.id]):
            return
        whose = f"which belongs to container {holder}" if holder else "which no container has shown"
        message = f"Container {container.id} answered {seen.status} for asset {short(asset_id)}, {whose}."
        self.failed("AST-3", "another's asset" if holder else "unknown asset", message, read, seen)

    def _may_have_regenerated(self, container: Container, read: Observation, seen: Observation) -> bool:
        return may_regenerate(self.ledger.windows.causes(container, read, seen.exchange.received_at))


@dataclass(slots=True)
class _Lacking:
    """A video without a duration: what to say of it, the first read that showed it so, and whether one long after did too."""

    finding: Finding
    first: Observation
    lasts: bool = False


class PositiveNumbers(Check):
    """AST-5: sizes and durations are positive numbers, and a video has a duration.

    A duration may be null until it is known (open reading 32), so that one that lacks is told at the end: where it lacked in a later read
    too, or where no video has ever shown one.
    """

    judges = ("AST-5",)

    def __init__(self) -> None:
        self._lacking: dict[tuple[str, str], _Lacking] = {}
        self._known = False

    def finish(self) -> None:
        """Report the videos whose duration does not become known."""
        for lacking in self._lacking.values():
            if lacking.lasts or not self._known:
                self.findings.add(lacking.finding)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the assets of one read."""
        self._judge(fact.seen, fact.container.id, assets_of(fact.view))

    @on(AssetAsked)
    def asked(self, fact: AssetAsked) -> None:
        """Judge the answer of a getAsset; a missing member is no fault, because no page shows the whole answer."""
        seen = fact.seen
        if seen.status == 200 and seen.authorized:
            asset = {"id": seen.params["assetId"]} | seen.fields | {"kind": None}
            self._judge(seen, seen.params["containerId"], [asset])

    def _judge(self, seen: Observation, container_id: str, assets: list[dict[str, Any]]) -> None:
        is_wrong = False
        for asset in assets:
            if asset.get("durationMs") is not None:
                self._known = True
                self._lacking.pop((container_id, asset["id"]), None)
            for kind, fault in _faults(asset):
                is_wrong = True
                message = f"Asset {short(asset['id'])} of container {container_id} {fault}."
                finding = failure("AST-5", kind, message, seen.evidence)
                if kind == NO_DURATION:
                    lacking = self._lacking.setdefault((container_id, asset["id"]), _Lacking(finding, seen.evidence))
                    waited = self.ledger.gaps.lasted(lacking.first.exchange.received_at, seen.exchange.sent_at)
                    lacking.lasts = lacking.lasts or waited >= self.ledger.facts.settling
                else:
                    self.findings.add(finding)
        if assets and not is_wrong:
            self.passed("AST-5", seen)


def _faults(asset: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an asset's numbers: the kind of each fault, and its predicate for a sentence."""
    for name in ("width", "height", "durationMs"):
        value = asset.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            yield f"wrong {name}", f"has the {name} {short(value)}, which is not a positive number"
    kind = asset.get("kind")
    if isinstance(kind, str) and _VIDEO.fullmatch(kind) and asset.get("durationMs") is None:
        yield NO_DURATION, "is a video and has no durationMs"


CHECKS: tuple[type[Check], ...] = (LastingUrls, AssetReads, PositiveNumbers)
