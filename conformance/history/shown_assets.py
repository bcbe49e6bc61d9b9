"""The assets that containers have shown, and reads of assets that a container has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from conformance.contract.lifecycle import TERMINAL
from conformance.contract.validity import strings
from conformance.history.facts import AssetAsked, ContainerRead, Fact, ForeignAssetAnswered
from conformance.history.fields import assets_of, status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.records import Container, Generation
from conformance.history.requests import is_same_id
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
            for each in self._waiting.pop(container.id):
                started = container.latest_start > each.seen.exchange.sent_at
                if not started and each.seen.precedes(fact.seen) and not self._may_be_own(each.seen, fact.seen, ledger):
                    yield ForeignAssetAnswered(each.seen, container, each.holder, fact.seen.evidence)

    def listed(self, entries: list[Any]) -> None:
        """Take in the items of a list that show their assets."""
        for entry in entries:
            if isinstance(entry, dict) and entry.get("assets") and isinstance(entry.get("id"), str):
                self._shown[entry["id"]].update(asset["id"] for asset in assets_of(entry))

    def job(self, generation: Generation | None, view: dict[str, Any]) -> None:
        """Take in the result of a job, which may name what later reads of its container do not show any more."""
        if generation is not None and isinstance(view.get("result"), (dict, list)):
            self._shown[generation.container_id].update(strings(view["result"]))

    def asked(self, seen: Observation, ledger: Ledger) -> Iterator[Fact]:
        """Tell of a getAsset; what an answer gives that the container surely does not have is told of at once, or else when that shows."""
        asset_id, container = seen.params["assetId"], ledger.containers.get(seen.params["containerId"])
        is_shown = asset_id in self._shown.get(seen.params["containerId"], ())
        holder = None if is_shown else self._holders.get(asset_id)
        yield AssetAsked(seen, container, is_shown, holder)
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
        return any(is_same_id(told, asset_id) for told in self._shown.get(seen.params["containerId"], ()))
