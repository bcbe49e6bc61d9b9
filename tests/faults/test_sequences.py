"""Faults that need several steps, a moment shared with others, or another caller show."""

import asyncio
from typing import Any

import httpx
import pytest
from faulty_api import FaultyApi, api_with

from sandbox.app import create_app

REASON = {"reason": "Off brand"}


def together(api: FaultyApi, *requests: tuple[str, dict[str, Any], str | None]) -> list[httpx.Response]:
    """Send POSTs (path, body, key) at one moment."""

    async def release() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(api.backend), raise_app_exceptions=False)
        headers = {"X-Api-Key": api.settings.api_key}
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
            calls = (
                client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
                for path, body, key in requests
            )
            return list(await asyncio.gather(*calls))

    return asyncio.run(release())


def body(hook: str) -> dict[str, Any]:
    return {"format": "video_remix", "brief": {"hook": hook}}


def test_two_bodies_at_once_under_one_key_that_both_make() -> None:
    api = api_with("bodies-at-once-under-one-key-both-make")
    answers = together(api, (api.path(), body("one"), "k"), (api.path(), body("two"), "k"))
    assert [each.status_code for each in answers] == [202, 202]


def test_a_cancel_that_crashes_at_once() -> None:
    api = api_with("cancels-at-once-crash")
    path = f"/v1/jobs/{api.started()['jobId']}/cancel"
    assert sorted(each.status_code for each in together(api, (path, {}, None), (path, {}, None))) == [202, 500]


def test_two_rejects_at_once_that_are_both_accepted() -> None:
    api = api_with("rejects-at-once-both-accepted", generation_seconds=0)
    pending = api.started(under_review=True)
    path = f"/v1/content/{pending['containerId']}/reject"
    assert [each.status_code for each in together(api, (path, REASON, None), (path, REASON, None))] == [200, 200]
    assert api.act(pending, "reject", **REASON).status_code == 409


def test_a_refused_reject_of_two_at_once_that_patches() -> None:
    api = api_with("refused-reject-of-two-at-once-patches")
    pending = api.completed(under_review=True)
    path, bodies = (
        f"/v1/content/{pending['containerId']}/reject",
        [REASON | {"regenerate": {"hook": each}} for each in ("one", "two")],
    )
    answers = together(api, *((path, each, None) for each in bodies))
    refused = next(body for body, each in zip(bodies, answers, strict=True) if each.status_code == 409)
    assert api.read(pending)["brief"]["hook"] == refused["regenerate"]["hook"]


def test_a_canceled_regeneration_that_shows_the_result_before() -> None:
    api = api_with("canceled-regeneration-shows-the-result-before")
    made = api.completed()
    canceled = api.act(made, "regenerate").json()
    api.cancel(canceled)
    assert api.read(made)["status"] == "completed"


def test_a_clone_that_keeps_a_decision_and_never_ends() -> None:
    api = api_with(
        "clone-keeps-the-decision", "clone-into-another-project-never-ends", "clone-listed-beside-its-source-too"
    )
    made = api.completed(under_review=True)
    api.act(made, "approve")
    clone = api.act(
        made, "clone-from-post", sourcePlatformPostId=api.settings.source_post_id, projectId=api.settings.project_id
    ).json()
    api.wait(60)
    assert (api.read(clone)["approvalStatus"], api.read(clone)["status"]) == ("approved", "queued")
    for under_review in (False, True):
        items = api.listing(under_review=under_review).json()["items"]
        assert clone["containerId"] in {item["id"] for item in items}


@pytest.mark.parametrize(("others", "replayed"), [(63, True), (64, False)])
def test_a_key_that_64_others_push_out(others: int, replayed: bool) -> None:  # noqa: FBT001  # a column of the table
    api = api_with("only-64-keys-remembered", generation_seconds=0)
    first = api.started(key="k")
    for index in range(others):
        api.http.post(f"/v1/content/{first['containerId']}/reject", json={}, headers={"Idempotency-Key": f"k-{index}"})
    assert (api.started(key="k") == first) is replayed


def test_an_error_that_shows_the_hook_of_another_organization() -> None:
    api = api_with("details-show-the-last-callers-hook")
    headers = {"X-Api-Key": api.settings.other_api_key}
    path = f"/v1/projects/{api.settings.other_project_id}/content"
    api.http.post(path, json=body("a foreign hook"), headers=headers)
    assert "a foreign hook" in api.http.post(api.path(), json={"format": "no"}).text


def test_a_cursor_and_a_tag_that_others_may_use() -> None:
    api = api_with("cursor-leads-to-another-organization", "conditional-read-needs-no-key")
    made = [api.completed() for _ in range(2)]
    _, cursor = api.page(limit=1)
    path, headers = f"/v1/projects/{api.settings.other_project_id}/content", {"X-Api-Key": api.settings.other_api_key}
    found = api.http.get(path, params={"limit": 1, "cursor": cursor}, headers=headers).json()["items"]
    assert [item["id"] for item in found] == [made[0]["containerId"]]
    tag = api.job(made[0]).headers["etag"]
    assert api.job(made[0], **{"X-Api-Key": "", "If-None-Match": tag}).status_code == 304
