"""What two reads of a container tell, and what may have acted between them."""

from __future__ import annotations

from typing import Any

import pytest
from histories import PROJECT, HistoryBuilder, asset, container
from ledgers import archive, folded, ids, known
from moves import LATER, approve, created_in, life, regenerate

from conformance.history.windows import Change


def between(change: Change) -> list[str]:
    return [seen.exchange.id for seen in change.between]


def unshown(story: HistoryBuilder) -> list[str]:
    return ids(known(story).container("cnt_1").unshown)


def test_the_latest_read_is_the_one_that_was_sent_last_of_two_that_overlap() -> None:
    story = created_in(PROJECT)
    story.read(sent=1010.0, took=5)
    story.read(sent=1011.0, took=1)
    one = known(story).container("cnt_1")
    assert one.read is not None
    assert one.read.exchange.id == "x3"
    assert known(story).change is None


def test_two_reads_tell_of_what_was_called_between_them() -> None:
    story = created_in(PROJECT)
    archive(story, 409)
    story.call("POST", "/v1/content/cnt_1/approve", 409)
    story.read(sent=1010.0, took=2)
    story.call("POST", "/v1/content/cnt_1/approve", 200, {}, sent=1011.0, took=0.5)
    archive(story, 404, sent=1013.0)
    story.call("DELETE", "/v1/projects/prj_b", 200, {}, sent=1013.0)
    story.read(sent=1020.0, status="queued", brief={"hook": "x", "more": 1}, lastError="why")
    change = known(story).change
    assert change is not None
    assert (change.before.exchange.id, change.after.exchange.id) == ("x4", "x8")
    assert ids(change.between) == ["x5", "x6"]
    assert change.differing == {"status", "brief", "assets", "captions", "lastError"}
    assert (change.old("status"), change.new("status"), change.was_in_flight) == ("completed", "queued", False)


@pytest.mark.parametrize(
    ("status", "expected"), [("queued", True), ("generating", True), ("failed", False), (None, False)]
)
def test_what_was_in_flight_changes_by_itself(status: Any, expected: Any) -> None:
    story = life(status, "completed")
    change = known(story).change
    assert change is not None
    assert change.was_in_flight is expected


def test_a_null_and_an_absent_field_are_the_same_and_unknown_members_never_count() -> None:
    story = created_in(PROJECT)
    story.read()
    shown = {name: value for name, value in container().items() if name not in {"influencerId", "lastError"}}
    story.call("GET", "/v1/content/cnt_1", answer=shown | {"assets": [asset("med_1", size=3)], "etag": 1})
    change = known(story).change
    assert change is not None
    assert change.differing == frozenset()


def test_a_read_leaves_the_calls_that_had_not_ended_when_it_was_sent() -> None:
    story = created_in(PROJECT)
    story.call("POST", "/v1/content/cnt_1/approve", 200, {}, sent=1010.0, took=1)
    story.call("POST", "/v1/content/cnt_1/approve", 409, sent=1010.0, took=5)
    story.read(sent=1011.0, took=0.5)
    one = known(story).container("cnt_1")
    assert ids(one.writes) == ["x3"]
    assert ids(one.influences) == ["x2"]


def test_the_first_and_the_latest_read_of_a_container_are_kept() -> None:
    story = life("queued", "generating", "completed")
    ledger = known(story)
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
    story = life(statuses[0])
    regenerate(story, status=None if lost else 202)
    story.read(status=statuses[1])
    assert unshown(story) == (["x3"] if waits else [])


def test_an_updated_at_that_moved_shows_a_regeneration() -> None:
    story = life("completed")
    regenerate(story)
    story.read(updatedAt=LATER)
    assert unshown(story) == []


def test_only_what_was_called_since_the_read_before_waits_and_each_once() -> None:
    story = created_in(PROJECT)
    regenerate(story, 2)
    story.read()
    regenerate(story, 3)
    approve(story)
    story.read()
    regenerate(story, 4, sent=1010.0, took=2)
    story.read(sent=1011.0, took=0.5)
    story.read(sent=1020.0)
    assert unshown(story) == ["x4", "x7"]
    change = known(story).change
    assert change is not None
    assert ids(change.unshown) == ["x4", "x7"]


def test_two_reads_that_follow_each_other_make_a_change() -> None:
    story = HistoryBuilder()
    first = story.read(status="generating")
    second = story.read(lastError=None, format="auto")
    _, (change,), seen = folded(story)
    assert (change.before, change.after) == (seen[first], seen[second])
    assert change.differing == {"status", "assets", "captions", "format"}
    assert (change.old("status"), change.new("status")) == ("generating", "completed")
    assert change.was_in_flight


def test_reads_that_overlap_make_no_change() -> None:
    story = HistoryBuilder()
    story.read(sent=10, took=5)
    story.read(sent=14, took=5)
    assert folded(story)[1] == []


def test_reads_that_touch_make_a_change() -> None:
    story = HistoryBuilder()
    story.read(sent=10, took=5)
    story.read(sent=15, took=5)
    assert len(folded(story)[1]) == 1


def test_the_latest_read_is_the_one_that_was_sent_last() -> None:
    story = HistoryBuilder()
    late = story.read(sent=12, took=1)
    story.read(sent=10, took=9)
    after = story.read(sent=30)
    ledger, changes, seen = folded(story)
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
    story = HistoryBuilder()
    first = story.read()
    story.call("GET", "/v1/content/cnt_1", **answer)
    ledger, changes, seen = folded(story)
    assert changes == []
    assert ledger.containers["cnt_1"].read is seen[first]


def test_the_calls_between_two_reads_are_those_that_may_have_acted_there() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/approve", sent=1_005, took=1)
    story.read(sent=1_010, took=2)
    inside = story.call("POST", "/v1/content/cnt_1/reject", 409, sent=1_013, took=1, body={"reason": "a"})
    overlapping = story.call("POST", "/v1/jobs/job_1/cancel", None, sent=1_011, took=9, error="timeout: ReadTimeout")
    elsewhere = story.call("POST", "/v1/content/cnt_2/approve", sent=1_013)
    story.read(sent=1_015)
    _, (change,), _ = folded(story)
    assert between(change) == [overlapping, inside]
    assert elsewhere not in between(change)


def test_a_call_that_began_before_the_first_read_and_ended_in_it_may_have_acted_after_it() -> None:
    story = HistoryBuilder()
    early = story.call("POST", "/v1/content/cnt_1/approve", sent=1_000, took=10.5)
    story.read(sent=1_010, took=2)
    story.read(sent=1_020)
    story.read(sent=1_030)
    story.create(sent=999)
    _, changes, _ = folded(story)
    assert [between(change) for change in changes] == [[early], []]


def test_a_call_that_is_under_way_at_both_reads_may_act_after_each() -> None:
    story = HistoryBuilder()
    story.create()
    slow = story.call("POST", "/v1/content/cnt_1/approve", sent=1_009, took=100)
    for at in (1_010, 1_020, 1_030):
        story.read(sent=at)
    assert [between(change) for change in folded(story)[1]] == [[slow], [slow]]


def test_archiving_lies_between_the_reads_of_every_container_of_its_project() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.create(2, project="prj_review")
    story.read(1)
    story.read(2, projectId="prj_review")
    archiving = story.call("DELETE", f"/v1/projects/{PROJECT}", 204)
    story.read(1)
    story.read(2, projectId="prj_review")
    ledger, changes, seen = folded(story)
    assert [between(change) for change in changes] == [[archiving], []]
    assert ledger.projects[PROJECT].archived is seen[archiving]
