"""Text of a target on a terminal and in a log: one line, bounded, and no command of a CI service."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from conformance.reporting import write_all
from conformance.reporting.github import annotated
from conformance.reporting.report import Report
from conformance.reporting.terminal import show
from conformance.reporting.text import is_command, markdown_text, printable
from conformance.reporting.view import View
from conformance.run.verdicts.record import Unreached
from tests.helpers.runs import failed, inconclusive, record, report

COMMANDS = (
    "::error file=a::text",
    "::add-mask::text",
    "::set-output name=a::b",
    "##[set-output name=a]b",
    "##vso[task.complete result=Succeeded;]done",
    "##teamcity[buildStatus status='SUCCESS']",
    "section_start:1:a\r\x1b[0K",
    "\x1b]0;title\x07",
    "\x9b31m",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", ["", "\n", "\r\n", "\u2028", "\x85", "a ", ":", "#"])
def test_a_command_is_shown_and_none(command: str, before: str) -> None:
    shown = printable(before + command)
    assert shown.isprintable()
    assert not is_command(shown)
    assert not re.search(r"##\w*\[|::[a-z]{2}", shown)


def test_names_of_drivers_stay_readable() -> None:
    assert printable("test_life::test_one broke down") == "test_life::test_one broke down"


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_one_line_and_stays_as_it_is_when_it_is_shown_again(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert markdown_text(text).isprintable()


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    assert printable("\n" * 30, 3) == r"\n\n\n… (27 characters more)"


def told_everywhere(story: str) -> Report:
    """Return the report of a run in which the target said this everywhere."""
    return report(
        failed("CRE-1", f"The code was {story}"),
        inconclusive("CRE-2", f"The status was {story}"),
        run=record(
            stopped=story,
            cut=[f"A walk was cut short at {story}"],
            defects=[f"The driver broke down: {story}"],
            promised={"CRE-1": ["d"], "CRE-3": ["e"]},
            unreached=[Unreached(driver="e", requirements=["CRE-3"], reason=f"The answer was {story}")],
        ),
    )


@pytest.mark.parametrize("name", ["report.md", "junit.xml", "report.html", "terminal", "GitHub"])
def test_of_no_text_of_the_target_more_than_2000_characters_are_shown(name: str, tmp_path: Path) -> None:
    made = told_everywhere("\u0436" * 5_000)
    write_all(View(made), tmp_path)
    if name == "terminal":
        text = shown("\u0436" * 5_000, 100_000)
    else:
        text = "\n".join(annotated(View(made))) if name == "GitHub" else (tmp_path / name).read_text("utf-8")
    lengths = [len(found) for found in re.findall("\u0436+", text)]
    assert lengths
    assert max(lengths) <= 2_000


def shown(story: str, width: int) -> str:
    """Return what a terminal shows of the report of a run in which the target said this everywhere."""
    made = told_everywhere(story)
    screen = io.StringIO()
    show(View(made), Console(file=screen, width=width, color_system=None, highlight=False, markup=False, emoji=False))
    return screen.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_the_report_begins_with_text_of_the_target(width: int) -> None:
    lines = shown("\u0436 " * 200 + "\u0436" * 300 + "\n\u0436", width).split("\n")
    assert len([line for line in lines if "\u0436" in line]) > 20
    assert not [line for line in lines if line.startswith("\u0436")]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_the_report_is_a_command(command: str) -> None:
    text = shown(" ".join([command] * 20) + command * 20 + f"\n{command}", 60)
    assert text.replace("\n", "").isprintable()
    assert not [line for line in text.split("\n") if is_command(line) or line.strip().startswith("::")]
