"""Covering arrays over the cheap part of the table of factors, and the calls of each situation on the containers that stand.

Of the libraries, allpairspy leaves more than half of the pairs out under these constraints, and covertable takes most of a minute; neither
takes what a run has met already as covered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, cycle
from typing import Any

from conformance.client.actors import ANONYMOUS, OTHER, OWNER
from conformance.client.answers import asset_ids_of
from conformance.client.call import Call
from conformance.contract import factors as table
from conformance.contract.factors import Combination
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.suite.calls import altered
from conformance.suite.stock import Made, body_of
from strategies.bodies import MALFORMED

STANDING = (table.PROJECT, table.STATUS, table.APPROVAL, table.ORIGIN)
"""The factors of a container."""
Standing = tuple[str, ...]
Place = tuple[str, Standing]
"""An operation, and the standing of a container on which an accepted call of it had a key."""


@dataclass(slots=True)
class Covering:
    """Situations that cover what was not met, as far as containers of some `standings` allow and no generation is needed.

    `replayed` are the places whose call can be sent again. `triples`: those that the contract names too.
    """

    standings: frozenset[Standing]
    replayed: frozenset[Place]
    missing: frozenset[str] = frozenset()
    met: Collection[Combination] = ()
    triples: bool = False
    _left: dict[Combination, None] = field(init=False)

    def situations(self) -> Iterator[Combination]:
        """Yield whole situations, each of which meets something new (greedy, in the order of the table)."""
        free = (part for part, how in table.reach(self.missing).items() if how is table.Reach.FREE)
        wanted = (part for part in free if self.triples or len(part) == 2)
        self._left = dict.fromkeys(part for part in wanted if part not in self.met)
        while self._left:
            seed = next(iter(self._left))
            del self._left[seed]
            if not self._completes(dict(seed)):
                continue
            situation = self._completed(dict(seed))
            for part in table.combinations_in(situation):
                self._left.pop(part, None)
            yield situation

    def _completed(self, situation: dict[str, str]) -> Combination:
        """Complete a situation, with that value of each factor that meets most of what is left."""
        while True:
            operation = situation.get(table.OPERATION)
            names = (table.OPERATION,) if operation is None else tuple(table.APPLIES[operation])
            factor = next((name for name in names if name not in situation), None)
            if factor is None:
                return table.in_order(situation)
            values = table.FACTORS[factor] if operation is None else table.APPLIES[operation][factor]
            by_gain = sorted(values, key=lambda value: -self._gain(situation, factor, value))
            situation[factor] = next(value for value in by_gain if self._completes({**situation, factor: value}))

    def _gain(self, situation: Mapping[str, str], factor: str, value: str) -> int:
        """Return how much of what is left a value would meet beside those that are chosen."""
        chosen = table.in_order({**situation, factor: value})
        pairs = sum((factor, value) in part and part in self._left for part in combinations(chosen, 2))
        return pairs + sum(part in self._left for part in table.combinations_in(chosen) if len(part) > 2)

    def _completes(self, situation: dict[str, str]) -> bool:
        if any(table.NEEDS.get(pair) in self.missing for pair in situation.items()):
            return False
        begun = table.is_possible(situation) and not table.price_of(situation) and self._allows(situation)
        return begun and table.can_be_met(situation, self.missing, free=True, allows=self._allows)

    def _allows(self, situation: Mapping[str, str]) -> bool:
        """Return whether some container may stand as is asked, and the call was made there where it is to be sent again."""
        operation = situation.get(table.OPERATION)
        if operation == table.ARCHIVE:
            return False
        names = STANDING[:1] if operation in {table.LIST, table.CREATE} else STANDING
        if not any(_fits(situation, names, standing) for standing in self.standings):
            return False
        if operation is None or situation.get(table.KEY) != "same call":
            return True
        return any(name == operation and _fits(situation, names, standing) for name, standing in self.replayed)


def _fits(situation: Mapping[str, str], names: tuple[str, ...], standing: Standing) -> bool:
    return all(situation.get(name, value) == value for name, value in zip(names, standing, strict=False))


TEXTS = {
    "plain": "Evenings that are yours",
    "beyond ASCII": "Abende, die dir gehören \N{HEAVY BLACK HEART}",
    "blanks": "  Evenings  ",
    "long": "Evenings that are yours, " * 12,
}
"""What a hook begins with; its mark follows."""
_OPERATIONS = {"content": table.CREATE, "regenerate": table.REGENERATE, "clone-from-post": table.CLONE}
_WRONG = ("last-character-off", "other-case", "made-up-key", "wrong-bearer")


@dataclass(slots=True)
class Callers:
    """Makes the calls of situations; `standing` says how each container stands, and `refused` is a key of refused calls alone."""

    api: Api
    standing: dict[str, tuple[Made, Standing]]
    keyed: list[Made]
    refused: str
    _bodies: dict[str, Iterator[Any]] = field(default_factory=dict)
    _wrong: Iterator[str] = field(default_factory=lambda: cycle(_WRONG))

    def places(self) -> frozenset[Place]:
        """Return where calls with a key were accepted, as far as their containers still stand."""
        found = ((operation_of(made.call), self.standing.get(_source(made))) for made in self.keyed)
        return frozenset((operation, stands[1]) for operation, stands in found if stands is not None)

    def container(self, situation: dict[str, str]) -> Made:
        """Return a container that stands as a situation asks, the one of a call that is to be sent again where that is asked."""
        wanted = tuple(situation[name] for name in STANDING if name in situation)
        names = STANDING[: len(wanted)]
        found = [made for made, stands in self.standing.values() if stands[: len(names)] == wanted]
        if situation.get(table.KEY) == "same call":
            sources = {_source(made) for made in self.keyed if operation_of(made.call) == situation[table.OPERATION]}
            found = [made for made in found if made.container_id in sources]
        if not found:
            raise NotReached("no container stands as the situation asks")
        return found[0]

    def actor(self, situation: dict[str, str]) -> str:
        """Return who calls."""
        holder, another = (OTHER, OWNER) if situation[table.PROJECT] == "foreign" else (OWNER, OTHER)
        match situation[table.CALLER]:
            case table.ITS_OWN:
                return holder
            case table.ANOTHER:
                return another
            case table.NO_KEY:
                return ANONYMOUS
            case _:
                return next(self._wrong)

    def call(self, situation: dict[str, str], made: Made) -> Call:
        """Return the call of a situation; raises NotReached where nothing gives its key."""
        operation, actor = situation[table.OPERATION], self.actor(situation)
        path = _path(self.api, situation, made)
        if operation in table.READS_OF_ONE or operation == table.LIST:
            return self.api.call("GET", path, actor=actor)
        key, first = self._key(situation, made, actor)
        raw = self._body(situation, first)
        return self.api.call("POST", path, raw=raw, key=key, actor=actor)

    def _key(self, situation: dict[str, str], made: Made, actor: str) -> tuple[str | None, Call | None]:
        """Return the key of a call, and the call that it was used for where that is to be sent again."""
        operation, here = situation[table.OPERATION], _path(self.api, situation, made)
        match situation.get(table.KEY, "none"):
            case "none":
                return None, None
            case "fresh":
                return self.api.key(), None
            case "refused":
                return self.refused, None
            case "other organization":
                mine = {one.key for one in self.keyed if one.call.actor == actor}
                found = [one for one in self.keyed if one.key not in mine]
            case kind:
                # Who has no right may send anybody's key.
                calls = [one for one in self.keyed if one.call.actor == actor or actor not in {OWNER, OTHER}]
                found = list(self._related(calls, kind, operation, here, made))
        if not found:
            raise NotReached(f"no call gives a key of the kind {situation[table.KEY]}")
        return found[0].key, found[0].call

    def _related(self, calls: list[Made], kind: str, operation: str, here: str, made: Made) -> Iterator[Made]:
        """Yield the calls that stand in a relation to one of an operation here, and whose key stands in no closer one."""
        same = [one for one in calls if operation_of(one.call) == operation]
        if kind == "same call":
            yield from (one for one in same if one.call.path == here and _source(one) == made.container_id)
        elif kind == "other operation":
            closer = {one.key for one in same}
            yield from (one for one in calls if one.key not in closer)
        else:
            closer = {one.key for one in same if one.call.path == here}
            yield from (one for one in same if one.key not in closer)

    def _body(self, situation: dict[str, str], first: Call | None) -> bytes | None:
        text = situation.get(table.TEXT, "plain")
        kind, operation = situation.get(table.BODY, "none"), situation[table.OPERATION]
        if kind == "none":
            return None
        if kind == "no JSON":
            malformed: bytes = next(self._bodies.setdefault(kind, cycle(MALFORMED)))
            return malformed
        if situation[table.KEY] == "same call" and first is not None and kind != "broken":
            return self._of_the_same_call(kind, first, text)
        body = self._sound(operation, text) if kind == "sound" else self._broken(operation, text)
        return json.dumps(body, ensure_ascii=False).encode()

    def _of_the_same_call(self, kind: str, first: Call, text: str) -> bytes | None:
        if kind == "sound":
            return first.body
        body = body_of(first)
        if kind == "in other words":
            return json.dumps(dict(reversed(body.items())), indent=2, ensure_ascii=False).encode()
        name = next((name for name in ("brief", "patch") if name in body), None)
        changed = body | (
            {"sourcePlatformPostId": altered(str(body.get("sourcePlatformPostId")))}
            if name is None
            else {name: body[name] | {"hook": self.text(text)}}
        )
        return json.dumps(changed, ensure_ascii=False).encode()

    def text(self, kind: str) -> str:
        """Return a hook of some kind, with a mark unless it is empty."""
        hook = "" if kind == "empty" else self.api.hook(TEXTS[kind])
        return f"{hook} " if kind == "blanks" else hook

    def _sound(self, operation: str, text: str) -> dict[str, Any]:
        match operation:
            case table.CREATE:
                return {"format": "slideshow_remix", "brief": {"hook": self.text(text)}}
            case table.REGENERATE:
                return {"patch": {"hook": self.text(text)}}
            case table.CLONE:
                source = self.api.target.fixtures.source_post_id
                return {"sourcePlatformPostId": source, "mode": "fork", "projectId": self.api.project}
            case _:
                return {"reason": self.text(text)}

    def _broken(self, operation: str, text: str) -> dict[str, Any]:
        hook = {"hook": self.text(text)}
        fields = next(self._bodies.setdefault("fields", cycle(({"targetPlatforms": "tiktok"}, {"themeTags": [1]}))))
        match operation:
            case table.CREATE:
                return {"format": "no_such_format", "brief": hook}
            case table.REGENERATE:
                return {"patch": hook | fields}
            case table.CLONE:
                return {"sourcePlatformPostId": 7, "mode": "fork", "projectId": self.api.project}
            case _:
                # One that is too long is broken whatever else it is.
                return {"reason": {"plain": 7, "empty": ""}.get(text, self.text(text) * 50)}


def operation_of(call: Call) -> str:
    """Return the operation of a create, a regenerate or a clone."""
    return _OPERATIONS[call.path.rpartition("/")[2]]


def _source(made: Made) -> str:
    """Return the container that a call was made on, or that it made."""
    on_one = operation_of(made.call) != table.CREATE
    return made.call.path.split("/")[3] if on_one else made.container_id


def _path(api: Api, situation: dict[str, str], made: Made) -> str:
    content = path_to("content", made.container_id)
    projects = {"review": api.target.target.review_project_id, "foreign": api.target.target.other_project_id}
    project = projects.get(situation[table.PROJECT]) or api.project
    match situation[table.OPERATION]:
        case table.LIST | table.CREATE:
            return path_to("projects", project, "content")
        case "getContent":
            return content
        case "getContentProgress":
            return f"{content}/progress"
        case "getAsset":
            return path_to(
                "content", made.container_id, "assets", next(iter(asset_ids_of(made.shape)), "med_of_nothing")
            )
        case "getJob":
            return path_to("jobs", made.job_id)
        case table.CANCEL:
            return path_to("jobs", made.job_id, "cancel")
        case operation:
            endings = {table.REGENERATE: "regenerate", table.CLONE: "clone-from-post", table.REJECT: "reject"}
            return f"{content}/{endings.get(operation, 'approve')}"


def looks(api: Api, situation: dict[str, str], made: Made, call: Call) -> Call | None:
    """Return the call that looks at what a situation asks for afterwards."""
    holder, another = (OTHER, OWNER) if situation[table.PROJECT] == "foreign" else (OWNER, OTHER)
    listed = _path(api, {**situation, table.OPERATION: table.LIST}, made)
    content = path_to("content", made.container_id)
    match situation.get(table.AFTERWARDS):
        case "container":
            return api.call("GET", content, actor=holder)
        case "job":
            return api.call("GET", path_to("jobs", made.job_id), actor=holder)
        case "progress":
            return api.call("GET", f"{content}/progress", actor=holder)
        case "list":
            return api.call("GET", f"{listed}?limit=200", actor=holder)
        case "filtered list":
            status = situation.get(table.STATUS, "completed")
            return api.call("GET", f"{listed}?status={status}&limit=200", actor=holder)
        case "replay":
            return replace(call, costs=0)
        case "foreign view":
            return api.call("GET", content, actor=another)
        case _:
            return None
