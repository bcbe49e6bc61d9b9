"""Faults of one code path among several that forgets what the others do."""

from typing import Any

import httpx
from faulty_api import FaultyApi, api_with


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
