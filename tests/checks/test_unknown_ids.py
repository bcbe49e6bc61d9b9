"""The judge of ERR-3, by histories on each side of every line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import (
    BRIEF,
    FACTS,
    HistoryBuilder,
    asset,
    container,
    envelope,
    envelope_of_error,
    results,
)

KNOWN, UNKNOWN = "01HX9Y6K7EJ4T2ABCDEF", "01HX9Y6K7EJ4T2ABCDE1"
OTHER = "01HX9Y6K7EJ4T2AFEDCB"
"""An id of the same form that is not next to the known one, so that another client may have made what it names."""
OTHERS = (f"cnt_{UNKNOWN}", "cnt_nothing")


def told_of(method: str, path: str, status: int, answer: Any = None, **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": f"cnt_{KNOWN}", "jobId": f"job_{KNOWN}"})
    shape = container(id=f"cnt_{KNOWN}", assets=[asset(f"med_{KNOWN}")])
    story.call("GET", f"/v1/content/cnt_{KNOWN}", 200, shape)
    story.call(method, path, status, answer, **more)
    return story


def refused(path: str, status: int, code: str = "NOT_FOUND", method: str = "GET", **more: Any) -> list[str]:
    return results(told_of(method, path, status, envelope_of_error(code), **more), "ERR-3")


PATHS = [
    ("GET", f"/v1/content/cnt_{UNKNOWN}", None),
    ("GET", f"/v1/content/cnt_{UNKNOWN}/progress", None),
    ("GET", f"/v1/content/cnt_{KNOWN}/assets/med_{UNKNOWN}", None),
    ("GET", f"/v1/jobs/job_{UNKNOWN}", None),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/regenerate", {"patch": {"hook": "Another"}}),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/reject", {"reason": "No"}),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/clone-from-post", {"sourcePlatformPostId": "post_1"}),
    ("GET", "/v1/projects/prj_plaia/content", None),
    ("POST", "/v1/projects/prj_plaia/content", {"format": "auto", "brief": BRIEF}),
]


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
@pytest.mark.also_fails("CRE-3", "ERR-1", "ERR-3", "ERR-7")
def test_what_nobody_has_seen_is_not_found(method: str, path: str, body: Any) -> None:
    assert refused(path, 404, method=method, body=body) == ["passed"]
    assert refused(path, 404, "GONE", method, body=body) == ["failed"]
    for status in (400, 422):
        assert refused(path, status, "VALIDATION", method, body=body) == ["failed"]
    for status in (401, 403, 405, 429, 415, 500):
        assert refused(path, status, "X", method, body=body) == []


@pytest.mark.parametrize("status", [409, 410])
@pytest.mark.parametrize(("method", "path", "body"), PATHS)
@pytest.mark.also_fails("CRE-3", "ERR-3")
def test_a_refusal_for_a_state_fails_where_the_id_surely_names_nothing(
    method: str, path: str, body: Any, status: int
) -> None:
    expected = [] if "prj_plaia" in path else ["failed"]
    assert refused(path, status, "CONFLICT", method, body=body) == expected
    assert refused(path.replace(UNKNOWN, OTHER), status, "CONFLICT", method, body=body) == (
        ["failed"] if "/assets/" in path else []
    )


@pytest.mark.also_fails("CRE-3")
def test_a_clone_into_a_chosen_id_names_nothing_that_could_be_unknown() -> None:
    story = told_of("POST", OTHERS[0], 404)
    story.error(
        "POST", f"/v1/content/{OTHERS[1]}/clone-from-post", 404, "GONE", body={"sourcePlatformPostId": "post_1"}
    )
    assert results(story, "ERR-3", replace(FACTS, clone_id="fresh")) == []
    assert results(story, "ERR-3") == ["failed"]
