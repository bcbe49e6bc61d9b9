"""Which job a reject with regeneration starts, and that of two at one moment none is lost: REJ-2, beside JOB-1."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, failures, job
from moves import LATER, approve, pending, progress, regenerate, reject, shown, wait


@pytest.mark.parametrize(
    ("status", "n", "accused"),
    [(200, 5, True), (200, 1, False), (202, 2, False), (None, 5, False), (409, 1, False)],
    ids=["another job", "the old job", "its own job", "no answer", "refused"],
)
def test_a_job_that_a_reject_has_started_is_named_by_its_answer(status: int | None, n: int, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = pending()
    reject(story, status, regenerates=True)
    wait(story, 5)
    shown(story, "rejected", status="generating" if n == 5 else "completed")
    progress(story, n, status="running")
    messages = failures(story).get("REJ-2", [])
    assert any("and regenerates it under job" in message for message in messages) is accused


def test_a_job_that_another_call_may_have_started_is_not_that_of_the_reject() -> None:
    story = pending()
    reject(story, regenerates=True)
    regenerate(story, 3, None)
    progress(story, 5, status="running")
    assert "REJ-2" not in failures(story)


def at_once(second: int | None = 202, **later: Any) -> HistoryBuilder:
    """Record two rejects with regeneration at one moment, under `job_2` and `job_3`, and the end of the first one's."""
    story = pending()
    began = story.at
    reject(story, 202, regenerates=True, n=2, sent=began, took=0.5)
    reject(story, second, regenerates=True, n=3, sent=began + later.pop("after", 0.1), took=0.5)
    wait(story, 5)
    shown(story, "pending", updatedAt=LATER)
    return story


@pytest.mark.parametrize(
    ("after", "accused"), [(0.1, {"REJ-2", "JOB-1"}), (0.6, {"JOB-1"})], ids=["at once", "one after the other"]
)
def test_of_two_rejects_that_regenerate_at_once_no_job_is_lost(after: float, accused: set[str]) -> None:
    story = at_once(after=after)
    story.error("GET", "/v1/jobs/job_3", 404, "NOT_FOUND")
    assert set(failures(story)) == accused


@pytest.mark.parametrize("status", ["canceled", "completed", "running"])
def test_the_job_of_either_reject_may_have_given_way_to_the_other(status: str) -> None:
    story = at_once()
    kind = {"kind": "content_regenerate", "containerId": "cnt_1", "result": {"containerId": "cnt_1"}}
    story.call("GET", "/v1/jobs/job_3", 200, job(3, status=status, **kind))
    assert "REJ-2" not in failures(story)


def test_of_two_rejects_at_once_one_may_be_refused() -> None:
    assert failures(at_once(409)) == {}


@pytest.mark.parametrize(
    ("approval", "more", "accused"),
    [
        ("pending", {}, True),
        ("pending", {"updatedAt": LATER}, False),
        ("rejected", {}, False),
        ("pending", {"status": "queued"}, False),
    ],
)
def test_of_two_rejects_that_are_accepted_at_once_something_shows(
    approval: str,
    more: dict[str, Any],
    accused: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = pending()
    began = story.at
    reject(story, 202, regenerates=True, n=2, sent=began, took=0.5)
    reject(story, 202, regenerates=True, n=3, sent=began + 0.1, took=0.5)
    wait(story, 5)
    shown(story, approval, **more)
    assert any("neither rejected nor regenerated it" in each for each in failures(story).get("REJ-2", [])) is accused


def test_two_rejects_that_are_accepted_and_an_approve_explain_a_container_as_it_was() -> None:
    story = pending()
    began = story.at
    reject(story, 202, regenerates=True, n=2, sent=began, took=0.5)
    reject(story, 202, regenerates=True, n=3, sent=began + 0.1, took=0.5)
    approve(story, None)
    wait(story, 5)
    shown(story, "pending")
    assert "REJ-2" not in failures(story)
