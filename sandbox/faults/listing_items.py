"""Faults of list items that differ from the container (requirement LST-9)."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.parts import using
from sandbox.listing import Page
from sandbox.records import Snapshot
from sandbox.rendering import Json, Rendering

STATUS_LAG_MS = 3_000


def showing(shown: Callable[[Rendering, Snapshot, Json], Json]) -> Install:
    """Return an install that changes list items only; `shown` gets the correct item and returns the changed members."""

    class _Showing(Rendering):
        def page(self, page: Page) -> Json:
            items = [{**(item := self.list_item(found)), **shown(self, found, item)} for found in page.items]
            return {"items": items, "nextCursor": page.next_cursor}

    return using(_Showing)


class _CachedStatus(Rendering):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.first_seen: dict[str, object] = {}

    def page(self, page: Page) -> Json:
        items = [self.list_item(found) for found in page.items]
        cached = [{**item, "status": self.first_seen.setdefault(str(item["id"]), item["status"])} for item in items]
        return {"items": cached, "nextCursor": page.next_cursor}


def lagging(rendering: Rendering, found: Snapshot, _: Json) -> Json:
    """Show the status of three seconds ago."""
    return {"status": rendering.backend.generation.status_at(found.job, found.now - STATUS_LAG_MS)}


def undecided(_: Rendering, __: Snapshot, item: Json) -> Json:
    """Show every decision as pending."""
    return {"approvalStatus": "pending"} if item["approvalStatus"] in {"approved", "rejected"} else {}


def next_second(rendering: Rendering, found: Snapshot, _: Json) -> Json:
    """Round the time of creation up to the second."""
    return {"createdAt": rendering.timestamp((found.container.created_at // 1000 + 1) * 1000)}


def last_written(rendering: Rendering, found: Snapshot, _: Json) -> Json:
    """Show the time of the last write as the time of creation."""
    return {"createdAt": rendering.timestamp(found.container.updated_at)}


def as_requested(_: Rendering, found: Snapshot, __: Json) -> Json:
    """Show the requested format."""
    return {"format": found.container.format}


FAULTS: tuple[Fault, ...] = (
    Fault(
        "list-item-status-cached",
        "LST-9",
        "deep",
        "A list shows for ever the status that it showed first.",
        using(_CachedStatus),
    ),
    Fault(
        "list-item-created-at-rounded-up",
        "LST-9",
        "stateful",
        "A list shows createdAt as the second that comes next.",
        showing(next_second),
    ),
    Fault(
        "list-item-created-at-moves",
        "LST-9",
        "deep",
        "A list shows the time of the last write as createdAt.",
        showing(last_written),
    ),
    Fault(
        "list-item-format-stays-auto",
        "LST-9",
        "deep",
        "A list shows auto where the container shows what it became.",
        showing(as_requested),
    ),
)
