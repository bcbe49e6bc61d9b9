"""LST-1: the list of a project in which containers are made is not refused."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.history.facts import CreateSent, ListAsked
from conformance.history.limits import Limit
from conformance.history.observation import Observation

REFUSALS = frozenset({400, 404, 405, 409, 410, 422, 501})
"""The answers that speak of the list, and not of the caller or its pace; an operation of the page may not be absent."""


class ListsAnswer(Check):
    """LST-1: a walk can begin, where a create of the project was accepted and no call may have archived it."""

    judges = ("LST-1",)

    def __init__(self) -> None:
        self._made: dict[str, Observation] = {}

    @on(CreateSent)
    def created(self, fact: CreateSent) -> None:
        """Note a project that took a create of its owner."""
        if fact.started is not None and fact.seen.actor == "owner":
            self._made[fact.seen.params["projectId"]] = fact.seen.evidence

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge a list that was asked for without a cursor and without filters."""
        seen, made = fact.seen, self._made.get(fact.project_id)
        if made is None or seen.status not in REFUSALS or not (fact.is_own and seen.is_ordinary):
            return
        if fact.cursor is not None or fact.filters or fact.limit_kind not in {Limit.ABSENT, Limit.WITHIN}:
            return
        if made.exchange.received_at < seen.exchange.sent_at:
            message = (
                f"The list of project {fact.project_id}, in which a container was created, was answered {seen.status}."
            )
            self.failed("LST-1", "list refused", message, made, seen)


CHECKS: tuple[type[Check], ...] = (ListsAnswer,)
