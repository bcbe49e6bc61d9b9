"""A larger history of a finding than the smallest: a target may need what the checks do not.

The smallest history holds what the checks need to see a defect. What a target needs to show it may be gone: an earlier call of the same kind, a
cancel of another container, a read that filled a cache, a container that a filter leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.client.answers import answer_of, items_of
from conformance.client.exchange import READING, Exchange
from conformance.history.observation import MARK
from conformance.replay.dependencies import Dependencies, has_begun, is_refused, looks_like_id

KEY = "idempotency-key"
DECISIONS = ("/approve", "/reject")
MOST_OF_DRIVER, MOST_OF_OTHERS = 30, 15
"""Exchanges that are taken of the driver that found it, and of the others, the latest, beside those that their requests depend on."""


def wider(links: Dependencies, smallest: Sequence[Exchange]) -> list[str]:
    """Return the exchanges of a larger history; none where the smallest holds them all.

    A driver provokes what it finds by the calls that it makes before. Of the other drivers the calls are taken which name what the last request
    names, or may have changed what the smallest history is about; and where that ends in a list, which shows what anyone made, all writes.
    """
    decisive = smallest[-1]
    before = [each for each in links.exchanges if each.sent_at < decisive.sent_at]
    own = [each for each in before if each.driver == decisive.driver]
    # The name of a member of an answer, which stands in a path too, is no id.
    named = {thing for thing in links.things(decisive) if looks_like_id(thing)}
    changed = {
        each.id
        for each in links.changes_between(
            {thing for one in smallest for thing in links.things(one)}, 0.0, decisive.sent_at
        )
    }
    moves = links.clock_moves(decisive.sent_at)
    is_move = {each.id for each in moves}
    marks = _marks(decisive)
    is_list = isinstance(answer_of(decisive).get("items"), list)
    others = [
        each
        for each in before
        if each.driver != decisive.driver
        and each.id not in is_move
        and (
            each.id in changed
            or not named.isdisjoint(links.things(each))
            or (has_begun(each) and not marks.isdisjoint(_marks(each)))
            or (is_list and each.request.method not in READING and not is_refused(each))
        )
    ]
    # What is sent under one key may be spread over a day of the target's clock, with much in between.
    key = decisive.request.header(KEY)
    under_its_key = [each for each in before if key is not None and each.request.header(KEY) == key]
    latest = [
        *_without_polls(own)[-MOST_OF_DRIVER:],
        *_without_polls(others)[-MOST_OF_OTHERS:],
        *under_its_key[-MOST_OF_OTHERS:],
        *_decided_alike(smallest, before, links)[-MOST_OF_OTHERS:],
        *_replays(smallest, before, links)[-MOST_OF_OTHERS:],
        *moves[-MOST_OF_OTHERS:],
    ]
    found = links.closure([*smallest, *_first_shown(named, before, decisive), *latest])
    at_once = [each for each in links.exchanges if each.sent_at < decisive.received_at]
    beside = (*_under_way(smallest, links), *_begun_meanwhile(smallest, links))
    found = links.closure([*found, *_together(found, at_once), *beside])
    return [each.id for each in found] if len(found) > len(smallest) else []


def between_pages(links: Dependencies, smallest: Sequence[Exchange]) -> list[str]:
    """Return a smallest history with what was done between its pages to the containers that they show; nothing where nothing was.

    A target may look for the place of a cursor by the container that stood there.
    """
    pages = [each for each in smallest if items_of(each)]
    shown = {str(item.get("id")) for page in pages for item in items_of(page)}
    between = links.changes_between(shown, pages[0].received_at, pages[-1].sent_at) if len(pages) > 1 else ()
    more = [each.id for each in between if each not in smallest]
    return [*(each.id for each in smallest), *more] if more else []


def _decided_alike(smallest: Iterable[Exchange], before: Iterable[Exchange], links: Dependencies) -> list[Exchange]:
    """Return the decisions on containers that were made of the same brief as one of some creates, which a target may have kept with it."""
    marks = {mark for each in smallest if has_begun(each) for mark in _marks(each)}
    alike = {
        thing
        for each in before
        if has_begun(each) and not marks.isdisjoint(_marks(each))
        for thing in links.things(each)
    }
    return [
        each for each in before if each.request.url.endswith(DECISIONS) and not alike.isdisjoint(links.things(each))
    ]


def _replays(smallest: Iterable[Exchange], before: Iterable[Exchange], links: Dependencies) -> list[Exchange]:
    """Return the replays of calls on what the smallest history is about: a target may do once more what they had done."""
    things = {thing for one in smallest for thing in links.things(one)}
    return [each for each in before if links.is_replay(each) and not things.isdisjoint(links.things(each))]


def _first_shown(named: set[str], before: Iterable[Exchange], decisive: Exchange) -> list[Exchange]:
    """Return the first list that showed what the last request names, since a target may keep what it has shown."""
    shown = (
        each
        for each in before
        if each.actor == decisive.actor and any(str(item.get("id")) in named for item in items_of(each))
    )
    first = next(shown, None)
    return [] if first is None else [first]


def _together(found: Sequence[Exchange], before: Iterable[Exchange]) -> list[Exchange]:
    """Return the writes that were under way together with one that is taken: what they met in may need them all."""
    writes = [each for each in found if each.request.method not in READING]
    return [
        each
        for each in before
        if each.request.method not in READING
        and any(each.sent_at < one.received_at and one.sent_at < each.received_at for one in writes)
    ]


def _under_way(smallest: Iterable[Exchange], links: Dependencies) -> list[Exchange]:
    """Return what had begun the generations that were under way in the project when one of some exchanges began another."""
    return [each for one in smallest if has_begun(one) for each in links.under_way_at(one)][-MOST_OF_OTHERS:]


def _begun_meanwhile(smallest: Sequence[Exchange], links: Dependencies) -> list[Exchange]:
    """Return what began other generations in the same project while the last one that the smallest history began was under way."""
    maker = next((each for each in reversed(smallest) if has_begun(each)), None)
    if maker is None:
        return []
    began = (each for each in links.begun_beside(maker) if maker.sent_at < each.sent_at < smallest[-1].sent_at)
    return [each for each in began if maker in links.under_way_at(each)][:MOST_OF_OTHERS]


def _marks(exchange: Exchange) -> set[str]:
    """Return the marks that a request bears: what sent the same brief before bears them too."""
    return set(MARK.findall((exchange.request.body or b"").decode("utf-8", "replace")))


def _without_polls(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return exchanges without the reads that are repeated before anything else is written."""
    kept: dict[tuple[str, ...], Exchange] = {}
    writes = 0
    for each in exchanges:
        is_read = each.request.method in READING
        writes += not is_read
        kept[(str(writes), each.actor, each.request.url) if is_read else (each.id,)] = each
    return sorted(kept.values(), key=lambda each: each.sent_at)
