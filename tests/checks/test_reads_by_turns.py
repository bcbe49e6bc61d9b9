"""Reads that show less than the read before them, as where every second read is answered by a replica that is behind (open reading 27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from histories import FACTS, HistoryBuilder, failures, results
from moves import LATER, approve, cancel, clone, created_in, life, pending, read_once, regenerate, reject, shown, wait

LAGGING = replace(FACTS, read_lag=3)
ARCHIVE = "prj_archive"


def still_running(story: HistoryBuilder) -> None:
    story.read(status="generating")


def still_under_review(story: HistoryBuilder) -> None:
    shown(story, "not_required", status="generating", assets=[], captions=[])


def regenerate_once(story: HistoryBuilder) -> None:
    regenerate(story, headers={"Idempotency-Key": "again"})


def decided_before_a_regeneration(story: HistoryBuilder) -> None:
    approve(story)
    shown(story, "approved")
    regenerate(story)
    wait(story, 20)
    shown(story, "pending", updatedAt=LATER)


def ended_under_review(story: HistoryBuilder) -> None:
    shown(story, "pending")


BEHIND_A_CALL: list[
    tuple[
        Callable[[HistoryBuilder], object], Callable[[HistoryBuilder], object], Callable[[HistoryBuilder], object], str
    ]
] = [
    (HistoryBuilder.read, lambda story: reject(story, 422, body={}), still_running, "REJ-3"),
    (HistoryBuilder.read, lambda story: reject(story, 409), still_running, "APR-9"),
    (HistoryBuilder.read, lambda story: reject(story, 401, actor="none"), still_running, "AUT-3"),
    (HistoryBuilder.read, lambda story: reject(story, 404, actor="other"), still_running, "AUT-4"),
    (
        HistoryBuilder.read,
        lambda story: regenerate(story, status=422, body={"patch": {"hook": 1}}),
        still_running,
        "REG-6",
    ),
    (HistoryBuilder.read, clone, still_running, "CLO-3"),
    (ended_under_review, approve, still_under_review, "APR-2"),
    (ended_under_review, reject, still_under_review, "APR-2"),
]


def made(*, review: bool) -> HistoryBuilder:
    story = created_in() if review else life()
    wait(story, 20)
    return story


@pytest.mark.parametrize(("newer", "call", "older", "requirement"), BEHIND_A_CALL)
def test_a_call_has_not_taken_back_an_end_that_a_read_may_lack(
    newer: Callable[[HistoryBuilder], object],
    call: Callable[[HistoryBuilder], object],
    older: Callable[[HistoryBuilder], object],
    requirement: str,
) -> None:
    story = made(review=older is still_under_review)
    for each in (newer, call, older):
        each(story)
    assert requirement in failures(story)
    assert failures(story, LAGGING) == {}
    assert "inconclusive" in results(story, requirement, LAGGING)


@pytest.mark.parametrize(("newer", "call", "older", "requirement"), BEHIND_A_CALL)
def test_a_call_has_taken_back_an_end_that_every_read_must_show(
    newer: Callable[[HistoryBuilder], object],
    call: Callable[[HistoryBuilder], object],
    older: Callable[[HistoryBuilder], object],
    requirement: str,
) -> None:
    story = made(review=older is still_under_review)
    newer(story)
    wait(story, 3)
    for each in (newer, call, older):
        each(story)
    assert requirement in failures(story, LAGGING)


def test_a_replay_has_not_taken_back_an_end_that_a_read_may_lack() -> None:
    story = read_once()
    wait(story, 20)
    regenerate_once(story)
    wait(story, 20)
    story.read(updatedAt=LATER)
    regenerate_once(story)
    still_running(story)
    assert "IDM-11" in failures(story)
    assert failures(story, LAGGING) == {}
    wait(story, 20)
    story.read(updatedAt=LATER)
    wait(story, 3)
    regenerate_once(story)
    still_running(story)
    assert "IDM-11" in failures(story, LAGGING)


def test_a_decision_of_before_a_regeneration_may_show_once_more() -> None:
    story = pending()
    wait(story, 20)
    decided_before_a_regeneration(story)
    shown(story, "approved", status="generating", assets=[], captions=[])
    assert "APR-5" in failures(story)
    assert failures(story, LAGGING) == {}
    wait(story, 3)
    shown(story, "pending", updatedAt=LATER)
    wait(story, 3)
    shown(story, "approved", updatedAt=LATER)
    assert "APR-5" in failures(story, LAGGING)


def resolved(story: HistoryBuilder) -> None:
    story.read(format="slideshow_remix")


def unresolved(story: HistoryBuilder) -> None:
    story.read(format="auto", status="generating")


def test_a_format_is_resolved_for_good_however_late_it_shows() -> None:
    story = HistoryBuilder()
    story.create(fmt="auto")
    wait(story, 20)
    resolved(story)
    unresolved(story)
    resolved(story)
    assert "CRE-6" in failures(story)
    assert failures(story, LAGGING) == {}
    wait(story, 3)
    unresolved(story)
    assert "CRE-6" in failures(story, LAGGING)


def test_a_format_that_is_resolved_to_another_is_no_older_state() -> None:
    story = HistoryBuilder()
    story.create(fmt="auto")
    resolved(story)
    story.read(format="ugc_remix")
    assert "CRE-6" in failures(story, LAGGING)


def canceled_again(rests: float) -> HistoryBuilder:
    """Cancel a job that had ended, and read the container as it was before its regeneration."""
    story = life("generating")
    cancel(story)
    story.read(status="canceled")
    wait(story, 3)
    regenerate(story)
    story.read(status="generating", updatedAt=LATER)
    wait(story, rests)
    cancel(story, 200)
    story.read(status="canceled")
    return story


def test_a_cancel_of_the_ended_has_not_stopped_a_regeneration_that_a_read_may_lack() -> None:
    assert "LIF-10" in failures(canceled_again(0))
    assert failures(canceled_again(0), LAGGING) == {}
    assert "LIF-10" in failures(canceled_again(3), LAGGING)


def archived(rests: float) -> HistoryBuilder:
    """Archive a project, read what was in flight in it as it was before, and read how it ended."""
    story = HistoryBuilder()
    story.create(project=ARCHIVE)
    wait(story, 20)
    story.call("DELETE", f"/v1/projects/{ARCHIVE}", 200, {"id": ARCHIVE})
    wait(story, rests)
    story.read(status="generating", projectId=ARCHIVE)
    story.read(projectId=ARCHIVE)
    return story


def test_what_had_ended_before_its_project_was_archived_may_show_late() -> None:
    assert "LIF-11" in failures(archived(0))
    assert failures(archived(0), LAGGING) == {}
    assert "LIF-11" in failures(archived(3), LAGGING)


def patched_twice(rests: float) -> HistoryBuilder:
    """Regenerate with a patch, read the container as it was before, and regenerate with another patch."""
    story = HistoryBuilder()
    story.create(brief={"hook": "One"})
    story.read(brief={"hook": "One"})
    wait(story, 20)
    regenerate(story, 2, patch={"language": "fr-FR"})
    wait(story, rests)
    story.read(brief={"hook": "One"}, updatedAt=LATER)
    regenerate(story, 3, patch={"hook": "Two"})
    wait(story, 20)
    story.read(brief={"hook": "Two"}, updatedAt=LATER)
    return story


def test_a_brief_that_may_be_older_than_a_patch_says_nothing_of_what_the_next_patch_keeps() -> None:
    story = patched_twice(0)
    story.read(brief={"hook": "Two", "language": "fr-FR"}, updatedAt=LATER)
    assert failures(story, LAGGING) == {}
    assert "REG-2" in failures(story)
    assert "REG-2" in failures(patched_twice(3), LAGGING)
