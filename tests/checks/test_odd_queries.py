"""LST-14 and LST-16: unknown values of filters, and cursors of other lists."""

from typing import Any

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, failures, results
from lists import item, items

FAILED = item(2, status="failed")


@pytest.mark.parametrize(
    "query", ["?status=odd", "?format=odd", "?status=odd&status=odder", "?status=done&format=auto"]
)
def test_an_unknown_value_is_refused_or_matches_nothing(query: str) -> None:
    refused, empty, full = HistoryBuilder(), HistoryBuilder(), HistoryBuilder()
    refused.error("GET", f"/v1/projects/{PROJECT}/content{query}", 400, "VALIDATION")
    empty.list([], query)
    full.list(items(1, 2), query)
    assert results(refused, "LST-14") == results(empty, "LST-14") == ["passed"]
    assert "holds 2 items, first container cnt_1" in failures(full)["LST-14"][0]
    assert list(failures(full)) == ["LST-14"]


@pytest.mark.parametrize(
    "query", ["?status=odd&status=completed", "?status=", "?status=a,b", "?other=odd", "?status=%20"]
)
def test_mixtures_and_what_may_be_no_value_are_open(query: str) -> None:
    story = HistoryBuilder()
    story.list(items(1), query)
    assert results(story, "LST-14") == []


@pytest.mark.parametrize(
    "query", ["?status=odd&status=completed", "?status=completed&status=odd", "?status=odd&status=Completed"]
)
@pytest.mark.parametrize(("page", "found"), [([], []), ([item(1)], []), ([item(1), FAILED], ["failed"])])
def test_beside_an_unknown_value_the_known_one_may_match_but_not_everything(
    query: str, page: list[Any], found: list[str]
) -> None:
    story = HistoryBuilder()
    story.list(page, query)
    assert results(story, "LST-14") == found


@pytest.mark.parametrize("value", ["COMPLETED", "Completed", "%20completed"])
@pytest.mark.parametrize(("page", "found"), [([], []), ([item(1)], []), ([item(1), FAILED], ["failed"])])
def test_a_known_value_in_another_case_may_match_but_not_everything(
    value: str, page: list[Any], found: list[str]
) -> None:
    story = HistoryBuilder()
    story.list(page, f"?status={value}")
    assert results(story, "LST-14") == found


@pytest.mark.parametrize(("status", "project"), [(429, PROJECT), (500, PROJECT), (404, "prj_nobody")])
def test_trouble_says_nothing_of_an_unknown_value(status: int, project: str) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{project}/content?status=odd", status, "ODD")
    assert results(story, "LST-14") == []


def crossing(page: Any, *, taken: str, used: str, status: int = 200, project: str = PROJECT) -> HistoryBuilder:
    story = HistoryBuilder()
    story.list([item(9, status="failed" if taken == OTHER else "completed")], f"?limit=2{taken}", cursor="c")
    path = f"/v1/projects/{project}/content?limit=2{used}&cursor=c"
    story.call("GET", path, status, {"items": page} if status == 200 else page)
    return story


STATUS, OTHER, FORMAT = "&status=completed", "&status=failed", "&format=video_remix"


@pytest.mark.parametrize("taken", ["", OTHER, FORMAT])
def test_a_cursor_of_another_list_brings_back_what_fits_or_nothing(taken: str) -> None:
    fitting = crossing(items(1), taken=taken, used=STATUS)
    empty = crossing([], taken=taken, used=STATUS)
    refused = crossing({"error": {"code": "VALIDATION"}}, taken=taken, used=STATUS, status=400)
    for story in (fitting, empty, refused):
        assert results(story, "LST-16") == ["passed"]
        assert "LST-16" not in failures(story)


@pytest.mark.parametrize("taken", ["", OTHER, FORMAT])
def test_a_cursor_of_another_list_that_brings_back_what_does_not_fit_fails(taken: str) -> None:
    story = crossing([item(1), FAILED], taken=taken, used=STATUS)
    message = "With status=completed, a cursor of another list returned container cnt_2 with status failed."
    assert failures(story)["LST-16"] == [message]
    assert not {"LST-4", "LST-5", "LST-6"} & set(failures(story))


def test_a_cursor_of_another_projects_list_is_one_of_another_list() -> None:
    story = crossing([FAILED], taken=STATUS, used=STATUS, project=REVIEW)
    assert list(failures(story)) == ["LST-16"]


@pytest.mark.parametrize(("taken", "used"), [(STATUS, STATUS), (STATUS, ""), (STATUS, "&status=odd")])
def test_a_cursor_that_crosses_into_no_filter_shows_nothing(taken: str, used: str) -> None:
    assert results(crossing(items(1), taken=taken, used=used), "LST-16") == []


def test_a_cursor_that_both_lists_gave_out_is_of_both() -> None:
    story = crossing([FAILED], taken=STATUS, used=OTHER)
    story.list([FAILED], "?limit=2&status=failed", cursor="c")
    story.list(items(1), "?limit=2&status=failed&cursor=c")
    assert results(story, "LST-16") == ["passed"]
    assert list(failures(story)) == ["LST-6", "LST-4"]


@pytest.mark.parametrize("status", [429, 500])
def test_trouble_says_nothing_of_a_cursor(status: int) -> None:
    assert results(crossing(None, taken=OTHER, used=STATUS, status=status), "LST-16") == []


@pytest.mark.parametrize(("page", "found"), [([item(1)], []), ([item(1), item(3, format="ugc_remix")], ["failed"])])
def test_a_known_format_in_another_case_may_match_but_not_everything(page: list[Any], found: list[str]) -> None:
    story = HistoryBuilder()
    story.list(page, "?format=Video_Remix")
    assert results(story, "LST-14") == found


@pytest.mark.parametrize("known", ["failed", "generating"])
def test_an_item_without_its_status_is_judged_by_what_a_read_has_settled(known: str) -> None:
    story = HistoryBuilder()
    story.create(2)
    story.read(2, status=known, lastError="No.")
    story.list(items(9), "?limit=2", cursor="c")
    story.list([{"id": "cnt_2"}, {"id": "cnt_7"}], "?limit=2&status=completed&cursor=c")
    assert results(story, "LST-16") == (["failed"] if known == "failed" else ["passed"])
