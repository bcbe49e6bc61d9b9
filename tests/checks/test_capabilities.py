"""What a history tells of the optional operations: that the target has one, that it lacks one, or neither."""

from typing import Any

import pytest
from histories import FACTS, PROJECT, REVIEW, HistoryBuilder

from conformance.checks.judge import Judge
from conformance.client.exchange import judging_order
from conformance.contract.document import load

APPROVE, CANCEL = "/v1/content/cnt_1/approve", "/v1/jobs/job_1/cancel"


def capabilities(story: HistoryBuilder) -> dict[str, bool]:
    judge = Judge(load(), FACTS)
    for exchange in sorted(story.exchanges, key=judging_order):
        judge.observe(exchange)
    return judge.ledger.capabilities


def made() -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(project="prj_used")
    return story


def asked(path: str, *statuses: Any, method: str = "POST", **more: Any) -> dict[str, bool]:
    story = made()
    for status in statuses:
        story.call(method, path, status, **more)
    return capabilities(story)


@pytest.mark.parametrize(("path", "name"), [(APPROVE, "approve"), (CANCEL, "cancel")])
def test_an_operation_that_answers_is_there_and_one_that_is_not_found_is_lacking(path: Any, name: Any) -> None:
    assert all(asked(path, status) == {name: True} for status in (200, 202, 409))
    assert all(asked(path, status) == {name: False} for status in (404, 405, 501))
    assert all(asked(path, status) == {} for status in (401, 403, 429, 500, None))


@pytest.mark.parametrize("status", [400, 411, 415, 422])
def test_an_approve_that_wants_what_no_page_names_is_lacking(status: int) -> None:
    assert asked(APPROVE, status) == asked(APPROVE, status, status, body={}) == {"approve": False}
    assert asked(APPROVE, status, 200) == {"approve": True}


def test_a_refusal_that_something_else_explains_tells_nothing() -> None:
    assert asked(APPROVE, 422, body={"note": 7}) == asked(f"{APPROVE}?a=b", 400) == {}
    assert asked(APPROVE, 400, headers={"Expect": "x"}) == asked("/v1/content/cnt_9/approve", 422) == {}
    assert asked(CANCEL, 400) == asked(CANCEL, 422) == {}


@pytest.mark.parametrize("statuses", [(200, 404), (404, 200), (405, 409, 501)])
def test_an_operation_that_has_answered_once_is_there(statuses: Any) -> None:
    assert asked(APPROVE, *statuses) == {"approve": True}


@pytest.mark.parametrize("path", ["/v1/content/cnt_9/approve", "/v1/jobs/job_9/cancel", "/v1/projects/prj_unknown"])
def test_what_is_not_found_under_an_unknown_id_tells_nothing(path: Any) -> None:
    assert asked(path, 404, method="DELETE" if "projects" in path else "POST") == {}


@pytest.mark.parametrize("project", [PROJECT, REVIEW, "prj_archive", "prj_used"])
def test_archiving_that_is_not_found_for_a_known_project_is_lacking(project: Any) -> None:
    assert asked(f"/v1/projects/{project}", 404, method="DELETE") == {"archive": False}


@pytest.mark.parametrize("actor", ["other", "anonymous", "wrong"])
def test_what_another_caller_is_answered_tells_nothing(actor: Any) -> None:
    for status in (200, 404, 405):
        assert asked(APPROVE, status, actor=actor) == {}


def test_other_operations_tell_of_no_capability() -> None:
    story = made()
    story.read()
    story.error("GET", "/v1/content/cnt_1/assets/med_9", 404, "NOT_FOUND")
    assert capabilities(story) == {}
