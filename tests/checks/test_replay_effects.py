"""What replays do behind their answers: what must be accused, and what must be left alone."""

from typing import Any

import pytest
from histories import Told, failures, job, results
from moves import approve, cancel, regenerate

KEY = {"Idempotency-Key": "r"}


def replayed(**after: Any) -> Told:
    told = Told()
    told.create(key="k")
    told.read()
    told.create(key="k")
    told.read(**after)
    return told


def test_a_replay_that_restarts_its_container_is_accused() -> None:
    found = failures(replayed(status="queued"))
    assert "A replay of createContent took container cnt_1 from completed to queued." in found["IDM-2"]


def test_a_replay_that_lets_its_container_generate_again_is_accused() -> None:
    found = failures(replayed(status="generating", assets=[]))
    assert "A replay of createContent took container cnt_1 from completed to generating." in found["IDM-2"]


def regenerated_again(**more: Any) -> Told:
    """Record a regeneration that has ended, and of its replay."""
    told = Told()
    told.create()
    told.read()
    regenerate(told, headers=KEY)
    told.read(status="generating", assets=[])
    told.read(**more)
    regenerate(told, headers=KEY)
    return told


def test_a_replay_of_a_regeneration_that_regenerates_is_accused() -> None:
    told = regenerated_again()
    told.read(status="queued", assets=[])
    found = failures(told)
    assert "A replay of regenerateContent took container cnt_1 from completed to queued." in found["IDM-11"]
    assert "IDM-2" not in found


def test_a_replay_of_a_regeneration_that_has_begun_another_job_is_accused() -> None:
    told = regenerated_again()
    told.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    message = "After a replay of regenerateContent, its container is on job job_9, which no answer has named."
    assert failures(told)["IDM-11"] == [message]


def test_a_container_that_others_may_have_made_may_be_on_their_job() -> None:
    told = Told()
    told.read()
    for _ in range(2):
        regenerate(told, headers=KEY)
    told.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    assert "IDM-11" not in failures(told)


def test_a_replay_that_leaves_its_container_at_rest_is_not_accused() -> None:
    assert failures(replayed()) == {}


def test_a_regenerate_beside_the_replay_may_have_restarted_it() -> None:
    told = Told()
    told.create(key="k")
    told.read()
    told.create(key="k")
    regenerate(told)
    told.read(status="queued", assets=[])
    assert "IDM-2" not in failures(told)


def progress(job_id: str, *, unanswered: bool = False, actor: str = "owner", between: Any = None) -> Told:
    told = Told()
    told.create(key="k")
    told.read()
    if unanswered:
        told.call("POST", "/v1/content/cnt_1/regenerate", None, error="timeout: ReadTimeout")
    if between:
        between(told)
    told.create(key="k")
    told.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId=job_id), actor=actor)
    return told


def test_a_job_that_no_answer_named_is_laid_to_the_replay() -> None:
    message = "After a replay of createContent, its container is on job job_9, which no answer has named."
    assert message in failures(progress("job_9"))["IDM-2"]


@pytest.mark.parametrize("between", [regenerate, approve, cancel])
def test_a_call_that_started_no_other_job_does_not_explain_it(between: Any) -> None:
    assert "IDM-2" in failures(progress("job_9", between=between))


def test_what_a_stranger_is_shown_is_not_laid_to_the_replay() -> None:
    assert "IDM-2" not in failures(progress("job_9", actor="anonymous"))


def test_a_container_may_show_a_job_in_a_member_of_its_own() -> None:
    assert failures(replayed(jobId="job_9")) == {}


def test_a_job_of_a_call_whose_answer_was_lost_is_not() -> None:
    assert "IDM-2" not in failures(progress("job_9", unanswered=True))


def test_the_job_that_the_create_named_is_in_order() -> None:
    assert failures(progress("job_1")) == {}


@pytest.mark.parametrize(("pause", "accused"), [(0, False), (5, True)])
def test_a_regeneration_that_a_read_was_too_early_to_show_may_have_restarted_it(pause: Any, accused: Any) -> None:
    told = Told()
    told.create(key="k")
    told.read()
    regenerate(told)
    told.at += pause - 0.8
    told.read()
    told.at -= 0.8
    told.create(key="k")
    told.read(status="queued", assets=[])
    assert ("IDM-2" in failures(told)) == accused


@pytest.mark.parametrize("job_id", [[], {}])
def test_an_answer_whose_job_is_no_string_names_no_job(job_id: Any) -> None:
    told = Told()
    told.create(key="k")
    told.read()
    regenerate(told, answer={"jobId": job_id, "containerId": "cnt_1"})
    told.create(key="k")
    told.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    assert "IDM-2" not in failures(told)
    assert "inconclusive" not in results(told, "IDM-2")


def test_a_status_that_is_no_string_breaks_no_judge() -> None:
    told = replayed(status=["generating"])
    assert "inconclusive" not in results(told, "IDM-2")
