"""The histories of `conformance explain`: the checks say of each what it is shown for."""

from __future__ import annotations

import pytest
from histories import failures, results

from conformance.cli.requirements import lines_of
from conformance.contract.document import load
from conformance.reporting.examples import examples


def test_every_requirement_has_an_example() -> None:
    assert list(examples()) == list(load().requirements)


@pytest.mark.parametrize("name", load().requirements)
def test_one_history_breaks_the_requirement_and_the_other_keeps_it(name: str) -> None:
    example = examples()[name]
    assert example.says in failures([*example.bad])[name]
    assert failures([*example.good]) == {}
    assert "passed" in results([*example.good], name)


def test_a_page_on_a_requirement_shows_both() -> None:
    lines = list(lines_of("IDM-3", load()))
    bad, good = lines.index("A history that breaks it:"), lines.index("One that keeps it:")
    assert lines[bad + 1].startswith("  x1 POST /v1/projects/prj_plain/content, key ")
    assert lines[good - 1].strip() == examples()["IDM-3"].says
    assert lines[good + 2].endswith("→ 409 IDEMPOTENCY_CONFLICT")
    assert all(len(line) <= 152 for line in lines[bad : good - 1])
