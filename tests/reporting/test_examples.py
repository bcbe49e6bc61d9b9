"""The histories of `conformance explain`; `tests/checks/test_stories.py` judges them."""

from __future__ import annotations

from conformance.cli.requirements import lines_of
from conformance.contract.document import load
from conformance.reporting.examples import examples


def test_every_requirement_has_an_example_that_breaks_it_and_one_that_keeps_it() -> None:
    assert list(examples()) == list(load().requirements)
    assert all(example.bad and example.says and example.good for example in examples().values())


def test_a_page_on_a_requirement_shows_both() -> None:
    lines = list(lines_of("IDM-7", load()))
    bad = next(number for number, line in enumerate(lines) if line.startswith("A history that breaks it"))
    assert lines[bad + 1 : bad + 5] == [
        "  create; create",
        f"  {examples()['IDM-7'].says}",
        "One that keeps it:",
        "  create; create 2",
    ]
