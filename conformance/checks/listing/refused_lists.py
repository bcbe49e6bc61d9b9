"""LST-1: the list of a project in which containers are made is not refused."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.history.facts import CreateSent, ListAsked
from conformance.history.observation import Observation
from conformance.history.walks import Limit

ARCHIVED = frozenset({404, 409, 410})
"""What a list may be answered once its project is archived (open reading 33), which another client may have done."""
NEVER = frozenset({400, 405, 422, 501})
"""What no list is answered that has nothing wrong about it: the operation may not be absent."""


class ListsAnswer(Check):
    """LST-1: a walk can begin, where creates of the project were accepted before, and after where it could be archived otherwise."""

    judges = ("LST-1",)

    def __init__(self) -> None:
        self._made: dict[str, Observation] = {}
        self._refused: dict[str, tuple[Observation, Observation]] = {}

    @on(CreateSent)
    def created(self, fact: CreateSent) -> None:
        """Note a project that took a create of its owner, and so was not archived when a list of it was refused before."""
        seen, project_id = fact.seen, fact.seen.params["projectId"]
        if fact.started is None or seen.actor != "owner":
            return
        made, refused = self._refused.get(project_id, (None, None))
        if made is not None and refused is not None and refused.precedes(seen):
            del self._refused[project_id]
            self._accuse(project_id, made, refused, seen)
        self._made[project_id] = seen.evidence

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge a list that was asked for without a cursor and without filters."""
        seen, made = fact.seen, self._made.get(fact.project_id)
        if made is None or not made.precedes(seen) or not (fact.is_own and seen.is_ordinary):
            return
        if seen.values("cursor") or fact.filters or fact.limit_kind not in {Limit.ABSENT, Limit.WITHIN}:
            return
        if seen.status in NEVER:
            self._accuse(fact.project_id, made, seen)
        elif seen.status in ARCHIVED:
            self._refused.setdefault(fact.project_id, (made, seen.evidence))

    def _accuse(self, project_id: str, made: Observation, refused: Observation, *later: Observation) -> None:
        when = "before and after" if later else "before"
        message = (
            f"The list of project {project_id}, in which containers were created {when}, was answered {refused.status}."
        )
        self.failed("LST-1", "list refused", message, made, *later, refused)


CHECKS: tuple[type[Check], ...] = (ListsAnswer,)
