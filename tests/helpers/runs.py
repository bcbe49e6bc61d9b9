"""Short ways to write literal runs, for the tests of verdicts and reports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Crashed, Judge
from conformance.client.exchange import Exchange, Request, Response, TransportFailure
from conformance.contract.document import load
from conformance.history.observation import TargetFacts
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import Report
from conformance.run.settings.target import SETTING_OF_NEED
from conformance.run.verdicts.record import RunRecord
from conformance.run.verdicts.verdict import conclude

BASE = "http://target.test"
TARGET: dict[str, Any] = {
    "target": {
        "base_url": BASE,
        "api_key_env": "LAYERS_API_KEY",
        "project_id": "prj_1",
        "review_project_id": "prj_2",
        "archive_project_id": None,
        "other_api_key_env": "LAYERS_OTHER_KEY",
        "other_project_id": None,
    },
    "fixtures": {"influencer_id": None, "reference_media_ids": [], "source_post_id": None, "failing_brief": None},
    "dialect": {"clone_id": "existing"},
    "timing": {"generation_timeout": 30.0},
    "hooks": {"clock_url": None},
}

WHOLE_TARGET = TARGET | {
    "target": TARGET["target"] | {"archive_project_id": "prj_3", "other_project_id": "prj_4"},
    "fixtures": {
        "influencer_id": "inf_1",
        "reference_media_ids": ["med_1"],
        "source_post_id": "post_1",
        "failing_brief": {"hook": "fail"},
    },
    "hooks": {"clock_url": f"{BASE}/clock"},
}
"""A target with everything that a configuration can give."""

HEAVY = {"fastapi", "httpx", "hypothesis", "jsonschema", "pydantic", "pytest", "rich", "schemathesis", "yaml"}
"""What takes long to import."""


def record(**changes: Any) -> RunRecord:
    facts: dict[str, Any] = {
        "harness": HarnessFacts(version="1.2.3", contract_version="2026.04.1", contract_digest="abc"),
        "target": TARGET,
        "configured": ["review_project"],
        "profile": "gate",
        "started_at": datetime(2026, 4, 18, 12, 0, tzinfo=UTC),
        "finished_at": datetime(2026, 4, 18, 12, 1, tzinfo=UTC),
        "spent": SpentFacts(generations=1, requests=4, seconds=60.0),
        "promised": {},
        "drivers": {},
    }
    return RunRecord(**facts | changes)


def whole(**changes: Any) -> RunRecord:
    """Return the record of a run of the whole suite with a whole configuration."""
    promised = {name: ["d"] for name in load().requirements}
    return record(**{"target": WHOLE_TARGET, "configured": list(SETTING_OF_NEED), "promised": promised} | changes)


def passed(requirement: str, *exchanges: str) -> Finding:
    return Finding(requirement, Result.PASSED, "", exchanges)


def failed(requirement: str, message: str = "It was broken.", *exchanges: str) -> Finding:
    return Finding(requirement, Result.FAILED, message, exchanges, kind=message)


def inconclusive(requirement: str, message: str = "The answer was lost.", *exchanges: str) -> Finding:
    return Finding(requirement, Result.INCONCLUSIVE, message, exchanges, kind=message)


def report(
    *findings: Finding,
    run: RunRecord | None = None,
    exchanges: Iterable[Exchange] = (),
    capabilities: Mapping[str, bool] | None = None,
    crashes: Iterable[Crashed] = (),
) -> Report:
    """Conclude from findings alone, as if the checks had said them."""
    contract, run = load(), run or record()
    judge = Judge(contract, TargetFacts.of(run.target), checks=())
    for exchange in exchanges:
        judge.observe(exchange)
    judge.ledger.capabilities.update(capabilities or {})
    judge.crashes.extend(crashes)
    for finding in findings:
        tally = judge.tallies[finding.requirement]
        if finding.result is Result.PASSED:
            tally.passed += 1
            tally.shown_by = tally.shown_by or finding.exchanges
        else:
            tally.add(finding)
    return conclude(contract, judge, run)


def exchange(  # noqa: PLR0913 - each is a part of an exchange
    number: int = 1,
    method: str = "GET",
    path: str = "/v1/content/cnt_1",
    *,
    status: int | None = 200,
    body: bytes | None = None,
    answer: bytes = b"{}",
    actor: str = "owner",
    headers: tuple[tuple[str, str], ...] | None = None,
    answer_headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),),
    error: str | None = None,
) -> Exchange:
    sends = (("X-Api-Key", f"[secret:{actor}]"),) if headers is None else headers
    return Exchange(
        id=f"main-{number}",
        actor=actor,
        request=Request(method, BASE + path, sends, body),
        response=None if status is None else Response(status, answer_headers, answer),
        sent_at=1_776_513_600.0 + number,
        received_at=1_776_513_600.25 + number,
        failure=TransportFailure.parse(error) if error else None,
    )


def create(number: int) -> Exchange:
    """Return an accepted create of container `cnt_<number>`."""
    answer = {"jobId": f"job_{number}", "containerId": f"cnt_{number}", "projectId": "prj_1"}
    body = {"format": "auto", "brief": {"hook": "Evenings lcm-run-1"}}
    return exchange(
        number,
        "POST",
        "/v1/projects/prj_1/content",
        status=202,
        body=json.dumps(body).encode(),
        answer=json.dumps(answer).encode(),
    )


def loaded_by(code: str, folder: Path) -> set[str]:
    """Return the top-level packages that a fresh interpreter has loaded after the code."""
    code += "\nimport sys\nprint('loaded', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("loaded ")[2].split())
