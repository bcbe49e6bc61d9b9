"""IDM-5 to IDM-11: whose result a call must not be given, and which likeness shows nothing of keys."""

from __future__ import annotations

from typing import Any

import pytest
from histories import FOREIGN, REVIEW, HistoryBuilder, envelope, results
from test_fresh_requests import CONFLICT, OTHER_BRIEF, idempotency, other_operation, two

FOREIGN_CALL: dict[str, Any] = {"actor": "other", "project": FOREIGN}
DULL = {"reason": "Dull.", "regenerate": True}


def regenerated(
    *keys: str | None, jobs: tuple[int, int] = (2, 2), containers: tuple[int, int] = (1, 1)
) -> HistoryBuilder:
    """Record two creates, and of two regenerations with these keys, by default of one container and with one job."""
    story = HistoryBuilder()
    for n in (11, 12):
        story.create(n, answer=envelope(n, container_id=f"cnt_{n - 10}"))
    for key, job, n in zip(keys, jobs, containers, strict=True):
        headers = {"Idempotency-Key": key} if key else {}
        answer = envelope(job, container_id=f"cnt_{n}")
        story.call("POST", f"/v1/content/cnt_{n}/regenerate", 202, answer, body={"patch": {}}, headers=headers)
    return story


@pytest.mark.parametrize(
    ("keys", "accused"), [((None, "b"), ["IDM-7"]), (("a", None), ["IDM-7"]), (("a", "b"), []), (("a", "a"), [])]
)
def test_a_regeneration_without_a_key_gets_its_own_job(keys: Any, accused: list[str]) -> None:
    assert list(idempotency(regenerated(*keys))) == accused


def test_regenerations_of_two_containers_with_one_key_say_nothing_of_projects() -> None:
    story = regenerated("a", "a", jobs=(2, 3), containers=(1, 2))
    assert results(story, "IDM-9") == []
    assert idempotency(story) == {}


def test_another_body_in_another_project_shows_nothing_of_keys() -> None:
    story = two({"key": "a"}, {"key": "a", "project": REVIEW, "brief": OTHER_BRIEF, "answer": envelope(2, REVIEW)})
    assert results(story, "IDM-9") == []


@pytest.mark.parametrize(
    "second",
    [
        {"key": "a", "brief": OTHER_BRIEF, **FOREIGN_CALL},
        {"key": "b", "answer": envelope(1), **FOREIGN_CALL},
        {"answer": envelope(1), **FOREIGN_CALL},
    ],
)
def test_another_organizations_call_with_another_body_or_key_shows_nothing_of_keys(second: dict[str, Any]) -> None:
    assert results(two({"key": "a"}, second), "IDM-8") == []


def test_a_result_that_names_no_container_is_taken_all_the_same() -> None:
    story = two({"key": "a"}, {"key": "b", "answer": {"jobId": "job_1"}})
    assert "another key: job job_1 and container ." in idempotency(story)["IDM-5"][0]


@pytest.mark.parametrize(
    ("answer", "accused"),
    [
        (envelope(1) | {"stage": "rejected"}, ["IDM-10"]),
        (envelope(2, container_id="cnt_1"), []),
        (envelope(2, container_id="cnt_1") | {"jobId": None}, []),
    ],
)
def test_a_reject_that_regenerates_starts_a_job_of_its_own(answer: Any, accused: list[str]) -> None:
    assert list(idempotency(other_operation("reject", 202, answer, body=DULL))) == accused


def test_a_reject_of_another_organization_takes_no_result_by_its_key() -> None:
    story = other_operation("reject", 202, envelope(1), body=DULL, actor="other")
    assert results(story, "IDM-10") == []


def test_a_key_whose_first_call_was_refused_is_no_fresh_one() -> None:
    story = two({"key": "a"}, {"key": "b", "status": 409, "answer": {"error": {"code": "CONFLICT"}}})
    story.create(3, key="b", **CONFLICT)
    assert results(story, "IDM-5") == []
