"""The judge of what was stopped: since when it must stand still, and how often it is accused."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, Told, asset, failures, job, results
from moves import LATER, life, regenerate, wait

from conformance.checks.judge import Judge
from conformance.contract.document import load

ARCHIVE = "prj_archive"


def cancelled_at(sent: float = 1010.0, took: float = 0.5) -> Told:
    told = life("generating")
    told.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1"}, sent=sent, took=took)
    return told


def archived(*before: Any, created: bool = True) -> Told:
    """Archive a project at 1010 s, in which a container was created and read with these statuses."""
    told = Told()
    if created:
        told.create(project=ARCHIVE)
    for status in before:
        told.read(status=status, projectId=ARCHIVE)
    told.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE}, sent=1010.0)
    return told


@pytest.mark.parametrize(("sent", "accused"), [(1012.25, False), (1012.5, True)])
def test_a_cancel_may_take_a_moment_to_arrive(sent: Any, accused: Any) -> None:
    told = cancelled_at()
    told.read(status="generating", sent=sent)
    told.read()
    assert ("LIF-10" in failures(told)) is accused


@pytest.mark.parametrize(("sent", "accused"), [(1070.5, False), (1070.75, True)])
def test_what_was_cancelled_has_its_time_to_end(sent: Any, accused: Any) -> None:
    told = cancelled_at()
    told.read(status="generating", sent=sent)
    assert ("LIF-10" in failures(told)) is accused


def test_a_cancelled_job_that_ran_on_and_then_completed_is_accused_by_its_own_reads() -> None:
    told = cancelled_at()
    wait(told, 2)
    told.job(status="running")
    told.job()
    assert failures(told) == {
        "LIF-10": ["Job job_1 was in flight after the cancel was accepted, and then became completed."]
    }


def test_a_cancel_without_effect_is_accused_once() -> None:
    told = cancelled_at()
    wait(told, 2)
    told.read(status="generating")
    told.read()
    told.read()
    told.job()
    assert len(failures(told)["LIF-10"]) == 1


def test_a_cancelled_container_that_stays_in_flight_is_accused_once() -> None:
    told = cancelled_at()
    for sent in (1071.0, 1072.0):
        told.read(status="generating", sent=sent)
    told.read(sent=1080.0)
    assert failures(told) == {"LIF-10": ["Container cnt_1 is still in flight 60 s after the cancel was accepted."]}


def test_a_read_that_overlaps_the_cancel_shows_nothing_of_it() -> None:
    told = life("generating")
    told.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1"}, sent=1010.0, took=2)
    told.read(sent=1011.0, took=2)
    assert results(told, "LIF-10") == []


def test_several_cancels_whose_jobs_nobody_saw_running_may_all_have_come_too_late() -> None:
    told = Told()
    for n in (1, 2, 3):
        told.create(n)
        told.call("POST", f"/v1/jobs/job_{n}/cancel", 202, job(n, status="running"))
        told.read(n)
    assert failures(told) == {}


def test_what_was_in_flight_when_its_project_was_archived_may_read_as_canceled_at_once() -> None:
    told = archived("generating")
    told.read(status="canceled", projectId=ARCHIVE)
    assert results(told, "LIF-11") == ["passed"]


def test_what_no_read_saw_in_flight_was_so_by_the_answer_to_its_create() -> None:
    told = archived()
    told.read(status="canceled", projectId=ARCHIVE)
    assert results(told, "LIF-11") == ["passed"]


def test_what_no_read_saw_in_flight_may_have_completed_before_the_archiving() -> None:
    told = archived()
    told.read(projectId=ARCHIVE)
    assert results(told, "LIF-11") == []


def test_what_had_ended_before_its_project_was_archived_shows_nothing_of_it() -> None:
    told = archived("canceled")
    told.read(status="canceled", projectId=ARCHIVE)
    assert results(told, "LIF-11") == []


def test_what_an_archived_project_accepts_later_was_not_in_flight() -> None:
    told = archived(created=False)
    told.create(project=ARCHIVE)
    told.read(status="generating", projectId=ARCHIVE)
    told.read(projectId=ARCHIVE)
    assert "LIF-11" not in failures(told)


def test_a_read_that_overlaps_the_archiving_shows_nothing_of_it() -> None:
    told = archived("generating")
    told.read(status="generating", projectId=ARCHIVE, sent=1010.05)
    told.read(projectId=ARCHIVE)
    assert results(told, "LIF-11") == []


@pytest.mark.parametrize("status", [404, 409, 422])
def test_what_runs_on_in_a_project_whose_archiving_was_refused_is_left_alone(status: int) -> None:
    told = Told()
    told.create(project=ARCHIVE)
    told.call("DELETE", f"/v1/projects/{ARCHIVE}", status, {})
    for shown in ("generating", "completed"):
        told.read(status=shown, projectId=ARCHIVE)
    assert results(told, "LIF-11") == []


def test_every_container_of_an_archived_project_is_judged_by_itself() -> None:
    told = Told()
    for n in (1, 2):
        told.create(n, project=ARCHIVE)
    told.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE})
    for status in ("generating", "completed", "completed"):
        for n in (1, 2):
            told.read(n, status=status, projectId=ARCHIVE)
    assert failures(told)["LIF-11"] == [
        f"Container cnt_{n} was in flight after its project was archived, and then became completed." for n in (1, 2)
    ]


def test_a_lost_regeneration_may_be_what_runs_after_the_first_time_is_over() -> None:
    told = Told()
    told.create()
    regenerate(told, status=None, error="timed out")
    wait(told, 70)
    told.read(status="generating")
    assert "LIF-7" not in failures(told)


def test_every_asset_that_a_canceled_regeneration_gained_is_named() -> None:
    told = life("completed")
    regenerate(told)
    for assets in ([asset()], [asset(), asset("med_8"), asset("med_7")]):
        told.read(status="canceled", assets=assets, updatedAt=LATER)
    assert failures(told)["LIF-12"] == ["Canceled container cnt_1 gained the assets med_7, med_8."]


DATE = "Thu, 01 Jan 1970 00:16:{} GMT"
SECONDS_LATER = "2026-04-18T12:04:{:02d}.000Z"


def finished(seconds: int, *, told: Told | None = None, n: int = 1, status: str = "completed", **fields: Any) -> Told:
    """Read, half a minute later, a job that tells that it ran for so many seconds; by default of one cancelled in its eleventh."""
    told = told or cancelled_at()
    wait(told, 30)
    told.job(n, status=status, finishedAt=SECONDS_LATER.format(11 + seconds), **fields)
    return told


@pytest.mark.parametrize(("seconds", "accused"), [(5, False), (10, False), (12, False), (13, True), (30, True)])
@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_job_that_tells_that_it_ran_on_after_its_cancel_is_accused(seconds: int, accused: Any, status: str) -> None:
    told = finished(seconds, status=status, error={"code": "X"} if status == "failed" else None)
    assert ("LIF-10" in failures(told)) is accused
    if accused:
        assert "s or more after the cancel was accepted, by its own times" in failures(told)["LIF-10"][0]


def test_a_job_that_ended_as_canceled_may_take_its_time() -> None:
    assert "LIF-10" not in failures(finished(30, status="canceled"))


@pytest.mark.parametrize(("seconds", "accused"), [(9, False), (30, True)])
def test_a_job_that_tells_that_it_ran_on_after_its_project_was_archived_is_accused(seconds: int, accused: Any) -> None:
    told = finished(seconds, told=archived("generating"), projectId=ARCHIVE)
    assert ("LIF-11" in failures(told)) is accused


def test_a_job_may_have_begun_long_after_it_was_accepted_and_tell_so() -> None:
    told = finished(20, startedAt="2026-04-18T12:04:30.000Z")
    assert "LIF-10" in failures(told), "the answer to the create tells when it was accepted"


@pytest.mark.parametrize("finished_at", [None, "soon", 7, "2026-04-19T13:04:11.000Z"])
def test_times_that_tell_nothing_or_of_another_day_accuse_nobody(finished_at: Any) -> None:
    told = cancelled_at()
    wait(told, 30)
    told.job(finishedAt=finished_at)
    assert "LIF-10" not in failures(told)


def test_times_tell_nothing_once_the_clock_was_moved() -> None:
    told = cancelled_at()
    told.call("POST", "/_sandbox/clock", 200, {}, body={"advanceSeconds": 15})
    assert "LIF-10" not in failures(finished(25, told=told))


def test_times_tell_nothing_once_the_clock_has_jumped() -> None:
    told = cancelled_at()
    for seconds, sent in ((10, 1011.0), (24, 1012.0)):
        told.read(status="generating", sent=sent)
        told.exchanges[-1] = replace(
            told.exchanges[-1], response=replace(told.exchanges[-1].response, headers=(("Date", DATE.format(seconds)),))
        )
    assert "LIF-10" not in failures(finished(20, told=told))


def test_a_job_that_was_not_stopped_may_run_as_long_as_it_likes() -> None:
    told = life("generating")
    told.call("POST", "/v1/jobs/job_1/cancel", 409, sent=1010.0)
    assert "LIF-10" not in failures(finished(30, told=told))


def capabilities(told: Told) -> dict[str, bool]:
    """Return what a history tells of the target's capabilities."""
    judge = Judge(load(), FACTS)
    for exchange in told.exchanges:
        judge.observe(exchange)
    return judge.history.coverage.capabilities


@pytest.mark.parametrize(("status", "shown"), [("canceled", True), ("generating", True), ("completed", False)])
def test_whether_an_archiving_came_in_time_is_told_by_what_it_left(status: str, shown: bool) -> None:  # noqa: FBT001
    told = archived()
    told.read(status=status, projectId=ARCHIVE)
    assert capabilities(told)["archived_in_flight"] is shown


def test_a_first_generation_is_seen_in_flight_by_a_read_of_it() -> None:
    told = Told()
    told.create()
    told.read()
    assert capabilities(told)["first_in_flight"] is False
    told.create(2)
    told.read(2, status="queued")
    told.read(2)
    assert capabilities(told)["first_in_flight"] is True
