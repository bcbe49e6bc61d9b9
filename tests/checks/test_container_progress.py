"""The judge of a container's progress: which job is its latest, and who is to blame for another."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, failures, results
from moves import approve, cancel, clone, life, progress, regenerate, wait

STRANGER = 'The progress of container cnt_1 names job "job_7", but its latest job is job_{}.'


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
def test_progress_whose_read_was_put_off_is_not_judged(code: Any) -> None:
    story = life()
    progress(story, code=code)
    assert results(story, "JOB-3") == []


@pytest.mark.parametrize("code", [400, 404, 405, 409, 410, 422, 501])
@pytest.mark.parametrize("shown", [(), ("generating",), ("completed",)])
def test_progress_that_its_owner_is_refused_is_accused(code: int, shown: tuple[str, ...]) -> None:
    story = life(*shown)
    progress(story, code=code)
    assert failures(story)["JOB-3"] == [f"Reading the progress of container cnt_1 was answered {code}."]


def test_progress_that_is_asked_for_in_an_odd_way_may_be_refused() -> None:
    story = life()
    story.error("GET", "/v1/content/cnt_1/progress?verbose=yes", 400, "VALIDATION")
    assert results(story, "JOB-3") == []


def test_a_job_that_nobody_started_is_accused() -> None:
    story = life()
    progress(story, 7)
    assert failures(story)["JOB-3"] == [STRANGER.format(1)]


@pytest.mark.parametrize("call", [cancel, approve, regenerate])
def test_a_job_that_nobody_started_is_accused_though_another_call_was_accepted(call: Any) -> None:
    story = life()
    story.read()
    call(story)
    progress(story, 7)
    assert failures(story)["JOB-3"] == [STRANGER.format(2 if call is regenerate else 1)]


def test_a_job_that_nobody_started_is_not_blamed_on_a_read_that_was_refused() -> None:
    story = life()
    story.error("GET", "/v1/content/cnt_1/assets/med_9", 404, "NOT_FOUND")
    progress(story, 7)
    assert failures(story)["JOB-3"] == [STRANGER.format(1)]


def test_a_job_that_nobody_started_is_not_blamed_on_what_was_refused_while_others_had_the_container() -> None:
    story = HistoryBuilder()
    story.read()
    regenerate(story, status=409)
    regenerate(story)
    progress(story, 7)
    assert failures(story)["JOB-3"] == [STRANGER.format(2)]


def test_a_job_that_nobody_started_is_not_blamed_on_a_call_that_was_still_being_refused() -> None:
    story = life()
    story.call("POST", "/v1/content/cnt_1/regenerate", 409, sent=1010.0, took=5)
    progress(story, 7, sent=1012.0)
    assert failures(story)["JOB-3"] == [STRANGER.format(1)]


def test_progress_may_name_the_job_behind_which_a_regenerate_waits() -> None:
    for status, accused in (("generating", []), ("completed", ["JOB-3"])):
        story = life(status)
        regenerate(story)
        wait(story, 2)
        progress(story, 1, status="running")
        progress(story, 2, status="running")
        assert list(failures(story)) == accused


def test_progress_names_the_job_that_waited_once_it_has_begun() -> None:
    story = life("generating")
    regenerate(story)
    story.read()
    story.read(status="generating")
    wait(story, 2)
    progress(story, 1, status="running")
    assert list(failures(story)) == ["JOB-3"]


def test_a_lost_regeneration_started_no_job_that_was_known_before() -> None:
    story = life("completed")
    regenerate(story)
    regenerate(story, status=None, error="timed out")
    wait(story, 2)
    progress(story, 1)
    assert "its latest job is job_2." in failures(story)["JOB-3"][0]


def test_either_of_two_regenerations_at_a_time_may_be_the_latest_but_no_earlier_one() -> None:
    story = life()
    story.read()
    regenerate(story, 2, sent=1010.0, took=2)
    regenerate(story, 3, sent=1011.0, took=2)
    for n in (2, 3):
        progress(story, n, kind="content_regenerate", status="running")
    assert results(story, "JOB-3") == ["passed", "passed"]
    wait(story, 2)
    progress(story, 1)
    assert "its latest job is job_2 or job_3." in failures(story)["JOB-3"][0]


def test_progress_names_the_latest_job() -> None:
    old, new = life("completed"), life("completed")
    for story, n in ((old, 1), (new, 2)):
        regenerate(story)
        wait(story, 2)
        progress(story, n, status="running")
    assert failures(old)["JOB-3"] == ['The progress of container cnt_1 names job "job_1", but its latest job is job_2.']
    assert results(new, "JOB-3") == ["passed"]


@pytest.mark.parametrize(("seconds", "n", "accused"), [(0.9, 1, []), (1.2, 1, ["JOB-3"]), (0.9, 7, ["JOB-3"])])
def test_progress_may_follow_its_container_by_a_moment(seconds: float, n: int, accused: list[str]) -> None:
    story = life("completed")
    regenerate(story)
    progress(story, n, sent=story.at + seconds)
    assert list(failures(story)) == accused
    slow = replace(FACTS, settling=5)
    assert list(failures(story, slow)) == (accused if n == 7 else [])


def test_progress_may_name_either_job_while_a_regenerate_is_on_its_way() -> None:
    story = life()
    regenerate(story, sent=1010, took=5)
    progress(story, 1, sent=1011)
    progress(story, 2, sent=1012)
    assert results(story, "JOB-3") == ["passed", "passed"]


def test_progress_may_name_a_job_that_an_unanswered_regenerate_started() -> None:
    story = life()
    regenerate(story, status=None, error="timed out")
    progress(story, 7)
    assert "JOB-3" not in failures(story)


def test_a_clone_that_names_a_job_and_no_container_has_not_made_it_the_job_of_its_source() -> None:
    story = life()
    clone(story, answer={"jobId": "job_2", "kind": "content_clone", "status": "running"})
    progress(story, 1)
    assert results(story, "JOB-3") == ["passed"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"jobId": None}, "names no job"),
        ({"status": None}, "shows no status"),
        ({"containerId": "cnt_2"}, 'names the container "cnt_2"'),
    ],
)
def test_progress_without_the_shape_of_a_job_is_accused(fields: Any, message: Any) -> None:
    story = life()
    progress(story, **fields)
    assert message in failures(story)["JOB-3"][0]


@pytest.mark.parametrize(
    ("status", "found"), [("generating", True), ("", True), ("running", False), ("canceled", False)]
)
def test_progress_with_a_status_that_no_job_has_is_accused(status: str, found: bool) -> None:  # noqa: FBT001 - a column of the table
    story = life()
    progress(story, status=status)
    message = f'The progress of container cnt_1 shows the status "{status}".'
    assert failures(story).get("JOB-4", []) == [message] * found


def test_progress_that_another_organization_may_not_read_is_not_judged() -> None:
    story = life()
    story.call("GET", "/v1/content/cnt_1/progress", 404, actor="other")
    assert results(story, "JOB-3") == []


def test_a_refused_regenerate_that_starts_a_job_is_accused() -> None:
    story = life()
    story.read()
    regenerate(story, status=422, body={"patch": 3})
    progress(story, 7, status="running")
    assert "refused with 422, but container cnt_1 has the new job" in failures(story)["REG-6"][0]
    assert "JOB-3" not in failures(story)
