"""What the ledger holds of a history: containers, generations, changes between reads, and capabilities."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, FACTS, PROJECT, Told, container, envelope, job

from conformance.contract.document import load
from conformance.door.exchange import judging_order
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation, understand
from conformance.history.windows import Change


def folded(told: Told) -> tuple[Ledger, list[Change], dict[str, Observation]]:
    """Fold a history, and give every change that it showed on the way."""
    ledger, changes, seen = Ledger(FACTS), [], {}
    for exchange in sorted(told.exchanges, key=judging_order):
        seen[exchange.id] = understand(exchange, load(), FACTS)
        ledger.observe(seen[exchange.id])
        if ledger.change:
            changes.append(ledger.change)
    return ledger, changes, seen


def between(change: Change) -> list[str]:
    return [seen.exchange.id for seen in change.between]


def test_two_reads_that_follow_each_other_make_a_change() -> None:
    told = Told()
    first = told.read(status="generating")
    second = told.read(lastError=None, format="auto")
    _, (change,), seen = folded(told)
    assert (change.before, change.after) == (seen[first], seen[second])
    assert change.differing == {"status", "assets", "captions", "format"}
    assert (change.old("status"), change.new("status")) == ("generating", "completed")
    assert change.was_in_flight


def test_a_null_and_an_absent_field_are_the_same() -> None:
    told = Told()
    told.read()
    shape = container()
    del shape["lastError"], shape["influencerId"]
    told.call("GET", "/v1/content/cnt_1", answer=shape)
    assert folded(told)[1][0].differing == frozenset()


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


def test_the_first_202_that_names_a_job_is_a_generation_and_a_replay_is_none() -> None:
    told = Told()
    made = told.create(1, key="k")
    told.create(1, key="k")
    told.create(2, key="l")
    ledger, _, seen = folded(told)
    assert list(ledger.jobs) == ["job_1", "job_2"]
    assert ledger.jobs["job_1"].accepted is seen[made]
    assert ledger.jobs["job_1"].operation_id == "createContent"
    one = ledger.containers["cnt_1"]
    assert (one.project_id, one.owner, one.made_by) == (PROJECT, "owner", ledger.jobs["job_1"])
    assert ledger.container_of_job("job_2") is ledger.containers["cnt_2"]
    assert ledger.container_of_job("job_9") is None


def test_each_generation_of_a_container_is_kept_in_order() -> None:
    told = Told()
    told.create()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    told.call("POST", "/v1/content/cnt_1/reject", 202, {"jobId": "job_3"}, body={"reason": "a", "regenerate": True})
    told.call("POST", "/v1/content/cnt_1/clone-from-post", 202, envelope(4, container_id="cnt_4"), body={})
    ledger, _, _ = folded(told)
    assert [each.operation_id for each in ledger.containers["cnt_1"].generations] == [
        "createContent",
        "regenerateContent",
        "rejectContent",
    ]
    assert [each.operation_id for each in ledger.containers["cnt_4"].generations] == ["cloneFromPost"]
    assert ledger.containers["cnt_4"].made_by


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, envelope()),
        (201, envelope()),
        (400, envelope()),
        (202, {"containerId": "cnt_1"}),
        (202, {"jobId": "job_1"}),
        (202, {"jobId": 7, "containerId": "cnt_1"}),
        (202, []),
        (202, b"no JSON"),
        (None, None),
    ],
)
def test_what_names_no_job_and_container_in_a_202_starts_nothing(status: int | None, answer: Any) -> None:
    told = Told()
    told.create(status=status, answer=answer)
    ledger, _, _ = folded(told)
    assert (ledger.started, ledger.jobs) == (None, {})
    assert "cnt_1" not in ledger.containers


def test_a_container_that_the_history_did_not_see_made_has_no_maker() -> None:
    told = Told()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    told.read()
    ledger, _, _ = folded(told)
    assert ledger.containers["cnt_1"].made_by is None
    assert ledger.containers["cnt_1"].project_id == PROJECT


def test_what_each_exchange_shows_is_forgotten_with_the_next() -> None:
    told = Told()
    told.create()
    ledger, _, _ = folded(told)
    assert ledger.started is ledger.jobs["job_1"]
    told.job()
    ledger, _, _ = folded(told)
    assert ledger.started is None
    assert ledger.change is None


def test_the_attempts_of_a_mark_are_all_kept() -> None:
    told = Told()
    tries = [
        told.create(key="k"),
        told.create(key="k", status=409, answer={}),
        told.create(actor="anonymous", status=401),
    ]
    other = told.create(2, brief={"hook": "no mark"})
    ledger, _, _ = folded(told)
    assert [seen.exchange.id for seen in ledger.attempts["lcm-run-1"]] == tries
    assert [seen.exchange.id for seen in ledger.attempts["no mark"]] == [other]


OPTIONAL = [
    ("approve", "POST", "/v1/content/cnt_1/approve"),
    ("cancel", "POST", "/v1/jobs/job_1/cancel"),
    ("archive", "DELETE", f"/v1/projects/{PROJECT}"),
]


@pytest.mark.parametrize(("name", "method", "path"), OPTIONAL)
@pytest.mark.parametrize(
    ("status", "known"),
    [(200, True), (204, True), (409, True), (404, False), (405, False), (501, False)]
    + [(status, None) for status in (400, 401, 403, 429, 500, 503)],
)
def test_an_optional_operation_is_there_or_not_by_its_answer(
    name: str,
    method: str,
    path: str,
    status: int,
    known: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    told = Told()
    told.create()
    told.call(method, path, status)
    assert folded(told)[0].capabilities.get(name) is known


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/content/cnt_9/approve"),
        ("POST", "/v1/jobs/job_9/cancel"),
        ("DELETE", "/v1/projects/prj_9"),
    ],
)
def test_a_404_to_an_unknown_id_tells_nothing_of_a_capability(method: str, path: str) -> None:
    told = Told()
    told.create()
    for _ in range(2):
        told.error(method, path, 404, "NOT_FOUND")
    assert folded(told)[0].capabilities == {}


@pytest.mark.parametrize("project", [PROJECT, "prj_archive", "prj_9"])
def test_a_404_to_a_project_that_is_there_tells_that_none_is_archived(project: str) -> None:
    told = Told()
    told.create(project=project)
    told.error("DELETE", f"/v1/projects/{project}", 404, "NOT_FOUND")
    assert folded(told)[0].capabilities == {"archive": False}


@pytest.mark.parametrize("actor", ["anonymous", "other", "last-character-off"])
def test_only_the_owner_tells_of_a_capability(actor: str) -> None:
    told = Told()
    told.create()
    told.call("POST", "/v1/content/cnt_1/approve", 404, actor=actor)
    told.call("POST", "/v1/jobs/job_1/cancel", 405, actor=actor)
    assert folded(told)[0].capabilities == {}


@pytest.mark.parametrize("statuses", [(404, 200), (200, 404), (501, 409), (409, 405)])
def test_a_capability_that_was_seen_once_is_there(statuses: tuple[int, int]) -> None:
    told = Told()
    told.create()
    for status in statuses:
        told.call("POST", "/v1/jobs/job_1/cancel", status)
    assert folded(told)[0].capabilities == {"cancel": True}


def test_the_test_clock_adds_up_where_it_was_moved() -> None:
    told = Told()
    clock = f"{BASE}/_sandbox/clock"
    told.call("POST", clock, 200, body={"advanceSeconds": 60}, actor="harness")
    told.call("POST", clock, 500, body={"advanceSeconds": 1_000}, actor="harness")
    told.call("POST", clock, 204, body={"advanceSeconds": 0.5}, actor="harness")
    assert folded(told)[0].clock_offset == 60.5


def test_the_projects_of_the_configuration_have_their_policy() -> None:
    ledger = Ledger(FACTS)
    assert {project.id: project.review for project in ledger.projects.values()} == {PROJECT: False, "prj_review": True}
    assert ledger.project("prj_9").review is None


def test_a_call_touches_the_container_of_its_job() -> None:
    told = Told()
    told.create()
    reading, cancelling = told.job(), told.call("POST", "/v1/jobs/job_1/cancel", 200, job(status="canceled"))
    listing, unknown = told.list([]), told.job(7)
    ledger, _, seen = folded(told)
    one = ledger.containers["cnt_1"]
    assert [ledger.touched(seen[name]) for name in (reading, cancelling, listing, unknown)] == [one, one, None, None]
