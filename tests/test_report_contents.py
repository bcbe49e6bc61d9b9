"""What a report tells besides the verdicts: capabilities, coverage, the containers of a run, and the counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from runs import create, exchange, failed, inconclusive, passed, record, report

from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.reporting.markdown import markdown
from conformance.reporting.view import View
from conformance.run.verdicts.record import Combination, Unreached
from conformance.run.verdicts.verdict import Report


def read(number: int, status: str = "completed", approval: str = "not_required", container: int = 1) -> Exchange:
    answer = {"id": f"cnt_{container}", "projectId": "prj_1", "status": status, "approvalStatus": approval}
    return exchange(number, "GET", f"/v1/content/cnt_{container}", answer=json.dumps(answer).encode())


def reject(number: int, status: int, *, regenerate: bool = False) -> Exchange:
    body = {"reason": "No."} | ({"regenerate": True} if regenerate else {})
    return exchange(number, "POST", "/v1/content/cnt_1/reject", status=status, body=json.dumps(body).encode())


def test_a_manifest_takes_half_of_a_surrogate_pair(tmp_path: Path) -> None:
    odd = "container cnt_\ud800 had not ended"
    written = record(
        unreached=[Unreached(driver="d", requirements=["CRE-1"], reason=odd)],
        planned=[Combination(situation="\udfff/x", operation="getContent")],
        stopped=odd,
        defects=[odd],
    )
    written.write(tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["stopped"] == "container cnt_? had not ended"


@pytest.mark.parametrize(
    ("capability", "story"),
    [
        (
            "approve",
            "it answers approveContent as if there were no such operation, or wants a body that no page describes",
        ),
        ("cancel", "it answers cancelJob as if there were no such operation"),
        ("archive", "it answers archiveProject as if there were no such operation"),
        ("etag", "no job that was read carries an ETag"),
        ("rate_limit", "no answer was 429, not even where one job was read over and over"),
        ("in_flight", "no read showed a generation that was not yet over, which is legal (open reading 9)"),
        (
            "first_in_flight",
            "no read showed a first generation that was not yet over, which is legal (open reading 9)",
        ),
        (
            "archived_in_flight",
            "what was created in its project had ended before the archiving came, which is legal (open reading 9)",
        ),
        ("reject_regenerates", "no reject that asked for a regeneration began one"),
    ],
)
def test_the_report_says_how_a_capability_was_found_lacking(capability: str, story: str) -> None:
    needing = next(name for name, row in load().requirements.items() if capability in row.needs)
    row = report(run=record(), capabilities={capability: False}).requirements[needing]
    assert row.reason == f"The target lacks the optional capability {capability}: {story}."


def test_etags_are_lacking_where_jobs_were_read_and_none_came() -> None:
    plain = exchange(1, "GET", "/v1/jobs/job_1")
    tagged = exchange(2, "GET", "/v1/jobs/job_1", answer_headers=(("ETag", '"1"'),))
    assert report(exchanges=[plain]).capabilities == {"etag": False}
    assert report(exchanges=[plain, tagged]).capabilities == {"etag": True}
    assert report().capabilities == {}


def test_a_limit_to_the_pace_is_lacking_where_one_job_was_read_over_and_over() -> None:
    reads = [exchange(number, "GET", "/v1/jobs/job_1") for number in range(1, 31)]
    others = [exchange(number + 100, "GET") for number in range(1, 31)]
    polled = [each for pair in zip(reads, others, strict=True) for each in pair]
    asked_to_wait = exchange(99, "GET", "/v1/jobs/job_1", status=429)
    assert "rate_limit" not in report(exchanges=polled).capabilities, "polls are no haste"
    assert report(exchanges=reads).capabilities["rate_limit"] is False
    assert report(exchanges=[*reads, asked_to_wait]).capabilities["rate_limit"] is True


@pytest.mark.parametrize(
    ("history", "capabilities"),
    [
        ([reject(1, 200)], {}),
        ([reject(1, 200, regenerate=True)], {"reject_regenerates": False}),
        ([reject(1, 422, regenerate=True)], {"reject_regenerates": False}),
        ([reject(1, 409, regenerate=True)], {}),
        ([reject(1, 202, regenerate=True)], {"reject_regenerates": True}),
        ([reject(1, 202, regenerate=True), reject(2, 200, regenerate=True)], {"reject_regenerates": True}),
    ],
)
def test_whether_rejects_regenerate_is_told_by_rejects_that_asked_for_it(history: list, capabilities: dict) -> None:
    assert report(exchanges=history).capabilities == capabilities


def test_coverage_counts_calls_by_the_last_state_that_was_read() -> None:
    history = [create(1), reject(2, 409), read(3), reject(4, 409), reject(5, 200), reject(6, 409), read(7)]
    run = record(
        planned=[
            Combination(situation="completed/not_required", operation="rejectContent"),
            Combination(situation="queued/not_required", operation="rejectContent"),
        ]
    )
    coverage = report(exchanges=history, run=run).coverage
    assert (coverage.planned, coverage.reached) == (2, 1)
    assert [(item.situation, item.operation, item.planned, item.count) for item in coverage.combinations] == [
        # The reject of second 6 came after one that was accepted, so nobody knows what it met.
        ("completed/not_required", "rejectContent", True, 2),
        ("queued/not_required", "rejectContent", True, 0),
    ]


def test_coverage_tells_of_what_was_planned_and_not_met_and_of_what_was_met_and_not_planned() -> None:
    history = [create(1), read(2), reject(3, 409), read(4)]
    situations = ("failed/not_required", "completed/not_required")
    run = record(planned=[Combination(situation=each, operation="rejectContent") for each in situations])
    coverage = report(exchanges=history, run=run).coverage
    assert (coverage.planned, coverage.reached) == (2, 1)
    assert [(item.situation, item.operation, item.planned, item.count) for item in coverage.combinations] == [
        ("completed/not_required", "getContent", False, 1),
        ("completed/not_required", "rejectContent", True, 1),
        ("failed/not_required", "rejectContent", True, 0),
    ]


def test_a_container_that_a_clone_made_bears_no_mark() -> None:
    answer = {"jobId": "job_2", "containerId": "cnt_2", "projectId": "prj_1"}
    clone = exchange(
        1,
        "POST",
        "/v1/content/cnt_1/clone-from-post",
        status=202,
        body=b'{"sourcePlatformPostId": "post_1"}',
        answer=json.dumps(answer).encode(),
    )
    made = report(exchanges=[clone])
    assert [(item.id, item.project_id, item.mark) for item in made.containers] == [("cnt_2", "prj_1", None)]


def test_containers_are_those_that_the_run_made() -> None:
    made = report(exchanges=[create(1), read(2), read(3, container=9)])
    assert [(item.id, item.project_id, item.mark) for item in made.containers] == [("cnt_1", "prj_1", "lcm-run-1")]


def test_each_generation_says_what_it_was_for_and_how_long_it_took() -> None:
    ended = {"jobId": "job_1", "kind": "content_generate", "status": "completed"}
    job = exchange(3, "GET", "/v1/jobs/job_1", answer=json.dumps(ended).encode())
    made = report(exchanges=[create(1), read(2), job])
    (found,) = made.generations
    assert (found.exchange, found.operation, found.container_id, found.job_id) == (
        *("main-1", "createContent"),
        *("cnt_1", "job_1"),
    )
    assert found.seconds == pytest.approx(job.received_at - create(1).sent_at)
    assert f"| {found.driver} | 1 | {found.seconds:.1f} | main-1 |" in markdown(View(made))
    assert report(exchanges=[create(1)]).generations[0].seconds is None
    assert "What the generations were for" not in markdown(View(report()))


def test_summary_counts_verdicts() -> None:
    broken = [failed(name) for name in ("CRE-2", "CRE-4", "CRE-8")]
    counts = report(passed("CRE-1"), *broken, inconclusive("CRE-3")).summary
    assert (counts.passed, counts.failed, counts.failed_must, counts.inconclusive) == (1, 3, 2, 1)
    assert counts.not_exercised == len(load().requirements) - 5


def test_a_lone_surrogate_of_the_target_does_not_break_the_report() -> None:
    made = report(failed("CRE-1", "The hook came back as \ud800."))
    assert Report.model_validate_json(made.model_dump_json(by_alias=True)).requirements["CRE-1"].findings[
        0
    ].message == ("The hook came back as ?.")
