"""Which containers stand still."""

from typing import Any

import pytest
from histories import FACTS, PROJECT, HistoryBuilder, envelope

from conformance.client.exchange import judging_order
from conformance.contract.document import load
from conformance.contract.lifecycle import MOMENT
from conformance.history.ledger import Ledger
from conformance.history.observation import understand
from conformance.history.windows import NEVER, UNANSWERED_FOR


def known(story: HistoryBuilder) -> Ledger:
    """Return what is known at the end of a history."""
    ledger = Ledger(FACTS)
    for exchange in sorted(story.exchanges, key=judging_order):
        ledger.observe(understand(exchange, load(), FACTS))
    return ledger


def stands(story: HistoryBuilder, before: float = 9_999.0) -> bool:
    """Return whether `cnt_1` is settled at the end of a history."""
    ledger = known(story)
    return ledger.windows.settled(ledger.containers.get("cnt_1"), before) is not None


def made(**fields: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, **fields)
    return story


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_terminal_container_of_ours_is_settled(status: str) -> None:
    assert stands(made(status=status))


@pytest.mark.parametrize("status", ["queued", "generating", "odd", None, ["completed"]])
def test_any_other_status_is_not_settled(status: Any) -> None:
    assert not stands(made(status=status))


def test_a_container_of_others_is_not_settled() -> None:
    story = HistoryBuilder()
    assert not stands(story)
    story.read(1)
    assert not stands(story)


@pytest.mark.parametrize(("before", "expected"), [(1001.1, True), (1001.0, False)])
def test_the_read_must_have_ended(before: float, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert stands(made(), before) is expected


@pytest.mark.parametrize(("status", "expected"), [(202, False), (409, True), (500, False), (None, False)])
def test_a_call_that_may_have_changed_it_unsettles_it(status: int | None, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", status)
    assert stands(story) is expected


@pytest.mark.parametrize(
    ("path", "status", "body", "late"),
    [
        ("/v1/content/cnt_1/regenerate", 202, None, MOMENT),
        ("/v1/content/cnt_1/regenerate", None, None, UNANSWERED_FOR),
        ("/v1/content/cnt_1/reject", 200, {"reason": "Dull.", "regenerate": True}, MOMENT),
        ("/v1/content/cnt_1/reject", 200, {"reason": "Dull."}, 0.0),
        ("/v1/jobs/job_1/cancel", 202, None, 0.0),
    ],
)
def test_a_read_settles_it_again_once_the_call_has_taken_effect(path: str, status: Any, body: Any, late: float) -> None:
    for margin, expected in ((-0.05, False), (0.05, True)):
        story = made()
        answer = envelope(2, container_id="cnt_1") if late else {"id": "cnt_1", "approvalStatus": "rejected"}
        story.call("POST", path, status, answer, body=body)
        story.read(1, sent=1002.1 + late + margin)
        assert stands(story) is expected


def test_an_archive_unsettles_every_container_of_its_project() -> None:
    other, own = made(), made()
    other.call("DELETE", "/v1/projects/prj_b", 200, {})
    own.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    assert stands(other)
    assert not stands(own)


@pytest.mark.parametrize(("first", "second"), [(None, 200), (500, 200), (None, 409)])
def test_a_lost_call_may_take_effect_after_one_that_was_answered_later(first: Any, second: Any) -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", first)
    story.call("POST", "/v1/content/cnt_1/approve", second)
    story.read(1, sent=1062.0)
    assert not stands(story)
    story.read(1, sent=1062.2)
    assert stands(story)


@pytest.mark.parametrize(
    ("path", "status", "since"),
    [
        (f"/v1/projects/{PROJECT}/content", 202, 1010.5),
        ("/v1/content/cnt_1/approve", 200, 1010.5),
        ("/v1/content/cnt_1/regenerate", 202, 1010.5),
        ("/v1/jobs/job_1/cancel", 200, 1010.5),
        ("/v1/content/cnt_1/approve", None, 1010.5 + UNANSWERED_FOR),
        ("/v1/content/cnt_1/approve", 500, 1010.5 + UNANSWERED_FOR),
        ("/v1/content/cnt_1/approve", 409, 1000.5),
        ("/v1/content/cnt_1/approve", 501, 1000.5),
    ],
)
def test_a_call_changes_the_project_that_it_names_or_whose_container_it_names(
    path: str, status: Any, since: float
) -> None:
    story = HistoryBuilder()
    story.create(1, took=0.5)
    story.call("POST", path, status, sent=1010.0, took=0.5)
    windows = known(story).windows
    assert windows.of_project(PROJECT) == since
    assert windows.of_project("prj_b") == NEVER


def test_a_call_on_what_nobody_knows_may_change_any_project() -> None:
    story = HistoryBuilder()
    story.create(1, took=0.5)
    for sent in (1010.0, 1020.0):
        story.call("POST", "/v1/content/cnt_9/approve", 200, sent=sent, took=0.5)
    windows = known(story).windows
    assert windows.of_project(PROJECT) == windows.of_project("prj_b") == 1020.5


def test_the_latest_effect_on_a_project_counts_though_a_call_was_answered_later() -> None:
    story = HistoryBuilder()
    story.create(1, status=None, answer=None, sent=1000.0, took=0.5)
    story.create(2, sent=1010.0, took=0.5)
    assert known(story).windows.of_project(PROJECT) == 1000.5 + UNANSWERED_FOR


@pytest.mark.parametrize(("status", "archived"), [(200, True), (None, True), (500, True), (404, False), (501, False)])
def test_a_project_is_archived_by_a_call_that_was_not_refused(status: Any, archived: Any) -> None:
    story = made()
    story.call("DELETE", f"/v1/projects/{PROJECT}", status)
    story.call("POST", "/v1/projects/prj_b/content", 202)
    windows = known(story).windows
    assert windows.archived(PROJECT) is archived
    assert not windows.archived("prj_b")


def test_an_archiving_that_was_lost_may_take_effect_after_another_that_was_answered() -> None:
    story = made()
    for status in (None, 200):
        story.call("DELETE", f"/v1/projects/{PROJECT}", status)
    story.read(1, sent=1062.0)
    assert not stands(story)
    story.read(1, sent=1062.2)
    assert stands(story)


def test_a_container_of_no_known_project_is_unsettled_by_its_own_calls_alone() -> None:
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, {"jobId": "job_2", "containerId": "cnt_1"})
    story.read(1, projectId=None, sent=1010.0)
    story.call("DELETE", "/v1/projects/prj_b", 200, {})
    assert stands(story)


@pytest.mark.parametrize(("regenerates", "late"), [(True, MOMENT), ({"hook": "New"}, MOMENT), (False, 0.0)])
def test_a_reject_that_asks_for_a_regeneration_may_begin_it_a_little_later(regenerates: Any, late: float) -> None:
    for status in (200, 202):
        story = made()
        body = {"reason": "Dull.", "regenerate": regenerates}
        answer = envelope(2, container_id="cnt_1") if status == 202 else {"id": "cnt_1"}
        story.call("POST", "/v1/content/cnt_1/reject", status, answer, body=body)
        story.read(1, sent=1002.1 + (MOMENT if status == 202 else late) - 0.05)
        assert not stands(story)
        story.read(1, sent=1002.1 + (MOMENT if status == 202 else late) + 0.05)
        assert stands(story)


@pytest.mark.parametrize("body", [b"{", ["regenerate"], None])
def test_a_reject_whose_body_is_no_object_asks_for_no_regeneration(body: Any) -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/reject", 200, {"id": "cnt_1"}, body=body)
    story.read(1, sent=1002.2)
    assert stands(story)
