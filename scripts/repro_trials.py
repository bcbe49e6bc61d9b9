"""Try the repro script of every seeded fault, and keep what came of it in docs/repro-trials.json.

A fault is looked for by the drivers of the requirement that it breaks, under certify, and with --whole, where these do not find it, by all
drivers, under gate and then under certify. The script of the failure is then sent to the faulty sandbox and to the clean one
(tests/helpers/trials.py). What is tried already is not tried again, unless it is named. Each row says at which commit it was tried; a + stands
for changes on top of that. The summary in docs/evidence.md is written by every run.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import logging
import multiprocessing
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from itertools import chain, zip_longest
from pathlib import Path
from types import FrameType
from typing import Any

from conformance.exceptions import ConformanceError
from conformance.selftest.pool import PRELOADED
from sandbox.faults import all_faults

ROOT = Path(__file__).parent.parent
RESULTS, PAGE = ROOT / "docs" / "repro-trials.json", ROOT / "docs" / "evidence.md"
BEGIN, END = "<!-- trials, by scripts/repro_trials.py -->", "<!-- end of the trials -->"
WALL_SECONDS = 600
SEED = 16
NOT_SHOWN = {
    "bodies-at-once-under-one-key-both-make": "two requests have to meet",
    "keyset-on-created-at-alone": "takes two creates in one millisecond",
    "refused-create-leaves-a-container": "told by the number of containers in some time, so that a slow machine takes more exchanges",
}
"""The faults whose scripts tell them from their repair in some trials alone, or whose smallest history is too large, and why."""
MOST_EXCHANGES, MOST_SECONDS = 12, 2.0
"""What the smallest history of a fault may hold, and the processor time that it may take."""

Row = dict[str, Any]


def sample(size: int | None = None) -> list[str]:
    """Return so many faults, or all, each family in turn; a larger sample begins with the smaller one."""
    families: dict[str, list[str]] = defaultdict(list)
    for name, fault in all_faults().items():
        families[fault.requirement.partition("-")[0]].append(name)
    chance = random.Random(SEED)  # noqa: S311 - chosen by chance, and no secret
    shuffled = [chance.sample(names, len(names)) for names in families.values()]
    return [name for name in chain.from_iterable(zip_longest(*shuffled)) if name is not None][:size]


def is_good(row: Row) -> bool:
    """Return whether the smallest history of a fault was small and soon found, and its script has told the fault from its repair."""
    is_small = row.get("exchanges", 0) <= MOST_EXCHANGES and row.get("seconds", 0.0) <= MOST_SECONDS
    return is_small and (row.get("faulty"), row.get("clean")) == ("still broken", "fixed")


def commit() -> str:
    """Return the commit that is tried, with a + where files were changed since."""
    git = shutil.which("git") or "git"
    asked = (
        ("rev-parse", "--short", "HEAD"),
        ("status", "--porcelain", "--", "conformance", "sandbox", "tests/helpers"),
    )
    head, changed = (subprocess.check_output((git, *each), cwd=ROOT, text=True).strip() for each in asked)  # noqa: S603 - fixed words
    return head + ("+" if changed else "")


def trials(names: Iterable[str], processes: int = 1, *, whole: bool = False) -> Iterator[tuple[str, Row]]:
    """Try faults, each in a process of its own, and yield what came of each."""
    # Each is forked from what these load, the second of them what the sandbox is built on.
    for name in (PRELOADED, "sandbox.server"):
        import_module(name)
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(partial(_tried, whole=whole), names)


def _tried(name: str, *, whole: bool) -> tuple[str, Row]:
    def too_late(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(WALL_SECONDS)
    logging.disable()
    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    import inside  # noqa: PLC0415 - its loop belongs to one process
    import trials  # noqa: PLC0415 - it imports the one before

    inside.Clock().install()
    threading.Thread(target=inside.InProcess.loop.run_forever, daemon=True).start()
    try:
        with tempfile.TemporaryDirectory(prefix="trial-") as folder:
            row: Row = trials.trial(name, Path(folder), whole=whole)
            return name, row
    except (ConformanceError, TimeoutError) as error:
        return name, {"requirement": all_faults()[name].requirement, "error": f"{type(error).__name__}: {error}"}


def read() -> dict[str, Row]:
    """Return the results, by the names of the faults."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}


def write(results: Mapping[str, Row]) -> None:
    """Write the results with one line a fault, so that they can be compared."""
    lines = [f" {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}" for name, row in sorted(results.items())]
    new = RESULTS.with_suffix(".new")
    new.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    new.replace(RESULTS)


def lines(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield the summary of the results."""
    found = {name: row for name, row in results.items() if row.get("found")}
    sizes = sorted(row["exchanges"] for row in found.values()) or [0]
    wrong = {name: row for name, row in found.items() if not is_good(row)}
    yield "| | |"
    yield "| --- | --- |"
    yield f"| faults that were tried | {len(results)} |"
    yield f"| found by the requirement that they break | {len(found)} |"
    yield f"| exchanges in the smallest history: median, most | {statistics.median(sizes):g}, {sizes[-1]} |"
    yield f"| seconds of processor time that it took, at most | {max((row['seconds'] for row in found.values()), default=0):.1f} |"
    yield f"| scripts that said `still broken` of the fault, and `fixed` of the sandbox without it | {len(found) - len(wrong)} |"
    commits = Counter(
        f"at {row['commit']}" if "commit" in row else "before commits were kept" for row in results.values()
    )
    told = ", ".join(f"{count} {name}" for name, count in commits.most_common())
    yield f"| commits at which they were tried | {told} |"
    for name, row in sorted(wrong.items()):
        yield f"| `{name}` ({row['requirement']}): {NOT_SHOWN.get(name, 'not explained')} | {row['faulty']}, {row['clean']} |"


def page(text: str, results: Mapping[str, Row]) -> str:
    """Return the page with a new summary between its markers."""
    before, rest = text.split(BEGIN)
    return "\n".join([before + BEGIN, *lines(results), END + rest.split(END)[1]])


def wanted(arguments: argparse.Namespace, results: Mapping[str, Row]) -> list[str]:
    """Return the faults to try: those that are named, or those of the slice and the sample that have no result yet."""
    if arguments.check:
        # A whole certify, to find what its own drivers do not, takes a minute.
        good = {name for name, row in results.items() if is_good(row) and row["drivers"] == "its own"}
        names, results = [name for name in sample() if name in good][: arguments.sample], {}
    else:
        names = sample(arguments.sample)
    if arguments.whole:
        # What all drivers have not found is looked for again only if it is asked for.
        results = {name: row for name, row in results.items() if row.get("found") or row.get("drivers") == "all"}
    if arguments.names:
        return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in arguments.names)]
    number, _, count = arguments.slice.partition("/")
    return [name for name in names[int(number) - 1 :: int(count)] if arguments.again or name not in results]


def main(argv: Sequence[str] | None = None) -> int:
    """Try what is asked for; return 1 where a script did not tell the fault from its repair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to try (again), as patterns of a shell")
    parser.add_argument("--slice", default="1/1", metavar="K/N", help="every Nth fault, from the Kth on")
    parser.add_argument("--sample", type=int, help="only so many faults, of all families")
    parser.add_argument("--again", action="store_true", help="also what is tried already")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, and return 1 unless every fault is found too"
    )
    parser.add_argument(
        "--whole", action="store_true", help="also by all drivers, where those of its requirement do not find it"
    )
    parser.add_argument("--jobs", type=int, default=1, help="trials at a time")
    arguments = parser.parse_args(argv)
    results = read()
    names = wanted(arguments, results)
    good, tried_at = True, {} if arguments.check else {"commit": commit()}
    for name, row in trials(names, arguments.jobs, whole=arguments.whole):
        print(name, *(f"{key}={value}" for key, value in row.items()), flush=True)
        good = good and (is_good(row) or (row.get("found") is False and not arguments.check))
        if not arguments.check:
            # Another process may have written since.
            results = read() | {name: row | tried_at}
            write(results)
    if not arguments.check:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
