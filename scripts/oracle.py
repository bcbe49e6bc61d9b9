"""The oracle: saved runs, and what the checks find in them.

`python scripts/oracle.py judge` prints how what the checks find differs from `tests/oracle/expected.txt`, and `judge --write` rewrites
that file. `python scripts/oracle.py make NAME…` makes runs anew, as `tests/oracle/runs.json` describes them; what is judged in them is
new too, so write the expectation after it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent / "tests"
sys.path += [str(TESTS / "oracle"), str(TESTS / "helpers"), str(TESTS.parent)]

import inside  # noqa: E402 - found by the path above
import saved_runs  # noqa: E402

from conformance.client.exchange import read, saved_in  # noqa: E402

RUNS = TESTS / "oracle" / "runs.json"


def judge(*, write: bool) -> int:
    """Compare what the checks find with the expectation, or rewrite it, and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: saved_runs.findings(name, Path(folder) / name) for name in saved_runs.names()}
    text = "".join(f"{line}\n" for name, lines in found.items() for line in (name, *lines))
    before = saved_runs.EXPECTED.read_text(encoding="utf-8") if saved_runs.EXPECTED.exists() else ""
    if write:
        saved_runs.EXPECTED.write_text(text, encoding="utf-8")
    sys.stdout.writelines(
        difflib.unified_diff(before.splitlines(keepends=True), text.splitlines(keepends=True), "expected", "found")
    )
    return 0 if write or text == before else 1


def make(names: list[str]) -> None:
    """Make runs anew and save them."""
    described: dict[str, dict[str, Any]] = json.loads(RUNS.read_text(encoding="utf-8"))
    for name in names or described:
        with tempfile.TemporaryDirectory() as folder:
            (ran,) = inside.runs([described[name] | {"folder": folder}])
            print(f"{name}: exit status {ran['status']}, {ran['requests']} requests, failed {' '.join(ran['failed'])}")
            for report in Path(folder).glob("report-shard*" if "shards" in described[name] else "report"):
                manifest = json.loads((report / "run.json").read_text(encoding="utf-8"))
                saved_runs.save(name + report.name.removeprefix("report"), (manifest, list(read(saved_in(report)))))


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("judge").add_argument("--write", action="store_true")
    commands.add_parser("make").add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.command == "judge":
        return judge(write=options.write)
    make(options.names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
