"""Operations that no page lists: what one of them named is unclear to every check from then on (open reading 28)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import KEY, PROJECT, Told, container, envelope, envelope_of_error, failures, job
from moves import clone, item, progress, regenerate, reject

NOT_FOUND = envelope_of_error("NOT_FOUND")
NAMING = [
    ("DELETE", "/v1/content/cnt_1", None),
    ("DELETE", "/v1/content/cnt_1?force=true", None),
    ("PATCH", "/v1/content/cnt_1/brief", {"hook": "Another"}),
    ("DELETE", "/v1/jobs/job_1", None),
    ("DELETE", "/v1/trash?id=cnt_1", None),
    ("POST", "/v1/bulk-delete", {"ids": ["cnt_9", "cnt_1"]}),
    ("DELETE", f"/v1/projects/{PROJECT}/content", None),
]


def gone(method: str, path: str, body: Any, status: int | None, **more: Any) -> Told:
    """Complete a container, make such a call, and find the container gone wherever it is looked for."""
    told = Told()
    told.create(key=KEY)
    told.job()
    told.read()
    told.call(method, path, status, None, body=body, **more)
    told.call("GET", "/v1/content/cnt_1", 404, NOT_FOUND)
    told.call("GET", "/v1/jobs/job_1", 404, NOT_FOUND)
    progress(told, code=404)
    told.call("GET", "/v1/content/cnt_1/assets/med_1", 404, NOT_FOUND)
    regenerate(told, status=404)
    reject(told, status=404)
    clone(told, status=404)
    told.list([])
    told.list([], "?status=completed")
    told.list([], "?format=video_remix&status=completed")
    told.create(2, key=KEY)
    return told


@pytest.mark.parametrize(("method", "path", "body"), NAMING)
@pytest.mark.parametrize("status", [200, 204, None, 500])
def test_what_it_removed_accuses_nobody(method: str, path: str, body: Any, status: int | None) -> None:
    assert set(failures(gone(method, path, body, status))) <= {"ERR-1"}


@pytest.mark.parametrize(("method", "path", "body"), NAMING)
@pytest.mark.parametrize("status", [404, 405, 501])
def test_what_refuses_it_must_still_be_there(method: str, path: str, body: Any, status: int) -> None:
    accused = set(failures(gone(method, path, body, status)))
    assert {"CRE-4", "JOB-1", "JOB-3", "AST-1", "LST-4", "IDM-1", "REG-1"} <= accused


def test_a_call_that_names_something_else_excuses_nothing() -> None:
    assert "CRE-4" in failures(gone("DELETE", "/v1/content/cnt_2", None, 204))
    assert "CRE-4" in failures(gone("DELETE", "/v1/projects/prj_elsewhere", None, 204))


def test_reading_removes_nothing() -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert "CRE-4" in failures(gone(method, "/v1/content/cnt_1/history", None, 200))


def test_a_read_that_a_header_turns_into_a_write_may_remove_it() -> None:
    told = gone("GET", "/v1/content/cnt_1", None, 204, headers={"X-HTTP-Method-Override": "DELETE"})
    assert failures(told) == {}


def test_what_it_changed_accuses_nobody() -> None:
    told = Told()
    told.create()
    told.read()
    told.call("PATCH", "/v1/content/cnt_1", 200, {})
    told.read(
        projectId="prj_x",
        status="generating",
        approvalStatus="approved",
        format="ugc_remix",
        brief={},
        createdAt="2020-01-01T00:00:00.000Z",
        updatedAt="2020-01-01T00:00:00.000Z",
    )
    told.job(status="failed")
    told.list([item(createdAt="2020-01-01T00:00:00.000Z", status="failed")], "?status=completed")
    assert failures(told) == {}


def test_a_list_may_lack_what_nobody_looked_for() -> None:
    told = Told()
    told.create()
    told.read()
    told.create(2)
    told.read(2)
    told.call("DELETE", "/v1/content/cnt_1", 204)
    told.list([item(id="cnt_2")])
    assert failures(told) == {}
    told.list([])
    assert "Container cnt_2 existed" in failures(told)["LST-1"][0]


def test_another_container_is_judged_as_before() -> None:
    told = Told()
    told.create()
    told.create(2)
    told.read(2)
    told.call("DELETE", "/v1/content/cnt_1", 204)
    told.call("GET", "/v1/content/cnt_2", 404, NOT_FOUND)
    told.list([])
    assert set(failures(told)) == {"CRE-4"}


def test_what_it_names_still_has_a_shape() -> None:
    told = Told()
    told.create()
    told.call("PATCH", "/v1/content/cnt_1", 200, {})
    told.call(
        "GET", "/v1/content/cnt_1", answer={name: value for name, value in container().items() if name != "brief"}
    )
    told.call("GET", "/v1/jobs/job_1", answer=job() | {"startedAt": "yesterday"})
    assert set(failures(told)) == {"SCH-1", "SCH-3"}


def test_a_regeneration_of_what_is_unclear_starts_nothing_that_is_judged() -> None:
    told = Told()
    told.create()
    told.read()
    told.call("PATCH", "/v1/content/cnt_1", 200, {})
    regenerate(told)
    told.call("GET", "/v1/jobs/job_2", 404, NOT_FOUND)
    told.create(3, answer=envelope(3))
    assert failures(told) == {}
