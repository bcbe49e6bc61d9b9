"""LST-3 and LST-10: the order of a list."""

from typing import Any

import pytest
from histories import HistoryBuilder, envelope, failures, results
from lists import item, items

OLD, MID, NEW = "2026-04-18T12:00:00.000Z", "2026-04-18T12:00:01.000Z", "2026-04-18T12:00:02.000Z"


def dated(*pairs: tuple[int, Any]) -> list[dict[str, Any]]:
    return [item(n, createdAt=created) for n, created in pairs]


def pages(story: HistoryBuilder, *found: list[Any], limit: int, name: str, filters: str = "") -> None:
    """Record a walk with these pages, whose cursors carry a name."""
    for number, page in enumerate(found):
        asked = f"&cursor={name}{number}" if number else ""
        following = None if number == len(found) - 1 else f"{name}{number + 1}"
        story.list(page, f"?limit={limit}{filters}{asked}", cursor=following)


def test_newest_first_passes() -> None:
    story = HistoryBuilder()
    pages(story, dated((3, NEW), (2, MID)), dated((1, OLD)), limit=2, name="a")
    assert results(story, "LST-10") == ["passed"]
    assert failures(story) == {}


def test_an_older_container_before_a_newer_one_fails() -> None:
    story = HistoryBuilder()
    pages(story, dated((1, OLD), (2, MID)), limit=2, name="a")
    assert "Container cnt_2, created at 2026-04-18T12:00:01.000Z, is listed after cnt_1" in failures(story)["LST-10"][0]


def test_the_order_holds_across_pages() -> None:
    story = HistoryBuilder()
    pages(story, dated((3, NEW), (1, OLD)), dated((2, MID)), limit=2, name="a")
    assert list(failures(story)) == ["LST-10"]
    assert results(story, "LST-10") == ["failed"]


def test_a_walk_out_of_order_is_accused_once() -> None:
    story = HistoryBuilder()
    pages(story, dated((1, OLD), (2, MID)), dated((3, NEW)), limit=2, name="a")
    assert results(story, "LST-10") == ["failed"]


@pytest.mark.parametrize("other", [MID, "2026-04-18T12:00:01Z", "2026-04-18T14:00:01.000+02:00", "soon", None, 7])
def test_ties_and_what_is_no_timestamp_have_no_order(other: Any) -> None:
    story = HistoryBuilder()
    pages(story, dated((1, MID), (2, other)), dated((3, MID)), limit=2, name="a")
    assert results(story, "LST-10") == []


def test_a_coarse_instant_is_no_later_than_a_fine_one_within_it() -> None:
    story = HistoryBuilder()
    pages(story, dated((1, "2026-04-18T12:00:01Z"), (2, "2026-04-18T12:00:01.900Z")), limit=2, name="a")
    assert results(story, "LST-10") == []


def test_the_same_order_with_two_sizes_passes() -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2, 3), limit=3, name="a")
    pages(story, items(1), items(2), items(3), limit=1, name="b")
    assert results(story, "LST-3") == ["passed"]
    assert failures(story) == {}


def test_another_order_with_another_size_fails() -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2, 3), limit=3, name="a")
    pages(story, items(1), items(3), items(2), limit=1, name="b")
    assert failures(story) == {
        "LST-3": ["Two walks with limit=3 and limit=1 differ in order: where one has cnt_2, the other has cnt_3."]
    }


def test_another_order_under_a_filter_fails() -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2), limit=3, name="a", filters="&format=video_remix")
    pages(story, items(2), items(1), limit=1, name="b", filters="&format=video_remix")
    assert list(failures(story)) == ["LST-3"]


@pytest.mark.parametrize("change", ["limit", "filter", "write", "moved"])
def test_walks_that_cannot_be_compared_are_not(change: str) -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2), limit=2, name="a")
    if change == "write":
        story.create(3)
    later = item(2, status="failed" if change == "moved" else "completed")
    filters = "&status=completed" if change == "filter" else ""
    pages(story, [later], items(1), limit=2 if change == "limit" else 1, name="b", filters=filters)
    assert "LST-3" not in failures(story)
    assert results(story, "LST-3") == []


def test_walks_of_one_page_each_show_nothing() -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2), limit=2, name="a")
    pages(story, items(1, 2), limit=3, name="b")
    assert results(story, "LST-3") == []


def test_a_size_that_loses_a_container_fails() -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2, 3), limit=3, name="a")
    pages(story, items(1), items(3), limit=1, name="b")
    message = "Of two walks with limit=3 and limit=1, only the one with limit=3 includes container cnt_2."
    assert failures(story)["LST-3"] == [message]


def test_a_size_that_lost_an_old_container_fails() -> None:
    story = HistoryBuilder()
    pages(story, dated((3, "2026-04-18T12:05:00Z")), dated((1, OLD)), limit=1, name="a")
    pages(story, dated((3, "2026-04-18T12:05:00Z"), (2, "2026-04-18T12:04:00Z"), (1, OLD)), limit=3, name="b")
    message = "Of two walks with limit=1 and limit=3, only the one with limit=3 includes container cnt_2."
    assert failures(story) == {"LST-3": [message]}


def test_a_container_that_others_may_have_made_between_the_walks_is_no_loss() -> None:
    story = HistoryBuilder()
    pages(story, dated((3, "2026-04-18T12:05:00Z")), dated((1, OLD)), limit=1, name="a")
    pages(story, dated((3, "2026-04-18T12:05:00Z"), (2, "2026-04-18T12:04:01Z"), (1, OLD)), limit=3, name="b")
    assert failures(story) == {}


def regenerated_before(seconds: float, *later: Any) -> HistoryBuilder:
    """Record a regeneration of `cnt_1`, and of two walks that begin so many seconds after it."""
    story = HistoryBuilder()
    story.create(1)
    story.read()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    story.at = 1002.1 + seconds
    pages(story, items(1, 2), limit=2, name="a")
    pages(story, *later, limit=1, name="b")
    return story


def test_a_regeneration_before_two_walks_that_agree_is_no_hindrance() -> None:
    assert results(regenerated_before(0.0, items(1), items(2)), "LST-3") == ["passed"]


@pytest.mark.parametrize(("seconds", "found"), [(1.9, []), (2.1, ["failed"])])
def test_a_regeneration_that_may_just_begin_excuses_another_order(seconds: float, found: list[str]) -> None:
    assert results(regenerated_before(seconds, items(2), items(1)), "LST-3") == found


def test_a_list_that_is_not_the_owners_has_no_order_to_keep() -> None:
    story = HistoryBuilder()
    story.list(dated((1, OLD), (2, NEW)), actor="other")
    assert results(story, "LST-10") == []


def test_where_a_container_stands_twice_or_the_walk_turns_round_the_order_is_not_the_matter() -> None:
    story = HistoryBuilder()
    pages(story, dated((1, NEW), (2, MID)), dated((1, NEW)), limit=2, name="a")
    story.list(dated((3, OLD)), "?limit=1", cursor="b1")
    story.list(dated((3, NEW)), "?limit=1&cursor=b1", cursor="b1")
    assert results(story, "LST-10") == []


def test_a_caller_who_goes_back_to_a_cursor_hears_of_the_pages_before_it_no_second_time() -> None:
    story = HistoryBuilder()
    story.list(dated((1, OLD), (2, MID)), "?limit=2", cursor="c1")
    for _ in range(2):
        story.list(dated((3, OLD)), "?limit=2&cursor=c1", cursor="c2")
    assert results(story, "LST-10") == ["failed"]


@pytest.mark.parametrize(
    ("limit", "later"),
    [("1", [items(1), items(3), items(1)]), ("1", [items(1), ["odd"], items(3)]), ("03", [items(1)]), ("0", [[]])],
)
def test_a_walk_that_is_not_whole_is_compared_with_none(limit: Any, later: list[Any]) -> None:
    story = HistoryBuilder()
    pages(story, items(1, 2, 3), limit=3, name="a")
    pages(story, *later, limit=limit, name="b")
    assert results(story, "LST-3") == []


def test_a_size_that_lost_a_container_which_was_made_before_fails() -> None:
    story = HistoryBuilder()
    story.create(2)
    pages(story, items(3), items(1), limit=1, name="a")
    pages(story, items(3, 2, 1), limit=3, name="b")
    message = "Of two walks with limit=1 and limit=3, only the one with limit=3 includes container cnt_2."
    assert failures(story) == {"LST-3": [message]}


def test_where_no_item_tells_its_age_a_later_walk_may_meet_more() -> None:
    story = HistoryBuilder()
    pages(story, dated((3, None)), dated((1, None)), limit=1, name="a")
    pages(story, dated((3, None), (2, None), (1, None)), limit=3, name="b")
    assert results(story, "LST-3") == ["passed"]


def test_a_walk_without_a_limit_has_the_default_size() -> None:
    story = HistoryBuilder()
    story.list(items(1, 2, 3))
    pages(story, items(1), items(3), items(2), limit=1, name="b")
    assert "Two walks with limit=default and limit=1 differ in order" in failures(story)["LST-3"][0]
