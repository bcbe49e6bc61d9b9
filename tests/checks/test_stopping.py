"""The judge of what was stopped: since when it must stand still, and how often it is accused."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, asset, failures, job, results
from moves import LATER, life, regenerate, wait

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


@pytest.mark.parametrize(("sent", "accused"), [(1012.25, False), (1012.5, True)])
def test_a_cancel_may_take_a_moment_to_arrive(sent: Any, accused: Any) -> None:
    story = cancelled_at()
    story.read(status="generating", sent=sent)
    story.read()
    assert ("LIF-10" in failures(story)) is accused


@pytest.mark.parametrize(("sent", "accused"), [(1070.5, False), (1070.75, True)])
def test_what_was_cancelled_has_its_time_to_end(sent: Any, accused: Any) -> None:
    story = cancelled_at()
    story.read(status="generating", sent=sent)
    assert ("LIF-10" in failures(story)) is accused


def test_a_cancelled_job_that_ran_on_and_then_completed_is_accused_by_its_own_reads() -> None:
    story = cancelled_at()
    wait(story, 2)
    story.job(status="running")
    story.job()
    assert failures(story) == {
        "LIF-10": ["Job job_1 was in flight after the cancel was accepted, and then became completed."]
    }


def test_a_cancel_without_effect_is_accused_once() -> None:
    story = cancelled_at()
    wait(story, 2)
    story.read(status="generating")
    story.read()
    story.read()
    story.job()
    assert len(failures(story)["LIF-10"]) == 1


def test_a_cancelled_container_that_stays_in_flight_is_accused_once() -> None:
    story = cancelled_at()
    for sent in (1071.0, 1072.0):
        story.read(status="generating", sent=sent)
    story.read(sent=1080.0)
    assert failures(story) == {"LIF-10": ["Container cnt_1 is still in flight 60 s after the cancel was accepted."]}


def test_a_read_that_overlaps_the_cancel_shows_nothing_of_it() -> None:
    story = life("generating")
    story.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1"}, sent=1010.0, took=2)
    story.read(sent=1011.0, took=2)
    assert results(story, "LIF-10") == []


def test_several_cancels_whose_jobs_nobody_saw_running_may_all_have_come_too_late() -> None:
    story = HistoryBuilder()
    for n in (1, 2, 3):
        story.create(n)
        story.call("POST", f"/v1/jobs/job_{n}/cancel", 202, job(n, status="running"))
        story.read(n)
    assert failures(story) == {}


def test_what_was_in_flight_when_its_project_was_archived_may_read_as_canceled_at_once() -> None:
    story = archived("generating")
    story.read(status="canceled", projectId=ARCHIVE)
    assert results(story, "LIF-11") == ["passed"]


def test_what_no_read_saw_in_flight_was_so_by_the_answer_to_its_create() -> None:
    story = archived()
    story.read(status="canceled", projectId=ARCHIVE)
    assert results(story, "LIF-11") == ["passed"]


def test_what_no_read_saw_in_flight_may_have_completed_before_the_archiving() -> None:
    story = archived()
    story.read(projectId=ARCHIVE)
    assert results(story, "LIF-11") == []


def test_what_had_ended_before_its_project_was_archived_shows_nothing_of_it() -> None:
    story = archived("canceled")
    story.read(status="canceled", projectId=ARCHIVE)
    assert results(story, "LIF-11") == []


def test_what_an_archived_project_accepts_later_was_not_in_flight() -> None:
    story = archived(created=False)
    story.create(project=ARCHIVE)
    story.read(status="generating", projectId=ARCHIVE)
    story.read(projectId=ARCHIVE)
    assert "LIF-11" not in failures(story)


def test_a_read_that_overlaps_the_archiving_shows_nothing_of_it() -> None:
    story = archived("generating")
    story.read(status="generating", projectId=ARCHIVE, sent=1010.05)
    story.read(projectId=ARCHIVE)
    assert results(story, "LIF-11") == []


@pytest.mark.parametrize("status", [404, 409, 422])
def test_what_runs_on_in_a_project_whose_archiving_was_refused_is_left_alone(status: int) -> None:
    story = HistoryBuilder()
    story.create(project=ARCHIVE)
    story.call("DELETE", f"/v1/projects/{ARCHIVE}", status, {})
    for shown in ("generating", "completed"):
        story.read(status=shown, projectId=ARCHIVE)
    assert results(story, "LIF-11") == []


def test_every_container_of_an_archived_project_is_judged_by_itself() -> None:
    story = HistoryBuilder()
    for n in (1, 2):
        story.create(n, project=ARCHIVE)
    story.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE})
    for status in ("generating", "completed", "completed"):
        for n in (1, 2):
            story.read(n, status=status, projectId=ARCHIVE)
    assert failures(story)["LIF-11"] == [
        f"Container cnt_{n} was in flight after its project was archived, and then became completed." for n in (1, 2)
    ]


def test_a_lost_regeneration_may_be_what_runs_after_the_first_time_is_over() -> None:
    story = HistoryBuilder()
    story.create()
    regenerate(story, status=None, error="timed out")
    wait(story, 70)
    story.read(status="generating")
    assert "LIF-7" not in failures(story)


def test_every_asset_that_a_canceled_regeneration_gained_is_named() -> None:
    story = life("completed")
    regenerate(story)
    for assets in ([asset()], [asset(), asset("med_8"), asset("med_7")]):
        story.read(status="canceled", assets=assets, updatedAt=LATER)
    assert failures(story)["LIF-12"] == ["Canceled container cnt_1 gained the assets med_7, med_8."]


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


@pytest.mark.parametrize(("seconds", "accused"), [(5, False), (10, False), (12, False), (13, True), (30, True)])
@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_job_that_tells_that_it_ran_on_after_its_cancel_is_accused(seconds: int, accused: Any, status: str) -> None:
    story = finished(seconds, status=status, error={"code": "X"} if status == "failed" else None)
    assert ("LIF-10" in failures(story)) is accused
    if accused:
        assert "s or more after the cancel was accepted, by its own times" in failures(story)["LIF-10"][0]


def test_a_job_that_ended_as_canceled_may_take_its_time() -> None:
    assert "LIF-10" not in failures(finished(30, status="canceled"))


@pytest.mark.parametrize(("seconds", "accused"), [(9, False), (30, True)])
def test_a_job_that_tells_that_it_ran_on_after_its_project_was_archived_is_accused(seconds: int, accused: Any) -> None:
    story = finished(seconds, story=archived("generating"), projectId=ARCHIVE)
    assert ("LIF-11" in failures(story)) is accused


def test_a_job_may_have_begun_long_after_it_was_accepted_and_tell_so() -> None:
    story = finished(20, startedAt="2026-04-18T12:04:30.000Z")
    assert "LIF-10" in failures(story), "the answer to the create tells when it was accepted"


@pytest.mark.parametrize("finished_at", [None, "soon", 7, "2026-04-19T13:04:11.000Z"])
def test_times_that_tell_nothing_or_of_another_day_accuse_nobody(finished_at: Any) -> None:
    story = cancelled_at()
    wait(story, 30)
    story.job(finishedAt=finished_at)
    assert "LIF-10" not in failures(story)


def test_times_tell_nothing_once_the_clock_was_moved() -> None:
    story = cancelled_at()
    story.call("POST", "/_sandbox/clock", 200, {}, body={"advanceSeconds": 15})
    assert "LIF-10" not in failures(finished(25, story=story))


def test_times_tell_nothing_once_the_clock_has_jumped() -> None:
    story = cancelled_at()
    for seconds, sent in ((10, 1011.0), (24, 1012.0)):
        story.read(status="generating", sent=sent)
        story.exchanges[-1] = replace(
            story.exchanges[-1],
            response=replace(story.exchanges[-1].response, headers=(("Date", DATE.format(seconds)),)),
        )
    assert "LIF-10" not in failures(finished(20, story=story))


def test_a_job_that_was_not_stopped_may_run_as_long_as_it_likes() -> None:
    story = life("generating")
    story.call("POST", "/v1/jobs/job_1/cancel", 409, sent=1010.0)
    assert "LIF-10" not in failures(finished(30, story=story))


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
