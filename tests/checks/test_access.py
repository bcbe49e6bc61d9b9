"""The judges of AUT, by histories on each side of every line.

What they say of AUT-5 is approved too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import (
    BRIEF,
    FACTS,
    FOREIGN,
    JUDGED,
    LIST,
    PROJECT,
    REVIEW,
    HistoryBuilder,
    container,
    envelope,
    envelope_of_error,
    failures,
    job,
    results,
)


def refused(status: int = 401, code: str = "UNAUTHENTICATED", path: str = LIST, **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    story.error("GET", path, status, code, actor="anonymous", **more)
    return story


@pytest.mark.parametrize("actor", ["anonymous", "wrong-bearer", "empty-key"])
def test_a_success_without_a_right_key_fails(actor: str) -> None:
    story = HistoryBuilder()
    story.read()
    story.call("GET", "/v1/content/cnt_1", 200, container(), actor=actor)
    assert failures(story) == {"AUT-1": [f"getContent answered 200 to a caller without a valid key ({actor})."]}


def test_a_304_confirms_what_a_stranger_must_not_know() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/jobs/job_1", 304, actor="anonymous", headers={"If-None-Match": '"1"'})
    assert results(story, "AUT-1") == ["failed"]


def test_a_refusal_with_401_passes_both() -> None:
    story = refused()
    assert results(story, "AUT-1") == ["passed"]
    assert results(story, "AUT-2") == ["passed"]


@pytest.mark.parametrize("status", [408, 421, 431])
def test_what_a_server_says_before_anybody_has_looked_at_the_key_tells_nothing_of_it(status: int) -> None:
    assert failures(refused(status)) == {}
    assert results(refused(status), "AUT-1") == []


def test_the_owner_the_harness_and_undocumented_calls_are_no_strangers() -> None:
    story = HistoryBuilder()
    story.read()
    story.call("GET", "/v1/content/cnt_1", 200, container(), actor="harness")
    story.call("GET", "/health", 200, {}, actor="anonymous")
    story.call("HEAD", "/v1/content/cnt_1", 200, actor="anonymous")
    story.call("GET", "/v1/content/..", 200, {}, actor="anonymous")
    assert results(story, "AUT-1") == []


def test_a_caller_of_whom_nothing_is_known_is_no_stranger() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", 200, container(), actor="")
    assert results(story, "AUT-1") == []


@pytest.mark.parametrize(("status", "code"), [(403, "FORBIDDEN_SCOPE"), (404, "NOT_FOUND"), (400, "VALIDATION")])
def test_another_refusal_of_an_otherwise_good_call_is_not_what_the_errors_page_says(status: int, code: str) -> None:
    message = failures(refused(status, code))["AUT-2"][0]
    assert f"listContent answered {status} {code} instead of 401 UNAUTHENTICATED" in message


def test_another_refusal_without_an_envelope_is_accused_of_the_same() -> None:
    story = HistoryBuilder()
    story.call("GET", LIST, 403, b"no", actor="anonymous")
    assert "listContent answered 403 instead of 401 UNAUTHENTICATED" in failures(story)["AUT-2"][0]


def test_a_401_with_another_code_fails_and_one_without_an_envelope_is_the_envelopes_matter() -> None:
    assert 'the code "DENIED"' in failures(refused(401, "DENIED"))["AUT-2"][0]
    story = HistoryBuilder()
    story.call("GET", LIST, 401, b"no", actor="anonymous")
    assert results(story, "AUT-2") == []


@pytest.mark.parametrize("path", ["/v1/content/cnt_9", "/v1/jobs/job_9", "/v1/projects/prj_unknown/content"])
def test_whether_something_is_there_is_not_told_without_a_key(path: str) -> None:
    story = HistoryBuilder()
    story.error("GET", path, 404, "NOT_FOUND", actor="anonymous")
    assert "instead of 401 UNAUTHENTICATED" in failures(story)["AUT-2"][0]


@pytest.mark.parametrize(
    ("path", "status", "more"),
    [
        (LIST, 429, {}),
        (LIST, 503, {}),
        (LIST + "?limit=x", 400, {}),
        (LIST, 400, {"headers": {"X-Odd": "\x80"}}),
    ],
)
def test_a_call_that_could_be_refused_for_something_else_first_is_no_observation(
    path: str, status: int, more: dict[str, Any]
) -> None:
    assert results(refused(status, "X", path, **more), "AUT-2") == []


def test_an_invalid_body_may_be_refused_before_the_key_is_looked_at_and_a_valid_one_not() -> None:
    for body, expected in (({"format": 7}, []), ({"format": "auto", "brief": BRIEF}, ["failed"])):
        story = HistoryBuilder()
        story.error("POST", LIST, 400, "VALIDATION", body=body, actor="anonymous")
        assert results(story, "AUT-2") == expected


def test_an_optional_operation_that_may_be_absent_answers_404_to_anybody() -> None:
    story = refused(404, "NOT_FOUND", "/v1/jobs/job_1")
    absent = HistoryBuilder()
    absent.create()
    absent.error("POST", "/v1/jobs/job_1/cancel", 404, "NOT_FOUND", actor="anonymous")
    assert results(story, "AUT-2") == ["failed"]
    assert results(absent, "AUT-2") == []
    absent.call("POST", "/v1/jobs/job_1/cancel", 202)
    absent.error("POST", "/v1/jobs/job_1/cancel", 404, "NOT_FOUND", actor="anonymous")
    assert results(absent, "AUT-2") == ["failed", "failed"]


def test_an_optional_operation_that_refused_a_stranger_otherwise_is_accused_once_the_target_is_known_to_have_it() -> (
    None
):
    story = HistoryBuilder()
    story.create()
    story.error("POST", "/v1/content/cnt_1/approve", 403, "FORBIDDEN_SCOPE", actor="anonymous")
    assert results(story, "AUT-2") == []
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    assert "approveContent answered 403 FORBIDDEN_SCOPE instead of 401" in failures(story)["AUT-2"][0]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/content/cnt_1/regenerate", ["failed"]),
        ("/v1/content/cnt_9/regenerate", []),
        (LIST, ["failed"]),
        ("/v1/projects/prj_unknown/content", []),
    ],
)
def test_a_write_about_what_may_not_be_there_may_be_answered_with_that_first(path: str, expected: list[str]) -> None:
    story = HistoryBuilder()
    story.create()
    body = {"format": "auto", "brief": BRIEF} if path.startswith("/v1/projects") else None
    story.error("POST", path, 404, "NOT_FOUND", body=body, actor="anonymous")
    assert results(story, "AUT-2") == expected


def test_of_what_an_optional_operation_answered_to_strangers_the_last_hundred_are_kept() -> None:
    story = HistoryBuilder()
    story.create()
    for _ in range(101):
        story.error("POST", "/v1/content/cnt_1/approve", 403, "FORBIDDEN_SCOPE", actor="anonymous")
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    assert results(story, "AUT-2") == ["failed"] * 100
    JUDGED.clear()  # a snapshot of a hundred equal findings would hold no more


def foreign(
    method: str, path: str, status: int, answer: Any = None, actor: str = "other", **more: Any
) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    story.call(method, path, status, answer, actor=actor, **more)
    return story


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/v1/content/cnt_1", container()),
        ("GET", "/v1/content/cnt_1/progress", job()),
        ("GET", "/v1/content/cnt_1/assets/med_1", {"id": "med_1", "url": "https://m.test/1"}),
        ("GET", "/v1/jobs/job_1", job()),
        ("POST", "/v1/jobs/job_1/cancel", {}),
        ("POST", "/v1/content/cnt_1/regenerate", envelope(2, container_id="cnt_1")),
        ("POST", LIST, envelope(2)),
    ],
)
def test_a_key_that_reaches_another_organizations_things_fails(method: str, path: str, answer: Any) -> None:
    for status in (200, 202):
        (message,) = failures(foreign(method, path, status, answer))["AUT-4"]
        assert "to the key of the other organization" in message
        assert "of the owner" in message


def test_a_304_to_another_organization_confirms_what_it_must_not_know() -> None:
    story = foreign("GET", "/v1/jobs/job_1", 304, headers={"If-None-Match": '"1"'})
    assert results(story, "AUT-4") == ["failed"]


def test_a_path_that_may_be_resolved_on_the_way_names_nobodys_things() -> None:
    assert results(foreign("GET", "/v1/content/cnt_1/assets/..", 200, {}), "AUT-4") == []


def test_things_of_projects_that_nobody_has_configured_belong_to_who_made_them() -> None:
    story = HistoryBuilder()
    story.create(5, project="prj_unknown", actor="other")
    story.call("GET", "/v1/content/cnt_5", 200, container(5, projectId="prj_unknown"), actor="other")
    assert results(story, "AUT-4") == []
    story.call("GET", "/v1/content/cnt_5", 200, container(5, projectId="prj_unknown"))
    assert "for the container cnt_5 of the other organization" in failures(story)["AUT-4"][0]


@pytest.mark.parametrize("project", [PROJECT, REVIEW, "prj_archive"])
def test_each_configured_project_is_the_owners(project: str) -> None:
    assert results(foreign("GET", f"/v1/projects/{project}/content", 200, {"items": [container(7)]}), "AUT-4") == [
        "failed"
    ]


def test_the_owner_has_no_right_to_the_other_organizations_project_either() -> None:
    (message,) = failures(foreign("GET", f"/v1/projects/{FOREIGN}/content", 200, {"items": [container(5)]}, "owner"))[
        "AUT-4"
    ]
    assert "to the key of the owner" in message


@pytest.mark.parametrize(
    ("status", "expected"), [(403, ["passed"]), (404, ["passed"]), (401, []), (429, []), (500, [])]
)
def test_both_ways_to_refuse_pass_and_a_key_that_is_never_let_in_shows_nothing(
    status: int, expected: list[str]
) -> None:
    assert results(foreign("GET", "/v1/content/cnt_1", status), "AUT-4") == expected


def test_a_list_may_be_empty_or_hold_the_callers_own_but_no_foreign_container() -> None:
    assert results(foreign("GET", LIST, 200, {"items": []}), "AUT-4") == []
    assert (
        "showed container cnt_1 of the owner"
        in failures(foreign("GET", LIST, 200, {"items": [container()]}))["AUT-4"][0]
    )
    own = f"/v1/projects/{FOREIGN}/content"
    assert "cnt_1 of the owner" in failures(foreign("GET", own, 200, {"items": [container()]}))["AUT-4"][0]
    assert "AUT-4" not in failures(foreign("GET", own, 200, {"items": [container(7, projectId=FOREIGN), "odd"]}))
    assert "cnt_7 of the owner" in failures(foreign("GET", own, 200, {"items": [container(7)]}))["AUT-4"][0]


@pytest.mark.parametrize(
    "items", [None, {"id": "cnt_1"}, [{"id": 7}, {"id": []}, {}], [container(7, projectId=FOREIGN)]]
)
def test_a_page_of_an_own_project_that_names_no_known_container_shows_nothing_of_others(items: Any) -> None:
    story = foreign("GET", f"/v1/projects/{FOREIGN}/content", 200, {"items": items})
    assert results(story, "AUT-4") == []


def test_a_page_is_accused_once_also_of_what_nobody_has_met_before() -> None:
    story = foreign("GET", LIST, 200, {"items": [container(7), container(1)]})
    assert failures(story)["AUT-4"] == [
        f"The list of project {PROJECT} showed container cnt_7 of the owner to the key of the other organization."
    ]


def test_each_organization_may_use_its_own_things() -> None:
    story = HistoryBuilder()
    story.create(project=FOREIGN, actor="other")
    story.call("GET", "/v1/content/cnt_1", 200, container(projectId=FOREIGN), actor="other")
    story.create(2)
    story.read(2)
    assert results(story, "AUT-4") == []


def test_a_container_first_met_in_another_organizations_read_is_known_by_its_project() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", 200, container(), actor="other")
    assert results(story, "AUT-4") == ["failed"]


def test_a_clone_into_a_chosen_id_reaches_nobodys_container() -> None:
    story = foreign("POST", "/v1/content/cnt_1/clone-from-post", 202, envelope(2, FOREIGN), body={})
    assert results(story, "AUT-4", replace(FACTS, clone_id="fresh")) == []
    assert results(story, "AUT-4") == ["failed"]


@pytest.mark.parametrize("clone_id", ["existing", "fresh"])
def test_a_clone_of_ones_own_into_another_organizations_project_fails(clone_id: str) -> None:
    def story(status: int, answer: Any) -> HistoryBuilder:
        history = HistoryBuilder()
        history.create(5, project=FOREIGN, actor="other")
        body = {"sourcePlatformPostId": "7", "projectId": PROJECT}
        history.call("POST", "/v1/content/cnt_5/clone-from-post", status, answer, body=body, actor="other")
        return history

    facts = replace(FACTS, clone_id=clone_id)
    assert "into the project" in failures(story(202, envelope(6)), facts)["AUT-4"][0]
    # The project that the body names may be ignored, or be a reason to refuse.
    assert "AUT-4" not in failures(story(202, envelope(6, FOREIGN)), facts)
    assert "AUT-4" not in failures(story(404, None), facts)
    assert "AUT-4" not in failures(story(422, None), facts)


def test_the_owners_clone_into_the_other_organizations_project_fails_too() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/clone-from-post", 202, envelope(2, FOREIGN), body={"projectId": FOREIGN})
    message = f"cloneFromPost put a container of the owner into the project {FOREIGN} of the other organization."
    assert failures(story)["AUT-4"] == [message]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"projectId": 7}, 7),
        ({"projectId": "prj_unknown"}, "prj_unknown"),
        ({"projectId": PROJECT}, PROJECT),
        ({"projectId": [PROJECT]}, [PROJECT]),
        ([PROJECT], PROJECT),
        ({}, None),
    ],
)
def test_a_clone_into_a_project_of_ones_own_or_of_nobody_is_no_trespass(body: Any, shown: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/clone-from-post", 202, envelope(2) | {"projectId": shown}, body=body)
    assert results(story, "AUT-4") == []


def test_a_foreign_regeneration_does_not_make_a_container_its_own() -> None:
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(1, "prj_unknown"), actor="other")
    story.call("GET", "/v1/content/cnt_1", 200, container(projectId="prj_unknown"))
    assert results(story, "AUT-4") == []


THEIR_LIST = f"/v1/projects/{FOREIGN}/content"


@pytest.mark.parametrize("status", [409, 410, 422, 429])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/content/cnt_1/reject", {"reason": "No."}),
        ("/v1/content/cnt_1/regenerate", {}),
        ("/v1/jobs/job_1/cancel", None),
    ],
)
def test_another_refusal_neither_keeps_nor_breaks_isolation(path: str, body: Any, status: int) -> None:
    story = foreign("POST", path, status, envelope_of_error("CONFLICT"), body=body)
    assert results(story, "AUT-4") == []
