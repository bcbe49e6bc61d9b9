"""Operations that no page lists: what one of them named is unclear to every check from then on (open reading 28)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import KEY, PROJECT, HistoryBuilder, envelope_of_error, failures
from moves import clone, progress, regenerate, reject

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
@pytest.mark.parametrize("status", [404, 405, 501])
@pytest.mark.also_fails("CLO-1", "CRE-3", "ERR-2", "IDM-2", "REJ-1")
def test_what_refuses_it_must_still_be_there(method: str, path: str, body: Any, status: int) -> None:
    accused = set(failures(gone(method, path, body, status)))
    assert {"CRE-4", "JOB-1", "JOB-3", "AST-1", "LST-4", "IDM-1", "REG-1"} <= accused
