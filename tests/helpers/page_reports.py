"""Literal reports for the tests of report.html: one with a bit of everything, and one that is very large."""

from __future__ import annotations

import json
from pathlib import Path

from runs import create, exchange, failed, inconclusive, passed, record, report

from conformance.client.exchange import Exchange
from conformance.reporting.excerpts import request_of, response_of, text_difference
from conformance.reporting.model import Cause, Evidence
from conformance.reporting.page import page
from conformance.reporting.report import Coverage, CoveredCombination, Report, Verdict
from conformance.reporting.view import View
from conformance.run.verdicts.record import Unreached

EVIL = (
    "Hook <script>window.ran=1</script><img src=x onerror=window.ran=2> ' \" onmouseover=window.ran=3 {{7*7}} \x1b[31m "
    "\u202e\x00\ud800\n::error::ran"
)
SENT, SHOWN = "Caf\u00e9 lcm-run-1", "Cafe\u0301 lcm-run-1"


def container(number: int, status: str, hook: str = SENT, approval: str = "not_required") -> Exchange:
    """Return a read of container `cnt_1`."""
    shown = {"id": "cnt_1", "status": status, "approvalStatus": approval, "brief": {"hook": hook}}
    return exchange(number, answer=json.dumps(shown).encode())


def job(number: int, status: str) -> Exchange:
    """Return a read of job `job_1`."""
    answer = json.dumps({"jobId": "job_1", "status": status}).encode()
    return exchange(number, path="/v1/jobs/job_1", answer=answer)


def history() -> list[Exchange]:
    """Return the life of one container, and two calls that break."""
    return [
        create(1),
        container(2, "queued"),
        job(3, "running"),
        job(4, "completed"),
        container(5, "completed", SHOWN),
        exchange(6, "POST", "/v1/content/cnt_1/reject", status=500, body=b'{"reason": "\xff"}', answer=b"\xff\x00"),
        exchange(7, status=None, error="timeout: ReadTimeout"),
        exchange(
            8,
            "PATCH",
            "/v1/content/</script><script>window.ran=4</script>?q=%3Cb%3E",
            headers=(("x-evil", "</pre><script>window.ran=5</script>"),),
            answer=json.dumps({"a": EVIL}).encode(),
        ),
    ]


def story(name: str, message: str, *named: str, pointer: str | None = None, cause: str | None = None) -> Evidence:
    """Return a finding as `replay/findings.py` makes one."""
    decisive = {each.id: each for each in history()}[named[-1]]
    is_text = pointer == "/response/body/brief/hook"
    return Evidence(
        id=name,
        message=message,
        exchanges=list(named),
        request=request_of(decisive, pointer),
        response=response_of(decisive, pointer),
        pointer=pointer,
        expected=SENT if is_text else None,
        actual=SHOWN if is_text else None,
        rule=None if is_text else "a 2xx",
        text_difference=text_difference(SENT, SHOWN) if is_text else None,
        smallest=list(named),
        cause=cause or name,
    )


def troubled() -> Report:
    """Return a report with every verdict, two causes, and texts of a hostile target."""
    run = record(
        promised={"CRE-2": ["d"], "CRE-4": ["d"]},
        unreached=[Unreached(driver="d", requirements=["CRE-4"], reason=f"No container was made: {EVIL}")],
        stopped=f"the target answered {EVIL}",
    )
    made = report(
        failed("CRE-5", "x"),
        failed("APR-1", "x"),
        failed("IDM-3", "x"),
        failed("ERR-2", "x"),
        inconclusive("LIF-1", "No answer came.", "main-7"),
        passed("CRE-1", "main-1"),
        passed("JOB-1", "main-3"),
        run=run,
        exchanges=history(),
    )
    rows = made.requirements
    rows["CRE-5"].findings = [
        story(
            "CRE-5",
            "The hook came back in another normal form.",
            "main-1",
            "main-3",
            "main-5",
            pointer="/response/body/brief/hook",
        )
    ]
    rows["APR-1"].findings = [
        story("APR-1", EVIL, "main-1", "main-8", pointer="/response/body/a"),
        story("APR-1.2", "Another one.", "main-2"),
    ]
    rows["IDM-3"].findings = [story("IDM-3", "No answer came.", "main-1", "main-7", pointer="/response")]
    rows["ERR-2"].findings = [story("ERR-2", "It broke.", "main-6", pointer="/response/body/error", cause="IDM-3")]
    made.causes = [
        Cause(id="IDM-3", requirement="IDM-3", message="No answer came.", exchanges=["main-7"], consequences=["ERR-2"]),
        Cause(id="APR-1", requirement="APR-1", message=EVIL, exchanges=["main-8"]),
        Cause(id="APR-1.2", requirement="APR-1", message="Another one.", exchanges=["main-2"]),
        Cause(id="CRE-5", requirement="CRE-5", message="The hook changed.", exchanges=["main-5"]),
    ]
    made.warnings = [EVIL]
    made.coverage = Coverage(
        planned=3,
        reached=2,
        combinations=[
            CoveredCombination(situation="completed/not_required", operation="getContent", planned=True, count=70),
            CoveredCombination(situation="queued/not_required", operation="getContent", planned=True, count=1),
            CoveredCombination(situation="queued/not_required", operation="cancelJob", planned=True, count=0),
        ],
    )
    return made


def large(findings: int) -> Report:
    """Return a report with so many findings, spread over all requirements."""
    made = report(exchanges=history())
    names = list(made.requirements)
    for number in range(findings):
        row = made.requirements[names[number % len(names)]]
        row.verdict = Verdict.FAILED
        message = f"Finding {number}: container cnt_{number} shows another hook than was sent."
        row.findings.append(Evidence(message=message, exchanges=["main-1", "main-2", "main-5"]))
    return made


def written(made: Report, path: Path) -> str:
    """Write the page of a report with the history above, and return its URL."""
    path.write_text(page(View(made, history())), encoding="utf-8", errors="replace")
    return path.as_uri()
