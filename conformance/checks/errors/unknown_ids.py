"""ERR-3: what does not exist is not found."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import ClassVar

from conformance.checks.findings import Check, Finding, failed, verify
from conformance.checks.wording import short
from conformance.contract.validity import Validity
from conformance.history.documented import may_be_absent
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_ordinary, is_same_id, names_one_thing

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


class Ids:
    """The ids of one kind that answers have shown, and what such ids look like."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._heads: set[tuple[str, str]] = set()
        self._characters: set[str] = set()

    def add(self, name: object) -> None:
        """Take in an id that an answer has shown."""
        if not isinstance(name, str) or name in self._known:
            return
        self._known.add(name)
        self._heads.add(_head_and_shape(name))
        tail = _tail(name)
        self._characters |= set(tail)
        for group in (set(string.digits), _HEX_LOWER, _HEX_UPPER):
            kind = {"0": str.isdigit, "a": str.islower, "A": str.isupper}[min(group)]
            if any(kind(character) for character in tail):
                self._characters |= group

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def looks_real(self, name: str) -> bool:
        """Tell whether a target could only learn by looking it up that an id names nothing.

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

    judges: ClassVar[tuple[str, ...]] = ("ERR-3",)

    def __init__(self) -> None:
        self._ids: defaultdict[str, Ids] = defaultdict(Ids)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a call that names something unknown, and note what its answer shows."""
        for project_id in ledger.projects.keys() | {ledger.facts.archive_project_id, ledger.facts.other_project_id}:
            self._ids["projectId"].add(project_id)
        findings = list(self._judge(seen, ledger)) if seen.operation is not None else []
        if seen.ok and seen.authorized and seen.operation is not None and not findings:
            self._note(seen)
        return findings

    def _note(self, seen: Observation) -> None:
        for name, value in seen.params.items():
            if not (seen.operation_id == "cloneFromPost" and name == "containerId"):
                self._ids[name].add(value)
        for name in ("projectId", "containerId", "jobId"):
            self._ids[name].add(seen.fields.get(name))
        for member, kind in (("items", "containerId"), ("assets", "assetId")):
            found = seen.fields.get(member)
            for item in found if isinstance(found, list) else ():
                if isinstance(item, dict):
                    self._ids[kind].add(item.get("id"))

    def _judge(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        unknown = next(
            (name for name in THINGS if name in seen.params and seen.params[name] not in self._ids[name]), None
        )
        if unknown is None or seen.actor != OWNER or not seen.names_one_thing:
            return
        if ledger.may_be_absent(seen.operation):
            return
        if seen.operation_id == "cloneFromPost" and (
            ledger.facts.clone_id == "fresh" or seen.validity is not Validity.PLAIN
        ):
            return
        about = f"the unknown {THINGS[unknown]} {seen.params[unknown][:80]}"
        if seen.ok:
            yield from self._judge_success(seen, unknown, about)
        elif seen.status == 404:
            if seen.error_code is not None:
                message = f"{seen.name()} answered 404 about {about} with the code {short(seen.error_code)} instead of NOT_FOUND."
                yield from verify("ERR-3", seen.error_code == "NOT_FOUND", message, seen)
        elif _denies(seen) and self._ids[unknown].looks_real(seen.params[unknown]):
            clean = seen.validity in {Validity.PLAIN, Validity.VALID} and not seen.query
            if clean and not (seen.status == 409 and seen.idempotency_key is not None) and seen.is_ordinary:
                yield failed("ERR-3", f"{seen.name()} answered {seen.status} about {about} instead of 404.", seen)

    def _judge_success(self, seen: Observation, unknown: str, about: str) -> Iterator[Finding]:
        parameter, member = OWN_NAME.get(seen.operation_id, ("", ""))
        told = seen.fields.get(member)
        if parameter == unknown and isinstance(told, str) and not is_same_id(told, seen.params[unknown]):
            yield failed(
                "ERR-3", f"{seen.name()} answered {seen.status} about {about} with {told[:80]} instead of 404.", seen
            )
        elif _is_made_up(seen) and unknown != "assetId":
            yield failed("ERR-3", f"{seen.name()} answered {seen.status} about {about} instead of 404.", seen)


def _denies(seen: Observation) -> bool:
    """Tell whether a refusal says something else than that nothing is there."""
    return seen.status in REFUSALS_OF_IDS or (seen.status in REFUSALS_OF_STATES and _is_made_up(seen))


def _is_made_up(seen: Observation) -> bool:
    return "unknown" in seen.exchange.tags


CHECKS: tuple[type[Check], ...] = (UnknownIds,)
