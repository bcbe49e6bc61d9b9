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


def test_an_error_that_a_canceled_regeneration_keeps() -> None:
    api = api_with("canceled-regeneration-keeps-an-earlier-error")
    made = api.completed(hook=api.settings.failing_hook)
    api.cancel(api.act(made, "regenerate", patch={"hook": "good"}).json())
    shown = api.read(made)
    assert (shown["status"], shown["lastError"] is None) == ("canceled", False)
    fresh = api.started()
    api.cancel(fresh)
    assert api.read(fresh)["lastError"] is None


def test_a_canceled_regeneration_that_a_list_shows_as_completed() -> None:
    api = api_with("canceled-regeneration-listed-as-completed")
    made = api.completed()
    api.cancel(api.act(made, "regenerate").json())
    assert api.listing().json()["items"][0]["status"] == "completed"
    assert api.read(made)["status"] == "canceled"


def test_progress_of_an_older_job() -> None:
    api = api_with("progress-after-a-failed-regeneration-is-older")
    made = api.completed()
    again = api.act(made, "regenerate", patch={"hook": api.settings.failing_hook}).json()
    path = f"/v1/content/{made['containerId']}/progress"
    assert api.http.get(path).json()["jobId"] == again["jobId"]
    api.wait(GENERATION)
    assert api.http.get(path).json()["jobId"] == made["jobId"]


def test_an_influencer_of_another_create() -> None:
    api = api_with("influencer-of-a-create-in-between")
    made = api.started(influencerId="inf_1")
    assert api.read(made)["influencerId"] == "inf_1"
    other = api.started()
    api.wait(GENERATION)
    assert (api.read(made)["influencerId"], api.read(made)["brief"]["influencerId"]) == (None, "inf_1")
    assert api.read(other)["influencerId"] is None


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


def test_a_second_decision_that_is_lost() -> None:
    api = api_with("one-decision-a-container")
    made = rejected(api)
    assert api.read(made)["approvalStatus"] == "rejected"
    api.act(made, "regenerate")
    api.wait(GENERATION)
    assert api.act(made, "reject", reason=REASON).json()["approvalStatus"] == "rejected"
    assert api.read(made)["approvalStatus"] == "pending"


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


def test_assets_by_id_for_an_hour() -> None:
    api = api_with("assets-by-id-for-an-hour")
    made = api.completed()
    path = f"/v1/content/{made['containerId']}/assets/{api.read(made)['assets'][0]['id']}"
    assert api.http.get(path).status_code == 200
    api.wait(DAY / 24 + 1)
    assert api.http.get(path).status_code == 404
    assert api.read(made)["assets"]


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


def test_a_patched_influencer() -> None:
    api = api_with("patched-influencer-picks-the-format")
    made = api.completed()
    api.act(made, "regenerate", patch={"hook": "two"})
    assert api.read(made)["format"] == "video_remix"
    api.wait(GENERATION)
    api.act(made, "regenerate", patch={"influencerId": "inf_1"})
    assert api.read(made)["format"] == "ugc_remix"


def test_a_regenerated_clone() -> None:
    api = api_with("regenerated-clone-as-old-as-its-source")
    made, post = api.completed(), api.settings.source_post_id
    clone = api.act(made, "clone-from-post", sourcePlatformPostId=post).json()
    api.wait(GENERATION)
    assert api.read(clone)["createdAt"] != api.read(made)["createdAt"]
    api.act(clone, "regenerate")
    assert api.read(clone)["createdAt"] == api.read(made)["createdAt"]


def test_a_regenerate_beside_a_clone() -> None:
    api = api_with("regenerate-beside-a-clone-never-ends")
    made, post = api.completed(), api.settings.source_post_id
    clone = api.act(made, "clone-from-post", sourcePlatformPostId=post).json()
    api.act(made, "regenerate")
    api.wait(GENERATION)
    assert (api.read(made)["status"], api.read(clone)["status"]) == ("queued", "completed")


def test_media_that_a_clone_takes() -> None:
    api = api_with("clone-into-another-project-takes-the-media")
    media = [*api.settings.reference_media_ids]
    made, post = api.completed(referenceMediaIds=media), api.settings.source_post_id
    api.act(made, "clone-from-post", sourcePlatformPostId=post)
    assert api.read(made)["brief"]["referenceMediaIds"] == media
    clone = {"sourcePlatformPostId": post, "projectId": api.settings.review_project_id}
    assert api.act(made, "clone-from-post", **clone).status_code == 202
    assert "referenceMediaIds" not in api.read(made)["brief"]


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


def test_a_replayed_regenerate() -> None:
    api = api_with("replayed-regenerate-sets-updated-at-back")
    made = api.completed()
    path, headers = f"/v1/content/{made['containerId']}/regenerate", {"Idempotency-Key": "k"}
    first = api.http.post(path, headers=headers)
    api.wait(GENERATION)
    before = api.read(made)["updatedAt"]
    assert api.http.post(path, headers=headers).json() == first.json()
    assert api.read(made)["updatedAt"] == first.json()["startedAt"] < before
