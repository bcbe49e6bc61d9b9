"""The register holds every requirement once, and says of each only what the rest of the project knows."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
import yaml


def load(name: str) -> dict[str, Any]:
    """One of the two data files of the contract."""
    loaded: dict[str, Any] = yaml.safe_load((files("openapi") / name).read_text(encoding="utf-8"))
    return loaded


REGISTER = load("requirements.yaml")
ROWS: list[dict[str, Any]] = REGISTER["requirements"]
OPERATIONS = {
    item[method]["operationId"]
    for item in load("layers.yaml")["paths"].values()
    for method in ("get", "post", "delete")
    if method in item
}
COUNTS = {
    "CRE": 10,
    "LIF": 12,
    "APR": 10,
    "IDM": 14,
    "LST": 16,
    "JOB": 8,
    "REG": 6,
    "CLO": 4,
    "REJ": 3,
    "AST": 5,
    "AUT": 5,
    "ERR": 7,
    "SCH": 4,
}
NEEDS = {
    "approve",
    "cancel",
    "archive",
    "clock",
    "etag",
    "in_flight",
    "reject_regenerates",
    "review_project",
    "other_key",
    "source_post",
    "failing_brief",
    "archive_project",
}


def test_the_ids_are_the_fixed_104() -> None:
    ids = [row["id"] for row in ROWS]
    assert ids == [f"{family}-{number}" for family, count in COUNTS.items() for number in range(1, count + 1)]
    assert len(ids) == 104


def test_the_levels_are_counted() -> None:
    assert Counter(row["level"] for row in ROWS) == {"MUST": 73, "SHOULD": 27, "ADVICE": 4}


def test_what_is_not_a_must_is_named() -> None:
    softer = {row["id"]: row["level"] for row in ROWS if row["level"] != "MUST"}
    assert {key for key, level in softer.items() if level == "ADVICE"} == {"IDM-13", "IDM-14", "ERR-5", "ERR-6"}
    assert {key for key, level in softer.items() if level == "SHOULD"} == {
        *("CRE-8", "LIF-6", "LIF-12", "APR-8", "APR-9", "APR-10"),
        *("LST-10", "LST-11", "LST-12", "LST-13", "LST-14", "LST-15"),
        *("JOB-4", "JOB-5", "JOB-6", "JOB-7", "JOB-8", "REG-5", "CLO-4", "REJ-3"),
        *("AST-4", "AST-5", "AUT-2", "ERR-2", "ERR-3", "ERR-4", "ERR-7"),
    }


def test_families_have_a_title_and_a_marker_of_their_own() -> None:
    families = REGISTER["families"]
    assert set(families) == set(COUNTS)
    assert {key: family["marker"] for key, family in families.items()} == {
        "CRE": "creating",
        "LIF": "lifecycle",
        "APR": "approval",
        "IDM": "idempotency",
        "LST": "listing",
        "JOB": "jobs",
        "REG": "regenerating",
        "CLO": "cloning",
        "REJ": "rejecting",
        "AST": "assets",
        "AUT": "access",
        "ERR": "errors",
        "SCH": "schema",
    }
    assert len({family["title"] for family in families.values()}) == 13


def test_sentences_are_unique_and_are_sentences() -> None:
    sentences = [row["sentence"] for row in ROWS]
    assert len(set(sentences)) == 104
    assert [sentence for sentence in sentences if not sentence.endswith(".") or "\n" in sentence] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_names_only_what_exists(row: dict[str, Any]) -> None:
    assert set(row) <= {"id", "level", "sentence", "sources", "operations", "needs", "readings"}
    assert row["sources"]
    assert set(row["sources"]) <= set(REGISTER["sources"])
    assert row["operations"] == "*" or (row["operations"] and set(row["operations"]) <= OPERATIONS)
    assert set(row.get("needs", [])) <= NEEDS
    for reading in row.get("readings", []):
        assert set(reading) == {"reading", "text", "setting"}
        assert reading["setting"] in {None, "clone_id"}
        assert reading["text"].endswith(".")


def test_a_must_rests_on_the_page_or_on_necessity() -> None:
    assert [row["id"] for row in ROWS if row["level"] == "MUST" and not {"P", "H"} & set(row["sources"])] == []


def test_every_need_and_every_open_reading_is_met_somewhere() -> None:
    assert {need for row in ROWS for need in row.get("needs", [])} == NEEDS
    assert {reading["reading"] for row in ROWS for reading in row.get("readings", [])} == set(range(1, 26))


def test_every_operation_is_bound_by_name() -> None:
    named = {name for row in ROWS if row["operations"] != "*" for name in row["operations"]}
    assert named == OPERATIONS


def test_the_version_and_the_sources() -> None:
    assert REGISTER["version"] == "2026.04.1"
    assert set(REGISTER["sources"]) == set("PJCELGRKXSAQZVTUH")
