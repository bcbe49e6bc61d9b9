"""The judges of ERR-2, 4, 5 and 7, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, PROJECT, HistoryBuilder, envelope, envelope_of_error, failures, results
from moves import life

CREATE = f"/v1/projects/{PROJECT}/content"


def answered(
    status: int, answer: Any, method: str = "GET", path: str = "/v1/content/cnt_1", **more: Any
) -> HistoryBuilder:
    story = HistoryBuilder()
    story.call(method, path, status, answer, **more)
    return story


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        (None, "without a body"),
        (b"Not Found", "that is not the JSON error envelope"),
        ({"detail": "Not Found"}, "has no error object"),
        ([1], "has no error object"),
        ({"error": "NOT_FOUND"}, "has no error object"),
        (
            {"error": {"code": "", "message": 5}},
            "without a non-empty string in error.code and error.message and error.requestId",
        ),
    ],
)
def test_a_4xx_without_the_envelope_fails(answer: Any, fragment: str) -> None:
    (message,) = failures(answered(404, answer))["ERR-2"]
    assert fragment in message


def test_the_envelope_passes_whoever_gets_it() -> None:
    story = answered(404, envelope_of_error("NOT_FOUND"))
    story.error("GET", "/v1/content/cnt_1", 401, "UNAUTHENTICATED", actor="anonymous")
    story.error("GET", "/nothing", 404, "NOT_FOUND")
    assert results(story, "ERR-2") == ["passed"] * 3


@pytest.mark.parametrize("status", [408, 411, 414, 417, 426, 431])
def test_what_http_software_answers_has_no_envelope(status: int) -> None:
    assert results(answered(status, b"<html>"), "ERR-2") == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/content/cnt_1", {"X-Odd": "\x80"}),
        ("/v1/content/cnt_1", {"X-Long": "a" * 1001}),
        ("/v1/content/cnt_1", {"Expect": "x"}),
        ("/v1/content/" + "c" * 2000, {}),
        ("/v1/content/a%00b", {}),
        ("/v1/content/a%zz", {}),
    ],
)
def test_a_400_to_a_message_that_a_server_may_refuse_has_no_envelope(path: str, headers: dict[str, str]) -> None:
    assert results(answered(400, b"bad request", path=path, headers=headers), "ERR-2") == []


def test_a_400_to_an_ordinary_message_needs_the_envelope() -> None:
    assert results(answered(400, b"bad", headers={"X-Long": "a" * 1000}), "ERR-2") == ["failed"]


def test_a_405_of_a_documented_path_needs_the_envelope_and_other_paths_do_not() -> None:
    assert results(answered(405, {}, "PUT"), "ERR-2") == ["failed"]
    assert results(answered(404, {}, "PUT"), "ERR-2") == []
    assert results(answered(405, {}, "PUT", "/v1/nothing"), "ERR-2") == []
    assert results(answered(404, None, "HEAD"), "ERR-2") == []


def test_a_404_of_an_unknown_path_needs_the_envelope_below_the_version() -> None:
    assert results(answered(404, b"", path="/v1/nothing"), "ERR-2") == ["failed"]
    assert results(answered(404, b"", path="/nothing"), "ERR-2") == []
    assert results(answered(404, b"", path="/v1/nothing", headers={"Expect": "x"}), "ERR-2") == []


def test_an_absent_optional_operation_has_no_envelope_until_it_was_seen_to_exist() -> None:
    story = answered(404, b"", "POST", "/v1/content/cnt_1/approve")
    assert results(story, "ERR-2") == []
    story.call("POST", "/v1/content/cnt_1/approve", 200)
    story.call("POST", "/v1/content/cnt_2/approve", 404, b"")
    assert results(story, "ERR-2") == ["failed"]


@pytest.mark.parametrize(("status", "found"), [(405, []), (406, ["failed"])])
def test_a_method_that_an_absent_optional_operation_lacks_has_no_envelope(status: int, found: list[str]) -> None:
    assert results(answered(status, b"", "POST", "/v1/content/cnt_1/approve"), "ERR-2") == found


@pytest.mark.parametrize(("method", "status"), [("HEAD", 405), ("CONNECT", 200), ("connect", 400), ("OPTIONS", 405)])
def test_a_method_of_http_itself_is_nobodys_mistake(method: str, status: int) -> None:
    story = answered(status, None if method == "HEAD" else envelope_of_error("X"), method)
    assert results(story, "ERR-5") == []
    assert "failed" not in results(story, "ERR-2")


INVALID = {"format": 5, "brief": BRIEF}


@pytest.mark.parametrize("body", [INVALID, b"{", {"format": "auto", "brief": {"hook": ["x"]}}])
@pytest.mark.parametrize("status", [400, 422])
def test_an_invalid_body_refused_as_validation_passes(body: Any, status: int) -> None:
    assert results(answered(status, envelope_of_error("VALIDATION"), "POST", CREATE, body=body), "ERR-4") == ["passed"]


def test_another_code_or_another_status_fails() -> None:
    story = answered(400, envelope_of_error("BAD_REQUEST"), "POST", CREATE, body=INVALID)
    assert '400 and the code "BAD_REQUEST" instead of VALIDATION' in failures(story)["ERR-4"][0]
    story = answered(418, envelope_of_error("VALIDATION"), "POST", CREATE, body=INVALID)
    assert (
        "answered 418 to a body that it should refuse as invalid (format breaks its stated type)"
        in failures(story)["ERR-4"][0]
    )


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 409, 413, 415, 429, 431, 500])
def test_a_refusal_for_another_reason_is_no_observation(status: int) -> None:
    assert results(answered(status, envelope_of_error("X"), "POST", CREATE, body=INVALID), "ERR-4") == []


def test_only_the_owners_calls_on_what_exists_are_judged() -> None:
    wrong = envelope_of_error("WRONG")
    assert results(answered(400, wrong, "POST", CREATE, body=INVALID, actor="anonymous"), "ERR-4") == []
    assert results(answered(400, wrong, "POST", "/v1/content/cnt_1/reject", body={"reason": 5}), "ERR-4") == []
    assert results(answered(400, wrong, "POST", CREATE, body={"format": "auto", "brief": BRIEF}), "ERR-4") == []
    assert results(answered(400, b"no", "POST", CREATE, body=INVALID), "ERR-4") == []


def test_a_limit_of_size_is_told_with_the_envelope() -> None:
    assert "ERR-2" in failures(answered(413, b"<html>"))
    assert results(answered(413, envelope_of_error("VALIDATION")), "ERR-2") == ["passed"]


def test_an_accepted_invalid_body_is_told_beside_whatever_else_it_breaks() -> None:
    story = HistoryBuilder()
    story.create()
    story.call(
        "POST", "/v1/content/cnt_1/reject", 200, {"id": "cnt_1", "approvalStatus": "rejected"}, body={"reason": 5}
    )
    assert "rejectContent answered 200" in failures(story)["ERR-4"][0]
    story = HistoryBuilder()
    story.create(body=INVALID)
    assert {"ERR-4", "CRE-9"} <= set(failures(story))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PURGE"])
def test_an_undocumented_method_answered_405_passes_and_one_that_works_fails(method: str) -> None:
    assert results(answered(405, None, method), "ERR-5") == ["passed"]
    found = results(answered(400, envelope_of_error("X"), method), "ERR-5")
    if method in {"PATCH", "DELETE"}:
        # A target may offer them (open reading 28).
        assert results(answered(200, {}, method), "ERR-5") == found == []
        return
    assert "document defines only GET" in failures(answered(200, {}, method))["ERR-5"][0]
    assert found == ([] if method == "PURGE" else ["failed"])


def test_reading_where_nothing_can_be_read_is_an_undocumented_method() -> None:
    path = "/v1/content/cnt_1/regenerate"
    assert results(answered(405, None, path=path), "ERR-5") == ["passed"]
    assert "document defines only POST" in failures(answered(200, {}, path=path))["ERR-5"][0]


def test_a_path_with_two_methods_is_told_with_both() -> None:
    assert "defines only GET and POST at this path." in failures(answered(200, {}, "PUT", CREATE))["ERR-5"][0]


@pytest.mark.parametrize("path", ["/v1/content/cnt_1", "/v1/content/cnt_1?a=1", "/v1/content/cnt_1?a=1?b=2"])
def test_an_undocumented_method_on_what_is_there_is_not_answered_404(path: str) -> None:
    story = HistoryBuilder()
    story.create()
    story.error("PUT", path, 404, "NOT_FOUND")
    assert results(story, "ERR-5") == ["failed"]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 501])
def test_other_ways_to_say_no_are_no_observation(status: int) -> None:
    assert results(answered(status, None, "PUT"), "ERR-5") == []


def test_other_pages_may_document_more_where_all_is_optional_and_head_and_options_are_everybodys() -> None:
    story = answered(200, {}, "PATCH", f"/v1/projects/{PROJECT}")
    story.call("OPTIONS", "/v1/content/cnt_1", 200)
    story.call("HEAD", "/v1/content/cnt_1", 200)
    story.call("PUT", "/v1/nothing", 200)
    story.call("PUT", "/v1/content/..", 200)
    story.call("PUT", "/v1/content/cnt_1", 200, {}, actor="anonymous")
    assert results(story, "ERR-5") == []


@pytest.mark.parametrize("status", [400, 415, 422])
def test_a_body_that_is_not_json_may_be_refused_in_three_ways(status: int) -> None:
    story = answered(status, None, "POST", CREATE, body=b"hello", headers={"Content-Type": "text/plain"})
    assert results(story, "ERR-5") == ["passed"]


def test_a_body_that_is_not_json_is_not_accepted_but_json_under_another_label_may_be() -> None:
    plain = {"Content-Type": "text/plain"}
    assert "labelled" in failures(answered(202, envelope(), "POST", CREATE, body=b"hook=x", headers=plain))["ERR-5"][0]
    bare = answered(202, envelope(), "POST", CREATE, body=b"hook=x", headers={"Content-Type": ""})
    assert "without a Content-Type" in failures(bare)["ERR-5"][0]
    assert results(answered(202, envelope(), "POST", CREATE, body={"brief": BRIEF}, headers=plain), "ERR-5") == []
    assert results(answered(400, None, "POST", CREATE, body=b"{"), "ERR-5") == []


@pytest.mark.parametrize(
    ("status", "path", "more"),
    [
        (400, CREATE, {}),
        (404, CREATE, {"body": b"hook=x"}),
        (409, CREATE, {"body": b"hook=x", "headers": {"Content-Type": "text/plain", "Idempotency-Key": "k"}}),
        (400, "/v1/jobs/job_1/cancel", {"body": b"hook=x"}),
        (202, "/v1/content/../regenerate", {"body": b"hook=x"}),
    ],
)
def test_a_refusal_that_another_reason_may_have_is_none_of_the_media_type(status: int, path: str, more: Any) -> None:
    story = answered(
        status, envelope_of_error("X"), "POST", path, **({"headers": {"Content-Type": "text/plain"}} | more)
    )
    assert results(story, "ERR-5") == []


def test_parameters_of_a_media_type_change_nothing() -> None:
    twice = {
        "body": b'{"format": "auto", "format": "auto"}',
        "headers": {"Content-Type": "application/json; charset=x"},
    }
    plain = {"body": b"hook=x", "headers": {"Content-Type": "Text/Plain ; charset=x"}}
    assert results(answered(400, None, "POST", CREATE, **twice), "ERR-5") == []
    assert 'labelled "text/plain".' in failures(answered(202, envelope(), "POST", CREATE, **plain))["ERR-5"][0]


@pytest.mark.parametrize("value", ["0", "120", " 5 ", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_429_that_says_when_passes(value: str) -> None:
    story = answered(429, envelope_of_error("RATE_LIMITED"), answer_headers={"Retry-After": value})
    assert results(story, "ERR-7") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    "value", ["soon", "1.5", "-1", "", "2026-04-18T12:04:11Z", "Mon, 01 Jan 99999999999 00:00:00 GMT"]
)
def test_a_429_that_does_not_say_when_fails(value: str) -> None:
    assert (
        "neither a number of seconds nor a date"
        in failures(answered(429, None, answer_headers={"Retry-After": value}))["ERR-7"][0]
    )


def test_a_429_without_the_header_fails_and_other_refusals_need_none() -> None:
    assert "without Retry-After" in failures(answered(429, None))["ERR-7"][0]
    assert results(answered(503, None), "ERR-7") == []
    assert results(answered(429, None, path="https://media.test/x"), "ERR-7") == []


@pytest.mark.parametrize(
    ("path", "found"), [(f"/v1/projects/{PROJECT}/content", True), ("/v1/content/cnt_1/regenerate", False)]
)
def test_a_body_that_is_not_json_conflicts_with_nothing_where_there_is_no_state(path: str, found: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", path, 409, envelope_of_error("CONFLICT"), body=b"a hook", headers={"Content-Type": "text/plain"})
    assert ("ERR-5" in failures(story)) is found


@pytest.mark.parametrize(("source", "accused"), [("failed", []), ("completed", ["ERR-4"])])
def test_an_invalid_body_may_meet_the_conflict_of_what_has_failed(source: str, accused: list[str]) -> None:
    story = life(source)
    story.error("POST", "/v1/content/cnt_1/regenerate", 409, "CONFLICT", body={"patch": {"hook": 7}})
    assert list(failures(story)) == accused


def test_what_is_archived_may_be_gone_whatever_the_body() -> None:
    story = HistoryBuilder()
    story.call("DELETE", "/v1/projects/prj_archive", answer={})
    story.error("POST", "/v1/projects/prj_archive/content", 410, "GONE", body={"format": 7})
    assert failures(story) == {}
    story.error("POST", f"/v1/projects/{PROJECT}/content", 418, "TEAPOT", body={"format": 7})
    assert list(failures(story)) == ["ERR-4"]
