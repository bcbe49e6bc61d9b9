"""What replays do behind their answers: what must be accused, and what must be left alone."""

from typing import Any

import pytest
from histories import HistoryBuilder, failures, job, results
from moves import approve, cancel, regenerate

KEY = {"Idempotency-Key": "r"}


def replayed(**after: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(key="k")
    story.read()
    story.create(key="k")
    story.read(**after)
    return story


def test_a_replay_that_restarts_its_container_is_accused() -> None:
    found = failures(replayed(status="queued"))
    assert "A replay of createContent took container cnt_1 from completed to queued." in found["IDM-2"]


def test_a_replay_that_lets_its_container_generate_again_is_accused() -> None:
    found = failures(replayed(status="generating", assets=[]))
    assert "A replay of createContent took container cnt_1 from completed to generating." in found["IDM-2"]


def regenerated_again(**more: Any) -> HistoryBuilder:
    """Record a regeneration that has ended, and of its replay."""
    story = HistoryBuilder()
    story.create()
    story.read()
    regenerate(story, headers=KEY)
    story.read(status="generating", assets=[])
    story.read(**more)
    regenerate(story, headers=KEY)
    return story


def test_a_replay_of_a_regeneration_that_regenerates_is_accused() -> None:
    story = regenerated_again()
    story.read(status="queued", assets=[])
    found = failures(story)
    assert "A replay of regenerateContent took container cnt_1 from completed to queued." in found["IDM-11"]
    assert "IDM-2" not in found


def test_a_replay_of_a_regeneration_that_has_begun_another_job_is_accused() -> None:
    story = regenerated_again()
    story.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    message = "After a replay of regenerateContent, its container is on job job_9, which no answer has named."
    assert failures(story)["IDM-11"] == [message]


def test_a_container_that_others_may_have_made_may_be_on_their_job() -> None:
    story = HistoryBuilder()
    story.read()
    for _ in range(2):
        regenerate(story, headers=KEY)
    story.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    assert "IDM-11" not in failures(story)


def test_a_replay_that_leaves_its_container_at_rest_is_not_accused() -> None:
    assert failures(replayed()) == {}


def test_a_regenerate_beside_the_replay_may_have_restarted_it() -> None:
    story = HistoryBuilder()
    story.create(key="k")
    story.read()
    story.create(key="k")
    regenerate(story)
    story.read(status="queued", assets=[])
    assert "IDM-2" not in failures(story)


def progress(job_id: str, *, unanswered: bool = False, actor: str = "owner", between: Any = None) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(key="k")
    story.read()
    if unanswered:
        story.call("POST", "/v1/content/cnt_1/regenerate", None, error="timeout: ReadTimeout")
    if between:
        between(story)
    story.create(key="k")
    story.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId=job_id), actor=actor)
    return story


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
    story = HistoryBuilder()
    story.create(key="k")
    story.read()
    regenerate(story)
    story.at += pause - 0.8
    story.read()
    story.at -= 0.8
    story.create(key="k")
    story.read(status="queued", assets=[])
    assert ("IDM-2" in failures(story)) == accused


@pytest.mark.parametrize("job_id", [[], {}])
def test_an_answer_whose_job_is_no_string_names_no_job(job_id: Any) -> None:
    story = HistoryBuilder()
    story.create(key="k")
    story.read()
    regenerate(story, answer={"jobId": job_id, "containerId": "cnt_1"})
    story.create(key="k")
    story.call("GET", "/v1/content/cnt_1/progress", answer=job(1, jobId="job_9"))
    assert "IDM-2" not in failures(story)
    assert "inconclusive" not in results(story, "IDM-2")


def test_a_status_that_is_no_string_breaks_no_judge() -> None:
    story = replayed(status=["generating"])
    assert "inconclusive" not in results(story, "IDM-2")
