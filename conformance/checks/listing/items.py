"""What a list says of one container: that it is the project's, and that getContent says the same (LST-8, LST-9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import is_own_list
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_same_id
from conformance.history.settled import is_terminal
from conformance.history.timestamps import instant
from conformance.history.walks import Item, entries_of, item_of, without_body


def items_of(seen: Observation) -> list[Item]:
    """Give the items of a page that name a container; none for any other exchange."""
    return list(filter(None, map(item_of, entries_of(seen) or ())))


def home_of(container: Container | None) -> str | None:
    """Give the project that a container belongs to, None where nothing shows it or two things disagree."""
    if container is None:
        return None
    made = container.made_by.accepted.params.get("projectId") if container.made_by else None
    read = container.read.fields.get("projectId") if container.read else None
    shown = read if isinstance(read, str) else None
    return None if made and shown and made != shown else (shown or made)


class OwnProject(Check):
    """A list holds only its own project's containers."""

    judges = ("LST-8",)

    def __init__(self) -> None:
        self._homes: set[str] = set()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge the items of one page."""
        if ledger.started and seen.actor == "owner":
            self._homes.add(home_of(ledger.container(ledger.started.container_id)) or "")
        elif seen.container_view is not None and seen.actor == "owner":
            self._homes.add(home_of(ledger.container(seen.params["containerId"])) or "")
        items = items_of(seen) if is_own_list(seen, ledger) else []
        project_id = seen.params.get("projectId")
        for item in items:
            home = home_of(ledger.containers.get(item.id))
            said = item.project_id if isinstance(item.project_id, str) else None
            wrong = next((name for name in (said, home) if name and not _is_project(name, project_id)), None)
            if wrong is not None:
                message = f"The list of project {project_id} holds container {item.id} of project {wrong[:80]}."
                read = ledger.container(item.id).read if wrong == home else None
                yield failed("LST-8", message, *((read,) if read else ()), seen)
                return
        if items and (self._homes - {"", project_id} or all(item.project_id == project_id for item in items)):
            yield passed("LST-8", seen)


def _is_project(name: str, asked: str | None) -> bool:
    return asked is not None and (is_same_id(name, asked) or is_same_id(asked, name))


class Agreement(Check):
    """A list item and getContent say the same of a container."""

    judges = ("LST-9",)

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Item, Observation]] = {}
        self._doubted: dict[str, tuple[str, Observation, Item, Observation]] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Compare the items of a page with the reads before it, or a read with the page before it."""
        if is_own_list(seen, ledger) and entries_of(seen) is not None:
            yield from self._judge_page(seen, ledger)
        elif seen.operation_id == "getContent" and seen.actor == "owner":
            yield from self._judge_read(seen, ledger)

    def _judge_page(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        page = seen.evidence
        agreed: Observation | None = None
        for item in items_of(seen):
            self._listed[item.id] = item, page
            container = ledger.containers.get(item.id)
            if container is None or container.read is None or container.read.actor != "owner":
                continue
            wrong = list(self._differences(item, page, container.read, ledger))
            yield from wrong
            if not wrong and self._comparable(
                container, container.read, page, container.read.fields.get("status"), ledger
            ):
                agreed = container.read
        if agreed is not None:
            yield passed("LST-9", agreed, page)

    def _judge_read(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        container_id = seen.params["containerId"]
        yield from self._settle_doubt(container_id, seen)
        item, page = self._listed.get(container_id, (None, None))
        if item is None or page is None or not page.precedes(seen):
            return
        container = ledger.containers.get(container_id)
        if seen.status == 404 and (container is None or not (container.generations or container.read)):
            if item.project_id in (None, page.params["projectId"]):
                yield failed("LST-9", f"A list shows container {container_id}, and getContent answers 404.", page, seen)
        elif seen.container_view is not None and container is not None:
            wrong = list(self._differences(item, page, seen, ledger))
            yield from wrong
            if not wrong and self._comparable(container, page, seen, item.status, ledger):
                yield passed("LST-9", page, seen)

    def _comparable(self, container: Container, first: Observation, second: Observation, status: Any, ledger: Ledger) -> bool:
        """Tell whether a terminal status of the first exchange must hold in the second."""
        unchanged = ledger.windows.of_container(container) <= first.exchange.sent_at
        return is_terminal(status) and first.precedes(second) and unchanged

    def _differences(self, item: Item, page: Observation, read: Observation, ledger: Ledger) -> Iterator[Finding]:
        container = ledger.container(item.id)
        first, second = (read, page) if read.precedes(page) else (page, read)
        status = read.fields.get("status") if first is read else item.status
        settled = self._comparable(container, first, second, status, ledger)
        made, listed = instant(read.fields.get("createdAt")), instant(item.created_at)
        if made and listed and not made.same(listed):
            yield self._differ(item, "createdAt", item.created_at, read.fields.get("createdAt"), first, second)
        if self._formats_differ(item, read, first, second, settled=settled):
            yield self._differ(item, "format", item.format, read.fields.get("format"), first, second)
        if not settled:
            return
        for name, value in (("status", item.status), ("approvalStatus", item.approval_status)):
            said = read.fields.get(name)
            if isinstance(value, str) and isinstance(said, str) and value != said:
                if container.generations:
                    yield self._differ(item, name, value, said, first, second)
                elif first is read:
                    self._doubted[item.id] = name, read, item, page
                return

    def _formats_differ(self, item: Item, read: Observation, first: Observation, second: Observation, *, settled: bool) -> bool:
        listed, shown = item.format, read.fields.get("format")
        if not isinstance(listed, str) or not isinstance(shown, str) or listed == shown:
            return False
        if "auto" not in (listed, shown):
            return True
        earlier = shown if first is read else listed
        return first.precedes(second) and (settled or earlier != "auto")

    def _settle_doubt(self, container_id: str, seen: Observation) -> Iterator[Finding]:
        """Accuse for a container of others only where the reads on both sides of the page agree."""
        doubt = self._doubted.get(container_id)
        if doubt is None or seen.container_view is None or not doubt[3].precedes(seen):
            return
        del self._doubted[container_id]
        name, before, item, page = doubt
        same = all(before.fields.get(each) == seen.fields.get(each) for each in (name, "updatedAt"))
        if same and isinstance(seen.fields.get("updatedAt"), str):
            value = item.status if name == "status" else item.approval_status
            yield self._differ(item, name, value, seen.fields.get(name), before, page, seen)

    def _differ(self, item: Item, name: str, listed: Any, shown: Any, *evidence: Observation) -> Finding:
        message = f"Container {item.id} has {name} {str(listed)[:80]} in a list and {str(shown)[:80]} in getContent."
        return failed("LST-9", message, *evidence)


CHECKS: tuple[type[Check], ...] = (OwnProject, Agreement)
