"""What a driver does with an answer that is no answer of the contract: it leaves out what it cannot do, and goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client_sessions import BASE, open_session
from histories import HistoryBuilder, judge_of

from conformance.contract.document import load
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.settings.target import Target, TargetSection
from conformance.run.verdicts.situations import standing_of


@pytest.mark.parametrize("location", ["http://[", "//[/v1/jobs", "http://a]/v1", "http://[fe80::g]:80/v1/jobs/x"])
def test_a_location_that_is_no_url_is_not_read(location: str, tmp_path: Path) -> None:
    target = Target(target=TargetSection(base_url=BASE, project_id="prj_1"))
    with open_session(tmp_path) as here:
        api = Api(here.session, target, load(), Marks("run", "t"))
        with pytest.raises(NotReached, match="is not a valid URL"):
            api.job_at(location)
        assert here.sent == []


@pytest.mark.parametrize(
    ("status", "stands"), [("completed", True), ("queued", False), (["completed"], False), ({}, False)]
)
def test_a_status_of_another_kind_is_no_standing(status: Any, stands: bool) -> None:  # noqa: FBT001 - a parameter
    story = HistoryBuilder()
    story.create()
    story.read(status=status)
    judge, _ = judge_of(story)
    assert (standing_of(judge, "cnt_1") is not None) == stands
