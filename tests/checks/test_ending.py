"""Judges of how a generation ends: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, asset, failures, job, results
from moves import LATER, cancel, life, regenerate, wait


def test_a_generation_that_never_ends_is_accused_once_its_time_is_over() -> None:
    story = life("generating")
    wait(story, FACTS.generation_timeout)
    story.read(status="generating")
    story.read(status="generating")
    assert failures(story) == {"LIF-7": ["Container cnt_1 is still in flight 62 s after job job_1 was accepted."]}


def test_a_generation_that_was_not_watched_long_enough_is_not_judged() -> None:
    story = HistoryBuilder()
    story.create(took=0)
    story.read(status="generating", sent=1000 + FACTS.generation_timeout)
    assert results(story, "LIF-7") == []


def test_a_job_that_never_ends_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    wait(story, 61)
    story.job(status="running")
    assert "Job job_1 is still in flight" in failures(story)["LIF-7"][0]


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_generation_that_ends_passes(status: Any) -> None:
    assert results(life("queued", status), "LIF-7") == ["passed"]


def test_a_regeneration_that_never_ends_breaks_its_own_requirement_too() -> None:
    story = life("completed")
    regenerate(story)
    wait(story, 61)
    story.read(status="generating", updatedAt=LATER)
    assert {"LIF-7", "REG-4"} <= set(failures(story))


def test_an_accepted_cancel_that_has_no_effect_is_accused() -> None:
    story = life("generating")
    cancel(story)
    wait(story, 2)
    story.read(status="generating")
    story.read()
    assert failures(story) == {
        "LIF-10": ["Container cnt_1 was in flight after the cancel was accepted, and then became completed."]
    }


def test_a_cancelled_job_that_runs_for_ever_is_accused() -> None:
    story = life("generating")
    cancel(story)
    wait(story, 61)
    story.job(status="running")
    assert list(failures(story)) == ["LIF-10"]
    assert "Job job_1 is still in flight" in failures(story)["LIF-10"][0]


def test_a_cancelled_job_beside_a_completed_container_is_accused() -> None:
    story = life("generating")
    cancel(story)
    story.job(status="canceled")
    story.read()
    assert "Container cnt_1 is completed, and job job_1 is canceled." in failures(story)["LIF-10"]


@pytest.mark.parametrize("ends", ["canceled", "completed", "failed"])
def test_a_cancel_ends_as_canceled_or_as_what_was_reached_first(ends: Any) -> None:
    story = life("generating")
    cancel(story)
    story.read(status=ends, lastError="why" if ends == "failed" else None)
    assert results(story, "LIF-10") == ["passed"]


def test_a_job_may_end_before_the_cancel_arrives() -> None:
    story = life("generating")
    cancel(story)
    story.read(status="generating")
    story.read()
    assert failures(story) == {}


def outrun(*ends: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    for number, end in enumerate(ends, start=1):
        story.create(number)
        story.call("POST", f"/v1/jobs/job_{number}/cancel", 202, job(number, status="running"))
        story.read(number, status="generating")
        story.read(number, status=end)
    return story


def test_several_cancels_cannot_all_come_too_late() -> None:
    story = outrun("completed", "completed", "completed")
    assert failures(story) == {
        "LIF-10": ["Each of 3 cancels was accepted with 202, and none of their jobs ended as canceled."]
    }


@pytest.mark.parametrize("ends", [("completed", "completed"), ("completed", "canceled", "completed", "completed")])
def test_some_cancels_may_come_too_late(ends: Any) -> None:
    assert failures(outrun(*ends)) == {}


def test_a_cancel_may_take_a_while() -> None:
    story = life("generating")
    cancel(story)
    story.read(status="generating")
    story.read(status="canceled")
    assert failures(story) == {}


def test_a_refused_cancel_promises_nothing() -> None:
    story = life("generating")
    cancel(story, 409)
    story.read(status="generating")
    story.read()
    assert "LIF-10" not in failures(story)


def archived(*after: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(project="prj_archive")
    story.read(status="generating", projectId="prj_archive")
    story.call("DELETE", "/v1/projects/prj_archive", 200, {"id": "prj_archive"})
    for status in after:
        story.read(status=status, projectId="prj_archive")
    return story


def test_archiving_cancels_what_is_in_flight() -> None:
    assert "and then became completed" in failures(archived("generating", "completed"))["LIF-11"][0]
    assert results(archived("generating", "canceled"), "LIF-11") == ["passed"]
    assert results(archived("completed"), "LIF-11") == []


def test_archiving_that_leaves_a_container_in_flight_is_accused() -> None:
    story = archived("generating")
    wait(story, 61)
    story.read(status="generating", projectId="prj_archive")
    assert list(failures(story)) == ["LIF-11"]


def test_a_canceled_container_gets_no_assets() -> None:
    story = life("generating", "canceled")
    story.read(status="canceled", assets=[asset()])
    assert failures(story) == {"LIF-12": ["Container cnt_1 was canceled before it had completed and shows 1 assets."]}
    assert results(life("generating", "canceled"), "LIF-12") == ["passed"]


def test_a_canceled_regeneration_keeps_the_old_assets_and_gains_none() -> None:
    story = life("completed")
    regenerate(story)
    story.read(status="generating", assets=[asset()])
    story.read(status="canceled", assets=[asset()])
    story.read(status="canceled", assets=[asset()])
    assert results(story, "LIF-12") == ["passed"]
    story.read(status="canceled", assets=[asset(), asset("med_7")])
    assert failures(story)["LIF-12"] == ["Canceled container cnt_1 gained the assets med_7."]


def test_a_cancel_of_an_earlier_job_excuses_no_generation_that_never_ends() -> None:
    story = life("generating")
    cancel(story)
    story.read(status="canceled")
    regenerate(story)
    wait(story, 5)
    story.read(status="generating", updatedAt=LATER)
    wait(story, 61)
    story.read(status="generating", updatedAt=LATER)
    assert {"LIF-7", "REG-4"} <= failures(story).keys()


def beside_a_regeneration(*, ended: bool = True, cancels: int = 202, ends: str = "canceled") -> HistoryBuilder:
    """Record a regeneration in flight, a cancel of the container's first job, and a read."""
    story = life("completed" if ended else "generating")
    regenerate(story)
    story.read(status="generating", updatedAt=LATER)
    cancel(story, cancels)
    story.read(status=ends, updatedAt=LATER)
    return story


def test_a_cancel_of_what_has_ended_that_stops_what_runs_is_accused() -> None:
    assert failures(beside_a_regeneration(cancels=200))["LIF-10"] == [
        "Container cnt_1 was in flight under job job_2, and became canceled when job job_1 was canceled, which had ended before."
    ]


@pytest.mark.parametrize(
    "story",
    [
        beside_a_regeneration(ends="generating"),
        beside_a_regeneration(ends="completed"),
        beside_a_regeneration(cancels=409),
        beside_a_regeneration(ended=False),
    ],
)
def test_what_else_may_end_a_regeneration_is_no_fault_of_a_cancel(story: HistoryBuilder) -> None:
    assert "had ended before" not in str(failures(story).get("LIF-10"))


def test_a_regeneration_that_was_canceled_too_is_left_alone() -> None:
    story = life("completed")
    regenerate(story)
    story.call("POST", "/v1/jobs/job_2/cancel", 202, {"jobId": "job_2"})
    story.read(status="generating", updatedAt=LATER)
    cancel(story, 200)
    story.read(status="canceled", updatedAt=LATER)
    assert "LIF-10" not in failures(story)


def test_what_another_call_may_have_stopped_is_left_alone() -> None:
    story = life("completed")
    regenerate(story)
    story.read(status="generating", updatedAt=LATER)
    cancel(story, 200)
    story.call("DELETE", "/v1/projects/prj_plain", 200, {})
    story.read(status="canceled", updatedAt=LATER)
    assert "LIF-10" not in failures(story)
