"""Write conformance/data/examples.json: for each requirement a history that breaks it and one that keeps it.

They are chosen from the literal histories of `tests/checks`: the shortest that break or keep a requirement and break no other where that can
be had, the pair that is most alike. Run it where a requirement has no example, or where the test of them says that one no longer holds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILE = ROOT / "conformance" / "data" / "examples.json"
LONGEST = 9
KEPT = 12
"""Histories of each kind that are compared with those of the other kind."""
sys.path[:0] = [str(ROOT / "tests" / "checks"), str(ROOT / "tests" / "helpers")]

import histories  # noqa: E402 - found on the path above

from conformance.checks.findings import Finding, Result  # noqa: E402
from conformance.client.exchange import Exchange, judging_order, to_json  # noqa: E402
from conformance.contract.document import load  # noqa: E402
from conformance.history.observation import TargetFacts  # noqa: E402


@dataclass(frozen=True, slots=True)
class Candidate:
    """A history, what the checks say of the requirements that it breaks, and the requirements that it keeps."""

    exchanges: Sequence[Exchange]
    broken: Mapping[str, str]
    kept: frozenset[str]

    @property
    def shape(self) -> list[tuple[str, str, int | None]]:
        """What is called and answered, one an exchange."""
        return [
            (each.request.method, each.request.url, each.response.status if each.response else None)
            for each in self.exchanges
        ]

    @property
    def size(self) -> tuple[int, int, int]:
        """How much there is to read; what breaks less comes first."""
        length = sum(
            len(each.request.body or b"") + len(each.response.body) for each in self.exchanges if each.response
        )
        return len(self.broken), len(self.exchanges), length


class Collecting:
    """Keeps every short history that a test of the checks has judged."""

    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self._judged = histories.judged

    def judged(
        self, told: histories.HistoryBuilder | list[Exchange], facts: TargetFacts = histories.FACTS
    ) -> list[Finding]:
        """Judge a history as the tests do, and keep it."""
        findings = self._judged(told, facts)
        exchanges = told.exchanges if isinstance(told, histories.HistoryBuilder) else told
        if facts == histories.FACTS and len(exchanges) <= LONGEST:
            broken = {each.requirement: each.message for each in findings if each.result is Result.FAILED}
            kept = {each.requirement for each in findings if each.result is Result.PASSED}
            self.found.append(Candidate(sorted(exchanges, key=judging_order), broken, frozenset(kept - set(broken))))
        return findings


def distance(one: Candidate, other: Candidate) -> int:
    """Return in how many exchanges two histories call or answer otherwise."""
    pairs = list(zip(one.shape, other.shape, strict=False))
    return sum(mine != theirs for mine, theirs in pairs) + abs(len(one.shape) - len(other.shape))


def pair(name: str, found: Sequence[Candidate]) -> tuple[Candidate, Candidate] | None:
    """Return the two histories of a requirement, the one that breaks it first."""
    bad = sorted((each for each in found if name in each.broken), key=lambda each: each.size)[:KEPT]
    good = sorted((each for each in found if name in each.kept and not each.broken), key=lambda each: each.size)
    if not bad or not good:
        return None
    return min(
        ((one, other) for one in bad for other in good),
        key=lambda two: (len(two[0].broken), distance(*two) + len(two[0].exchanges), two[0].size, two[1].size),
    )


def main() -> int:
    """Run the tests of the checks, choose, write, and say what has no example."""
    collecting = Collecting()
    histories.judged = collecting.judged
    status = pytest.main(["-q", str(ROOT / "tests" / "checks")])
    if status:
        print("The tests of the checks fail; mend them first.")
        return int(status)
    names = list(load().requirements)
    chosen = {name: two for name in names if (two := pair(name, collecting.found))}
    rows = {
        name: {"bad": [*map(to_json, bad.exchanges)], "says": bad.broken[name], "good": [*map(to_json, good.exchanges)]}
        for name, (bad, good) in chosen.items()
    }
    lines = (f"{json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}" for name, row in rows.items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(rows)} of {len(names)} requirements; none for {', '.join(set(names) - set(rows)) or 'none'}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
