"""Stored fuzz cases: they are those of today's document, and as many of each kind as schemathesis generates."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files

import pytest
import schemathesis

from conformance.client.exchange import Request
from conformance.contract.document import GENERATING_OPERATIONS, load
from conformance.contract.validity import Known, Validity, classify, parse
from conformance.suite import cases
from conformance.suite.cases import STORED, STORED_EXAMPLES, STORED_SEED, FuzzCase, stored
from conformance.suite.generation import stored_cases
from conformance.suite.test_fuzz import borders, random_cases

HEAD = json.loads(files("conformance.suite").joinpath(STORED).read_text("utf-8"))


def test_stored_cases_are_those_of_the_document() -> None:
    hint = "the document has changed: run python -m conformance.suite.generation"
    assert HEAD["document"] == cases.document_digest(), hint


@pytest.mark.skipif(
    HEAD["schemathesis"] != schemathesis.__version__, reason="another schemathesis than stored the cases"
)
def test_there_are_as_many_stored_cases_of_each_kind_as_schemathesis_generates() -> None:
    def counted(cases: dict[str, list[FuzzCase]]) -> Counter[tuple[str, str]]:
        return Counter((name, case.method) for name, found in cases.items() for case in found)

    assert counted(stored()) == counted(stored_cases())


def test_no_stored_case_is_a_plain_write_that_costs() -> None:
    for name, found in stored().items():
        operation = load().operations[name.split()[0]]
        for case in found if operation.id in GENERATING_OPERATIONS else ():
            request = Request(case.method, case.path, (*case.headers, ("Content-Type", "application/json")), case.body)
            validity, _ = classify(operation, request, parse(case.body), Known())
            assert validity is not Validity.PLAIN, case


def test_cases_come_back_as_they_were_stored() -> None:
    cases = list(stored()["listContent negative random"])
    asked = {"positive": False, "examples": STORED_EXAMPLES, "seed": STORED_SEED}
    assert list(random_cases("listContent", **asked)) == cases
    assert len(list(borders("listContent", positive=False, most=3))) == 3


@pytest.mark.parametrize("change", [{"seed": 1}, {"examples": 2}])
def test_other_cases_than_the_stored_ones_are_generated(change: dict[str, int]) -> None:
    asked = {"positive": False, "examples": STORED_EXAMPLES, "seed": STORED_SEED} | change
    assert list(random_cases("listContent", **asked)) != stored()["listContent negative random"]


def test_stored_cases_of_another_document_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "document_digest", lambda: "of another document")
    assert stored.__wrapped__() == {}
