"""The tables of lives: that they agree with each other and with the document, and what can be asked of them."""

import pytest

from conformance.contract.document import load
from conformance.contract.lifecycle import (
    APPROVAL_MOVES,
    APPROVAL_STATUSES,
    CONTAINER_MOVES,
    CONTAINER_OPERATIONS,
    JOB_ENDED,
    JOB_MOVES,
    JOB_STATUSES,
    OPERATIONS_BY_STATE,
    POSSIBLE_STATES,
    STATUSES,
    TERMINAL,
    Answer,
    diagram,
    reachable,
)


def test_the_tables_know_the_values_of_the_document() -> None:
    schemas = load().document["components"]["schemas"]
    assert set(schemas["ContainerStatus"]["enum"]) == STATUSES
    assert set(schemas["ApprovalStatus"]["enum"]) == APPROVAL_STATUSES
    assert set(schemas["JobFields"]["properties"]["status"]["x-known-values"]) == JOB_STATUSES


@pytest.mark.parametrize("moves", [CONTAINER_MOVES, JOB_MOVES])
def test_every_move_leads_to_a_status_of_the_table(moves: dict[str, frozenset[str]]) -> None:
    assert frozenset().union(*moves.values()) <= set(moves)


@pytest.mark.parametrize(
    ("status", "later"),
    [
        ("queued", STATUSES),
        ("generating", {"generating", "completed", "failed", "canceled"}),
        ("completed", {"completed"}),
        ("failed", {"failed"}),
        ("canceled", {"canceled"}),
        ("unheard-of", {"unheard-of"}),
    ],
)
def test_what_a_later_read_may_show(status: str, later: set[str]) -> None:
    assert reachable(status) == later


def test_what_a_later_read_of_a_job_may_show() -> None:
    assert reachable("running", JOB_MOVES) == JOB_STATUSES
    assert all(reachable(status, JOB_MOVES) == {status} for status in JOB_ENDED)


def test_every_state_and_operation_has_an_answer() -> None:
    assert len(OPERATIONS_BY_STATE) == len(STATUSES) * len(APPROVAL_STATUSES) * len(CONTAINER_OPERATIONS)
    assert set(CONTAINER_OPERATIONS) <= set(load().operations)


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (("completed", "pending", "rejectContent"), Answer.ALLOWED),
        (("completed", "approved", "rejectContent"), Answer.REFUSED),
        (("canceled", "not_required", "rejectContent"), Answer.REFUSED),
        (("generating", "rejected", "rejectContent"), Answer.EITHER),
        (("failed", "pending", "rejectContent"), Answer.EITHER),
        (("queued", "pending", "regenerateContent"), Answer.EITHER),
        (("failed", "rejected", "regenerateContent"), Answer.EITHER),
        (("canceled", "not_required", "cloneFromPost"), Answer.EITHER),
        (("completed", "rejected", "regenerateContent"), Answer.ALLOWED),
        (("completed", "approved", "approveContent"), Answer.EITHER),
        (("completed", "pending", "approveContent"), Answer.ALLOWED),
        (("generating", "pending", "getAsset"), Answer.EITHER),
        (("completed", "pending", "cancelJob"), Answer.EITHER),
    ],
)
def test_what_an_operation_is_answered(state: tuple[str, str, str], answer: Answer) -> None:
    assert OPERATIONS_BY_STATE[state] is answer


def test_moves_of_approval_end_in_possible_states() -> None:
    for move in APPROVAL_MOVES:
        assert ("completed", move.new) in POSSIBLE_STATES[move.review]
    assert ("completed", "not_required") not in POSSIBLE_STATES[True]
    assert {approval for _, approval in POSSIBLE_STATES[False]} == {"not_required"}


def test_the_diagram_draws_every_move_once() -> None:
    lines = [line.strip() for line in diagram().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    for name, moves in (("container", CONTAINER_MOVES), ("job", JOB_MOVES)):
        for old, following in moves.items():
            assert all(lines.count(f"{name}_{old} --> {name}_{new}") == 1 for new in following)
    for status in TERMINAL:
        assert f"container_{status} --> container_queued: regeneration" in lines
    assert "approval_pending --> approval_rejected: reject (review)" in lines
    assert diagram().count("{") == diagram().count("}")
