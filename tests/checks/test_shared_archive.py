"""A project that another run on the same target may have archived, as far as the lists show that there is one."""

from __future__ import annotations

import pytest
from histories import PROJECT, HistoryBuilder, failures, results
from moves import item

ARCHIVE = "prj_archive"


@pytest.mark.parametrize(("others", "found"), [(False, ["failed"]), (True, ["inconclusive"])])
@pytest.mark.parametrize(("actor", "status", "requirement"), [("other", 404, "AUT-4"), ("anonymous", 401, "AUT-3")])
def test_a_refused_archiving(actor: str, status: int, requirement: str, *, others: bool, found: list[str]) -> None:
    story = HistoryBuilder()
    story.list([item() | {"id": "cnt_before"}])
    story.create()
    story.list([], project=ARCHIVE)
    listed = [item(), item() | {"id": "cnt_before"}]
    story.list([*listed, *([item() | {"id": "cnt_of_another_run"}] if others else [])], project=PROJECT)
    story.error("DELETE", f"/v1/projects/{ARCHIVE}", status, "NOT_FOUND", actor=actor)
    story.error("GET", f"/v1/projects/{ARCHIVE}/content", 409, "CONFLICT")
    assert results(story, requirement)[-1:] == found
    assert (requirement in failures(story)) is not others
