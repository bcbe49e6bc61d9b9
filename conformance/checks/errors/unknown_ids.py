"""ERR-3: what does not exist is answered 404 NOT_FOUND."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.errors.known_ids import KnownIds
from conformance.checks.findings import Findings
from conformance.checks.wording import short
from conformance.contract.validity import Validity
from conformance.history.containers import Container
from conformance.history.facts import Called
from conformance.history.ledger import Ledger
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation

OWNER = "owner"
THINGS = {"projectId": "project", "containerId": "container", "assetId": "asset", "jobId": "job"}
"""The path parameters that name things, outermost first."""
OWN_NAME = {
    "getContent": ("containerId", "id"),
    "getContentProgress": ("containerId", "containerId"),
    "regenerateContent": ("containerId", "containerId"),
    "rejectContent": ("containerId", "id"),
    "approveContent": ("containerId", "id"),
    "getJob": ("jobId", "jobId"),
}
"""Of some answers, which member repeats which path parameter."""
REFUSALS_OF_IDS = frozenset({400, 422})
"""Refusals by which a target may say wrongly that something does not exist; 401, 403, 405 and the like say something else."""
REFUSALS_OF_STATES = frozenset({409, 410})
"""Refusals that say the same only of what surely does not exist: what no answer has shown may be there all the same."""
READS_OF_ONE = {"listContent": "projectId", "getContent": "containerId", "getAsset": "assetId", "getJob": "jobId"}
"""The reads whose 404 can only mean that what this parameter names does not exist."""


class UnknownIdsNotFound(Check):
    """ERR-3: the owner's call about an id that no answer has shown is answered 404 NOT_FOUND.

    An id that is not formed like the target's own may be refused as invalid input instead. A success, and a refusal for a state, are
    accused only where the history shows that the id names nothing, since other clients may have made what no answer has shown; a success
    also where the answer shows that it tells of something else.
    """

    judges = ("ERR-3",)

    def __init__(self) -> None:
        self._ids = {name: KnownIds() for name in THINGS}
        self._absent: set[tuple[str, str]] = set()

    def attach(self, ledger: Ledger, findings: Findings) -> None:
        """Take in the projects that the configuration names."""
        super().attach(ledger, findings)
        for project_id in _configured(ledger):
            self._ids["projectId"].add(project_id)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge a call that names something unknown, and note what its answer shows."""
        seen = fact.seen
        if seen.operation is None:
            return
        unknown = self._unknown(seen.params)
        if unknown is not None and seen.actor == OWNER and self._judge(seen, unknown):
            return
        if seen.ok and seen.authorized:
            self._note(seen)

    def _unknown(self, params: dict[str, str]) -> str | None:
        """Return the outermost path parameter that names something which no answer has shown."""
        for name, value in params.items():
            ids = self._ids[name]
            if ids.is_full:
                continue  # an answer may have shown it
            if value not in ids.known and not (name == "projectId" and value in self.ledger.projects):
                return name
        return None

    def _note(self, seen: Observation) -> None:
        ids, fields = self._ids, seen.fields
        for name, value in seen.params.items():
            if not (name == "containerId" and seen.operation_id == "cloneFromPost"):
                ids[name].add(value)
        for name in ("projectId", "containerId", "jobId"):
            if name in fields:
                ids[name].add(fields[name])
        ids["containerId"].is_full = ids["containerId"].is_full or seen.items_beyond > 0
        for member, kind in (("items", "containerId"), ("assets", "assetId")):
            found = fields.get(member)
            if isinstance(found, list):
                self._note_all(ids[kind], found)

    @staticmethod
    def _note_all(ids: KnownIds, items: list[Any]) -> None:
        known = ids.known
        for item in items:
            name = item.get("id") if isinstance(item, dict) else None
            if isinstance(name, str) and name not in known:
                ids.add(name)

    def _judge(self, seen: Observation, unknown: str) -> bool:
        """Judge the owner's call about something unknown; return whether that said anything."""
        if not seen.names_one_thing or self.ledger.may_be_absent(seen.operation):
            return False
        if seen.operation_id == "cloneFromPost" and (
            self.ledger.facts.clone_id == "fresh" or seen.validity is not Validity.PLAIN
        ):
            return False
        name = seen.params[unknown]
        what = f"the unknown {THINGS[unknown]} {name[:80]}"
        if seen.ok:
            return self._judge_success(seen, unknown, what)
        if seen.status == 404:
            if READS_OF_ONE.get(seen.operation_id) == unknown:
                self._absent.add((unknown, name))
            if seen.error_code == "NOT_FOUND":
                self.passed("ERR-3", seen)
            elif seen.error_code is not None:
                message = f"{seen.name()} answered 404 for {what} with the code {short(seen.error_code)} instead of NOT_FOUND."
                self.failed("ERR-3", "another code", message, seen)
            return seen.error_code is not None
        if self._denies(seen, unknown) and self._ids[unknown].looks_real(name):
            clean = seen.validity in {Validity.PLAIN, Validity.VALID} and not seen.query
            if clean and not (seen.status == 409 and seen.idempotency_key is not None) and seen.is_ordinary:
                message = f"{seen.name()} answered {seen.status} for {what} instead of 404."
                self.failed("ERR-3", f"{THINGS[unknown]} answered {seen.status}", message, seen)
                return True
        return False

    def _judge_success(self, seen: Observation, unknown: str, what: str) -> bool:
        parameter, member = OWN_NAME.get(seen.operation_id, ("", ""))
        told = seen.fields.get(member)
        if parameter == unknown and isinstance(told, str) and not is_same_id(told, seen.params[unknown]):
            message = f"{seen.name()} answered {seen.status} for {what} with {told[:80]} instead of 404."
            self.failed("ERR-3", f"another {THINGS[unknown]}", message, seen)
            return True
        if unknown != "assetId" and self._is_made_up(seen, unknown):
            message = f"{seen.name()} answered {seen.status} for {what} instead of 404."
            self.failed("ERR-3", f"{THINGS[unknown]} answered with success", message, seen)
            return True
        return False

    def _denies(self, seen: Observation, unknown: str) -> bool:
        """Return whether a refusal says something else than that nothing is there."""
        if seen.status in REFUSALS_OF_IDS:
            return True
        return seen.status in REFUSALS_OF_STATES and (
            (unknown, seen.params[unknown]) in self._absent or self._is_made_up(seen, unknown)
        )

    def _is_made_up(self, seen: Observation, unknown: str) -> bool:
        """Return whether the history shows that an id which no answer has shown names nothing.

        A container at rest in its first generation has shown all its assets. Of other things, an id next to one that this history has made
        or been configured with names nothing, as long as ids are not counted up.
        """
        if unknown == "assetId":
            return self._shows_all_assets(self.ledger.containers.get(seen.params["containerId"]), seen)
        near = self._ids[unknown].neighbour(seen.params[unknown])
        if near is None:
            return False
        if unknown == "containerId":
            container = self.ledger.containers.get(near)
            return container is not None and container.made_by is not None
        return near in self.ledger.jobs if unknown == "jobId" else near in _configured(self.ledger)

    def _shows_all_assets(self, container: Container | None, seen: Observation) -> bool:
        if container is None or not container.in_first_generation:
            return False
        read = self.ledger.windows.settled(container, seen.exchange.sent_at)
        return read is not None and isinstance(read.fields.get("assets"), list)


def _configured(ledger: Ledger) -> tuple[str | None, ...]:
    facts = ledger.facts
    return facts.project_id, facts.review_project_id, facts.archive_project_id, facts.other_project_id


CHECKS: tuple[type[Check], ...] = (UnknownIdsNotFound,)
