"""Cursors that stay, come again, are refused or were used up: LST-1 and LST-7."""

from typing import Any

import pytest
from histories import BASE, PROJECT, HistoryBuilder, failures, results
from lists import items, made

from conformance.checks.listing.walks import EMPTY_PAGES


def test_a_cursor_that_comes_again_fails() -> None:
    story = made(1, 2)
    story.list(items(2), "?limit=1", cursor="c1")
    story.list(items(2), "?limit=1&cursor=c1", cursor="c1")
    message = (
        "A walk received a cursor that it had already followed, with a page that held nothing new, so it never ends."
    )
    assert failures(story) == {"LST-1": [message]}


def test_a_cursor_that_stays_while_pages_bring_new_items_is_not_accused() -> None:
    story = HistoryBuilder()
    for n in (1, 2, 3):
        story.create(n)
    story.list(items(3), "?limit=1", cursor="c1")
    story.list(items(2), "?limit=1&cursor=c1", cursor="c1")
    story.list(items(1), "?limit=1&cursor=c1")
    assert results(story, "LST-1") == ["passed"]


def test_a_cursor_that_stays_and_leaves_a_container_out_is_accused() -> None:
    story = HistoryBuilder()
    for n in (1, 2, 3):
        story.create(n)
        story.read(n)
    story.list(items(3), "?limit=1", cursor="c1")
    story.list(items(1), "?limit=1&cursor=c1", cursor="c1")
    story.list([], "?limit=1&cursor=c1")
    assert "Container cnt_2 existed before a walk began" in failures(story)["LST-1"][0]


def test_a_cursor_that_stays_and_brings_an_item_again_is_accused() -> None:
    story = HistoryBuilder()
    story.list(items(3, 2), "?limit=2", cursor="c1")
    story.list(items(2, 1), "?limit=2&cursor=c1", cursor="c1")
    assert list(failures(story)) == ["LST-1"]


def test_a_cursor_that_stays_on_empty_pages_is_accused_under_a_filter_too() -> None:
    story = HistoryBuilder()
    story.list(items(1), "?status=completed", cursor="c1")
    for _ in range(EMPTY_PAGES):
        story.list([], "?status=completed&cursor=c1", cursor="c1")
    assert "empty pages in a row" in failures(story)["LST-1"][0]


def test_empty_pages_without_end_fail() -> None:
    story = made(1)
    story.list(items(1), "?limit=1", cursor="c0")
    for n in range(EMPTY_PAGES - 1):
        story.list([], f"?limit=1&cursor=c{n}", cursor=f"c{n + 1}")
    assert failures(story) == {}
    story.list([], f"?limit=1&cursor=c{EMPTY_PAGES - 1}", cursor="more")
    assert f"{EMPTY_PAGES} empty pages" in failures(story)["LST-1"][0]


def breaking_off(status: int = 400, *, after: float = 1.0, query: str = "?limit=1&cursor=c1") -> HistoryBuilder:
    """Record a walk whose second page is refused."""
    story = HistoryBuilder()
    story.list(items(2), "?limit=1", cursor="c1")
    story.error("GET", f"/v1/projects/{PROJECT}/content{query}", status, "VALIDATION", sent=1000.1 + after)
    return story


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
def test_a_cursor_that_is_refused_at_once_breaks_the_walk_off(status: int) -> None:
    message = f"A walk could not continue: the cursor from its page 1 was answered {status}."
    assert failures(breaking_off(status))["LST-1"] == [message]


@pytest.mark.parametrize(
    "story",
    [
        breaking_off(429),
        breaking_off(500),
        breaking_off(after=60.1),
        breaking_off(query="?limit=2&cursor=c1"),
        breaking_off(query="?limit=1&cursor=c1&status=failed"),
        breaking_off(query="?limit=1&cursor=c2"),
        breaking_off(query="?limit=1&cursor=c1&cursor=c1"),
        breaking_off(query="?limit=1"),
    ],
)
def test_a_page_may_be_refused_for_something_else(story: HistoryBuilder) -> None:
    assert not {"LST-1", "LST-7"} & set(failures(story))


def test_a_cursor_may_expire_as_a_test_clock_moves() -> None:
    story = HistoryBuilder()
    story.list(items(2), "?limit=1", cursor="c1")
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 90_000})
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=1&cursor=c1", 400, "VALIDATION")
    assert failures(story) == {}


@pytest.mark.parametrize(("lost", "accused"), [("c1", False), ("c0", True)])
def test_a_try_whose_answer_was_lost_may_have_used_the_cursor_up(lost: str, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = breaking_off(after=3.0)
    story.call("GET", f"/v1/projects/{PROJECT}/content?limit=1&cursor={lost}", None, error="timed out", sent=1001.0)
    assert ("LST-1" in failures(story)) == accused


@pytest.mark.parametrize("pages", [0, 2])
def test_empty_pages_are_counted_from_the_last_item(pages: int) -> None:
    story = HistoryBuilder()
    for n in range(pages + EMPTY_PAGES):
        asked = f"&cursor=c{n}" if n else ""
        story.list(items(n) if n < pages else [], f"?limit=1{asked}", cursor=f"c{n + 1}")
    assert failures(story)["LST-1"] == [f"A walk received {EMPTY_PAGES} empty pages in a row, each with a nextCursor."]


def spent(given: str, *, before: bool, **more: Any) -> HistoryBuilder:
    """Record a walk whose cursor was sent by another call, before or after a page gave it, and is refused then."""
    story = HistoryBuilder()
    path = f"/v1/projects/{PROJECT}/content?limit=1&format=video_remix&cursor={given}"
    other = {"answer": {"items": items(1), "nextCursor": None}} | more
    if before:
        story.call("GET", path, **other)
    story.list(items(2), "?limit=1", cursor=given)
    if not before:
        story.call("GET", path, **other)
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=1&cursor={given}", 400, "VALIDATION")
    return story


@pytest.mark.parametrize("more", [{}, {"actor": "other"}, {"status": 429, "answer": None}])
def test_a_cursor_that_another_call_has_used_since_may_be_used_up(more: Any) -> None:
    assert "LST-1" not in failures(spent("c1", before=False, **more))
    assert "LST-1" in failures(spent("c1", before=True, **more))


def test_a_walk_may_break_off_at_a_request_that_asks_for_more_than_a_page() -> None:
    story = HistoryBuilder()
    story.list(items(2), "?limit=1", cursor="c1")
    path = f"/v1/projects/{PROJECT}/content?limit=1&cursor=c1"
    story.error("GET", path, 400, "VALIDATION", headers={"Range": "bytes=z-"})
    assert "LST-1" not in failures(story)
