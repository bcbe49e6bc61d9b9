"""A whole certification of the sandbox is certified, and what is done to its files is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from certified_runs import write_keys
from commands import conformance

from conformance.client.exchange import KEPT, keep, read


@pytest.mark.exhaustive
def test_a_whole_certification_is_certified_and_verified(tmp_path: Path) -> None:
    ran = conformance("run", "--sandbox", "--profile", "certify", "-q", "--report-dir", "run", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    private, public = write_keys(tmp_path)
    signed = conformance("sign", "run", "--key", str(private), cwd=tmp_path)
    assert signed.returncode == 0, signed.stderr
    asked = ("verify", "run/certificate.json", "run", "--key", str(public))
    done = conformance(*asked, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Note: The target was the embedded sandbox" in done.stdout
    exchanges = list(read(tmp_path / "run" / KEPT))
    keep(exchanges[:-1], tmp_path / "run")
    done = conformance(*asked, cwd=tmp_path)
    assert done.returncode == 1
    assert f"it holds {len(exchanges) - 1} of {len(exchanges)} exchanges, the last ones are missing" in done.stderr
