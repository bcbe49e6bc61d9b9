"""Judges of jobs: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import CREATED, HistoryBuilder, envelope, failures, job, results
from moves import EARLIER, LATER, life, regenerate


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 424, 501])
def test_a_job_that_was_accepted_and_cannot_be_read_is_accused(status: Any) -> None:
    story = life()
    story.call("GET", "/v1/jobs/job_1", status)
    assert failures(story)["JOB-1"] == [f"Job job_1 was accepted, but reading it was answered {status}."]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_job_whose_read_was_put_off_is_not_judged(status: Any) -> None:
    story = life()
    story.call("GET", "/v1/jobs/job_1", status)
    assert results(story, "JOB-1") == []


def test_a_job_that_another_organization_may_not_read_is_not_judged() -> None:
    story = life()
    story.call("GET", "/v1/jobs/job_1", 404, actor="other")
    assert results(story, "JOB-1") == []


def test_a_job_shows_its_own_id_and_kind() -> None:
    other_id, other_kind, same = life(), life(), life()
    other_id.job(jobId="job_9")
    other_kind.job(kind="content")
    same.job()
    assert failures(other_id)["JOB-1"] == ['Reading job job_1 shows the jobId "job_9".']
    assert "the kind" in failures(other_kind)["JOB-1"][0]
    assert results(same, "JOB-1") == ["passed"]


def test_a_job_with_neither_its_own_id_nor_its_own_kind_is_accused_of_both() -> None:
    story = life()
    story.job(jobId="job_9", kind="content")
    assert 'shows the jobId "job_9" and the kind "content" where' in failures(story)["JOB-1"][0]


@pytest.mark.parametrize("status", ["queued", "done", None, 1, []])
def test_a_job_status_outside_the_four_is_accused(status: Any) -> None:
    story = life()
    story.job(status=status)
    assert "shows the status" in failures(story)["JOB-4"][0]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"status": "failed"}, "status"),
        ({"status": "running"}, "status"),
        ({"error": {"code": "X"}}, "error"),
        ({"finishedAt": LATER}, "finishedAt"),
        ({"result": {"containerId": "cnt_9"}}, "result.containerId"),
        ({"kind": "content_regenerate"}, "kind"),
    ],
)
def test_an_ended_job_that_changes_is_accused(changed: Any, name: Any) -> None:
    story = life()
    story.job()
    story.job(**changed)
    assert f"changed its {name}" in failures(story)["JOB-4"][0]


def test_an_ended_job_that_stays_passes() -> None:
    story = life()
    story.job(status="running")
    story.job()
    story.job(finishedAt="2026-04-18T12:05:11Z", result={"containerId": "cnt_1", "url": "https://x.test/?sig=2"})
    assert set(results(story, "JOB-4")) == {"passed"}


def test_an_ended_job_that_a_regeneration_changes_is_accused_as_such() -> None:
    story = life()
    story.job()
    regenerate(story)
    story.job(status="canceled")
    assert "REG-5" in failures(story)
    assert "JOB-4" not in failures(story)


def test_an_earlier_job_that_was_seen_ended_after_a_regeneration_and_changes_is_accused_as_an_ended_job() -> None:
    story = life()
    regenerate(story)
    story.job()
    story.job(status="canceled")
    assert "changed its status from" in failures(story)["JOB-4"][0]
    assert "REG-5" not in failures(story)


def test_an_earlier_job_that_is_gone_after_a_regeneration_is_accused_as_such() -> None:
    story = life()
    story.job()
    regenerate(story)
    story.call("GET", "/v1/jobs/job_1", 404)
    assert "REG-5" in failures(story)
    assert "JOB-1" not in failures(story)


def test_an_earlier_job_that_stays_passes() -> None:
    story = life()
    story.job()
    regenerate(story)
    story.job()
    assert results(story, "REG-5") == ["passed"]


def test_a_superseded_job_may_end_canceled() -> None:
    story = life()
    story.job(status="running")
    regenerate(story)
    story.job(status="canceled")
    assert failures(story) == {}


@pytest.mark.parametrize("progress", [-0.01, 1.01, 100, "0.5", True, [1]])
def test_a_progress_outside_its_range_is_accused(progress: Any) -> None:
    story = life()
    story.job(status="running", progress=progress)
    assert "not a number from 0 to 1" in failures(story)["JOB-5"][0]


def test_a_progress_that_goes_back_is_accused() -> None:
    story = life()
    story.job(status="running", progress=0.5)
    story.job(status="running", progress=0.49)
    assert failures(story) == {"JOB-5": ['The progress of job "job_1" went back from 0.5 to 0.49.']}


def test_a_progress_from_0_to_1_passes() -> None:
    story = life()
    for value in (0, 0.5, 0.5, 1):
        story.job(status="running", progress=value)
    story.job(status="running", progress=None)
    assert results(story, "JOB-5") == ["passed"] * 4


def test_overlapping_reads_may_show_progress_in_either_order() -> None:
    story = life()
    story.call("GET", "/v1/jobs/job_1", answer=job(status="running", progress=0.5), sent=1010, took=1)
    story.call("GET", "/v1/jobs/job_1", answer=job(status="running", progress=0.4), sent=1010.5, took=1)
    assert "JOB-5" not in failures(story)


def test_an_ended_job_says_when() -> None:
    silent, before, same, running = life(), life(), life(), life()
    silent.job(finishedAt=None)
    before.job(finishedAt=EARLIER)
    same.job(finishedAt=CREATED)
    running.job(status="running", finishedAt=None)
    assert failures(silent) == {"JOB-6": ['Job "job_1" is completed and has no finishedAt.']}
    assert "before it started" in failures(before)["JOB-6"][0]
    assert results(same, "JOB-6") == ["passed"]
    assert results(running, "JOB-6") == []


@pytest.mark.parametrize("result", [None, {}, {"containerId": "cnt_2"}, [1], "cnt_1"])
def test_a_completed_job_that_names_another_container_is_accused(result: Any) -> None:
    story = life()
    story.job(result=result)
    assert "its envelope named cnt_1" in failures(story)["JOB-7"][0]


def test_a_completed_job_that_names_its_container_passes_and_a_failed_one_needs_not() -> None:
    done, failed = life(), life()
    done.job()
    failed.job(status="failed", result=None)
    assert results(done, "JOB-7") == ["passed"]
    assert results(failed, "JOB-7") == []


def test_a_read_of_a_job_with_a_query_that_no_page_knows_may_be_refused() -> None:
    story = life()
    story.call("GET", "/v1/jobs/job_1?expand=result", 400)
    assert results(story, "JOB-1") == []


def test_an_error_may_be_told_in_other_words_each_time_but_not_with_another_code() -> None:
    story = life("failed")
    for words in ("Zu laut.", "Too loud."):
        story.job(1, status="failed", result=None, error={"code": "X", "message": words})
    assert "JOB-4" not in failures(story)
    story.job(1, status="failed", result=None, error={"code": "Y", "message": "Too loud."})
    assert failures(story)["JOB-4"] == ['Job "job_1" changed its error from "X" to "Y" after it had ended.']


@pytest.mark.parametrize(("named", "accused"), [("cnt_2", True), ("cnt_1", False), (None, False), ({"a": 1}, False)])
def test_a_job_that_names_another_container_than_its_envelope_is_accused(named: Any, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = life()
    story.job(containerId=named)
    assert ("JOB-1" in failures(story)) is accused


@pytest.mark.parametrize(
    ("made", "named", "accused"),
    [
        ("7C9E6679-7425-40DE-944B-E07FC1F90AE7", "7c9e6679-7425-40de-944b-e07fc1f90ae7", False),
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "7C9E6679-7425-40DE-944B-E07FC1F90AE7", True),
        ("cnt_A", "cnt_a", True),
    ],
)
def test_a_uuid_may_come_back_in_lower_case(made: str, named: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = HistoryBuilder()
    story.create(answer=envelope(container_id=made))
    story.job(containerId=named, result={"containerId": named})
    assert bool({"JOB-1", "JOB-7"} & failures(story).keys()) is accused
