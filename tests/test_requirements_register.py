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
NEEDS = {
    "approve",
    "cancel",
    "archive",
    "clock",
    "etag",
    "in_flight",
    "first_in_flight",
    "archived_in_flight",
    "rate_limit",
    "reject_regenerates",
    "review_project",
    "other_key",
    "source_post",
    "failing_brief",
    "archive_project",
}


def test_the_ids_of_a_family_stand_together_and_are_numbered_without_gaps() -> None:
    ids = [row["id"] for row in ROWS]
    counts = Counter(name.partition("-")[0] for name in ids)
    assert ids == [f"{family}-{number}" for family in REGISTER["families"] for number in range(1, counts[family] + 1)]


def test_every_requirement_has_a_level() -> None:
    # Which level each has is pinned by docs/requirements.md, which a test of the command line compares with the register.
    assert {row["level"] for row in ROWS} == {"MUST", "SHOULD", "ADVICE"}


def test_families_have_a_title_and_a_marker_of_their_own() -> None:
    families = REGISTER["families"]
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
    assert len({family["title"] for family in families.values()}) == len(families)


def test_sentences_are_unique_and_are_sentences() -> None:
    sentences = [row["sentence"] for row in ROWS]
    assert len(set(sentences)) == len(sentences)
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
        assert reading["setting"] in {None, "clone_id", "read_lag", "settling"}
        assert reading["text"].endswith(".")


def test_a_must_rests_on_the_page_or_on_necessity() -> None:
    assert [row["id"] for row in ROWS if row["level"] == "MUST" and not {"P", "H"} & set(row["sources"])] == []


def test_every_need_and_every_open_reading_is_met_somewhere() -> None:
    assert {need for row in ROWS for need in row.get("needs", [])} == NEEDS
    assert {reading["reading"] for row in ROWS for reading in row.get("readings", [])} == set(range(1, 37))


def test_every_operation_is_bound_by_name() -> None:
    named = {name for row in ROWS if row["operations"] != "*" for name in row["operations"]}
    assert named == OPERATIONS


def test_the_version_and_the_sources() -> None:
    assert REGISTER["version"] == "2026.04.1"
    assert set(REGISTER["sources"]) == set("PJCELGRKXSAQZVTUH")
