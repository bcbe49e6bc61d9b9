"""Operations that no page lists: what one of them named is unclear to every check from then on (open reading 28)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import KEY, PROJECT, HistoryBuilder, container, envelope, envelope_of_error, failures, job
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


def gone(method: str, path: str, body: Any, status: int | None, **more: Any) -> HistoryBuilder:
    """Complete a container, make such a call, and find the container gone wherever it is looked for."""
    story = HistoryBuilder()
    story.create(key=KEY)
    story.job()
    story.read()
    story.call(method, path, status, None, body=body, **more)
    story.call("GET", "/v1/content/cnt_1", 404, NOT_FOUND)
    story.call("GET", "/v1/jobs/job_1", 404, NOT_FOUND)
    progress(story, code=404)
    story.call("GET", "/v1/content/cnt_1/assets/med_1", 404, NOT_FOUND)
    regenerate(story, status=404)
    reject(story, status=404)
    clone(story, status=404)
    story.list([])
    story.list([], "?status=completed")
    story.list([], "?format=video_remix&status=completed")
    story.create(2, key=KEY)
    return story


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
    story = gone("GET", "/v1/content/cnt_1", None, 204, headers={"X-HTTP-Method-Override": "DELETE"})
    assert failures(story) == {}


def test_what_it_changed_accuses_nobody() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    story.call("PATCH", "/v1/content/cnt_1", 200, {})
    story.read(
        projectId="prj_x",
        status="generating",
        approvalStatus="approved",
        format="ugc_remix",
        brief={},
        createdAt="2020-01-01T00:00:00.000Z",
        updatedAt="2020-01-01T00:00:00.000Z",
    )
    story.job(status="failed")
    story.list([item(createdAt="2020-01-01T00:00:00.000Z", status="failed")], "?status=completed")
    assert failures(story) == {}


def test_a_list_may_lack_what_nobody_looked_for() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    story.create(2)
    story.read(2)
    story.call("DELETE", "/v1/content/cnt_1", 204)
    story.list([item(id="cnt_2")])
    assert failures(story) == {}
    story.list([])
    assert "Container cnt_2 existed" in failures(story)["LST-1"][0]


def test_another_container_is_judged_as_before() -> None:
    story = HistoryBuilder()
    story.create()
    story.create(2)
    story.read(2)
    story.call("DELETE", "/v1/content/cnt_1", 204)
    story.call("GET", "/v1/content/cnt_2", 404, NOT_FOUND)
    story.list([])
    assert set(failures(story)) == {"CRE-4"}


def test_what_it_names_still_has_a_shape() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("PATCH", "/v1/content/cnt_1", 200, {})
    story.call(
        "GET", "/v1/content/cnt_1", answer={name: value for name, value in container().items() if name != "brief"}
    )
    story.call("GET", "/v1/jobs/job_1", answer=job() | {"startedAt": "yesterday"})
    assert set(failures(story)) == {"SCH-1", "SCH-3"}


def test_a_regeneration_of_what_is_unclear_starts_nothing_that_is_judged() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    story.call("PATCH", "/v1/content/cnt_1", 200, {})
    regenerate(story)
    story.call("GET", "/v1/jobs/job_2", 404, NOT_FOUND)
    story.create(3, answer=envelope(3))
    assert failures(story) == {}
