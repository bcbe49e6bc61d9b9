"""Faults of containers from before the sandbox was started."""

import pytest
from faulty_api import FaultyApi, api_with

from sandbox.earlier import fill
from sandbox.faults import find


def filled(name: str) -> FaultyApi:
    api = api_with(name)
    fill(api.backend, api.settings.project_id, find(name).containers)
    return api


def shown(api: FaultyApi, status: str) -> list[dict[str, object]]:
    """Return all containers of a status as getContent shows them."""
    page = api.http.get(f"{api.path()}?status={status}&limit=200").json()
    return [api.http.get(f"/v1/content/{item['id']}").json() for item in page["items"]]


@pytest.mark.parametrize(
    ("name", "member", "status"),
    [("captions-lost-in-a-migration", "captions", "completed"), ("errors-lost-in-a-migration", "lastError", "failed")],
)
def test_what_was_before_has_lost_something_and_what_is_made_now_has_not(name: str, member: str, status: str) -> None:
    api = filled(name)
    before = shown(api, status)
    assert before
    assert not any(each[member] for each in before)
    made = api.completed(**({"hook": api.settings.failing_hook} if status == "failed" else {}))
    assert api.read(made)[member]
