"""Let runs go on for long on a target that is slow, bounds its pace, is shared, and restarts in the middle.

A sandbox in a process of its own, with its data on disk, now and then answers 429. One gate after the other is run against it as a user
starts it, and smokes beside them on the same project, each at a pace of its own. Once in the middle the sandbox is stopped for some
seconds, and from then on its generations take three times as long. Every run has to end conformant, with every exchange in its history,
in memory that stays flat.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.run.embedded import config_of, keys_of, running_sandbox

OUTAGE = 5.0
"""Seconds for which the target is away; less than `timing.outage_timeout`."""
SLOWER = 3
"""How many times as long generations take after the restart."""
LIMITED = "rate-limited-for-seconds"
GROWTH = 1.5
"""How many times the memory at half the time of a run it may have at the end."""
SAMPLE = 0.5
"""Seconds between two looks at the memory of a run."""


@dataclass
class Target:
    """A sandbox on one port whose data outlives it."""

    folder: Path
    seconds: float
    port: int = 0
    description: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def serving(self, times: float = 1) -> Iterator[None]:
        """Serve it while the block runs, with generations that take so many times as long."""
        arguments = ["--db", str(self.folder / "sandbox.db"), "--variant", LIMITED]
        arguments += ["--generation-seconds", str(self.seconds * times), "--port", str(self.port)]
        with running_sandbox(arguments) as found:
            self.description = self.description or found
            os.environ |= {"SANDBOX_API_KEY": found["apiKey"], "SANDBOX_OTHER_API_KEY": found["otherApiKey"]}
            self.port = int(found["baseUrl"].rpartition(":")[2])
            yield


@dataclass
class Ended:
    """A run that has ended: its report, the exchanges of its history, and the megabytes that it held at half its time and at the end."""

    report: dict[str, Any]
    exchanges: int
    half: float
    end: float

    @property
    def complaints(self) -> list[str]:
        """What was not right about it."""
        found = []
        if self.report["exitStatus"] != 0:
            failed = [name for name, row in self.report["requirements"].items() if row["verdict"] == "failed"]
            found.append(f"exit status {self.report['exitStatus']}: {self.report['outcome']} {' '.join(failed)}")
        if self.exchanges != self.report["spent"]["requests"]:
            found.append(f"{self.exchanges} exchanges of {self.report['spent']['requests']} requests")
        if self.end > GROWTH * self.half:
            found.append(f"{self.end:.0f} MB at the end, {self.half:.0f} MB at half its time")
        return found


def resident(process: subprocess.Popen[bytes]) -> float:
    """Return the megabytes that a process holds; 0 if it has ended."""
    try:
        text = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def run(profile: str, pace: float, target: Target, folder: Path) -> Ended:
    """Make one run, and return what it came to."""
    folder.mkdir(parents=True)
    config = folder / "conformance.toml"
    settings = config_of(target.description).replace(
        "generation_timeout = 30", f"generation_timeout = {30 + 10 * SLOWER * target.seconds}"
    )
    settings = settings.replace("poll_interval = 0.02", f"poll_interval = {target.seconds / 20}")
    longest = "seconds = 3600\n"
    config.write_text(f"{settings}[budget]\nrequests_per_second = {pace}\n{longest}", encoding="utf-8")
    command = [sys.executable, "-m", "conformance", "run", "--quiet", "--profile", profile]
    memory = []
    with subprocess.Popen(  # noqa: S603 - the interpreter and our own code, no shell
        [*command, "--config", str(config), "--report-dir", str(folder)],
        env=os.environ | keys_of(target.description),
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            memory.append(resident(process))
            time.sleep(SAMPLE)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    with gzip.open(folder / "history.jsonl.gz", "rt", encoding="utf-8") as lines:
        exchanges = sum(1 for _ in lines)
    held = [each for each in memory if each] or [0.0]
    return Ended(report, exchanges, held[len(held) // 2], held[-1])


def repeat(profile: str, pace: float, target: Target, folder: Path, until: float, ended: list[str]) -> None:
    """Make one run after the other until a moment, and print what each came to."""
    number = 0
    while time.monotonic() < until:
        number += 1
        found = run(profile, pace, target, folder / f"{profile}-{number}")
        complaints = found.complaints
        ended += complaints
        spent = found.report["spent"]
        print(
            f"{profile} {number}: {'; '.join(complaints) or 'right'}, {spent['seconds']:.0f} s, {spent['generations']} generations, "
            f"{found.exchanges} exchanges, {found.half:.0f} to {found.end:.0f} MB",
            flush=True,
        )


def soak(minutes: float, seconds: float, pace: float, folder: Path) -> list[str]:
    """Let runs go on for so long, and return what was not right."""
    folder.mkdir(parents=True, exist_ok=True)
    target, complaints = Target(folder, seconds), list[str]()
    until = time.monotonic() + 60 * minutes
    with target.serving():
        runs = [
            threading.Thread(target=repeat, args=(profile, pace, target, folder, until, complaints))
            for profile in ("gate", "smoke")
        ]
        for each in runs:
            each.start()
        time.sleep(60 * minutes / 2)
    print(f"the target is away for {OUTAGE:g} s", flush=True)
    time.sleep(OUTAGE)
    with target.serving(SLOWER):
        for each in runs:
            each.join()
    return complaints


def main() -> None:
    """Print what each run came to; exit with 1 if something was not right."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="until when runs are begun (default: 60)")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long a generation takes at first (default: 60)"
    )
    parser.add_argument("--requests-per-second", type=float, default=5.0, help="the pace of each run (default: 5)")
    parser.add_argument("--report-dir", type=Path, help="where the reports stay (default: nowhere)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        complaints = soak(given.minutes, given.seconds, given.requests_per_second, given.report_dir or Path(name))
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
