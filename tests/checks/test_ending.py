"""Judges of how a generation ends: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import FACTS, Told, asset, failures, job, results
from moves import LATER, cancel, life, regenerate, wait


def test_a_generation_that_never_ends_is_accused_once_its_time_is_over() -> None:
    told = life("generating")
    wait(told, FACTS.generation_timeout)
    told.read(status="generating")
    told.read(status="generating")
    assert failures(told) == {"LIF-7": ["Container cnt_1 is still in flight 62 s after job job_1 was accepted."]}


def test_a_generation_that_was_not_watched_long_enough_is_not_judged() -> None:
    told = Told()
    told.create(took=0)
    told.read(status="generating", sent=1000 + FACTS.generation_timeout)
    assert results(told, "LIF-7") == []


def test_a_job_that_never_ends_is_accused() -> None:
    told = Told()
    told.create()
    wait(told, 61)
    told.job(status="running")
    assert "Job job_1 is still in flight" in failures(told)["LIF-7"][0]


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_generation_that_ends_passes(status: Any) -> None:
    assert results(life("queued", status), "LIF-7") == ["passed"]


def test_a_regeneration_that_never_ends_breaks_its_own_requirement_too() -> None:
    told = life("completed")
    regenerate(told)
    wait(told, 61)
    told.read(status="generating", updatedAt=LATER)
    assert {"LIF-7", "REG-4"} <= set(failures(told))


def test_an_accepted_cancel_that_has_no_effect_is_accused() -> None:
    told = life("generating")
    cancel(told)
    wait(told, 2)
    told.read(status="generating")
    told.read()
    assert failures(told) == {
        "LIF-10": ["Container cnt_1 was in flight after the cancel was accepted, and then became completed."]
    }


def test_a_cancelled_job_that_runs_for_ever_is_accused() -> None:
    told = life("generating")
    cancel(told)
    wait(told, 61)
    told.job(status="running")
    assert list(failures(told)) == ["LIF-10"]
    assert "Job job_1 is still in flight" in failures(told)["LIF-10"][0]


def test_a_cancelled_job_beside_a_completed_container_is_accused() -> None:
    told = life("generating")
    cancel(told)
    told.job(status="canceled")
    told.read()
    assert "Container cnt_1 is completed, and job job_1 is canceled." in failures(told)["LIF-10"]


@pytest.mark.parametrize("ends", ["canceled", "completed", "failed"])
def test_a_cancel_ends_as_canceled_or_as_what_was_reached_first(ends: Any) -> None:
    told = life("generating")
    cancel(told)
    told.read(status=ends, lastError="why" if ends == "failed" else None)
    assert results(told, "LIF-10") == ["passed"]


def test_a_job_may_end_before_the_cancel_arrives() -> None:
    told = life("generating")
    cancel(told)
    told.read(status="generating")
    told.read()
    assert failures(told) == {}


def outrun(*ends: Any) -> Told:
    told = Told()
    for number, end in enumerate(ends, start=1):
        told.create(number)
        told.call("POST", f"/v1/jobs/job_{number}/cancel", 202, job(number, status="running"))
        told.read(number, status="generating")
        told.read(number, status=end)
    return told


def test_several_cancels_cannot_all_come_too_late() -> None:
    told = outrun("completed", "completed", "completed")
    assert failures(told) == {
        "LIF-10": ["Each of 3 cancels was accepted with 202, and none of their jobs ended as canceled."]
    }


@pytest.mark.parametrize("ends", [("completed", "completed"), ("completed", "canceled", "completed", "completed")])
def test_some_cancels_may_come_too_late(ends: Any) -> None:
    assert failures(outrun(*ends)) == {}


def test_a_cancel_may_take_a_while() -> None:
    told = life("generating")
    cancel(told)
    told.read(status="generating")
    told.read(status="canceled")
    assert failures(told) == {}


def test_a_refused_cancel_promises_nothing() -> None:
    told = life("generating")
    cancel(told, 409)
    told.read(status="generating")
    told.read()
    assert "LIF-10" not in failures(told)


def archived(*after: Any) -> Told:
    told = Told()
    told.create(project="prj_archive")
    told.read(status="generating", projectId="prj_archive")
    told.call("DELETE", "/v1/projects/prj_archive", 200, {"id": "prj_archive"})
    for status in after:
        told.read(status=status, projectId="prj_archive")
    return told


def test_archiving_cancels_what_is_in_flight() -> None:
    assert "and then became completed" in failures(archived("generating", "completed"))["LIF-11"][0]
    assert results(archived("generating", "canceled"), "LIF-11") == ["passed"]
    assert results(archived("completed"), "LIF-11") == []


def test_archiving_that_leaves_a_container_in_flight_is_accused() -> None:
    told = archived("generating")
    wait(told, 61)
    told.read(status="generating", projectId="prj_archive")
    assert list(failures(told)) == ["LIF-11"]


def test_a_canceled_container_gets_no_assets() -> None:
    told = life("generating", "canceled")
    told.read(status="canceled", assets=[asset()])
    assert failures(told) == {"LIF-12": ["Container cnt_1 was canceled before it had completed and shows 1 assets."]}
    assert results(life("generating", "canceled"), "LIF-12") == ["passed"]


def test_a_canceled_regeneration_keeps_the_old_assets_and_gains_none() -> None:
    told = life("completed")
    regenerate(told)
    told.read(status="generating", assets=[asset()])
    told.read(status="canceled", assets=[asset()])
    told.read(status="canceled", assets=[asset()])
    assert results(told, "LIF-12") == ["passed"]
    told.read(status="canceled", assets=[asset(), asset("med_7")])
    assert failures(told)["LIF-12"] == ["Canceled container cnt_1 gained the assets med_7."]


def test_a_cancel_of_an_earlier_job_excuses_no_generation_that_never_ends() -> None:
    told = life("generating")
    cancel(told)
    told.read(status="canceled")
    regenerate(told)
    wait(told, 5)
    told.read(status="generating", updatedAt=LATER)
    wait(told, 61)
    told.read(status="generating", updatedAt=LATER)
    assert {"LIF-7", "REG-4"} <= failures(told).keys()


def beside_a_regeneration(*, ended: bool = True, cancels: int = 202, ends: str = "canceled") -> Told:
    """Record a regeneration in flight, a cancel of the container's first job, and a read."""
    told = life("completed" if ended else "generating")
    regenerate(told)
    told.read(status="generating", updatedAt=LATER)
    cancel(told, cancels)
    told.read(status=ends, updatedAt=LATER)
    return told


def test_a_cancel_of_what_has_ended_that_stops_what_runs_is_accused() -> None:
    assert failures(beside_a_regeneration(cancels=200))["LIF-10"] == [
        "Container cnt_1 was in flight under job job_2, and became canceled when job job_1 was canceled, which had ended before."
    ]


@pytest.mark.parametrize(
    "told",
    [
        beside_a_regeneration(ends="generating"),
        beside_a_regeneration(ends="completed"),
        beside_a_regeneration(cancels=409),
        beside_a_regeneration(ended=False),
    ],
)
def test_what_else_may_end_a_regeneration_is_no_fault_of_a_cancel(told: Told) -> None:
    assert "had ended before" not in str(failures(told).get("LIF-10"))


def test_a_regeneration_that_was_canceled_too_is_left_alone() -> None:
    told = life("completed")
    regenerate(told)
    told.call("POST", "/v1/jobs/job_2/cancel", 202, {"jobId": "job_2"})
    told.read(status="generating", updatedAt=LATER)
    cancel(told, 200)
    told.read(status="canceled", updatedAt=LATER)
    assert "LIF-10" not in failures(told)


def test_what_another_call_may_have_stopped_is_left_alone() -> None:
    told = life("completed")
    regenerate(told)
    told.read(status="generating", updatedAt=LATER)
    cancel(told, 200)
    told.call("DELETE", "/v1/projects/prj_plain", 200, {})
    told.read(status="canceled", updatedAt=LATER)
    assert "LIF-10" not in failures(told)
