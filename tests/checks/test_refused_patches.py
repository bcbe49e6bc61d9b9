"""A patch that was refused is shown by no container, also where an accepted call met it (REJ-2, REG-6, AUT-3)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, HistoryBuilder, failures
from moves import LATER, pending, regenerate, reject, shown, wait

REFUSED, ACCEPTED = {"hook": "Rejected lcm-run-8"}, {"hook": "Rejected lcm-run-9"}
KIND = "shows the hook"


def at_once(status: int | None = 409, *, first: dict[str, Any] = ACCEPTED) -> HistoryBuilder:
    """Record two rejects with regeneration at one moment, of which the second one's patch is the refused one."""
    story = pending()
    began = story.at
    reject(story, 202, regenerates=first, sent=began, took=0.5)
    reject(story, status, regenerates=REFUSED, sent=began + 0.1, took=0.5, n=3)
    wait(story, 5)
    return story


def accused(story: HistoryBuilder) -> set[str]:
    """Return the requirements of which a message tells of a refused patch."""
    return {name for name, messages in failures(story).items() if any(KIND in message for message in messages)}


def test_the_patch_of_a_refused_reject_that_met_an_accepted_one_is_not_shown() -> None:
    story = at_once()
    shown(story, "pending", brief=BRIEF | REFUSED, updatedAt=LATER)
    assert accused(story) == {"REJ-2"}


@pytest.mark.parametrize(
    ("status", "first", "brief"),
    [(409, ACCEPTED, ACCEPTED), (409, REFUSED, REFUSED), (None, ACCEPTED, REFUSED), (202, ACCEPTED, REFUSED)],
    ids=["the accepted one", "the same patch", "no answer", "both accepted"],
)
def test_what_an_accepted_call_may_have_written_is_no_refused_patch(
    status: int | None, first: dict[str, Any], brief: dict[str, Any]
) -> None:
    story = at_once(status, first=first)
    shown(story, "pending", brief=BRIEF | brief, updatedAt=LATER)
    assert accused(story) == set()


@pytest.mark.parametrize(("actor", "requirement"), [("owner", "AUT-3"), ("other", "AUT-4"), ("anonymous", "AUT-3")])
def test_whose_patch_was_refused_says_which_requirement_is_broken(actor: str, requirement: str) -> None:
    story = pending()
    began = story.at
    regenerate(story, patch=ACCEPTED, sent=began, took=0.5)
    status = {"owner": 409, "other": 404, "anonymous": 401}[actor]
    regenerate(story, 3, status, patch=REFUSED, actor=actor, sent=began + 0.1, took=0.5)
    wait(story, 5)
    shown(story, "pending", brief=BRIEF | REFUSED, updatedAt=LATER)
    assert accused(story) == {requirement}


def test_a_hook_that_was_there_before_is_not_that_of_a_refused_patch() -> None:
    story = pending()
    regenerate(story, 3, 409, patch=BRIEF)
    shown(story, "pending", updatedAt=LATER)
    assert accused(story) == set()


def test_a_container_that_nobody_had_read_before_may_have_had_the_hook() -> None:
    story = HistoryBuilder()
    story.create()
    regenerate(story, 3, 409, patch=REFUSED)
    story.read(brief=BRIEF | REFUSED)
    assert accused(story) == set()
