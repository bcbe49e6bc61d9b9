"""Reads that may be older than a write: what the target's `read_lag` excuses, and for how long (open reading 27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from histories import FACTS, Told, envelope_of_error, failures, results
from moves import (
    LATER,
    approve,
    clone,
    created_in,
    fetch,
    item,
    life,
    pending,
    progress,
    read_once,
    regenerate,
    reject,
    shown,
    wait,
)

LAGGING = replace(FACTS, read_lag=3)
NOT_FOUND = envelope_of_error("NOT_FOUND")


def unseen_container(told: Told) -> None:
    told.call("GET", "/v1/content/cnt_1", 404, NOT_FOUND)


def unseen_job(told: Told) -> None:
    told.call("GET", "/v1/jobs/job_1", 404, NOT_FOUND)


def unseen_progress(told: Told) -> None:
    progress(told, code=404)


def unlisted(told: Told) -> None:
    told.list([])


def created() -> Told:
    told = Told()
    told.create()
    return told


def rejected() -> Told:
    told = pending()
    reject(told)
    return told


def approved() -> Told:
    told = pending()
    approve(told)
    return told


def cloned() -> Told:
    told = read_once()
    clone(told)
    return told


LATE: list[tuple[Callable[[], Told], Callable[[Told], object], set[str]]] = [
    (created, unseen_container, {"CRE-4"}),
    (created, unseen_job, {"CRE-3", "JOB-1"}),
    (created, unseen_progress, {"JOB-3"}),
    (rejected, lambda told: shown(told, "pending"), {"APR-7", "REJ-1"}),
    (approved, lambda told: shown(told, "pending"), {"APR-8"}),
    (cloned, lambda told: told.call("GET", "/v1/content/cnt_2", 404, NOT_FOUND), {"CLO-2"}),
    (cloned, lambda told: told.list([item()]), {"CLO-2"}),
]


@pytest.mark.parametrize(("write", "read", "accused"), LATE)
def test_a_read_that_lacks_a_write_is_accused_unless_the_target_lags(
    write: Callable[[], Told], read: Callable[[Told], object], accused: set[str]
) -> None:
    told = write()
    read(told)
    assert set(failures(told)) == accused
    assert failures(told, LAGGING) == {}
    for requirement in accused:
        assert "inconclusive" in results(told, requirement, LAGGING)


@pytest.mark.parametrize(("write", "read", "accused"), LATE)
def test_a_lag_ends(write: Callable[[], Told], read: Callable[[Told], object], accused: set[str]) -> None:
    told = write()
    wait(told, 3)
    read(told)
    assert set(failures(told, LAGGING)) == accused


def test_a_list_that_lags_may_leave_a_container_out_for_a_while() -> None:
    told = created()
    told.read()
    unlisted(told)
    assert set(failures(told)) == {"LST-1"}
    assert results(told, "LST-1", LAGGING) == ["inconclusive"]
    wait(told, 3)
    unlisted(told)
    assert set(failures(told, LAGGING)) == {"LST-1"}


def test_a_read_that_lags_may_show_the_time_before_a_regeneration() -> None:
    told = read_once()
    regenerate(told, patch={"hook": "New"})
    wait(told, 2)
    told.read(updatedAt="2026-04-18T12:30:00.000Z")
    assert set(failures(told)) == {"REG-2"}
    assert failures(told, LAGGING) == {}


@pytest.mark.parametrize("decide", [reject, approve])
def test_an_accepted_decision_that_shows_late_was_made_by_somebody(decide: Callable[[Told], object]) -> None:
    makes = "rejected" if decide is reject else "approved"
    told = pending()
    decide(told)
    shown(told, "pending")
    wait(told, 30)
    shown(told, makes)
    assert "APR-5" not in failures(told)
    shown(told, "pending")
    shown(told, makes)
    assert "APR-5" in failures(told)


def test_a_decision_that_a_regeneration_overtakes_may_show_once() -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    wait(told, 3)
    shown(told, "rejected")
    assert "APR-10" not in failures(told)
    shown(told, "rejected")
    assert "APR-10" in failures(told)


def test_a_decision_that_was_shown_explains_nothing_after_a_regeneration() -> None:
    told = rejected()
    shown(told, "rejected")
    regenerate(told)
    wait(told, 3)
    shown(told, "rejected", updatedAt="2026-04-18T12:30:00.000Z")
    assert set(failures(told)) == {"APR-10"}


def test_an_approval_by_nobody_is_accused_however_the_target_lags() -> None:
    told = created_in()
    shown(told, "approved")
    assert set(failures(told, LAGGING)) == {"APR-3", "APR-5"}
    assert failures(life("completed"), LAGGING) == {}


def ended(*reads: Callable[[Told], object]) -> Told:
    """Return a history of reads of a container that was created long before."""
    told = created()
    wait(told, 20)
    for read in reads:
        read(told)
    return told


def running(told: Told) -> None:
    told.job(status="running", progress=0.5)


def listed_generating(told: Told) -> None:
    told.list([item(status="generating")])


def listed_unresolved(told: Told) -> None:
    told.list([item(status="generating", format="auto")])


BEHIND: list[tuple[Callable[[Told], object], Callable[[Told], object], str]] = [
    (Told.read, listed_generating, "LST-9"),
    (Told.read, listed_unresolved, "LST-9"),
    (Told.read, lambda told: told.list([], "?status=completed"), "LST-4"),
    (Told.read, lambda told: fetch(told, status=404), "AST-1"),
    (Told.read, lambda told: told.read(status="generating"), "LIF-2"),
    (Told.read, listed_generating, "LIF-2"),
    (lambda told: told.read(updatedAt=LATER), Told.read, "LIF-9"),
    (Told.job, running, "JOB-4"),
    (lambda told: told.job(status="running", progress=0.75), running, "JOB-5"),
]


@pytest.mark.parametrize(("newer", "older", "requirement"), BEHIND)
def test_what_comes_by_itself_may_show_late_too(
    newer: Callable[[Told], object], older: Callable[[Told], object], requirement: str
) -> None:
    told = ended(newer, older)
    assert requirement in failures(told)
    assert requirement not in failures(told, LAGGING)


@pytest.mark.parametrize(("newer", "older", "requirement"), BEHIND)
def test_what_came_by_itself_shows_when_the_lag_is_over(
    newer: Callable[[Told], object], older: Callable[[Told], object], requirement: str
) -> None:
    assert requirement in failures(ended(newer, lambda told: wait(told, 3), older), LAGGING)


def test_an_end_that_changes_is_no_older_state() -> None:
    told = ended(Told.job, lambda told: told.job(status="failed", error="why", result=None))
    assert "JOB-4" in failures(told, LAGGING)


def test_a_container_that_may_show_late_hides_nothing_of_the_others_in_a_walk() -> None:
    told = read_once()
    wait(told, 20)
    told.create(2)
    told.list([item(id="cnt_5")], "?limit=1", cursor="c")
    told.create(3)
    told.list([item()], "?limit=1&cursor=c")
    assert results(told, "LST-7", LAGGING) == ["passed"]
    assert results(told, "LST-1", LAGGING) == ["inconclusive", "passed"]
