"""The base of checks that judge late: a refusal is judged once every call that overlapped it is known."""

from typing import Any

import pytest
from histories import REVIEW, HistoryBuilder, failures
from moves import clone, pending, regenerate, reject


def refused_beside(call: Any, n: int, *, sent: float = 1013.0, between: bool = True) -> HistoryBuilder:
    """Refuse a call that is on its way for 5 s, and accept a regenerate; a list is answered before either."""
    story = pending()
    call(story, status=409, sent=1010.0, took=5)
    if between:
        story.list([], project=REVIEW, query="?status=queued", sent=1011.0, took=0.5)
    regenerate(story, n, project=REVIEW, sent=sent, took=1)
    return story


@pytest.mark.parametrize(("call", "requirement"), [(regenerate, "REG-1"), (reject, "REJ-1")])
def test_a_call_that_begins_while_another_is_being_refused_may_be_the_reason(call: Any, requirement: Any) -> None:
    assert requirement not in failures(refused_beside(call, 2))


@pytest.mark.parametrize(("call", "requirement"), [(regenerate, "REG-1"), (reject, "REJ-1")])
@pytest.mark.parametrize("between", [True, False])
def test_a_call_that_begins_after_another_was_refused_is_no_reason(call: Any, requirement: Any, between: Any) -> None:
    story = refused_beside(call, 2, sent=1015.5, between=between)
    assert len(failures(story)[requirement]) == 1
    story.list([], project=REVIEW, query="?status=queued")
    story.list([], project=REVIEW, query="?status=failed")
    assert len(failures(story)[requirement]) == 1


@pytest.mark.parametrize(("call", "requirement"), [(regenerate, "REG-1"), (reject, "REJ-1")])
def test_a_project_that_is_archived_after_the_next_call_is_no_reason(call: Any, requirement: Any) -> None:
    story = pending()
    call(story, status=409)
    story.list([], project=REVIEW, query="?status=queued")
    story.call("DELETE", f"/v1/projects/{REVIEW}", 200, {"id": REVIEW})
    assert requirement in failures(story)


@pytest.mark.parametrize(("call", "requirement"), [(regenerate, "REG-1"), (reject, "REJ-1"), (clone, "CLO-1")])
def test_only_a_refusal_of_the_form_is_one_of_an_odd_header(call: Any, requirement: str) -> None:
    for status, accused in ((400, False), (404, True)):
        story = pending()
        call(story, status=status, headers={"X-Forwarded-For": "not, an, address"})
        assert (requirement in failures(story)) == accused
