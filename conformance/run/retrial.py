"""What the judge of a run says of a history that a repro script has sent anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.contract.document import load
from conformance.door.exchange import from_json, judging_order
from conformance.door.redaction import Redaction
from conformance.door.resending import FIXED, STILL_BROKEN, UNDECIDED
from conformance.history.observation import TargetFacts


def retried(
    plan: Mapping[str, Any], base_url: str, history: Iterable[Mapping[str, Any]], keys: Mapping[str, str]
) -> tuple[str, list[str]]:
    """Return whether a requirement is still broken, fixed, or neither was shown, and sentences that say why.

    `history` holds the lines of a history, secrets included. A failure of any kind leaves the requirement broken; it is fixed where it was
    seen kept and not broken.
    """
    requirement = plan["requirement"]
    facts = dict(plan["target"])
    facts["target"] = {**facts["target"], "base_url": base_url}
    clock = facts["hooks"]["clock_url"]
    if clock and clock.startswith(plan["baseUrl"]):
        facts["hooks"] = {**facts["hooks"], "clock_url": base_url + clock[len(plan["baseUrl"]) :]}
    redaction = Redaction(keys)
    exchanges = [redaction.exchange(from_json(dict(line))) for line in history]
    found: list[Finding] = []
    judge = Judge(load(), TargetFacts.of(facts), listener=found.append)
    for exchange in sorted(exchanges, key=judging_order):
        judge.observe(exchange)
    judge.finish()
    said = [each for each in found if each.requirement == requirement]
    failures = [each for each in said if each.result is Result.FAILED]
    if failures:
        same = [each for each in failures if each.kind == plan["kind"]]
        note = "" if same else f"It fails in another way than before ({plan['kind']})."
        told = f"{requirement}: {(same or failures)[0].message} ({', '.join((same or failures)[0].exchanges)})"
        return STILL_BROKEN, [told, *([note] if note else [])]
    kept = sum(each.result is Result.PASSED for each in said)
    if kept:
        return FIXED, [f"{requirement} was seen kept {kept} times and never broken."]
    unjudged = [each.message for each in said]
    return UNDECIDED, [f"{requirement} was neither seen kept nor broken.", *unjudged[:3]]
