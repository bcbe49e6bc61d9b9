"""A certificate or a run that was forged or damaged is refused, with a sentence that names what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from certified_runs import Signed, write
from forged_certificates import OF_CERTIFICATES
from forged_runs import OF_RUNS
from runs import exchange

from conformance.exceptions import NotVerified
from conformance.trust.verifying import verified

FORGERIES = OF_CERTIFICATES | OF_RUNS


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_or_damaged_certificate_or_run_is_refused(name: str, signed: Signed) -> None:
    forge, said = FORGERIES[name]
    forge(signed)
    with pytest.raises(NotVerified) as refused:
        verified(signed.certificate, signed.folder, signed.public)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_folder_of_another_run_does_not_pass_for_the_certified_one(signed: Signed, tmp_path: Path) -> None:
    other = write(tmp_path / "other", [exchange(number, status=404) for number in range(1, 9)], seed=3)
    with pytest.raises(NotVerified, match=r"run\.json is not the one that was certified"):
        verified(signed.certificate, other, signed.public)
