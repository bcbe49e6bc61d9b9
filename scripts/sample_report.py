"""Make reports/sample anew, the report of a run against a faulty sandbox, and docs/report.png, a picture of its page.

With `--judge`, the run that is there is judged again by the checks and shown by the reports of this checkout.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import chromium

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "reports" / "sample"
PICTURE = ROOT / "docs" / "report.png"
FAULTS = (
    "hook-nfc-normalised",
    "replay-with-fresh-started-at",
    "rejected-missing-under-two-filters",
    "cancel-reaches-the-job-alone",
    "finished-before-started",
)
SHOWN = "CRE-5"
"""The failure of which there is a picture."""
LEFT_OUT = ("history.har", "repro/renewing.py", "repro/resending.py")
"""What is large and holds nothing that the history does not, and what the scripts of this sample find in the package."""


def command(*arguments: str) -> None:
    """Run the command line of this checkout; a run that finds faults ends with 1."""
    done = subprocess.run([sys.executable, "-m", "conformance", *arguments], cwd=ROOT, check=False)  # noqa: S603 - our own command
    if done.returncode not in {0, 1}:
        sys.exit(done.returncode)


def run(folder: Path) -> None:
    """Run the gate against the faulty sandbox."""
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    command("run", "--sandbox", "--profile", "gate", "--report-dir", str(folder), "--quiet", *faults)


def judge(folder: Path) -> None:
    """Judge the run in a folder again, which writes its reports, and leave out what is large."""
    command("judge", str(folder), "--quiet", "--write")
    for name in LEFT_OUT:
        (folder / name).unlink(missing_ok=True)


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", action="store_true", help="judge the run that is there again; send nothing")
    if parser.parse_args().judge:
        judge(SAMPLE)
    else:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "sample"
            run(made)
            judge(made)
            shutil.rmtree(SAMPLE, ignore_errors=True)
            shutil.copytree(made, SAMPLE)
    draw(SAMPLE / "report.html", PICTURE)


if __name__ == "__main__":
    main()
