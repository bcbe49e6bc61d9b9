"""Whose an id is.

An id is opaque and need be unique only to the caller that can see it: a target may count containers and jobs for each organization. An id is
therefore read within the organization that was given it. Where both were given the same one, the later of the two things goes by a name of
its own from here on, so that everything else may take ids for unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from conformance.client.actors import OTHER, OWNER
from conformance.history import walks
from conformance.history.fields import Instant, instant
from conformance.history.observation import AUTHORIZED, Observation, TargetFacts, mark_of

CONTAINER, JOB = "container", "job"
_BETWEEN = "\u2063"
"""Stands between an id and whose it is: no character of a text that anyone reads, so that a name is told from every id that answers show."""
_SUFFIXES = {OWNER: f"{_BETWEEN}owner", OTHER: f"{_BETWEEN}other"}
_WORDS = {OWNER: " of the owner", OTHER: " of the other organization"}
_NAMED = re.compile(f'{_BETWEEN}({OWNER}|{OTHER})("?)')
_MAKING = frozenset({"createContent", "cloneFromPost"})
_GIVING = _MAKING | {"regenerateContent", "rejectContent"}
"""The operations that are answered with ids of new things."""
_SHOW_A_CONTAINER = frozenset({"getContent", "approveContent", "rejectContent"})
_MOMENTS = {CONTAINER: "createdAt", JOB: "startedAt"}
_ABOUT = 60_000_000
"""Microseconds by which a container's createdAt may differ from the startedAt of the call that made it."""
_SECOND = 1_000_000


class Thing(NamedTuple):
    """A container or a job, by the id that answers show."""

    kind: str
    id: str


def homonyms(name: str) -> tuple[str, ...]:
    """Return every name that the things of one id go by."""
    return (name, *(name + suffix for suffix in _SUFFIXES.values()))


def of_caller(name: str, actor: str) -> str:
    """Return the name of a caller's own thing where another organization was given its id before."""
    return name + _SUFFIXES.get(actor, "")


def plain(name: str) -> str:
    """Return the id that answers show of what goes by a name."""
    for suffix in _SUFFIXES.values():
        name = name.removesuffix(suffix)
    return name


def as_sent(value: Any) -> Any:
    """Return a JSON value with the ids that answers show in place of names."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: as_sent(member) for name, member in value.items()}
    return [as_sent(item) for item in value] if isinstance(value, list) else value


def with_owners(sentence: str) -> str:
    """Return a sentence with ids, and whose they are where that is not clear, in place of names; a quoted id stays as it was sent."""
    return _NAMED.sub(lambda found: found[2] + _WORDS[found[1]], sentence) if _BETWEEN in sentence else sentence


def with_distinct_projects(facts: TargetFacts) -> TargetFacts:
    """Return what is known of a target with a name of its own for the other organization's project where the owner has one of its id."""
    shared = facts.other_project_id in {facts.project_id, facts.review_project_id, facts.archive_project_id}
    name = facts.other_project_id
    return replace(facts, other_project_id=of_caller(name, OTHER)) if shared and name else facts


def _shared_project(facts: TargetFacts) -> str | None:
    name = facts.other_project_id
    return plain(name) if name and name != plain(name) else None


class Owners:
    """A fold over exchanges that gives each id in them the name of the one thing that it stands for.

    What an answer shows decides first: the project, the hook, the time of the making. Where it shows nothing, an id is the caller's who was
    given it, then that of the other organization if that was. `facts` are those of `with_distinct_projects`.
    """

    def __init__(self, facts: TargetFacts) -> None:
        self._shared = _shared_project(facts)
        self._fresh_path = facts.clone_id == "fresh"
        self._projects: dict[str, set[str]] = {}
        for project_id in (facts.project_id, facts.review_project_id, facts.archive_project_id):
            self._projects.setdefault(project_id or "", set()).add(OWNER)
        for other_project_id in (facts.other_project_id, self._shared):
            self._projects.setdefault(other_project_id or "", set()).add(OTHER)
        self._held: dict[str, dict[Thing, Instant | None]] = {OWNER: {}, OTHER: {}}
        self._first: dict[Thing, str] = {}
        self._senders: dict[str, set[str]] = {}
        self._keys: dict[tuple[str, Thing], str] = {}

    def settle(self, seen: Observation) -> None:
        """Name what a documented call names, and what its answer shows."""
        if seen.operation is None:
            return
        if self._shared is not None and seen.actor == OTHER:
            self._settle_project(seen, self._shared)
        asked = self._asked(seen)
        if seen.actor not in AUTHORIZED:
            if asked in self._held[OWNER]:
                self._settle_path(seen, asked, OWNER, {})
            return
        mark = mark_of(seen.sent_brief.get("hook")) if seen.sent_brief else None
        if mark is not None:
            self._senders.setdefault(mark, set()).add(seen.actor)
        if seen.operation_id == "listContent":
            self._settle_page(seen)
            return
        shown = _shown(seen)
        is_made = seen.operation_id in _MAKING
        thing = _thing(JOB, shown.get("jobId")) if is_made or asked is None else asked
        whose = self._replayed(thing, seen, shown) or self._whose(thing, self._home(seen), shown)
        was_held = asked in self._held[whose]
        if asked is not None and seen.operation_id != "cloneFromPost":
            self._settle_path(seen, asked, whose, shown)
        elif asked is not None:
            self._settle_path(seen, asked, self._whose(asked, seen.actor, {}), {})
        if seen.ok:
            self._settle_answer(seen, asked, whose, was_held=was_held)

    def _settle_project(self, seen: Observation, shared: str) -> None:
        """Name the project that the other organization calls by the id of one of the owner's."""
        if seen.params.get("projectId") == shared:
            seen.params["projectId"] = of_caller(shared, OTHER)
        if isinstance(seen.body, dict) and seen.body.get("projectId") == shared:
            seen.body = {**seen.body, "projectId": of_caller(shared, OTHER)}

    def _settle_home(self, shown: dict[str, Any], whose: str) -> None:
        """Name the project of what is the other organization's."""
        if self._shared is not None and whose == OTHER and shown.get("projectId") == self._shared:
            shown["projectId"] = of_caller(self._shared, OTHER)

    def _asked(self, seen: Observation) -> Thing | None:
        if seen.operation_id == "cloneFromPost" and self._fresh_path:
            return None  # the path names what is to be made
        return _thing(CONTAINER, seen.params.get("containerId")) or _thing(JOB, seen.params.get("jobId"))

    def _home(self, seen: Observation) -> str:
        """Return the organization in whose project a call is made, the caller where that is not known."""
        return self._holder(seen.params.get("projectId")) or seen.actor

    def _holder(self, project_id: object) -> str | None:
        holders = self._projects.get(project_id, ()) if isinstance(project_id, str) and project_id else ()
        return next(iter(holders)) if len(holders) == 1 else None

    def _replayed(self, thing: Thing | None, seen: Observation, shown: dict[str, Any]) -> str | None:
        """Return the other organization where a key is answered with what that one was answered under the same key, its time included."""
        another, key = OTHER if seen.actor == OWNER else OWNER, seen.idempotency_key
        if thing is None or key is None or self._keys.get((another, thing)) != key:
            return None
        moment = _moment(thing.kind, shown)
        is_replay = moment is not None and moment.unit < _SECOND and moment == self._held[another].get(thing)
        return another if is_replay else None

    def _whose(self, thing: Thing | None, actor: str, shown: dict[str, Any]) -> str:
        """Return whose a thing is that an organization asks for or is shown in its own place."""
        another = OTHER if actor == OWNER else OWNER
        mine, theirs = self._held[actor], self._held[another]
        if thing is None:
            return actor
        moment, known = _moment(thing.kind, shown), theirs.get(thing)
        is_exact = moment is not None and moment.microseconds % _SECOND != 0
        if is_exact and moment == known and moment != mine.get(thing):
            return another
        holder = self._holder(shown.get("projectId")) or (self._sender(shown) if thing in theirs else None)
        if holder is not None:
            return holder
        is_another = moment is not None and known is not None and not moment.same(known)
        return actor if thing in mine or thing not in theirs or is_another else another

    def _sender(self, shown: dict[str, Any]) -> str | None:
        """Return the one organization that has sent the hook of a brief."""
        brief = shown.get("brief")
        senders = self._senders.get(mark_of(brief.get("hook")) or "", ()) if isinstance(brief, dict) else ()
        return next(iter(senders)) if len(senders) == 1 else None

    def _hold(self, whose: str, thing: Thing, moment: Instant | None) -> None:
        self._first.setdefault(thing, whose)
        known = self._held[whose].get(thing)
        if known is None or (moment is not None and known.unit >= _ABOUT):
            self._held[whose][thing] = moment

    def _name(self, thing: Thing, whose: str) -> str:
        return thing.id if self._first.get(thing, whose) == whose else of_caller(thing.id, whose)

    def _settle_path(self, seen: Observation, asked: Thing, whose: str, shown: dict[str, Any]) -> None:
        seen.params[f"{asked.kind}Id"] = self._name(asked, whose)
        if seen.ok and seen.authorized:
            self._hold(whose, asked, _moment(asked.kind, shown))

    def _settle_answer(self, seen: Observation, asked: Thing | None, whose: str, *, was_held: bool) -> None:
        another = OTHER if whose == OWNER else OWNER
        self._settle_home(seen.fields, whose)
        for holder, member, kind in _places(seen):
            thing = _thing(kind, holder[member])
            if thing is None:
                continue
            of_thing = whose
            if seen.operation_id not in _GIVING and was_held and thing != asked and thing in self._held[another]:
                # What is known to be this organization's names what may be known of the other one alone.
                of_thing = self._whose(thing, whose, {**holder, "projectId": None} if kind == JOB else {})
            moment = _moment(kind, holder)
            if kind == CONTAINER and seen.operation_id in _MAKING:
                started = instant(holder.get("startedAt"))
                moment = Instant(started.microseconds, _ABOUT) if started else None
            self._hold(of_thing, thing, moment)
            holder[member] = self._name(thing, of_thing)
            if seen.idempotency_key is not None and seen.operation_id in _GIVING:
                self._keys.setdefault((of_thing, thing), seen.idempotency_key)

    def _settle_page(self, seen: Observation) -> None:
        items = seen.fields.get("items")
        if not seen.ok or not isinstance(items, list):
            return
        home = self._home(seen)
        for item in items:
            thing = _thing(CONTAINER, item.get("id")) if isinstance(item, dict) else None
            if thing is not None:
                whose = self._whose(thing, home, item)
                if len(self._first) < walks.MOST_LISTED or thing in self._first:
                    self._hold(whose, thing, _moment(CONTAINER, item))
                item["id"] = self._name(thing, whose)
                self._settle_home(item, whose)


def _thing(kind: str, name: object) -> Thing | None:
    return Thing(kind, name) if isinstance(name, str) and name else None


def _moment(kind: str, shown: dict[str, Any]) -> Instant | None:
    """Return when a thing was made, as far as an answer shows it."""
    return instant(shown.get(_MOMENTS[kind]))


def _shown(seen: Observation) -> dict[str, Any]:
    """Return what a successful answer shows; only where it shows a container is createdAt that of one."""
    if not seen.ok:
        return {}
    return seen.fields if seen.operation_id in _SHOW_A_CONTAINER else {**seen.fields, "createdAt": None}


def _places(seen: Observation) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yield where an answer names containers and jobs: the object, its member and the kind."""
    fields, result = seen.fields, seen.fields.get("result")
    for holder in (fields, result if isinstance(result, dict) else {}):
        for member, kind in (("containerId", CONTAINER), ("jobId", JOB)):
            if member in holder:
                yield holder, member, kind
    if "id" in fields and seen.operation_id in _SHOW_A_CONTAINER:
        yield fields, "id", CONTAINER
