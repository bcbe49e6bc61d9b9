"""ERR-3: what does not exist is not found."""

from __future__ import annotations

import re
import string

from conformance.checks.base import Check, on
from conformance.checks.findings import Findings
from conformance.checks.wording import short
from conformance.contract.validity import Validity
from conformance.history.facts import Called
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_same_id

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
"""Refusals that say the same only where the driver tagged the call: what no answer has shown may still be there."""
_HEX_LOWER, _HEX_UPPER = set("abcdef"), set("ABCDEF")


class KnownIds:
    """The ids of one kind that answers have shown, and what such ids look like."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self._heads: set[tuple[str, str]] = set()
        self._characters: set[str] = set()

    def add(self, name: object) -> None:
        """Take in an id that an answer has shown."""
        if not isinstance(name, str) or name in self.known:
            return
        self.known.add(name)
        self._heads.add(_head_and_shape(name))
        tail = _tail(name)
        self._characters |= set(tail)
        for group in (set(string.digits), _HEX_LOWER, _HEX_UPPER):
            kind = {"0": str.isdigit, "a": str.islower, "A": str.isupper}[min(group)]
            if any(kind(character) for character in tail):
                self._characters |= group

    def looks_real(self, name: str) -> bool:
        """Return whether a target could only learn by looking it up that an id names nothing.

        It has the first three fifths, the length and the separators of a known one, which is where prefixes, times and versions of
        ids stand, and after them no character that ids of the kind may not use there.
        """
        return _head_and_shape(name) in self._heads and self._characters.issuperset(_tail(name))


def _head_and_shape(name: str) -> tuple[str, str]:
    return name[: len(name) * 3 // 5], re.sub("[A-Za-z0-9]", "x", name)


def _tail(name: str) -> str:
    return name[len(name) * 3 // 5 :]


class UnknownIds(Check):
    """ERR-3: the owner's call about an id that no answer has shown is answered 404 NOT_FOUND.

    An id that is not formed like the target's own may be refused as invalid input instead. A success is accused only where the answer
    shows that it tells of something else, or where the driver tagged the call as naming what it had made up (`unknown`).
    """

    judges = ("ERR-3",)

    def __init__(self) -> None:
        self._ids = {name: KnownIds() for name in THINGS}

    def attach(self, ledger: Ledger, findings: Findings) -> None:
        """Take in the projects that the configuration names."""
        super().attach(ledger, findings)
        facts = ledger.facts
        for project_id in (facts.project_id, facts.review_project_id, facts.archive_project_id, facts.other_project_id):
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
            if value not in self._ids[name].known and not (name == "projectId" and value in self.ledger.projects):
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
        for member, kind in (("items", "containerId"), ("assets", "assetId")):
            found = fields.get(member)
            if isinstance(found, list):
                for item in found:
                    if isinstance(item, dict):
                        ids[kind].add(item.get("id"))

    def _judge(self, seen: Observation, unknown: str) -> bool:
        """Judge the owner's call about something unknown; return whether that said anything."""
        if not seen.names_one_thing or self.ledger.may_be_absent(seen.operation):
            return False
        if seen.operation_id == "cloneFromPost" and (
            self.ledger.facts.clone_id == "fresh" or seen.validity is not Validity.PLAIN
        ):
            return False
        name = seen.params[unknown]
        about = f"the unknown {THINGS[unknown]} {name[:80]}"
        if seen.ok:
            return self._judge_success(seen, unknown, about)
        if seen.status == 404:
            if seen.error_code == "NOT_FOUND":
                self.passed("ERR-3", seen)
            elif seen.error_code is not None:
                message = f"{seen.name()} answered 404 about {about} with the code {short(seen.error_code)} instead of NOT_FOUND."
                self.failed("ERR-3", "another code", message, seen)
            return seen.error_code is not None
        if _denies(seen) and self._ids[unknown].looks_real(name):
            clean = seen.validity in {Validity.PLAIN, Validity.VALID} and not seen.query
            if clean and not (seen.status == 409 and seen.idempotency_key is not None) and seen.is_ordinary:
                message = f"{seen.name()} answered {seen.status} about {about} instead of 404."
                self.failed("ERR-3", f"{THINGS[unknown]} answered {seen.status}", message, seen)
                return True
        return False

    def _judge_success(self, seen: Observation, unknown: str, about: str) -> bool:
        parameter, member = OWN_NAME.get(seen.operation_id, ("", ""))
        told = seen.fields.get(member)
        if parameter == unknown and isinstance(told, str) and not is_same_id(told, seen.params[unknown]):
            message = f"{seen.name()} answered {seen.status} about {about} with {told[:80]} instead of 404."
            self.failed("ERR-3", f"another {THINGS[unknown]}", message, seen)
            return True
        if _is_made_up(seen) and unknown != "assetId":
            message = f"{seen.name()} answered {seen.status} about {about} instead of 404."
            self.failed("ERR-3", f"{THINGS[unknown]} answered with success", message, seen)
            return True
        return False


def _denies(seen: Observation) -> bool:
    """Return whether a refusal says something else than that nothing is there."""
    return seen.status in REFUSALS_OF_IDS or (seen.status in REFUSALS_OF_STATES and _is_made_up(seen))


def _is_made_up(seen: Observation) -> bool:
    return "unknown" in seen.exchange.tags


CHECKS: tuple[type[Check], ...] = (UnknownIds,)
