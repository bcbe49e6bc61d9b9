"""Which needs of situations a target does not meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from settings import written

from conformance.contract.factors import NEEDS
from conformance.run.settings.loading import load
from conformance.run.verdicts.situations import missing_of

LEAST = '[target]\nbase_url = "https://api.example.com"\nproject_id = "prj_1"\n'


def test_needs_are_missing_if_no_setting_or_capability_meets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERS_API_KEY", "k")
    monkeypatch.setenv("LAYERS_OTHER_KEY", "o")
    whole = load(written(tmp_path), {})
    assert missing_of(whole, {"approve": True}) == frozenset()
    assert missing_of(whole, {"approve": False, "etag": False}) == {"approve"}
    least = load(written(tmp_path, LEAST), {})
    assert missing_of(least, {"approve": False, "cancel": False}) == frozenset(NEEDS.values())
