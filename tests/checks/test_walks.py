"""How pages of a list become walks."""

from typing import Any

import pytest
from histories import FACTS, PROJECT, HistoryBuilder

from conformance.client.exchange import judging_order
from conformance.contract.document import load
from conformance.contract.validity import Unparsed
from conformance.history.ledger import Ledger
from conformance.history.observation import understand
from conformance.history.walks import OPEN_KEYS, OPEN_WALKS, Walk


def item(n: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"cnt_{n}", "status": "completed"} | fields


def walks(story: HistoryBuilder) -> list[Walk | None]:
    """Return the walk that each page began or continued."""
    ledger = Ledger(FACTS)
    found = []
    for exchange in sorted(story.exchanges, key=judging_order):
        ledger.observe(understand(exchange, load(), FACTS))
        found.append(ledger.walk)
    return found


def ids(walk: Walk | None) -> list[str]:
    assert walk is not None
    return [entry.id for entry in walk.items]


def test_pages_that_follow_a_cursor_are_one_walk() -> None:
    story = HistoryBuilder()
    story.list([item(1), item(2)], "?limit=2&status=completed", cursor="c1")
    story.list([item(3)], "?cursor=c1&status=completed&limit=2")
    first, second = walks(story)
    assert first is second is not None
    assert (second.actor, second.project_id, second.filters, second.limit) == (
        "owner",
        PROJECT,
        (("status", "completed"),),
        ("2",),
    )
    assert ids(second) == ["cnt_1", "cnt_2", "cnt_3"]
    assert [entry.id for entry in second.latest()] == ["cnt_3"]
    assert (second.complete, second.looped, second.malformed, second.repeated) == (True, False, False, [])
    assert [page.exchange.id for page in second.pages] == ["x1", "x2"]
    assert (second.began, second.ended) == (1000.0, 1001.1)
    assert second.page_of("cnt_3").exchange.id == "x2"
    assert second.values("status") == {"completed"}
    assert second.values("format") == frozenset()


def test_a_page_keeps_no_body() -> None:
    story = HistoryBuilder()
    story.list([item(1)])
    (walk,) = walks(story)
    assert walk is not None
    assert walk.pages[0].exchange.response is not None
    assert walk.pages[0].exchange.response.body == b""
    assert walk.pages[0].fields == {}
    assert walk.pages[0].answer is Unparsed.ABSENT


def test_the_latest_page_keeps_its_order() -> None:
    story = HistoryBuilder()
    story.list([item(5)], cursor="c1")
    story.list([item(4), item(3), item(2), item(1)], "?cursor=c1")
    walk = walks(story)[1]
    assert walk is not None
    assert [entry.id for entry in walk.latest()] == ["cnt_4", "cnt_3", "cnt_2", "cnt_1"]


def test_null_absent_and_empty_cursors_end_a_walk() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor=None)
    story.list([item(1)], cursor="")
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer={"items": []})
    assert [walk is not None and walk.complete for walk in walks(story)] == [True, True, True]


def test_a_cursor_that_is_no_string_makes_no_walk() -> None:
    story = HistoryBuilder()
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer={"items": [], "nextCursor": 7})
    assert walks(story) == [None]


@pytest.mark.parametrize(
    ("query", "entries", "cursor", "is_reliable"),
    [
        ("", [item(1)], None, True),
        ("?limit=5&status=odd", [], None, True),
        ("?limit=201", [item(1)], None, True),
        ("?limit=0", [item(1)], None, False),
        ("?limit=05", [item(1)], None, False),
        ("", [item(1)], "c1", False),
        ("", [item(1), {"id": 7}], None, False),
    ],
)
def test_a_whole_walk_of_items_under_a_documented_limit_is_reliable(
    query: str, entries: list[Any], cursor: str | None, *, is_reliable: bool
) -> None:
    story = HistoryBuilder()
    story.list(entries, query, cursor=cursor)
    (walk,) = walks(story)
    assert walk is not None
    assert walk.is_reliable is is_reliable


def test_another_limit_filter_actor_or_project_continues_no_walk() -> None:
    story = HistoryBuilder()
    story.list([item(1)], "?limit=1", cursor="c1")
    story.list([item(2)], "?limit=2&cursor=c1")
    story.list([item(2)], "?limit=1&status=failed&cursor=c1")
    story.list([item(2)], "?limit=1&cursor=c1", project="prj_b")
    story.list([item(2)], "?limit=1&cursor=c1", actor="other")
    assert walks(story)[1:] == [None] * 4


def test_a_call_without_a_valid_key_makes_no_walk() -> None:
    story = HistoryBuilder()
    story.list([item(1)], actor="anonymous")
    assert walks(story) == [None]


def test_an_unknown_cursor_continues_nothing() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.list([item(2)], "?cursor=c2")
    story.list([item(2)], "?cursor=c1&cursor=c1")
    assert walks(story)[1:] == [None, None]


def test_a_failed_page_can_be_tried_again() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.error("GET", f"/v1/projects/{PROJECT}/content?cursor=c1", 429, "RATE_LIMITED")
    story.call("GET", f"/v1/projects/{PROJECT}/content?cursor=c1", None)
    story.list([item(2)], "?cursor=c1")
    found = walks(story)
    assert found[1:3] == [None, None]
    assert ids(found[3]) == ["cnt_1", "cnt_2"]


def test_a_cursor_that_comes_again_is_a_loop() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.list([item(2)], "?cursor=c1", cursor="c1")
    story.list([item(2)], "?cursor=c1", cursor="c1")
    first, second, third = walks(story)
    assert first is second is third is not None
    assert (third.held, third.looped, third.complete) == (True, True, False)


def test_a_cursor_that_stays_while_pages_bring_new_items_is_held_by_the_target() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.list([item(2)], "?cursor=c1", cursor="c1")
    story.list([], "?cursor=c1", cursor="c1")
    story.list([item(3)], "?cursor=c1")
    *_, walk = walks(story)
    assert ids(walk) == ["cnt_1", "cnt_2", "cnt_3"]
    assert walk is not None
    assert (walk.held, walk.looped, walk.complete, walk.is_reliable) == (True, False, True, True)


def test_a_held_walk_that_lost_an_answer_may_have_lost_a_page() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.call("GET", f"/v1/projects/{PROJECT}/content?cursor=c1", None)
    story.list([item(3)], "?cursor=c1", cursor="c1")
    story.list([item(4)], "?cursor=c1")
    *_, walk = walks(story)
    assert walk is not None
    assert (walk.complete, walk.is_reliable) == (True, False)


def test_a_caller_who_goes_back_forks_the_walk() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1")
    story.list([item(2)], "?cursor=c1", cursor="c2")
    story.list([item(2), item(2)], "?cursor=c1", cursor="c3")
    story.list([item(3)], "?cursor=c2")
    story.list([item(4)], "?cursor=c3")
    found = walks(story)
    assert found[2] is not found[1]
    assert ids(found[3]) == ["cnt_1", "cnt_2", "cnt_3"]
    assert ids(found[4]) == ["cnt_1", "cnt_2", "cnt_2", "cnt_4"]


def test_a_fork_carries_what_came_before_it() -> None:
    story = HistoryBuilder()
    story.list([item(1), item(1), "odd"], cursor="c1")
    story.list([item(2)], "?cursor=c1", cursor="c2")
    story.list([item(3)], "?cursor=c1")
    fork = walks(story)[2]
    assert fork is not None
    assert ids(fork) == ["cnt_1", "cnt_1", "cnt_3"]
    assert [entry.id for entry in fork.repeated] == ["cnt_1"]
    assert [page.exchange.id for page in fork.pages] == ["x1", "x3"]
    assert (fork.malformed, fork.complete) == (True, True)


def test_two_walks_side_by_side_each_end() -> None:
    story = HistoryBuilder()
    for _ in range(2):
        story.list([item(1)], cursor="c1")
    for _ in range(2):
        story.list([item(2)], "?cursor=c1")
    found = walks(story)
    assert [ids(walk) for walk in found[2:]] == [["cnt_1", "cnt_2"]] * 2
    assert {id(walk) for walk in found[:2]} == {id(walk) for walk in found[2:]}


def test_a_page_asked_for_before_its_cursor_was_known_continues_nothing() -> None:
    story = HistoryBuilder()
    story.list([item(1)], cursor="c1", took=1.0)
    story.list([item(2)], "?cursor=c1", sent=1000.9)
    story.list([item(2)], "?cursor=c1", sent=1001.0)
    found = walks(story)
    assert found[1] is None
    assert ids(found[2]) == ["cnt_1", "cnt_2"]


def test_items_that_name_no_container_make_a_walk_malformed() -> None:
    story = HistoryBuilder()
    story.list([item(1), None, {"id": 7}, {"status": "failed"}, item(2)])
    (walk,) = walks(story)
    assert walk is not None
    assert ids(walk) == ["cnt_1", "cnt_2"]
    assert walk.malformed


def test_items_may_hold_anything() -> None:
    story = HistoryBuilder()
    story.list([{"id": "cnt_1", "status": ["x"], "approvalStatus": {}, "format": 1, "createdAt": True}])
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer={"items": {"id": "cnt_1"}})
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer=[1])
    assert ids(walks(story)[0]) == ["cnt_1"]
    assert walks(story)[1:] == [None, None]


def test_the_oldest_unfinished_walk_is_forgotten() -> None:
    story = HistoryBuilder()
    for n in range(OPEN_WALKS + 1):
        story.list([item(n)], cursor=f"c{n}")
    story.list([item(50)], "?cursor=c0")
    story.list([item(50)], "?cursor=c1")
    found = walks(story)
    assert found[-2] is None
    assert ids(found[-1]) == ["cnt_1", "cnt_50"]


def test_a_cursor_goes_on_with_the_walk_that_received_it_last() -> None:
    story = HistoryBuilder()
    story.list([item(1)], "?limit=1", cursor="c1")
    story.list([item(1)], "?limit=1", cursor="c1")
    story.list([item(2)], "?limit=1&cursor=c1")
    given_up, begun_again, ended = walks(story)
    assert ended is begun_again is not given_up


def test_a_fork_is_of_the_same_list_and_knows_what_stood_twice_before_it() -> None:
    story = HistoryBuilder()
    story.list([item(1), item(1)], "?limit=2&status=completed", cursor="c1")
    story.list([item(2), item(1)], "?limit=2&status=completed&cursor=c1", cursor="c2")
    story.list([item(3)], "?limit=2&status=completed&cursor=c2", cursor="c3")
    story.list([item(4)], "?limit=2&status=completed&cursor=c2")
    *_, gone_on, fork = walks(story)
    assert gone_on is not fork is not None
    assert (fork.actor, fork.project_id, fork.filters, fork.limit) == (
        "owner",
        PROJECT,
        (("status", "completed"),),
        ("2",),
    )
    assert ids(fork) == ["cnt_1", "cnt_1", "cnt_2", "cnt_1", "cnt_4"]
    assert [entry.id for entry in fork.repeated] == ["cnt_1", "cnt_1"]
    assert set(fork.by_id) == {"cnt_1", "cnt_2", "cnt_4"}
    assert fork.by_id["cnt_1"].page == 0
    assert fork.page_of("cnt_2").exchange.id == "x2"


def test_the_list_that_nobody_has_asked_for_longest_is_forgotten() -> None:
    story = HistoryBuilder()
    for n in range(OPEN_KEYS):
        story.list([item(n)], f"?search={n}", cursor="c1")
    story.list([item(1)], "?search=0&cursor=c1", cursor="c2")
    story.list([item(1)], "?search=new", cursor="c1")
    for asked in ("search=0&cursor=c2", "search=1&cursor=c1", "search=2&cursor=c1"):
        story.list([item(9)], f"?{asked}")
    *_, kept, forgotten, next_to_it = walks(story)
    assert ids(kept) == ["cnt_0", "cnt_1", "cnt_9"]
    assert forgotten is None
    assert ids(next_to_it) == ["cnt_2", "cnt_9"]
