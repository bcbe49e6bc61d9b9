"""What the report says of a finding: where it shows, which cause it belongs to, and which sentence and reading it rests on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from histories import BRIEF, FACTS, HistoryBuilder, envelope, judge_of
from runs import TARGET, record

from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report
from conformance.run.conclude import concluded

ACUTE, COMBINED = "caf\u00e9", "cafe\u0301"


def report_of(story: HistoryBuilder) -> Report:
    judge, exchanges = judge_of(story)
    target = TARGET | {"target": TARGET["target"] | {"base_url": FACTS.base_url, "project_id": FACTS.project_id}}
    return concluded(load(), judge, record(target=target), Dependencies(exchanges, FACTS.clock_url))


def finding(story: HistoryBuilder, requirement: str) -> Evidence:
    return report_of(story).requirements[requirement].findings[0]


def test_a_report_shows_where_texts_differ() -> None:
    story = HistoryBuilder()
    story.create(1, brief=BRIEF | {"hook": f"Un {ACUTE} au lait"})
    story.read(1, brief=BRIEF | {"hook": f"Un {COMBINED} au lait"})
    found = finding(story, "CRE-5")
    assert (found.pointer, found.expected, found.actual) == (
        "/response/body/brief/hook",
        f"Un {ACUTE} au lait",
        f"Un {COMBINED} au lait",
    )
    assert found.text_difference is not None
    assert found.text_difference.index == 6
    assert found.text_difference.expected.code_points == ["U+00E9"]
    assert found.text_difference.actual.code_points == ["U+0065", "U+0301"]


def at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize(
    ("requirement", "pointer", "expected"),
    [
        ("LIF-1", "/response/body/status", None),
        ("CRE-6", "/response/body/format", "video_remix"),
        ("SCH-1", "/response/body/approvalStatus", None),
        ("APR-1", "/response/body/approvalStatus", None),
        ("LIF-9", "/response/body/updatedAt", None),
    ],
)
def test_the_place_of_a_finding_is_in_the_answer_that_is_shown(
    requirement: str, pointer: str, expected: object
) -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="odd", format="ugc_remix", approvalStatus="maybe", updatedAt="2020-01-01T00:00:00.000Z")
    found = finding(story, requirement)
    assert (found.pointer, found.expected) == (pointer, expected)
    shown = json.loads(found.model_dump_json(by_alias=True))
    assert at(shown, pointer) == found.actual


def test_failures_that_end_in_one_exchange_have_one_cause() -> None:
    story = HistoryBuilder()
    story.create(1, status=201)
    story.create(2)
    story.read(2, status="odd")
    report = report_of(story)
    caused = {each.id: each.cause for row in report.requirements.values() for each in row.findings if each.cause}
    assert caused["CRE-1"] == caused["SCH-4"] == "CRE-1"
    assert caused["LIF-1"] == caused["SCH-1"] != "CRE-1"
    cause = next(each for each in report.causes if each.id == "CRE-1")
    assert "SCH-4" in cause.consequences


def test_a_member_that_is_wrong_in_every_replay_is_one_cause() -> None:
    story = HistoryBuilder()
    for at in ("10", "11"):
        story.create(1, key="one-key", answer=envelope(1) | {"startedAt": f"2026-04-18T12:04:{at}.000Z"})
    story.read(1)
    for at in ("20", "21"):
        answer = envelope(2, container_id="cnt_1") | {"startedAt": f"2026-04-18T12:04:{at}.000Z"}
        story.call(
            "POST", "/v1/content/cnt_1/regenerate", 202, answer, body={}, headers={"Idempotency-Key": "another-key"}
        )
    report = report_of(story)
    caused = {each.id: each.cause for row in report.requirements.values() for each in row.findings if each.cause}
    assert caused["IDM-1"] == caused["IDM-11"] == "IDM-1"


def test_a_requirement_that_implies_another_stands_for_both() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", 200, {}, actor="anonymous")
    story.create(1)
    report = report_of(story)
    assert [cause.requirement for cause in report.causes][:1] == ["AUT-1"]


def test_each_requirement_of_the_page_under_test_is_quoted() -> None:
    rows = report_of(HistoryBuilder()).requirements
    title = load().sources["P"]
    for name, requirement in load().requirements.items():
        quotes = [quote for source in rows[name].sources if source.title == title for quote in source.quotes]
        assert quotes or "P" not in requirement.sources, name
        assert all(quote.anchor.startswith("content-items#") for quote in quotes)


def test_every_requirement_is_quoted() -> None:
    rows = report_of(HistoryBuilder()).requirements
    assert [name for name, row in rows.items() if not any(source.quotes for source in row.sources)] == []


def test_a_page_that_is_not_at_hand_is_told_so() -> None:
    page, document = report_of(HistoryBuilder()).requirements["LST-10"].sources
    assert (page.title, page.quotes) == ("List content, the reference page (not at hand)", [])
    [quote] = document.quotes
    assert quote.text == "The newest container stands first, by its createdAt."


def test_what_no_page_states_is_quoted_from_a_standard() -> None:
    (source,) = report_of(HistoryBuilder()).requirements["AUT-3"].sources
    assert [quote.anchor for quote in source.quotes] == ["RFC 9110, HTTP Semantics, section 15.5.2"]


def test_the_document_is_quoted_as_it_stands() -> None:
    sources = report_of(HistoryBuilder()).requirements["LST-12"].sources
    assert [quote.text for source in sources for quote in source.quotes] == [
        "The nextCursor of the page before; opaque."
    ]


def test_the_readings_that_applied_name_what_was_chosen() -> None:
    readings = report_of(HistoryBuilder()).requirements["CLO-1"].readings
    assert [reading.chosen for reading in readings if reading.setting == "clone_id"] == ["existing"]
