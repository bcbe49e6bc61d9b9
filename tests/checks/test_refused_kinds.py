"""Which requirement a refused call that changed something breaks, told by the call and by its answer."""

from __future__ import annotations

from typing import Any

import pytest
from histories import envelope_of_error, failures, results
from moves import approve, clone, regenerate, reject
from test_refusals import made

CONFLICT = envelope_of_error("IDEMPOTENCY_CONFLICT")
KINDS: dict[str, tuple[Any, str]] = {
    "a clone that conflicts": (lambda told: clone(told, status=409, answer=CONFLICT), "IDM-11"),
    "a clone of an unknown post, 400": (lambda told: clone(told, status=400, post="post_9"), "CLO-4"),
    "a clone of an unknown post, 422": (lambda told: clone(told, status=422, post="post_9"), "CLO-4"),
    "a clone of an unknown post, 403": (lambda told: clone(told, status=403, post="post_9"), "AUT-3"),
    "a clone of the known post": (lambda told: clone(told, status=404), "AUT-3"),
    "a reject of what is not found": (lambda told: reject(told, 404), "AUT-3"),
    "a reject that is not JSON": (lambda told: reject(told, 400, body=b"{"), "AUT-3"),
    "an approval of what is not found": (lambda told: approve(told, 404), "AUT-3"),
    "a regeneration that is not JSON": (lambda told: regenerate(told, status=400, body=b"{"), "REG-6"),
    "a regeneration that is refused for the state": (lambda told: regenerate(told, status=409), "AUT-3"),
}


@pytest.mark.parametrize(("call", "requirement"), KINDS.values(), ids=KINDS)
def test_a_refused_call_that_changed_something_breaks_what_speaks_of_its_kind(call: Any, requirement: str) -> None:
    told = made()
    call(told)
    told.read(captions=[{"platform": "x", "text": "y"}])
    blamed = [name for name, texts in failures(told).items() if any("changed its captions" in text for text in texts)]
    assert blamed == [requirement]


@pytest.mark.parametrize(("call", "requirement"), KINDS.values(), ids=KINDS)
def test_a_refused_call_that_changed_nothing_keeps_what_speaks_of_its_kind(call: Any, requirement: str) -> None:
    told = made()
    call(told)
    told.read()
    assert "passed" in results(told, requirement)
