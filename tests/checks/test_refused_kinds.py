"""Which requirement a refused call that changed something breaks, told by the call and by its answer."""

from __future__ import annotations

from typing import Any

import pytest
from histories import envelope_of_error, failures, results
from moves import approve, clone, regenerate, reject
from test_refusals import made

CONFLICT = envelope_of_error("IDEMPOTENCY_CONFLICT")
KINDS: dict[str, tuple[Any, str]] = {
    "a clone that conflicts": (lambda story: clone(story, status=409, answer=CONFLICT), "IDM-11"),
    "a clone of an unknown post, 400": (lambda story: clone(story, status=400, post="post_9"), "CLO-4"),
    "a clone of an unknown post, 422": (lambda story: clone(story, status=422, post="post_9"), "CLO-4"),
    "a clone of an unknown post, 403": (lambda story: clone(story, status=403, post="post_9"), "AUT-3"),
    "a clone of the known post": (lambda story: clone(story, status=404), "AUT-3"),
    "a reject of what is not found": (lambda story: reject(story, 404), "AUT-3"),
    "a reject that is not JSON": (lambda story: reject(story, 400, body=b"{"), "AUT-3"),
    "an approval of what is not found": (lambda story: approve(story, 404), "AUT-3"),
    "a regeneration that is not JSON": (lambda story: regenerate(story, status=400, body=b"{"), "REG-6"),
    "a regeneration that is refused for the state": (lambda story: regenerate(story, status=409), "AUT-3"),
}


@pytest.mark.parametrize(("call", "requirement"), KINDS.values(), ids=KINDS)
def test_a_refused_call_that_changed_something_breaks_what_speaks_of_its_kind(call: Any, requirement: str) -> None:
    story = made()
    call(story)
    story.read(captions=[{"platform": "x", "text": "y"}])
    blamed = [name for name, texts in failures(story).items() if any("changed its captions" in text for text in texts)]
    assert blamed == [requirement]


@pytest.mark.parametrize(("call", "requirement"), KINDS.values(), ids=KINDS)
def test_a_refused_call_that_changed_nothing_keeps_what_speaks_of_its_kind(call: Any, requirement: str) -> None:
    story = made()
    call(story)
    story.read()
    assert "passed" in results(story, requirement)
