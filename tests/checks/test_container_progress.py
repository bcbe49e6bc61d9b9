"""The judge of a container's progress: which job is its latest, and who is to blame for another."""

from typing import Any

import pytest
from histories import Told, failures, results
from moves import approve, cancel, life, progress, regenerate

STRANGER = 'The progress of container cnt_1 names job "job_7", and its latest job is job_{}.'


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
def test_progress_whose_read_was_put_off_is_not_judged(code: Any) -> None:
    told = life()
    progress(told, code=code)
    assert results(told, "JOB-3") == []


@pytest.mark.parametrize("code", [400, 404, 405, 409, 410, 422, 501])
def test_progress_that_its_owner_is_refused_is_accused(code: int) -> None:
    told = life()
    progress(told, code=code)
    assert failures(told)["JOB-3"] == [f"The progress of container cnt_1 was answered {code}."]


def test_progress_that_is_asked_for_in_an_odd_way_may_be_refused() -> None:
    told = life()
    told.error("GET", "/v1/content/cnt_1/progress?verbose=yes", 400, "VALIDATION")
    assert results(told, "JOB-3") == []


def test_a_job_that_nobody_started_is_accused() -> None:
    told = life()
    progress(told, 7)
    assert failures(told)["JOB-3"] == [STRANGER.format(1)]


@pytest.mark.parametrize("call", [cancel, approve, regenerate])
def test_a_job_that_nobody_started_is_accused_though_another_call_was_accepted(call: Any) -> None:
    told = life()
    told.read()
    call(told)
    progress(told, 7)
    assert failures(told)["JOB-3"] == [STRANGER.format(2 if call is regenerate else 1)]


def test_a_job_that_nobody_started_is_not_blamed_on_a_read_that_was_refused() -> None:
    told = life()
    told.error("GET", "/v1/content/cnt_1/assets/med_9", 404, "NOT_FOUND")
    progress(told, 7)
    assert failures(told)["JOB-3"] == [STRANGER.format(1)]


def test_a_job_that_nobody_started_is_not_blamed_on_what_was_refused_while_others_had_the_container() -> None:
    told = Told()
    told.read()
    regenerate(told, status=409)
    regenerate(told)
    progress(told, 7)
    assert failures(told)["JOB-3"] == [STRANGER.format(2)]


def test_a_job_that_nobody_started_is_not_blamed_on_a_call_that_was_still_being_refused() -> None:
    told = life()
    told.call("POST", "/v1/content/cnt_1/regenerate", 409, sent=1010.0, took=5)
    progress(told, 7, sent=1012.0)
    assert failures(told)["JOB-3"] == [STRANGER.format(1)]


def test_a_lost_regeneration_started_no_job_that_was_known_before() -> None:
    told = life()
    regenerate(told)
    regenerate(told, status=None, error="timed out")
    progress(told, 1)
    assert "its latest job is job_2." in failures(told)["JOB-3"][0]


def test_either_of_two_regenerations_at_a_time_may_be_the_latest_but_no_earlier_one() -> None:
    told = life()
    told.read()
    regenerate(told, 2, sent=1010.0, took=2)
    regenerate(told, 3, sent=1011.0, took=2)
    for n in (2, 3):
        progress(told, n, kind="content_regenerate", status="running")
    assert results(told, "JOB-3") == ["passed", "passed"]
    progress(told, 1)
    assert "its latest job is job_2 or job_3." in failures(told)["JOB-3"][0]
