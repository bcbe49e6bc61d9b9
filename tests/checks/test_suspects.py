"""Whom a container is laid to that no answer named: by the call's answer, and by the times of what it made and of what dates it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from histories import BASE, BRIEF, REVIEW, HistoryBuilder, envelope, envelope_of_error, failures
from moves import clone, regenerate, reject

START = datetime(2026, 4, 18, 12, 4, 11, tzinfo=UTC)
MARK2 = {"hook": "Mornings lcm-run-2"}
FAMILY = {"CRE-10", "AUT-3", "AUT-4", "IDM-2", "IDM-4", "IDM-6", "IDM-11", "REG-3", "CLO-4"}
REFUSED: dict[str, Any] = {"status": 422, "answer": envelope_of_error("VALIDATION")}


def at(second: float) -> str:
    """Return the target's timestamp of a second since the first creation of a history."""
    return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds")


def made() -> HistoryBuilder:
    """Record `cnt_1`, made in second 0 with the key `k` and read in second 1."""
    story = HistoryBuilder()
    story.create(key="k")
    story.read(createdAt=at(0))
    return story


def blamed(story: HistoryBuilder, created_at: Any, brief: Any = BRIEF) -> list[str]:
    """Read `cnt_9`, which no answer named, and give what requirements its maker is said to have broken."""
    story.at += 200
    story.read(9, brief=brief, createdAt=created_at)
    return [name for name, said in failures(story).items() if name in FAMILY and "cnt_9 exists" in said[-1]]


@pytest.mark.parametrize(("status", "code"), [(422, "VALIDATION"), (404, "NOT_FOUND"), (409, "CONFLICT")])
def test_a_refused_regenerate_that_made_a_container_has_added_one(status: int, code: str) -> None:
    story = made()
    regenerate(story, status=status, answer=envelope_of_error(code))
    assert blamed(story, at(2)) == ["REG-3"]


@pytest.mark.parametrize("call", [regenerate, clone])
def test_a_conflict_of_keys_that_made_a_container_is_no_matter_of_creates(call: Any) -> None:
    story = made()
    call(story, headers={"Idempotency-Key": "r"})
    story.at += 10
    conflict = envelope_of_error("IDEMPOTENCY_CONFLICT")
    call(story, status=409, answer=conflict, body={"other": 1}, headers={"Idempotency-Key": "r"})
    assert blamed(story, at(13)) == ["IDM-11"]


def test_a_parallel_retry_of_a_regenerate_that_made_a_container_is_no_matter_of_creates() -> None:
    story = made()
    more: dict[str, Any] = {"patch": MARK2, "headers": {"Idempotency-Key": "r"}, "took": 1.0}
    regenerate(story, sent=1_010.0, **more)
    regenerate(story, status=409, answer=envelope_of_error("IN_FLIGHT"), sent=1_010.5, **more)
    assert blamed(story, at(10.6), MARK2) == ["IDM-11"]


@pytest.mark.parametrize("key", [None, "other"])
def test_a_conflict_of_another_kind_is_a_refused_create(key: str | None) -> None:
    story = made()
    story.create(5, status=409, answer=envelope_of_error("CONFLICT"), key=key)
    assert blamed(story, at(2)) == ["CRE-10"]


@pytest.mark.parametrize("status", [302, 304])
def test_what_was_neither_accepted_nor_refused_is_not_blamed(status: int) -> None:
    story = made()
    regenerate(story, status=status, answer={})
    story.create(5, status=status, answer={})
    assert blamed(story, at(2)) == []


def test_no_requirement_speaks_of_what_a_reject_adds() -> None:
    story = made()
    reject(story, 202, regenerates=MARK2)
    assert blamed(story, at(2), MARK2) == []


def test_another_organization_may_make_what_it_is_given() -> None:
    story = made()
    regenerate(story, actor="other")
    assert blamed(story, at(2)) == []


@pytest.mark.parametrize("job_id", [None, 7])
def test_a_regenerate_whose_answer_names_no_job_is_blamed_as_well(job_id: Any) -> None:
    story = made()
    regenerate(story, answer=envelope(2, container_id="cnt_1") | {"jobId": job_id})
    assert blamed(story, at(2)) == ["REG-3"]


@pytest.mark.parametrize("container_id", [None, 7, []])
def test_a_create_whose_answer_names_no_container_dates_nothing(container_id: Any) -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": container_id})
    story.create(5, **REFUSED)
    assert blamed(story, at(30)) == ["CRE-10"]


def test_a_call_in_another_project_hides_none_in_this_one() -> None:
    story = HistoryBuilder()
    story.create(5, brief=MARK2, project=REVIEW, **REFUSED)
    story.create(5, brief=MARK2, **REFUSED)
    assert blamed(story, at(2), MARK2) == ["CRE-10"]


def test_a_call_on_a_container_is_dated_by_this_one() -> None:
    story = HistoryBuilder()
    story.create(1, key="k1")
    story.create(2, key="k2")
    story.read(2, createdAt=at(1))
    story.call("POST", "/v1/content/cnt_2/regenerate", 202, envelope(3, container_id="cnt_2"))
    assert blamed(story, at(60)) == []


@pytest.mark.parametrize("created_at", [at(3), at(60), None, "yesterday"])
def test_where_nothing_dates_the_last_call_it_is_blamed(created_at: str | None) -> None:
    story = made()
    regenerate(story, patch=MARK2)
    story.create(5, brief=MARK2, **REFUSED)
    assert blamed(story, created_at, MARK2) == ["CRE-10"]


@pytest.mark.parametrize("created_at", [None, "yesterday"])
def test_a_container_without_a_date_may_be_anybodys(created_at: str | None) -> None:
    story = made()
    story.create(key="k")
    assert blamed(story, created_at) == ["IDM-2"]


def test_a_container_that_the_run_did_not_make_dates_no_call() -> None:
    story = HistoryBuilder()
    story.read(createdAt=at(-500))
    regenerate(story, patch=MARK2)
    assert blamed(story, at(60), MARK2) == ["REG-3"]


@pytest.mark.parametrize("second", [18, 33])
def test_a_clock_that_was_moved_before_everything_moves_nothing(second: int) -> None:
    story = HistoryBuilder()
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 15})
    story.create(key="k")
    story.read(createdAt=at(0))
    story.create(key="k")
    assert blamed(story, at(second)) == []


@pytest.mark.parametrize(("second", "expected"), [(20, []), (75, []), (120, ["IDM-2"])])
def test_a_call_without_an_answer_may_make_a_container_for_a_minute(second: int, expected: list[str]) -> None:
    story = made()
    story.at = 1_019.0
    story.create(key="k", status=None, answer=None)
    story.at = 1_000.0 + second
    story.create(key="k")
    assert blamed(story, at(second)) == expected


def test_of_two_calls_that_a_container_fits_the_last_is_blamed() -> None:
    story = made()
    story.create(key="k", sent=1_010.0, took=10)
    clone(story, status=404, sent=1_012.0, took=1)
    assert blamed(story, at(12.5)) == ["CLO-4"]


@pytest.mark.parametrize(("second", "expected"), [(2, ["IDM-2"]), (3, ["CLO-4"])])
def test_the_call_that_a_container_fits_is_blamed_and_not_the_one_beside_it(second: int, expected: list[str]) -> None:
    story = made()
    story.create(key="k")
    clone(story, status=404)
    assert blamed(story, at(second)) == expected
