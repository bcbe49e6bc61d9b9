"""Judges of a container's life: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import CREATED, FACTS, REVIEW, Told, asset, failures, job, results
from moves import EARLIER, LATER, cancel, item, regenerate


def life(*statuses: str) -> Told:
    told = Told()
    told.create()
    for status in statuses:
        told.read(status=status, lastError="why" if status == "failed" else None)
    return told


@pytest.mark.parametrize("status", ["done", "COMPLETED", None, 3, ["queued"], {}])
def test_a_status_outside_the_five_is_accused(status: Any) -> None:
    assert any("shows the status" in text for text in failures(life(status))["LIF-1"])


def test_a_status_outside_the_five_is_accused_in_a_list() -> None:
    told = Told()
    told.list([item(status="ready")])
    assert 'Container "cnt_1" shows the status "ready".' in failures(told)["LIF-1"]


@pytest.mark.parametrize("status", ["queued", "generating", "completed", "failed", "canceled"])
def test_the_five_statuses_pass(status: Any) -> None:
    assert results(life(status), "LIF-1") == ["passed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("generating", "queued"),
        ("completed", "generating"),
        ("completed", "canceled"),
        ("failed", "completed"),
        ("canceled", "completed"),
    ],
)
def test_a_status_that_goes_back_is_accused(old: Any, new: Any) -> None:
    assert failures(life(old, new))["LIF-2"] == [f"Container cnt_1 went from {old} to {new} without a regeneration."]


@pytest.mark.parametrize(
    "moves",
    [
        ("queued", "generating", "completed"),
        ("queued", "completed"),
        ("queued", "canceled"),
        ("generating", "failed"),
        ("completed", "completed"),
    ],
)
def test_a_status_that_goes_forward_passes_stages_missed_or_not(moves: Any) -> None:
    told = life(*moves)
    assert set(results(told, "LIF-2")) == {"passed"}


def test_a_list_that_shows_an_earlier_status_than_a_read_before_it_is_accused() -> None:
    told = life("completed")
    told.list([item(status="generating")])
    assert "from completed to generating" in failures(told)["LIF-2"][0]


def test_a_list_that_overlaps_the_read_is_left_alone() -> None:
    told = life("queued")
    told.read(sent=1010, took=5)
    told.list([item(status="generating")], sent=1011, took=1)
    assert "LIF-2" not in failures(told)


@pytest.mark.parametrize(("status", "error"), [(202, None), (None, "timed out"), (503, None)])
def test_a_regeneration_that_may_have_happened_explains_the_move(status: Any, error: Any) -> None:
    told = life("completed")
    regenerate(told, status=status, error=error)
    told.read(status="generating", assets=[asset()])
    assert "LIF-2" not in failures(told)


def test_a_regeneration_explains_a_move_that_a_read_was_too_early_to_show() -> None:
    told = life("completed")
    regenerate(told)
    told.read()
    told.read(status="queued", assets=[asset()])
    assert "LIF-2" not in failures(told)


def test_a_regeneration_that_has_been_seen_explains_no_second_move() -> None:
    told = life("completed")
    regenerate(told)
    told.read(status="generating", assets=[asset()])
    told.read(updatedAt=LATER)
    told.read(status="generating", assets=[asset()], updatedAt=LATER)
    assert failures(told)["LIF-2"] == ["Container cnt_1 went from completed to generating without a regeneration."]


def test_a_container_of_unknown_callers_is_left_alone() -> None:
    told = Told()
    told.read()
    told.read(status="queued")
    assert "LIF-2" not in failures(told)


def test_assets_before_the_first_completion_are_accused() -> None:
    told = Told()
    told.create()
    told.read(status="generating", assets=[asset()])
    assert failures(told) == {"LIF-3": ["Container cnt_1 is generating for the first time and shows 1 assets already."]}


@pytest.mark.parametrize("assets", [[], None])
def test_no_assets_before_the_first_completion_pass(assets: Any) -> None:
    told = Told()
    told.create()
    told.read(status="queued", assets=assets)
    assert results(told, "LIF-3") == ["passed"]


def test_old_assets_may_stay_while_a_later_generation_runs() -> None:
    told = life("completed")
    regenerate(told)
    told.read(status="generating", assets=[asset()])
    assert "LIF-3" not in failures(told)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"assets": []}, "has no assets."),
        ({"captions": []}, "has no captions."),
        ({"assets": None, "captions": []}, "has no assets and no captions."),
    ],
)
def test_a_completed_container_without_media_or_captions_is_accused(fields: Any, message: Any) -> None:
    told = Told()
    told.create()
    told.read(**fields)
    assert failures(told)["LIF-4"][0].endswith(message)


def test_a_completed_container_with_both_passes() -> None:
    assert results(life("completed"), "LIF-4") == ["passed"]


def test_a_failed_container_says_why() -> None:
    silent = Told()
    silent.create()
    silent.read(status="failed")
    assert failures(silent) == {"LIF-5": ["Container cnt_1 failed and its lastError is null."]}
    assert results(life("failed"), "LIF-5") == ["passed"]


def test_a_container_that_has_not_failed_says_nothing() -> None:
    told = Told()
    told.create()
    told.read(lastError={"code": "X"})
    assert "is completed and shows the lastError" in failures(told)["LIF-6"][0]
    assert results(life("completed"), "LIF-6") == ["passed"]


def test_a_last_error_may_stay_while_what_failed_runs_again() -> None:
    told = life("failed")
    regenerate(told)
    told.read(status="queued", lastError="why")
    assert "LIF-6" not in failures(told)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": "cnt_9"}, 'shows the id "cnt_9"'),
        ({"projectId": REVIEW}, "moved from project"),
        ({"createdAt": LATER}, "createdAt of container cnt_1 changed"),
    ],
)
def test_what_never_changes_is_accused_where_it_does(fields: Any, message: Any) -> None:
    told = life("completed")
    told.read(**({"updatedAt": LATER} | fields))
    assert message in failures(told)["LIF-8"][0]


@pytest.mark.parametrize("same", [CREATED, "2026-04-18T14:04:11+02:00", "2026-04-18T12:04:11Z"])
def test_one_instant_may_be_written_in_several_ways(same: Any) -> None:
    told = life("completed")
    told.read(createdAt=same)
    assert results(told, "LIF-8") == ["passed", "passed"]


def test_a_created_at_that_loses_its_fraction_is_accused() -> None:
    told = Told()
    told.create()
    for created in ("2026-04-18T12:04:11.500Z", "2026-04-18T12:04:11Z"):
        told.read(createdAt=created, updatedAt=LATER)
    assert "changed from" in failures(told)["LIF-8"][0]


def test_an_updated_at_cut_below_created_at_is_accused() -> None:
    told = Told()
    told.create()
    told.read(createdAt="2026-04-18T12:04:11.500Z", updatedAt="2026-04-18T12:04:11Z")
    assert list(failures(told)) == ["LIF-9"]


def test_a_created_at_that_a_regeneration_resets_is_accused_as_such() -> None:
    told = life("completed")
    regenerate(told)
    told.read(status="queued", createdAt=LATER, updatedAt=LATER)
    assert "REG-4" in failures(told)
    assert "LIF-8" not in failures(told)


def test_lists_that_disagree_on_created_at_are_accused() -> None:
    told = Told()
    told.list([item()])
    told.list([item(createdAt=LATER)])
    assert "Lists show container" in failures(told)["LIF-8"][0]


def test_an_updated_at_before_created_at_is_accused() -> None:
    told = Told()
    told.create()
    told.read(updatedAt=EARLIER)
    assert "before its createdAt" in failures(told)["LIF-9"][0]


def test_an_updated_at_that_goes_back_is_accused() -> None:
    told = Told()
    told.create()
    told.read(updatedAt=LATER)
    told.read(updatedAt=CREATED)
    assert "went back" in failures(told)["LIF-9"][0]


def test_an_updated_at_that_overlapping_reads_show_in_either_order_is_left_alone() -> None:
    told = Told()
    told.create()
    told.read(updatedAt=LATER, sent=1010, took=1)
    told.read(updatedAt=CREATED, sent=1010.5, took=5)
    assert "LIF-9" not in failures(told)


def wait(told: Told, seconds: Any) -> None:
    told.at += seconds


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
