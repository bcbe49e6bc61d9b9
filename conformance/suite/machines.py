"""Hypothesis state machines: any move at any moment. The model chooses moves; it judges nothing, and no choice depends on an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from conformance.client.actors import OTHER
from conformance.client.answers import answer_of, asset_ids_of, status_of, text_in
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.process import Run
from conformance.suite.stock import Stock, again, sweep
from strategies.briefs import formats, page_sizes, plain_words, queries, rest_of_briefs, words


@dataclass(slots=True)
class Handle:
    """A container in a model: the call that was meant to create it, and its ids once they are known."""

    call: Call
    container_id: str = ""
    jobs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class KeyRing:
    """A few keys and bodies, where each key was `used` (by the project or the operation, with its number), and a container to regenerate."""

    keys: list[str]
    bodies: list[dict[str, Any]]
    source: str | None
    used: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Purse:
    """What all examples of a machine have in common: the generations that they may still start, and containers that nobody else needs.

    No draw and no choice of a rule depends on it, since Hypothesis takes what follows the same draws for the same: a rule that cannot pay
    any more looks at what stands.
    """

    generations: int
    finished: list[Handle]
    ring: KeyRing | None = None
    _taken: int = 0

    def pays(self, costs: int = 1) -> bool:
        """Pay for generations; return whether there were enough left."""
        if self.generations < costs:
            return False
        self.generations -= costs
        return True

    def take(self) -> Handle | None:
        """Return one of the containers, each in its turn, or None where there is none."""
        self._taken += 1
        return self.finished[self._taken % len(self.finished)] if self.finished else None


class Machine(RuleBasedStateMachine):
    """The base of the machines: the calls of the API, and what the examples may spend."""

    api: Api
    purse: Purse

    def __init__(self) -> None:
        super().__init__()
        self.handles: list[Handle] = []

    def start(self, call: Call) -> Handle:
        """Send a call that may create a container, and keep its ids."""
        exchange = self.api.send(call)
        handle = Handle(call, text_in(exchange, "containerId") or "")
        self.follow(handle, exchange)
        self.handles.append(handle)
        return handle

    def follow(self, handle: Handle, exchange: Exchange) -> None:
        """Keep a new job."""
        job_id = text_in(exchange, "jobId")
        if job_id:
            handle.jobs.append(job_id)

    def project(self, *, review: bool) -> str:
        """Return a project: the plain one where none with review is configured."""
        target = self.api.target.target
        return target.review_project_id if review and target.review_project_id else target.project_id

    def body(self, text: str, rest: dict[str, Any]) -> dict[str, Any]:
        """Return a brief with a mark of its own."""
        return {"hook": self.api.hook(text)} | rest

    def teardown(self) -> None:
        """Let everything end, and look for containers that no answer named."""
        for handle in self.handles:
            if handle.container_id:
                try:
                    self.api.settle(handle.container_id, handle.jobs[-1] if handle.jobs else None)
                except NotReached:
                    continue
        self.purse.finished += [
            handle for handle in self.handles if handle.container_id and handle not in self.purse.finished
        ]
        sweep(self.api)


def explore(machine: type[Machine], run: Run, api: Api, stock: Stock, generations: int) -> None:
    """Run a state machine under the run's profile and seed; nothing is shrunk, since every call may cost."""
    profile = run.spec.profile
    finished = [Handle(made.call, made.container_id, [made.job_id]) for made in stock.finished]
    bound = type(machine.__name__, (machine,), {"api": api, "purse": Purse(generations, finished)})
    run_state_machine_as_test(
        seed(run.spec.seed)(bound),
        settings=settings(
            max_examples=profile.stateful_examples,
            stateful_step_count=profile.stateful_steps,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


FIELDS = rest_of_briefs()


def on_a_container(move: Callable[..., None]) -> Callable[..., None]:
    """Return a move that does nothing where the create was refused, so that there is no container to move."""

    @wraps(move)
    def moved(life: Life, handle: Handle, **drawn: Any) -> None:
        if handle.container_id:
            move(life, handle, **drawn)

    return moved


class Life(Machine):
    """The life of containers in both projects: any call, at any moment."""

    containers: Bundle[Handle] = Bundle("containers")

    @initialize(target=containers, review=st.booleans(), form=formats, text=words, rest=FIELDS)
    def begin(self, review: bool, form: str, text: str, rest: dict[str, Any]) -> Handle:  # noqa: FBT001 - drawn by Hypothesis
        """Begin with a container that stands, or create one."""
        return self.standing() or self.create(review, form, text, rest)

    @rule(target=containers, review=st.booleans(), form=formats, text=words, rest=FIELDS)
    def another(self, review: bool, form: str, text: str, rest: dict[str, Any]) -> Handle:  # noqa: FBT001 - drawn by Hypothesis
        """Create another container."""
        return self.create(review, form, text, rest)

    def create(self, review: bool, form: str, text: str, rest: dict[str, Any]) -> Handle:  # noqa: FBT001 - drawn by Hypothesis
        """Send a create, as long as it can be paid for."""
        paid = self.purse.pays()
        standing = None if paid else self.standing()
        return standing or self.start(
            self.api.create_call(self.project(review=review), self.body(text, rest), form, key=self.api.key())
        )

    def standing(self) -> Handle | None:
        """Return a container that is there already, if there is one."""
        found = self.purse.take()
        self.handles += [found] if found and found not in self.handles else []
        return found

    @rule(handle=containers)
    @on_a_container
    def read(self, handle: Handle) -> None:
        """Read the container, its job and its progress."""
        self.api.read(handle.container_id)
        if handle.jobs:
            self.api.job(handle.jobs[-1])
        self.api.progress(handle.container_id)

    @rule(handle=containers)
    def read_first_job(self, handle: Handle) -> None:
        """Read the earliest job."""
        if handle.jobs:
            self.api.job(handle.jobs[0])

    @rule(handle=containers)
    @on_a_container
    def wait(self, handle: Handle) -> None:
        """Poll to the end."""
        self.api.settle(handle.container_id, handle.jobs[-1] if handle.jobs else None)

    @rule(handle=containers, text=words, rest=FIELDS, patched=st.booleans())
    @on_a_container
    def regenerate(self, handle: Handle, text: str, rest: dict[str, Any], patched: bool) -> None:  # noqa: FBT001 - drawn
        """Regenerate, with a patch or without, and look at once."""
        if not self.purse.pays():
            self.read(handle)
            return
        patch = self.body(text, rest) if patched else rest
        exchange = self.api.regenerate(handle.container_id, patch, key=self.api.key())
        self.follow(handle, exchange)
        self.api.read(handle.container_id)

    @rule(handle=containers, text=plain_words)
    @on_a_container
    def reject_and_regenerate(self, handle: Handle, text: str) -> None:
        """Reject with regeneration, with reads on both sides."""
        if not self.purse.pays():
            self.reject(handle)
            return
        self.api.read(handle.container_id)
        exchange = self.api.reject(handle.container_id, regenerate={"hook": self.api.hook(text)})
        self.follow(handle, exchange)
        self.api.read(handle.container_id)
        self.api.progress(handle.container_id)

    @rule(handle=containers)
    @on_a_container
    def reject(self, handle: Handle) -> None:
        """Reject, with reads on both sides."""
        self.api.read(handle.container_id)
        self.api.reject(handle.container_id)
        self.api.read(handle.container_id)

    @rule(handle=containers)
    @on_a_container
    def approve(self, handle: Handle) -> None:
        """Approve, with reads on both sides."""
        self.api.read(handle.container_id)
        self.api.approve(handle.container_id)
        self.api.read(handle.container_id)

    @rule(handle=containers)
    @on_a_container
    def cancel(self, handle: Handle) -> None:
        """Cancel the latest job."""
        if handle.jobs:
            self.api.cancel(handle.jobs[-1])
        self.api.read(handle.container_id)

    @rule(handle=containers)
    @on_a_container
    def clone(self, handle: Handle) -> None:
        """Clone, where a source post is known."""
        if self.api.target.fixtures.source_post_id and self.purse.pays():
            self.api.read(handle.container_id)
            self.start(self.api.clone_call(handle.container_id, key=self.api.key()))
            self.api.read(handle.container_id)

    @rule(handle=containers)
    @on_a_container
    def assets(self, handle: Handle) -> None:
        """Read every asset."""
        for asset_id in asset_ids_of(answer_of(self.api.read(handle.container_id))):
            self.api.asset(handle.container_id, asset_id)

    @rule(handle=containers)
    def replay(self, handle: Handle) -> None:
        """Send the create again."""
        self.api.send(again(handle.call))

    @rule(handle=containers, text=plain_words)
    def dispute(self, handle: Handle, text: str) -> None:
        """Send another body under the create's key, and the create again."""
        body = {"format": "auto", "brief": {"hook": self.api.hook(text)}}
        if b"sourcePlatformPostId" not in (handle.call.body or b""):
            self.api.send(replace(again(handle.call), body=json.dumps(body).encode()))
            self.api.send(again(handle.call))

    @rule(review=st.booleans(), query=queries, limit=page_sizes)
    def list(self, review: bool, query: dict[str, Any], limit: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Walk a list."""
        self.api.walk(self.project(review=review), query | {"limit": max(limit, 5)})


class Listing(Machine):
    """Lists: walks that creates and changes interrupt, and cursors that are kept, mixed and altered."""

    cursors: Bundle[tuple[dict[str, Any], list[str]]] = Bundle("cursors")

    @rule(form=formats, review=st.booleans())
    def insert(self, form: str, review: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Create a container, as long as it can be paid for."""
        if self.purse.pays():
            self.start(self.api.create_call(self.project(review=review), self.api.brief(), form, key=self.api.key()))

    @rule(target=cursors, query=queries, limit=st.integers(1, 4))
    def first_page(self, query: dict[str, Any], limit: int) -> tuple[dict[str, Any], list[str]]:
        """Read a first page and keep its cursor."""
        return self._page(query | {"limit": limit}, None)

    @rule(target=cursors, kept=cursors)
    def next_page(self, kept: tuple[dict[str, Any], list[str]]) -> tuple[dict[str, Any], list[str]]:
        """Continue from a kept cursor."""
        return self._page(*kept)

    @rule(kept=cursors, query=queries, limit=page_sizes)
    def mixed_page(self, kept: tuple[dict[str, Any], list[str]], query: dict[str, Any], limit: int) -> None:
        """Use a kept cursor under other filters and another page size."""
        self._page(query | {"limit": min(limit, 200)}, kept[1])

    @rule(kept=cursors, cut=st.integers(1, 6))
    def cut_page(self, kept: tuple[dict[str, Any], list[str]], cut: int) -> None:
        """Use a kept cursor that was cut short."""
        self._page(kept[0], [cursor[:-cut] for cursor in kept[1] if len(cursor) > cut])

    @rule(query=queries, limit=page_sizes)
    def walk(self, query: dict[str, Any], limit: int) -> None:
        """Walk to the end."""
        self.api.walk(query=query | {"limit": max(limit, 5)})

    @rule()
    def settle_all(self) -> None:
        """Let every container of the example end."""
        for handle in self.handles:
            if handle.container_id:
                self.api.settle(handle.container_id)

    def _page(self, query: dict[str, Any], cursor: list[str] | None) -> tuple[dict[str, Any], list[str]]:
        pairs = [
            (name, item) for name, value in query.items() for item in (value if isinstance(value, list) else [value])
        ]
        exchange = self.api.page(query=pairs + [("cursor", text) for text in cursor or []])
        following = text_in(exchange, "nextCursor") if status_of(exchange) == 200 else None
        return query, [following] if following else []


class Keys(Machine):
    """Idempotency: a few keys over bodies, projects, operations and organizations, so that the same key meets different requests.

    All examples use the same keys: only the first call of each at a place costs a generation.
    """

    @initialize(text=plain_words)
    def begin(self, text: str) -> None:
        """Fix the keys and the bodies."""
        if self.purse.ring is None:
            plain, tagged = ({"hook": self.api.hook(text)} for _ in range(2))
            briefs = (plain, tagged | {"themeTags": ["a", "b"]}, tagged | {"themeTags": ["b", "a"]})
            bodies = [{"format": "video_remix", "brief": brief} for brief in briefs]
            found = self.purse.take()
            self.purse.ring = KeyRing([self.api.key() for _ in briefs], bodies, found.container_id if found else None)
        self.ring = self.purse.ring

    def _price(self, where: str, key: int) -> int | None:
        """Return what a call under a key costs at a place: nothing but for the first one; None where that cannot be paid for."""
        fresh = (where, key) not in self.ring.used
        if fresh and not self.purse.pays():
            return None
        self.ring.used.add((where, key))
        return int(fresh)

    def _call(self, project: str, key: int, body: int, costs: int, **more: Any) -> Call:
        path = path_to("projects", project, "content")
        sent, key_sent = self.ring.bodies[body], self.ring.keys[key]
        return self.api.call("POST", path, sent, key=key_sent, means_valid=True, costs=costs, **more)

    @rule(key=st.integers(0, 2), body=st.integers(0, 2), review=st.booleans(), other=st.booleans())
    def create(self, key: int, body: int, review: bool, other: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """Send a body under a key to a project, with the API key of either organization."""
        target = self.api.target.target
        theirs = target.other_project_id if other and self.api.session.has_actor(OTHER) else None
        foreign = theirs is not None
        project = self.project(review=review) if theirs is None else theirs
        costs = self._price(project, key)
        if costs is None:
            return
        handle = self.start(self._call(project, key, body, costs, **({"actor": OTHER} if foreign else {})))
        if foreign:
            self.handles.remove(handle)
        elif self.ring.source is None:
            self.ring.source = handle.container_id or None

    @rule(key=st.integers(0, 2))
    def refused(self, key: int) -> None:
        """Send an invalid body under a key."""
        path = path_to("projects", self.project(review=False), "content")
        self.api.send(self.api.call("POST", path, {"format": "auto", "brief": {"hook": 7}}, key=self.ring.keys[key]))

    @rule(key=st.integers(0, 2), tag=st.sampled_from(("x", "y")))
    def regenerate(self, key: int, tag: str) -> None:
        """Regenerate one container under a key."""
        source = self.ring.source
        costs = self._price("regenerate", key) if source is not None else None
        if source is None or costs is None:
            return
        self.api.settle(source)
        self.api.regenerate(source, {"themeTags": [tag]}, key=self.ring.keys[key], costs=costs)

    @rule(key=st.integers(0, 2), body=st.integers(0, 2), width=st.integers(2, 5))
    def together(self, key: int, body: int, width: int) -> None:
        """Send the same call several times at once."""
        project = self.project(review=False)
        costs = self._price(project, key)
        if costs is not None:
            call = self._call(project, key, body, costs)
            self.api.send_together([call, *[again(call)] * (width - 1)])

    @rule()
    def look(self) -> None:
        """Look for orphan containers."""
        sweep(self.api)
