import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_api import Api

from sandbox.records import Replay

DAY = 24 * 60 * 60


def test_a_replay_is_the_first_answer_and_makes_nothing(api: Api) -> None:
    first = api.create(key="k")
    api.wait()
    again = api.create(key="k")
    assert (again.status_code, again.content) == (202, first.content)
    assert len(api.walk()) == 1


def test_another_body_conflicts_and_the_first_still_replays(api: Api) -> None:
    first = api.create(key="k")
    conflict = api.create(key="k", hook="another")
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert api.create(key="k").content == first.content
    assert len(api.walk()) == 1


def test_bodies_differ_by_code_points_and_not_by_json_spelling(api: Api) -> None:
    first = api.create(key="k", hook="caf\u00e9", language="fr")
    body = {"brief": {"language": "fr", "hook": "caf\u00e9"}, "format": "video_remix"}
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    spelled = api.http.post(api.content(), content=json.dumps(body, indent=3).encode(), headers=headers)
    assert spelled.content == first.content
    assert api.create(key="k", hook="cafe\u0301", language="fr").status_code == 409


def test_without_a_key_and_with_another_key_a_request_is_fresh(api: Api) -> None:
    made = {api.created(), api.created(), api.created(key="a"), api.created(key="b")}
    assert len(made) == 4


def test_a_key_is_known_in_its_own_scope_only(api: Api) -> None:
    first = api.create(key="k").json()
    elsewhere = api.create(key="k", project=api.settings.review_project_id).json()
    foreign = api.other.post(
        api.content(api.settings.other_project_id),
        json={"format": "video_remix", "brief": api.brief},
        headers={"Idempotency-Key": "k"},
    ).json()
    api.wait()
    again = api.act(first["containerId"], "regenerate", {}, **{"Idempotency-Key": "k"}).json()
    assert len({first["jobId"], elsewhere["jobId"], foreign["jobId"], again["jobId"]}) == 4


@pytest.mark.parametrize("action", ["regenerate", "clone-from-post", "reject"])
def test_every_generate_call_replays_and_conflicts(api: Api, action: str) -> None:
    container_id = api.created(project=api.settings.review_project_id)
    api.wait()
    bodies = {
        "regenerate": ({}, {"patch": {"hook": "x"}}),
        "clone-from-post": tuple(
            {"sourcePlatformPostId": api.settings.source_post_id, "mode": mode} for mode in ("fork", "reimagine")
        ),
        "reject": ({"reason": "r", "regenerate": True}, {"reason": "s", "regenerate": True}),
    }[action]
    first, again, other = (
        api.act(container_id, action, body, **{"Idempotency-Key": "k"}) for body in (bodies[0], *bodies)
    )
    assert first.status_code == 202
    assert again.content == first.content
    assert other.json()["error"]["code"] == "IDEMPOTENCY_CONFLICT"


def test_an_invalid_request_leaves_its_key_free(api: Api) -> None:
    assert api.create(key="k", hook=5).status_code == 422
    assert api.create(key="k").status_code == 202


def test_the_window_ends_after_24_hours(api: Api) -> None:
    first = api.create(key="k")
    api.wait(DAY - 60)
    assert api.create(key="k").content == first.content
    api.wait(60)
    assert api.create(key="k", hook="another").status_code == 202


@pytest.mark.parametrize(("age", "expired"), [(DAY * 1000 - 1, False), (DAY * 1000, True), (DAY * 1000 + 1, True)])
def test_the_boundary_of_the_window_is_exact(api: Api, age: int, expired: bool) -> None:  # noqa: FBT001  # a table's column
    assert api.backend.idempotency.expired(Replay("", 202, b"", 1000), 1000 + age) is expired


@pytest.mark.parametrize(("key", "status"), [("", 400), ("k" * 255, 202), ("k" * 256, 400)])
def test_a_key_has_1_to_255_characters(api: Api, key: str, status: int) -> None:
    assert api.create(key=key).status_code == status


def test_parallel_duplicates_make_one_container(api: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.create(key="k").content, range(24)))
    assert len(set(answers)) == 1
    assert len(api.walk()) == 1


@pytest.mark.parametrize("part", ["keep_replay", "add_container", "add_job"])
def test_a_crash_between_the_writes_leaves_nothing(api: Api, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("crash at /secret/path")

    with monkeypatch.context() as patch:
        patch.setattr(api.backend.store, part, crash)
        answer = api.create(key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert api.walk() == []
    store = api.backend.store.connection
    counts = store.execute("SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM replays)").fetchone()
    assert counts == (0, 0)
    assert api.create(key="k", hook="another").status_code == 202
