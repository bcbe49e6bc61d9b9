"""How the exchanges of a history hang together: which answer gave what a request names, and which calls may have changed it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from conformance.client.answers import answer_of
from conformance.client.exchange import Exchange, path_and_query
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import unquoted

SHORTEST = 5
"""The fewest characters of a text that is taken for an id, a cursor or a tag that a target has given."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_TEXTS = re.compile(rb'"([^"\\]{%d,2000})"' % SHORTEST)
TAGS = re.compile(r'(?:W/)?"[^"]*"')
"""The tags in a header (RFC 9110, section 8.8.3)."""
_FILTERS = frozenset({"status", "format", "limit"})
_CLOCK = ""
_MADE = ("jobId", "containerId", "id")


class Dependencies:
    """The links within one history, whose exchanges are given in judging order."""

    def __init__(self, exchanges: Iterable[Exchange], clock_url: str | None = None) -> None:
        self.exchanges: Sequence[Exchange] = tuple(exchanges)
        self.positions = {exchange.id: number for number, exchange in enumerate(self.exchanges)}
        self._clock_url = clock_url
        self._things: dict[str, frozenset[str]] = {}

    @cached_property
    def _given(self) -> dict[str, Exchange]:
        """The exchange whose answer showed a text first."""
        found: dict[str, Exchange] = {}
        for exchange in sorted(self.exchanges, key=lambda each: each.received_at):
            for text in answered(exchange):
                found.setdefault(text, exchange)
        return found

    @cached_property
    def _sent(self) -> dict[str, float]:
        """When a text was first sent."""
        found: dict[str, float] = {}
        for exchange in self.exchanges:
            for text in named_by(exchange):
                found[text] = min(found.get(text, exchange.sent_at), exchange.sent_at)
        return found

    @cached_property
    def _keys(self) -> dict[str, Exchange]:
        """The exchange that carried an Idempotency-Key first."""
        found: dict[str, Exchange] = {}
        for exchange in sorted(self.exchanges, key=lambda each: each.sent_at):
            key = exchange.request.header("idempotency-key")
            if key:
                found.setdefault(key, exchange)
        return found

    @cached_property
    def _changes(self) -> dict[str, list[Exchange]]:
        """The calls that may have changed a thing, by its id; those that moved the clock are under `_CLOCK`."""
        found: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            if exchange.request.method in _READS or is_refused(exchange):
                continue
            is_clock = self._clock_url is not None and exchange.request.url == self._clock_url
            for thing in (_CLOCK,) if is_clock else (*self.things(exchange), *self._archived_by(exchange)):
                found.setdefault(thing, []).append(exchange)
        return found

    def _archived_by(self, exchange: Exchange) -> set[str]:
        """Return the containers of the project that a call archives."""
        if exchange.request.method != "DELETE":
            return set()
        project = unquoted(path_and_query(exchange.request.url)[0].rpartition("/")[2])
        return self._homes.get(project, set())

    @cached_property
    def _homes(self) -> dict[str, set[str]]:
        """The containers that were made in a project, by its id."""
        found: dict[str, set[str]] = {}
        for envelope in (answer_of(exchange) for exchange in self.exchanges if has_begun(exchange)):
            if isinstance(envelope.get("containerId"), str):
                found.setdefault(str(envelope.get("projectId")), set()).add(envelope["containerId"])
        return found

    @cached_property
    def _ends(self) -> dict[str, list[float]]:
        """When a container or job was seen to have ended, by its id."""
        found: dict[str, list[float]] = {}
        for exchange in self.exchanges:
            told = answer_of(exchange) if exchange.request.method == "GET" else {}
            if is_terminal(told.get("status")):
                found.setdefault(str(told.get("jobId", told.get("id"))), []).append(exchange.received_at)
        return found

    def with_ends(self, story: Sequence[Exchange]) -> Iterator[tuple[Exchange, list[tuple[str, str, str]]]]:
        """Yield each exchange of a history with the generations that the run had seen to end before, each once.

        An end is the kind of the thing that had shown it (`content` or `jobs`), its id, and the actor who had begun the generation.
        """
        begun: dict[str, Exchange] = {}
        for exchange in story:
            ends = []
            for container, beginning in list(begun.items()):
                for kind, name in (("content", container), ("jobs", str(answer_of(beginning).get("jobId")))):
                    if any(beginning.sent_at <= end <= exchange.sent_at for end in self._ends.get(name, ())):
                        ends.append((kind, name, beginning.actor))
                        del begun[container]
                        break
            yield exchange, ends
            made = answer_of(exchange).get("containerId")
            if has_begun(exchange) and isinstance(made, str):
                begun[made] = exchange

    @cached_property
    def _kin(self) -> dict[str, set[str]]:
        """The containers that were made from one, and that one by each of them."""
        found: dict[str, set[str]] = {}
        for exchange in self.exchanges:
            if exchange.request.method in _READS or exchange.response is None or exchange.response.status >= 300:
                continue
            made = next((text for text in _ids(exchange.response.body, ("containerId",))), None)
            sources = self.taken(exchange).keys() & set(path_and_query(exchange.request.url)[0].split("/"))
            for source in sources if made else ():
                if source != made and looks_like_id(source):
                    found.setdefault(source, set()).add(str(made))
                    found.setdefault(str(made), set()).add(source)
        return found

    def giver(self, text: str) -> Exchange | None:
        """Return the exchange whose answer gave a text to the caller, None where the caller had it before."""
        giver = self._given.get(text)
        return giver if giver is not None and self._sent.get(text, giver.received_at) >= giver.received_at else None

    def taken(self, exchange: Exchange) -> dict[str, Exchange]:
        """Return what a request takes from earlier answers, each with the exchange that gave it."""
        found = {text: self.giver(text) for text in named_by(exchange)}
        return {
            text: giver for text, giver in found.items() if giver is not None and giver.received_at <= exchange.sent_at
        }

    def closure(self, exchanges: Iterable[Exchange], told: str = "") -> list[Exchange]:
        """Return exchanges with all that their requests, and a sentence that tells of them, depend on, in judging order."""
        found: dict[str, Exchange] = {}
        waiting = list(exchanges)
        last = max((each.received_at for each in waiting), default=0.0)
        named = (self.giver(word) for word in re.split(r"[\s,;:\"']+|\.(?=\s|$)", told) if looks_like_id(word))
        waiting += [giver for giver in named if giver is not None and giver.received_at <= last]
        while waiting:
            exchange = waiting.pop()
            if exchange.id in found:
                continue
            found[exchange.id] = exchange
            waiting += self.taken(exchange).values()
            first = self._keys.get(exchange.request.header("idempotency-key") or "")
            if first is not None:
                waiting.append(first)
        return self.ordered(found.values())

    @cached_property
    def _jobs(self) -> dict[tuple[str, str, str], Exchange]:
        """The exchange that was answered with a job first, by the URL, the Idempotency-Key and the job."""
        found: dict[tuple[str, str, str], Exchange] = {}
        for exchange in self.exchanges:
            key = exchange.request.header("idempotency-key")
            if key and has_begun(exchange):
                found.setdefault((exchange.request.url, key, str(answer_of(exchange).get("jobId"))), exchange)
        return found

    def is_replay(self, exchange: Exchange) -> bool:
        """Return whether a call was sent under its key before, and is answered with the job that it began then."""
        key = exchange.request.header("idempotency-key") or ""
        first = self._jobs.get((exchange.request.url, key, str(answer_of(exchange).get("jobId"))))
        return first is not None and first is not exchange

    def reads_between(self, things: Iterable[str], begin: float, end: float) -> list[Exchange]:
        """Return the reads in a span of time that name one of some things, or were answered with it."""
        wanted = set(things)
        return [
            each
            for each in self.exchanges
            if each.request.method in _READS
            and begin <= each.sent_at < end
            and not (wanted.isdisjoint(self.things(each)) and wanted.isdisjoint(answered(each)))
        ]

    def surprises_between(self, things: Iterable[str], begin: float, end: float) -> list[Exchange]:
        """Return the writes in a span of time that should have changed none of some things: refused ones, and those on a clone or its source."""
        own = {thing for thing in things if looks_like_id(thing)}
        kin = {other for thing in own for other in self._kin.get(thing, ())}
        return [
            each
            for each in self.exchanges
            if each.request.method not in _READS
            and begin <= each.sent_at < end
            and not (own if is_refused(each) else kin).isdisjoint(self.things(each))
        ]

    def ordered(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges in judging order."""
        return sorted(exchanges, key=lambda each: self.positions[each.id])

    def things(self, exchange: Exchange) -> frozenset[str]:
        """Return the ids of containers and jobs that an exchange names or makes, and its Idempotency-Key."""
        if exchange.id not in self._things:
            self._things[exchange.id] = self._things_of(exchange)
        return self._things[exchange.id]

    def _things_of(self, exchange: Exchange) -> frozenset[str]:
        found = set(self.taken(exchange))
        if exchange.request.method not in _READS and exchange.response is not None and exchange.response.status < 300:
            found |= set(_ids(exchange.response.body))
        key = exchange.request.header("idempotency-key")
        return frozenset(found | {key} if key else found)

    def clock_moves(self, end: float) -> list[Exchange]:
        """Return the calls until a moment that moved the clock."""
        return [each for each in self._changes.get(_CLOCK, ()) if each.sent_at <= end]

    def changes_between(self, things: Iterable[str], begin: float, end: float) -> list[Exchange]:
        """Return the calls in a span of time that may have changed one of some things, and those that moved the clock."""
        found = {
            exchange.id: exchange
            for thing in (*things, _CLOCK)
            for exchange in self._changes.get(thing, ())
            if begin <= exchange.sent_at <= end
        }
        return self.ordered(found.values())


def is_refused(exchange: Exchange) -> bool:
    """Return whether a call was answered 4xx, which promises that it did nothing."""
    return exchange.response is not None and 400 <= exchange.response.status < 500


def are_one(one: Exchange, other: Exchange) -> bool:
    """Return whether two requests are the same read by the same caller."""
    return (one.actor, one.request.method, one.request.url) == (other.actor, other.request.method, other.request.url)


def has_begun(exchange: Exchange) -> bool:
    """Return whether a call was answered as one that begins a generation, or stops one."""
    is_read = exchange.request.method in _READS
    return not is_read and exchange.response is not None and exchange.response.status == HTTPStatus.ACCEPTED


def named_by(exchange: Exchange) -> Iterator[str]:
    """Return the texts that a request carries where an id, a cursor or a tag may stand."""
    request = exchange.request
    path, query = path_and_query(request.url)
    for step in path.split("/"):
        if len(step) >= SHORTEST:
            yield unquoted(step)
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if len(value) >= SHORTEST and name not in _FILTERS:
            yield unquoted(value)
    for text in _TEXTS.findall(request.body or b""):
        value = text.decode("utf-8", "replace")
        if looks_like_id(value):
            yield value
    yield from TAGS.findall(request.header("if-none-match") or "")


def looks_like_id(text: str) -> bool:
    """Return whether a text may be an id, and no word of the documents such as `completed`."""
    return len(text) >= SHORTEST and any(each.isdigit() for each in text) and not any(each.isspace() for each in text)


def answered(exchange: Exchange) -> Iterator[str]:
    """Return the texts of an answer that may be an id, a cursor or a tag."""
    response = exchange.response
    if response is None:
        return
    for text in _TEXTS.findall(response.body):
        yield text.decode("utf-8", "replace")
    tag = response.header("etag")
    if tag:
        yield tag


def _ids(body: bytes, names: Sequence[str] = _MADE) -> Iterator[str]:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict):
        yield from (value[name] for name in names if isinstance(value.get(name), str))
