"""The judge of ERR-3, by histories on each side of every line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import (
    BRIEF,
    FACTS,
    PROJECT,
    HistoryBuilder,
    asset,
    container,
    envelope,
    envelope_of_error,
    failures,
    job,
    results,
)

KNOWN, UNKNOWN = "01HX9Y6K7EJ4T2ABCDEF", "01HX9Y6K7EJ4T2ABCDE1"
OTHER = "01HX9Y6K7EJ4T2AFEDCB"
"""An id of the same form that is not next to the known one, so that another client may have made what it names."""
LONG_PROJECT = "prj_8C2DF5A1B07E4963"
UUID = "1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A"
OTHERS = (f"cnt_{UNKNOWN}", "cnt_nothing")


def told_of(method: str, path: str, status: int, answer: Any = None, **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": f"cnt_{KNOWN}", "jobId": f"job_{KNOWN}"})
    shape = container(id=f"cnt_{KNOWN}", assets=[asset(f"med_{KNOWN}")])
    story.call("GET", f"/v1/content/cnt_{KNOWN}", 200, shape)
    story.call(method, path, status, answer, **more)
    return story


def refused(path: str, status: int, code: str = "NOT_FOUND", method: str = "GET", **more: Any) -> list[str]:
    return results(told_of(method, path, status, envelope_of_error(code), **more), "ERR-3")


PATHS = [
    ("GET", f"/v1/content/cnt_{UNKNOWN}", None),
    ("GET", f"/v1/content/cnt_{UNKNOWN}/progress", None),
    ("GET", f"/v1/content/cnt_{KNOWN}/assets/med_{UNKNOWN}", None),
    ("GET", f"/v1/jobs/job_{UNKNOWN}", None),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/regenerate", {"patch": {"hook": "Another"}}),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/reject", {"reason": "No"}),
    ("POST", f"/v1/content/cnt_{UNKNOWN}/clone-from-post", {"sourcePlatformPostId": "post_1"}),
    ("GET", "/v1/projects/prj_plaia/content", None),
    ("POST", "/v1/projects/prj_plaia/content", {"format": "auto", "brief": BRIEF}),
]


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
def test_what_nobody_has_seen_is_not_found(method: str, path: str, body: Any) -> None:
    assert refused(path, 404, method=method, body=body) == ["passed"]
    assert refused(path, 404, "GONE", method, body=body) == ["failed"]
    for status in (400, 422):
        assert refused(path, status, "VALIDATION", method, body=body) == ["failed"]
    for status in (401, 403, 405, 429, 415, 500):
        assert refused(path, status, "X", method, body=body) == []


@pytest.mark.parametrize("status", [409, 410])
@pytest.mark.parametrize(("method", "path", "body"), PATHS)
def test_a_refusal_for_a_state_fails_where_the_id_surely_names_nothing(
    method: str, path: str, body: Any, status: int
) -> None:
    expected = [] if "prj_plaia" in path else ["failed"]
    assert refused(path, status, "CONFLICT", method, body=body) == expected
    assert refused(path.replace(UNKNOWN, OTHER), status, "CONFLICT", method, body=body) == (
        ["failed"] if "/assets/" in path else []
    )


def test_a_refusal_for_a_state_fails_after_a_read_that_found_nothing() -> None:
    story = told_of("POST", f"/v1/content/cnt_{OTHER}/regenerate", 409, envelope_of_error("CONFLICT"), body={})
    story.error("GET", f"/v1/content/cnt_{OTHER}/progress", 404, "NOT_FOUND")
    story.error("POST", f"/v1/content/cnt_{OTHER}/regenerate", 409, "CONFLICT", body={})
    assert results(story, "ERR-3") == ["passed"]
    story.error("GET", f"/v1/content/cnt_{OTHER}", 404, "NOT_FOUND")
    story.error("POST", f"/v1/content/cnt_{OTHER}/regenerate", 409, "CONFLICT", body={})
    assert results(story, "ERR-3") == ["passed", "passed", "failed"]


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ("cnt_1", "cnt_2"),
        ("cnt_A1B2C3D4E", "cnt_A1B2C3D47"),
        ("cnt_0000000000001234567", "cnt_0000000000001234563"),
        ("cnt_00000000000000000A", "cnt_000000000000000007"),
        ("cnt_abcdefghijklmnopqr", "cnt_abcdefghijklmnopqs"),
    ],
)
def test_an_id_next_to_a_short_or_a_plain_one_may_name_something(known: str, name: str) -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": known})
    story.error("GET", f"/v1/content/{name}", 410, "GONE")
    assert results(story, "ERR-3") == []


def test_an_id_next_to_a_known_one_may_name_something_where_ids_are_counted() -> None:
    story = told_of("GET", f"/v1/projects/{PROJECT}/content", 200, {"items": [{"id": f"cnt_{KNOWN[:-1]}E"}]})
    story.error("GET", f"/v1/content/cnt_{UNKNOWN}", 410, "GONE")
    story.call("GET", f"/v1/content/cnt_{UNKNOWN}", 200, {})
    assert results(story, "ERR-3") == []


def test_an_id_next_to_one_that_another_client_made_may_name_something() -> None:
    story = HistoryBuilder()
    story.call("GET", f"/v1/content/cnt_{KNOWN}", 200, container(id=f"cnt_{KNOWN}"))
    story.call("GET", f"/v1/jobs/job_{KNOWN}", 200, job(jobId=f"job_{KNOWN}", containerId="cnt_9"))
    for path in (f"/v1/content/cnt_{UNKNOWN}", f"/v1/jobs/job_{UNKNOWN}"):
        story.error("GET", path, 410, "GONE")
        story.call("GET", path, 200, {})
    assert results(story, "ERR-3") == []


def test_an_asset_may_be_there_until_its_container_has_shown_them_all() -> None:
    path = f"/v1/content/cnt_{KNOWN}/assets/med_{UNKNOWN}"
    story = told_of(
        "POST", f"/v1/content/cnt_{KNOWN}/regenerate", 202, envelope(2, container_id=f"cnt_{KNOWN}"), body={}
    )
    story.error("GET", path, 410, "GONE")
    assert results(story, "ERR-3") == []
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": f"cnt_{KNOWN}"})
    story.call("GET", f"/v1/content/cnt_{KNOWN}", 200, container(id=f"cnt_{KNOWN}", status="generating"))
    story.error("GET", path, 410, "GONE")
    assert results(story, "ERR-3") == []


@pytest.mark.parametrize(
    "name",
    [
        "cnt_x",
        f"cnt_{UNKNOWN}0",
        "cnt_01HX9Y6K7EJ4T2ABCDEU",
        "cnt_01HX9Y6K7EJ4T2ABCD-F",
        "cnt_91HX9Y6K7EJ4T2ABCDEF",
    ],
)
def test_an_id_that_is_not_formed_like_the_targets_own_may_be_invalid(name: str) -> None:
    assert refused(f"/v1/content/{name}", 400, "VALIDATION") == []
    assert refused(f"/v1/content/{name}", 404) == ["passed"]
    assert refused(f"/v1/content/{name}", 404, "VALIDATION") == ["failed"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cnt_01HX9Y6K7E44T2ABCDEF", ["failed"]),
        ("cnt_01HX9Y6K74J4T2ABCDEF", []),
        ("cnt_01HX9Y6K7EJ4T2xBCDEF", []),
        ("cnt_01HX9Y6K7EJ4T2AB3D5F", ["failed"]),
        ("cnt_01HX9Y6K7EJ4T2ABC_EF", []),
    ],
)
def test_an_id_is_formed_like_the_targets_own_by_its_first_three_fifths_its_separators_and_its_characters(
    name: str, expected: list[str]
) -> None:
    assert refused(f"/v1/content/{name}", 400, "VALIDATION") == expected


@pytest.mark.parametrize(
    ("known", "name", "expected"),
    [
        ("1c9f2a00-4f6e-4c9e-9a0b-6f1d2e3c4b5a", "1c9f2a00-4f6e-4c9e-9a0b-6f1d2edddddd", ["failed"]),
        ("1c9f2a00-4f6e-4c9e-9a0b-6f1d2e3c4b5a", "1c9f2a00-4f6e-4c9e-9a0b-6f1d2eDDDDDD", []),
        ("1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A", "1C9F2A00-4F6E-4C9E-9A0B-6F1D2EDDDDDD", ["failed"]),
        ("1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A", "1C9F2A00-4F6E-4C9E-9A0B-6F1D2Edddddd", []),
        ("abc-abc-abc-abc-abc-abc-abc", "abc-abc-abc-abc-abc-def-def", ["failed"]),
        ("abc-abc-abc-abc-abc-abc-abc", "abc-abc-abc-abc-abc-abc-ab1", []),
        ("100000000001", "100000000239", ["failed"]),
        ("100000000001", "10000000000a", []),
        ("xyz_zyx_zyx", "xyz_zyx_zab", ["failed"]),
        ("xyz_zyx_zyx", "xyz_zyx_zyw", []),
        ("xyz_xy00000", "xyz_xy00123", ["failed"]),
        ("xyz_xy00000", "xyz_xy00abc", []),
        ("cnt_01HX9Y6K7EJ4T2ABCDEF", "cnt_01HX9Y6K7EJ4T2abcdef", []),
    ],
)
def test_digits_and_the_letters_of_hexadecimal_numbers_stand_for_each_other(
    known: str, name: str, expected: list[str]
) -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": known})
    story.error("GET", f"/v1/content/{name}", 400, "VALIDATION")
    assert results(story, "ERR-3") == expected


def test_each_id_that_an_answer_shows_adds_to_what_ids_look_like() -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"containerId": "cnt_1111"})
    story.create(answer=envelope() | {"containerId": "cnt_1111"})
    story.create(answer=envelope() | {"containerId": "box-1234"})
    for name, expected in (("cnt_1119", ["failed"]), ("box-1239", ["failed"] * 2), ("cnt-1119", ["failed"] * 2)):
        story.error("GET", f"/v1/content/{name}", 400, "VALIDATION")
        assert results(story, "ERR-3") == expected


def test_a_refusal_for_the_body_the_query_or_the_key_is_no_observation() -> None:
    path = f"/v1/content/cnt_{UNKNOWN}/reject"
    assert refused(path, 400, "VALIDATION", "POST", body={"reason": 5}) == []
    assert (
        refused(path, 409, "IDEMPOTENCY_CONFLICT", "POST", body={"reason": "No"}, headers={"Idempotency-Key": "k"})
        == []
    )
    assert refused("/v1/projects/prj_plaia/content?limit=x", 400) == []
    assert refused(f"/v1/content/cnt_{UNKNOWN}", 400, headers={"X-Odd": "\x80"}) == []


def test_a_key_is_no_reason_for_any_refusal_but_a_conflict() -> None:
    more: dict[str, Any] = {"body": {"reason": "No"}, "headers": {"Idempotency-Key": "k"}}
    assert refused(f"/v1/content/cnt_{UNKNOWN}/reject", 422, "VALIDATION", "POST", **more) == ["failed"]


def test_a_clone_of_a_post_that_may_be_unknown_is_no_observation() -> None:
    path, body = f"/v1/content/cnt_{UNKNOWN}/clone-from-post", {"sourcePlatformPostId": "post_of_nobody"}
    assert refused(path, 404, "GONE", "POST", body=body) == []


def test_what_is_known_and_what_others_ask_for_is_no_observation() -> None:
    assert refused(f"/v1/content/cnt_{KNOWN}", 404, "GONE") == []
    assert refused(f"/v1/projects/{PROJECT}/content", 404, "GONE") == []
    assert refused(f"/v1/content/cnt_{UNKNOWN}", 404, "GONE", actor="anonymous") == []
    assert refused("/v1/nothing", 404, "GONE") == []


def test_a_path_that_may_be_resolved_on_the_way_names_nothing_that_could_be_unknown() -> None:
    assert refused("/v1/content/%2e%2e", 404, "GONE") == []


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/jobs/job_{KNOWN}",
        f"/v1/content/cnt_{KNOWN}/progress",
        f"/v1/content/cnt_{KNOWN}/assets/med_{KNOWN}",
        "/v1/projects/prj_archive/content",
        "/v1/projects/prj_other_org/content",
    ],
)
def test_what_answers_or_the_configuration_have_named_is_known(path: str) -> None:
    assert refused(path, 404, "GONE") == []


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (f"/v1/content/cnt_{KNOWN}", container(id=f"cnt_{KNOWN}", projectId="prj_shown")),
        (f"/v1/jobs/job_{KNOWN}", job(projectId="prj_shown", containerId="cnt_shown")),
        (f"/v1/content/cnt_{KNOWN}/progress", job(jobId="job_shown", containerId="cnt_shown")),
    ],
)
def test_every_id_that_an_answer_names_is_known(path: str, answer: dict[str, Any]) -> None:
    story = told_of("GET", path, 200, answer)
    shown = [value for value in answer.values() if value in ("prj_shown", "cnt_shown", "job_shown")]
    for name in shown:
        kind = {"prj": "/v1/projects/{}/content", "cnt": "/v1/content/{}", "job": "/v1/jobs/{}"}[name[:3]]
        story.error("GET", kind.format(name), 404, "GONE")
    assert results(story, "ERR-3") == []


@pytest.mark.parametrize("more", [{"actor": "anonymous"}, {"status": 404}, {"path": "/v2/content/cnt_1"}])
def test_only_a_documented_success_of_an_organization_makes_an_id_known(more: dict[str, Any]) -> None:
    shown: dict[str, Any] = {"path": f"/v1/content/cnt_{KNOWN}", "status": 200, "actor": "owner"} | more
    story = told_of("GET", shown["path"], shown["status"], {"jobId": f"job_{UNKNOWN}"}, actor=shown["actor"])
    story.error("GET", f"/v1/jobs/job_{UNKNOWN}", 404, "GONE")
    assert results(story, "ERR-3") == ["failed"]


def test_a_success_that_is_accused_makes_nothing_known() -> None:
    story = told_of("GET", f"/v1/content/cnt_{UNKNOWN}", 200, container(id=f"cnt_{KNOWN}"))
    story.call("GET", f"/v1/content/cnt_{UNKNOWN}", 200, container(id=f"cnt_{KNOWN}"))
    assert results(story, "ERR-3") == ["failed", "failed"]


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": None}])
def test_an_answer_that_does_not_say_what_it_tells_of_is_not_accused(answer: dict[str, Any]) -> None:
    assert results(told_of("GET", f"/v1/content/cnt_{OTHER}", 200, answer), "ERR-3") == []


def test_a_container_whose_id_is_a_uuid_may_come_back_in_lower_case() -> None:
    story = told_of("GET", f"/v1/content/{UUID}/progress", 200, job(containerId=UUID.lower()))
    assert results(story, "ERR-3") == []


@pytest.mark.parametrize(
    ("path", "answer", "body"),
    [
        ("regenerate", envelope(2, container_id=f"cnt_{KNOWN}"), {}),
        ("reject", {"id": f"cnt_{KNOWN}", "approvalStatus": "rejected"}, {"reason": "No"}),
    ],
)
def test_a_write_that_went_to_another_container_fails(path: str, answer: Any, body: Any) -> None:
    story = told_of("POST", f"/v1/content/cnt_{UNKNOWN}/{path}", 200, answer, body=body)
    assert f"for the unknown container cnt_{UNKNOWN} with cnt_{KNOWN} instead" in failures(story)["ERR-3"][0]


def test_an_approve_that_went_to_another_container_fails_where_the_target_has_the_operation() -> None:
    story = told_of("POST", f"/v1/content/cnt_{KNOWN}/approve", 200, {"id": f"cnt_{KNOWN}"})
    story.call("POST", f"/v1/content/cnt_{UNKNOWN}/approve", 200, {"id": f"cnt_{KNOWN}"})
    assert results(story, "ERR-3") == ["failed"]


def test_the_job_of_an_optional_operation_is_judged_once_the_target_has_the_operation() -> None:
    assert refused(f"/v1/jobs/job_{UNKNOWN}/cancel", 404, "GONE", "POST") == []
    story = told_of("POST", f"/v1/jobs/job_{KNOWN}/cancel", 202)
    story.error("POST", f"/v1/jobs/job_{UNKNOWN}/cancel", 404, "GONE")
    assert results(story, "ERR-3") == ["failed"]


def test_an_answer_that_tells_of_another_container_or_job_fails() -> None:
    story = told_of("GET", f"/v1/content/cnt_{UNKNOWN}", 200, container(id=f"cnt_{KNOWN}"))
    assert f"for the unknown container cnt_{UNKNOWN} with cnt_{KNOWN} instead of 404" in failures(story)["ERR-3"][0]
    assert "ERR-3" in failures(told_of("GET", f"/v1/jobs/job_{UNKNOWN}", 200, job(jobId=f"job_{KNOWN}")))
    progress = f"/v1/content/cnt_{UNKNOWN}/progress"
    assert "ERR-3" in failures(told_of("GET", progress, 200, job(containerId=f"cnt_{KNOWN}")))


def test_another_clients_container_is_met_for_the_first_time_without_blame() -> None:
    story = told_of("GET", f"/v1/content/cnt_{OTHER}", 200, container(id=f"cnt_{OTHER}"))
    story.error("GET", f"/v1/content/cnt_{OTHER}", 403, "X")
    assert results(story, "ERR-3") == []


def test_a_container_that_was_read_is_known() -> None:
    story = told_of("GET", f"/v1/content/cnt_{OTHER}", 200, container(id=f"cnt_{OTHER}"))
    story.error("GET", f"/v1/content/cnt_{OTHER}", 404, "GONE")
    assert results(story, "ERR-3") == []


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        (f"/v1/projects/{LONG_PROJECT[:-1]}7/content", 200, ["failed"]),
        (f"/v1/projects/{LONG_PROJECT[:-2]}73/content", 200, []),
        ("/v1/projects/prj_plaia/content", 200, []),
        (f"/v1/content/cnt_{UNKNOWN}", 200, ["failed"]),
        (f"/v1/content/cnt_{OTHER}", 200, []),
        (f"/v1/content/cnt_{UNKNOWN}0", 200, []),
        (f"/v1/jobs/job_{UNKNOWN}", 200, ["failed"]),
        ("/v1/content/x", 400, []),
        (f"/v1/content/cnt_{KNOWN}/assets/x", 200, []),
        (f"/v1/content/cnt_{KNOWN}", 200, []),
    ],
)
def test_a_success_about_an_id_next_to_a_known_one_needs_no_further_sign(
    path: str, status: int, expected: list[str]
) -> None:
    story = told_of("GET", path, status, {"items": []})
    assert results(story, "ERR-3", replace(FACTS, review_project_id=LONG_PROJECT)) == expected


def test_a_list_and_an_asset_make_ids_known() -> None:
    story = told_of("GET", f"/v1/projects/{PROJECT}/content", 200, {"items": [{"id": f"cnt_{UNKNOWN}"}, 5]})
    story.error("GET", f"/v1/content/cnt_{UNKNOWN}", 404, "GONE")
    assert results(story, "ERR-3") == []


@pytest.mark.parametrize("items", [7, {"id": "x"}, [{"id": 7}, {"id": [7]}, {}]])
def test_a_list_may_hold_anything(items: Any) -> None:
    story = told_of("GET", f"/v1/projects/{PROJECT}/content", 200, {"items": items, "assets": items})
    story.error("GET", f"/v1/content/cnt_{UNKNOWN}", 404, "NOT_FOUND")
    assert results(story, "ERR-3") == ["passed"]


def test_an_accepted_clone_makes_known_what_it_made_and_not_what_its_path_names() -> None:
    path, body = f"/v1/content/cnt_{OTHER}/clone-from-post", {"sourcePlatformPostId": "post_1"}
    story = told_of("POST", path, 202, envelope(2), body=body)
    story.error("GET", "/v1/content/cnt_2", 404, "GONE")
    assert results(story, "ERR-3") == []
    story.error("GET", f"/v1/content/cnt_{OTHER}", 404, "GONE")
    assert results(story, "ERR-3") == ["failed"]


def test_a_clone_into_a_chosen_id_names_nothing_that_could_be_unknown() -> None:
    story = told_of("POST", OTHERS[0], 404)
    story.error(
        "POST", f"/v1/content/{OTHERS[1]}/clone-from-post", 404, "GONE", body={"sourcePlatformPostId": "post_1"}
    )
    assert results(story, "ERR-3", replace(FACTS, clone_id="fresh")) == []
    assert results(story, "ERR-3") == ["failed"]
