"""What the answer of a decision shows: APR-2, APR-7, APR-8, LIF-8 and LIF-9 where it is the whole container (open reading 25)."""

from dataclasses import replace
from typing import Any

import pytest
from histories import CREATED, FACTS, KEY, PROJECT, REVIEW, HistoryBuilder, container, failures
from moves import EARLIER, LATER, approve, cancel, created_in, decided, pending, regenerate, reject, shown


def answered(call: Any = reject, story: HistoryBuilder | None = None, **fields: Any) -> HistoryBuilder:
    """Decide on a pending container, and be answered with the container as these fields have it."""
    story = story or pending()
    approval = "rejected" if call is reject else "approved"
    call(story, answer=container(**({"projectId": REVIEW, "approvalStatus": approval} | fields)))
    return story


@pytest.mark.parametrize(("call", "accused"), [(reject, "APR-7"), (approve, "APR-8")])
@pytest.mark.parametrize("approval", ["pending", "not_required"])
def test_an_answer_that_denies_its_decision_is_accused(call: Any, accused: str, approval: str) -> None:
    story = answered(call, approvalStatus=approval)
    assert f'was answered with the approvalStatus "{approval}".' in failures(story)[accused][0]


@pytest.mark.parametrize("call", [reject, approve])
@pytest.mark.parametrize("approval", [None, 7, ["pending"], "done"])
def test_an_answer_that_shows_no_approval_denies_nothing(call: Any, approval: Any) -> None:
    assert {"APR-7", "APR-8"}.isdisjoint(failures(answered(call, approvalStatus=approval)))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"updatedAt": LATER},
        {"createdAt": "2026-04-18T12:04:11Z", "updatedAt": "2026-04-18T12:04:11.000000+00:00"},
        {"id": "dec_1", "status": "queued", "projectId": PROJECT, "createdAt": LATER},
        {"status": "done", "projectId": None, "createdAt": None, "updatedAt": None},
    ],
)
@pytest.mark.parametrize("call", [reject, approve])
def test_a_whole_container_or_another_object_is_a_right_answer(call: Any, fields: dict[str, Any]) -> None:
    assert {"APR-2", "APR-7", "APR-8", "LIF-8", "LIF-9"}.isdisjoint(failures(answered(call, **fields)))


def test_an_answer_that_shows_another_status_is_accused() -> None:
    assert "with the status canceled of container cnt_1" in failures(answered(status="canceled"))["APR-2"][0]


@pytest.mark.parametrize("beside", [approve, regenerate])
def test_another_call_at_the_same_moment_explains_an_answer(beside: Any) -> None:
    story = pending()
    shows = container(projectId=REVIEW, approvalStatus="approved", status="queued", updatedAt=LATER)
    reject(story, answer=shows, sent=1_010.0, took=1.0)
    beside(story, sent=1_010.2)
    assert {"APR-2", "APR-7"}.isdisjoint(failures(story))


def test_a_replay_shows_what_was() -> None:
    story = pending()
    for approval, more in (("approved", {}), ("approved", {"approvalStatus": "approved"})):
        approve(story, answer=container(projectId=REVIEW, approvalStatus=approval), headers={"Idempotency-Key": KEY})
        shown(story, "approved", updatedAt=LATER, **more)
    regenerate(story, project=REVIEW)
    story.at += 5
    shown(story, "pending", updatedAt=LATER)
    approve(story, answer=container(projectId=REVIEW, approvalStatus="approved"), headers={"Idempotency-Key": KEY})
    assert failures(story) == {}


def test_a_target_whose_reads_lag_may_read_what_it_answers_with() -> None:
    lagging = replace(FACTS, read_lag=1.0)
    assert failures(answered(approvalStatus="pending", updatedAt=EARLIER, createdAt=EARLIER), lagging).keys() <= {
        "LIF-8"
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"projectId": PROJECT}, 'shows container cnt_1 in project "prj_plain", not "prj_review".'),
        ({"createdAt": LATER, "updatedAt": LATER}, f'as created at "{LATER}", not at "{CREATED}".'),
    ],
)
def test_what_never_changes_is_accused_in_an_answer_too(fields: dict[str, Any], message: str) -> None:
    assert message in failures(answered(**fields))["LIF-8"][0]


def test_a_created_at_that_a_regeneration_may_have_moved_is_left_to_it() -> None:
    story = pending()
    regenerate(story, project=REVIEW)
    story.at += 5
    shown(story, "pending", updatedAt=LATER)
    answered(story=story, createdAt=LATER, updatedAt=LATER)
    assert "LIF-8" not in failures(story)


@pytest.mark.parametrize("fields", [{"updatedAt": EARLIER}, {"createdAt": EARLIER, "updatedAt": EARLIER}])
def test_an_updated_at_that_went_back_is_accused_in_an_answer_too(fields: dict[str, Any]) -> None:
    assert "which is too early" in failures(answered(approve, **fields))["LIF-9"][0]


def test_an_approve_that_repeats_itself_may_answer_anything_that_is_true() -> None:
    story = answered(approve, decided("approved"))
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("shows", "accused"), [("cnt_2", True), ("cnt_1", False), ("cnt_7", False), (None, False), (["cnt_2"], False)]
)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": KEY}])
def test_an_approve_that_is_answered_with_another_container_is_accused(shows: Any, accused: Any, headers: Any) -> None:
    story = pending()
    story.create(2, project=REVIEW)
    approve(story, answer={"id": shows, "approvalStatus": "approved"}, headers=headers)
    assert (
        "Approving container cnt_1 was answered with container cnt_2." in failures(story).get("APR-8", ())
    ) is accused


def in_flight() -> HistoryBuilder:
    story = created_in()
    shown(story, "pending", status="generating")
    return story


@pytest.mark.parametrize(("call", "approval"), [(reject, "rejected"), (approve, "approved")])
@pytest.mark.parametrize("status", ["canceled", "failed", "completed", "generating"])
def test_a_decision_cancels_nothing_in_flight(call: Any, approval: str, status: str) -> None:
    story = in_flight()
    call(story)
    shown(story, approval, status=status, lastError="why" if status == "failed" else None)
    assert ("APR-2" in failures(story)) is (status == "canceled")


@pytest.mark.parametrize("before", [cancel, regenerate])
def test_what_may_have_canceled_it_before_explains_that(before: Any) -> None:
    story = created_in()
    before(story)
    shown(story, "pending", status="generating", updatedAt=LATER)
    reject(story)
    shown(story, "rejected", status="canceled", updatedAt=LATER)
    assert "APR-2" not in failures(story)
