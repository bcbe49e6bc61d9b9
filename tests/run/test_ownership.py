"""Writes with the key of an organization that was not given an id: sent only where that organization is refused what the id names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from client_sessions import BASE, RecordedSession, open_session
from inside import Job, runs

from conformance.client.call import Call
from conformance.contract.document import load
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.settings.target import Target, TargetSection

NAMED = {"project_id": "prj_1", "archive_project_id": "prj_a"}


@contextmanager
def two_organizations(folder: Path, status: int, **more: str) -> Iterator[tuple[Api, RecordedSession]]:
    """Open a session to a target that answers every read with a status, and every write with ids that are the next ones of its caller."""
    target = Target(target=TargetSection(base_url=BASE, **(NAMED | {"other_project_id": "prj_2"} | more)))
    made: dict[str, int] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(status, json={})
        key = request.headers["X-Api-Key"]
        made[key] = made.get(key, 16) + 1
        return httpx.Response(202, json={"containerId": str(made[key]), "jobId": str(made[key] + 100)})

    with open_session(folder, answer) as here:
        yield Api(here.session, target, load(), Marks("run", "t")), here


def sent(open_session: RecordedSession) -> list[str]:
    return [f"{request.method} {request.url.path}" for request in open_session.sent]


def foreign_writes(api: Api) -> tuple[Call, ...]:
    """Return writes with the other key on what the owner was given, and on its projects."""
    return (
        api.reject_call("17", actor="other"),
        api.approve_call("17", actor="other"),
        api.regenerate_call("17", actor="other", costs=0),
        api.cancel_call("117", actor="other"),
        api.create_call("prj_1", actor="other", costs=0),
        api.call("DELETE", "/v1/projects/prj_a", actor="other"),
    )


LOOKS = ["GET /v1/content/17", "GET /v1/jobs/117", "GET /v1/projects/prj_1/content", "GET /v1/projects/prj_a/content"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_refused_is_written_to_after_one_read(tmp_path: Path, status: int) -> None:
    with two_organizations(tmp_path, status) as (api, here):
        api.create()
        for call in foreign_writes(api):
            api.send(call)
        assert [each for each in sent(here) if each.startswith("GET")] == LOOKS
        assert len(here.sent) == 1 + 4 + 6
        assert list(api.ownership.sentences()) == []


@pytest.mark.parametrize("status", [200, 302, 500])
def test_what_is_not_refused_is_not_written_to(tmp_path: Path, status: int) -> None:
    with two_organizations(tmp_path, status) as (api, here):
        api.create()
        for call in foreign_writes(api):
            assert api.send(call).request.method == "GET"
        assert [each for each in sent(here) if not each.startswith("GET")] == ["POST /v1/projects/prj_1/content"]
        if status == 200:
            assert [each for each in sent(here) if each.startswith("GET")] == LOOKS
        story = "".join(api.ownership.sentences())
        assert "/v1/content/17, /v1/jobs/117, /v1/projects/prj_1 and 1 more" in story


def test_what_an_earlier_read_has_shown_is_not_read_again(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 404) as (api, here):
        api.create()
        api.read("17", actor="other")
        api.page("prj_1", {"limit": 5}, actor="other")
        api.progress("30", actor="other")
        before = len(here.sent)
        api.reject("17", actor="other")
        api.create(actor="other", costs=0)
        assert len(here.sent) == before + 2
        api.reject("30", actor="other")
        assert len(here.sent) == before + 4


def test_what_an_organization_was_given_it_writes_to_unseen(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200) as (api, here):
        api.create("prj_2", actor="other")
        api.reject("17", actor="other")
        api.cancel("117", actor="other")
        api.create()
        api.reject("17")
        api.read("1000", actor="other")
        assert sum(request.method == "GET" for request in here.sent) == 1


def test_what_both_were_given_is_written_to_by_the_other_only_at_a_price(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200) as (api, here):
        api.create()
        api.create("prj_2", actor="other")
        api.reject("17", actor="other")
        assert sent(here)[2:] == ["GET /v1/content/17"]
        api.regenerate("17", actor="other")
        assert sent(here)[3:] == ["POST /v1/content/17/regenerate"]


def test_one_project_id_of_two_organizations_is_created_in_only_at_a_price(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200, other_project_id="prj_1") as (api, here):
        api.create(actor="other", costs=0)
        api.create(actor="other")
        assert sent(here) == ["GET /v1/projects/prj_1/content", "POST /v1/projects/prj_1/content"]


def test_the_owner_looks_before_it_writes_to_what_only_the_other_was_given(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200) as (api, here):
        api.create("prj_2", actor="other")
        api.reject("17")
        api.create("prj_2", costs=0)
        api.reject("1000")
        assert sent(here)[1:] == [
            "GET /v1/content/17",
            "GET /v1/projects/prj_2/content",
            "POST /v1/content/1000/reject",
        ]


def test_calls_that_are_released_together_are_looked_at_before(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200) as (api, here):
        api.create()
        calls = [api.cancel_call("117", actor="other"), api.cancel_call("117"), api.cancel_call("117", actor="other")]
        assert [each.request.method for each in api.send_together(calls)] == ["GET", "POST", "GET"]
        assert [each.request.method for each in api.send_together(calls[:1])] == ["GET"]
        assert sum(request.method == "POST" for request in here.sent) == 2


def test_callers_without_a_right_write_unseen(tmp_path: Path) -> None:
    with two_organizations(tmp_path, 200) as (api, here):
        api.create()
        api.cancel("117", actor="last-character-off")
        assert len(here.sent) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"profile": "gate", "only": "AUT,IDM-8"},
        pytest.param({"profile": "certify"}, marks=pytest.mark.exhaustive),
        pytest.param(
            {
                "profile": "gate",
                "cuts": [["kill", 1_300]],
                "variables": {"CONFORMANCE_BUDGET__GENERATIONS": "60"},
            },
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_no_run_changes_what_the_other_organization_had_under_the_same_ids(more: Job) -> None:
    [ran] = runs([{"changes": ["ids-count-per-organization"], "foreign": 150} | more])
    assert (ran["status"], ran["failed"], ran["changed"]) == (0, [], [])
    assert any("/v1/content/1," in warning for warning in ran["warnings"])
