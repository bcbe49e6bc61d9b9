"""The judge of ERR-3, by histories on each side of every line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import BRIEF, FACTS, PROJECT, Told, asset, container, envelope, envelope_of_error, failures, job, results

KNOWN, UNKNOWN = "01HX9Y6K7EJ4T2ABCDEF", "01HX9Y6K7EJ4T2ABCDE1"
OTHERS = (f"cnt_{UNKNOWN}", "cnt_nothing")


def told_of(method: str, path: str, status: int, answer: Any = None, **more: Any) -> Told:
    told = Told()
    told.create(answer=envelope() | {"containerId": f"cnt_{KNOWN}", "jobId": f"job_{KNOWN}"})
    shape = container(id=f"cnt_{KNOWN}", assets=[asset(f"med_{KNOWN}")])
    told.call("GET", f"/v1/content/cnt_{KNOWN}", 200, shape)
    told.call(method, path, status, answer, **more)
    return told


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
    for status in (400, 410, 422, 409):
        assert refused(path, status, "VALIDATION", method, body=body) == ["failed"]
    for status in (401, 403, 405, 429, 415, 500):
        assert refused(path, status, "X", method, body=body) == []


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


def test_a_refusal_for_the_body_the_query_or_the_key_is_no_observation() -> None:
    path = f"/v1/content/cnt_{UNKNOWN}/reject"
    assert refused(path, 400, "VALIDATION", "POST", body={"reason": 5}) == []
    assert (
        refused(path, 409, "IDEMPOTENCY_CONFLICT", "POST", body={"reason": "No"}, headers={"Idempotency-Key": "k"})
        == []
    )
    assert refused("/v1/projects/prj_plaia/content?limit=x", 400) == []
    assert refused(f"/v1/content/cnt_{UNKNOWN}", 400, headers={"X-Odd": "\x80"}) == []


def test_what_is_known_and_what_others_ask_for_is_no_observation() -> None:
    assert refused(f"/v1/content/cnt_{KNOWN}", 404, "GONE") == []
    assert refused(f"/v1/projects/{PROJECT}/content", 404, "GONE") == []
    assert refused(f"/v1/content/cnt_{UNKNOWN}", 404, "GONE", actor="anonymous") == []
    assert refused("/v1/nothing", 404, "GONE") == []


def test_the_job_of_an_optional_operation_is_judged_once_the_target_has_the_operation() -> None:
    assert refused(f"/v1/jobs/job_{UNKNOWN}/cancel", 404, "GONE", "POST") == []
    told = told_of("POST", f"/v1/jobs/job_{KNOWN}/cancel", 202)
    told.error("POST", f"/v1/jobs/job_{UNKNOWN}/cancel", 404, "GONE")
    assert results(told, "ERR-3") == ["failed"]


def test_an_answer_that_tells_of_another_container_or_job_fails() -> None:
    told = told_of("GET", f"/v1/content/cnt_{UNKNOWN}", 200, container(id=f"cnt_{KNOWN}"))
    assert f"about the unknown container cnt_{UNKNOWN} with cnt_{KNOWN} instead of 404" in failures(told)["ERR-3"][0]
    assert "ERR-3" in failures(told_of("GET", f"/v1/jobs/job_{UNKNOWN}", 200, job(jobId=f"job_{KNOWN}")))
    progress = f"/v1/content/cnt_{UNKNOWN}/progress"
    assert "ERR-3" in failures(told_of("GET", progress, 200, job(containerId=f"cnt_{KNOWN}")))


def test_another_clients_container_is_met_for_the_first_time_without_blame() -> None:
    told = told_of("GET", f"/v1/content/cnt_{UNKNOWN}", 200, container(id=f"cnt_{UNKNOWN}"))
    told.error("GET", f"/v1/content/cnt_{UNKNOWN}", 403, "X")
    assert results(told, "ERR-3") == []


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/v1/projects/prj_plaia/content", 200, ["failed"]),
        (f"/v1/content/cnt_{UNKNOWN}", 200, ["failed"]),
        ("/v1/content/x", 400, []),
        (f"/v1/content/cnt_{KNOWN}/assets/x", 200, []),
        (f"/v1/content/cnt_{KNOWN}", 200, []),
    ],
)
def test_a_success_about_what_the_driver_made_up_needs_no_further_sign(
    path: str, status: int, expected: list[str]
) -> None:
    told = told_of("GET", path, status, {"items": []})
    assert results(told, "ERR-3") == []
    told.exchanges[-1] = replace(told.exchanges[-1], tags={"unknown": "ids"})
    assert results(told, "ERR-3") == expected


def test_a_list_and_an_asset_make_ids_known() -> None:
    told = told_of("GET", f"/v1/projects/{PROJECT}/content", 200, {"items": [{"id": f"cnt_{UNKNOWN}"}, 5]})
    told.error("GET", f"/v1/content/cnt_{UNKNOWN}", 404, "GONE")
    assert results(told, "ERR-3") == []


def test_a_clone_into_a_chosen_id_names_nothing_that_could_be_unknown() -> None:
    told = told_of("POST", OTHERS[0], 404)
    told.error("POST", f"/v1/content/{OTHERS[1]}/clone-from-post", 404, "GONE", body={"sourcePlatformPostId": "post_1"})
    assert results(told, "ERR-3", replace(FACTS, clone_id="fresh")) == []
    assert results(told, "ERR-3") == ["failed"]
