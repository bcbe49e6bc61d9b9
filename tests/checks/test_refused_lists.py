"""Lists that are refused as a whole: LST-1."""

from typing import Any

import pytest
from histories import LIST, PROJECT, Told, failures


def refused(status: int, query: str = "", **more: Any) -> Told:
    """Record a create, and a list of its project that is refused."""
    told = Told()
    told.create(1)
    told.error("GET", f"{LIST}{query}", status, "CONFLICT", **more)
    return told


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 422, 501])
@pytest.mark.parametrize("query", ["", "?limit=200"])
def test_a_list_that_is_refused_as_a_whole_is_accused(status: int, query: str) -> None:
    message = f"The list of project {PROJECT}, in which a container was created, was answered {status}."
    assert failures(refused(status, query))["LST-1"] == [message]


@pytest.mark.parametrize(
    "told",
    [
        refused(429),
        refused(403),
        refused(401),
        refused(409, "?limit=0"),
        refused(409, "?status=completed"),
        refused(400, "?search=x"),
        refused(400, "?cursor=c1"),
        refused(404, actor="other"),
        refused(409, headers={"X-HTTP-Method-Override": "DELETE"}),
    ],
)
def test_a_list_may_be_refused_for_something_else(told: Told) -> None:
    assert "LST-1" not in failures(told)


def test_the_list_of_a_project_that_is_not_known_to_live_may_be_refused() -> None:
    told = Told()
    told.error("GET", LIST, 409, "CONFLICT")
    assert "LST-1" not in failures(told)


def test_the_list_of_a_project_that_may_be_archived_may_be_refused() -> None:
    told = Told()
    told.create(1)
    told.call("DELETE", f"/v1/projects/{PROJECT}", None, error="timed out")
    told.error("GET", LIST, 409, "CONFLICT")
    assert "LST-1" not in failures(told)
