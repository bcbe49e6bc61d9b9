"""Reads that may be older than a write: what the target's `read_lag` excuses, and for how long (open reading 27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from histories import FACTS, HistoryBuilder, envelope_of_error, failures, results
from moves import (
    LATER,
    approve,
    clone,
    created_in,
    fetch,
    item,
    life,
    pending,
    progress,
    read_once,
    regenerate,
    reject,
    shown,
    wait,
)

LAGGING = replace(FACTS, read_lag=3)
NOT_FOUND = envelope_of_error("NOT_FOUND")


def unseen_container(story: HistoryBuilder) -> None:
    story.call("GET", "/v1/content/cnt_1", 404, NOT_FOUND)


def unseen_job(story: HistoryBuilder) -> None:
    story.call("GET", "/v1/jobs/job_1", 404, NOT_FOUND)


def unseen_progress(story: HistoryBuilder) -> None:
    progress(story, code=404)


def unlisted(story: HistoryBuilder) -> None:
    story.list([])


def created() -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    return story


def rejected() -> HistoryBuilder:
    story = pending()
    reject(story)
    return story


def approved() -> HistoryBuilder:
    story = pending()
    approve(story)
    return story


def cloned() -> HistoryBuilder:
    story = read_once()
    clone(story)
    return story


LATE: list[tuple[Callable[[], HistoryBuilder], Callable[[HistoryBuilder], object], set[str]]] = [
    (created, unseen_container, {"CRE-4"}),
    (created, unseen_job, {"CRE-3", "JOB-1"}),
    (created, unseen_progress, {"JOB-3"}),
    (rejected, lambda story: shown(story, "pending"), {"APR-7", "REJ-1"}),
    (approved, lambda story: shown(story, "pending"), {"APR-8"}),
    (cloned, lambda story: story.call("GET", "/v1/content/cnt_2", 404, NOT_FOUND), {"CLO-2"}),
    (cloned, lambda story: story.list([item()]), {"CLO-2"}),
]


@pytest.mark.parametrize(("write", "read", "accused"), LATE)
def test_a_read_that_lacks_a_write_is_accused_unless_the_target_lags(
    write: Callable[[], HistoryBuilder], read: Callable[[HistoryBuilder], object], accused: set[str]
) -> None:
    story = write()
    read(story)
    assert set(failures(story)) == accused
    assert failures(story, LAGGING) == {}
    for requirement in accused:
        assert "inconclusive" in results(story, requirement, LAGGING)


@pytest.mark.parametrize(("write", "read", "accused"), LATE)
def test_a_lag_ends(
    write: Callable[[], HistoryBuilder], read: Callable[[HistoryBuilder], object], accused: set[str]
) -> None:
    story = write()
    wait(story, 3)
    read(story)
    assert set(failures(story, LAGGING)) == accused


def test_a_list_that_lags_may_leave_a_container_out_for_a_while() -> None:
    story = created()
    story.read()
    unlisted(story)
    assert set(failures(story)) == {"LST-1"}
    assert results(story, "LST-1", LAGGING) == ["inconclusive"]
    wait(story, 3)
    unlisted(story)
    assert set(failures(story, LAGGING)) == {"LST-1"}


def test_a_read_that_lags_may_show_the_time_before_a_regeneration() -> None:
    story = read_once()
    regenerate(story, patch={"hook": "New"})
    wait(story, 2)
    story.read(updatedAt="2026-04-18T12:30:00.000Z")
    assert set(failures(story)) == {"REG-2"}
    assert failures(story, LAGGING) == {}


@pytest.mark.parametrize("decide", [reject, approve])
def test_an_accepted_decision_that_shows_late_was_made_by_somebody(decide: Callable[[HistoryBuilder], object]) -> None:
    makes = "rejected" if decide is reject else "approved"
    story = pending()
    decide(story)
    shown(story, "pending")
    wait(story, 30)
    shown(story, makes)
    assert "APR-5" not in failures(story)
    shown(story, "pending")
    shown(story, makes)
    assert "APR-5" in failures(story)


def test_a_decision_that_a_regeneration_overtakes_may_show_once() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    wait(story, 3)
    shown(story, "rejected")
    assert "APR-10" not in failures(story)
    shown(story, "rejected")
    assert "APR-10" in failures(story)


def test_a_decision_that_was_shown_explains_nothing_after_a_regeneration() -> None:
    story = rejected()
    shown(story, "rejected")
    regenerate(story)
    wait(story, 3)
    shown(story, "rejected", updatedAt="2026-04-18T12:30:00.000Z")
    assert set(failures(story)) == {"APR-10"}


def test_an_approval_by_nobody_is_accused_however_the_target_lags() -> None:
    story = created_in()
    shown(story, "approved")
    assert set(failures(story, LAGGING)) == {"APR-3", "APR-5"}
    assert failures(life("completed"), LAGGING) == {}


def ended(*reads: Callable[[HistoryBuilder], object]) -> HistoryBuilder:
    """Return a history of reads of a container that was created long before."""
    story = created()
    wait(story, 20)
    for read in reads:
        read(story)
    return story


def running(story: HistoryBuilder) -> None:
    story.job(status="running", progress=0.5)


def listed_generating(story: HistoryBuilder) -> None:
    story.list([item(status="generating")])


def listed_unresolved(story: HistoryBuilder) -> None:
    story.list([item(status="generating", format="auto")])


BEHIND: list[tuple[Callable[[HistoryBuilder], object], Callable[[HistoryBuilder], object], str]] = [
    (HistoryBuilder.read, listed_generating, "LST-9"),
    (HistoryBuilder.read, listed_unresolved, "LST-9"),
    (HistoryBuilder.read, lambda story: story.list([], "?status=completed"), "LST-4"),
    (HistoryBuilder.read, lambda story: fetch(story, status=404), "AST-1"),
    (HistoryBuilder.read, lambda story: story.read(status="generating"), "LIF-2"),
    (HistoryBuilder.read, listed_generating, "LIF-2"),
    (lambda story: story.read(updatedAt=LATER), HistoryBuilder.read, "LIF-9"),
    (HistoryBuilder.job, running, "JOB-4"),
    (lambda story: story.job(status="running", progress=0.75), running, "JOB-5"),
]


@pytest.mark.parametrize(("newer", "older", "requirement"), BEHIND)
def test_what_comes_by_itself_may_show_late_too(
    newer: Callable[[HistoryBuilder], object], older: Callable[[HistoryBuilder], object], requirement: str
) -> None:
    story = ended(newer, older)
    assert requirement in failures(story)
    assert requirement not in failures(story, LAGGING)


@pytest.mark.parametrize(("newer", "older", "requirement"), BEHIND)
def test_what_came_by_itself_shows_when_the_lag_is_over(
    newer: Callable[[HistoryBuilder], object], older: Callable[[HistoryBuilder], object], requirement: str
) -> None:
    assert requirement in failures(ended(newer, lambda story: wait(story, 3), older), LAGGING)


def test_an_end_that_changes_is_no_older_state() -> None:
    story = ended(HistoryBuilder.job, lambda story: story.job(status="failed", error="why", result=None))
    assert "JOB-4" in failures(story, LAGGING)


def test_a_container_that_may_show_late_hides_nothing_of_the_others_in_a_walk() -> None:
    story = read_once()
    wait(story, 20)
    story.create(2)
    story.list([item(id="cnt_5")], "?limit=1", cursor="c")
    story.create(3)
    story.list([item()], "?limit=1&cursor=c")
    assert results(story, "LST-7", LAGGING) == ["passed"]
    assert results(story, "LST-1", LAGGING) == ["inconclusive", "passed"]
