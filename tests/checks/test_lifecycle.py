"""Judges of a container's life: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import CREATED, REVIEW, HistoryBuilder, asset, container, failures, results
from moves import EARLIER, LATER, item, life, regenerate


@pytest.mark.parametrize("status", ["done", "COMPLETED", None, 3, ["queued"], {}])
def test_a_status_outside_the_five_is_accused(status: Any) -> None:
    assert any("shows the status" in text for text in failures(life(status))["LIF-1"])


def test_a_status_outside_the_five_is_accused_in_a_list() -> None:
    story = HistoryBuilder()
    story.list([item(status="ready")])
    assert 'Container "cnt_1" shows the status "ready".' in failures(story)["LIF-1"]


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
    story = life(*moves)
    assert set(results(story, "LIF-2")) == {"passed"}


def test_a_list_that_shows_an_earlier_status_than_a_read_before_it_is_accused() -> None:
    story = life("completed")
    story.list([item(status="generating")])
    assert "from completed to generating" in failures(story)["LIF-2"][0]


def test_a_list_that_overlaps_the_read_is_left_alone() -> None:
    story = life("queued")
    story.read(sent=1010, took=5)
    story.list([item(status="generating")], sent=1011, took=1)
    assert "LIF-2" not in failures(story)


@pytest.mark.parametrize(("status", "error"), [(202, None), (None, "timed out"), (503, None)])
def test_a_regeneration_that_may_have_happened_explains_the_move(status: Any, error: Any) -> None:
    story = life("completed")
    regenerate(story, status=status, error=error)
    story.read(status="generating", assets=[asset()])
    assert "LIF-2" not in failures(story)


def test_a_regeneration_explains_a_move_that_a_read_was_too_early_to_show() -> None:
    story = life("completed")
    regenerate(story)
    story.read()
    story.read(status="queued", assets=[asset()])
    assert "LIF-2" not in failures(story)


def test_a_regeneration_that_has_been_seen_explains_no_second_move() -> None:
    story = life("completed")
    regenerate(story)
    story.read(status="generating", assets=[asset()])
    story.read(updatedAt=LATER)
    story.read(status="generating", assets=[asset()], updatedAt=LATER)
    assert failures(story)["LIF-2"] == ["Container cnt_1 went from completed to generating without a regeneration."]


def test_a_container_of_unknown_callers_is_left_alone() -> None:
    story = HistoryBuilder()
    story.read()
    story.read(status="queued")
    assert "LIF-2" not in failures(story)


def test_assets_before_the_first_completion_are_accused() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(status="generating", assets=[asset()])
    assert failures(story) == {
        "LIF-3": ["Container cnt_1 is generating for the first time and shows 1 assets already."]
    }


@pytest.mark.parametrize("assets", [[], None])
def test_no_assets_before_the_first_completion_pass(assets: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.read(status="queued", assets=assets)
    assert results(story, "LIF-3") == ["passed"]


def test_old_assets_may_stay_while_a_later_generation_runs() -> None:
    story = life("completed")
    regenerate(story)
    story.read(status="generating", assets=[asset()])
    assert "LIF-3" not in failures(story)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"assets": []}, "has no assets."),
        ({"captions": []}, "has no captions."),
        ({"assets": None, "captions": []}, "has no assets and no captions."),
    ],
)
def test_a_completed_container_without_media_or_captions_is_accused(fields: Any, message: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.read(**fields)
    assert failures(story)["LIF-4"][0].endswith(message)


def test_a_completed_container_with_both_passes() -> None:
    assert results(life("completed"), "LIF-4") == ["passed"]


def test_a_failed_container_says_why() -> None:
    silent = HistoryBuilder()
    silent.create()
    silent.read(status="failed")
    assert failures(silent) == {"LIF-5": ["Container cnt_1 failed and its lastError is null."]}
    assert results(life("failed"), "LIF-5") == ["passed"]


def test_a_container_that_has_not_failed_says_nothing() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(lastError={"code": "X"})
    assert "is completed and shows the lastError" in failures(story)["LIF-6"][0]
    assert results(life("completed"), "LIF-6") == ["passed"]


def test_a_last_error_may_stay_while_what_failed_runs_again() -> None:
    story = life("failed")
    regenerate(story)
    story.read(status="queued", lastError="why")
    assert "LIF-6" not in failures(story)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": "cnt_9"}, 'shows the id "cnt_9"'),
        ({"projectId": REVIEW}, "moved from project"),
        ({"createdAt": LATER}, "createdAt of container cnt_1 changed"),
    ],
)
def test_what_never_changes_is_accused_where_it_does(fields: Any, message: Any) -> None:
    story = life("completed")
    story.read(**({"updatedAt": LATER} | fields))
    assert message in failures(story)["LIF-8"][0]


@pytest.mark.parametrize("same", [CREATED, "2026-04-18T14:04:11+02:00", "2026-04-18T12:04:11Z"])
def test_one_instant_may_be_written_in_several_ways(same: Any) -> None:
    story = life("completed")
    story.read(createdAt=same)
    assert results(story, "LIF-8") == ["passed", "passed"]


def test_a_created_at_that_loses_its_fraction_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    for created in ("2026-04-18T12:04:11.500Z", "2026-04-18T12:04:11Z"):
        story.read(createdAt=created, updatedAt=LATER)
    assert "changed from" in failures(story)["LIF-8"][0]


def test_an_updated_at_cut_below_created_at_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(createdAt="2026-04-18T12:04:11.500Z", updatedAt="2026-04-18T12:04:11Z")
    assert list(failures(story)) == ["LIF-9"]


def test_a_created_at_that_a_regeneration_resets_is_accused_as_such() -> None:
    story = life("completed")
    regenerate(story)
    story.read(status="queued", createdAt=LATER, updatedAt=LATER)
    assert "REG-4" in failures(story)
    assert "LIF-8" not in failures(story)


def test_lists_that_disagree_on_created_at_are_accused() -> None:
    story = HistoryBuilder()
    story.list([item()])
    story.list([item(createdAt=LATER)])
    assert "Lists show container" in failures(story)["LIF-8"][0]


def test_an_updated_at_before_created_at_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(updatedAt=EARLIER)
    assert "before its createdAt" in failures(story)["LIF-9"][0]


def test_an_updated_at_that_goes_back_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(updatedAt=LATER)
    story.read(updatedAt=CREATED)
    assert "went back" in failures(story)["LIF-9"][0]


def test_an_updated_at_that_overlapping_reads_show_in_either_order_is_left_alone() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(updatedAt=LATER, sent=1010, took=1)
    story.read(updatedAt=CREATED, sent=1010.5, took=5)
    assert "LIF-9" not in failures(story)


def test_a_list_item_that_was_updated_before_it_was_created_is_accused() -> None:
    story = HistoryBuilder()
    story.list([item(updatedAt="2026-04-18T12:04:10.999Z")])
    assert "A list shows container" in failures(story)["LIF-9"][0]


@pytest.mark.parametrize("updated", [CREATED, "2026-04-18T12:07:33.000Z", None, "soon"])
def test_a_list_item_with_a_later_updated_at_or_none_is_left_alone(updated: Any) -> None:
    story = HistoryBuilder()
    story.list([item(updatedAt=updated)])
    assert "LIF-9" not in failures(story)


def test_a_last_error_may_stay_where_what_failed_is_canceled_when_it_runs_again() -> None:
    story = life("failed")
    regenerate(story)
    story.read(status="generating", lastError="why")
    story.call("POST", "/v1/jobs/job_2/cancel", 202, {"jobId": "job_2"})
    story.read(status="canceled", lastError="why")
    assert "LIF-6" not in failures(story)


@pytest.mark.parametrize(
    ("reads", "regenerations", "accused"),
    [([], 0, True), ([], 1, False), (["completed"], 1, True), (["completed"], 2, False)],
)
def test_a_generation_may_have_failed_where_nobody_read_its_end(reads: Any, regenerations: Any, accused: Any) -> None:
    story = life(*reads)
    for n in range(regenerations):
        regenerate(story, n + 2)
    story.read(status="queued", lastError="why")
    assert ("LIF-6" in failures(story)) == accused


def test_what_others_made_may_have_failed_before() -> None:
    story = HistoryBuilder()
    story.read(status="generating", lastError="why")
    assert "LIF-6" not in failures(story)
    story.read(lastError="why")
    assert "LIF-6" in failures(story)


@pytest.mark.parametrize(("shown", "accused"), [(str.lower, []), (str.upper, []), (repr, ["LIF-8"])])
def test_a_uuid_may_come_back_in_lower_case(shown: Any, accused: list[str]) -> None:
    asked = "1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A"
    story = HistoryBuilder()
    story.call("GET", f"/v1/content/{asked}", 200, container(id=shown(asked)))
    assert [name for name in failures(story) if name == "LIF-8"] == accused
