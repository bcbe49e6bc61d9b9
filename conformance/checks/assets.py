"""Judges of assets: that they can be read, that their URLs last, and whose they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.wording import short
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.history.causes import assets_of, causes, causes_of, is_fresh_view, may_regenerate, status_of, vouched
from conformance.history.expiry import expires, shows_expiry
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_same_id, may_object_to_form

URL_MEMBERS = ("url", "signedUrl")
_VIDEO = re.compile(r"video(?:/.+)?", re.IGNORECASE)
"""The documented kind, or a media type; a `video_thumbnail` is a picture."""


def is_absolute(url: str) -> bool:
    """Tell whether a URL has a scheme of the web and a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)


class AssetUrls(Check):
    """AST-2: the url of an asset is absolute, stays, and has no signature that expires."""

    judges = ("AST-2",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the URLs of one read, and compare them with those of the read before."""
        if seen.container_view is None:
            return
        container_id, judged = seen.params["containerId"], False
        for asset in assets_of(seen.fields):
            url = asset.get("url")
            if not isinstance(url, str):
                continue
            judged = True
            told = f"The url {short(url)} of asset {short(asset['id'])} in container {container_id}"
            if not is_absolute(url):
                judged = False
                yield failed("AST-2", f"{told} is not absolute.", seen)
            elif (expiry := expires(url)) is not None:
                judged = False
                yield failed("AST-2", f"{told} carries the expiry {short(expiry)}.", seen)
        change = ledger.change
        if change is not None and vouched(change.container) and not may_regenerate(causes_of(change, ledger)):
            yield from self._compare(change.container, change.before, seen, ledger)
        elif judged:
            yield passed("AST-2", seen)

    def _compare(
        self, container: Container, before: Observation, seen: Observation, ledger: Ledger
    ) -> Iterator[Finding]:
        old, new = _urls(before.fields), _urls(seen.fields)
        # A regeneration may show the old assets until it ends (open reading 4), and put new files under their ids then.
        replaced = status_of(before.fields) in IN_FLIGHT
        moved = [name for name in old if name in new and old[name] != new[name] and not replaced]
        for name in moved:
            message = (
                f"The url of asset {short(name)} in container {container.id} changed from {short(old[name])} "
                f"to {short(new[name])} without a regeneration."
            )
            yield failed("AST-2", message, before, seen)
        rested = status_of(before.fields) == status_of(seen.fields) == "completed"
        change = ledger.change
        untouched = rested and change is not None and not change.between and not causes_of(change, ledger)
        if untouched and not moved and set(old) - set(new):
            gone = ", ".join(sorted(short(name) for name in set(old) - set(new)))
            yield failed(
                "AST-2", f"Container {container.id} lost the asset {gone} without a regeneration.", before, seen
            )
        elif old and new and not moved and rested:
            yield passed("AST-2", before, seen)


def _urls(fields: dict[str, Any]) -> dict[str, str]:
    """Give the url of every asset whose id stands once in the container."""
    found: dict[str, list[str]] = defaultdict(list)
    for asset in assets_of(fields):
        if isinstance(asset.get("url"), str):
            found[asset["id"]].append(asset["url"])
    return {name: urls[0] for name, urls in found.items() if len(urls) == 1}


class ReadAssets(Check):
    """AST-1, AST-3 and AST-4: what getAsset answers for a container's own assets, and for any other id."""

    judges = ("AST-1", "AST-3", "AST-4")

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Remember the assets that a container shows, and judge a getAsset."""
        if seen.container_view is not None:
            self._shown[seen.params["containerId"]].update(asset["id"] for asset in assets_of(seen.fields))
        if seen.operation_id != "getAsset" or not seen.authorized or seen.status is None:
            return
        container = ledger.containers.get(seen.params["containerId"])
        asset_id = seen.params["assetId"]
        if container is None or not vouched(container):
            return
        if asset_id in self._shown[container.id]:
            yield from self._own(container, asset_id, seen, ledger)
        else:
            yield from self._foreign(container, asset_id, seen, ledger)

    def _own(self, container: Container, asset_id: str, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        read = container.read
        if read is None or seen.actor != container.owner or not read.precedes(seen):
            return
        current = status_of(read.fields) == "completed" and any(one["id"] == asset_id for one in assets_of(read.fields))
        if not current or may_regenerate(causes(container, read, seen.exchange.received_at, ledger)):
            return
        told = f"Asset {short(asset_id)} of completed container {container.id}"
        if seen.status in {400, 404, 405, 409, 410, 422, 501} and not seen.may_object_to_form:
            yield failed("AST-1", f"{told} was answered {seen.status}.", read, seen)
        elif seen.status == 200:
            named = seen.fields.get("id")
            if isinstance(named, str) and named != asset_id:
                yield failed("AST-1", f"{told} was answered with asset {short(named)}.", read, seen)
                return
            has_url = any(isinstance(seen.fields.get(name), str) and seen.fields[name] for name in URL_MEMBERS)
            yield from verify("AST-1", has_url, f"{told} was answered without a URL.", read, seen)
            if has_url:
                message = f"{told} was answered with a URL that shows no expiry, in itself or in the body."
                yield from verify("AST-4", shows_expiry(seen.answer), message, seen)

    def _foreign(self, container: Container, asset_id: str, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        if seen.refused:
            if seen.status not in {401, 403, 429} or self._holders(asset_id):
                yield passed("AST-3", seen)
            return
        read = container.read
        if not seen.ok or read is None or status_of(read.fields) != "completed" or not read.precedes(seen):
            return
        if not is_fresh_view(container, read) or may_regenerate(
            causes(container, read, seen.exchange.received_at, ledger)
        ):
            return
        brief = read.fields.get("brief")
        media = brief.get("referenceMediaIds") if isinstance(brief, dict) else None
        if isinstance(media, list) and asset_id in media:
            return
        if any(is_same_id(told, asset_id) for told in self._shown[container.id]):
            return
        holders = self._holders(asset_id)
        whose = f"an asset of container {holders[0]}" if holders else "an asset that nobody knows"
        message = f"Container {container.id} answered {seen.status} for {short(asset_id)}, {whose}."
        yield failed("AST-3", message, read, seen)

    def _holders(self, asset_id: str) -> list[str]:
        return [container_id for container_id, shown in self._shown.items() if asset_id in shown][:1]


class AssetNumbers(Check):
    """AST-5: sizes and durations are positive numbers, and a video has a duration."""

    judges = ("AST-5",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - one answer tells
        """Judge the assets of one read."""
        assets, wrong = assets_of(seen.fields) if seen.container_view is not None else [], False
        if seen.operation_id == "getAsset" and seen.status == 200 and seen.authorized:
            # What getAsset leaves out is no fault: the page does not show its answer.
            assets = [{"id": seen.params["assetId"]} | seen.fields | {"kind": None}]
        for asset in assets:
            for fault in _faults(asset):
                wrong = True
                message = f"Asset {short(asset['id'])} of container {seen.params['containerId']} {fault}."
                yield failed("AST-5", message, seen)
        if assets and not wrong:
            yield passed("AST-5", seen)


def _faults(asset: dict[str, Any]) -> Iterator[str]:
    for name in ("width", "height", "durationMs"):
        value = asset.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            yield f"has the {name} {short(value)}"
    kind = asset.get("kind")
    if isinstance(kind, str) and _VIDEO.fullmatch(kind) and asset.get("durationMs") is None:
        yield "is a video and has no durationMs"


CHECKS: tuple[type[Check], ...] = (AssetUrls, ReadAssets, AssetNumbers)
