"""Measure how long a run takes on a target whose generations take as long as on a live one.

A sandbox is served by a process of its own, on the real clock, with generations of `--seconds`. `conformance run` is started against it as
a user starts it. Beside the time that it took stands the least that it can take: the deepest chain of generations that follow one
another, times their duration, and the requests by the pace, if one is given; and what `conformance plan` told for the same settings.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.run.embedded import config_of, keys_of, running_sandbox
from conformance.run.planning.drivers import Driver, catalogue
from conformance.run.planning.plan import longest_chain
from conformance.run.planning.profiles import PROFILES

COMMAND = [sys.executable, "-m", "conformance"]
REPORTED = ("outcome", "exitStatus", "spent", "summary", "figures")
POLLS = 20
"""Polls that would fit into a generation if they did not grow apart: the first one comes after such a part of it."""


def config(description: dict[str, Any], seconds: float, pace: float | None, budget: float | None) -> str:
    """Return the settings of the sandbox, with times that fit its generations."""
    text = config_of(description)
    text = text.replace("generation_timeout = 30", f"generation_timeout = {30 + 5 * seconds}")
    text = text.replace("poll_interval = 0.02", f"poll_interval = {seconds / POLLS}")
    lines = ["[budget]"]
    lines += [f"requests_per_second = {pace}"] if pace else []
    lines += [f"seconds = {budget}"] if budget else []
    return text + "\n".join(lines) + "\n"


def chosen(profile: str) -> Iterable[Driver]:
    """Return the drivers of a profile in the order in which they run."""
    return sorted(
        (driver for driver in catalogue() if driver.chosen(PROFILES[profile], ())), key=lambda driver: driver.alone
    )


def measure(profile: str, seconds: float, pace: float | None, budget: float | None, folder: Path) -> dict[str, Any]:
    """Run a profile once, and return what it came to."""
    with running_sandbox(["--generation-seconds", str(seconds)]) as sandbox:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conformance.toml").write_text(config(sandbox, seconds, pace, budget), encoding="utf-8")
        settings = ["--profile", profile, "--config", str(folder / "conformance.toml")]
        told = subprocess.run(  # noqa: S603 - the interpreter and our own code, no shell
            [*COMMAND, "plan", "--json", *settings], capture_output=True, check=True
        )
        began = time.monotonic()
        subprocess.run(  # noqa: S603 - as above
            [*COMMAND, "run", "--quiet", *settings, "--report-dir", str(folder)],
            env=os.environ | keys_of(sandbox),
            check=False,
        )
        took = time.monotonic() - began
        report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    planned = json.loads(told.stdout)["about"]["seconds"]
    return {"took": took, "planned": planned, **{name: report[name] for name in REPORTED}}


def main() -> None:
    """Print what a run took beside its lower bound; exit with 1 where it was not conformant, or took more than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--profile", choices=PROFILES, default="gate")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long a generation takes (default: 60)")
    parser.add_argument("--requests-per-second", type=float, help="the pace of the run (default: none)")
    parser.add_argument("--budget", type=float, help="seconds that the run may take (default: those of the profile)")
    parser.add_argument("--report-dir", type=Path, help="where the reports stay (default: nowhere)")
    parser.add_argument("--at-most", type=float, help="seconds that the run may take without failing the measurement")
    parser.add_argument("--generations", type=int, help="generations that it may start without failing the measurement")
    parser.add_argument(
        "--off-plan", type=float, help="share by which the time may differ from the planned one, such as 0.2"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="live-") as name:
        folder = given.report_dir or Path(name)
        found = measure(given.profile, given.seconds, given.requests_per_second, given.budget, folder)
    chain = longest_chain(chosen(given.profile))
    requests, generations = found["spent"]["requests"], found["spent"]["generations"]
    bound = chain * given.seconds + (requests / given.requests_per_second if given.requests_per_second else 0.0)
    divergence, planned = found["figures"]["divergence"], found["planned"]
    print(
        f"{given.profile}, {given.seconds:g} s a generation: {found['took']:.1f} s, {generations} generations, {requests} requests, "
        f"{found['outcome']}, {found['summary']}; divergence {divergence['count']} of {divergence['of']}; lower bound {bound:.0f} s "
        f"({chain} generations deep), ratio {found['took'] / bound:.2f}; planned {planned} s, ratio {found['took'] / planned:.2f}"
    )
    too_long = given.at_most is not None and found["took"] > given.at_most
    too_many = given.generations is not None and generations > given.generations
    off_plan = given.off_plan is not None and abs(found["took"] / planned - 1) > given.off_plan
    sys.exit(1 if found["exitStatus"] or too_long or too_many or off_plan else 0)


if __name__ == "__main__":
    main()
