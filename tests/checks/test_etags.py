"""The judge of conditional reads of a job: which tag a request names, and what its answer may be."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, container, failures, job, results
from moves import LATER, life, progress, regenerate


def tagged(
    story: HistoryBuilder,
    etag: Any = '"v1"',
    *,
    asked: Any = None,
    code: Any = 200,
    n: int = 1,
    fields: Any = None,
    **more: Any,
) -> str:
    """Read a job: answered with an ETag, after the request named one or not."""
    headers = {"If-None-Match": asked} if asked else {}
    answer = job(n, **(fields or {})) if code == 200 else None
    return story.call("GET", f"/v1/jobs/job_{n}", code, answer, headers=headers, answer_headers={"ETag": etag}, **more)


def asked_again(etag: Any, asked: Any, code: Any = 200, **fields: Any) -> HistoryBuilder:
    """Read an ended job, and ask for it again under a condition."""
    story = life()
    tagged(story, etag)
    tagged(story, etag, asked=asked, code=code, fields=fields)
    return story


RUNNING = {"status": "running"}
NAMED = [
    ('W/"v1"', '"v1"'),
    ('W/"v1"', 'W/"v1"'),
    ('"v1"', ' W/"v1" '),
    ('"v1"', '"v0",W/"v1"'),
    ("v1", "v1"),
    ("v1", " W/v1"),
    ("W/v1", "v1"),
    ('"a,b"', '"x", "a,b"'),
]
"""An ETag, and a value of If-None-Match that names it (RFC 9110, section 13.1.2: weakly, in a list or alone)."""
NOT_NAMED = [
    ('"v1"', '"v2"'),
    ('"v1"', '"W/v1"'),
    ('"v1"', '"v0", "v2"'),
    ('"v1"', "*"),
    ('"v1"', "v1"),
]


@pytest.mark.parametrize(("etag", "asked"), NAMED)
def test_a_named_etag_asks_for_a_304(etag: Any, asked: Any) -> None:
    assert "has not changed since the ETag" in failures(asked_again(etag, asked))["JOB-8"][0]
    assert results(asked_again(etag, asked, 304), "JOB-8") == ["passed"]


@pytest.mark.parametrize(("etag", "asked"), NOT_NAMED)
def test_another_etag_asks_for_nothing(etag: Any, asked: Any) -> None:
    assert results(asked_again(etag, asked), "JOB-8") == []


@pytest.mark.parametrize("asked", ['"v2"', '"W/v1"', '"v1X"'])
def test_a_304_for_another_etag_alone_is_accused(asked: Any) -> None:
    assert "but its last ETag is" in failures(asked_again('"v1"', asked, 304))["JOB-8"][0]


@pytest.mark.parametrize(
    ("etag", "asked"),
    [
        ('"v1"', "*"),
        ('"v1"', " *"),
        ("v1", '"v0", v1'),
        ('"v1"', "v1"),
        ('W/"v1"', "v1"),
        ("v1", '"v1"'),
    ],
)
def test_a_304_for_any_etag_or_for_one_without_quotes_is_left_alone(etag: Any, asked: Any) -> None:
    assert results(asked_again(etag, asked, 304), "JOB-8") == []


@pytest.mark.parametrize("code", [404, 412, 503, None])
def test_an_answer_that_is_neither_the_job_nor_a_304_is_not_judged(code: Any) -> None:
    assert results(asked_again('"v1"', '"v1"', code), "JOB-8") == []


def test_an_ended_job_that_is_sent_again_with_something_new_is_left_alone() -> None:
    assert results(asked_again('"v1"', '"v1"', note="Read twice."), "JOB-8") == []


def test_an_etag_of_one_organization_is_not_held_against_the_reads_of_another() -> None:
    story = life()
    tagged(story)
    tagged(story, asked='"v1"', actor="other")
    assert results(story, "JOB-8") == []


def test_a_read_that_overlaps_the_one_with_the_etag_is_not_judged() -> None:
    story = life()
    tagged(story, sent=1010.0, took=2)
    tagged(story, asked='"v1"', sent=1011.0, took=2)
    assert results(story, "JOB-8") == []


def test_a_job_without_an_etag_may_be_asked_for_under_a_condition() -> None:
    story = life()
    story.job()
    story.call("GET", "/v1/jobs/job_1", 304, headers={"If-None-Match": '"v1"'})
    assert results(story, "JOB-8") == []


def test_the_last_etag_is_the_one_that_counts() -> None:
    story = life()
    for etag in ('"v1"', '"v2"'):
        tagged(story, etag)
    tagged(story, '"v2"', asked='"v1"')
    assert results(story, "JOB-8") == []
    tagged(story, '"v2"', asked='"v2"')
    assert "since the ETag" in failures(story)["JOB-8"][0]


@pytest.mark.parametrize("statuses", [("running", "running"), ("completed", "completed"), ("running", "odd")])
def test_one_etag_for_two_views_of_one_status_or_of_none_is_left_alone(statuses: Any) -> None:
    story = life()
    for status in statuses:
        tagged(story, fields={"status": status})
    assert results(story, "JOB-8") == []


@pytest.mark.parametrize("status", [["running"], {}, 3])
def test_a_status_that_is_no_text_is_neither_running_nor_ended(status: Any) -> None:
    story = life()
    tagged(story, fields=RUNNING)
    tagged(story, fields={"status": status})
    tagged(story, asked='"v1"', code=304)
    assert results(story, "JOB-8") == []


@pytest.mark.parametrize(("first", "second"), [('W/"v1"', '"v1"'), ('"v1"', 'W/"v1"'), ("W/v1", "v1")])
def test_a_weak_and_a_strong_etag_for_a_running_and_an_ended_job_are_one(first: Any, second: Any) -> None:
    story = life()
    tagged(story, first, fields=RUNNING)
    tagged(story, second)
    assert "although it went from running to completed" in failures(story)["JOB-8"][0]


def ended_at(**fields: Any) -> HistoryBuilder:
    """Let a job be read as running under an ETag, and its container after that, at 1010 s."""
    story = life()
    tagged(story, fields=RUNNING)
    story.read(sent=1010.0, took=0.5, **fields)
    return story


@pytest.mark.parametrize(("sent", "accused"), [(1010.5, False), (1012.25, False), (1012.5, True), (1100.0, True)])
def test_a_job_may_follow_its_container_by_a_moment(sent: Any, accused: Any) -> None:
    story = ended_at()
    tagged(story, asked='"v1"', code=304, sent=sent)
    assert ("JOB-8" in failures(story)) is accused


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_304_for_a_running_job_is_accused_however_its_container_ended(status: Any) -> None:
    story = ended_at(status=status)
    tagged(story, asked='"v1"', code=304, sent=1020.0)
    assert "that it had while running" in failures(story)["JOB-8"][0]


@pytest.mark.parametrize("status", ["queued", "generating", "odd", None])
def test_a_304_for_a_job_whose_container_has_not_ended_is_left_alone(status: Any) -> None:
    story = ended_at(status=status)
    tagged(story, asked='"v1"', code=304, sent=1020.0)
    assert results(story, "JOB-8") == []


@pytest.mark.parametrize(("asked", "code"), [('"v0"', 304), ('"v1"', 200), ('"v1"', 503)])
def test_an_ended_job_that_is_not_said_to_be_as_it_ran_is_left_alone(asked: Any, code: Any) -> None:
    story = ended_at()
    tagged(story, '"v2"', asked=asked, code=code, sent=1020.0)
    assert results(story, "JOB-8") == []


def test_a_304_for_a_running_job_whose_container_nobody_read_is_left_alone() -> None:
    story = life()
    tagged(story, fields=RUNNING)
    tagged(story, asked='"v1"', code=304, sent=1100.0)
    assert results(story, "JOB-8") == []


def test_a_304_for_a_running_job_of_others_is_left_alone() -> None:
    story = HistoryBuilder()
    tagged(story, fields=RUNNING)
    story.call("GET", "/v1/content/cnt_1", answer=container())
    tagged(story, asked='"v1"', code=304, sent=1100.0)
    assert results(story, "JOB-8") == []


def test_a_304_for_a_regeneration_whose_container_still_reads_as_it_was_is_left_alone() -> None:
    story = life("completed")
    regenerate(story)
    tagged(story, n=2, fields=RUNNING | {"containerId": "cnt_1", "kind": "content_regenerate"})
    tagged(story, n=2, asked='"v1"', code=304, sent=1100.0)
    assert results(story, "JOB-8") == []


@pytest.mark.parametrize(("coding", "accused"), [("gzip", True), ("identity", False)])
def test_an_etag_is_that_of_one_content_coding(coding: str, accused: bool) -> None:  # noqa: FBT001 - a table
    story = life()
    for code, asked, accepted in ((200, {}, "gzip"), (200, {"If-None-Match": '"a"'}, coding)):
        headers = {"Accept-Encoding": accepted} | asked
        story.call("GET", "/v1/jobs/job_1", code, job(1), headers=headers, answer_headers={"ETag": '"a"'})
    assert ("JOB-8" in failures(story)) == accused


@pytest.mark.parametrize("asked", ['"v1"', 'W/"v1"', '"v0", "v1"'])
def test_an_unchanged_job_that_is_sent_again_is_accused(asked: Any) -> None:
    story = life()
    tagged(story)
    tagged(story, asked=asked)
    assert failures(story) == {
        "JOB-8": ['Job "job_1" has not changed since the ETag "v1", but was answered 200 instead of 304.']
    }


def test_an_unchanged_job_that_is_answered_304_passes() -> None:
    story = life()
    tagged(story)
    tagged(story, asked='"v1"', code=304)
    assert results(story, "JOB-8") == ["passed"]


def test_a_304_for_an_etag_from_before_the_end_is_accused() -> None:
    story = life()
    tagged(story, '"v1"', fields={"progress": 0.9})
    tagged(story, '"v2"')
    tagged(story, '"v2"', asked='"v1"', code=304)
    assert "but its last ETag is" in failures(story)["JOB-8"][0]


def test_a_304_long_after_the_container_has_ended_is_accused() -> None:
    story = life()
    tagged(story, fields=RUNNING)
    story.read()
    tagged(story, asked='"v1"', code=304)
    assert "JOB-8" not in failures(story)
    story.at += 2
    tagged(story, asked='"v1"', code=304)
    assert "that it had while running" in failures(story)["JOB-8"][0]


def test_a_running_job_may_be_sent_again() -> None:
    story = life()
    for asked in (None, '"v1"'):
        tagged(story, asked=asked, fields=RUNNING)
    assert results(story, "JOB-8") == []


def test_one_etag_for_a_running_and_an_ended_job_is_accused() -> None:
    story = life()
    for status in ("running", "completed"):
        tagged(story, '"job_1"', fields={"status": status})
    assert failures(story) == {
        "JOB-8": ['Job "job_1" kept the ETag "job_1" although it went from running to completed.']
    }


@pytest.mark.parametrize("seconds", [1, 5])
def test_a_304_for_a_regeneration_that_has_ended_is_accused_a_moment_later(seconds: float) -> None:
    story = life("completed")
    regenerate(story)
    tagged(story, n=2, fields=RUNNING | {"kind": "content_regenerate", "containerId": "cnt_1"})
    story.at += 10
    story.read(updatedAt=LATER)
    story.at += seconds - 1
    tagged(story, n=2, asked='"v1"', code=304)
    assert ("JOB-8" in failures(story)) is (seconds > 2)


@pytest.mark.parametrize("seconds", [1, 5])
def test_a_304_for_a_job_whose_progress_has_ended_is_accused_a_moment_later(seconds: float) -> None:
    story = life()
    tagged(story, fields=RUNNING)
    progress(story)
    story.at += seconds - 1
    tagged(story, asked='"v1"', code=304)
    assert ("JOB-8" in failures(story)) is (seconds > 2)


def test_a_304_for_an_earlier_etag_may_come_from_what_lags() -> None:
    story = life()
    tagged(story, '"v0"', fields=RUNNING)
    tagged(story, '"v1"')
    tagged(story, '"v1"', asked='"v0"', code=304)
    assert "JOB-8" in failures(story)
    assert "JOB-8" not in failures(story, replace(FACTS, read_lag=3.0))
