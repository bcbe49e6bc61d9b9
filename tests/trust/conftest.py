"""A run that was certified with its certificate, and a judge that needs no whole history."""

from __future__ import annotations

from pathlib import Path

import pytest
from certified_runs import Signed, judged, write, write_keys

from conformance.trust import signing, verifying
from conformance.trust.signing import sign


@pytest.fixture(autouse=True)
def quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (signing, verifying):
        monkeypatch.setattr(module, "judged", judged)


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    folder = write(tmp_path / "run")
    private, public = write_keys(tmp_path)
    certificate, _, _ = sign(folder, private)
    return Signed(folder, certificate, private, public)
