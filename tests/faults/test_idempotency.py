"""Faults of replays show."""

import asyncio

import httpx
import pytest
from faulty_api import api_with

from sandbox.app import create_app


def test_a_replay_built_from_current_state() -> None:
    api = api_with("replay-built-from-current-state")
    first = api.started(key="k")
    api.wait(61)
    again = api.started(key="k")
    assert (first["status"], again["status"]) == ("running", "completed")
    assert first["jobId"] == again["jobId"]


def test_a_key_compared_without_case() -> None:
    api = api_with("key-compared-without-case", generation_seconds=0)
    assert api.started(key="Key-A") == api.started(key="kEY-a")


def test_a_conflict_that_creates() -> None:
    api = api_with("conflict-creates-a-container", generation_seconds=0)
    api.create(key="k")
    assert api.create(key="k", format_="ugc_remix").status_code == 409
    assert len(api.page()[0]) == 2


def test_a_conflict_of_a_regenerate_with_the_code_of_any() -> None:
    api = api_with("regenerate-conflict-has-plain-code", generation_seconds=0)
    made = api.started()
    path, headers = f"/v1/content/{made['containerId']}/regenerate", {"Idempotency-Key": "k"}
    answers = [api.http.post(path, headers=headers, json={"patch": {"hook": hook}}) for hook in ("Noons", "Nights")]
    assert [answer.status_code for answer in answers] == [202, 409]
    assert answers[1].json()["error"]["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("name", "hours", "replayed"),
    [("window-of-23-hours", 23.5, False), ("window-of-25-hours", 24.5, True), ("window-without-end", 9000, True)],
)
def test_a_window_of_another_length(name: str, hours: float, replayed: bool) -> None:  # noqa: FBT001  # a column of the table
    api = api_with(name, generation_seconds=0)
    first = api.started(key="k")
    api.wait(hours * 3600)
    assert (api.started(key="k") == first) is replayed


def test_parallel_creates_that_both_make() -> None:
    api = api_with("parallel-creates-both-make", generation_seconds=0)

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(api.backend))
        headers = {"X-Api-Key": api.settings.api_key, "Idempotency-Key": "k"}
        body = {"format": "auto", "brief": {"hook": "Evenings are yours"}}
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
            return await asyncio.gather(*(client.post(api.path(), json=body) for _ in range(3)))

    made = {answer.json()["containerId"] for answer in asyncio.run(together())}
    assert len(made) == 3
    assert api.started(key="k", format_="auto")["containerId"] in made
