"""Where a finding says that it is to be seen, and that the place is there. It names no requirement, so that it approves no findings."""

from __future__ import annotations

import pytest
from histories import FACTS, HistoryBuilder

from conformance.checks.findings import Difference, in_answer, in_code, in_header, in_status, pointer
from conformance.contract.document import load
from conformance.history.observation import Observation, understand


def seen(story: HistoryBuilder) -> Observation:
    return understand(story.exchanges[-1], load(), FACTS)


def read() -> Observation:
    story = HistoryBuilder()
    story.read(status="odd")
    return seen(story)


def test_a_pointer_escapes_what_separates_its_steps() -> None:
    assert pointer("response", "body", "a/b", "m~n", 3) == "/response/body/a~1b/m~0n/3"


def test_a_place_in_an_answer_holds_what_stands_there() -> None:
    assert in_answer(read(), "status", rule="one of five") == Difference(
        "/response/body/status", None, "odd", "one of five"
    )


@pytest.mark.parametrize("steps", [("nothing",), ("assets", 7), ("status", "deeper")])
def test_a_place_that_is_not_there_is_absent(steps: tuple[str | int, ...]) -> None:
    found = in_answer(read(), *steps, expected="x")
    assert (found.actual, found.is_absent) == (None, True)


def test_status_header_and_code_have_their_places() -> None:
    story = HistoryBuilder()
    story.error("GET", "/v1/content/cnt_1", 404, "GONE")
    refused = seen(story)
    assert in_status(refused, 200) == Difference("/response/status", 200, 404)
    assert in_code(refused, "NOT_FOUND") == Difference("/response/body/error/code", "NOT_FOUND", "GONE")
    assert in_header(refused, "Retry-After", rule="seconds").is_absent
