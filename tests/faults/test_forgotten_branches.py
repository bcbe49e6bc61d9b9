"""Faults of one code path among several, of what is kept by too little, and of writes over writes."""

import asyncio
from typing import Any

import httpx
from faulty_api import GENERATION, FaultyApi, api_with
from test_sequences import body, together

from sandbox.app import create_app

DAY = 24 * 60 * 60
REASON = "Off brand"


def as_other(api: FaultyApi, method: str, path: str, **more: Any) -> httpx.Response:
    return api.http.request(method, path, headers={"X-Api-Key": api.settings.other_api_key}, **more)


def without_a_key(api: FaultyApi, path: str) -> int:
    """Read a path without a key."""

    async def read() -> int:
        transport = httpx.ASGITransport(create_app(api.backend), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.get(path, headers={"X-Api-Key": api.settings.api_key})
            return (await client.get(path)).status_code

    return asyncio.run(read())


def rejected(api: FaultyApi) -> Any:
    made = api.completed(under_review=True)
    assert api.act(made, "reject", reason=REASON).status_code == 200
    return made


def archived_path(api: FaultyApi) -> str:
    return f"/v1/projects/{api.settings.archive_project_id}"


def test_a_limit_for_each_status() -> None:
    api = api_with("pages-of-two-statuses-hold-limit-of-each")
    for _ in range(3):
        api.completed()
    assert len(api.page(status=["completed", "failed"], limit=1)[0]) == 2
    assert len(api.page(status="completed", limit=1)[0]) == 1


def test_what_is_queued_is_listed_as_generating() -> None:
    api = api_with("queued-listed-as-generating")
    made = api.started()
    assert api.page(status="generating")[0] == [made["containerId"]]
    api.wait(GENERATION)
    assert api.page(status="generating")[0] == []


def test_rejected_on_a_later_page() -> None:
    api = api_with("rejected-lost-on-later-pages")
    made = rejected(api)
    api.wait(1)
    api.completed(under_review=True)
    first = api.listing(under_review=True, status="completed", limit=1).json()
    second = api.listing(under_review=True, status="completed", limit=1, cursor=first["nextCursor"]).json()
    assert second["items"] == []
    found = api.listing(under_review=True, status="completed").json()["items"]
    assert made["containerId"] in [item["id"] for item in found]


def test_a_reject_without_a_reason_that_regenerates() -> None:
    api = api_with("reject-without-reason-regenerates")
    made = api.completed(under_review=True)
    assert api.act(made, "reject", regenerate=True).status_code == 422
    assert api.read(made)["status"] == "queued"
    assert rejected(api)


def test_jobs_that_run_after_archiving() -> None:
    api = api_with("archiving-leaves-jobs-running")
    made = api.http.post(f"{archived_path(api)}/content", json=body("one")).json()
    assert api.http.delete(archived_path(api)).status_code == 200
    api.wait(GENERATION)
    assert (api.read(made)["status"], api.job(made).json()["status"]) == ("canceled", "running")


def test_a_regeneration_that_others_read() -> None:
    api = api_with("regeneration-jobs-open-to-all")
    made = api.completed()
    again = api.act(made, "regenerate").json()
    assert as_other(api, "GET", made["locationUrl"]).status_code == 404
    assert as_other(api, "GET", again["locationUrl"]).status_code == 200


def test_a_refusal_that_shows_the_key() -> None:
    api = api_with("repeated-limit-answered-with-the-request")
    answer = api.listing(limit=[1, 2])
    assert answer.status_code == 400
    assert api.settings.api_key in answer.text
    assert api.listing(limit=1).status_code == 200


def test_a_clone_into_no_project() -> None:
    api = api_with("clone-into-unknown-project-crashes")
    made, post = api.completed(), api.settings.source_post_id
    assert api.act(made, "clone-from-post", sourcePlatformPostId=post, projectId="none").status_code == 500
    assert api.act(made, "clone-from-post", sourcePlatformPostId=post).status_code == 202


def test_a_long_key_under_which_something_is_made() -> None:
    api = api_with("create-under-a-long-key-refused-and-made")
    assert api.create(key="k" * 256).status_code == 400
    assert len(api.page()[0]) == 1


def test_an_asset_with_an_extension() -> None:
    api = api_with("asset-id-read-up-to-its-extension")
    made = api.completed()
    asset = api.read(made)["assets"][0]["id"]
    path = f"/v1/content/{made['containerId']}/assets/{asset}"
    assert [api.http.get(path + ending).status_code for ending in ("", ".mp4", "x")] == [200, 200, 404]


def test_a_clone_in_local_time() -> None:
    api = api_with("clone-started-in-local-time")
    made = api.completed()
    clone = api.act(made, "clone-from-post", sourcePlatformPostId=api.settings.source_post_id).json()
    assert clone["startedAt"].endswith("-07:00")
    assert made["startedAt"].endswith("Z")


def test_a_decision_in_the_first_generation() -> None:
    api = api_with("first-generation-can-be-rejected")
    made = api.started(under_review=True)
    assert api.read(made)["approvalStatus"] == "not_required"
    assert api.act(made, "reject", reason=REASON).status_code == 200
    assert api.read(made)["approvalStatus"] == "rejected"


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


def test_bodies_that_differ_in_an_empty_list() -> None:
    api = api_with("empty-lists-do-not-tell-bodies-apart")
    assert api.create(key="k", themeTags=[]).status_code == 202
    assert api.create(key="k").status_code == 202
    assert api.create(key="k", themeTags=["launch"]).status_code == 409


def test_keys_that_end_at_a_colon() -> None:
    api = api_with("keys-end-at-a-colon")
    made = [api.create(key=key).json()["containerId"] for key in ("a:1", "a:2", "b:1")]
    assert (made[0] == made[1], made[1] == made[2]) == (True, False)


def test_a_retry_at_once_with_its_own_start() -> None:
    api = api_with("retry-at-once-starts-when-it-came")
    api.backend.clock.real = iter(range(1_776_513_851_000, 1_776_513_999_000)).__next__  # type: ignore[method-assign]
    answers = together(api, (api.path(), body("one"), "k"), (api.path(), body("one"), "k"))
    assert len({each.json()["jobId"] for each in answers}) == 1
    assert len({each.json()["startedAt"] for each in answers}) == 2


def test_progress_that_takes_back_a_decision() -> None:
    api = api_with("rejected-reset-by-reading-progress")
    made = rejected(api)
    assert api.read(made)["approvalStatus"] == "rejected"
    api.http.get(f"/v1/content/{made['containerId']}/progress")
    assert api.read(made)["approvalStatus"] == "pending"


def test_a_bad_body_that_frees_its_key() -> None:
    api = api_with("bad-body-frees-its-key")
    first = api.create(key="k").json()
    assert api.create(key="k").json() == first
    assert api.create(key="k", hook=3).status_code == 422
    assert api.create(key="k").json()["containerId"] != first["containerId"]
