"""Containers in the states that drivers need, each made once and shared, since every one costs the target's owner money."""

from __future__ import annotations

import json
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from conformance.client.answers import answer_of, asset_ids_of, items_of, needed, status_of, text_in
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.contract.lifecycle import is_terminal
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.suite.calls import AlikeKeys, altered, cancel_begun, running_tag, tried_by_strangers, used_in_vain
from strategies.hostile import SEVERAL_TEXTS
from strategies.samples import LONG_HOOK

COMPOSED = "\u00e9"
IN_REVIEW, IN_ANOTHER_FORMAT, BY_ITS_HOOK = "alike in review", "alike in another format", "alike by its hook"
"""Names of containers whose creates have a part of the first one's in common."""
LIMITS = (400, 413, 422)
"""Status codes with which a target may refuse a valid brief because of a limit that no page states."""


@dataclass(slots=True)
class Made:
    """A container that a driver created: its ids, its create, its latest known shape, and the time (seconds since the epoch)."""

    container_id: str
    job_id: str
    call: Call
    shape: dict[str, Any]
    made_at: float = field(default_factory=time.time)

    @classmethod
    def of(cls, call: Call, exchange: Exchange) -> Made:
        """Return what a call made; raises NotReached where its answer names no container or no job."""
        return cls(needed(exchange, "containerId"), needed(exchange, "jobId"), call, {})

    @property
    def key(self) -> str | None:
        """The Idempotency-Key of its create."""
        return next((value for name, value in self.call.headers if name == "Idempotency-Key"), None)

    @property
    def asset_id(self) -> str:
        """The id of its first asset; raises NotReached where it has none."""
        found = asset_ids_of(self.shape)
        if not found:
            raise NotReached(f"container {self.container_id} shows no asset")
        return found[0]


class Stock:
    """Makes what drivers ask for when it is first asked for, and returns the same thing afterwards.

    A driver that asks for what another one is making waits until it is there. What could not be made is not tried again: every driver that
    needs it gets the same reason. `further` are containers of the other organization, and further accepted calls with a key; `finished` are
    containers that no driver needs any more, and whose keys still hold.

    `made` and `begun` are what an earlier part of the run has made, or has begun to make; `keep` notes each for a later part, with whether it
    has only begun.
    """

    def __init__(
        self,
        api: Api,
        *,
        made: Mapping[str, Made] = MappingProxyType({}),
        begun: Mapping[str, Made] = MappingProxyType({}),
        keep: Callable[[str, Made, bool], object] = lambda _name, _made, _is_begun: None,
    ) -> None:
        self.api = api
        self._keep = keep
        self._made: dict[str, Made | NotReached] = {**made}
        self._making: set[str] = set()
        self._begun: dict[str, Made | NotReached] = {**begun}
        self._thread = threading.local()
        self._running_tag: str | None = None
        self.further: list[Made] = []
        self.finished: list[Made] = []
        self._keys = AlikeKeys()

    def once(self, name: str, make: Callable[[], Made], kept: dict[str, Made | NotReached] | None = None) -> Made:
        """Return what was made under a name, by `make` where nothing was yet; raises NotReached again where it could not be made."""
        known = self._made if kept is None else kept
        self.api.session.waiting.until(lambda: name not in self._making)
        if name not in known:
            self._making.add(name)
            before, self._thread.name = getattr(self._thread, "name", None), name
            try:
                made = known[name] = make()
                self._keep(name, made, known is self._begun)
            except NotReached as reason:
                known[name] = reason
            finally:
                self._making.discard(name)
                self._thread.name = before
        found = known[name]
        if isinstance(found, NotReached):
            raise NotReached(str(found))
        return found

    def has(self, name: str) -> bool:
        """Return whether something was made already or is being made, so that asking for it costs nothing."""
        return isinstance(self._made.get(name), Made) or name in self._making

    def put(self, name: str, made: Made) -> Made:
        """Keep a container that a driver created under a name."""
        self._made[name] = made
        self._keep(name, made, False)  # noqa: FBT003 - a callable has no keywords
        return made

    def made(self) -> list[Made]:
        """Return everything that was made so far, but for what may not be there any more."""
        return [made for name, made in self._made.items() if isinstance(made, Made) and name != "spare"]

    def found(self, name: str) -> Made | None:
        """Return what was made under a name, or None where it was not."""
        return made if isinstance(made := self._made.get(name), Made) else None

    def start(self, call: Call, *plainer: Call) -> Made:
        """Send a create or a clone, and read its container at once; raises NotReached where the answer names no container.

        The `plainer` calls are sent one after the other as long as a limit that no page states refuses the one before. What an earlier part
        of the run has begun under the name that is being made is taken in their place.
        """
        name = getattr(self._thread, "name", None)
        begun = self._begun.get(name) if name else None
        if isinstance(begun, Made):
            return begun
        call, exchange = self._taken(call, *plainer)
        made = Made.of(call, exchange)
        made.shape = answer_of(self.api.read(made.container_id))
        if name:
            self._keep(name, made, True)  # noqa: FBT003 - a callable has no keywords
        return made

    def _taken(self, call: Call, *plainer: Call) -> tuple[Call, Exchange]:
        """Return the first of the calls that no limit refused, or the last one, with its answer."""
        exchange = self.api.send(call)
        for following in plainer:
            if status_of(exchange) not in LIMITS:
                break
            call, exchange = following, self.api.send(following)
        return call, exchange

    def finish(self, made: Made) -> Made:
        """Poll a container, its job and its progress to their end."""
        if not is_terminal(made.shape.get("status")):
            self.api.progress(made.container_id)
        made.shape = self.api.settle(made.container_id, made.job_id)
        self.api.job(made.job_id)
        self.api.progress(made.container_id)
        return made

    def complete(self, made: Made) -> Made:
        """Finish a container; raises NotReached where it did not complete."""
        self.finish(made)
        if made.shape.get("status") != "completed":
            raise NotReached(f"container {made.container_id} ended as {made.shape.get('status')}, not as completed")
        return made

    def first(self) -> Made:
        """Return the container of the plain project that is watched from its create on, replayed and disputed meanwhile."""
        return self.once("first", self._complete_first)

    def first_call(self) -> Call:
        """Return the create of the first container, which may be in flight: for drivers that need no more of it than its key and body."""
        return self.once("begun", self._begin_first, self._begun).call

    def _begin_first(self) -> Made:
        api = self.api
        briefs = (api.telling_brief("lists that are no sets"), api.full_brief())
        call, exchange = self._taken(*(api.create_call(brief=brief, key=api.key()) for brief in briefs))
        made = Made.of(call, exchange)
        made.shape = answer_of(api.read(made.container_id))
        location = text_in(exchange, "locationUrl")
        if location:
            # A location to which no API key may be sent leaves CRE-3 unexercised, and nothing else.
            with suppress(NotReached):
                api.job_at(location)
        api.send(again(call))
        api.send(disputed(api, made))
        api.send(again(call))
        self._running_tag = running_tag(api.job(made.job_id))
        return made

    def _complete_first(self) -> Made:
        made = self.complete(self.once("begun", self._begin_first, self._begun))
        if self._running_tag:
            self.api.job(made.job_id, headers={"If-None-Match": self._running_tag})
        return made

    def other_format(self, name: str) -> Made:
        """Return a completed container of a format, slideshows with a telling brief."""
        if name == "slideshow_remix":
            return self.once(name, lambda: self.complete(self._start_slideshow(name)))
        return self.once(name, lambda: self.complete(self.start_format(name)))

    def start_format(self, name: str) -> Made:
        """Create a container of a format with a key used in vain."""
        api = self.api
        return self.start(api.create_call(brief=api.brief(), format=name, key=used_in_vain(api, api.key())))

    def start_telling(self, telling: str, format: str, project: str | None = None) -> Made:  # noqa: A002 - the API's own name
        """Create a container with a telling brief and a key used in vain, and plainly where a limit that no page states refuses it."""
        api = self.api
        tried = (api.telling_brief(telling), used_in_vain(api, api.key(), project)), (api.full_brief(), api.key())
        return self.start(*(api.create_call(project, brief, format, key=key) for brief, key in tried))

    def _start_slideshow(self, name: str) -> Made:
        api = self.api
        brief = api.telling_brief("texts that look like lists")
        # Without a project with review, a gate has no other create under a key that its owner used in vain (IDM-14).
        used = tried_by_strangers if api.target.target.review_project_id else used_in_vain
        parted, plain = self._keys.both_ending(1)
        keys = (used(api, parted), plain, api.key(), api.key())
        briefs = (brief, brief, brief, api.full_brief())
        calls = (api.create_call(brief=text, format=name, key=key) for text, key in zip(briefs, keys, strict=True))
        made = self.start(*calls)
        self._keys.are_parted = made.key == parted
        return made

    def failed(self) -> Made:
        """Return a container whose generation failed; raises NotReached where no failing brief is configured."""
        return self.once("failed", self._make_failed)

    def _make_failed(self) -> Made:
        api = self.api
        keys = (self._keys.in_upper_case, api.key())
        calls = (api.create_call(brief=api.failing_brief(), format="auto", key=key) for key in keys)
        made = self.finish(self.start(*calls))
        if made.shape.get("status") != "failed":
            raise NotReached(f"the failing brief ended as {made.shape.get('status')} (fixtures.failing_brief)")
        return made

    def pending(self, name: str, format: str = "ugc_remix") -> Made:  # noqa: A002 - the API's own name
        """Return a completed container of the review project, kept under a name that the driver chooses."""
        return self.once(name, lambda: self.complete(self._start_pending(format)))

    def _start_pending(self, format: str) -> Made:  # noqa: A002 - the API's own name
        return self.start_telling("texts that look like other types", format, self.api.review_project)

    def to_approve(self) -> Made:
        """Return a completed slideshow of the review project, which one driver approves, others clone it, and one regenerates it."""
        return self.pending("approved", "slideshow_remix")

    def across(self) -> Made:
        """Return a completed container of the review project that was created with the key and the body of the first one (IDM-9)."""
        return self.once("across", self._make_across)

    def _make_across(self) -> Made:
        api = self.api
        try:
            first = self.first_call()
            made = self.start(replace(first, path=first.path.replace(api.project, api.review_project)))
        except NotReached:
            # Whether the key is free in another project is for the checks to say; the review needs a container all the same.
            made = self._start_pending("ugc_remix")
        return self.complete(made)

    def odd(self) -> Made:
        """Return a container whose hook and tags are full of odd texts, as far as the target accepts them, in flight at first."""
        return self.once("odd", self._start_odd)

    def _start_odd(self) -> Made:
        api = self.api
        hooks = [" ".join((*SEVERAL_TEXTS, api.hook("\u201cEvenings\u201d"))) for _ in range(2)]
        tags, media = list(SEVERAL_TEXTS), list(api.target.fixtures.reference_media_ids[:1])
        briefs: tuple[dict[str, Any], ...] = (
            {"hook": f"  {LONG_HOOK * 20}{hooks[0]}  ", "themeTags": tags, "targetPlatforms": ["tiktok", "youtube"]}
            | {"referenceMediaIds": media, "language": "en-US"},
            {"hook": hooks[1], "themeTags": tags, "referenceMediaIds": media},
            {"hook": f"Caf\u00e9 \U0001f680 {api.hook()}"},
            api.full_brief() | {"hook": api.hook("Nothing odd")},
        )
        # What many targets refuse, and some accept and then lose.
        briefs = (briefs[0] | {"hook": f"{briefs[0]['hook']}\0."}, *briefs)
        keys = (self._keys.ending(2), self._keys.ending(3), api.key(), api.key(), api.key())
        calls = (
            api.create_call(brief=brief, format="ugc_remix", key=key) for brief, key in zip(briefs, keys, strict=True)
        )
        return self.start(*calls)

    def spare(self) -> Made:
        """Return a container that is there for calls that no page documents, and that may not survive them.

        It is the canceled twin where there is one, since nobody needs that any more, and else a completed container of its own.
        """
        if self.has("canceled twin"):
            return self.twins()[1]
        return self.once("spare", lambda: self.complete(self.start(self.api.create_call(key=self.api.key()))))

    def composed(self, made: Made) -> bool:
        """Return whether a container's create contains a composed letter."""
        return COMPOSED.encode() in (made.call.body or b"")

    def decomposed(self, made: Made) -> Call:
        """Return a container's create with its composed letters decomposed: another body under the same key."""
        body = (made.call.body or b"").replace(COMPOSED.encode(), unicodedata.normalize("NFD", COMPOSED).encode())
        return replace(again(made.call), body=body)

    def twins(self) -> tuple[Made, Made]:
        """Return two containers of the first one's body, created at the same instant without a key; the second was canceled at once."""
        return self.once("twin", self._make_twins), self.once("canceled twin", self._make_twins)

    def _make_twins(self) -> Made:
        api = self.api
        body = body_of(self.first_call())
        call = api.create_call(brief=body["brief"], format=body["format"])
        exchanges = api.send_together([call, call])
        one, two = (Made.of(call, exchange) for exchange in exchanges)
        self.put("canceled twin", two)
        two.shape = cancel_begun(api, exchanges[1])
        return self.complete(one)

    def alike(self, name: str) -> Made:
        """Return a container, perhaps in flight, of the first one's body in another project, its brief in another format, or its hook alone."""
        api, body = self.api, body_of(self.first_call())
        if name == IN_REVIEW:
            call = api.create_call(api.target.target.review_project_id, body["brief"], body["format"], key=api.key())
        elif name == IN_ANOTHER_FORMAT:
            call = api.create_call(brief=body["brief"], format="ugc_remix", key=api.key())
        else:
            call = api.create_call(brief={"hook": body["brief"]["hook"]}, format="slideshow_remix")
        return self.once(name, lambda: self.start(call))

    def fresh(self, name: str, project: str | None = None) -> Made:
        """Return a container that was just created, in flight unless the target is instant, kept under a name that the driver chooses."""
        brief = self.api.brief(targetPlatforms=[], themeTags=[], language="pt-BR")
        call = self.api.create_call(project, brief, "slideshow_remix", key=self.api.key())
        return self.put(name, self.start(call))


def body_of(call: Call) -> dict[str, Any]:
    """Return the JSON object that a call sends."""
    value: dict[str, Any] = json.loads(call.body or b"{}")
    return value


def again(call: Call) -> Call:
    """Return the replay of a call: the same key and body, which may start nothing."""
    return Call(call.method, call.path, call.actor, call.headers, call.body, means_valid=call.means_valid)


def disputed(api: Api, made: Made, brief: dict[str, Any] | None = None) -> Call:
    """Return a create with the key of a container's create and another brief, the full one unless it is given."""
    body = {"format": "video_remix", "brief": brief or api.full_brief()}
    return api.call("POST", made.call.path, body, key=made.key, means_valid=True)


def differing_at_its_end(call: Call) -> Call:
    """Return a create with the same key and a body of the same length that differs in its last tag, or else in the hook's last character."""
    body = body_of(call)
    brief = dict(body["brief"])
    if brief.get("themeTags"):
        brief["themeTags"] = [*brief["themeTags"][:-1], altered(brief["themeTags"][-1])]
    else:
        brief["hook"] = altered(brief["hook"])
    return replace(again(call), body=json.dumps(body | {"brief": brief}, ensure_ascii=False).encode())


def accepted(exchange_status: int | None) -> bool:
    """Return whether a call was accepted."""
    return exchange_status is not None and 200 <= exchange_status < 300


def sweep(api: Api, *projects: str, whole: bool = False) -> None:
    """Walk whole lists and read every container that no answer has named, so that orphan containers are found.

    In a crowded project the walk ends at the first page without anything new, since lists begin with the newest (LST-10),
    unless `whole` is given.
    """
    for project in projects or (api.project,):
        for page in api.pages(project, {"limit": WHOLE}):
            ids = [item.get("id") for item in items_of(page)]
            new = [name for name in ids if isinstance(name, str) and not api.is_known(name)]
            for container_id in new:
                api.know(container_id)
                api.read(container_id)
            if project in api.lists.crowded and not new and not whole:
                break


def watched(api: Api, made: Made, *calls: Call) -> None:
    """Send calls one by one, with the container read twice before the first and once after each, and its progress at the end."""
    api.read(made.container_id)
    api.read(made.container_id)
    for call in calls:
        exchange = api.send(call)
        if status_of(exchange) is not None:
            api.read(made.container_id)
    api.progress(made.container_id)
