"""From the runs of a matrix to the measurement in `detection.json`, and its compact form, which is committed and installed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from conformance import __version__
from conformance.contract.document import load
from conformance.reporting.model import HarnessFacts
from conformance.reporting.report import Report, Verdict
from conformance.run.planning.profiles import PROFILES
from conformance.run.verdicts.detection import ConformantRun, Detection, Failure, FaultRun, Totals, suite_digest
from conformance.selftest.matrix import CLEAN, Matrix
from conformance.selftest.pool import Ended
from sandbox.change import Fault

NO_OUTCOME = "none"
DEPTHS = ("shallow", "stateful", "deep")
UNREAD = {"seconds", "collateral", "summary", "open"}
"""The fields of runs that neither a report nor docs/detection.md shows, but for the summary of a fault."""


def fault_run(fault: Fault, ended: Ended) -> FaultRun:
    """Return whether the requirement failed that the fault breaks, and which others failed."""
    report = ended.report
    failed = list(report.with_verdict(Verdict.FAILED)) if report else []
    return FaultRun(
        name=fault.name,
        requirement=fault.requirement,
        depth=fault.depth,
        summary=fault.summary,
        detected=fault.requirement in failed,
        collateral=[name for name in failed if name != fault.requirement],
        **_facts(ended),
    )


def conformant_run(name: str, summary: str, ended: Ended) -> ConformantRun:
    """Return which requirements failed in a run against a conformant backend, and which are open."""
    report = ended.report
    rows = report.requirements if report else {}
    return ConformantRun(
        name=name,
        summary=summary,
        accused=[
            Failure(requirement=name, level=row.level, message=row.findings[0].message if row.findings else "")
            for name, row in rows.items()
            if row.verdict is Verdict.FAILED
        ],
        open=[
            name
            for name, row in rows.items()
            if row.level == "MUST"
            and (row.verdict is Verdict.INCONCLUSIVE or (row.verdict is Verdict.NOT_EXERCISED and row.promised))
        ],
        **_facts(ended),
    )


def _facts(ended: Ended) -> dict[str, object]:
    report = ended.report
    if report is None:
        return {"outcome": NO_OUTCOME, "note": ended.note or "The run left no report."}
    return {
        "outcome": str(report.outcome),
        "requests": report.spent.requests,
        "generations": report.spent.generations,
        "seconds": round(_seconds(report), 1),
        "note": ended.note,
    }


def _seconds(report: Report) -> float:
    return (report.finished_at - report.started_at).total_seconds()


def went_well(run: FaultRun | ConformantRun) -> bool:
    """Return whether a run has no problem: the fault was detected, or nothing failed on a conformant backend."""
    if isinstance(run, FaultRun):
        return run.detected
    return not run.accused and run.note is None


def detection(matrix: Matrix, ended: Mapping[str, Ended], profile: str, seed: int, seconds: float) -> Detection:
    """Return the measurement of one profile and seed; `ended` maps the label of each job to its run."""
    contract = load()
    clean = conformant_run(CLEAN, "the sandbox as it is", ended[CLEAN])
    faults = [fault_run(fault, ended[f"fault-{fault.name}"]) for fault in matrix.faults]
    variants = [
        conformant_run(variant.name, variant.summary, ended[f"variant-{variant.name}"]) for variant in matrix.variants
    ]
    return Detection(
        harness=HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest),
        suite_digest=suite_digest(),
        profile=profile,
        seed=seed,
        complete=matrix.complete,
        totals=_totals(clean, faults, variants, seconds),
        clean=clean,
        faults=faults,
        variants=variants,
    )


def _totals(clean: ConformantRun, faults: list[FaultRun], variants: list[ConformantRun], seconds: float) -> Totals:
    depths = {depth: [run.detected for run in faults if run.depth == depth] for depth in DEPTHS}
    return Totals(
        faults=len(faults),
        detected=sum(run.detected for run in faults),
        by_depth={depth: (sum(found), len(found)) for depth, found in depths.items()},
        collateral=sum(bool(run.collateral) for run in faults),
        variants=len(variants),
        false_alarms=sum(len(run.accused) for run in [clean, *variants]),
        most_generations=max(run.generations for run in [clean, *faults, *variants]),
        seconds=round(seconds, 1),
    )


def shortfalls(measured: Detection, share: float) -> list[str]:
    """Return a sentence for each way in which a measurement falls short; `share` is the part of the faults to be detected.

    The limit of generations applies to conformant sandboxes: a defective one may start generations that were not requested.
    """
    totals, limit = measured.totals, PROFILES[measured.profile].generations
    runs = [measured.clean, *measured.variants]
    found = []
    if totals.detected < share * totals.faults:
        found.append(f"{totals.detected} of {totals.faults} faults were detected, fewer than {share:.0%}.")
    if totals.false_alarms:
        accused = ", ".join(run.name for run in runs if run.accused)
        found.append(f"Conformant sandboxes were accused: {accused}.")
    broken = [run.name for run in runs if run.note is not None]
    if broken:
        found.append(f"No reliable verdict for {', '.join(broken)}.")
    spenders = [run.name for run in runs if run.generations > limit]
    if spenders:
        found.append(f"More than {limit} generations were started for {', '.join(spenders)}.")
    return found


def compact(measured: Detection) -> str:
    """Return the JSON of a measurement without the fields that nobody reads; `Detection` reads it."""
    header = measured.model_dump(mode="json", by_alias=True, exclude={"clean", "faults", "variants"})
    return (
        json.dumps(header, indent=2, ensure_ascii=False).removesuffix("\n}")
        + f',\n  "clean": {_line(measured.clean)}'
        + f',\n  "faults": {_lines(measured.faults)}'
        + f',\n  "variants": {_lines(measured.variants)}'
        + "\n}\n"
    )


def _lines(runs: Iterable[FaultRun | ConformantRun]) -> str:
    return "[\n    " + ",\n    ".join(map(_line, runs)) + "\n  ]"


def _line(run: FaultRun | ConformantRun) -> str:
    unread = UNREAD - ({"summary"} if isinstance(run, FaultRun) else set())
    kept = run.model_dump(mode="json", by_alias=True, exclude=unread, exclude_defaults=True)
    return json.dumps(kept, ensure_ascii=False)
