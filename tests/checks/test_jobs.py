"""Judges of jobs: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import CREATED, Told, asset, failures, job, results
from moves import EARLIER, LATER, clone, life, progress, regenerate


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 424, 501])
def test_a_job_that_was_accepted_and_cannot_be_read_is_accused(status: Any) -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1", status)
    assert failures(told)["JOB-1"] == [f"Job job_1 was accepted, and reading it was answered {status}."]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_job_whose_read_was_put_off_is_not_judged(status: Any) -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1", status)
    assert results(told, "JOB-1") == []


def test_a_job_that_another_organization_may_not_read_is_not_judged() -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1", 404, actor="other")
    assert results(told, "JOB-1") == []


def test_a_job_shows_its_own_id_and_kind() -> None:
    other_id, other_kind, same = life(), life(), life()
    other_id.job(jobId="job_9")
    other_kind.job(kind="content")
    same.job()
    assert failures(other_id)["JOB-1"] == ['Reading job job_1 shows the jobId "job_9".']
    assert "the kind" in failures(other_kind)["JOB-1"][0]
    assert results(same, "JOB-1") == ["passed"]


def test_a_job_with_neither_its_own_id_nor_its_own_kind_is_accused_of_both() -> None:
    told = life()
    told.job(jobId="job_9", kind="content")
    assert 'shows the jobId "job_9" and the kind "content" where' in failures(told)["JOB-1"][0]


@pytest.mark.parametrize("status", ["queued", "done", None, 1, []])
def test_a_job_status_outside_the_four_is_accused(status: Any) -> None:
    told = life()
    told.job(status=status)
    assert "shows the status" in failures(told)["JOB-4"][0]


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
    told = life()
    told.job()
    told.job(**changed)
    assert f"had ended and still changed its {name}" in failures(told)["JOB-4"][0]


def test_an_ended_job_that_stays_passes() -> None:
    told = life()
    told.job(status="running")
    told.job()
    told.job(finishedAt="2026-04-18T12:05:11Z", result={"containerId": "cnt_1", "url": "https://x.test/?sig=2"})
    assert set(results(told, "JOB-4")) == {"passed"}


def test_an_ended_job_that_a_regeneration_changes_is_accused_as_such() -> None:
    told = life()
    told.job()
    regenerate(told)
    told.job(status="canceled")
    assert "REG-5" in failures(told)
    assert "JOB-4" not in failures(told)


def test_an_earlier_job_that_was_seen_ended_after_a_regeneration_and_changes_is_accused_as_an_ended_job() -> None:
    told = life()
    regenerate(told)
    told.job()
    told.job(status="canceled")
    assert "still changed its status" in failures(told)["JOB-4"][0]
    assert "REG-5" not in failures(told)


def test_an_earlier_job_that_is_gone_after_a_regeneration_is_accused_as_such() -> None:
    told = life()
    told.job()
    regenerate(told)
    told.call("GET", "/v1/jobs/job_1", 404)
    assert "REG-5" in failures(told)
    assert "JOB-1" not in failures(told)


def test_an_earlier_job_that_stays_passes() -> None:
    told = life()
    told.job()
    regenerate(told)
    told.job()
    assert results(told, "REG-5") == ["passed"]


def test_a_superseded_job_may_end_canceled() -> None:
    told = life()
    told.job(status="running")
    regenerate(told)
    told.job(status="canceled")
    assert failures(told) == {}


@pytest.mark.parametrize("progress", [-0.01, 1.01, 100, "0.5", True, [1]])
def test_a_progress_outside_its_range_is_accused(progress: Any) -> None:
    told = life()
    told.job(status="running", progress=progress)
    assert "not a number from 0 to 1" in failures(told)["JOB-5"][0]


def test_a_progress_that_goes_back_is_accused() -> None:
    told = life()
    told.job(status="running", progress=0.5)
    told.job(status="running", progress=0.49)
    assert failures(told) == {"JOB-5": ['The progress of job "job_1" went back from 0.5 to 0.49.']}


def test_a_progress_from_0_to_1_passes() -> None:
    told = life()
    for value in (0, 0.5, 0.5, 1):
        told.job(status="running", progress=value)
    told.job(status="running", progress=None)
    assert results(told, "JOB-5") == ["passed"] * 4


def test_overlapping_reads_may_show_progress_in_either_order() -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1", answer=job(status="running", progress=0.5), sent=1010, took=1)
    told.call("GET", "/v1/jobs/job_1", answer=job(status="running", progress=0.4), sent=1010.5, took=1)
    assert "JOB-5" not in failures(told)


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
    told = life()
    told.job(result=result)
    assert "its envelope named cnt_1" in failures(told)["JOB-7"][0]


def test_a_completed_job_that_names_its_container_passes_and_a_failed_one_needs_not() -> None:
    done, failed = life(), life()
    done.job()
    failed.job(status="failed", result=None)
    assert results(done, "JOB-7") == ["passed"]
    assert results(failed, "JOB-7") == []


def test_progress_names_the_latest_job() -> None:
    old, new = life(), life()
    for told, n in ((old, 1), (new, 2)):
        regenerate(told)
        progress(told, n, status="running")
    assert failures(old)["JOB-3"] == ['The progress of container cnt_1 names job "job_1", and its latest job is job_2.']
    assert results(new, "JOB-3") == ["passed"]


def test_progress_may_name_either_job_while_a_regenerate_is_on_its_way() -> None:
    told = life()
    regenerate(told, sent=1010, took=5)
    progress(told, 1, sent=1011)
    progress(told, 2, sent=1012)
    assert results(told, "JOB-3") == ["passed", "passed"]


def test_progress_may_name_a_job_that_an_unanswered_regenerate_started() -> None:
    told = life()
    regenerate(told, status=None, error="timed out")
    progress(told, 7)
    assert "JOB-3" not in failures(told)


def test_a_clone_that_names_a_job_and_no_container_has_not_made_it_the_job_of_its_source() -> None:
    told = life()
    clone(told, answer={"jobId": "job_2", "kind": "content_clone", "status": "running"})
    progress(told, 1)
    assert results(told, "JOB-3") == ["passed"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"jobId": None}, "names no job"),
        ({"status": None}, "shows no status"),
        ({"containerId": "cnt_2"}, 'names the container "cnt_2"'),
    ],
)
def test_progress_without_the_shape_of_a_job_is_accused(fields: Any, message: Any) -> None:
    told = life()
    progress(told, **fields)
    assert message in failures(told)["JOB-3"][0]


@pytest.mark.parametrize(
    ("status", "found"), [("generating", True), ("", True), ("running", False), ("canceled", False)]
)
def test_progress_with_a_status_that_no_job_has_is_accused(status: str, found: bool) -> None:  # noqa: FBT001 - a column of the table
    told = life()
    progress(told, status=status)
    message = f'The progress of container cnt_1 shows the status "{status}".'
    assert failures(told).get("JOB-4", []) == [message] * found


@pytest.mark.parametrize("code", [404, 405, 410, 501])
@pytest.mark.parametrize("status", ["generating", "completed"])
def test_progress_that_is_not_there_is_accused(code: Any, status: Any) -> None:
    told = life()
    told.read(status=status)
    progress(told, code=code)
    assert failures(told)["JOB-3"] == [f"The progress of container cnt_1 was answered {code}."]


def test_progress_that_another_organization_may_not_read_is_not_judged() -> None:
    told = life()
    told.call("GET", "/v1/content/cnt_1/progress", 404, actor="other")
    assert results(told, "JOB-3") == []


def test_a_refused_regenerate_that_starts_a_job_is_accused() -> None:
    told = life()
    told.read()
    regenerate(told, status=422, body={"patch": 3})
    progress(told, 7, status="running")
    assert "answered 422, and container cnt_1 has the new job" in failures(told)["REG-6"][0]
    assert "JOB-3" not in failures(told)


@pytest.mark.parametrize(("one", "other"), [("completed", "failed"), ("canceled", "completed"), ("failed", "canceled")])
def test_two_different_ends_are_accused_at_once(one: Any, other: Any) -> None:
    told = life()
    told.read(status=one, lastError="why" if one == "failed" else None)
    told.job(status=other)
    assert failures(told)["JOB-2"] == [f"Job job_1 is {other}, and container cnt_1 is {one}."]


def test_a_job_that_runs_on_after_its_container_has_ended_is_accused() -> None:
    told = life()
    told.read()
    told.job(status="running")
    assert "JOB-2" not in failures(told)
    told.job(status="running")
    told.job(status="running")
    assert failures(told)["JOB-2"] == ["Job job_1 is still in flight 2.9 s after container cnt_1 was completed."]


def test_a_container_that_stays_in_flight_after_its_job_has_ended_is_accused() -> None:
    told = life()
    told.job()
    told.read(status="generating", sent=told.at + 2)
    assert "Container cnt_1 is still in flight" in failures(told)["JOB-2"][0]


def test_reads_around_a_change_may_differ_for_a_moment() -> None:
    told = life()
    told.job()
    told.read(status="generating", sent=1001 + 0.1 + 1.99)
    told.read()
    assert failures(told) == {}


@pytest.mark.parametrize(
    ("job_status", "status"),
    [("running", "queued"), ("running", "generating"), ("completed", "completed"), ("canceled", "canceled")],
)
def test_the_same_story_passes(job_status: Any, status: Any) -> None:
    told = life()
    told.job(status=job_status)
    told.read(status=status)
    assert results(told, "JOB-2") == ["passed"]


def test_progress_that_tells_another_story_is_accused() -> None:
    told = life()
    told.read()
    told.call("GET", "/v1/content/cnt_1/progress", 200, job(status="failed"))
    assert failures(told)["JOB-2"] == ["Job job_1 is failed, and container cnt_1 is completed."]


def test_an_earlier_job_is_not_held_against_a_regenerated_container() -> None:
    told = life()
    told.read()
    told.job()
    regenerate(told)
    told.read(status="generating", assets=[asset()])
    told.job()
    assert "JOB-2" not in failures(told)


def tagged(told: Told, etag: Any = '"v1"', asked: Any = None, status: Any = 200, **fields: Any) -> str:
    headers = {"If-None-Match": asked} if asked else {}
    answer = job(**fields) if status == 200 else None
    return told.call("GET", "/v1/jobs/job_1", status, answer, headers=headers, answer_headers={"ETag": etag})


@pytest.mark.parametrize("asked", ['"v1"', 'W/"v1"', '"v0", "v1"'])
def test_an_unchanged_job_that_is_sent_again_is_accused(asked: Any) -> None:
    told = life()
    tagged(told)
    tagged(told, asked=asked)
    assert failures(told) == {"JOB-8": ['Job "job_1" had not changed since the ETag "v1", and was answered 200.']}


def test_an_unchanged_job_that_is_answered_304_passes() -> None:
    told = life()
    tagged(told)
    tagged(told, asked='"v1"', status=304)
    assert results(told, "JOB-8") == ["passed"]


def test_a_304_for_an_etag_from_before_the_end_is_accused() -> None:
    told = life()
    tagged(told, '"v1"', progress=0.9)
    tagged(told, '"v2"')
    tagged(told, '"v2"', asked='"v1"', status=304)
    assert "and its last ETag is" in failures(told)["JOB-8"][0]


def test_a_304_long_after_the_container_has_ended_is_accused() -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1", 200, job(status="running"), answer_headers={"ETag": '"v1"'})
    told.read()
    tagged(told, asked='"v1"', status=304)
    assert "JOB-8" not in failures(told)
    told.at += 2
    tagged(told, asked='"v1"', status=304)
    assert "that it had while running" in failures(told)["JOB-8"][0]


def test_a_running_job_may_be_sent_again() -> None:
    told = life()
    for asked in (None, '"v1"'):
        headers = {"If-None-Match": asked} if asked else {}
        told.call("GET", "/v1/jobs/job_1", 200, job(status="running"), headers=headers, answer_headers={"ETag": '"v1"'})
    assert results(told, "JOB-8") == []


def test_one_etag_for_a_running_and_an_ended_job_is_accused() -> None:
    told = life()
    for status in ("running", "completed"):
        told.call("GET", "/v1/jobs/job_1", 200, job(status=status), answer_headers={"ETag": '"job_1"'})
    assert failures(told) == {
        "JOB-8": ['Job "job_1" kept the ETag "job_1" although it went from running to completed.']
    }


def test_a_read_of_a_job_with_a_query_that_no_page_knows_may_be_refused() -> None:
    told = life()
    told.call("GET", "/v1/jobs/job_1?expand=result", 400)
    assert results(told, "JOB-1") == []


@pytest.mark.parametrize(("pause", "accused"), [(0, set()), (100, {"JOB-2"})])
def test_a_lost_regeneration_may_begin_after_one_that_was_accepted_later(pause: Any, accused: Any) -> None:
    told = life("completed")
    regenerate(told, status=None, error="timed out")
    told.at += pause
    regenerate(told)
    told.job(2, containerId="cnt_1", kind="content_regenerate", result={"containerId": "cnt_1"})
    told.at += 70
    told.read(status="failed", lastError="why", updatedAt=LATER)
    assert set(failures(told)) == accused


def test_a_retry_of_the_latest_generation_does_not_part_it_from_its_container() -> None:
    told = life("completed")
    for _ in range(2):
        regenerate(told, headers={"Idempotency-Key": "k"})
    told.at += 5
    told.job(2, containerId="cnt_1", kind="content_regenerate", result={"containerId": "cnt_1"})
    told.read(status="failed", lastError="why", updatedAt=LATER)
    assert set(failures(told)) == {"JOB-2"}


def test_an_error_may_be_told_in_other_words_each_time_but_not_with_another_code() -> None:
    told = life("failed")
    for words in ("Zu laut.", "Too loud."):
        told.job(1, status="failed", result=None, error={"code": "X", "message": words})
    assert "JOB-4" not in failures(told)
    told.job(1, status="failed", result=None, error={"code": "Y", "message": "Too loud."})
    assert failures(told)["JOB-4"] == ['Job "job_1" had ended and still changed its error from "X" to "Y".']
