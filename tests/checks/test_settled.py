"""Which containers stand still."""

from typing import Any

import pytest
from histories import FACTS, PROJECT, Told, envelope

from conformance.checks.ledger import Ledger
from conformance.checks.seen import understand
from conformance.checks.settled import BEGINNING, UNANSWERED_FOR, settled
from conformance.contract import load
from conformance.history import judging_order


def stands(told: Told, before: float = 9_999.0) -> bool:
    """Tell whether `cnt_1` is settled at the end of a history."""
    ledger = Ledger(FACTS)
    for exchange in sorted(told.exchanges, key=judging_order):
        ledger.observe(understand(exchange, load(), FACTS))
    return settled(ledger.containers.get("cnt_1"), ledger, before) is not None


def made(**fields: Any) -> Told:
    told = Told()
    told.create(1)
    told.read(1, **fields)
    return told


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_terminal_container_of_ours_is_settled(status: str) -> None:
    assert stands(made(status=status))


@pytest.mark.parametrize("status", ["queued", "generating", "odd", None, ["completed"]])
def test_any_other_status_is_not_settled(status: Any) -> None:
    assert not stands(made(status=status))


def test_a_container_of_others_is_not_settled() -> None:
    told = Told()
    assert not stands(told)
    told.read(1)
    assert not stands(told)


@pytest.mark.parametrize(("before", "expected"), [(1001.1, True), (1001.0, False)])
def test_the_read_must_have_ended(before: float, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert stands(made(), before) is expected


@pytest.mark.parametrize(("status", "expected"), [(202, False), (409, True), (500, False), (None, False)])
def test_a_call_that_may_have_changed_it_unsettles_it(status: int | None, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    told = made()
    told.call("POST", "/v1/content/cnt_1/regenerate", status)
    assert stands(told) is expected


@pytest.mark.parametrize(
    ("path", "status", "body", "late"),
    [
        ("/v1/content/cnt_1/regenerate", 202, None, BEGINNING),
        ("/v1/content/cnt_1/regenerate", None, None, UNANSWERED_FOR),
        ("/v1/content/cnt_1/reject", 200, {"reason": "Dull.", "regenerate": True}, BEGINNING),
        ("/v1/content/cnt_1/reject", 200, {"reason": "Dull."}, 0.0),
        ("/v1/jobs/job_1/cancel", 202, None, 0.0),
    ],
)
def test_a_read_settles_it_again_once_the_call_has_taken_effect(path: str, status: Any, body: Any, late: float) -> None:
    for margin, expected in ((-0.05, False), (0.05, True)):
        told = made()
        told.call("POST", path, status, envelope(2, container_id="cnt_1"), body=body)
        told.read(1, sent=1002.1 + late + margin)
        assert stands(told) is expected


def test_an_archive_unsettles_every_container_of_its_project() -> None:
    other, own = made(), made()
    other.call("DELETE", "/v1/projects/prj_b", 200, {})
    own.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    assert stands(other)
    assert not stands(own)
