"""ERR-3: what does not exist is answered 404 NOT_FOUND."""

from __future__ import annotations

import re
import string
from typing import Any

from conformance.checks.base import Check, on, short
from conformance.checks.findings import Findings
from conformance.client.actors import OWNER
from conformance.contract.validity import Validity
from conformance.history.containers import Container
from conformance.history.facts import Called
from conformance.history.ledger import Ledger
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation

LONG, MIXED = 16, 5
"""How many letters and digits an id has, and how many different ones at its end, that nobody could count up to."""
_GROUPS = ((str.isdigit, string.digits), (str.islower, "abcdef"), (str.isupper, "ABCDEF"))
"""Characters that stand for each other in decimal and hexadecimal numbers, and how one of them is recognised."""

MOST_KNOWN = 60_000
"""How many ids of one kind are kept."""


class KnownIds:
    """The ids of one kind that answers have shown, and what such ids look like; `is_full`: answers have shown more of them."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.is_full = False
        self._heads: set[tuple[str, str]] = set()
        self._stems: dict[str, str] = {}
        self._are_counted = False
        self._characters: set[str] = set()

    def add(self, name: object) -> None:
        """Take in an id that an answer has shown."""
        if not isinstance(name, str) or name in self.known:
            return
        if len(self.known) >= MOST_KNOWN:
            self.is_full = True
            return
        self.known.add(name)
        self._heads.add(_head_and_shape(name))
        self._are_counted |= self._stems.setdefault(_stem(name), name) != name
        tail = _tail(name)
        self._characters |= set(tail)
        for is_of_group, group in _GROUPS:
            if any(map(is_of_group, tail)):
                self._characters.update(group)

    def looks_real(self, name: str) -> bool:
        """Return whether a target could only learn by looking it up that an id names nothing.

        It has the first three fifths, the length and the separators of a known one, which is where prefixes, times and versions of
        ids stand, and after them no character that ids of the kind may not use there.
        """
        return _head_and_shape(name) in self._heads and self._characters.issuperset(_tail(name))

    def neighbour(self, name: str) -> str | None:
        """Return the known id that differs from another one in its last letter or digit alone, None where there is none.

        Ids that are long and mixed come so close to each other only where they are counted up, which two known ones then show: None too.
        """
        near = None if self._are_counted else self._stems.get(_stem(name))
        return near if near is not None and len(near) == len(name) and _is_long_and_mixed(near) else None


def _stem(name: str) -> str:
    return name.rstrip("-_=")[:-1]


def _is_long_and_mixed(name: str) -> bool:
    tail = {character for character in _tail(name) if character.isalnum()}
    return (
        sum(map(str.isalnum, name)) >= LONG
        and len(tail) >= MIXED
        and any(map(str.isdigit, tail))
        and any(map(str.isalpha, tail))
    )


def _head_and_shape(name: str) -> tuple[str, str]:
    return name[: len(name) * 3 // 5], re.sub("[A-Za-z0-9]", "x", name)


def _tail(name: str) -> str:
    return name[len(name) * 3 // 5 :]


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
        shown_id = seen.fields.get(member)
        if parameter == unknown and isinstance(shown_id, str) and not is_same_id(shown_id, seen.params[unknown]):
            message = f"{seen.name()} answered {seen.status} for {what} with {shown_id[:80]} instead of 404."
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
