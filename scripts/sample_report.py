"""Run a gate against a faulty sandbox into reports/sample-run, and keep its page and a picture of one failure in reports/sample."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import chromium

REPORTS = Path(__file__).parent.parent / "reports"
RUN, SAMPLE = REPORTS / "sample-run", REPORTS / "sample"
FAULTS = (
    "hook-nfc-normalised",
    "replay-with-fresh-started-at",
    "rejected-missing-under-two-filters",
    "cancel-reaches-the-job-alone",
    "finished-before-started",
)
SHOWN = "CRE-5"
"""The failure of which there is a picture."""


def run() -> None:
    """Run the gate; exit with its status unless it found the faults, which is 1."""
    command = ["run", "--sandbox", "--profile", "gate", "--report-dir", str(RUN), "--quiet"]
    command += [word for fault in FAULTS for word in ("--fault", fault)]
    done = subprocess.run([sys.executable, "-m", "conformance", *command], check=False)  # noqa: S603 - our own command
    if done.returncode != 1:
        sys.exit(done.returncode or "the run found none of its faults")


def draw(page: Path, picture: Path) -> None:
    """Write a picture of the failure that a page shows."""
    with chromium.started() as browser:
        opened = browser.new_page(viewport={"width": 1080, "height": 800}, color_scheme="light")
        opened.goto(f"{page.as_uri()}#{SHOWN}")
        opened.locator(f"details[id='{SHOWN}.1'] svg.picture").wait_for()
        opened.evaluate("document.activeElement.blur()")
        opened.screenshot(path=picture)


def main() -> None:
    """Make the sample and its picture."""
    run()
    shutil.copy(RUN / "report.md", SAMPLE)
    draw(RUN / "report.html", SAMPLE / "report.png")


if __name__ == "__main__":
    main()
