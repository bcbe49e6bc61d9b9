"""How fast the judge is: exchanges a second on one core, beside what parsing the same lines of the history takes.

Prints three figures, each a ratio within one run of this script:

- exchanges judged a second, and how many times as long as `json.loads` of the same lines judging takes;
- the time an exchange in the last gates of a history of `--copies`, over that in a gate alone (medians of some each);
- the memory that judging keeps an exchange, in the same two histories.

The copies are the same gate with other ids, projects, keys and marks, each later than the one before. Without `--history` a gate is run
on the sandbox first.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, from_json, lines_of, saved_in
from conformance.contract.document import load
from conformance.history.observation import TargetFacts

SAMPLE = 8
"""Gates of which each median is taken."""
IDS = re.compile(r"(?<![0-9A-Za-z])(?:cnt|job)_[0-9A-Za-z]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|lcm-[0-9a-z]+-")


def main() -> int:
    """Measure, print, and return the exit status."""
    options = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.history or gate(Path(scratch))
        lines = [line.decode() for line in lines_of(saved_in(folder))]
        target = TargetFacts.of(json.loads((folder / "run.json").read_text(encoding="utf-8"))["target"])
    exchanges = [from_json(json.loads(line)) for line in lines]
    judging = least(options.repeat, lambda: judged(exchanges, target))
    parsing = least(options.repeat, lambda: [json.loads(line) for line in lines])
    speed = len(lines) / judging
    print(
        f"{len(lines)} exchanges: {speed:,.0f} judged a second; {judging / parsing:.1f} times json.loads of their lines"
    )
    if options.copies > 1:
        alone = [durations([one], target)[0] for one in copies(lines, SAMPLE)]
        late = durations(copies(lines, options.copies), target)[-SAMPLE:]
        growth, count = median(late) / median(alone), options.copies * len(lines)
        print(f"at {count:,} exchanges: {growth:.2f} times the time an exchange of a history of {len(lines):,}")
        memory = [kept(copies(lines, number), target) / (number * len(lines)) for number in (1, 10)]
        print(f"{memory[0]:,.0f} bytes kept an exchange in one gate, {memory[1]:,.0f} in ten")
    return int(speed < options.at_least)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", type=Path, metavar="FOLDER", help="the folder of a run; default: run a gate")
    parser.add_argument(
        "--copies", type=int, default=50, help="gates in the long history; 1 leaves it out (default: 50)"
    )
    parser.add_argument("--repeat", type=int, default=5, help="measure this often and take the least (default: 5)")
    parser.add_argument("--at-least", type=float, default=0, metavar="N", help="exit with 1 below N exchanges a second")
    return parser.parse_args()


def gate(folder: Path) -> Path:
    """Run a gate on the sandbox and return its folder."""
    command = [sys.executable, "-m", "conformance", "run", "--profile", "gate", "--report-dir", str(folder), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    return folder


def judged(exchanges: Iterable[Exchange], target: TargetFacts) -> Judge:
    """Judge a history to its end."""
    judge = Judge(load(), target)
    for exchange in exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge


def least(repeat: int, measured: Callable[[], object]) -> float:
    """Return the least CPU time of several calls, in seconds."""
    times = []
    for _ in range(repeat):
        gc.collect()
        began = time.process_time()
        measured()
        times.append(time.process_time() - began)
    return min(times)


def durations(history: Iterable[list[Exchange]], target: TargetFacts) -> list[float]:
    """Return the CPU time of judging each part of one history, in seconds, without that of reading it."""
    judge, found = Judge(load(), target), []
    for exchanges in history:
        began = time.process_time()
        for exchange in exchanges:
            judge.observe(exchange)
        found.append(time.process_time() - began)
    return found


def kept(history: Iterable[list[Exchange]], target: TargetFacts) -> int:
    """Return the bytes that are still held after judging, the exchanges that the judge keeps among them."""
    judge = Judge(load(), target)
    tracemalloc.start()
    for exchanges in history:
        for exchange in exchanges:
            judge.observe(exchange)
    del exchanges
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held


def copies(lines: list[str], number: int) -> Iterator[list[Exchange]]:
    """Yield the exchanges of several gates, one after another."""
    for each in range(1, number + 1):
        yield [from_json(json.loads(line)) for line in copy(lines, each)]


def copy(lines: list[str], number: int) -> Iterator[str]:
    """Yield the lines of a gate with other ids and at a later time."""
    began, ended = (json.loads(lines[at])["sentAt"] for at in (0, -1))
    later = number * (ended - began + 120)

    def other(found: re.Match[str]) -> str:
        text = found.group()
        if text.startswith("lcm-"):
            return f"{text[:-1]}{number:x}-"
        return text[:-4] + f"{number:04x}" if "-" in text else f"{text}{number:04x}"

    for line in lines:
        value = json.loads(IDS.sub(other, line))
        yield json.dumps(
            value
            | {
                "id": f"{value['id']}-{number}",
                "sentAt": value["sentAt"] + later,
                "receivedAt": value["receivedAt"] + later,
            }
        )


if __name__ == "__main__":
    sys.exit(main())
