"""Callers whose headers, bodies, cursors and keys are valid elsewhere, and where nobody expects them."""

from __future__ import annotations

from conformance.client.actors import OTHER, OWNER
from conformance.client.answers import text_in
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import strangers
from conformance.suite.stock import Made, Stock, again, sweep

MANY = 66
"""More keys than a store of 64 remembers."""
CANCEL_BODIES = (b"{}", b'{"reason": "No longer needed"}', b"null", b"[]", b"{", b'"now"')
"""Bodies of a cancel, for which no page states one."""


@provokes("AUT-1 AUT-4", profile="gate", takes=("first",))
def test_conditional_reads_without_a_right(api: Api, stock: Stock) -> None:
    """Read by callers without a right what the owner has read, with the tag that it came with: a 304 tells them what it is."""
    made = stock.first()
    paths = (
        path_to("jobs", made.job_id),
        path_to("content", made.container_id),
        path_to("projects", api.project, "content"),
    )
    for path in paths:
        exchange = api.send(api.call("GET", path))
        tag = exchange.response.header("etag") if exchange.response else None
        for actor in strangers(api, "last-character-off"):
            for value in filter(None, (tag, "*")):
                api.send(api.call("GET", path, actor=actor, headers={"If-None-Match": value}))


@provokes("AUT-1 AUT-4 LST-8", profile="gate", takes=("first", "slideshow_remix"))
def test_later_pages_without_a_right(api: Api, stock: Stock) -> None:
    """Read by callers without a right the second pages that the owner has just read, by the same address."""
    stock.first()
    stock.other_format("slideshow_remix")
    for query in ({"limit": 1}, {"limit": 1, "status": "completed"}):
        cursor = text_in(api.page(query=query), "nextCursor")
        if cursor is None:
            continue
        later = query | {"cursor": cursor}
        for actor in (OWNER, *strangers(api, "last-character-off")):
            api.page(query=later, actor=actor)


@provokes("ERR-1 LIF-10 JOB-4", profile="gate", takes=("first",))
def test_cancels_with_a_body(api: Api, stock: Stock) -> None:
    """Cancel a job that has ended, with every kind of body, and look whether that changed it."""
    made = stock.first()
    api.read(made.container_id)
    for raw in CANCEL_BODIES:
        api.cancel(made.job_id, raw=raw)
    api.job(made.job_id)
    api.read(made.container_id)


@provokes("AUT-4 LST-8 LST-12", profile="gate", takes=("first", "slideshow_remix"))
def test_cursors_of_another_organization(api: Api, stock: Stock) -> None:
    """Use the owner's cursors with the other organization's key, in the owner's list and in its own, and the other way round."""
    stock.first()
    stock.other_format("slideshow_remix")
    foreign = api.target.target.other_project_id
    if not api.session.has_actor(OTHER) or foreign is None:
        raise NotReached("no project of another organization is configured (target.other_project_id)")
    queries: tuple[dict[str, object], ...] = ({"limit": 1}, {"limit": 1, "status": "completed"})
    for query in queries:
        for home, actor in ((api.project, "owner"), (foreign, OTHER)):
            cursor = text_in(api.page(home, query, actor=actor), "nextCursor")
            stranger = OTHER if actor == "owner" else "owner"
            for project in (api.project, foreign) if cursor else ():
                for limit in (1, 50):
                    api.page(project, query | {"limit": limit, "cursor": cursor}, actor=stranger)


@provokes("IDM-1 APR-9", profile="gate", takes=("first",), calls=80)
def test_a_key_after_many_others(api: Api, stock: Stock) -> None:
    """Replay creates when many keys have been sent since, each with a reject that is refused and so costs nothing."""
    made = stock.first()
    api.read(made.container_id)
    for _ in range(MANY):
        api.reject(made.container_id, key=api.key())
    api.read(made.container_id)
    for made in _keyed(stock):
        api.send(again(made.call))
    sweep(api)


def _keyed(stock: Stock) -> list[Made]:
    return [made for made in stock.made() if made.key]
