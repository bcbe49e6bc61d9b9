"""The judge of what was stopped: since when it must stand still, and how often it is accused."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, failures
from moves import life, wait

from conformance.checks.judge import Judge
from conformance.contract.document import load

ARCHIVE = "prj_archive"


def cancelled_at(sent: float = 1010.0, took: float = 0.5) -> HistoryBuilder:
    story = life("generating")
    story.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1"}, sent=sent, took=took)
    return story


def archived(*before: Any, created: bool = True) -> HistoryBuilder:
    """Archive a project at 1010 s, in which a container was created and read with these statuses."""
    story = HistoryBuilder()
    if created:
        story.create(project=ARCHIVE)
    for status in before:
        story.read(status=status, projectId=ARCHIVE)
    story.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE}, sent=1010.0)
    return story


DATE = "Thu, 01 Jan 1970 00:16:{} GMT"
SECONDS_LATER = "2026-04-18T12:04:{:02d}.000Z"


def finished(
    seconds: int, *, story: HistoryBuilder | None = None, n: int = 1, status: str = "completed", **fields: Any
) -> HistoryBuilder:
    """Read, half a minute later, a job that tells that it ran for so many seconds; by default of one cancelled in its eleventh."""
    story = story or cancelled_at()
    wait(story, 30)
    story.job(n, status=status, finishedAt=SECONDS_LATER.format(11 + seconds), **fields)
    return story


@pytest.mark.also_fails("SCH-2")
def test_times_tell_nothing_once_the_clock_has_jumped() -> None:
    story = cancelled_at()
    for seconds, sent in ((10, 1011.0), (24, 1012.0)):
        story.read(status="generating", sent=sent)
        story.exchanges[-1] = replace(
            story.exchanges[-1],
            response=replace(story.exchanges[-1].response, headers=(("Date", DATE.format(seconds)),)),
        )
    assert "LIF-10" not in failures(finished(20, story=story))


def capabilities(story: HistoryBuilder) -> dict[str, bool]:
    """Return what a history tells of the target's capabilities."""
    judge = Judge(load(), FACTS)
    for exchange in story.exchanges:
        judge.observe(exchange)
    return judge.history.coverage.capabilities


@pytest.mark.parametrize(("status", "shown"), [("canceled", True), ("generating", True), ("completed", False)])
def test_whether_an_archiving_came_in_time_is_told_by_what_it_left(status: str, shown: bool) -> None:  # noqa: FBT001
    story = archived()
    story.read(status=status, projectId=ARCHIVE)
    assert capabilities(story)["archived_in_flight"] is shown


def test_a_first_generation_is_seen_in_flight_by_a_read_of_it() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    assert capabilities(story)["first_in_flight"] is False
    story.create(2)
    story.read(2, status="queued")
    story.read(2)
    assert capabilities(story)["first_in_flight"] is True
