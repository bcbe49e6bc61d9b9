"""Sort the measured mutants of the sandbox by docs/sandbox-mutants.yaml, and write their score into docs/detection.md."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
RESULTS, REASONS = ROOT / "docs" / "sandbox-mutants.json", ROOT / "docs" / "sandbox-mutants.yaml"
PAGE = ROOT / "docs" / "detection.md"
BEGIN, END = "<!-- mutants, by scripts/mutant_score.py -->", "<!-- end of the mutants -->"
NOT_COUNTED = ("broken", "refused")
"""What does not start, and what refuses the first contact, so that no run of the suite is possible."""
SAMPLE = 400
CLASSES = ("equivalent", "allowed", "not reached")

Results = Mapping[str, Mapping[str, Any]]


def classes() -> dict[str, str]:
    """Return the class of each mutant that nothing has to find."""
    groups = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    return {name: group["class"] for group in groups for name in group["mutants"]}


def read() -> tuple[Results, dict[str, str]]:
    """Return the results, and the classes."""
    return json.loads(RESULTS.read_text(encoding="utf-8")), classes()


def profile_of(row: Mapping[str, Any]) -> str | None:
    """Return the first profile that finds a mutant, or None."""
    return next((name for name in ("gate", "certify") if row.get(name, {}).get("end") == "found"), None)


def problems(results: Results, known: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the classes: a mutant that was not measured, or that a run has found."""
    for name, kind in known.items():
        if name not in results:
            yield f"{name} stands in {REASONS.name}, and was not measured"
        elif profile_of(results[name]):
            yield f"{name} was found, though it stands in {REASONS.name} as {kind}"


def missed(results: Results, known: Mapping[str, str]) -> list[str]:
    """Return the mutants that should be found and were not."""
    return [
        name
        for name, row in results.items()
        if row["gate"]["end"] not in NOT_COUNTED and not profile_of(row) and name not in known
    ]


def lines(results: Results, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the score."""
    ends = Counter(row["gate"]["end"] for row in results.values())
    kinds = Counter(known.values())
    counted = len(results) - sum(ends[end] for end in NOT_COUNTED) - len(known)
    gate = sum(profile_of(row) == "gate" for row in results.values())
    both = sum(profile_of(row) is not None for row in results.values())
    yield "| | mutants |"
    yield "| --- | --- |"
    yield f"| measured: a sample of {SAMPLE}, and those of earlier samples | {len(results)} |"
    yield f"| do not start, or answer no valid key: not counted | {sum(ends[end] for end in NOT_COUNTED)} |"
    for kind in CLASSES:
        yield f"| {kind}: not counted | {kinds[kind]} |"
    yield f"| counted | {counted} |"
    yield f"| found by gate | {gate} ({gate / counted:.1%}) |"
    yield f"| found by gate or certify | {both} ({both / counted:.1%}) |"
    yield ""
    first = Counter(
        requirement
        for row in results.values()
        for requirement in row.get(str(profile_of(row)), {}).get("failed", ())[:1]
    )
    yield "Found first by: " + ", ".join(f"{name} {count}" for name, count in first.most_common()) + "."
    names = missed(results, known)
    yield ""
    yield "Missed: " + (", ".join(f"`{name}`" for name in names) if names else "none") + "."


def page(text: str) -> str:
    """Return the page with a new score between its markers."""
    before, rest = text.split(BEGIN)
    return "\n".join([before + BEGIN, *lines(*read()), END + rest.split(END)[1]])


def main(argv: Sequence[str] | None = None) -> int:
    """Write the score, or check that it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is not current")
    wrong = list(problems(*read()))
    for sentence in wrong:
        print(sentence)
    text = PAGE.read_text(encoding="utf-8")
    if parser.parse_args(argv).check:
        return int(bool(wrong) or text != page(text))
    PAGE.write_text(page(text), encoding="utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
