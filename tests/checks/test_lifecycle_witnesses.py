"""Judges of a container's life: what explains a move, and which observations they take for witnesses."""

from typing import Any

import pytest
from histories import CREATED, HistoryBuilder, asset, failures, results
from moves import EARLIER, LATER, approve, cancel, clone, item, life, regenerate

JUDGED_IN_LISTS = {"LIF-2", "LIF-8", "LIF-9"}


def test_a_cancel_does_not_explain_that_a_completed_container_is_canceled() -> None:
    story = life("completed")
    cancel(story)
    story.read(status="canceled")
    assert failures(story)["LIF-2"] == ["Container cnt_1 went from completed to canceled without a regeneration."]


@pytest.mark.parametrize(("call", "accused"), [(clone, "CLO-3"), (approve, "APR-2")])
def test_a_call_that_must_move_nothing_is_accused_of_the_move_by_its_own_requirement(call: Any, accused: Any) -> None:
    story = life("completed")
    call(story)
    story.read(status="generating", assets=[asset()])
    assert accused in failures(story)
    assert "LIF-2" not in failures(story)


def test_a_refused_call_is_accused_of_the_move_by_what_refuses_it() -> None:
    story = life("completed")
    regenerate(story, status=409)
    story.read(status="generating", assets=[asset()])
    assert "AUT-3" in failures(story)
    assert "LIF-2" not in failures(story)


def test_a_list_after_a_refused_call_leaves_the_move_to_what_refuses_it() -> None:
    story = life("completed")
    regenerate(story, status=409)
    story.list([item(status="generating")])
    assert "LIF-2" not in failures(story)


def test_a_call_that_was_refused_before_the_first_read_explains_nothing() -> None:
    story = life("completed")
    regenerate(story, status=409)
    story.read()
    story.read(status="generating", assets=[asset()])
    assert "LIF-2" in failures(story)


def test_a_caller_without_a_right_key_is_no_witness_of_a_list() -> None:
    story = life("completed")
    story.list([item()])
    story.list([item(status="generating", createdAt=LATER, updatedAt=EARLIER)], actor="anonymous")
    assert not JUDGED_IN_LISTS & set(failures(story))


def test_items_that_are_no_containers_hide_nothing_of_the_others() -> None:
    story = life("completed")
    odd = [3, "status", None, {"status": "completed"}, {"id": "cnt_2"}, item(id="cnt_3", createdAt="soon")]
    story.list([*odd, item()])
    story.list([*odd, item(createdAt=LATER)])
    assert results(story, "LIF-1") == ["passed"] * 3
    assert results(story, "LIF-9") == ["passed"]
    assert failures(story)["LIF-8"] == [
        f'Lists show container "cnt_1" as created at {CREATED} and at {LATER}.',
    ]


def test_lists_that_agree_on_created_at_are_left_alone() -> None:
    story = HistoryBuilder()
    story.list([item()])
    story.list([item(createdAt="2026-04-18T14:04:11+02:00"), item(id="cnt_2", createdAt=LATER)])
    assert not JUDGED_IN_LISTS & set(failures(story))


def test_lists_that_disagree_on_created_at_after_a_regeneration_are_accused_of_that() -> None:
    story = life("completed")
    story.list([item()])
    regenerate(story)
    story.list([item(status="queued", createdAt=LATER)])
    assert "Lists show container" in failures(story)["REG-4"][0]
    assert "LIF-8" not in failures(story)


@pytest.mark.parametrize("name", ["projectId", "createdAt", "updatedAt"])
@pytest.mark.parametrize("value", [None, 7])
def test_what_a_read_leaves_out_is_compared_with_nothing(name: Any, value: Any) -> None:
    story = life("completed")
    story.read(**{name: value})
    story.read()
    assert {"failed", "inconclusive"}.isdisjoint([*results(story, "LIF-8"), *results(story, "LIF-9")])


def test_a_last_error_may_stay_where_the_regeneration_that_failed_began_after_the_last_completion_was_read() -> None:
    story = life("completed")
    regenerate(story)
    story.read()
    story.read(status="failed", lastError="why", updatedAt=LATER)
    regenerate(story, 3)
    story.read(status="queued", lastError="why", updatedAt=LATER)
    assert "LIF-6" not in failures(story)


@pytest.mark.parametrize(
    ("entry", "accused"),
    [
        ({"status": "generating", "assets": [asset()]}, True),
        ({"status": "generating", "assets": []}, False),
        ({"status": "generating", "assets": None}, False),
        ({"status": "generating"}, False),
        ({"assets": [asset()]}, False),
        ({"status": ["generating"], "assets": [asset()]}, False),
        ({"status": "generating", "assets": [asset()], "id": ["cnt_1"]}, False),
        ({"status": "generating", "assets": [asset()], "id": "cnt_of_others"}, False),
    ],
)
def test_a_list_shows_no_assets_before_the_first_completion_either(entry: dict[str, Any], accused: Any) -> None:
    story = life("queued")
    story.list([item(**entry)])
    assert ("LIF-3" in failures(story)) is accused


def test_a_list_may_show_the_assets_of_what_is_generated_again() -> None:
    story = life("completed")
    regenerate(story)
    story.list([item(status="generating", assets=[asset()])])
    assert "LIF-3" not in failures(story)
