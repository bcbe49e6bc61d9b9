"""Short ways to write literal histories, for the tests of the checks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from conformance.checks.findings import WHOLE_ANSWER, Finding, Result
from conformance.checks.judge import Judge
from conformance.checks.places import place_of
from conformance.client.exchange import Exchange, Request, Response, TransportFailure, judging_order
from conformance.contract.document import load
from conformance.contract.validity import Known
from conformance.history.observation import TargetFacts
from conformance.replay.findings import shown_at

BASE = "http://target.test"
PROJECT, REVIEW, FOREIGN = "prj_plain", "prj_review", "prj_other_org"
LIST = f"/v1/projects/{PROJECT}/content"
FACTS = TargetFacts(
    base_url=BASE,
    project_id=PROJECT,
    review_project_id=REVIEW,
    archive_project_id="prj_archive",
    other_project_id=FOREIGN,
    generation_timeout=60,
    clock_url=f"{BASE}/_sandbox/clock",
    known=Known("inf_1", ("med_r1",), "post_1", "please [fail]"),
)
CREATED = "2026-04-18T12:04:11.000Z"
KEY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
BRIEF = {"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]}


class HistoryBuilder:
    """Builds one history, a second an exchange: `at` is the time of the next one."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.at = 1_000.0

    def call(  # noqa: PLR0913 - each is a part of an exchange
        self,
        method: str,
        path: str,
        status: int | None = 200,
        answer: Any = None,
        *,
        body: Any = None,
        actor: str = "owner",
        headers: dict[str, str] | None = None,
        answer_headers: dict[str, str] | None = None,
        sent: float | None = None,
        took: float = 0.1,
        error: str | None = None,
        driver: str = "",
        tags: dict[str, str] | None = None,
    ) -> str:
        """Add an exchange and give its id; bodies that are bytes go as they are, anything else as JSON."""
        sent = self.at if sent is None else sent
        self.at = max(self.at, sent) + 1
        sends = {"Content-Type": "application/json"} if body is not None else {}
        gives = {"Content-Type": "application/json"} if answer is not None else {}
        self.exchanges.append(
            Exchange(
                id=f"x{len(self.exchanges) + 1}",
                actor=actor,
                driver=driver,
                tags=tags or {},
                request=Request(
                    method,
                    path if "://" in path else BASE + path,
                    tuple((sends | (headers or {})).items()),
                    _bytes(body),
                ),
                response=None
                if status is None
                else Response(status, tuple((gives | (answer_headers or {})).items()), _bytes(answer) or b""),
                sent_at=sent,
                received_at=sent + took,
                failure=TransportFailure.parse(error) if error else None,
            )
        )
        return self.exchanges[-1].id

    def create(
        self,
        n: int = 1,
        *,
        project: str = PROJECT,
        key: str | None = None,
        brief: Any = None,
        fmt: str = "video_remix",
        **more: Any,
    ) -> str:
        """Add an accepted create of container `cnt_n` by job `job_n`."""
        headers = {"Idempotency-Key": key} if key else {}
        more = {"status": 202, "answer": envelope(n, project)} | more
        body = more.pop("body", {"format": fmt, "brief": brief or BRIEF})
        return self.call("POST", f"/v1/projects/{project}/content", body=body, headers=headers, **more)

    def read(self, n: int = 1, *, took: float = 0.1, sent: float | None = None, **fields: Any) -> str:
        """Add a read of container `cnt_n`, completed unless `fields` say otherwise."""
        return self.call("GET", f"/v1/content/cnt_{n}", answer=container(n, **fields), took=took, sent=sent)

    def job(self, n: int = 1, **fields: Any) -> str:
        """Add a read of job `job_n`, completed unless `fields` say otherwise."""
        return self.call("GET", f"/v1/jobs/job_{n}", answer=job(n, **fields))

    def list(
        self, items: Iterable[Any], query: str = "", *, cursor: str | None = None, project: str = PROJECT, **more: Any
    ) -> str:
        """Add one page of a list."""
        page = {"items": list(items), "nextCursor": cursor}
        return self.call("GET", f"/v1/projects/{project}/content{query}", answer=page, **more)

    def error(self, method: str, path: str, status: int, code: str, **more: Any) -> str:
        """Add a call that is refused with the error envelope."""
        return self.call(method, path, status, envelope_of_error(code), **more)


def judge_of(story: HistoryBuilder, facts: TargetFacts = FACTS) -> tuple[Judge, list[Exchange]]:
    """Return the judge of a history, and its exchanges in judging order."""
    exchanges = sorted(story.exchanges, key=judging_order)
    judge = Judge(load(), facts)
    for exchange in exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge, exchanges


def envelope_of_error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "No.", "requestId": "req_1"}}


def envelope(
    n: int = 1, project: str = PROJECT, kind: str = "content_generate", container_id: str | None = None
) -> dict[str, Any]:
    return {
        "jobId": f"job_{n}",
        "kind": kind,
        "status": "running",
        "stage": "queued",
        "projectId": project,
        "containerId": container_id or f"cnt_{n}",
        "locationUrl": f"/v1/jobs/job_{n}",
        "startedAt": CREATED,
    }


def asset(name: str = "med_1", **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "video",
        "url": f"https://media.test/{name}.mp4",
        "width": 1080,
        "height": 1920,
        "durationMs": 27500,
    } | fields


def container(n: int = 1, **fields: Any) -> dict[str, Any]:
    done = fields.get("status", "completed") == "completed"
    return {
        "id": f"cnt_{n}",
        "projectId": PROJECT,
        "status": "completed",
        "approvalStatus": "not_required",
        "format": "video_remix",
        "influencerId": None,
        "brief": BRIEF,
        "assets": [asset(f"med_{n}")] if done else [],
        "captions": [{"platform": "tiktok", "text": "…"}] if done else [],
        "lastError": None,
        "createdAt": CREATED,
        "updatedAt": CREATED,
    } | fields


def job(n: int = 1, **fields: Any) -> dict[str, Any]:
    ended = fields.get("status", "completed") != "running"
    return {
        "jobId": f"job_{n}",
        "kind": "content_generate",
        "status": "completed",
        "stage": "done",
        "progress": 1.0,
        "projectId": PROJECT,
        "containerId": f"cnt_{n}",
        "locationUrl": f"/v1/jobs/job_{n}",
        "startedAt": CREATED,
        "finishedAt": "2026-04-18T12:05:11.000Z" if ended else None,
        "result": {"containerId": f"cnt_{n}"} if ended else None,
        "error": None,
    } | fields


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return json.dumps(value).encode()


JUDGED: list[Finding] = []
"""Every finding of the running test, for `approved_findings`."""


def judged(story: HistoryBuilder | list[Exchange], facts: TargetFacts = FACTS) -> list[Finding]:
    """Judge a history by every check, its end included."""
    findings: list[Finding] = []
    judge = Judge(load(), facts, listener=findings.append)
    exchanges = story.exchanges if isinstance(story, HistoryBuilder) else story
    for exchange in sorted(exchanges, key=judging_order):
        judge.observe(exchange)
    judge.finish()
    assert judge.crashes == []
    JUDGED.extend(findings)
    by_id = {exchange.id: exchange for exchange in exchanges}
    for finding in findings:
        if finding.result is Result.FAILED and finding.exchanges:
            _require_place(finding, [by_id[each] for each in finding.exchanges])
    return findings


def _require_place(finding: Finding, shown: list[Exchange]) -> None:
    """Require that a failure shows at a place in its decisive answer, which is the whole answer only where none came."""
    decisive, place = shown[-1], place_of(finding, shown)
    pointer = str(shown_at(place, decisive)["pointer"])
    is_whole = pointer == WHOLE_ANSWER if decisive.response is None else pointer.startswith(f"{WHOLE_ANSWER}/")
    assert is_whole, (pointer, finding)


def results(story: HistoryBuilder | list[Exchange], requirement: str, facts: TargetFacts = FACTS) -> list[str]:
    """Return every result that the checks gave for one requirement, in order."""
    return [finding.result.value for finding in judged(story, facts) if finding.requirement == requirement]


def failures(story: HistoryBuilder | list[Exchange], facts: TargetFacts = FACTS) -> dict[str, list[str]]:
    """Return the messages of all failures, by requirement."""
    found: dict[str, list[str]] = {}
    for finding in judged(story, facts):
        if finding.result.value == "failed":
            found.setdefault(finding.requirement, []).append(finding.message)
    return found
