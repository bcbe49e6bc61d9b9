"""Answers that are very large are judged, and what is kept of them is small."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from histories import CREATED, FACTS, KEY, LIST, PROJECT, HistoryBuilder, container, envelope, failures, results
from lists import item

from conformance.checks.errors import unknown_ids
from conformance.checks.judge import Judge
from conformance.contract.document import load
from conformance.history import walks
from conformance.history.messages import LONGEST_TEXT, MOST_ITEMS, shortened

LONG = "Evenings lcm-run-1 " + "x" * 2 * LONGEST_TEXT
OTHER = LONG[:LONGEST_TEXT] + "y" + LONG[LONGEST_TEXT + 1 :]
MIB = 1024 * 1024


def test_long_texts_are_equal_after_shortening_where_they_were_before() -> None:
    assert len(OTHER) == len(LONG)
    (one, same, other), is_oversized = shortened([LONG, {"deep": [LONG]}, OTHER])
    assert one == same["deep"][0]
    assert one != other
    assert len(one) < LONGEST_TEXT
    assert not is_oversized
    assert shortened([["x" * 1000] * 300])[1]
    assert shortened({"items": [0] * 30_000})[1]
    assert shortened("x" * LONGEST_TEXT) == ("x" * LONGEST_TEXT, False)


def read_with(hook: str) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(1, brief={"hook": LONG})
    story.read(1, brief={"hook": hook})
    story.read(1, brief={"hook": hook})
    return story


def test_a_long_hook_that_comes_back_whole_is_not_accused() -> None:
    assert failures(read_with(LONG)) == {}
    assert results(read_with(LONG), "CRE-5") == ["passed", "passed"]


def test_a_long_hook_that_comes_back_changed_in_its_middle_is_accused() -> None:
    assert results(read_with(OTHER), "CRE-5") == ["failed", "failed"]


def test_a_container_too_large_to_be_compared_is_judged_alone() -> None:
    story = HistoryBuilder()
    story.create(1)
    for number in (1, 2):
        story.read(1, captions=[{"platform": "tiktok", "text": f"{number} {each}"} for each in range(15_000)])
    story.read(1, captions=[{"platform": "tiktok"}] * 15_000)
    assert set(failures(story)) == {"SCH-1"}
    assert results(story, "SCH-1")[-1] == "failed"


def test_an_accepted_answer_that_is_large_is_compared_with_its_replay() -> None:
    def story(second: str) -> HistoryBuilder:
        found = HistoryBuilder()
        for text in (LONG, second):
            found.create(1, key=KEY, answer=envelope(1, PROJECT) | {"note": {"text": text}})
        return found

    assert results(story(LONG), "IDM-1") == ["passed"]
    assert results(story(OTHER), "IDM-1") == ["failed"]


def page(number: int, count: int) -> bytes:
    said = {"status": "completed", "approvalStatus": "not_required", "format": "video_remix", "createdAt": CREATED}
    items = [{"id": f"cnt_{number}_{each}"} | said for each in range(count)]
    return json.dumps({"items": items, "nextCursor": f"c{number}"}).encode()


def texts(number: int, count: int) -> bytes:
    return json.dumps(container(1, brief={"hook": f"{number}" + "x" * count})).encode()


def padded(number: int, count: int) -> bytes:
    return json.dumps({"error": {"code": "CONFLICT", "message": f"{number}" + "x" * count, "requestId": "r"}}).encode()


@pytest.mark.parametrize(
    ("call", "status", "answer", "headers"),
    [
        (("GET", LIST), 200, lambda number: page(number, 6_000), {}),
        (("GET", "/v1/content/cnt_1"), 200, lambda number: texts(number, MIB), {}),
        (("POST", LIST), 409, lambda number: padded(number, MIB), {}),
        (
            ("POST", "/v1/content/cnt_1/regenerate"),
            409,
            lambda _: b"{}",
            {f"X-{each}": "x" * 900 for each in range(400)},
        ),
    ],
    ids=["pages", "containers", "refusals", "headers"],
)
def test_memory_does_not_grow_with_large_answers(
    call: tuple[str, str], status: int, answer: Any, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown_ids, "MOST_KNOWN", 4_000)
    monkeypatch.setattr(walks, "MOST_LISTED", 4_000)
    judge = Judge(load(), FACTS)
    first = HistoryBuilder()
    first.create(1)
    first.read(1)
    for exchange in first.exchanges:
        judge.observe(exchange)
    tracemalloc.start()
    try:
        for number in range(8):
            story = HistoryBuilder()
            story.at = 2_000.0 + number
            story.call(*call, status, answer(number), answer_headers=headers)
            judge.observe(story.exchanges[0])
        story.exchanges.clear()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 6 * MIB


def long_page(items: int, status: str = "completed", **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    entries = [item(number, status=status) for number in range(items)]
    story.call("GET", LIST + "?limit=200&status=completed", answer={"items": entries, "nextCursor": None} | more)
    return story


def test_of_a_page_that_is_far_too_long_the_first_items_are_judged() -> None:
    assert "LST-4" in failures(long_page(MOST_ITEMS + 1, status="failed"))
    assert failures(long_page(MOST_ITEMS + 7))["LST-2"] == ["A page with limit=200 holds 5007 items."]


@pytest.mark.parametrize("requirement", ["SCH-1", "SCH-3", "LIF-1"])
@pytest.mark.also_fails("LST-2")
def test_what_the_first_items_of_a_page_show_is_not_shown_by_all(requirement: str) -> None:
    assert results(long_page(MOST_ITEMS), requirement) == ["passed"]
    assert results(long_page(MOST_ITEMS + 1), requirement) == ["inconclusive"]


@pytest.mark.also_fails("LST-2")
def test_an_id_beyond_those_that_are_looked_at_is_not_unknown() -> None:
    story = long_page(MOST_ITEMS + 9)
    story.call("GET", "/v1/content/cnt_5005", answer=container(5005))
    assert "ERR-3" not in failures(story)


def test_a_page_of_100000_items_takes_little_longer_than_one_of_5000() -> None:
    def seconds(items: int) -> float:
        (page,) = long_page(items).exchanges
        judge, began = Judge(load(), FACTS), time.process_time()
        judge.observe(page)
        return time.process_time() - began

    # Beside its first items only its parsing takes time.
    assert seconds(100_000) <= 3 * seconds(MOST_ITEMS) + 1.0
