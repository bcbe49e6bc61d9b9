"""The compact form of a measurement, which is committed and installed: one line a fault and one line a variant."""

from __future__ import annotations

import json
from collections.abc import Iterable

from conformance.run.verdicts.detection import ConformantRun, Detection, FaultRun

UNREAD = {"seconds", "collateral", "summary", "open"}
"""The fields of runs that neither a report nor docs/detection.md shows, but for the summary of a fault."""


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
