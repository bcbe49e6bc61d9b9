import time

import pytest
from sandbox_api import Api

JOB_STATUS = {"queued": "running", "generating": "running"}


def test_a_create_answers_an_envelope_that_leads_to_its_job_and_container(api: Api) -> None:
    envelope = api.create().json()
    assert envelope["kind"] == "content_generate"
    assert envelope["status"] == "running"
    assert envelope["stage"] == "queued"
    assert envelope["projectId"] == api.settings.project_id
    assert api.http.get(envelope["locationUrl"]).json()["jobId"] == envelope["jobId"]
    assert api.read(envelope["containerId"])["status"] == "queued"


def test_a_generation_moves_forward_and_job_and_container_agree(api: Api) -> None:
    envelope = api.create().json()
    seen, progress, updated = [], [], []
    for _ in range(7):
        container, job = api.read(envelope["containerId"]), api.job(envelope["jobId"])
        assert job["status"] == JOB_STATUS.get(str(container["status"]), container["status"])
        assert (container["assets"] == []) == (container["status"] != "completed")
        seen.append(container["status"])
        progress.append(float(str(job["progress"])))
        updated.append(str(container["updatedAt"]))
        api.wait(10)
    assert seen == ["queued", "queued", "generating", "generating", "generating", "generating", "completed"]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert updated == sorted(updated)
    assert len(set(updated)) == 3


def test_a_completed_job_has_its_result_and_never_changes(api: Api) -> None:
    envelope = api.create().json()
    api.wait()
    ended = api.job(envelope["jobId"])
    assert ended["result"] == {"containerId": envelope["containerId"]}
    assert str(ended["finishedAt"]) > str(ended["startedAt"])
    api.act(envelope["containerId"], "regenerate")
    api.wait()
    assert api.job(envelope["jobId"]) == ended


@pytest.mark.parametrize(("format_", "kinds"), [("video_remix", ["video"]), ("slideshow_remix", ["image"] * 3)])
def test_assets_and_captions_follow_format_and_platforms(api: Api, format_: str, kinds: list[str]) -> None:
    container_id = api.created(format_=format_, targetPlatforms=["instagram", "youtube"])
    api.wait()
    container = api.http.get(f"/v1/content/{container_id}").json()
    assert [asset["kind"] for asset in container["assets"]] == kinds
    assert all(("durationMs" in asset) == (asset["kind"] == "video") for asset in container["assets"])
    assert [caption["platform"] for caption in container["captions"]] == ["instagram", "youtube"]


def test_every_asset_is_read_by_its_id_with_an_expiring_url(api: Api) -> None:
    mine, foreign = api.created(), api.created()
    api.wait()
    asset = api.http.get(f"/v1/content/{mine}").json()["assets"][0]
    signed = api.http.get(f"/v1/content/{mine}/assets/{asset['id']}").json()
    assert signed["url"].startswith(asset["url"] + "?expires=")
    assert signed["expiresAt"].endswith("Z")
    assert api.http.get(f"/v1/content/{foreign}/assets/{asset['id']}").status_code == 404


def test_auto_is_resolved_on_completion_and_stays(api: Api) -> None:
    container_id = api.created(format_="auto")
    assert api.read(container_id)["format"] == "auto"
    api.wait()
    assert api.read(container_id)["format"] == "slideshow_remix"
    api.act(container_id, "regenerate", {"patch": {"influencerId": "inf_1"}})
    assert api.read(container_id)["format"] == "slideshow_remix"


def test_a_failing_brief_fails_and_a_regeneration_clears_the_error(api: Api) -> None:
    container_id = api.created(hook=api.settings.failing_hook)
    assert api.read(container_id)["lastError"] is None
    api.wait()
    assert api.read(container_id)["status"] == "failed"
    assert api.read(container_id)["lastError"]
    assert api.act(container_id, "regenerate", {"patch": {"hook": "better"}}).status_code == 202
    assert api.read(container_id)["lastError"] is None
    api.wait()
    assert api.read(container_id)["status"] == "completed"


def test_regenerate_keeps_the_container_and_replaces_only_what_the_patch_names(api: Api) -> None:
    envelope = api.create(language="en-US", themeTags=["launch"]).json()
    before = api.read(envelope["containerId"])
    assert api.act(envelope["containerId"], "regenerate").status_code == 409
    api.wait()
    again = api.act(envelope["containerId"], "regenerate", {"patch": {"themeTags": []}}).json()
    after = api.read(envelope["containerId"])
    assert again["containerId"] == envelope["containerId"]
    assert again["jobId"] != envelope["jobId"]
    assert after["brief"] == {**before["brief"], "themeTags": []}  # type: ignore[dict-item]
    assert after["createdAt"] == before["createdAt"]
    assert api.http.get(f"/v1/content/{envelope['containerId']}/progress").json()["jobId"] == again["jobId"]
    assert api.walk() == [envelope["containerId"]]


def test_a_regenerate_without_a_body_is_the_empty_patch(api: Api) -> None:
    container_id = api.created()
    api.wait()
    assert api.http.post(f"/v1/content/{container_id}/regenerate").status_code == 202


@pytest.mark.parametrize("patch", [{"hook": None}, {"hook": 5}, {"unknown": "x"}, "text", {"themeTags": "launch"}])
def test_a_bad_patch_is_refused_and_changes_nothing(shared_api: Api, patch: object) -> None:
    container_id = shared_api.created()
    shared_api.wait()
    before = shared_api.read(container_id)
    assert shared_api.act(container_id, "regenerate", {"patch": patch}).status_code == 422
    assert shared_api.read(container_id) == before


def test_a_cancel_ends_job_and_container_for_good(api: Api) -> None:
    envelope = api.create().json()
    cancel = f"/v1/jobs/{envelope['jobId']}/cancel"
    assert api.http.post(cancel).status_code == 202
    api.wait()
    assert api.http.post(cancel).status_code == 200
    assert api.job(envelope["jobId"])["status"] == "canceled"
    container = api.read(envelope["containerId"])
    assert (container["status"], container["assets"]) == ("canceled", [])


def test_archiving_cancels_what_runs_and_closes_the_project(api: Api) -> None:
    project = api.settings.archive_project_id
    ended = api.created(project=project)
    api.wait()
    running = api.created(project=project)
    assert api.http.delete(f"/v1/projects/{project}").status_code == 200
    assert api.http.delete(f"/v1/projects/{project}").status_code == 200
    assert api.read(ended)["status"] == "completed"
    assert api.read(running)["status"] == "canceled"
    assert api.create(project=project).status_code == 409
    assert api.http.get(api.content(project)).status_code == 409


def test_a_clone_is_a_new_container_and_changes_no_other(api: Api) -> None:
    source = api.created()
    api.wait()
    before = api.read(source)
    clone = api.act(source, "clone-from-post", {"sourcePlatformPostId": api.settings.source_post_id})
    assert clone.status_code == 202
    assert api.walk() == [clone.json()["containerId"], source]
    assert api.read(source) == before


def test_an_unknown_source_post_makes_nothing(api: Api) -> None:
    source = api.created()
    answer = api.act(source, "clone-from-post", {"sourcePlatformPostId": "0"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert api.walk() == [source]


def test_an_unchanged_job_is_not_sent_again(api: Api) -> None:
    envelope = api.create().json()
    api.wait()
    tag = api.http.get(envelope["locationUrl"]).headers["ETag"]
    for value in (tag, f'W/{tag}, "x"', "*"):
        answer = api.http.get(envelope["locationUrl"], headers={"If-None-Match": value})
        assert (answer.status_code, answer.content) == (304, b"")
    assert api.http.get(envelope["locationUrl"], headers={"If-None-Match": '"x"'}).status_code == 200


def test_without_the_test_clock_real_time_ends_a_generation(api: Api) -> None:
    object.__setattr__(api.settings, "generation_seconds", 0.05)
    container_id = api.created()
    time.sleep(0.06)
    assert api.read(container_id)["status"] == "completed"
