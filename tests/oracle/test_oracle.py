"""The checks find in every saved run what they found before; `python scripts/oracle.py judge --write` accepts what they find now."""

from __future__ import annotations

from pathlib import Path

import pytest
from saved_runs import expected, findings, names

EXPECTED = expected()


@pytest.mark.parametrize("name", names())
def test_a_saved_run_is_judged_as_before(name: str, tmp_path: Path) -> None:
    assert "\n".join(findings(name, tmp_path / "run")) == "\n".join(EXPECTED.get(name, []))


def test_every_expectation_has_its_run() -> None:
    assert list(EXPECTED) == names()
