"""Judges of cloning: what they must accuse, and what they must leave alone."""

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, FOREIGN, PROJECT, REVIEW, HistoryBuilder, container, envelope, failures, results
from moves import clone, item, life, read_once, regenerate

FRESH = replace(FACTS, clone_id="fresh")


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 422, 501])
def test_a_plain_clone_that_is_refused_is_accused(status: Any) -> None:
    story = read_once()
    clone(story, status=status)
    assert failures(story)["CLO-1"] == [f"A clone of the configured source post was answered {status}."]


def test_another_2xx_is_no_202() -> None:
    story = read_once()
    clone(story, status=201)
    assert "was answered 201" in failures(story)["CLO-1"][0]


@pytest.mark.parametrize("status", [401, 403, 429, 503, None])
def test_a_refusal_that_says_nothing_of_the_clone_is_not_judged(status: Any) -> None:
    story = read_once()
    clone(story, status=status)
    assert results(story, "CLO-1") == []


def test_a_clone_over_a_container_in_flight_may_be_refused() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(status="queued")
    clone(story, status=409)
    assert results(story, "CLO-1") == []


def test_a_clone_into_another_project_may_be_refused() -> None:
    story = read_once()
    clone(story, status=422, body={"sourcePlatformPostId": "post_1", "projectId": REVIEW})
    assert results(story, "CLO-1") == []


def test_a_clone_makes_a_container_that_was_never_there() -> None:
    itself, known, listed, nameless, good = (read_once() for _ in range(5))
    clone(itself, 2, answer=envelope(2, container_id="cnt_1"))
    known.create(3)
    clone(known, 2, answer=envelope(2, container_id="cnt_3"))
    listed.list([item(id="cnt_8")])
    clone(listed, 2, answer=envelope(2, container_id="cnt_8"))
    clone(nameless, 2, answer={"jobId": "job_2", "kind": "x", "status": "running"})
    clone(good)
    assert "the container that it was asked to clone" in failures(itself)["CLO-1"][0]
    assert "container cnt_3, which existed before" in failures(known)["CLO-1"][0]
    assert "container cnt_8, which existed before" in failures(listed)["CLO-1"][0]
    assert "without a containerId" in failures(nameless)["CLO-1"][0]
    assert results(good, "CLO-1") == ["passed"]


@pytest.mark.parametrize("job_id", ["job_1", None, 7])
def test_a_clone_that_names_a_new_container_and_no_new_job_is_accused(job_id: Any) -> None:
    story = read_once()
    clone(story, answer=envelope(1, kind="content_clone", container_id="cnt_9") | {"jobId": job_id})
    assert "not a new job" in failures(story)["CLO-1"][0]


def test_a_replay_names_the_same_container() -> None:
    story = read_once()
    for _ in range(2):
        clone(story, headers={"Idempotency-Key": "k"})
    assert results(story, "CLO-1") == ["passed"]


def fresh(status: Any = 202, project: Any = PROJECT) -> HistoryBuilder:
    story = HistoryBuilder()
    body = {"sourcePlatformPostId": "post_1", "projectId": project}
    clone(story, 2, status, path="/v1/content/cnt_2/clone-from-post", body=body)
    return story


def test_the_path_may_name_the_new_container() -> None:
    assert results(fresh(), "CLO-1", FRESH) == ["passed"]
    assert "was answered 404" in failures(fresh(404), FRESH)["CLO-1"][0]
    assert results(fresh(404, "prj_unknown"), "CLO-1", FRESH) == []


@pytest.mark.parametrize("clone_id", ["existing", "fresh"])
def test_a_clone_in_a_project_that_was_archived_may_be_refused(clone_id: str) -> None:
    story = read_once()
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    story.read()
    path = "/v1/content/cnt_1/clone-from-post" if clone_id == "existing" else "/v1/content/cnt_9/clone-from-post"
    clone(story, status=409, path=path, body={"sourcePlatformPostId": "post_1", "projectId": PROJECT})
    assert results(story, "CLO-1", replace(FACTS, clone_id=clone_id)) == []


def test_a_clone_that_can_not_be_read_is_accused() -> None:
    story = read_once()
    clone(story)
    story.error("GET", "/v1/content/cnt_2", 404, "NOT_FOUND")
    assert failures(story)["CLO-2"] == ["Reading the cloned container cnt_2 was answered 404."]


def test_a_clone_that_is_said_to_be_gone_is_accused() -> None:
    story = read_once()
    clone(story)
    story.error("GET", "/v1/content/cnt_2", 410, "NOT_FOUND")
    assert failures(story)["CLO-2"] == ["Reading the cloned container cnt_2 was answered 410."]


@pytest.mark.parametrize("status", [401, 403, 429, 503, None])
def test_a_clone_that_could_not_be_read_now_shows_nothing(status: Any) -> None:
    story = read_once()
    clone(story)
    story.call("GET", "/v1/content/cnt_2", status, {"projectId": REVIEW} if status else None)
    assert results(story, "CLO-2") == []


def test_a_clone_that_shows_no_project_says_nothing_of_where_it_is() -> None:
    story = read_once()
    clone(story)
    shown = container(2, status="queued")
    del shown["projectId"]
    story.call("GET", "/v1/content/cnt_2", answer=shown)
    assert results(story, "CLO-2") == []


@pytest.mark.parametrize("body", [None, []])
def test_a_clone_whose_body_names_no_project_lands_where_the_forked_container_is(body: Any) -> None:
    story = read_once()
    clone(story, body=body)
    story.read(2, projectId=REVIEW)
    assert f'was cloned into project {PROJECT}, but shows project "{REVIEW}"' in failures(story)["CLO-2"][0]


@pytest.mark.parametrize("named", ["cnt_9", "cnt_2"])
def test_a_clone_of_what_nobody_has_seen_may_land_anywhere(named: str) -> None:
    story = HistoryBuilder()
    clone(story, path=f"/v1/content/{named}/clone-from-post")
    story.read(2, projectId=REVIEW, status="queued")
    assert results(story, "CLO-2", FRESH) == []


def test_a_clone_in_another_project_is_accused() -> None:
    story = read_once()
    clone(story)
    story.read(2, projectId=REVIEW)
    assert f'was cloned into project {PROJECT}, but shows project "{REVIEW}"' in failures(story)["CLO-2"][0]


def test_a_clone_goes_where_its_body_says() -> None:
    story = read_once()
    clone(story, body={"sourcePlatformPostId": "post_1", "projectId": REVIEW}, answer=envelope(2, REVIEW))
    story.read(2, projectId=REVIEW, status="queued")
    assert results(story, "CLO-2") == ["passed"]


def test_a_clone_that_the_list_leaves_out_is_accused() -> None:
    missing, listed = read_once(), read_once()
    for story, items in ((missing, [item()]), (listed, [item(), item(id="cnt_2")])):
        clone(story)
        story.list(items)
    assert "but is missing from its list" in failures(missing)["CLO-2"][0]
    assert results(listed, "CLO-2") == ["passed"]


def test_a_filtered_or_earlier_walk_may_leave_a_clone_out() -> None:
    story = read_once()
    clone(story, sent=1010, took=2)
    story.list([item()], sent=1011, took=3)
    story.list([], "?status=failed")
    assert "CLO-2" not in failures(story)


@pytest.mark.parametrize(("items", "cursor"), [([], "c2"), ([{"status": "completed"}], None)])
def test_a_list_that_goes_on_or_that_nobody_can_read_leaves_out_no_clone(items: Any, cursor: Any) -> None:
    story = read_once()
    clone(story)
    story.list(items, cursor=cursor)
    assert results(story, "CLO-2") == []


def test_the_list_of_an_archived_project_may_leave_a_clone_out() -> None:
    story = read_once()
    clone(story)
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    story.list([])
    assert results(story, "CLO-2") == []


def test_a_clone_that_ends_passes() -> None:
    story = read_once()
    clone(story)
    story.read(2)
    assert results(story, "CLO-2") == ["passed", "passed"]


@pytest.mark.parametrize(
    "fields", [{"brief": {"hook": "Other"}}, {"assets": []}, {"approvalStatus": "pending"}, {"format": "ugc_remix"}]
)
def test_a_clone_that_changes_its_source_is_accused(fields: Any) -> None:
    story = read_once()
    clone(story)
    story.read(**fields)
    assert f": {next(iter(fields))} from" in failures(story)["CLO-3"][0]


def test_a_clone_that_leaves_its_source_alone_passes() -> None:
    story = read_once()
    clone(story)
    story.read(updatedAt="2026-04-18T12:30:00Z")
    assert results(story, "CLO-3") == ["passed"]


def test_a_clone_of_an_unknown_post_is_refused() -> None:
    taken, refused = read_once(), read_once()
    clone(taken, post="post_1-unknown", driver="cloning")
    clone(refused, status=404, post="post_1-unknown", driver="cloning")
    assert failures(taken)["CLO-4"] == ['A clone of the unknown post "post_1-unknown" was answered 202.']
    assert results(refused, "CLO-4") == ["passed"]


@pytest.mark.parametrize("status", [400, 422])
def test_a_clone_of_an_unknown_post_may_be_refused_as_invalid(status: int) -> None:
    story = read_once()
    clone(story, status=status, post="post_1-unknown", driver="cloning")
    assert results(story, "CLO-4") == ["passed"]


def test_what_a_replayed_clone_of_an_unknown_post_is_answered_belongs_to_idempotency() -> None:
    story = read_once()
    for _ in range(2):
        clone(story, post="post_1-unknown", driver="cloning", headers={"Idempotency-Key": "k"})
    assert results(story, "CLO-4") == ["failed"]


@pytest.mark.parametrize(
    "more",
    [
        {"post": "post_1"},
        {"post": 7},
        {"body": []},
        {"body": None},
        {"body": {}},
        {"post": "post_1-unknown", "actor": "anonymous"},
    ],
)
def test_a_clone_of_no_unknown_post_or_by_no_one_with_a_key_says_nothing_of_unknown_posts(more: Any) -> None:
    story = read_once()
    clone(story, driver="cloning", **more)
    assert results(story, "CLO-4") == []


@pytest.mark.parametrize("status", [401, 409, 429, 503])
def test_a_refusal_for_another_cause_shows_nothing(status: Any) -> None:
    story = read_once()
    clone(story, status=status, post="post_9", driver="cloning")
    assert results(story, "CLO-4") == []


def test_other_traffic_may_know_other_posts() -> None:
    story = read_once()
    clone(story, post="post_9")
    assert results(story, "CLO-4") == []


def test_a_refused_clone_that_changes_the_container_is_accused() -> None:
    story = read_once()
    clone(story, status=404, post="post_9", driver="cloning")
    story.read(captions=[])
    assert "CLO-4" in failures(story)


@pytest.mark.parametrize(
    ("status", "regenerates", "accused"),
    [(400, 202, False), (409, 202, False), (422, 202, False), (404, 202, True), (201, 202, True), (409, 409, True)],
)
def test_a_clone_of_what_a_regeneration_may_have_put_in_flight_may_be_refused(
    status: Any, regenerates: Any, accused: Any
) -> None:
    story = read_once()
    regenerate(story, status=regenerates)
    clone(story, n=5, status=status)
    assert ("CLO-1" in failures(story)) == accused


@pytest.mark.parametrize(
    ("first", "second", "accused"), [(None, 409, False), (504, 409, False), (422, 409, True), (409, None, True)]
)
def test_an_id_that_an_earlier_clone_may_have_taken_may_be_refused(first: Any, second: Any, accused: Any) -> None:
    story = fresh(first)
    story.exchanges += fresh(second).exchanges
    story.exchanges[-1] = replace(story.exchanges[-1], id="x2", sent_at=1005.0, received_at=1005.1)
    assert ("CLO-1" in failures(story, FRESH)) == accused


def test_a_list_that_meets_a_clone_under_way_does_not_show_that_it_was_there_before() -> None:
    story = read_once()
    story.list([item(id="cnt_2")], sent=1011, took=1)
    clone(story, sent=1010, took=3)
    assert results(story, "CLO-1") == ["passed"]


@pytest.mark.parametrize(("query", "accused"), [("", True), ("?limit=0", False), ("?limit=-1", False)])
def test_a_list_without_room_leaves_out_no_clone(query: Any, accused: Any) -> None:
    story = read_once()
    clone(story)
    story.list([], query)
    assert ("CLO-2" in failures(story)) == accused


@pytest.mark.parametrize(("actor", "expected"), [("other", []), ("owner", ["failed"])])
@pytest.mark.parametrize("clone_id", ["existing", "fresh"])
def test_another_organization_may_not_know_the_configured_post(actor: str, expected: list[str], clone_id: str) -> None:
    own = FOREIGN if actor == "other" else PROJECT
    story = HistoryBuilder()
    story.create(project=own, actor=actor)
    story.call("GET", "/v1/content/cnt_1", 200, container(projectId=own), actor=actor)
    path = "/v1/content/cnt_1/clone-from-post" if clone_id == "existing" else "/v1/content/cnt_9/clone-from-post"
    body = {"sourcePlatformPostId": "post_1", "projectId": PROJECT}
    clone(story, status=404, actor=actor, path=path, body=body)
    assert results(story, "CLO-1", replace(FACTS, clone_id=clone_id)) == expected


def test_the_project_of_a_clone_may_come_back_in_lower_case() -> None:
    name = "1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A"
    story = read_once()
    clone(story, body={"sourcePlatformPostId": "post_1", "projectId": name}, answer=envelope(2, name))
    story.read(2, projectId=name.lower())
    assert "CLO-2" not in failures(story)


@pytest.mark.parametrize("status", [409, 422])
@pytest.mark.parametrize("source", ["failed", "canceled"])
def test_what_has_failed_or_was_canceled_need_not_be_cloned(source: str, status: int) -> None:
    story = life(source)
    clone(story, status=status)
    assert failures(story) == {}
    completed = life("completed")
    clone(completed, status=status)
    assert list(failures(completed)) == ["CLO-1"]
