"""What a history establishes: who made which container by which job, what may have changed it, and what two reads tell."""

from collections.abc import Iterable
from typing import Any

import pytest
from histories import BASE, FACTS, PROJECT, REVIEW, Told, asset, container, envelope
from moves import LATER, approve, clone, created_in, life, regenerate, reject

from conformance.contract.document import load
from conformance.door.exchange import judging_order
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation, understand


def known(told: Told) -> Ledger:
    """Return what is known at the end of a history."""
    ledger = Ledger(FACTS)
    for exchange in sorted(told.exchanges, key=judging_order):
        ledger.observe(understand(exchange, load(), FACTS))
    return ledger


def ids(calls: Iterable[Observation]) -> list[str]:
    return [call.exchange.id for call in calls]


def made_of(told: Told) -> tuple[Any, ...]:
    """Return the jobs, the owner and the project of `cnt_1`, and the operation that made it."""
    one = known(told).container("cnt_1")
    made = one.made_by
    return [each.job_id for each in one.generations], one.owner, one.project_id, made and made.operation_id


def test_a_create_makes_a_container_of_its_caller_in_the_project_of_its_path() -> None:
    told = Told()
    told.create(project=REVIEW, answer=envelope(1, PROJECT), actor="other")
    assert made_of(told) == (["job_1"], "other", REVIEW, "createContent")
    ledger = known(told)
    assert list(ledger.jobs) == ["job_1"]
    assert ledger.started is ledger.jobs["job_1"]
    assert ids(ledger.attempts["lcm-run-1"]) == ["x1"]


def test_a_clone_makes_a_container_in_the_project_that_its_answer_names() -> None:
    told = Told()
    clone(told, 1, path="/v1/content/cnt_7/clone-from-post")
    assert made_of(told) == (["job_1"], "owner", PROJECT, "cloneFromPost")


def test_a_regeneration_of_a_container_of_others_makes_none() -> None:
    told = Told()
    regenerate(told, project=REVIEW)
    told.read(projectId=PROJECT)
    assert made_of(told) == (["job_2"], "owner", REVIEW, None)


def test_the_first_that_is_known_of_a_container_stays() -> None:
    told = Told()
    told.create()
    regenerate(told, project=REVIEW, actor="other")
    told.read(projectId=REVIEW)
    assert made_of(told) == (["job_1", "job_2"], "owner", PROJECT, "createContent")


def test_a_read_tells_the_project_of_what_others_made() -> None:
    told = Told()
    told.read(projectId=7)
    told.read(projectId=REVIEW)
    assert made_of(told) == ([], None, REVIEW, None)


def test_a_caller_without_a_right_key_owns_nothing_that_it_makes() -> None:
    told = Told()
    told.create(actor="anonymous")
    regenerate(told)
    assert made_of(told) == (["job_1", "job_2"], "owner", PROJECT, "createContent")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, envelope(2, container_id="cnt_1")),
        (202, envelope(1, container_id="cnt_1")),
        (202, envelope(2, container_id="cnt_1") | {"jobId": 2}),
        (202, {}),
        (202, None),
        (None, None),
    ],
)
def test_only_a_202_with_a_new_job_starts_a_generation(status: Any, answer: Any) -> None:
    told = Told()
    told.create()
    regenerate(told, status=status, answer=answer)
    assert made_of(told)[0] == ["job_1"]
    assert known(told).started is None


@pytest.mark.parametrize("named", [None, 7])
def test_a_regeneration_whose_answer_names_no_container_is_one_of_the_container_in_its_path(named: Any) -> None:
    for call in (regenerate, reject):
        told = created_in(PROJECT)
        call(told, status=202, answer={"jobId": "job_2", "containerId": named})
        assert made_of(told)[0] == ["job_1", "job_2"]


def test_a_create_or_a_clone_whose_answer_names_no_container_makes_none() -> None:
    told = created_in(PROJECT)
    clone(told, answer={"jobId": "job_2"})
    told.create(3, answer={"jobId": "job_3"})
    ledger = known(told)
    assert list(ledger.jobs) == ["job_1"]
    assert list(ledger.containers) == ["cnt_1"]


def test_an_approve_starts_no_generation_whatever_it_answers() -> None:
    told = created_in(PROJECT)
    approve(told, 202, answer=envelope(2, container_id="cnt_1"))
    assert made_of(told)[0] == ["job_1"]


@pytest.mark.parametrize(
    ("status", "body", "offset"),
    [
        (200, {"advanceSeconds": 60}, 60),
        (204, {"advanceSeconds": 0.5}, 0.5),
        (400, {"advanceSeconds": 60}, 0),
        (None, {"advanceSeconds": 60}, 0),
        (200, {"advanceSeconds": "60"}, 0),
        (200, [60], 0),
    ],
)
def test_the_clock_is_ahead_by_all_that_it_was_advanced(status: Any, body: Any, offset: Any) -> None:
    told = Told()
    for _ in range(2):
        told.call("POST", f"{BASE}/_sandbox/clock", status, body=body)
    assert known(told).clock_offset == 2 * offset


def archive(told: Told, status: Any = 200, **more: Any) -> str:
    return told.call("DELETE", f"/v1/projects/{PROJECT}", status, {} if status == 200 else None, **more)


@pytest.mark.parametrize(
    ("calls", "archived"),
    [
        ([(200, "owner"), (200, "owner")], "x1"),
        ([(404, "owner"), (200, "other")], "x2"),
        ([(None, "owner"), (500, "owner"), (403, "other")], None),
        ([(200, "anonymous")], None),
    ],
)
def test_a_project_is_archived_by_the_first_call_that_says_so(calls: Any, archived: Any) -> None:
    told = Told()
    for status, actor in calls:
        archive(told, status, actor=actor)
    project = known(told).project(PROJECT)
    assert (project.archived and project.archived.exchange.id) == archived
    assert len(project.archive_attempts) == len(calls)


def test_the_policy_of_the_two_configured_projects_is_known() -> None:
    ledger = Ledger(FACTS)
    names = (PROJECT, REVIEW, "prj_b")
    assert [ledger.project(name).review for name in names] == [False, True, None]
    assert tuple(ledger.project(name).id for name in names) == names


def test_a_call_touches_the_container_that_it_names_by_its_own_id_or_by_its_job() -> None:
    told = created_in(PROJECT)
    for path in ("content/cnt_1/approve", "jobs/job_1/cancel", "content/cnt_9/approve", "jobs/job_9/cancel"):
        told.call("POST", f"/v1/{path}", 200, {})
    told.call("POST", "/v1/content/cnt_1/reject", 409)
    told.call("POST", "/v1/content/cnt_1/regenerate", 501)
    one = known(told).container("cnt_1")
    assert ids(one.writes) == ["x2", "x3", "x6", "x7"]
    assert ids(one.influences) == ["x2", "x3"]


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


def test_a_page_of_a_list_is_a_walk() -> None:
    told = Told()
    told.list([container()])
    walk = known(told).walk
    assert walk is not None
    assert list(walk.by_id) == ["cnt_1"]


def test_the_latest_read_is_the_one_that_was_sent_last() -> None:
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


def test_what_one_exchange_told_is_told_of_it_alone() -> None:
    for path in ("/v1/jobs/job_1", "/health"):
        told = life("completed", "completed")
        told.list([])
        clone(told)
        told.call("GET", path)
        ledger = known(told)
        assert (ledger.change, ledger.started, ledger.walk) == (None, None, None)


def unshown(told: Told) -> list[str]:
    return ids(known(told).container("cnt_1").unshown)


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
