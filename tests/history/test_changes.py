"""What two reads of a container tell, and what may have acted between them."""

from __future__ import annotations

from typing import Any

import pytest
from histories import PROJECT, Told, asset, container
from ledgers import archive, folded, ids, known
from moves import LATER, approve, created_in, life, regenerate

from conformance.history.windows import Change


def between(change: Change) -> list[str]:
    return [seen.exchange.id for seen in change.between]


def unshown(told: Told) -> list[str]:
    return ids(known(told).container("cnt_1").unshown)


def test_the_latest_read_is_the_one_that_was_sent_last_of_two_that_overlap() -> None:
    told = created_in(PROJECT)
    told.read(sent=1010.0, took=5)
    told.read(sent=1011.0, took=1)
    one = known(told).container("cnt_1")
    assert one.read is not None
    assert one.read.exchange.id == "x3"
    assert known(told).change is None


def test_two_reads_tell_of_what_was_called_between_them() -> None:
    told = created_in(PROJECT)
    archive(told, 409)
    told.call("POST", "/v1/content/cnt_1/approve", 409)
    told.read(sent=1010.0, took=2)
    told.call("POST", "/v1/content/cnt_1/approve", 200, {}, sent=1011.0, took=0.5)
    archive(told, 404, sent=1013.0)
    told.call("DELETE", "/v1/projects/prj_b", 200, {}, sent=1013.0)
    told.read(sent=1020.0, status="queued", brief={"hook": "x", "more": 1}, lastError="why")
    change = known(told).change
    assert change is not None
    assert (change.before.exchange.id, change.after.exchange.id) == ("x4", "x8")
    assert ids(change.between) == ["x5", "x6"]
    assert change.differing == {"status", "brief", "assets", "captions", "lastError"}
    assert (change.old("status"), change.new("status"), change.was_in_flight) == ("completed", "queued", False)


@pytest.mark.parametrize(
    ("status", "expected"), [("queued", True), ("generating", True), ("failed", False), (None, False)]
)
def test_what_was_in_flight_changes_by_itself(status: Any, expected: Any) -> None:
    told = life(status, "completed")
    change = known(told).change
    assert change is not None
    assert change.was_in_flight is expected


def test_a_null_and_an_absent_field_are_the_same_and_unknown_members_never_count() -> None:
    told = created_in(PROJECT)
    told.read()
    shown = {name: value for name, value in container().items() if name not in {"influencerId", "lastError"}}
    told.call("GET", "/v1/content/cnt_1", answer=shown | {"assets": [asset("med_1", size=3)], "etag": 1})
    change = known(told).change
    assert change is not None
    assert change.differing == frozenset()


def test_a_read_leaves_the_calls_that_had_not_ended_when_it_was_sent() -> None:
    told = created_in(PROJECT)
    told.call("POST", "/v1/content/cnt_1/approve", 200, {}, sent=1010.0, took=1)
    told.call("POST", "/v1/content/cnt_1/approve", 409, sent=1010.0, took=5)
    told.read(sent=1011.0, took=0.5)
    one = known(told).container("cnt_1")
    assert ids(one.writes) == ["x3"]
    assert ids(one.influences) == ["x2"]


def test_the_first_and_the_latest_read_of_a_container_are_kept() -> None:
    told = life("queued", "generating", "completed")
    ledger = known(told)
    one = ledger.container("cnt_1")
    assert one.id == "cnt_1"
    assert one.first_read is not None
    assert one.read is not None
    assert (one.first_read.exchange.id, one.read.exchange.id) == ("x2", "x4")
    assert ledger.change is not None
    assert ledger.change.container is one


@pytest.mark.parametrize(
    ("statuses", "lost", "waits"),
    [
        (("completed", "completed"), False, True),
        (("completed", "completed"), True, True),
        (("completed", "generating"), True, False),
        (("generating", "completed"), False, True),
        (("generating", "completed"), True, False),
        (("generating", "queued"), False, False),
        (("queued", "generating"), False, True),
        (("odd", "completed"), False, False),
    ],
)
def test_a_regeneration_waits_until_a_read_shows_it(statuses: Any, lost: Any, waits: Any) -> None:
    told = life(statuses[0])
    regenerate(told, status=None if lost else 202)
    told.read(status=statuses[1])
    assert unshown(told) == (["x3"] if waits else [])


def test_an_updated_at_that_moved_shows_a_regeneration() -> None:
    told = life("completed")
    regenerate(told)
    told.read(updatedAt=LATER)
    assert unshown(told) == []


def test_only_what_was_called_since_the_read_before_waits_and_each_once() -> None:
    told = created_in(PROJECT)
    regenerate(told, 2)
    told.read()
    regenerate(told, 3)
    approve(told)
    told.read()
    regenerate(told, 4, sent=1010.0, took=2)
    told.read(sent=1011.0, took=0.5)
    told.read(sent=1020.0)
    assert unshown(told) == ["x4", "x7"]
    change = known(told).change
    assert change is not None
    assert ids(change.unshown) == ["x4", "x7"]


def test_two_reads_that_follow_each_other_make_a_change() -> None:
    told = Told()
    first = told.read(status="generating")
    second = told.read(lastError=None, format="auto")
    _, (change,), seen = folded(told)
    assert (change.before, change.after) == (seen[first], seen[second])
    assert change.differing == {"status", "assets", "captions", "format"}
    assert (change.old("status"), change.new("status")) == ("generating", "completed")
    assert change.was_in_flight


def test_reads_that_overlap_make_no_change() -> None:
    told = Told()
    told.read(sent=10, took=5)
    told.read(sent=14, took=5)
    assert folded(told)[1] == []


def test_reads_that_touch_make_a_change() -> None:
    told = Told()
    told.read(sent=10, took=5)
    told.read(sent=15, took=5)
    assert len(folded(told)[1]) == 1


def test_the_latest_read_is_the_one_that_was_sent_last() -> None:
    told = Told()
    late = told.read(sent=12, took=1)
    told.read(sent=10, took=9)
    after = told.read(sent=30)
    ledger, changes, seen = folded(told)
    assert [change.before.exchange.id for change in changes] == [late]
    assert ledger.containers["cnt_1"].read is seen[after]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "answer": {"error": {"code": "NOT_FOUND"}}},
        {"status": 200, "answer": b"no JSON"},
        {"status": 200, "answer": []},
        {"status": None, "error": "broken: gone"},
        {"actor": "anonymous", "answer": container(status="failed")},
        {"status": 203, "answer": container(status="failed")},
    ],
)
def test_what_is_no_view_of_a_container_changes_nothing(answer: dict[str, Any]) -> None:
    told = Told()
    first = told.read()
    told.call("GET", "/v1/content/cnt_1", **answer)
    ledger, changes, seen = folded(told)
    assert changes == []
    assert ledger.containers["cnt_1"].read is seen[first]


def test_the_calls_between_two_reads_are_those_that_may_have_acted_there() -> None:
    told = Told()
    told.create()
    told.call("POST", "/v1/content/cnt_1/approve", sent=1_005, took=1)
    told.read(sent=1_010, took=2)
    inside = told.call("POST", "/v1/content/cnt_1/reject", 409, sent=1_013, took=1, body={"reason": "a"})
    overlapping = told.call("POST", "/v1/jobs/job_1/cancel", None, sent=1_011, took=9, error="timeout: ReadTimeout")
    elsewhere = told.call("POST", "/v1/content/cnt_2/approve", sent=1_013)
    told.read(sent=1_015)
    _, (change,), _ = folded(told)
    assert between(change) == [overlapping, inside]
    assert elsewhere not in between(change)


def test_a_call_that_began_before_the_first_read_and_ended_in_it_may_have_acted_after_it() -> None:
    told = Told()
    early = told.call("POST", "/v1/content/cnt_1/approve", sent=1_000, took=10.5)
    told.read(sent=1_010, took=2)
    told.read(sent=1_020)
    told.read(sent=1_030)
    told.create(sent=999)
    _, changes, _ = folded(told)
    assert [between(change) for change in changes] == [[early], []]


def test_a_call_that_is_under_way_at_both_reads_may_act_after_each() -> None:
    told = Told()
    told.create()
    slow = told.call("POST", "/v1/content/cnt_1/approve", sent=1_009, took=100)
    for at in (1_010, 1_020, 1_030):
        told.read(sent=at)
    assert [between(change) for change in folded(told)[1]] == [[slow], [slow]]


def test_archiving_lies_between_the_reads_of_every_container_of_its_project() -> None:
    told = Told()
    told.create(1)
    told.create(2, project="prj_review")
    told.read(1)
    told.read(2, projectId="prj_review")
    archiving = told.call("DELETE", f"/v1/projects/{PROJECT}", 204)
    told.read(1)
    told.read(2, projectId="prj_review")
    ledger, changes, seen = folded(told)
    assert [between(change) for change in changes] == [[archiving], []]
    assert ledger.projects[PROJECT].archived is seen[archiving]
