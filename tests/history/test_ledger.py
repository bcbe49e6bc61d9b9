"""What the ledger knows of projects, capabilities and the clock, and of the latest exchange alone."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, FACTS, PROJECT, REVIEW, HistoryBuilder, container, job
from ledgers import archive, folded, ids, known
from moves import clone, created_in, life

from conformance.history.ledger import Ledger

OPTIONAL = [
    ("approve", "POST", "/v1/content/cnt_1/approve"),
    ("cancel", "POST", "/v1/jobs/job_1/cancel"),
    ("archive", "DELETE", f"/v1/projects/{PROJECT}"),
]


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
    story = HistoryBuilder()
    for _ in range(2):
        story.call("POST", f"{BASE}/_sandbox/clock", status, body=body)
    assert known(story).clock_offset == 2 * offset


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
    story = HistoryBuilder()
    for status, actor in calls:
        archive(story, status, actor=actor)
    project = known(story).project(PROJECT)
    assert (project.archived and project.archived.exchange.id) == archived
    assert len(project.archive_attempts) == len(calls)


def test_the_policy_of_the_two_configured_projects_is_known() -> None:
    ledger = Ledger(FACTS)
    names = (PROJECT, REVIEW, "prj_b")
    assert [ledger.project(name).review for name in names] == [False, True, None]
    assert tuple(ledger.project(name).id for name in names) == names


def test_a_call_touches_the_container_that_it_names_by_its_own_id_or_by_its_job() -> None:
    story = created_in(PROJECT)
    for path in ("content/cnt_1/approve", "jobs/job_1/cancel", "content/cnt_9/approve", "jobs/job_9/cancel"):
        story.call("POST", f"/v1/{path}", 200, {})
    story.call("POST", "/v1/content/cnt_1/reject", 409)
    story.call("POST", "/v1/content/cnt_1/regenerate", 501)
    one = known(story).container("cnt_1")
    assert ids(one.writes) == ["x2", "x3", "x6", "x7"]
    assert ids(one.influences) == ["x2", "x3"]


def test_a_page_of_a_list_is_a_walk() -> None:
    story = HistoryBuilder()
    story.list([container()])
    walk = known(story).walk
    assert walk is not None
    assert list(walk.by_id) == ["cnt_1"]


def test_what_one_exchange_told_is_told_of_it_alone() -> None:
    for path in ("/v1/jobs/job_1", "/health"):
        story = life("completed", "completed")
        story.list([])
        clone(story)
        story.call("GET", path)
        ledger = known(story)
        assert (ledger.change, ledger.started, ledger.walk) == (None, None, None)


@pytest.mark.parametrize(("name", "method", "path"), OPTIONAL)
@pytest.mark.parametrize(
    ("status", "known"),
    [(200, True), (204, True), (409, True), (404, False), (405, False), (501, False)]
    + [(status, None) for status in (401, 403, 429, 500, 503)],
)
def test_an_optional_operation_is_there_or_not_by_its_answer(
    name: str,
    method: str,
    path: str,
    status: int,
    known: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    story = HistoryBuilder()
    story.create()
    story.call(method, path, status)
    assert folded(story)[0].capabilities.get(name) is known


@pytest.mark.parametrize(("name", "method", "path"), OPTIONAL)
def test_only_an_approve_may_want_a_body_that_no_page_names(name: str, method: str, path: str) -> None:
    status, known = 400, False if name == "approve" else None
    story = HistoryBuilder()
    story.create()
    story.call(method, path, status)
    assert folded(story)[0].capabilities.get(name) is known


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/content/cnt_9/approve"),
        ("POST", "/v1/jobs/job_9/cancel"),
        ("DELETE", "/v1/projects/prj_9"),
    ],
)
def test_a_404_to_an_unknown_id_tells_nothing_of_a_capability(method: str, path: str) -> None:
    story = HistoryBuilder()
    story.create()
    for _ in range(2):
        story.error(method, path, 404, "NOT_FOUND")
    assert folded(story)[0].capabilities == {}


@pytest.mark.parametrize("project", [PROJECT, "prj_archive", "prj_9"])
def test_a_404_to_a_project_that_is_there_tells_that_none_is_archived(project: str) -> None:
    story = HistoryBuilder()
    story.create(project=project)
    story.error("DELETE", f"/v1/projects/{project}", 404, "NOT_FOUND")
    assert folded(story)[0].capabilities == {"archive": False}


@pytest.mark.parametrize("actor", ["anonymous", "other", "last-character-off"])
def test_only_the_owner_tells_of_a_capability(actor: str) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/approve", 404, actor=actor)
    story.call("POST", "/v1/jobs/job_1/cancel", 405, actor=actor)
    assert folded(story)[0].capabilities == {}


@pytest.mark.parametrize("statuses", [(404, 200), (200, 404), (501, 409), (409, 405)])
def test_a_capability_that_was_seen_once_is_there(statuses: tuple[int, int]) -> None:
    story = HistoryBuilder()
    story.create()
    for status in statuses:
        story.call("POST", "/v1/jobs/job_1/cancel", status)
    assert folded(story)[0].capabilities == {"cancel": True}


def test_a_call_touches_the_container_of_its_job() -> None:
    story = HistoryBuilder()
    story.create()
    reading, cancelling = story.job(), story.call("POST", "/v1/jobs/job_1/cancel", 200, job(status="canceled"))
    listing, unknown = story.list([]), story.job(7)
    ledger, _, seen = folded(story)
    one = ledger.containers["cnt_1"]
    assert [ledger.touched(seen[name]) for name in (reading, cancelling, listing, unknown)] == [one, one, None, None]
