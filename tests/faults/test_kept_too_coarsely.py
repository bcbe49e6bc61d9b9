"""Faults of what is cached, counted or looked up by too little."""

import asyncio

import httpx
from faulty_api import GENERATION, FaultyApi, api_with
from test_sequences import body, together

from sandbox.app import create_app

DAY = 24 * 60 * 60


def without_a_key(api: FaultyApi, path: str) -> int:
    """Read a path without a key."""

    async def read() -> int:
        transport = httpx.ASGITransport(create_app(api.backend), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.get(path, headers={"X-Api-Key": api.settings.api_key})
            return (await client.get(path)).status_code

    return asyncio.run(read())


def test_a_page_from_a_cache() -> None:
    api = api_with("later-pages-cached-without-the-key")
    for _ in range(3):
        api.started()
    cursor = api.page(limit=1)[1]
    assert without_a_key(api, f"{api.path()}?limit=1&cursor={cursor}") == 200
    assert without_a_key(api, f"{api.path()}?limit=1") == 401


def test_a_container_that_is_pending_once_read() -> None:
    api = api_with("pending-once-it-was-read")
    made = api.completed(under_review=True)
    shown = [api.listing(under_review=True).json()["items"][0]["approvalStatus"]]
    shown += [api.read(made)["approvalStatus"]]
    shown += [api.listing(under_review=True).json()["items"][0]["approvalStatus"]]
    assert shown == ["not_required", "pending", "pending"]


def test_a_key_as_old_as_the_container() -> None:
    api = api_with("key-of-a-regenerate-as-old-as-its-container")
    made = api.completed()
    path, headers = f"/v1/content/{made['containerId']}/regenerate", {"Idempotency-Key": "k"}
    first = api.http.post(path, headers=headers)
    assert api.http.post(path, headers=headers).json() == first.json()
    api.wait(DAY + 1)
    again = api.http.post(path, headers={"Idempotency-Key": "l"})
    assert again.status_code == 202
    assert api.http.post(path, headers={"Idempotency-Key": "l"}).status_code == 409


def test_a_retry_at_once_with_its_own_start() -> None:
    api = api_with("retry-at-once-starts-when-it-came")
    api.backend.clock.real = iter(range(1_776_513_851_000, 1_776_513_999_000)).__next__  # type: ignore[method-assign]
    answers = together(api, (api.path(), body("one"), "k"), (api.path(), body("one"), "k"))
    assert len({each.json()["jobId"] for each in answers}) == 1
    assert len({each.json()["startedAt"] for each in answers}) == 2


def test_a_failed_container_that_is_used_again() -> None:
    api = api_with("failed-container-used-again")
    made = api.completed(hook=api.settings.failing_hook)
    again = api.started(hook=api.settings.failing_hook)
    assert (again["containerId"] == made["containerId"], again["jobId"] == made["jobId"]) == (True, False)
    assert api.started()["containerId"] != api.started()["containerId"]


def test_a_canceled_clone_that_is_used_again() -> None:
    api = api_with("canceled-clone-used-again")
    made, post = api.completed(), api.settings.source_post_id
    clones = [api.act(made, "clone-from-post", sourcePlatformPostId=post).json() for _ in range(2)]
    assert clones[0]["containerId"] != clones[1]["containerId"]
    api.cancel(clones[1])
    third = api.act(made, "clone-from-post", sourcePlatformPostId=post).json()
    assert third["containerId"] == clones[1]["containerId"]


def test_a_brief_that_was_approved_before() -> None:
    api = api_with("brief-approved-before-needs-no-review")
    made = api.completed(under_review=True)
    assert api.act(made, "approve").status_code == 200
    shown = [api.read(api.completed(under_review=True, hook=hook)) for hook in ("Evenings are yours", "other")]
    assert [each["approvalStatus"] for each in shown] == ["approved", "pending"]


def test_a_walk_that_begins_anew() -> None:
    api = api_with("filtered-walk-begins-anew-without-its-item")
    made = [api.completed() for _ in range(3)][::-1]
    first, cursor = api.page(status="completed", limit=1)
    second, cursor = api.page(status="completed", limit=1, cursor=cursor)
    assert [*first, *second] == [each["containerId"] for each in made[:2]]
    assert api.page(status="completed", limit=1, cursor=cursor)[0] == [made[2]["containerId"]]
    api.act(made[1], "regenerate")
    assert api.page(status="completed", limit=1, cursor=cursor)[0] == [made[0]["containerId"]]


def test_progress_that_a_create_sets_back() -> None:
    api = api_with("progress-counted-by-project")
    made = api.started()
    api.wait(GENERATION / 2)
    assert api.job(made).json()["progress"] == 0.5
    api.started()
    assert api.job(made).json()["progress"] == 0
