"""Each variant can be installed, and stays conformant in a few short scenarios over ASGI."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urljoin

import httpx
import pytest

from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.change import Variant, by_name
from sandbox.settings import SandboxSettings
from sandbox.variants import all_variants, find

BASE = "http://sandbox.test"
BODY = {"format": "auto", "brief": {"hook": "Evenings are yours, née Ökonomie"}}
KEYS = ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "16fd2706-8baf-433b-82eb-8c7fada847da")
RETRIED = frozenset({429, 502, 503})
PATIENCE = 60.0
"""Seconds after which a container counts as one that never ends, on however busy a machine."""


class Client:
    """A client that repeats a request when the answer asks for it, and reads no earlier after a write than the variant says."""

    def __init__(self, backend: Backend, http: httpx.AsyncClient, variant: Variant) -> None:
        self.variant = variant
        self.backend = backend
        self.http = http
        self.key = backend.settings.api_key

    async def send(self, method: str, path: str, key: str | None = None, body: object = None) -> httpx.Response:
        headers = {"X-Api-Key": self.key} | ({"Idempotency-Key": key} if key else {})
        answer = await self.http.request(method, path, headers=headers, json=body)
        if answer.status_code in RETRIED:
            await asyncio.sleep(1.05 if answer.status_code == 429 else 0)
            answer = await self.http.request(method, path, headers=headers, json=body)
        if method == "POST":
            await asyncio.sleep(dict(self.variant.timing).get("read_lag", 0))
        return answer

    async def create(self, project: str, key: str | None = None) -> dict[str, Any]:
        answer = await self.send("POST", f"/v1/projects/{project}/content", key, BODY)
        assert answer.status_code == 202, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def settled(self, container_id: str) -> dict[str, Any]:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            answer = await self.send("GET", f"/v1/content/{quote(container_id, safe='')}")
            assert answer.status_code == 200, answer.text
            shown: dict[str, Any] = answer.json()
            if shown["status"] not in {"queued", "generating"}:
                return shown
            assert shown["assets"] == []
            await asyncio.sleep(0.02)
        raise AssertionError(f"{container_id} never ended")

    async def completed(self, path: str) -> dict[str, Any]:
        """Read a job until it says completed, as it may a moment after its container (open reading 36)."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            shown: dict[str, Any] = (await self.send("GET", path)).json()
            if shown["status"] == "completed":
                return shown
            await asyncio.sleep(0.02)
        raise AssertionError(f"{path} never says completed")

    async def walk(self, project: str, query: str = "limit=100") -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            params = dict(pair.split("=") for pair in query.split("&")) | ({"cursor": cursor} if cursor else {})
            path = f"/v1/projects/{project}/content?{httpx.QueryParams(params)}"
            page = (await self.send("GET", path)).json()
            assert len(page["items"]) <= int(params["limit"])
            found += [item["id"] for item in page["items"]]
            cursor = page.get("nextCursor")
            if cursor is None:
                return found


async def a_create_is_read_replayed_and_listed(client: Client) -> None:
    project = client.backend.settings.project_id
    first = await client.create(project, KEYS[0])
    container_id = first["containerId"]
    step = quote(container_id, safe="")
    location = urljoin(f"{BASE}/", first["locationUrl"])
    assert (await client.send("GET", location)).json()["jobId"] == first["jobId"]
    shown = await client.settled(container_id)
    assert shown["status"] == "completed"
    assert shown["approvalStatus"] == "not_required"
    assert shown["brief"]["hook"] == BODY["brief"]["hook"]  # type: ignore[index]  # it is a dict
    assert shown["assets"]
    assert shown["captions"]
    asset_id = shown["assets"][0]["id"]
    asset = (await client.send("GET", f"/v1/content/{step}/assets/{quote(asset_id, safe='')}")).json()
    assert asset.get("signedUrl", asset["url"]) != shown["assets"][0]["url"]
    progress = await client.completed(f"/v1/content/{step}/progress")
    assert progress["jobId"] == first["jobId"]
    assert without_nulls(await client.create(project, KEYS[0])) == without_nulls(first)
    other = await client.send("POST", f"/v1/projects/{project}/content", KEYS[0], BODY | {"format": "slideshow_remix"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert (await client.walk(project)).count(container_id) == 1
    assert container_id in await client.walk(project, "limit=7&status=completed")
    assert container_id not in await client.walk(project, "limit=100&status=failed")


async def pages_of_one_show_each_container_once(client: Client) -> None:
    # No variant adds containers to the project of the other organization.
    client.key = client.backend.settings.other_api_key
    settings = client.backend.settings
    project = client.variant.named(settings).get("otherProjectId", settings.other_project_id)
    made = [(await client.create(project))["containerId"] for _ in range(3)]
    assert sorted(await client.walk(project, "limit=1")) == sorted(made)
    assert sorted(await client.walk(project, "limit=2&format=ugc_remix")) == []


def without_nulls(shown: dict[str, Any]) -> dict[str, Any]:
    """Return an object without the members that are null, since a null and an absent member are the same."""
    return {name: value for name, value in shown.items() if value is not None}


def settled_members(shown: dict[str, Any]) -> dict[str, Any]:
    """Return a container without the time of the answer, and with assets and captions sorted."""
    ordered = {name: sorted(map(json.dumps, shown[name])) for name in ("assets", "captions")}
    return {**shown, **ordered, "servedAt": 0}


async def a_reject_without_review_is_a_conflict(client: Client) -> None:
    made = await client.create(client.backend.settings.project_id)
    before = await client.settled(made["containerId"])
    answer = await client.send(
        "POST", f"/v1/content/{quote(made['containerId'], safe='')}/reject", None, {"reason": "No."}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    after = await client.settled(made["containerId"])
    moved = {"updatedAt": after["updatedAt"]} if client.variant.name.startswith("views-count") else {}
    assert settled_members(after) == settled_members(before | moved)


async def a_review_is_pending_and_a_reject_holds_until_it_regenerates(client: Client) -> None:
    made = await client.create(client.backend.settings.review_project_id)
    container_id, step = made["containerId"], quote(made["containerId"], safe="")
    assert (await client.settled(container_id))["approvalStatus"] == "pending"
    answer = await client.send("POST", f"/v1/content/{step}/reject", None, {"reason": "No."})
    assert (answer.status_code, answer.json()["approvalStatus"]) == (200, "rejected")
    assert (await client.settled(container_id))["approvalStatus"] == "rejected"
    patch = {"patch": {"language": "de-DE"}}
    again = await client.send("POST", f"/v1/content/{step}/regenerate", KEYS[1], patch)
    assert (again.status_code, again.json()["containerId"]) == (202, container_id)
    assert again.json()["jobId"] != made["jobId"]
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while (shown := (await client.send("GET", f"/v1/content/{step}")).json())["status"] != "completed":
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)
    assert shown["approvalStatus"] == "pending"
    assert (shown["brief"]["hook"], shown["brief"]["language"]) == (BODY["brief"]["hook"], "de-DE")  # type: ignore[index]


async def nothing_is_answered_without_a_key(client: Client) -> None:
    answer = await client.http.post(f"/v1/projects/{client.backend.settings.project_id}/content", json=BODY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
    assert "application/json" in answer.headers["content-type"].lower()
    json.loads(answer.content)


async def a_deeply_nested_body_is_refused(client: Client) -> None:
    answer = await client.http.post(
        f"/v1/projects/{client.backend.settings.project_id}/content",
        headers={"X-Api-Key": client.key, "Content-Type": "application/json"},
        content='{"undocumented": ' + "[" * 5000 + "]" * 5000 + "}",
    )
    assert 400 <= answer.status_code < 500 or answer.status_code in RETRIED, answer.text


Scenario = Callable[[Client], Awaitable[None]]
LIFE, PAGES, REVIEW = (
    a_create_is_read_replayed_and_listed,
    pages_of_one_show_each_container_once,
    a_review_is_pending_and_a_reject_holds_until_it_regenerates,
)
SCENARIOS = (
    LIFE,
    PAGES,
    REVIEW,
    a_reject_without_review_is_a_conflict,
    nothing_is_answered_without_a_key,
    a_deeply_nested_body_is_refused,
)


def nearest(variant: Variant) -> Scenario:
    """Return the scenario that a variant changes most, by the words of its summary."""
    words = variant.summary.lower()
    if re.search(r"\b(list|page|cursor|limit|filter)", words):
        return PAGES
    return REVIEW if re.search(r"approv|reject|regenerat|pending|decision", words) else LIFE


@pytest.mark.parametrize(
    ("variant", "scenario"),
    [
        pytest.param(variant, scenario, id=f"{name}-{scenario.__name__}", marks=marks)
        for name, variant in all_variants().items()
        for scenario in SCENARIOS
        for marks in [[] if scenario is nearest(variant) else [pytest.mark.exhaustive]]
    ],
)
def test_a_variant_is_conformant(variant: Variant, scenario: Scenario) -> None:
    async def run() -> None:
        backend = build_backend(SandboxSettings(generation_seconds=0.05))
        variant.install(backend)
        transport = httpx.ASGITransport(create_app(backend))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            await scenario(Client(backend, client, variant))

    asyncio.run(run())


def test_there_are_at_least_fifty_and_each_is_found_by_its_name() -> None:
    assert len(all_variants()) >= 50
    assert all(find(name).name == name for name in all_variants())


def test_names_are_kebab_case_and_summaries_are_sentences() -> None:
    for name, variant in all_variants().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)
        assert variant.summary.endswith(".")


def test_two_variants_with_the_same_name_are_refused() -> None:
    one = find("auto-kept")
    with pytest.raises(ValueError, match="auto-kept"):
        by_name([one, one])
