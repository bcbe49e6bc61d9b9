"""Measure plain schemathesis on the same faults and variants as the suite.

schemathesis gets what the suite gets: the OpenAPI document, the key, the project, and the project that may be archived. All
checks and all phases run; every other setting is schemathesis's default. A fault counts as found if a run reports a failure (check
and operation) that none of several runs against the clean sandbox reports; a variant with such a failure counts as accused.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from conformance.exceptions import ConformanceError
from conformance.run.embedded import running_sandbox
from conformance.selftest.matrix import Job, Matrix, chosen, for_figures, sampled

TIMEOUT = 1800.0
"""Seconds after which a run is ended; its failures until then are lost."""
CLEAN_RUNS = 3
CONFIG = """\
base-url = "{baseUrl}"
headers = {{ "X-Api-Key" = "{apiKey}" }}

[parameters]
"path.projectId" = "{projectId}"

[[operations]]
include-operation-id = "archiveProject"
parameters = {{ "path.projectId" = "{archiveProjectId}" }}
"""


def run(job: Job, seed: int, max_examples: int | None) -> dict[str, Any]:
    """Run schemathesis against one sandbox and return what it reports."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="plain-") as name, running_sandbox(job.arguments) as description:
            folder = Path(name)
            (folder / "schemathesis.toml").write_text(CONFIG.format_map(description), encoding="utf-8")
            found = _schemathesis(folder, seed, max_examples)
    except ConformanceError as error:
        found = {"failures": [], "cases": 0, "note": str(error)}
    return {"kind": job.kind, "name": job.name, "seconds": round(time.monotonic() - began, 1)} | found


def _schemathesis(folder: Path, seed: int, max_examples: int | None) -> dict[str, Any]:
    with as_file(files("openapi").joinpath("layers.yaml")) as document:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", str(document)]
        command += ["--checks", "all", "--mode", "all", "--seed", str(seed), "--no-color"]
        command += ["--continue-on-failure", "--report", "json", "--report-json-path", "report.json"]
        command += ["--max-examples", str(max_examples)] if max_examples else []
        try:
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)  # noqa: S603 - our own command, no shell
        except subprocess.TimeoutExpired:
            return {"failures": [], "cases": 0, "note": f"ended after {TIMEOUT:g} s"}
    report = folder / "report.json"
    if not report.exists():
        said = (ended.stdout + ended.stderr).strip().splitlines()
        return {"failures": [], "cases": 0, "note": said[-1] if said else f"ended with {ended.returncode}"}
    told = json.loads(report.read_text(encoding="utf-8"))
    failures = {
        f"{each['title']}: {operation}" for each in told["failures"] for operation in each["operations"] or ["-"]
    }
    return {"failures": sorted(failures), "cases": told["test_cases"]["generated"], "note": None}


def measure(matrix: Matrix, seed: int, jobs: int, max_examples: int | None) -> list[dict[str, Any]]:
    """Run the matrix, with several runs of the clean sandbox, and return what each run reports that these do not."""
    clean, *others = matrix.jobs("", seed)
    every = [clean] * CLEAN_RUNS + others
    with ThreadPoolExecutor(jobs) as threads:
        runs = threads.map(lambda job: run(job, seed, max_examples), every)
        bar = track(runs, "schemathesis", total=len(every), console=Console(file=sys.stderr))
        results = list(bar)
    usual = {failure for each in results[:CLEAN_RUNS] for failure in each["failures"]}
    for each in results:
        each["new"] = [failure for failure in each.pop("failures") if failure not in usual]
    return results[CLEAN_RUNS:]


def reduced(matrix: Matrix, sample: int | None) -> Matrix:
    """Take `sample` faults, one of each family and depth first, and a quarter as many variants."""
    if sample is None:
        return matrix
    one_each = sampled(matrix, max(1, sample // 4))
    return Matrix(one_each.faults[:sample], one_each.variants, complete=False)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the totals and write the data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sample", type=int, metavar="N", help="N faults, one of each family and depth, and N/4 variants"
    )
    parser.add_argument("--whole", action="store_true", help="the whole collection, not only what is measured")
    parser.add_argument("--only-faults", action="append", metavar="PATTERN", help="these faults and no variants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="runs at once")
    parser.add_argument("--max-examples", type=int, help="cases an operation and phase (default: schemathesis's)")
    options = parser.parse_args(argv)
    if options.only_faults:
        matrix = chosen(options.only_faults, ())
    elif options.whole:
        matrix = chosen()
    else:
        # Every variant that any profile is measured on, as the gate's figures are.
        matrix = for_figures(chosen())
    matrix = reduced(matrix, options.sample)
    measured = measure(matrix, options.seed, options.jobs, options.max_examples)
    for kind in ("fault", "variant"):
        rows = [row for row in measured if row["kind"] == kind]
        _print(rows)
        print(f"a failure on {sum(bool(row['new']) for row in rows)} of {len(rows)} {kind}s")
    return 0


def _print(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        what = "; ".join(row["new"]) or row["note"] or "nothing new"
        print(f"{row['name']}: {what} ({row['cases']} cases, {row['seconds']} s)")


if __name__ == "__main__":
    raise SystemExit(main())
