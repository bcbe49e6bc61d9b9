"""Measure how often `conformance repro` tells a seeded fault of the sandbox from its repair; `repro_rates.py NAME…` takes some faults alone.

The drivers of the requirement that a fault breaks look for it under certify, and with --whole, where they do not find it, all drivers do, under
gate and then under certify. The first failure is replayed on the faulty sandbox and on the clean one. Everything happens in this process, on a
clock that no pause makes wait. Prints a line for each fault: how many exchanges its smallest history has, and for each sandbox the verdict,
with a + where the driver had to run again. Exits with 1 if one verdict is wrong.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "helpers"))
import inside  # noqa: E402 - it stands among the helpers of the tests

from conformance.cli.repro import AGAIN, reproduce  # noqa: E402
from conformance.client import session as open_session  # noqa: E402
from conformance.run import process  # noqa: E402
from sandbox.backend import build_backend  # noqa: E402
from sandbox.earlier import fill  # noqa: E402
from sandbox.faults import all_faults  # noqa: E402
from sandbox.settings import SandboxSettings  # noqa: E402

GOOD = ("still broken", "fixed")


def trial(name: str, folder: Path, *, whole: bool) -> tuple[int, str, str] | None:
    """Find a fault; return the size of its smallest history and the verdicts on the faulty and the clean sandbox, None if it is not found."""
    fault = all_faults()[name]
    for only, profile in ((fault.requirement, "certify"), ("", "gate"), ("", "certify"))[: 3 if whole else 1]:
        place = folder / f"{profile}-{only}"
        place.mkdir()
        job = {"profile": profile, "only": only, "changes": [name], "containers": fault.containers}
        if fault.requirement in inside.ran(job | {"fatal": fault.requirement}, place)["failed"]:
            report = json.loads((place / "report" / "report.json").read_text(encoding="utf-8"))
            size = len(report["requirements"][fault.requirement]["findings"][0]["smallest"])
            found = (replayed(place / "report", fault.requirement, faults, fault.containers) for faults in ([name], []))
            return (size, *found)
    return None


def replayed(report: Path, requirement: str, faults: Sequence[str], containers: int) -> str:
    """Return the verdict of a replay on a new sandbox, with a + where the driver has run again."""
    backend = build_backend(SandboxSettings(generation_seconds=inside.GENERATION, polls_per_second=0))
    for name in faults:
        all_faults()[name].install(backend)
    fill(backend, backend.settings.project_id, containers)
    transport = inside.InProcess(backend)

    class Inside(open_session.Session):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more, transport=transport)

    process.Session = Inside  # type: ignore[misc]
    os.environ |= {"LAYERS_API_KEY": backend.settings.api_key, "LAYERS_OTHER_KEY": backend.settings.other_api_key}
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        reproduce(requirement, report, yes=True)
    lines = said.getvalue().strip().splitlines()
    return lines[-1].partition(":")[0] + ("+" if any(line.startswith(AGAIN) for line in lines) else "")


def main() -> int:
    """Try what is asked for, and print what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="the faults; all of them if none is named")
    parser.add_argument("--slice", default="1/1", metavar="K/N", help="every Nth fault, from the Kth on")
    parser.add_argument(
        "--whole", action="store_true", help="let all drivers look for what those of the requirement do not find"
    )
    arguments = parser.parse_args()
    number, _, count = arguments.slice.partition("/")
    logging.disable()
    inside.Clock().install()
    threading.Thread(target=inside.InProcess.loop.run_forever, daemon=True).start()
    totals: Counter[str] = Counter()
    sizes = []
    for name in (arguments.names or list(all_faults()))[int(number) - 1 :: int(count)]:
        with tempfile.TemporaryDirectory(prefix="repro-") as folder:
            row = trial(name, Path(folder), whole=arguments.whole)
        if row is None:
            print(f"{name}: not found", flush=True)
            totals["not found"] += 1
            continue
        size, *verdicts = row
        sizes.append(size)
        print(f"{name}: {size} exchanges; faulty: {verdicts[0]}; clean: {verdicts[1]}", flush=True)
        plain = [verdict.rstrip("+") for verdict in verdicts]
        totals["found"] += 1
        totals["still broken on the faulty sandbox"] += plain[0] == GOOD[0]
        totals["still broken by the history alone"] += verdicts[0] == GOOD[0]
        totals["fixed on the clean sandbox"] += plain[1] == GOOD[1]
        totals["fixed by the history alone"] += verdicts[1] == GOOD[1]
        totals["smallest histories of five exchanges or fewer"] += size <= 5
    print("\n".join(f"{kind}: {number}" for kind, number in totals.items()))
    return int(
        not totals["found"] == totals["still broken on the faulty sandbox"] == totals["fixed on the clean sandbox"]
    )


if __name__ == "__main__":
    sys.exit(main())
