"""Checks of assets (AST): they can be read by their own container alone, and their URLs and numbers are right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from conformance.checks.base import Check, failure, on, short
from conformance.checks.findings import Difference, Finding, in_answer, in_status
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.history.assets import expires, shows_expiry
from conformance.history.containers import Container
from conformance.history.facts import AssetRequest, ContainerRead, ForeignAssetAnswered, PageRead
from conformance.history.fields import assets_of, status_of
from conformance.history.messages import MOST_ITEMS
from conformance.history.observation import Observation
from conformance.history.windows import Change, may_regenerate

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
            fault = _fault(url)
            if fault is not None:
                wrong += 1
                kind, predicate, rule = fault
                start = (
                    f"The url {short(url)} of asset {short(asset['id'])} in container {fact.container.id} {predicate}."
                )
                self.failed("AST-2", kind, start, fact.seen, at=_url_at(fact.seen, asset["id"], rule=rule))
        return judged > 0 and wrong == 0

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge the first wrong URL of a list whose items show their assets, which P says of every `assets[].url`."""
        if not fact.seen.authorized:
            return
        for number, entry in enumerate(fact.entries[:MOST_ITEMS]):
            shows_assets = isinstance(entry, dict) and entry.get("assets") and isinstance(entry.get("id"), str)
            if shows_assets and self._is_wrong(fact.seen, number, entry):
                return

    def _is_wrong(self, seen: Observation, number: int, entry: dict[str, Any]) -> bool:
        """Judge the assets of one item, and return whether one of them is wrong."""
        container_id, assets = entry["id"], entry["assets"]
        known = self._lasting(container_id, entry, seen)
        for asset in assets_of(entry):
            url = asset.get("url")
            if not isinstance(url, str):
                continue
            start = f"A list shows the url {short(url)} of asset {short(asset['id'])} in container {container_id}"
            steps = ("items", number, "assets", assets.index(asset), "url")
            fault, read = _fault(url), known.get(asset["id"])
            if fault is not None:
                kind, predicate, rule = fault
                at = in_answer(seen, *steps, rule=rule)
                self.failed("AST-2", f"{kind} in a list", f"{start}, which {predicate}.", seen, at=at)
                return True
            if read is not None and read[1] != url:
                at = in_answer(seen, *steps, expected=read[1])
                self.failed(
                    "AST-2",
                    "another in a list",
                    f"{start}, which a read showed as {short(read[1])}.",
                    read[0],
                    seen,
                    at=at,
                )
                return True
        return False

    def _lasting(
        self, container_id: str, entry: dict[str, Any], seen: Observation
    ) -> dict[str, tuple[Observation, str]]:
        """Return the URLs that the latest read of a container showed, each with this read, where they must be the same in a list."""
        container = self.ledger.containers.get(container_id)
        read = self.ledger.windows.settled(container, seen.exchange.sent_at)
        if read is None or not read.fields.get("status") == entry.get("status") == "completed":
            return {}
        return {name: (read, url) for name, url in _urls(read.fields).items()}

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
        # What a refused call has taken away is that call's fault (see `refused_calls`), and an accepted decision's is APR-2's.
        untouched = rested and not change.between and not change.causes
        if untouched and not moved and set(old) - set(new):
            gone = ", ".join(sorted(short(name) for name in set(old) - set(new)))
            message = f"Container {container_id} lost the asset {gone} without a regeneration."
            at = in_answer(seen, "assets", rule="the assets of the read before")
            self.failed("AST-2", "lost", message, before, seen, at=at)
        elif old and new and not moved and rested:
            self.passed("AST-2", before, seen)


def _fault(url: str) -> tuple[str, str, str] | None:
    """Say what is wrong with a permanent URL by itself: as a kind, as a predicate, and as a rule that it breaks."""
    if not is_absolute(url):
        return "not absolute", "is not absolute", "an absolute URL"
    expiry = expires(url)
    return (
        None if expiry is None else ("expires", f"expires, as shown by {short(expiry)}", "a URL that does not expire")
    )


def _url_at(seen: Observation, asset_id: str, *, expected: str | None = None, rule: str | None = None) -> Difference:
    ids = [asset.get("id") if isinstance(asset, dict) else None for asset in seen.fields["assets"]]
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
        self._files: dict[str, str] = {}
        self._assets: dict[str, str] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        for asset in assets_of(fact.view):
            if isinstance(asset.get("url"), str):
                self._files[asset["id"]] = _file(asset["url"])
                self._assets.setdefault(_file(asset["url"]), asset["id"])

    @on(AssetRequest)
    def request(self, fact: AssetRequest) -> None:
        seen, container = fact.seen, fact.container
        if not seen.authorized or seen.status is None or container is None or not container.is_vouched:
            return
        if fact.is_shown:
            self._own(container, seen)
        elif seen.refused and (seen.status not in {401, 403, 429} or fact.holder is not None):
            self.passed("AST-3", seen)

    @on(ForeignAssetAnswered)
    def answered(self, fact: ForeignAssetAnswered) -> None:
        seen, holder = fact.seen, fact.holder
        whose = f"which belongs to container {holder.id}" if holder else "which no container has shown"
        asset_id = short(seen.params["assetId"])
        message = f"Container {fact.container.id} answered {seen.status} for asset {asset_id}, {whose}."
        kind = "another's asset" if holder else "unknown asset"
        evidence = (fact.read, seen) if fact.read.precedes(seen) else (seen, fact.read)
        self.failed("AST-3", kind, message, *evidence, at=in_status(seen, rule="a 4xx"))

    def _own(self, container: Container, seen: Observation) -> None:
        read, asset_id = container.read, seen.params["assetId"]
        if read is None or seen.actor != container.owner or not read.precedes(seen):
            return
        is_current = status_of(read.fields) == "completed" and any(
            one["id"] == asset_id for one in assets_of(read.fields)
        )
        if not is_current or may_regenerate(self.ledger.windows.causes(container, read, seen.exchange.received_at)):
            return
        start = f"Reading asset {short(asset_id)} of completed container {container.id}"
        if seen.status in {400, 404, 405, 409, 410, 422, 501} and not seen.may_object_to_form:
            message = f"{start} was answered {seen.status}."
            if not self.lagged("AST-1", message, read, seen):
                self.failed("AST-1", "refused", message, read, seen)
        elif seen.status == 200:
            self._answer(start, read, seen)

    def _answer(self, start: str, read: Observation, seen: Observation) -> None:
        named, asset_id = seen.fields.get("id"), seen.params["assetId"]
        if isinstance(named, str) and named != asset_id:
            self.failed("AST-1", "another asset", f"{start} was answered with asset {short(named)}.", read, seen)
            return
        urls = {name: url for name in URL_MEMBERS if isinstance(url := seen.fields.get(name), str) and url}
        for name, url in urls.items():
            other = self._assets.get(_file(url), asset_id)
            # Two assets may be one file, and a query may tell one file from another.
            if self._files.get(other) == _file(url) != self._files.get(asset_id):
                message = f"{start} was answered with the URL of asset {short(other)}."
                at = in_answer(seen, name, rule="a URL of the asset in the path")
                self.failed("AST-1", "another asset's URL", message, read, seen, at=at)
                return
        message = f"{start} was answered without a URL."
        self.verify("AST-1", "no URL", bool(urls), message, read, seen)
        if urls:
            message = f"{start} was answered with a URL but no expiry, neither in the URL nor in the body."
            self.verify("AST-4", "no expiry", shows_expiry(seen.answer), message, seen)


def _file(url: str) -> str:
    """Return a URL without its query and fragment, which a signature adds."""
    return url.partition("?")[0].partition("#")[0]


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
        self._judge(fact.seen, fact.container.id, assets_of(fact.view))

    @on(AssetRequest)
    def request(self, fact: AssetRequest) -> None:
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
