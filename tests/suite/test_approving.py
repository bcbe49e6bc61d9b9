"""How a driver approves: without a body, and with an empty one where the target has refused a call without."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from client_sessions import BASE, one_after_the_other, open_session

from conformance.contract.document import load
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.settings.target import Target, TargetSection


def bodies_of_two(folder: Path, *statuses: int) -> list[bytes]:
    """Approve twice, and return the body of each request that was sent."""
    target = Target(target=TargetSection(base_url=BASE, project_id="prj_1"))
    answers = (httpx.Response(status, json={}) for status in statuses)
    with open_session(folder, one_after_the_other(*answers)) as here:
        api = Api(here.session, target, load(), Marks("run", "t"))
        for _ in range(2):
            api.approve("cnt_1")
        return [request.content for request in here.sent]


@pytest.mark.parametrize("status", [200, 403, 404, 409, 501])
def test_an_approve_has_no_body_where_none_is_asked_for(tmp_path: Path, status: int) -> None:
    assert bodies_of_two(tmp_path, status, status) == [b"", b""]


@pytest.mark.parametrize("refusal", [400, 411, 415, 422])
def test_an_approve_that_is_refused_without_a_body_has_one_from_then_on(tmp_path: Path, refusal: int) -> None:
    assert bodies_of_two(tmp_path, refusal, 200, 409) == [b"", b"{}", b"{}"]


def test_an_approve_that_is_refused_with_a_body_too_is_sent_once_more_alone(tmp_path: Path) -> None:
    assert bodies_of_two(tmp_path, 422, 422, 422) == [b"", b"{}", b"{}"]
