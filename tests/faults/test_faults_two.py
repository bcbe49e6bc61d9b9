"""The seeded faults of idempotency, lists, regenerating, cloning, rejecting, assets and access."""

import asyncio
import re
from collections import Counter
from importlib import import_module
from importlib.resources import files
from typing import Any

import httpx
import pytest
import yaml
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.change import Fault
from sandbox.faults import MODULES, all_faults, find
from sandbox.settings import SandboxSettings

OWN = (
    "access",
    "organizations",
    "idempotency",
    "idempotency_bodies",
    "idempotency_calls",
    "idempotency_keys",
    "listing",
    "listing_filters",
    "listing_items",
    "listing_parameters",
    "regenerating",
    "cloning",
    "rejecting",
    "assets",
)
FAMILIES = {"IDM", "LST", "REG", "CLO", "REJ", "AST", "AUT"}
FAULTS: list[Fault] = [fault for name in OWN for fault in import_module(f"sandbox.faults.{name}").FAULTS]
LEVELS: dict[str, str] = {
    entry["id"]: entry["level"]
    for entry in yaml.safe_load(files("openapi").joinpath("requirements.yaml").read_text())["requirements"]
}


class Caller:
    """One organization's calls on a sandbox with a fault; `advance` moves the sandbox's clock."""

    def __init__(self, name: str, seconds: float = 0.0) -> None:
        self.backend: Backend = build_backend(SandboxSettings(generation_seconds=seconds))
        find(name).install(self.backend)
        self.settings = self.backend.settings
        self.client = TestClient(create_app(self.backend), headers={"X-Api-Key": self.settings.api_key})
        self.path = f"/v1/projects/{self.settings.project_id}/content"

    def create(self, key: str | None = None, project: str | None = None, **changes: Any) -> httpx.Response:
        body = {"format": "video_remix", "brief": {"hook": "Mornings"}} | changes
        path = f"/v1/projects/{project}/content" if project else self.path
        answer: httpx.Response = self.client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
        return answer

    def created(self, project: str | None = None, **changes: Any) -> str:
        return str(self.create(project=project, **changes).json()["containerId"])

    def read(self, container_id: str) -> dict[str, Any]:
        return dict(self.client.get(f"/v1/content/{container_id}").json())

    def post(self, container_id: str, verb: str, **body: Any) -> httpx.Response:
        answer: httpx.Response = self.client.post(f"/v1/content/{container_id}/{verb}", json=body)
        return answer

    def page(self, **query: Any) -> tuple[list[str], str | None]:
        page = self.client.get(self.path, params=query).json()
        return [item["id"] for item in page["items"]], page["nextCursor"]

    def advance(self, seconds: float) -> None:
        self.backend.clock.advance(seconds)


def test_every_module_is_asked_and_names_are_unique() -> None:
    assert set(OWN) <= set(MODULES)
    assert {fault.name for fault in FAULTS} <= set(all_faults())
    assert [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name) for fault in FAULTS)


def test_every_fault_names_a_registered_requirement_in_one_sentence() -> None:
    assert {fault.requirement for fault in FAULTS} <= set(LEVELS)
    assert {fault.requirement.partition("-")[0] for fault in FAULTS} >= FAMILIES
    assert all(fault.summary.endswith(".") and "\n" not in fault.summary for fault in FAULTS)


@pytest.mark.parametrize(("level", "least"), [("MUST", 2), ("SHOULD", 1), ("ADVICE", 1)])
def test_every_requirement_of_the_families_has_faults(level: str, least: int) -> None:
    seeded = Counter(fault.requirement for fault in FAULTS)
    wanted = [each for each in LEVELS if each.partition("-")[0] in FAMILIES and LEVELS[each] == level]
    assert wanted
    assert [each for each in wanted if seeded[each] < least] == []


def test_most_faults_are_hard_to_see() -> None:
    depths = Counter(fault.depth for fault in FAULTS)
    assert len(FAULTS) >= 90
    assert depths["deep"] >= 40
    assert depths["shallow"] + depths["stateful"] < depths["deep"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_installs_and_lets_a_container_be_created(fault: Fault) -> None:
    caller = Caller(fault.name)
    assert caller.create(key="k-1").status_code == 202


def test_a_replay_built_from_current_state() -> None:
    caller = Caller("replay-built-from-current-state", seconds=60)
    first = caller.create(key="k").json()
    caller.advance(61)
    again = caller.create(key="k").json()
    assert (first["status"], again["status"]) == ("running", "completed")
    assert first["jobId"] == again["jobId"]


def test_a_key_compared_without_case() -> None:
    caller = Caller("key-compared-without-case")
    assert caller.create(key="Key-A").json() == caller.create(key="kEY-a").json()


def test_a_conflict_that_creates() -> None:
    caller = Caller("conflict-creates-a-container")
    caller.create(key="k")
    assert caller.create(key="k", format="ugc_remix").status_code == 409
    assert len(caller.page()[0]) == 2


@pytest.mark.parametrize(
    ("name", "hours", "replayed"),
    [("window-of-23-hours", 23.5, False), ("window-of-25-hours", 24.5, True), ("window-without-end", 9000, True)],
)
def test_a_window_of_another_length(name: str, hours: float, replayed: bool) -> None:  # noqa: FBT001  # a column of the table
    caller = Caller(name)
    first = caller.create(key="k").json()
    caller.advance(hours * 3600)
    assert (caller.create(key="k").json() == first) is replayed


def test_parallel_creates_that_both_make() -> None:
    caller = Caller("parallel-creates-both-make")

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(caller.backend))
        headers = {"X-Api-Key": caller.settings.api_key, "Idempotency-Key": "k"}
        body = {"format": "auto", "brief": {"hook": "Mornings"}}
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
            return await asyncio.gather(*(client.post(caller.path, json=body) for _ in range(3)))

    made = {answer.json()["containerId"] for answer in asyncio.run(together())}
    assert len(made) == 3
    assert caller.create(key="k", format="auto").json()["containerId"] in made


def test_offset_paging_shows_an_item_twice() -> None:
    caller = Caller("offset-paging")
    for _ in range(3):
        caller.create()
    first, cursor = caller.page(limit=2)
    caller.create()
    assert caller.page(limit=2, cursor=cursor)[0][0] == first[1]


def test_filters_forgotten_after_the_first_page() -> None:
    caller = Caller("filters-forgotten-after-first-page")
    other = caller.created(format="ugc_remix")
    for _ in range(2):
        caller.create()
    first, cursor = caller.page(format="video_remix", limit=1)
    assert first != [other]
    assert other in caller.page(format="video_remix", limit=2, cursor=cursor)[0]


def test_a_list_of_all_projects_with_a_cursor() -> None:
    caller = Caller("list-of-all-projects-with-cursor")
    stranger = caller.created(project=caller.settings.review_project_id)
    for _ in range(2):
        caller.create()
    first, cursor = caller.page(limit=1)
    assert stranger not in first
    assert stranger in caller.page(limit=9, cursor=cursor)[0]


def test_a_patch_that_adds_to_arrays() -> None:
    caller = Caller("patch-adds-to-arrays")
    made = caller.created(brief={"hook": "Mornings", "themeTags": ["one"]})
    assert caller.post(made, "regenerate", patch={"themeTags": ["two"]}).status_code == 202
    assert caller.read(made)["brief"]["themeTags"] == ["one", "two"]


def test_a_clone_that_changes_a_neighbour() -> None:
    caller = Caller("clone-changes-a-neighbour")
    neighbour, source = caller.created(), caller.created()
    before = caller.read(neighbour)
    answer = caller.post(source, "clone-from-post", sourcePlatformPostId=caller.settings.source_post_id)
    assert answer.status_code == 202
    assert caller.read(neighbour) != before


def test_a_refused_reject_that_rejects() -> None:
    caller = Caller("reject-with-bad-patch-rejects")
    made = caller.created(project=caller.settings.review_project_id)
    assert caller.post(made, "reject", reason="Dull", regenerate={"hook": 1}).status_code == 422
    assert caller.read(made)["approvalStatus"] == "rejected"


def test_the_beginning_of_an_asset_id_is_enough() -> None:
    caller = Caller("asset-id-cut-short-answered")
    made = caller.created()
    asset_id = caller.read(made)["assets"][0]["id"]
    assert caller.client.get(f"/v1/content/{made}/assets/{asset_id[:-3]}").status_code == 200


def test_a_last_character_that_is_not_compared() -> None:
    caller = Caller("last-character-not-compared")
    wrong = caller.settings.api_key[:-1] + "~"
    assert caller.client.get(caller.path, headers={"X-Api-Key": wrong}).status_code == 200
    assert caller.client.get(caller.path, headers={"X-Api-Key": wrong[:-1]}).status_code == 401


def test_a_refused_cancel_that_cancels() -> None:
    caller = Caller("refused-cancel-cancels", seconds=60)
    started = caller.create().json()
    answer = caller.client.post(f"/v1/jobs/{started['jobId']}/cancel", headers={"X-Api-Key": "wrong"})
    assert answer.status_code == 401
    assert caller.read(started["containerId"])["status"] == "canceled"


def test_another_organization_cancels_a_job() -> None:
    caller = Caller("other-organization-cancels-jobs", seconds=60)
    started = caller.create().json()
    other = {"X-Api-Key": caller.settings.other_api_key}
    assert caller.client.get(f"/v1/jobs/{started['jobId']}", headers=other).status_code == 404
    assert caller.client.post(f"/v1/jobs/{started['jobId']}/cancel", headers=other).status_code == 202
