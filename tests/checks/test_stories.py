"""The judge of whether a job and its container tell the same story: whose words are compared, and when."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, asset, container, envelope, failures, job, results
from moves import LATER, cancel, life, progress, regenerate


def made() -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    return story


def job_at(story: HistoryBuilder, sent: float, took: float = 0.1, **fields: Any) -> str:
    return story.call("GET", "/v1/jobs/job_1", answer=job(**fields), sent=sent, took=took)


def test_a_job_runs_on_since_its_container_was_first_seen_ended() -> None:
    story = made()
    story.read(sent=1010.0)
    story.read(sent=1060.0)
    job_at(story, 1071.0, status="running")
    assert failures(story)["JOB-2"] == ["Job job_1 is still in flight 60.9 s after container cnt_1 was completed."]


def test_a_container_that_changed_its_end_is_compared_by_the_later_one() -> None:
    story = life("completed")
    story.read(sent=1010.0, status="failed", lastError="why")
    job_at(story, 1069.0, status="running")
    assert "JOB-2" not in failures(story)
    job_at(story, 1071.0, status="running")
    assert failures(story)["JOB-2"] == ["Job job_1 is still in flight 60.9 s after container cnt_1 was failed."]


def test_ids_stand_in_the_sentence_as_the_target_wrote_them() -> None:
    story = HistoryBuilder()
    story.create(answer=envelope(container_id="cnt_01HX9Y6K"))
    job_at(story, 1010.0, containerId="cnt_01HX9Y6K", result={"containerId": "cnt_01HX9Y6K"})
    shown = container(id="cnt_01HX9Y6K", status="failed", lastError="why")
    story.call("GET", "/v1/content/cnt_01HX9Y6K", answer=shown, sent=1020.0)
    assert failures(story)["JOB-2"] == ["Container cnt_01HX9Y6K is failed, and job job_1 is completed."]


@pytest.mark.parametrize(
    ("sent", "settling", "found"),
    [
        (1012.25, 2, []),
        (1012.5, 2, ["inconclusive"]),
        (1070.5, 2, ["inconclusive"]),
        (1071.0, 2, ["failed"]),
        (1012.5, 5, []),
        (1010.6, 0, ["inconclusive"]),
    ],
)
def test_a_job_may_follow_its_container_by_a_moment_and_perhaps_later(sent: Any, settling: Any, found: Any) -> None:
    story = made()
    story.read(sent=1010.0, took=0.5)
    job_at(story, sent, status="running")
    assert results(story, "JOB-2", replace(FACTS, settling=settling)) == found


def test_a_side_that_lags_is_doubted_once_and_may_still_agree() -> None:
    story = made()
    story.read(sent=1010.0)
    for sent, status in ((1020.0, "running"), (1030.0, "running"), (1040.0, "completed")):
        job_at(story, sent, status=status)
    assert results(story, "JOB-2") == ["inconclusive", "passed"]


@pytest.mark.parametrize("status", ["failed", "running"])
def test_a_job_that_contradicts_its_container_is_accused_once(status: Any) -> None:
    story = made()
    story.read(sent=1010.0)
    for sent in (1080.0, 1090.0, 1100.0):
        job_at(story, sent, status=status)
    assert len(failures(story)["JOB-2"]) == 1


def test_of_two_reads_of_a_job_at_a_time_the_one_that_began_later_counts() -> None:
    story = made()
    job_at(story, 1010.0, took=2, status="running")
    job_at(story, 1011.0, took=0.5)
    story.read(sent=1020.0)
    assert results(story, "JOB-2") == ["passed"]


def test_a_job_that_was_read_while_its_container_was_is_compared_with_nothing() -> None:
    story = made()
    story.read(sent=1010.0, took=2)
    job_at(story, 1011.0, took=2)
    assert results(story, "JOB-2") == []


def test_a_regeneration_that_ends_otherwise_than_a_canceled_generation_is_no_matter_of_the_cancel() -> None:
    story = life("generating")
    cancel(story)
    story.read(status="canceled")
    regenerate(story)
    story.at += 5
    story.job(2, containerId="cnt_1", kind="content_regenerate", result={"containerId": "cnt_1"})
    story.read(status="failed", lastError="why", updatedAt=LATER)
    assert failures(story)["JOB-2"] == ["Container cnt_1 is failed, and job job_2 is completed."]
    assert "LIF-10" not in failures(story)


def test_progress_that_still_runs_long_after_its_container_has_ended_is_accused() -> None:
    story = made()
    story.read(sent=1010.0)
    progress(story, sent=1075.0, status="running")
    assert failures(story)["JOB-2"] == ["Job job_1 is still in flight 64.9 s after container cnt_1 was completed."]


def test_progress_that_ends_long_before_its_container_is_accused_of_it() -> None:
    story = made()
    progress(story, sent=1010.0)
    story.read(sent=1075.0, status="generating")
    assert failures(story)["JOB-2"] == ["Container cnt_1 is still in flight 64.9 s after job job_1 was completed."]


@pytest.mark.parametrize(("status", "shown"), [("running", "generating"), ("completed", "completed")])
def test_progress_that_tells_the_same_story_passes(status: Any, shown: Any) -> None:
    story = made()
    story.read(status=shown)
    progress(story, status=status)
    assert results(story, "JOB-2") == ["passed"]


@pytest.mark.parametrize(
    ("code", "actor", "fields"),
    [
        (500, "owner", {}),
        (202, "owner", {}),
        (200, "anonymous", {}),
        (200, "owner", {"status": "queued"}),
        (200, "owner", {"status": ["failed"]}),
        (200, "owner", {"jobId": ["job_1"]}),
        (200, "owner", {"jobId": "job_7"}),
    ],
)
def test_progress_that_shows_no_job_in_a_legal_status_tells_no_story(code: Any, actor: Any, fields: Any) -> None:
    story = made()
    story.read()
    answer = job(**({"status": "failed"} | fields))
    story.call("GET", "/v1/content/cnt_1/progress", code, answer, actor=actor, sent=1010.0)
    assert results(story, "JOB-2") == []


def test_progress_that_names_the_job_of_another_container_tells_nothing_of_that_one() -> None:
    story = made()
    story.create(2)
    story.read()
    story.call("GET", "/v1/content/cnt_2/progress", answer=job(status="failed"))
    assert list(failures(story)) == ["JOB-3"]


def test_progress_that_was_asked_for_before_its_job_was_accepted_is_compared_with_nothing() -> None:
    story = HistoryBuilder()
    story.create(took=5)
    progress(story, sent=1003.0)
    story.read(sent=1010.0)
    assert results(story, "JOB-2") == []


@pytest.mark.parametrize(("one", "other"), [("completed", "failed"), ("canceled", "completed"), ("failed", "canceled")])
def test_two_different_ends_are_accused_at_once(one: Any, other: Any) -> None:
    story = life()
    story.read(status=one, lastError="why" if one == "failed" else None)
    story.job(status=other)
    assert failures(story)["JOB-2"] == [f"Job job_1 is {other}, and container cnt_1 is {one}."]


def test_a_job_that_runs_on_after_its_container_has_ended_is_accused() -> None:
    story = life()
    story.read()
    story.job(status="running")
    assert "JOB-2" not in failures(story)
    story.at += 60
    story.job(status="running")
    assert failures(story)["JOB-2"] == ["Job job_1 is still in flight 61.9 s after container cnt_1 was completed."]


def test_a_container_that_stays_in_flight_after_its_job_has_ended_is_accused() -> None:
    story = life()
    story.job()
    story.read(status="generating", sent=story.at + 61)
    assert "Container cnt_1 is still in flight" in failures(story)["JOB-2"][0]


def test_reads_around_a_change_may_differ_for_a_moment() -> None:
    story = life()
    story.job()
    story.read(status="generating", sent=1001 + 0.1 + 1.99)
    story.read()
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("job_status", "status"),
    [("running", "queued"), ("running", "generating"), ("completed", "completed"), ("canceled", "canceled")],
)
def test_the_same_story_passes(job_status: Any, status: Any) -> None:
    story = life()
    story.job(status=job_status)
    story.read(status=status)
    assert results(story, "JOB-2") == ["passed"]


def test_progress_that_tells_another_story_is_accused() -> None:
    story = life()
    story.read()
    story.call("GET", "/v1/content/cnt_1/progress", 200, job(status="failed"))
    assert failures(story)["JOB-2"] == ["Job job_1 is failed, and container cnt_1 is completed."]


def test_an_earlier_job_is_not_held_against_a_regenerated_container() -> None:
    story = life()
    story.read()
    story.job()
    regenerate(story)
    story.read(status="generating", assets=[asset()])
    story.job()
    assert "JOB-2" not in failures(story)


@pytest.mark.parametrize(("pause", "accused"), [(0, set()), (100, {"JOB-2"})])
def test_a_lost_regeneration_may_begin_after_one_that_was_accepted_later(pause: Any, accused: Any) -> None:
    story = life("completed")
    regenerate(story, status=None, error="timed out")
    story.at += pause
    regenerate(story)
    story.job(2, containerId="cnt_1", kind="content_regenerate", result={"containerId": "cnt_1"})
    story.at += 70
    story.read(status="failed", lastError="why", updatedAt=LATER)
    assert set(failures(story)) == accused


def test_a_retry_of_the_latest_generation_does_not_part_it_from_its_container() -> None:
    story = life("completed")
    for _ in range(2):
        regenerate(story, headers={"Idempotency-Key": "k"})
    story.at += 5
    story.job(2, containerId="cnt_1", kind="content_regenerate", result={"containerId": "cnt_1"})
    story.read(status="failed", lastError="why", updatedAt=LATER)
    assert set(failures(story)) == {"JOB-2"}


def test_get_job_and_progress_that_end_a_job_in_two_ways_are_accused() -> None:
    story = made()
    story.job(status="failed", error="why", result=None)
    progress(story)
    assert failures(story)["JOB-2"] == ["The progress of container cnt_1 is completed, and job job_1 is failed."]


@pytest.mark.parametrize(("seconds", "found"), [(1, []), (5, ["inconclusive"]), (70, ["failed"])])
def test_progress_may_follow_get_job_by_a_moment_and_perhaps_later(seconds: float, found: list[str]) -> None:
    story = made()
    story.job()
    story.at = 1001.0 + seconds
    progress(story, status="running")
    assert results(story, "JOB-2") == found


def test_progress_that_showed_a_job_running_before_it_ended_tells_the_same() -> None:
    story = made()
    progress(story, status="running")
    story.job()
    progress(story)
    assert results(story, "JOB-2") == []
