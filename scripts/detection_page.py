"""Publish measurements of `conformance selftest`, and write the tables of docs/detection.md from the published ones."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.reporting.text import markdown_text
from conformance.run.planning.profiles import ORDER
from conformance.run.verdicts.detection import Detection, FaultRun, committed
from conformance.selftest.results import compact

ROOT = Path(__file__).parent.parent
DATA, PAGE = ROOT / "conformance" / "data", ROOT / "docs" / "detection.md"
BEGIN, END = "<!-- tables, by scripts/detection_page.py -->", "<!-- end of the tables -->"
DEPTHS = ("shallow", "stateful", "deep")


def tables(measured: dict[str, Detection]) -> Iterator[str]:
    """Yield the lines of the tables: the figures of each profile, then every fault."""
    if not measured:
        yield "Not measured yet."
        return
    yield "| | faults found | shallow | stateful | deep | false alarms | generations at most |"
    yield "| --- " * 7 + "|"
    for profile, found in measured.items():
        totals = found.totals
        depths = " | ".join("{} of {}".format(*totals.by_depth[depth]) for depth in DEPTHS)
        alarms = f"{totals.false_alarms} on {totals.variants} variants"
        most = max(run.generations for run in [found.clean, *found.variants])
        yield f"| {profile} | {totals.detected} of {totals.faults} | {depths} | {alarms} | {most} |"
    every = {run.name: run for found in measured.values() for run in found.faults}
    yield ""
    yield "| fault | depth | breaks | " + " | ".join(measured) + " | what it does |"
    yield "| --- " * (4 + len(measured)) + "|"
    for name, run in every.items():
        cells = [_cell({each.name: each for each in found.faults}.get(name)) for found in measured.values()]
        yield f"| {name} | {run.depth} | {run.requirement} | {' | '.join(cells)} | {markdown_text(run.summary)} |"


def _cell(run: FaultRun | None) -> str:
    return "—" if run is None else f"{run.requests} requests, {run.generations} generations" if run.detected else "no"


def page(text: str) -> str:
    """Return the text of the page with new tables between its markers."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    measured: dict[str, Detection] = {profile: found for profile in ORDER if (found := committed(profile))}
    return "\n".join([before + BEGIN, *tables(measured), END + after])


def publish(path: Path) -> None:
    """Write the compact form of a measurement into the package; raises ValueError if it is not complete."""
    measured = Detection.model_validate_json(path.read_bytes())
    if not measured.complete:
        raise ValueError(f"{path} is the measurement of a part of the faults and variants.")
    (DATA / f"detection-{measured.profile}.json").write_text(compact(measured), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Publish the given measurements and write the page, or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "measurements", nargs="*", type=Path, metavar="detection.json", help="what selftest has written"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is not current")
    arguments = parser.parse_args(argv)
    if arguments.check:
        text = PAGE.read_text(encoding="utf-8")
        return int(text != page(text))
    for path in arguments.measurements:
        try:
            publish(path)
        except (OSError, ValueError) as error:
            parser.error(f"Cannot publish {path}: {error}")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
