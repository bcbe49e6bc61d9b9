"""What the judge of a run says of a history that a repro script has sent anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, from_json, judging_order
from conformance.client.redaction import Redaction
from conformance.client.resending import FIXED, STILL_BROKEN, UNDECIDED
from conformance.contract.document import load
from conformance.contract.lifecycle import APPROVAL_STATUSES, JOB_STATUSES, STATUSES
from conformance.history.observation import TargetFacts
from conformance.run.evidence.compared import is_as_it_should, value_at

WORDS = STATUSES | JOB_STATUSES | APPROVAL_STATUSES
"""Texts that are the same in every run; any other text may differ by itself."""


def retried(
    plan: Mapping[str, Any],
    base_url: str,
    history: Iterable[Mapping[str, Any]],
    keys: Mapping[str, str],
    sent: Mapping[str, str],
    values: Mapping[str, str],
) -> tuple[str, list[str]]:
    """Return whether a requirement is still broken, fixed, or neither was shown, and sentences that say why.

    `history` holds the lines of a history, secrets included; `sent` names the line of each step of the plan, `values` are those of its names.
    A failure of any kind leaves the requirement broken. It is fixed where it was not broken, and seen kept where it was broken in the run, or
    later: what came before shows other situations. It is fixed too where all went as in the run but for the value that was wrong.
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
    decisive = min((_number(sent[step["id"]]) for step in plan["groups"][-1] if step["id"] in sent), default=0)
    kept = [each for each in said if each.result is Result.PASSED]
    evidence = {sent[step] for step in plan["evidence"] if step in sent}
    if any(_number(name) >= decisive or name in evidence for each in kept for name in each.exchanges):
        return FIXED, [f"{requirement} was seen kept {len(kept)} times and never broken."]
    unjudged = [each.message for each in said if each.result is Result.INCONCLUSIVE]
    by_id = {exchange.id: exchange for exchange in exchanges}
    if not unjudged and _is_mended(plan, {step: by_id[name] for step, name in sent.items()}, values):
        return FIXED, [
            "All was answered as in the run, but for what was wrong, and the checks find nothing wrong with that."
        ]
    return UNDECIDED, [f"{requirement} was neither seen kept nor broken.", *unjudged[:3]]


def _is_mended(plan: Mapping[str, Any], answered: Mapping[str, Exchange], values: Mapping[str, str]) -> bool:
    """Return whether the steps before the last were answered with the status of the run, and the last otherwise where it was wrong.

    Of requests that have to meet nobody knows whether they have.
    """
    *before, last = [step for group in plan["groups"] for step in group]
    # In a list another item may stand at that place.
    if (
        "/items/" in plan["pointer"]
        or len(plan["groups"][-1]) > 1
        or last["id"] not in answered
        or any(_status(answered, step) != step["answered"] for step in before)
    ):
        return False
    if plan["pointer"] == "/response/status":
        return plan["expected"] is not None and _status(answered, last) == int(plan["expected"])
    if _status(answered, last) != last["answered"]:
        return False
    shown = value_at(answered[last["id"]], plan["pointer"])
    compared = plan["compared"]
    if compared and is_as_it_should(compared["how"], value_at(answered[compared["with"]], plan["pointer"]), shown):
        return True
    wanted, wrong = plan["expected"], plan["actual"]
    if wanted is not None:
        return bool(shown == (values.get(wanted[2:-2], wanted) if isinstance(wanted, str) else wanted))
    is_told = wrong is None or isinstance(wrong, bool) or (isinstance(wrong, str) and wrong in WORDS)
    return is_told and shown != wrong


def _number(name: str) -> int:
    """Return how many requests a script had sent when it sent one."""
    return int(name.rpartition("-")[2])


def _status(answered: Mapping[str, Exchange], step: Mapping[str, Any]) -> int | None:
    response = answered[step["id"]].response if step["id"] in answered else None
    return response.status if response is not None else None
