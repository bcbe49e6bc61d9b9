"""LST-2, LST-11, LST-12 and LST-13: limits and cursors."""

from typing import Any

import pytest
from histories import PROJECT, HistoryBuilder, container, judged, results
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


@pytest.mark.parametrize(("count", "result"), [(0, "passed"), (200, "passed"), (201, "failed")])
def test_a_limit_above_200_is_clamped(count: int, result: str) -> None:
    story = HistoryBuilder()
    story.list(many(count), "?limit=201")
    assert results(story, "LST-11") == [result]


@pytest.mark.parametrize(("count", "result"), [(0, "passed"), (200, "passed"), (201, "failed")])
def test_a_wrong_limit_may_be_clamped(count: int, result: str) -> None:
    story = HistoryBuilder()
    story.list(many(count), "?limit=-1")
    assert results(story, "LST-13") == [result]


def after_a_cursor(cursor: str = "YWJjZGVm") -> HistoryBuilder:
    story = HistoryBuilder()
    story.list(items(1), "?limit=1", cursor=cursor)
    return story


@pytest.mark.parametrize(("path", "status"), [("/v1/content/cnt_1", 200), (f"/v1/projects/{PROJECT}/content", 400)])
@pytest.mark.also_fails("ERR-2", "SCH-1")
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
