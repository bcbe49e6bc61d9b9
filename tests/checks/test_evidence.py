"""What a finding shows beside its sentence: the exchanges that prove it, and ids as the target sent them."""

from __future__ import annotations

from histories import BRIEF, FACTS, FOREIGN, REVIEW, HistoryBuilder, envelope, judge_of, judged
from lists import items
from runs import record

from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.run.conclude import concluded

EXACT, THEIRS = "2026-04-18T12:04:11.123Z", "2026-04-18T12:04:12.456Z"
THEIR = {"hook": "Mornings lcm-run-2"}


def own() -> HistoryBuilder:
    """Return a history in which the owner creates container 1 and reads it."""
    story = HistoryBuilder()
    story.create(answer=envelope() | {"startedAt": EXACT})
    story.read(createdAt=EXACT, updatedAt=EXACT, brief=BRIEF)
    return story


def test_an_item_that_names_another_project_is_its_own_evidence() -> None:
    story = HistoryBuilder()
    story.read(1)
    story.list(items(1, projectId=REVIEW))
    (found,) = [finding for finding in judged(story) if finding.requirement == "LST-8"]
    assert found.exchanges == ("x2",)


def test_what_should_stand_and_what_stands_there_are_ids_as_they_were_sent() -> None:
    story = own()
    for n in (1, 2):
        answer = envelope(n, FOREIGN, container_id="cnt_1") | {"startedAt": THEIRS}
        story.create(project=FOREIGN, actor="other", key="k-1", brief=THEIR, answer=answer)
    [found] = judge_of(story)[0].tallies["IDM-2"].failures
    assert found.difference is not None
    assert (found.difference.expected, found.difference.actual) == ("job_1", "job_2")


def test_a_report_names_what_a_run_made_as_it_was_sent() -> None:
    story = own()
    story.create(project=FOREIGN, actor="other", brief=THEIR, answer=envelope(1, FOREIGN) | {"startedAt": THEIRS})
    judge, exchanges = judge_of(story)
    report = concluded(load(), judge, record(), Dependencies(exchanges, FACTS.clock_url))
    assert [made.id for made in report.containers] == ["cnt_1", "cnt_1"]
    assert [(made.container_id, made.job_id) for made in report.generations] == [("cnt_1", "job_1")] * 2
