"""What no requirement speaks of changes no verdict: the saved runs are judged alike after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from saved_runs import Change, expected, findings, names
from transformations import HARMLESS, NEUTRAL, bodies, together

EXPECTED = expected()
EXTRA, BOTH = NEUTRAL["extra members"], NEUTRAL | HARMLESS
ALIKE = together(*(change for name, change in NEUTRAL.items() if name not in {"pretty and escaped", "extra members"}))
NO_WORSE = {
    "odd ids": together(HARMLESS["ids to be quoted"], HARMLESS["base path"], EXTRA, NEUTRAL["pretty and escaped"]),
    "plain ids": HARMLESS["ids of digits"],
}


def lines(name: str, change: Change, folder: Path) -> list[str]:
    """Return what the checks find in a run after a change, in lower case, since findings name headers as they came."""
    return [line.lower() for line in findings(name, folder, change)]


def accusations(found: list[str]) -> set[tuple[str, ...]]:
    """Return the failures in lines: the story, the requirement and the kind."""
    failures = set()
    for line in found:
        story, _, rest = line.rpartition(": ")
        failures |= {
            (story, part.strip().partition(" at ")[0].rpartition(" (")[0] or part.strip().partition(" at ")[0])
            for part in rest.split("; ")
            if " failed " in part
        }
    return failures


@pytest.mark.parametrize("name", names())
def test_neutral_changes_together_change_nothing(name: str, tmp_path: Path) -> None:
    assert lines(name, ALIKE, tmp_path / "run") == [line.lower() for line in EXPECTED[name]]


@pytest.mark.parametrize("change", NO_WORSE.values(), ids=NO_WORSE)
@pytest.mark.parametrize("name", names())
def test_harmless_changes_accuse_of_nothing_else(name: str, change: Change, tmp_path: Path) -> None:
    known = accusations([line.lower() for line in EXPECTED[name]])
    assert accusations(lines(name, change, tmp_path / "run")) <= known


@pytest.mark.exhaustive
@pytest.mark.parametrize("change", BOTH)
@pytest.mark.parametrize("name", names())
def test_each_change_alone(name: str, change: str, tmp_path: Path) -> None:
    found, before = lines(name, BOTH[change], tmp_path / "run"), [line.lower() for line in EXPECTED[name]]
    if change in NEUTRAL:
        assert found == before
    else:
        assert accusations(found) <= accusations(before)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", names())
def test_a_byte_order_mark_is_accused_of_alone(name: str, tmp_path: Path) -> None:
    """RFC 8259, section 8.1: no implementation may add one to JSON that it sends, and parsers may ignore it."""
    marked = bodies(lambda value: "\ufeff" + json.dumps(value, ensure_ascii=False))
    known = accusations([line.lower() for line in EXPECTED[name]])
    new = accusations(lines(name, marked, tmp_path / "run")) - known
    assert {failure for _, failure in new} <= {"sch-1 failed byte order mark"}
