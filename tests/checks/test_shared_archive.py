"""A project that another run on the same target may have archived, as far as the lists show that there is one."""

from __future__ import annotations

import pytest
from histories import PROJECT, Told, failures, results
from moves import item

ARCHIVE = "prj_archive"


@pytest.mark.parametrize(("others", "found"), [(False, ["failed"]), (True, ["inconclusive"])])
@pytest.mark.parametrize(("actor", "status", "requirement"), [("other", 404, "AUT-4"), ("anonymous", 401, "AUT-3")])
def test_a_refused_archiving(actor: str, status: int, requirement: str, *, others: bool, found: list[str]) -> None:
    told = Told()
    told.list([item() | {"id": "cnt_before"}])
    told.create()
    told.list([], project=ARCHIVE)
    listed = [item(), item() | {"id": "cnt_before"}]
    told.list([*listed, *([item() | {"id": "cnt_of_another_run"}] if others else [])], project=PROJECT)
    told.error("DELETE", f"/v1/projects/{ARCHIVE}", status, "NOT_FOUND", actor=actor)
    told.error("GET", f"/v1/projects/{ARCHIVE}/content", 409, "CONFLICT")
    assert results(told, requirement)[-1:] == found
    assert (requirement in failures(told)) is not others
