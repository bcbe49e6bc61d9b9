"""LST-4, LST-5, LST-6 and LST-15: what the filters of a list let through, and what they hold back."""

from typing import Any

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, failures, results
from lists import item, items

SLIDES = {"format": "slideshow_remix"}
EVERY_FORMAT = "format=video_remix&format=slideshow_remix&format=ugc_remix&format=auto"


def made(story: HistoryBuilder | None = None) -> HistoryBuilder:
    """Record a completed video, a failed video and a completed slideshow, all listed once without a filter."""
    story = story or HistoryBuilder()
    story.create(1)
    story.read(1)
    story.create(2)
    story.read(2, status="failed", lastError="No.")
    story.create(3, fmt="slideshow_remix")
    story.read(3, **SLIDES)
    story.list([item(3, **SLIDES), item(2, status="failed"), item(1)])
    return story


FAILED = item(2, status="failed")
SLIDESHOW = item(3, **SLIDES)


@pytest.mark.parametrize(
    ("query", "page", "requirement"),
    [
        ("?status=completed", [SLIDESHOW, item(1)], "LST-4"),
        ("?status=failed&status=failed", [FAILED], "LST-4"),
        ("?status=canceled", [], "LST-4"),
        ("?format=video_remix", [FAILED, item(1)], "LST-5"),
        ("?format=video_remix&status=completed", [item(1)], "LST-6"),
        ("?status=completed&status=failed", [SLIDESHOW, FAILED, item(1)], "LST-15"),
        ("?format=video_remix&format=slideshow_remix", [SLIDESHOW, FAILED, item(1)], "LST-15"),
        (
            "?status=completed&status=failed&format=video_remix&format=slideshow_remix",
            [SLIDESHOW, FAILED, item(1)],
            "LST-6",
        ),
    ],
)
def test_a_filter_that_shows_what_it_says_and_all_of_it_passes(query: str, page: list[Any], requirement: str) -> None:
    story = made()
    story.list(page, query)
    assert failures(story) == {}
    assert results(story, requirement) == ["passed"]


def test_a_filter_under_which_nothing_was_to_be_seen_shows_nothing() -> None:
    story = HistoryBuilder()
    story.list([], "?status=completed")
    assert results(story, "LST-4") == []


@pytest.mark.parametrize(
    ("query", "page", "requirement", "message"),
    [
        ("?status=completed", [SLIDESHOW, FAILED, item(1)], "LST-4", "status=completed holds container cnt_2"),
        ("?format=slideshow_remix", [SLIDESHOW, FAILED, item(1)], "LST-5", "holds container cnt_2 with format video"),
        (
            "?format=video_remix&status=completed",
            [FAILED, item(1)],
            "LST-6",
            "holds container cnt_2 with status failed",
        ),
        ("?status=queued&status=failed", [FAILED, item(1)], "LST-15", "holds container cnt_1 with status completed"),
        ("?status=failed", [], "LST-4", "lacks container cnt_2, which has status failed"),
        ("?format=slideshow_remix", [], "LST-5", "lacks container cnt_3, which has format slideshow_remix"),
        ("?status=completed&format=video_remix", [], "LST-6", "lacks container cnt_1, which has status completed and"),
        ("?status=completed&status=failed", [FAILED, item(1)], "LST-15", "lacks container cnt_3"),
        ("?status=completed&format=video_remix&format=slideshow_remix", [item(1)], "LST-15", "lacks container cnt_3"),
        (f"?{EVERY_FORMAT}", [FAILED, item(1)], "LST-15", "lacks container cnt_3"),
    ],
)
def test_a_filter_that_lets_through_or_loses_fails(query: str, page: list[Any], requirement: str, message: str) -> None:
    story = made()
    story.list(page, query)
    assert list(failures(story)) == [requirement]
    assert message in failures(story)[requirement][0]
    assert results(story, requirement) == ["failed"]


def test_a_page_that_is_not_the_last_lacks_nothing() -> None:
    story = made()
    story.list([], "?status=completed&limit=1", cursor="c")
    assert failures(story) == {}
    assert results(story, "LST-4") == []


def test_a_later_page_that_breaks_the_filter_fails_as_such_and_breaks_the_filter() -> None:
    story = made()
    story.list([SLIDESHOW], "?status=completed&limit=1", cursor="c")
    story.list([FAILED, item(1)], "?status=completed&limit=1&cursor=c")
    assert "A later page breaks the filter" in failures(story)["LST-6"][0]
    assert "holds container cnt_2" in failures(story)["LST-4"][0]


def test_later_pages_that_keep_the_filter_pass() -> None:
    story = made()
    story.list([SLIDESHOW], "?status=completed&limit=1", cursor="c")
    story.list([item(1)], "?status=completed&limit=1&cursor=c")
    assert results(story, "LST-6") == ["passed"]
    assert results(story, "LST-4") == ["passed"]


def test_a_filter_that_never_held_is_accused_as_a_filter() -> None:
    story = made()
    story.list([FAILED], "?status=completed&limit=1", cursor="c")
    story.list([FAILED | {"id": "cnt_9"}], "?status=completed&limit=1&cursor=c", cursor="d")
    assert list(failures(story)) == ["LST-4"]


def test_a_filter_that_is_broken_alone_is_not_accused_again_in_company() -> None:
    story = made()
    story.list([SLIDESHOW, FAILED, item(1)], "?status=completed")
    story.list([FAILED, item(1)], "?status=completed&format=video_remix")
    assert list(failures(story)) == ["LST-4"]


def test_an_item_without_the_field_is_judged_by_what_was_read() -> None:
    story = made()
    story.list([{"id": "cnt_2", "format": "video_remix", "createdAt": "x"}], "?status=canceled")
    assert "holds container cnt_2 with status failed" in failures(story)["LST-4"][0]


@pytest.mark.parametrize("query", ["?status=odd", "?status=completed,failed", "?status=", "?status=odd&status=failed"])
def test_values_that_are_not_documented_are_not_judged_here(query: str) -> None:
    story = made()
    story.list([FAILED, item(1)], query)
    assert not {"LST-4", "LST-5", "LST-6", "LST-15"} & set(failures(story))


@pytest.mark.parametrize("query", ["?status=completed&search=x", "?status=completed&limit=0"])
def test_what_another_parameter_may_hold_back_is_not_missing(query: str) -> None:
    story = made()
    story.list([], query)
    assert "LST-4" not in failures(story)


@pytest.mark.parametrize(
    ("query", "requirement"),
    [
        ("?status=canceled", "LST-4"),
        ("?format=auto&limit=5", "LST-5"),
        ("?status=failed&format=auto", "LST-6"),
        ("?status=failed&status=queued", "LST-15"),
        ("?status=failed&status=failed", "LST-15"),
        ("?status=failed&format=auto&format=auto", "LST-15"),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_documented_filter_that_is_refused_fails(query: str, requirement: str, status: int) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{PROJECT}/content{query}", status, "VALIDATION")
    assert f"was refused with {status}" in failures(story)[requirement][0]
    assert list(failures(story)) == [requirement]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?status=failed", 404),
        ("?status=failed", 429),
        ("?status=failed&limit=0", 400),
        ("?status=failed&cursor=x", 400),
        ("?status=failed&search=x", 400),
        ("?status=odd", 400),
    ],
)
def test_a_list_may_be_refused_for_something_else(query: str, status: int) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{PROJECT}/content{query}", status, "VALIDATION")
    assert not [name for name in failures(story) if name.startswith("LST")]


def test_what_was_not_settled_before_the_walk_is_not_missing() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, sent=1001.0, took=2.0)
    story.list([], "?status=completed", sent=1002.0, took=2.0)
    assert failures(story) == {}


@pytest.mark.parametrize(("status", "accused"), [(202, False), (500, False), (None, False), (404, True)])
def test_what_a_call_may_have_moved_is_not_missing(status: int | None, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", status)
    story.list([SLIDESHOW], "?status=completed")
    assert ("LST-4" in failures(story)) is accused


@pytest.mark.parametrize("approval", ["pending", "rejected"])
def test_what_waits_for_approval_is_another_requirements(approval: str) -> None:
    story = HistoryBuilder()
    story.create(1, project=REVIEW)
    story.read(1, approvalStatus=approval, projectId=REVIEW)
    story.list([], "?status=completed", project=REVIEW)
    assert "LST-4" not in failures(story)


def test_a_container_of_others_is_not_missing() -> None:
    story = HistoryBuilder()
    story.read(1)
    story.list([], "?status=completed")
    assert "LST-4" not in failures(story)


def test_a_container_of_another_project_is_not_missing() -> None:
    story = HistoryBuilder()
    story.create(1, project=REVIEW)
    story.read(1, projectId=REVIEW, approvalStatus="approved")
    story.list([], "?status=completed")
    assert "LST-4" not in failures(story)


def test_what_no_list_shows_is_not_the_filters_fault() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.list([], "?status=completed")
    story.list([])
    assert list(failures(story)) == ["LST-1"]


def test_what_only_a_later_list_shows_was_lost_by_the_filter() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.list([], "?status=completed")
    story.list(items(1))
    assert list(failures(story)) == ["LST-4"]


def test_without_any_other_list_the_filter_answers_for_what_it_lacks() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.list([], "?status=completed")
    assert list(failures(story)) == ["LST-4"]


def test_a_list_by_a_status_in_flight_holds_what_has_it_all_the_while() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="generating")
    story.list([item(1, status="generating")], "?status=generating")
    story.read(1, status="generating")
    assert failures(story) == {}
    assert results(story, "LST-4") == ["passed", "passed"]


def test_a_list_by_a_status_in_flight_that_lacks_what_has_it_all_the_while_fails() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="generating")
    story.list([], "?status=generating")
    story.read(1, status="generating")
    message = "The list with status=generating lacks container cnt_1, which was generating before and after the walk."
    assert failures(story) == {"LST-4": [message]}


@pytest.mark.parametrize("case", ["moved", "regenerated", "later", "overlapping"])
def test_what_may_have_had_another_status_meanwhile_is_not_missing(case: str) -> None:
    story = HistoryBuilder()
    story.create(1)
    if case != "later":
        story.read(1, status="queued" if case == "moved" else "generating")
    story.list([], "?status=generating", took=2.0 if case == "overlapping" else 0.1)
    if case == "regenerated":
        story.call("POST", "/v1/content/cnt_1/regenerate", 500)
    story.read(1, status="generating")
    assert "LST-4" not in failures(story)


def test_filters_that_only_a_later_page_breaks_in_company_are_accused_once() -> None:
    story = made()
    query = "?status=completed&format=video_remix&limit=1"
    story.list(items(1), query, cursor="c")
    story.list([FAILED], f"{query}&cursor=c")
    assert results(story, "LST-6") == ["failed"]
    assert list(failures(story)) == ["LST-6"]


def test_a_page_whose_walk_nobody_saw_begin_breaks_the_filter_alone() -> None:
    story = made()
    story.list([FAILED], "?status=completed&cursor=unseen")
    assert list(failures(story)) == ["LST-4"]


def test_what_a_list_has_shown_once_the_filter_lost_whatever_lists_show_later() -> None:
    story = made()
    story.list([], "?status=failed")
    story.list([SLIDESHOW, item(1)])
    assert list(failures(story)) == ["LST-4", "LST-1"]


def test_a_container_that_shows_another_project_than_it_was_made_in_is_not_missing() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, projectId=REVIEW, status="failed", lastError="No.")
    story.list([], "?status=failed")
    assert "LST-4" not in failures(story)


def test_a_container_that_names_no_project_is_missing_where_it_was_made() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, projectId=None)
    story.list([], "?status=completed")
    assert "lacks container cnt_1" in failures(story)["LST-4"][0]


def test_a_container_elsewhere_hides_no_loss() -> None:
    story = HistoryBuilder()
    story.create(5, project=REVIEW)
    story.read(5, projectId=REVIEW, status="failed", lastError="No.")
    made(story)
    story.list([], "?format=slideshow_remix")
    assert "lacks container cnt_3" in failures(story)["LST-5"][0]


def test_an_item_without_the_field_that_nothing_settles_breaks_nothing() -> None:
    story = HistoryBuilder()
    story.list([{"id": "cnt_7"}], "?status=completed")
    assert results(story, "LST-4") == ["passed"]


@pytest.mark.parametrize(
    ("shown", "query", "accused"),
    [
        ({"status": "generating"}, "?format=video_remix", True),
        ({"status": "queued"}, "?format=video_remix&format=auto", True),
        ({"status": "generating"}, "?format=ugc_remix", False),
        ({"status": "generating", "format": "auto"}, "?format=auto", False),
        ({"status": "generating"}, "?format=video_remix&status=completed", False),
    ],
    ids=["pinned", "one of two", "another", "auto may be resolved", "by status too"],
)
def test_what_is_in_flight_has_its_format_already(shown: dict[str, Any], query: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = HistoryBuilder()
    story.create(1)
    story.read(1, **shown)
    story.list([], query)
    assert bool({"LST-5", "LST-6", "LST-15"} & failures(story).keys()) is accused
