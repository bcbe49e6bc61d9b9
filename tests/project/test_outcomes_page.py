"""docs/outcomes.md: its terminal sessions are what its commands print, and it explains every outcome and exit status that there is."""

from __future__ import annotations

import re

import pytest
from outcomes_page import PAGE, Session, rewritten, sessions

from conformance.reporting.report import Outcome
from conformance.reporting.view import MEANING_OF_STATUS

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(each, id=each.commands[-1], marks=[pytest.mark.exhaustive] * ("slow" in each.words))
        for each in sessions(TEXT)
    ],
)
def test_a_session_is_what_its_commands_print(session: Session) -> None:
    now = session.again()
    assert session.is_like(now), session.difference(now)


def test_each_exit_status_and_outcome_is_explained_and_shown() -> None:
    explained = {int(found) for found in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    shown = {int(each.text.splitlines()[-1]) for each in sessions(TEXT)}
    assert set(MEANING_OF_STATUS) | {5} == explained == shown
    for outcome in Outcome:
        assert f"`{outcome}`" in TEXT


def test_a_session_that_prints_something_else_is_noticed() -> None:
    (session,) = sessions("```console\n$ echo a\na\nb\n$ echo $?\n0\n```\n")
    assert session.difference("$ echo a\na\nc\nb\n$ echo $?\n1\n") == "+ c | - 0 | + 1"
    page = "```console\n$ echo passed in 3 ms\npassed in 4 ms\n$ echo $?\n0\n```\n"
    assert rewritten(page) == page
    assert rewritten(page.replace("passed in 4", "failed in 4")) == page.replace("4 ms", "3 ms")
    assert rewritten(page.replace("\n0\n", "\n1\n")) == page.replace("4 ms", "3 ms")
