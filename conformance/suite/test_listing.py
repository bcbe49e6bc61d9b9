"""Lists: walks of every page size, filters and their combinations, cursors kept, mixed, cut and altered, and inserts meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any
from uuid import uuid4

from conformance.client.answers import items_of, text_in
from conformance.client.call import Call
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import SEPARATORS, altered, begin, by_each_status_in_flight, in_turns
from conformance.suite.stock import Made, Stock, again, differing_at_its_end, sweep
from strategies import hostile
from strategies.samples import FORMATS, KINDS, STATUSES

PAIRS = 5
"""Pairs of keys that are nearly alike."""


def cursor_of(api: Api, query: dict[str, Any], project: str | None = None) -> str | None:
    """Return the cursor of a first page, or None where the list has one page only."""
    return text_in(api.page(project, query), "nextCursor")


@provokes("LST-1 LST-2 LST-4 LST-5 LST-6 LST-9", takes=("first",), alone=True)
def test_walks_and_filters(api: Api, stock: Stock) -> None:
    """Walk the list whole and by one, by each status, each format, and by both."""
    made = stock.first()
    api.read(made.container_id)
    api.walk()
    if api.walkable != api.project:
        api.walk(api.walkable)
    for query in (
        {"limit": 1},
        {"status": "completed"},
        {"status": "failed", "limit": 1},
        {"format": made.shape.get("format") or "video_remix"},
        {"format": "ugc_remix"},
        {"status": "completed", "format": "video_remix", "limit": 1},
        {"status": "completed", "format": "slideshow_remix"},
        {"status": "failed", "format": "video_remix"},
    ):
        api.walk(query=query)
    api.read(made.container_id)


@provokes("LST-11 LST-13 LST-14 LST-15", takes=("first",))
def test_parameters_out_of_their_range(api: Api, stock: Stock) -> None:
    """Read with limits out of range, cursors that nobody gave, unknown filter values, and repeated filters."""
    stock.first()
    for limit in ("0", "-1", "-100", "abc", "201", "1000", "1000000", "2147483648"):
        api.page(query={"limit": limit})
    for cursor in ("not-a-cursor", "eyJpZCI6MX0", "0", "1", "25", "99999999", "MjU=", "-1"):
        api.page(query={"cursor": cursor})
    for name, value in (
        ("status", "done"),
        ("status", "running"),
        ("format", "carousel"),
        ("status", "pending"),
        ("status", "approved"),
    ):
        api.page(query={name: value})
    api.page(query={"status": "completed", "format": "carousel"})
    api.page(query={"status": "done", "format": "video_remix"})
    api.walk(query={"status": ["completed", "failed"]})
    api.walk(query={"status": ["failed", "completed"]})
    api.walk(query={"format": ["ugc_remix", "video_remix"]})
    api.walk(query={"status": ["failed", "canceled"]})


@provokes(
    "LST-1 LST-2 LST-3 LST-4 LST-5 LST-6 LST-9 LST-10 LST-15",
    profile="gate",
    takes=("first", "slideshow_remix"),
    alone=True,
    calls=110,
)
def test_walks_of_every_page_size(run: Run, api: Api, stock: Stock) -> None:
    """Walk with every small page size and with the greatest, unfiltered, by filters, and by their combinations."""
    first, other = stock.first(), stock.other_format("slideshow_remix")
    for made in stock.made():
        api.read(made.container_id)
    api.wait_for_replicas()
    api.wait_for_doubtful_writes()
    sizes = (
        (1, 2, 3, 5, 7, 100, 200)
        if run.spec.profile.name == "gate"
        else (1, 2, 3, 4, 5, 7, 10, 24, 25, 26, 50, 100, 199, 200)
    )
    project = api.walkable
    # Of a container that recovered the format was left to the server.
    resolved = (stock.found("failed") or other).shape.get("format")
    in_turns(api.pages(project, {"limit": size}) for size in sizes)
    _walk_at_the_border(api, project)
    for size in (1, 2):
        for query in (
            {"status": "completed"},
            {"format": "slideshow_remix"},
            {"format": "video_remix"},
            {"status": "completed", "format": "video_remix"},
            {"status": "completed", "format": other.shape.get("format")},
            {"status": "completed", "format": resolved},
            {"status": ["failed", "canceled", "completed"]},
            {"status": ["completed", "canceled"], "format": ["video_remix", "slideshow_remix"]},
        ):
            api.walk(project, query | {"limit": size})
    for status in STATUSES:
        api.walk(query={"status": status})
    for value in FORMATS:
        api.walk(query={"format": value})
    api.read(first.container_id)


def _walk_at_the_border(api: Api, project: str) -> None:
    """Walk with pages that hold the whole list exactly, one less, one more, and half of it."""
    for query in ({}, {"status": "completed"}, {"format": "slideshow_remix"}):
        count = len(items_of(api.page(project, {"limit": 200} | query)))
        for size in sorted({count - 1, count, count + 1, (count + 1) // 2} & set(range(3, 200))):
            api.walk(project, query | {"limit": size})


@provokes("LST-12 LST-16 LST-6 LST-8", profile="gate", takes=("first", "slideshow_remix"))
def test_cursors_out_of_their_place(api: Api, stock: Stock) -> None:
    """Use cursors twice, under other filters, in another project, cut short, and altered."""
    stock.first()
    stock.other_format("slideshow_remix")
    for query in ({"limit": 1}, {"limit": 1, "status": "completed"}, {"limit": 1, "format": "video_remix"}):
        cursor = cursor_of(api, query)
        if cursor is None:
            continue
        for other in (
            query,
            {"limit": 2} | {name: value for name, value in query.items() if name != "limit"},
            {"limit": 50, "status": "failed"},
            {"limit": 50, "status": "completed"},
            {"limit": 50, "format": "slideshow_remix"},
            {"limit": 50, "format": "ugc_remix", "status": "completed"},
            {"limit": 50},
        ):
            api.page(query=other | {"cursor": cursor})
        for broken in (*altered_cursors(cursor), altered(stock.first().container_id), str(uuid4())):
            api.page(query=query | {"cursor": broken})
        if api.target.target.review_project_id:
            api.page(api.review_project, {"limit": 50, "cursor": cursor})


def altered_cursors(cursor: str) -> tuple[str, ...]:
    """Yield cursors that the target did not issue, made from one that it did."""
    middle = len(cursor) // 2
    # A signature may stand before what it signs or after it.
    flipped = (cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in sorted({0, middle}))
    return cursor[:middle], cursor[: max(1, len(cursor) - 4)], cursor + "AAAA", *flipped, cursor[::-1], cursor + "'"


@provokes(
    "LST-7 LST-1 LST-4 CRE-5 CRE-6 IDM-3 LIF-4",
    profile="gate",
    takes=("first", "failed", "odd"),
    depth=2,
    any_state=("first", "failed"),
)
def test_an_insert_of_odd_texts_during_a_walk(api: Api, stock: Stock) -> None:
    """Begin walks of small pages, create a container full of odd texts after their first page, and go on; replay and dispute it."""
    stock.first()
    if api.target.fixtures.failing_brief:
        stock.failed()
    project = api.walkable
    walks = [
        api.pages(project, query)
        for query in ({"limit": 1}, {"limit": 2}, {"limit": 2, "status": "completed"}, {"limit": WHOLE})
    ]
    begin(walks)
    # What was made before the walks began is no insert.
    made = stock.fresh("inserted", project) if stock.has("odd") or project != api.project else stock.odd()
    in_turns(walks)
    by_each_status_in_flight(api, made.container_id, project)
    api.send(again(made.call))
    if stock.composed(made):
        api.send(stock.decomposed(made))
    api.send(differing_at_its_end(made.call))
    api.send(again(made.call))
    stock.finish(made)
    sweep(api)


@provokes(
    "LST-7 LST-1 LST-4 LST-9 IDM-5 CRE-5",
    profile="certify",
    generations=2 * PAIRS + 3,
    fills=2 * PAIRS,
    alone=True,
    calls=110,
)
def test_inserts_and_changes_during_walks(api: Api, stock: Stock) -> None:
    """Walk page by page with creates under two keys that are nearly alike, a regenerate or the end of a generation between any two pages."""
    settled = [made for made in stock.made() if made.shape.get("status") == "completed"][:3]
    inserts = _alike_keyed_creates(api)
    running: list[Made] = []
    for query in (
        {"limit": 1},
        {"limit": 3},
        {"limit": 2, "status": "completed"},
        {"limit": 2, "format": "video_remix"},
    ):
        for index, _ in enumerate(api.pages(query=query)):
            if index in {0, 2}:
                running += [stock.start(call) for call in next(inserts, ())]
            elif index == 4 and settled:
                made = settled.pop()
                api.regenerate(made.container_id, {"themeTags": ["moved"]}, key=api.key())
                running.append(made)
            elif index > 12:
                break
    for call in chain.from_iterable(inserts):
        running.append(stock.start(call))
    for made in running:
        made.shape = api.settle(made.container_id)
    api.walk(query={"status": "completed", "limit": 50})
    api.walk(query={"limit": 50})
    sweep(api)


def _alike_keyed_creates(api: Api) -> Iterator[tuple[Call, ...]]:
    """Yield pairs of creates of one body whose keys differ in case, in punctuation, at a long end, before separators or as numbers."""
    stem = secrets.token_hex(8)
    long = stem * 15
    pairs = (
        (f"Key-{stem}-ab", f"key-{stem}-ab"),
        (f"a{SEPARATORS}{stem}", f"b{SEPARATORS}{stem}"),
        (f"{long}1", f"{long}2"),
        (f"0{int(stem, 16)}", f"{int(stem, 16)}"),
        (f"{stem}_x", f"{stem}-x"),
    )
    for keys, (telling, format_) in zip(pairs, islice(KINDS, len(hostile.TEXTS), None), strict=False):
        brief = api.telling_brief(telling)
        yield tuple(api.create_call(None, brief, format_, key=key) for key in keys)
