"""LST-8 and LST-9: a listed container belongs to the project, and is shown as getContent shows it."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.difference import in_answer
from conformance.contract.lifecycle import is_terminal
from conformance.history.containers import Container
from conformance.history.facts import ContainerAsked, ContainerRead, ListedElsewhere, PageRead, Wrote
from conformance.history.fields import instant
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.walks import Item
from conformance.history.windows import may_lag


class OwnProject(Check):
    """LST-8: a list holds only containers of its own project."""

    judges = ("LST-8",)

    def __init__(self) -> None:
        self._homes: set[str] = set()

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Remember the project of a container that a call made or regenerated."""
        if fact.started is not None and fact.seen.actor == "owner":
            self._note(self.ledger.containers[fact.started.container_id])

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Remember the project of a container that was read."""
        if fact.seen.actor == "owner":
            self._note(fact.container)

    def _note(self, container: Container) -> None:
        home = _home_of(container)
        if home:
            self._homes.add(home)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge the items of one page."""
        if not fact.seen.authorized or not fact.items:
            return
        project_id = fact.project_id
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            home = _home_of(container) if container is not None else None
            said = item.project_id if isinstance(item.project_id, str) else None
            wrong = next((name for name in (said, home) if name and not _is_project(name, project_id)), None)
            if wrong is not None:
                message = f"The list of project {project_id} holds container {item.id} of project {wrong[:80]}."
                read = container.read if container is not None and wrong == home else None
                self.failed("LST-8", "another project", message, *((read,) if read else ()), fact.seen)
                return
        if any(home != project_id for home in self._homes) or all(item.project_id == project_id for item in fact.items):
            self.passed("LST-8", fact.seen)

    @on(ListedElsewhere)
    def elsewhere(self, fact: ListedElsewhere) -> None:
        """Report a container that stands in the lists of two projects, one of which is not its own."""
        message = f"The lists of the projects {fact.other_project_id} and {fact.project_id} both hold container {fact.container_id}."
        self.failed("LST-8", "in two lists", message, fact.first, fact.seen, at=in_answer(fact.seen, "items"))


class ListMatchesContainer(Check):
    """LST-9: a list item and getContent show the same values."""

    judges = ("LST-9",)

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Item, Observation]] = {}
        self._doubted: dict[str, tuple[str, Observation, Item, Observation]] = {}

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Compare the items of a page with the reads before it."""
        if not fact.is_own:
            return
        page = fact.seen.evidence
        agreed: Observation | None = None
        for item in fact.items:
            self._listed[item.id] = item, page
            container = self.ledger.containers.get(item.id)
            read = container.read if container is not None else None
            if container is None or read is None or read.actor != "owner":
                continue
            agrees = self._compare(container, item, page, read)
            if agrees and self._must_hold(container, read, page, read.fields.get("status")):
                agreed = read
        if agreed is not None:
            self.passed("LST-9", agreed, page)

    @on(ContainerAsked)
    def read(self, fact: ContainerAsked) -> None:
        """Compare a read with the page before it."""
        seen, container = fact.seen, fact.container
        if seen.actor != "owner":
            return
        container_id = seen.params["containerId"]
        self._resolve_doubt(container_id, seen)
        item, page = self._listed.get(container_id, (None, None))
        if item is None or page is None or not page.precedes(seen):
            return
        if isinstance(fact, ContainerRead):
            agrees = self._compare(fact.container, item, page, seen)
            if agrees and self._must_hold(fact.container, page, seen, item.status):
                self.passed("LST-9", page, seen)
        elif seen.status == 404 and _is_unknown(container) and item.project_id in (None, page.params["projectId"]):
            message = f"A list shows container {container_id}, but getContent answers 404."
            self.failed("LST-9", "not found", message, page, seen)

    def _must_hold(self, container: Container, first: Observation, second: Observation, status: Any) -> bool:
        """Return whether a terminal status of the first exchange must hold in the second."""
        unchanged = self.ledger.windows.of_container(container) <= first.exchange.sent_at
        return is_terminal(status) and first.precedes(second) and unchanged and not self._may_lag(first, second)

    def _may_lag(self, first: Observation, second: Observation) -> bool:
        """Return whether the second exchange may show what was before the first one, as the target is configured."""
        return may_lag(second, first, self.ledger.facts.read_lag)

    def _compare(self, container: Container, item: Item, page: Observation, read: Observation) -> bool:
        """Report what a list item and a read show differently, and return whether they agree."""
        first, second = (read, page) if read.precedes(page) else (page, read)
        status = read.fields.get("status") if first is read else item.status
        settled = self._must_hold(container, first, second, status)
        agrees = True
        made, listed = instant(read.fields.get("createdAt")), instant(item.created_at)
        if made and listed and not made.same(listed):
            self._report(item, "createdAt", item.created_at, read.fields.get("createdAt"), first, second)
            agrees = False
        if _formats_differ(item, read, first, second) and not self._may_lag(first, second):
            self._report(item, "format", item.format, read.fields.get("format"), first, second)
            agrees = False
        if not settled:
            return agrees
        for name, value in _shown_by(item).items():
            said = read.fields.get(name)
            if name == "format" and (said if first is read else value) != "auto":
                continue
            if isinstance(value, str) and isinstance(said, str) and value != said:
                if container.is_vouched:
                    self._report(item, name, value, said, first, second)
                    return False
                if first is read:
                    self._doubted[item.id] = name, read, item, page
                return agrees
        return agrees

    def _resolve_doubt(self, container_id: str, seen: Observation) -> None:
        """Report a container that others made only if the reads before and after the page agree."""
        doubt = self._doubted.get(container_id)
        if doubt is None or seen.container_view is None or not doubt[3].precedes(seen):
            return
        del self._doubted[container_id]
        name, before, item, page = doubt
        same = all(before.fields.get(each) == seen.fields.get(each) for each in (name, "updatedAt"))
        if same and isinstance(seen.fields.get("updatedAt"), str):
            self._report(item, name, _shown_by(item)[name], seen.fields.get(name), before, page, seen)

    def _report(self, item: Item, name: str, listed: Any, shown: Any, *evidence: Observation) -> None:
        message = f"Container {item.id} has {name} {str(listed)[:80]} in a list and {str(shown)[:80]} in getContent."
        self.failed("LST-9", f"another {name}", message, *evidence)


def _is_unknown(container: Container | None) -> bool:
    """Return whether the history neither made nor read a container."""
    return container is None or not (container.is_vouched or container.read)


def _home_of(container: Container) -> str | None:
    """Return the project that a container belongs to, None where nothing shows it or two things disagree."""
    accepted = container.made_by.accepted if container.made_by else None
    made = (accepted.params.get("projectId") or accepted.asked_destination) if accepted else None
    read = container.read.fields.get("projectId") if container.read else None
    shown = read if isinstance(read, str) else None
    return None if made and shown and made != shown else (shown or made)


def _is_project(name: str, asked: str) -> bool:
    return is_same_id(name, asked) or is_same_id(asked, name)


def _shown_by(item: Item) -> dict[str, Any]:
    """Return what an item shows that only a generation or a decision changes once the container is terminal."""
    return {"format": item.format, "status": item.status, "approvalStatus": item.approval_status}


def _formats_differ(item: Item, read: Observation, first: Observation, second: Observation) -> bool:
    """Return whether two formats differ although a generation in between cannot have resolved `auto` (open reading 5)."""
    listed, shown = item.format, read.fields.get("format")
    if not isinstance(listed, str) or not isinstance(shown, str) or listed == shown:
        return False
    earlier = shown if first is read else listed
    return "auto" not in (listed, shown) or (first.precedes(second) and earlier != "auto")


CHECKS: tuple[type[Check], ...] = (OwnProject, ListMatchesContainer)
