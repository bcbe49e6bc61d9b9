"""Reads that show less than the read before them, as where every second read is answered by a replica that is behind (open reading 27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from histories import FACTS, Told, failures, results
from moves import LATER, approve, cancel, clone, created_in, life, pending, read_once, regenerate, reject, shown, wait

LAGGING = replace(FACTS, read_lag=3)
ARCHIVE = "prj_archive"


def still_running(told: Told) -> None:
    told.read(status="generating")


def still_under_review(told: Told) -> None:
    shown(told, "not_required", status="generating", assets=[], captions=[])


def regenerate_once(told: Told) -> None:
    regenerate(told, headers={"Idempotency-Key": "again"})


def decided_before_a_regeneration(told: Told) -> None:
    approve(told)
    shown(told, "approved")
    regenerate(told)
    wait(told, 20)
    shown(told, "pending", updatedAt=LATER)


def ended_under_review(told: Told) -> None:
    shown(told, "pending")


BEHIND_A_CALL: list[tuple[Callable[[Told], object], Callable[[Told], object], Callable[[Told], object], str]] = [
    (Told.read, lambda told: reject(told, 422, body={}), still_running, "REJ-3"),
    (Told.read, lambda told: reject(told, 409), still_running, "APR-9"),
    (Told.read, lambda told: reject(told, 401, actor="none"), still_running, "AUT-3"),
    (Told.read, lambda told: reject(told, 404, actor="other"), still_running, "AUT-4"),
    (Told.read, lambda told: regenerate(told, status=422, body={"patch": {"hook": 1}}), still_running, "REG-6"),
    (Told.read, clone, still_running, "CLO-3"),
    (ended_under_review, approve, still_under_review, "APR-2"),
    (ended_under_review, reject, still_under_review, "APR-2"),
]


def made(*, review: bool) -> Told:
    told = created_in() if review else life()
    wait(told, 20)
    return told


@pytest.mark.parametrize(("newer", "call", "older", "requirement"), BEHIND_A_CALL)
def test_a_call_has_not_taken_back_an_end_that_a_read_may_lack(
    newer: Callable[[Told], object], call: Callable[[Told], object], older: Callable[[Told], object], requirement: str
) -> None:
    told = made(review=older is still_under_review)
    for each in (newer, call, older):
        each(told)
    assert requirement in failures(told)
    assert failures(told, LAGGING) == {}
    assert "inconclusive" in results(told, requirement, LAGGING)


@pytest.mark.parametrize(("newer", "call", "older", "requirement"), BEHIND_A_CALL)
def test_a_call_has_taken_back_an_end_that_every_read_must_show(
    newer: Callable[[Told], object], call: Callable[[Told], object], older: Callable[[Told], object], requirement: str
) -> None:
    told = made(review=older is still_under_review)
    newer(told)
    wait(told, 3)
    for each in (newer, call, older):
        each(told)
    assert requirement in failures(told, LAGGING)


def test_a_replay_has_not_taken_back_an_end_that_a_read_may_lack() -> None:
    told = read_once()
    wait(told, 20)
    regenerate_once(told)
    wait(told, 20)
    told.read(updatedAt=LATER)
    regenerate_once(told)
    still_running(told)
    assert "IDM-11" in failures(told)
    assert failures(told, LAGGING) == {}
    wait(told, 20)
    told.read(updatedAt=LATER)
    wait(told, 3)
    regenerate_once(told)
    still_running(told)
    assert "IDM-11" in failures(told, LAGGING)


def test_a_decision_of_before_a_regeneration_may_show_once_more() -> None:
    told = pending()
    wait(told, 20)
    decided_before_a_regeneration(told)
    shown(told, "approved", status="generating", assets=[], captions=[])
    assert "APR-5" in failures(told)
    assert failures(told, LAGGING) == {}
    wait(told, 3)
    shown(told, "pending", updatedAt=LATER)
    wait(told, 3)
    shown(told, "approved", updatedAt=LATER)
    assert "APR-5" in failures(told, LAGGING)


def resolved(told: Told) -> None:
    told.read(format="slideshow_remix")


def unresolved(told: Told) -> None:
    told.read(format="auto", status="generating")


def test_a_format_is_resolved_for_good_however_late_it_shows() -> None:
    told = Told()
    told.create(fmt="auto")
    wait(told, 20)
    resolved(told)
    unresolved(told)
    resolved(told)
    assert "CRE-6" in failures(told)
    assert failures(told, LAGGING) == {}
    wait(told, 3)
    unresolved(told)
    assert "CRE-6" in failures(told, LAGGING)


def test_a_format_that_is_resolved_to_another_is_no_older_state() -> None:
    told = Told()
    told.create(fmt="auto")
    resolved(told)
    told.read(format="ugc_remix")
    assert "CRE-6" in failures(told, LAGGING)


def canceled_again(rests: float) -> Told:
    """Cancel a job that had ended, and read the container as it was before its regeneration."""
    told = life("generating")
    cancel(told)
    told.read(status="canceled")
    wait(told, 3)
    regenerate(told)
    told.read(status="generating", updatedAt=LATER)
    wait(told, rests)
    cancel(told, 200)
    told.read(status="canceled")
    return told


def test_a_cancel_of_the_ended_has_not_stopped_a_regeneration_that_a_read_may_lack() -> None:
    assert "LIF-10" in failures(canceled_again(0))
    assert failures(canceled_again(0), LAGGING) == {}
    assert "LIF-10" in failures(canceled_again(3), LAGGING)


def archived(rests: float) -> Told:
    """Archive a project, read what was in flight in it as it was before, and read how it ended."""
    told = Told()
    told.create(project=ARCHIVE)
    wait(told, 20)
    told.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE})
    wait(told, rests)
    told.read(status="generating", projectId=ARCHIVE)
    told.read(projectId=ARCHIVE)
    return told


def test_what_had_ended_before_its_project_was_archived_may_show_late() -> None:
    assert "LIF-11" in failures(archived(0))
    assert failures(archived(0), LAGGING) == {}
    assert "LIF-11" in failures(archived(3), LAGGING)


def patched_twice(rests: float) -> Told:
    """Regenerate with a patch, read the container as it was before, and regenerate with another patch."""
    told = Told()
    told.create(brief={"hook": "One"})
    told.read(brief={"hook": "One"})
    wait(told, 20)
    regenerate(told, 2, patch={"language": "fr-FR"})
    wait(told, rests)
    told.read(brief={"hook": "One"}, updatedAt=LATER)
    regenerate(told, 3, patch={"hook": "Two"})
    wait(told, 20)
    told.read(brief={"hook": "Two"}, updatedAt=LATER)
    return told


def test_a_brief_that_may_be_older_than_a_patch_says_nothing_of_what_the_next_patch_keeps() -> None:
    told = patched_twice(0)
    told.read(brief={"hook": "Two", "language": "fr-FR"}, updatedAt=LATER)
    assert failures(told, LAGGING) == {}
    assert "REG-2" in failures(told)
    assert "REG-2" in failures(patched_twice(3), LAGGING)
