"""LST-2, LST-11, LST-12 and LST-13: limits and cursors."""

from typing import Any

import pytest
from histories import FOREIGN, PROJECT, HistoryBuilder, container, failures, judged, results
from lists import items

from conformance.history.walks import Limit, limit_kind


def many(count: int) -> list[Any]:
    return items(*range(count))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], Limit.ABSENT),
        (["1"], Limit.WITHIN),
        (["200"], Limit.WITHIN),
        (["201"], Limit.ABOVE),
        (["9" * 5000], Limit.ABOVE),
        (["0"], Limit.WRONG),
        (["-0"], Limit.WRONG),
        (["+0"], Limit.WRONG),
        (["-5"], Limit.WRONG),
        (["ten"], Limit.WRONG),
        (["2.5"], Limit.WRONG),
        ([""], Limit.WRONG),
        (["٣"], Limit.WRONG),
        (["05"], Limit.OPEN),
        (["+5"], Limit.OPEN),
        ([" 5"], Limit.OPEN),
        (["5", "5"], Limit.OPEN),
    ],
)
def test_limits_are_sorted(values: list[str], kind: Limit) -> None:
    assert limit_kind(tuple(values)) is kind


def test_a_full_page_passes() -> None:
    story = HistoryBuilder()
    story.list(many(2), "?limit=2")
    story.list(many(1), "?limit=2", cursor="c")
    story.list(many(1), "?limit=2")
    assert results(story, "LST-2") == ["passed", "passed"]


def test_a_page_above_its_limit_fails() -> None:
    story = HistoryBuilder()
    story.list(many(3), "?limit=2")
    assert failures(story) == {"LST-2": ["A page with limit=2 holds 3 items."]}


@pytest.mark.parametrize("query", ["?limit=2&limit=1", "?limit=02", "", "?limit=0"])
def test_only_a_plain_limit_bounds_a_page(query: str) -> None:
    story = HistoryBuilder()
    story.list(many(3), query)
    assert "LST-2" not in failures(story)


def test_other_callers_pages_are_not_judged() -> None:
    story = HistoryBuilder()
    story.list(many(3), "?limit=2", actor="other")
    story.list(many(3), "?limit=2", project=FOREIGN)
    assert results(story, "LST-2") == []


def test_a_page_of_25_without_limit_passes() -> None:
    story = HistoryBuilder()
    story.list(many(25), cursor="c")
    assert results(story, "LST-11") == ["passed"]


def test_a_page_of_26_without_limit_fails() -> None:
    story = HistoryBuilder()
    story.list(many(26))
    assert failures(story) == {"LST-11": ["A page without limit holds 26 items, not 25."]}


def test_the_last_page_shows_no_default() -> None:
    story = HistoryBuilder()
    story.list(many(24))
    story.list(many(25))
    assert results(story, "LST-11") == []


def test_a_page_of_24_without_limit_fails_where_more_follow() -> None:
    story = HistoryBuilder()
    story.list(many(24), cursor="c")
    assert failures(story) == {}
    story.list(items(24), "?cursor=c")
    assert failures(story) == {"LST-11": ["A page without limit holds 24 items, not 25, although more follow."]}


def test_a_short_page_is_fine_where_nothing_or_a_filter_follows() -> None:
    story = HistoryBuilder()
    story.list(many(24), cursor="c")
    story.list([], "?cursor=c")
    story.list(many(24), "?status=completed", cursor="d")
    story.list(items(24), "?status=completed&cursor=d")
    assert failures(story) == {}


@pytest.mark.parametrize(("count", "result"), [(0, "passed"), (200, "passed"), (201, "failed")])
def test_a_limit_above_200_is_clamped(count: int, result: str) -> None:
    story = HistoryBuilder()
    story.list(many(count), "?limit=201")
    assert results(story, "LST-11") == [result]


@pytest.mark.parametrize(("status", "found"), [(400, ["passed"]), (422, ["passed"]), (429, []), (401, []), (500, [])])
def test_a_limit_above_200_may_be_refused(status: int, found: list[str]) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=1000", status, "VALIDATION")
    assert results(story, "LST-11") == found


def test_a_refusal_of_an_unknown_project_says_nothing_of_limits() -> None:
    story = HistoryBuilder()
    story.error("GET", "/v1/projects/prj_nobody/content?limit=1000", 404, "NOT_FOUND")
    assert results(story, "LST-11") == []


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "2.5", ""])
@pytest.mark.parametrize(
    ("status", "found"), [(400, ["passed"]), (500, ["failed"]), (501, ["failed"]), (502, []), (503, []), (504, [])]
)
def test_a_wrong_limit_is_refused_without_breaking(limit: str, status: int, found: list[str]) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit={limit}", status, "VALIDATION")
    assert results(story, "LST-13") == found


@pytest.mark.parametrize(("count", "result"), [(0, "passed"), (200, "passed"), (201, "failed")])
def test_a_wrong_limit_may_be_clamped(count: int, result: str) -> None:
    story = HistoryBuilder()
    story.list(many(count), "?limit=-1")
    assert results(story, "LST-13") == [result]


@pytest.mark.parametrize("beside", ["status=odd", "cursor=odd"])
def test_a_wrong_limit_beside_something_else_may_be_refused_for_either(beside: str) -> None:
    story = HistoryBuilder()
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=0&{beside}", 400, "VALIDATION")
    assert results(story, "LST-13") == []


def after_a_cursor(cursor: str = "YWJjZGVm") -> HistoryBuilder:
    story = HistoryBuilder()
    story.list(items(1), "?limit=1", cursor=cursor)
    return story


@pytest.mark.parametrize("cursor", ["garbage", "YWJjZGV", "YWJjZG", "ywjjzgvm", "YWJjZGVmZ", "YWJjZGWm"])
def test_a_foreign_cursor_must_be_refused(cursor: str) -> None:
    refused, answered = after_a_cursor(), after_a_cursor()
    refused.error("GET", f"/v1/projects/{PROJECT}/content?limit=1&cursor={cursor}", 400, "VALIDATION")
    answered.list([], f"?limit=1&cursor={cursor}")
    assert results(refused, "LST-12") == ["passed"]
    assert failures(answered) == {"LST-12": [f"The cursor '{cursor}', which no page had returned, was answered 200."]}


@pytest.mark.parametrize("cursor", ["YWJjZGVm", "YWJjZGVn", "YWJjZGVm%3D", "%20YWJjZGVm", ""])
def test_a_cursor_that_may_decode_alike_is_not_foreign(cursor: str) -> None:
    story = after_a_cursor()
    story.list([], f"?limit=1&cursor={cursor}")
    assert results(story, "LST-12") == []


def test_a_plus_that_was_sent_bare_is_no_other_cursor() -> None:
    story = after_a_cursor("YW+jZGVm")
    story.list([], "?limit=1&cursor=YW+jZGVm")
    assert results(story, "LST-12") == []


def test_no_cursor_is_foreign_where_none_has_been_seen() -> None:
    story = HistoryBuilder()
    story.list([], "?cursor=garbage")
    assert results(story, "LST-12") == []


@pytest.mark.parametrize("status", [429, 500, None])
def test_a_foreign_cursor_in_trouble_shows_nothing(status: int | None) -> None:
    story = after_a_cursor()
    story.call("GET", f"/v1/projects/{PROJECT}/content?cursor=garbage", status)
    assert results(story, "LST-12") == []


@pytest.mark.parametrize(("cursor", "found"), [("c2", ["failed"]), (None, ["passed"])])
def test_a_limit_of_nothing_that_is_taken_by_its_word_names_no_next_page(cursor: str | None, found: list[str]) -> None:
    story = HistoryBuilder()
    story.list([], "?limit=0", cursor=cursor)
    assert results(story, "LST-13") == found


def test_a_filtered_page_may_be_empty_and_name_a_next_one() -> None:
    story = HistoryBuilder()
    story.list([], "?limit=0&status=failed", cursor="c2")
    assert results(story, "LST-13") == ["passed"]


def test_a_full_page_without_limit_with_more_behind_it_passes() -> None:
    story = HistoryBuilder()
    story.list(many(25), cursor="c")
    story.list(items(25), "?cursor=c")
    assert results(story, "LST-11") == ["passed"]


def test_a_shortened_cursor_is_foreign_whatever_letter_it_ended_in() -> None:
    story = after_a_cursor("YWJjZGVX")
    story.list([], "?limit=1&cursor=YWJjZGV")
    assert list(failures(story)) == ["LST-12"]


def test_a_foreign_cursor_beside_a_wrong_limit_may_be_refused_for_either() -> None:
    story = after_a_cursor()
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=0&cursor=garbage", 400, "VALIDATION")
    assert results(story, "LST-12") == []


@pytest.mark.parametrize(("path", "status"), [("/v1/content/cnt_1", 200), (f"/v1/projects/{PROJECT}/content", 400)])
def test_only_a_page_gives_out_cursors(path: str, status: int) -> None:
    story = HistoryBuilder()
    story.call("GET", path, status, {"items": [], "nextCursor": "YWJjZGVm"})
    story.list([], "?cursor=garbage")
    assert not [finding for finding in judged(story) if finding.requirement == "LST-12"]


def test_a_cursor_that_another_call_carries_is_none() -> None:
    story = after_a_cursor()
    story.call("GET", "/v1/content/cnt_1?cursor=YWJjZGVm", answer=container(1))
    assert not [finding for finding in judged(story) if finding.result.value != "passed"]


def test_a_next_cursor_that_is_no_string_is_the_schemas_matter() -> None:
    story = HistoryBuilder()
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer={"items": [], "nextCursor": 7})
    story.call("GET", f"/v1/projects/{PROJECT}/content", answer={"items": [], "nextCursor": ""})
    story.list([], "?cursor=garbage")
    found = judged(story)
    assert [finding.requirement for finding in found if finding.result.value != "passed"] == ["SCH-1"]
    assert not [finding for finding in found if finding.requirement == "LST-12"]


def test_a_cursor_may_hold_what_no_text_can() -> None:
    story = after_a_cursor("\ud800")
    assert not [finding for finding in judged(story) if finding.result.value != "passed"]
