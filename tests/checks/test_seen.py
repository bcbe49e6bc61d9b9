"""How an exchange is read by the contract: its operation, parameters, body and the facts that are known beside it."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, BRIEF, FACTS, PROJECT, HistoryBuilder, container, envelope, envelope_of_error, job

from conformance.contract.document import load
from conformance.contract.validity import Known, Unparsed, Validity
from conformance.history.observation import Observation, TargetFacts, mark_of, understand

CREATE = f"/v1/projects/{PROJECT}/content"
REGENERATE = "/v1/content/cnt_1/regenerate"
REJECT = "/v1/content/cnt_1/reject"
CLONE = "/v1/content/cnt_1/clone-from-post"


def seen(method: str, path: str, *answer: Any, facts: TargetFacts = FACTS, **more: Any) -> Observation:
    story = HistoryBuilder()
    story.call(method, path, *answer, **more)
    return understand(story.exchanges[0], load(), facts)


PUBLIC: dict[str, Any] = {
    "target": {
        "base_url": "http://a.test/SANDBOX/",
        "project_id": "p1",
        "review_project_id": "p2",
        "archive_project_id": "p3",
        "other_project_id": "p4",
    },
    "dialect": {"clone_id": "fresh"},
    "timing": {"generation_timeout": 7.0},
    "hooks": {"clock_url": "http://a.test/clock"},
    "fixtures": {
        "influencer_id": "inf_1",
        "reference_media_ids": ["med_1", "med_2"],
        "source_post_id": "post_1",
        "failing_brief": {"hook": "fail"},
    },
}


def test_the_facts_are_those_of_the_configuration() -> None:
    assert TargetFacts.of(PUBLIC) == TargetFacts(
        base_url="http://a.test/SANDBOX",
        project_id="p1",
        review_project_id="p2",
        archive_project_id="p3",
        other_project_id="p4",
        clone_id="fresh",
        generation_timeout=7.0,
        clock_url="http://a.test/clock",
        known=Known("inf_1", ("med_1", "med_2"), "post_1", "fail"),
    )
    unknown = PUBLIC | {"fixtures": PUBLIC["fixtures"] | {"failing_brief": None}}
    assert TargetFacts.of(unknown).known.failing_hook is None


@pytest.mark.parametrize(
    ("path", "operation", "params"),
    [
        ("/v1/content/cnt_1", "getContent", {"containerId": "cnt_1"}),
        ("/v1/content/cnt_1?x=1#y", "getContent", {"containerId": "cnt_1"}),
        ("/v1/content/cnt_1#y?x", "getContent", {"containerId": "cnt_1"}),
        ("/v1/content/cnt%5F1", "getContent", {"containerId": "cnt_1"}),
        ("http://media.test/v1/content/cnt_1", "", {}),
        ("/v1/nothing", "", {}),
    ],
)
def test_a_call_is_known_by_its_path_below_the_base_url(path: str, operation: str, params: Any) -> None:
    call = seen("GET", path)
    assert (call.operation_id, call.params) == (operation, params)


def test_what_no_page_documents_is_unclear_and_says_so() -> None:
    call = seen("GET", "/v1/nothing")
    assert (call.validity, call.invalid_because) == (Validity.UNCLEAR, "no documented operation")


def test_a_query_keeps_its_order_and_its_blank_values() -> None:
    call = seen("GET", f"{CREATE}?status=a&limit=&status=b")
    assert call.query == (("status", "a"), ("limit", ""), ("status", "b"))
    assert call.values("status") == ("a", "b")
    assert call.values("limit") == ("",)


def test_an_answer_that_did_not_come_is_absent() -> None:
    call = seen("GET", "/v1/content/cnt_1", None)
    assert call.answer is Unparsed.ABSENT
    assert (call.status, call.ok, call.refused, call.did_nothing, call.uncertain) == (None, False, False, False, True)


@pytest.mark.parametrize(
    ("status", "ok", "refused", "did_nothing", "uncertain"),
    [
        (199, False, False, False, False),
        (200, True, False, False, False),
        (299, True, False, False, False),
        (300, False, False, False, False),
        (399, False, False, False, False),
        (400, False, True, True, False),
        (499, False, True, True, False),
        (500, False, False, False, True),
        (501, False, False, True, False),
        (502, False, False, False, True),
    ],
)
def test_what_a_status_promises(status: int, ok: Any, refused: Any, did_nothing: Any, uncertain: Any) -> None:
    call = seen("POST", REGENERATE, status)
    assert (call.ok, call.refused, call.did_nothing, call.uncertain) == (ok, refused, did_nothing, uncertain)


@pytest.mark.parametrize(
    ("method", "url", "body", "moved"),
    [
        ("POST", f"{BASE}/_sandbox/clock", {"advanceSeconds": 5}, 5),
        ("POST", f"{BASE}/_sandbox/clock", {}, None),
        ("POST", f"{BASE}/_sandbox/clock", [5], None),
        ("PUT", f"{BASE}/_sandbox/clock", {"advanceSeconds": 5}, None),
        ("POST", f"{BASE}/_sandbox/clock?x", {"advanceSeconds": 5}, None),
    ],
)
def test_a_clock_is_moved_by_a_post_to_its_url(method: str, url: str, body: Any, moved: Any) -> None:
    assert seen(method, url, body=body).advanced_seconds == moved


def test_a_target_without_a_clock_has_none_that_moves() -> None:
    assert seen("POST", CREATE, body={"advanceSeconds": 5}, facts=TargetFacts(base_url=BASE)).advanced_seconds is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (envelope_of_error("CONFLICT"), "CONFLICT"),
        ({"error": {"code": 5}}, None),
        ({"error": "CONFLICT"}, None),
        ({"code": "CONFLICT"}, None),
        ([1], None),
        (b"CONFLICT", None),
    ],
)
def test_an_error_has_the_code_of_its_envelope(answer: Any, code: str | None) -> None:
    assert seen("GET", "/v1/content/cnt_1", 409, answer).error_code == code


@pytest.mark.parametrize(
    ("status", "actor", "shown"),
    [(200, "owner", True), (200, "other", True), (200, "anonymous", False), (201, "owner", False)],
)
def test_what_a_read_shows_to_whoever_has_a_key(status: int, actor: str, shown: Any) -> None:
    content = seen("GET", "/v1/content/cnt_1", status, container(), actor=actor)
    work = seen("GET", "/v1/jobs/job_1", status, job(), actor=actor)
    assert (content.container_view, content.job_view) == (container() if shown else None, None)
    assert (work.job_view, work.container_view) == (job() if shown else None, None)


def test_a_read_that_is_no_object_shows_nothing() -> None:
    assert seen("GET", "/v1/content/cnt_1", 200, [1]).container_view is None
    assert seen("GET", "/v1/jobs/job_1", 200, [1]).job_view is None


@pytest.mark.parametrize(
    ("path", "body", "brief"),
    [
        (CREATE, {"format": "auto", "brief": BRIEF}, BRIEF),
        (CREATE, {"format": "auto", "patch": BRIEF}, None),
        (CREATE, {"brief": "x"}, None),
        (CREATE, [BRIEF], None),
        (REGENERATE, {"patch": BRIEF}, BRIEF),
        (REGENERATE, {"brief": BRIEF}, None),
        (REJECT, {"regenerate": BRIEF}, BRIEF),
        (REJECT, {"regenerate": True}, None),
        (CLONE, {"brief": BRIEF, "patch": BRIEF, "regenerate": BRIEF}, None),
    ],
)
def test_the_brief_that_a_call_sends_stands_where_its_operation_has_it(path: str, body: Any, brief: Any) -> None:
    assert seen("POST", path, body=body).sent_brief == brief


@pytest.mark.parametrize(
    ("path", "body", "status", "answer", "may"),
    [
        (REGENERATE, None, 202, envelope(), True),
        (CREATE, None, 202, envelope(), False),
        (REJECT, {"regenerate": True}, 200, {}, True),
        (REJECT, {"regenerate": {}}, 200, {}, True),
        (REJECT, {"regenerate": False}, 200, {}, False),
        (REJECT, {"regenerate": None}, 200, {}, False),
        (REJECT, {"regenerate": False}, 202, {}, True),
        (REJECT, {}, 200, {"jobId": "job_2"}, True),
        (REJECT, [True], 200, {}, False),
        (CLONE, None, 202, envelope(1), True),
        (CLONE, None, 202, envelope(2), False),
    ],
)
def test_which_calls_may_start_another_generation(path: str, body: Any, status: int, answer: Any, may: Any) -> None:
    assert seen("POST", path, status, answer, body=body).may_regenerate is may


def test_a_call_is_named_by_its_operation_or_by_its_method_and_path() -> None:
    assert seen("GET", "/v1/content/cnt_1").name() == "getContent"
    assert seen("PUT", "/v1/content/cnt_1?x=1").name() == "PUT /v1/content/cnt_1"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_methods_write_nothing(method: str) -> None:
    assert not seen(method, "/v1/content/cnt_1").is_write
    assert seen("POST", "/v1/content/cnt_1").is_write


@pytest.mark.parametrize(
    ("hook", "mark"),
    [
        ("Evenings lcm-run-1 and on", "lcm-run-1"),
        ("Evenings", "Evenings"),
        ("", None),
        (None, None),
        (["lcm-a-1"], None),
    ],
)
def test_the_mark_of_a_hook_is_the_drivers_or_the_hook_itself(hook: Any, mark: str | None) -> None:
    assert mark_of(hook) == mark
