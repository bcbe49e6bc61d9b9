"""Answers in JSON that parsers read differently: nobody can say what they lack, so that they accuse nobody of it."""

from __future__ import annotations

import pytest
from histories import HistoryBuilder, failures, judged, results
from moves import clone, fetch, read_once, regenerate

TWICE = b'{"jobId": "job_2", "jobId": "job_2", "containerId": "cnt_1", "url": "https://media.test/med_1.mp4"}'
LABEL = {"answer_headers": {"Content-Type": "application/json"}}


def answered(operation: str, answer: bytes) -> HistoryBuilder:
    """Return a history in which one call is answered with this body."""
    story = read_once()
    if operation == "regenerate":
        regenerate(story, answer=answer, **LABEL)
    elif operation == "clone":
        clone(story, answer=answer, **LABEL)
    elif operation == "asset":
        fetch(story, answer=answer, **LABEL)
    else:
        story.call("GET", "/v1/content/cnt_9", 404, answer, **LABEL)
    return story


@pytest.mark.parametrize("operation", ["regenerate", "clone", "asset", "unknown"])
def test_what_parsers_read_differently_lacks_nothing(operation: str) -> None:
    assert failures(answered(operation, TWICE)) == {}


@pytest.mark.parametrize(
    ("operation", "requirement"),
    [("regenerate", "REG-1"), ("clone", "CLO-1"), ("asset", "AST-1"), ("unknown", "ERR-2")],
)
def test_what_every_parser_reads_lacks_what_it_lacks(operation: str, requirement: str) -> None:
    assert requirement in failures(answered(operation, b'{"also": "this"}'))


def test_an_answer_that_is_no_json_at_all_has_no_url() -> None:
    assert "AST-1" in {finding.requirement for finding in judged(answered("asset", b"<html>"))}


def test_a_job_that_parsers_read_differently_neither_matches_its_schema_nor_breaks_it() -> None:
    story = read_once()
    story.call("GET", "/v1/jobs/job_1", 200, TWICE, **LABEL)
    assert failures(story) == {}
    assert results(story, "SCH-1") == ["passed", "passed", "inconclusive"]
