"""Faults show, one by one; a conformant backend does not show those of the table."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from faulty_api import GENERATION, FaultyApi, api_with

from sandbox.app import create_app


def decomposed(api: FaultyApi) -> bool:
    return bool(api.read(api.completed(hook="Cafe\u0301"))["brief"]["hook"] != "Cafe\u0301")


def sixth_tag_missing(api: FaultyApi) -> bool:
    return len(api.read(api.completed(themeTags=list("abcdef")))["brief"]["themeTags"]) < 6


def left_behind(api: FaultyApi) -> bool:
    assert api.create(themeTags=[1]).status_code == 422
    return bool(api.listing().json()["items"])


def moves_after_cancel(api: FaultyApi) -> bool:
    envelope = api.started()
    api.cancel(envelope)
    api.wait(GENERATION)
    return bool(api.read(envelope)["status"] != "canceled")


def fails_after_completion(api: FaultyApi) -> bool:
    envelope = api.completed()
    assert api.read(envelope)["status"] == "completed"
    api.wait(1)
    return bool(api.read(envelope)["status"] == "failed")


def fifth_stays_queued(api: FaultyApi) -> bool:
    last = [api.started() for _ in range(5)][-1]
    api.wait(GENERATION)
    return bool(api.read(last)["status"] == "queued")


def updated_at_goes_back(api: FaultyApi) -> bool:
    envelope = api.started()
    api.wait(GENERATION / 2)
    earlier = api.read(envelope)["updatedAt"]
    api.wait(GENERATION)
    return bool(api.read(envelope)["updatedAt"] < earlier)


def forgets_rejection(api: FaultyApi) -> bool:
    envelope = api.completed(under_review=True)
    assert api.act(envelope, "reject", reason="Too loud").status_code == 200
    api.listing(under_review=True)
    return bool(api.read(envelope)["approvalStatus"] != "rejected")


def rejected_despite_refusal(api: FaultyApi) -> bool:
    envelope = api.completed(under_review=True)
    api.act(envelope, "approve")
    assert api.act(envelope, "reject", reason="Too late").status_code == 409
    return bool(api.read(envelope)["approvalStatus"] == "rejected")


def answers_304_after_the_end(api: FaultyApi) -> bool:
    envelope = api.started()
    etag = api.job(envelope).headers["ETag"]
    api.wait(GENERATION)
    return api.job(envelope, **{"If-None-Match": etag}).status_code == 304


def keeps_old_error(api: FaultyApi) -> bool:
    envelope = api.completed(hook=api.settings.failing_hook)
    api.act(envelope, "regenerate", patch={"hook": "Better"})
    api.wait(GENERATION)
    shown = api.read(envelope)
    return bool(shown["status"] == "completed" and shown["lastError"])


def status_of_create(api: FaultyApi, content: bytes) -> int:
    return api.http.post(api.path(), content=content, headers={"Content-Type": "application/json"}).status_code


def partial(api: FaultyApi) -> bool:
    api.completed()
    api.completed()
    return api.listing(limit=1).status_code == 206


def no_retry_after(api: FaultyApi) -> bool:
    answers = [api.http.get("/v1/jobs/job_unknown") for _ in range(50)]
    return any(answer.status_code == 429 and "Retry-After" not in answer.headers for answer in answers)


SHOWS: dict[str, Callable[[FaultyApi], bool]] = {
    "create-answers-201": lambda api: api.create().status_code == 201,
    "hook-nfc-normalised": decomposed,
    "theme-tags-cut-at-5": sixth_tag_missing,
    "container-invisible-for-a-moment": lambda api: "error" in api.read(api.started()),
    "refused-list-item-leaves-a-container": left_behind,
    "canceled-completes-later": moves_after_cancel,
    "completed-turns-failed": fails_after_completion,
    "fifth-in-flight-never-ends": fifth_stays_queued,
    "updated-at-goes-back-on-completion": updated_at_goes_back,
    "last-error-left-after-success": keeps_old_error,
    "rejected-reset-by-a-list": forgets_rejection,
    "refused-rejection-is-written": rejected_despite_refusal,
    "etag-never-changes": answers_304_after_the_end,
    "finished-at-naive": lambda api: not (api.job(api.completed()).json()["finishedAt"] or "Z").endswith("Z"),
    "list-answers-206-when-more": partial,
    "bad-utf-8-crashes": lambda api: status_of_create(api, b'{"format": "auto", "brief": {"hook": "\xff"}}') == 500,
    "trailing-comma-accepted": lambda api: status_of_create(api, b'{"format": "auto", "brief": {"hook": "a",}}') == 202,
    "rate-limit-without-retry-after": no_retry_after,
}


@pytest.mark.parametrize("name", SHOWS)
def test_shows(name: str) -> None:
    assert SHOWS[name](api_with(name))


@pytest.mark.parametrize("name", SHOWS)
def test_a_conformant_backend_does_not_behave_so(name: str) -> None:
    assert not SHOWS[name](api_with())


def test_a_last_character_that_is_not_compared() -> None:
    api = api_with("last-character-not-compared", generation_seconds=0)
    wrong = api.settings.api_key[:-1] + "~"
    assert api.http.get(api.path(), headers={"X-Api-Key": wrong}).status_code == 200
    assert api.http.get(api.path(), headers={"X-Api-Key": wrong[:-1]}).status_code == 401


def test_a_refused_cancel_that_cancels() -> None:
    api = api_with("refused-cancel-cancels")
    started = api.started()
    assert api.cancel(started, **{"X-Api-Key": "wrong"}).status_code == 401
    assert api.read(started)["status"] == "canceled"


def test_another_organization_cancels_a_job() -> None:
    api = api_with("other-organization-cancels-jobs")
    started = api.started()
    other = {"X-Api-Key": api.settings.other_api_key}
    assert api.job(started, **other).status_code == 404
    assert api.cancel(started, **other).status_code == 202


def test_a_patch_that_adds_to_arrays() -> None:
    api = api_with("patch-adds-to-arrays", generation_seconds=0)
    made = api.started(themeTags=["one"])
    assert api.act(made, "regenerate", patch={"themeTags": ["two"]}).status_code == 202
    assert api.read(made)["brief"]["themeTags"] == ["one", "two"]


def test_a_clone_that_changes_a_neighbour() -> None:
    api = api_with("clone-changes-a-neighbour", generation_seconds=0)
    neighbour, source = api.started(), api.started()
    before = api.read(neighbour)
    answer = api.act(source, "clone-from-post", sourcePlatformPostId=api.settings.source_post_id)
    assert answer.status_code == 202
    assert api.read(neighbour) != before


def test_a_refused_clone_that_leaves_a_container() -> None:
    api = api_with("unknown-post-leaves-a-container-of-its-own", generation_seconds=0)
    source = api.started()
    assert api.act(source, "clone-from-post", sourcePlatformPostId="0").status_code == 404
    left = [name for name in api.page()[0] if name != source["containerId"]]
    assert [api.read({"containerId": name})["brief"] for name in left] == [{"hook": "A post"}]


def test_a_refused_reject_that_rejects() -> None:
    api = api_with("reject-with-bad-patch-rejects", generation_seconds=0)
    made = api.started(under_review=True)
    assert api.act(made, "reject", reason="Dull", regenerate={"hook": 1}).status_code == 422
    assert api.read(made)["approvalStatus"] == "rejected"


def test_the_beginning_of_an_asset_id_is_enough() -> None:
    api = api_with("asset-id-cut-short-answered", generation_seconds=0)
    made = api.started()
    asset_id = api.read(made)["assets"][0]["id"]
    assert api.http.get(f"/v1/content/{made['containerId']}/assets/{asset_id[:-3]}").status_code == 200


def test_offset_paging_shows_an_item_twice() -> None:
    api = api_with("offset-paging", generation_seconds=0)
    for _ in range(3):
        api.create()
    first, cursor = api.page(limit=2)
    api.create()
    assert api.page(limit=2, cursor=cursor)[0][0] == first[1]


def test_filters_forgotten_after_the_first_page() -> None:
    api = api_with("filters-forgotten-after-first-page", generation_seconds=0)
    other = api.started(format_="ugc_remix")["containerId"]
    for _ in range(2):
        api.create()
    first, cursor = api.page(format="video_remix", limit=1)
    assert first != [other]
    assert other in api.page(format="video_remix", limit=2, cursor=cursor)[0]


def test_a_list_of_all_projects_with_a_cursor() -> None:
    api = api_with("list-of-all-projects-with-cursor", generation_seconds=0)
    stranger = api.started(under_review=True)["containerId"]
    for _ in range(2):
        api.create()
    first, cursor = api.page(limit=1)
    assert stranger not in first
    assert stranger in api.page(limit=9, cursor=cursor)[0]


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
