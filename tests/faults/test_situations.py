"""Faults that need several steps, calls at one moment, or another caller show."""

import asyncio
from typing import Any

import httpx
import pytest
from faulty_api import GENERATION, FaultyApi, api_with

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


def as_other(api: FaultyApi, method: str, path: str, **more: Any) -> httpx.Response:
    return api.http.request(method, path, headers={"X-Api-Key": api.settings.other_api_key}, **more)


def archived_path(api: FaultyApi) -> str:
    return f"/v1/projects/{api.settings.archive_project_id}"


def test_a_reject_without_a_reason_that_regenerates() -> None:
    api = api_with("reject-without-reason-regenerates")
    made = api.completed(under_review=True)
    assert api.act(made, "reject", regenerate=True).status_code == 422
    assert api.read(made)["status"] == "queued"
    assert api.rejected()


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


def test_a_canceled_regeneration_that_a_list_shows_as_completed() -> None:
    api = api_with("canceled-regeneration-listed-as-completed")
    made = api.completed()
    api.cancel(api.act(made, "regenerate").json())
    assert api.listing().json()["items"][0]["status"] == "completed"
    assert api.read(made)["status"] == "canceled"


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


def test_progress_that_takes_back_a_decision() -> None:
    api = api_with("rejected-reset-by-reading-progress")
    made = api.rejected()
    assert api.read(made)["approvalStatus"] == "rejected"
    api.http.get(f"/v1/content/{made['containerId']}/progress")
    assert api.read(made)["approvalStatus"] == "pending"


def test_a_bad_body_that_frees_its_key() -> None:
    api = api_with("bad-body-frees-its-key")
    first = api.create(key="k").json()
    assert api.create(key="k").json() == first
    assert api.create(key="k", hook=3).status_code == 422
    assert api.create(key="k").json()["containerId"] != first["containerId"]


def test_a_second_cancel() -> None:
    api = api_with("second-cancel-takes-back-the-first")
    made = api.started()
    shown = []
    for _ in range(2):
        api.cancel(made)
        shown.append(api.read(made)["status"])
    assert shown == ["canceled", "queued"]


def test_a_cancel_in_the_last_stage() -> None:
    api = api_with("cancel-in-the-last-stage-never-ends")
    made = api.started()
    api.wait(GENERATION * 0.9)
    assert api.cancel(made).status_code == 202
    api.wait(GENERATION)
    assert (api.read(made)["status"], api.job(made).json()["status"]) == ("generating", "running")
    early = api.started()
    api.cancel(early)
    assert api.read(early)["status"] == "canceled"


def test_a_patch_back_to_the_first_brief() -> None:
    api = api_with("patch-back-to-the-first-brief-is-lost")
    made = api.completed(hook="one")
    for hook, shown in (("two", "two"), ("one", "two"), ("three", "three")):
        api.act(made, "regenerate", patch={"hook": hook})
        assert api.read(made)["brief"]["hook"] == shown
        api.wait(GENERATION)


def test_patches_at_once() -> None:
    api = api_with("regenerates-at-once-mix-their-patches")
    made = [api.completed(), api.completed()]
    calls = [
        (f"/v1/content/{each['containerId']}/regenerate", {"patch": {"hook": str(number)}}, None)
        for number, each in enumerate(made)
    ]
    assert [each.status_code for each in together(api, *calls)] == [202, 202]
    assert [api.read(each)["brief"]["hook"] for each in made] == ["0", "0"]


def test_a_reject_that_answers_for_another_container() -> None:
    api = api_with("reject-answers-for-another-container")
    one, two = (api.completed(under_review=True) for _ in range(2))
    answers = [
        api.http.post(
            f"/v1/content/{each['containerId']}/reject",
            json={**REASON, "regenerate": True},
            headers={"Idempotency-Key": "k"},
        )
        for each in (one, two)
    ]
    assert [each.json()["containerId"] for each in answers] == [one["containerId"]] * 2
    assert api.read(two)["approvalStatus"] == "pending"


def test_lists_that_are_refused() -> None:
    assert api_with("lists-refused-as-archived").listing().status_code == 409
