"""The judges of SCH, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, CREATED, LIST, HistoryBuilder, asset, container, envelope, failures, job, results

from conformance.checks.schema import is_utc_timestamp

ITEM = {name: container()[name] for name in ("id", "status", "format", "approvalStatus", "createdAt")}


def get(answer: Any, path: str = "/v1/content/cnt_1", status: int = 200, **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.call("GET", path, status, answer, **more)
    return story


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name not in names}


@pytest.mark.parametrize(
    ("answer", "fragment"),
    [
        (without(container(), "captions", "brief"), "lacks brief, captions"),
        (container(assets="none"), "assets is a string, not array"),
        (container(format="gif"), 'format is "gif", not one of video_remix'),
        (container(brief={"hook": 5}), "brief/hook is a number, not string or null"),
        (container(assets=[{"id": "med_1", "kind": "video"}]), "assets/0 lacks url"),
        (container(updatedAt=None), "updatedAt is null, not string"),
        ([container()], "the body is an array, not object"),
        (b"<p>hello</p>", "it is not JSON"),
        (b"", "it is empty"),
        (b'{"id": NaN}', "it holds NaN"),
        (b'{"id": "cnt_1", "x": [-Infinity, NaN]}', "it holds -Infinity"),
        (container(id="", assets=[asset(id="", url=5)]), "id is empty; assets/0/id is empty; assets/0/url is a number"),
        (
            container(captions=[{"text": True}], projectId={}),
            "projectId is an object, not string; captions/0/text is a boo",
        ),
        (container(format=["gif"] * 100), 'format is ["gif", "gif"'),
        (container(format="vidéo" + "x" * 100), 'format is "vidéoxxx'),
        (container(lastError=1.5), "lastError is a number, not object or string or null"),
        (container(brief={"themeTags": ["x"] * 9 + [7]}), "brief/themeTags/9 is a number, not string"),
    ],
)
def test_a_container_that_breaks_its_schema_fails_and_says_where(answer: Any, fragment: str) -> None:
    (message,) = failures(get(answer))["SCH-1"]
    assert fragment in message
    assert message.startswith("getContent answered 200")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/content/cnt_1", container(extra={"anything": 1})),
        ("/v1/content/cnt_1", without(container(), "influencerId", "lastError")),
        ("/v1/content/cnt_1", b'{"twice": 1, "twice": 2}'),
        (LIST, {"items": [ITEM]}),
        ("/v1/jobs/job_1", job(stage="a new stage")),
    ],
)
def test_what_the_schemas_leave_open_passes(path: str, answer: Any) -> None:
    assert "SCH-1" not in failures(get(answer, path))


def test_of_many_breaches_the_outermost_are_named_first_and_three_are_enough() -> None:
    broken = container(assets=[asset(width="x", height="y")], captions=[{"text": 1}], brief=7, id=8)
    (message,) = failures(get(broken))["SCH-1"]
    assert message.endswith(
        ": brief is a number, not object; id is a number, not string; assets/0/height is a string, not number or null."
    )


def test_a_breach_that_many_items_share_is_named_once_for_each_place() -> None:
    story = get({"items": [without(ITEM, "createdAt")] * 2}, LIST)
    assert failures(story)["SCH-1"][0].endswith(": items/0 lacks createdAt; items/1 lacks createdAt.")


def test_answers_that_are_nested_too_deep_are_not_judged_by_the_schema() -> None:
    deep = b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "SCH-1" not in failures(get(deep))


def test_the_kind_of_a_creates_job_is_fixed_and_an_asset_needs_an_url_of_either_kind() -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"kind": "generate", "locationUrl": ""})
    assert 'kind is "generate", not "content_generate"; locationUrl is empty' in failures(story)["SCH-1"][0]
    story = get({"id": "med_1", "kind": "video"}, "/v1/content/cnt_1/assets/med_1")
    assert failures(story)["SCH-1"][0].endswith(": the body matches none of the documented alternatives.")


def test_the_same_body_may_fit_one_operation_and_status_and_break_another() -> None:
    story = get(job(), "/v1/jobs/job_1")
    story.call("GET", "/v1/content/cnt_1", 200, job())
    assert results(story, "SCH-1") == ["passed", "failed"]
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/reject", 200, {"jobId": "job_2"}, body={"reason": "No"})
    story.call("POST", "/v1/content/cnt_1/reject", 202, {"jobId": "job_2"}, body={"reason": "No"})
    assert results(story, "SCH-1") == ["failed", "passed"]


def test_a_good_container_passes_each_time_it_is_read() -> None:
    story = get(container())
    story.read()
    assert results(story, "SCH-1") == ["passed", "passed"]


def test_a_list_item_and_an_envelope_are_judged_too() -> None:
    assert "items/0 lacks createdAt" in failures(get({"items": [without(ITEM, "createdAt")]}, LIST))["SCH-1"][0]
    story = HistoryBuilder()
    story.create(answer=without(envelope(), "locationUrl"))
    assert "lacks locationUrl" in failures(story)["SCH-1"][0]


def test_optional_operations_may_answer_without_a_body_and_others_may_not() -> None:
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/approve", 200)
    assert results(story, "SCH-1") == []
    story.call("POST", "/v1/content/cnt_1/reject", 200, body={"reason": "No"})
    assert results(story, "SCH-1") == ["failed"]


def test_an_optional_operation_that_does_answer_with_a_body_answers_with_json() -> None:
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/approve", 200, b"done")
    assert results(story, "SCH-1") == ["failed"]


def test_nothing_is_said_of_the_schema_of_errors_or_of_what_a_stranger_got() -> None:
    story = get({"odd": 1}, status=404)
    story.call("GET", "/v1/content/cnt_1", 200, {"odd": 1}, actor="anonymous")
    story.call("GET", "/v1/content/%2e%2e", 200, {"odd": 1})
    story.call("GET", "/health", 200, {"odd": 1})
    assert results(story, "SCH-1") == []


@pytest.mark.parametrize(
    "label",
    ["application/json", "Application/JSON; charset=utf-8", " application/json ; charset=utf-8 ; profile=x"],
)
def test_json_that_says_so_passes(label: str) -> None:
    assert results(get(container(), answer_headers={"Content-Type": label}), "SCH-2") == ["passed"]


@pytest.mark.parametrize("label", ["text/html", "application/vnd.api+json", "text/json", ""])
def test_json_under_another_label_fails(label: str) -> None:
    story = get(container(), answer_headers={"Content-Type": label})
    assert "instead of application/json" in failures(story)["SCH-2"][0]


def test_errors_may_use_another_json_type_but_not_text() -> None:
    problem = {"error": {"code": "NOT_FOUND", "message": "No.", "requestId": "r"}}
    for label, expected in (("application/problem+json", ["passed"]), ("text/plain", ["failed"])):
        story = get(problem, status=404, answer_headers={"Content-Type": label})
        assert results(story, "SCH-2") == expected


def test_bodies_that_are_no_json_object_and_errors_of_gateways_have_no_json_label_to_miss() -> None:
    story = get(b"not found", status=404, answer_headers={"Content-Type": "text/plain"})
    story.call("GET", "/v1/jobs/job_1", 304)
    story.call("GET", "/v1/jobs/job_1", 502, {"a": 1}, answer_headers={"Content-Type": "text/html"})
    assert results(story, "SCH-2") == []


@pytest.mark.parametrize(
    "value",
    [
        "2026-04-18T12:04:11Z",
        "2026-04-18t12:04:11.123456789z",
        "2026-04-18 12:04:11.0+00:00",
        "2026-04-18T12:04:11-00:00",
        "2024-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "0000-02-29T00:00:00Z",
    ],
)
def test_date_times_at_offset_zero_are_utc(value: str) -> None:
    assert is_utc_timestamp(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-04-18T12:04:11",
        "2026-04-18T14:04:11+02:00",
        "2026-04-18T12:04:11+0000",
        "2026-04-18T12:04Z",
        "2026-04-18T12:04:11.Z",
        "2026-04-18",
        "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-04-18T24:00:00Z",
        "2026-04-18T12:04:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-31T22:59:60Z",
        "2026-04-18T12:04:61Z",
        "2026-04-18T12:60:00Z",
        "Sat, 18 Apr 2026 12:04:11 GMT",
        "٢٠٢٦-04-18T12:04:11Z",
        " 2026-04-18T12:04:11Z",
        "2026-04-18T12:04:11Z\n",
        "1776513851",
        1776513851,
    ],
)
def test_everything_else_is_not(value: object) -> None:
    assert not is_utc_timestamp(value)


LOCAL = "2026-04-18T14:04:11+02:00"


@pytest.mark.parametrize("name", ["createdAt", "updatedAt"])
def test_a_local_timestamp_of_a_container_fails(name: str) -> None:
    assert f'{name} "{LOCAL}" of cnt_1' in failures(get(container() | {name: LOCAL}))["SCH-3"][0]


def test_timestamps_of_jobs_envelopes_and_list_items_are_judged() -> None:
    assert "startedAt" in failures(get(job(startedAt=LOCAL), "/v1/jobs/job_1"))["SCH-3"][0]
    assert "finishedAt 5" in failures(get(job(finishedAt=5), "/v1/jobs/job_1"))["SCH-3"][0]
    assert "startedAt 1776513600000" in failures(get(job(startedAt=1776513600000), "/v1/jobs/job_1"))["SCH-3"][0]
    assert "of cnt_1" in failures(get({"items": [7, ITEM | {"createdAt": LOCAL}]}, LIST))["SCH-3"][0]
    story = HistoryBuilder()
    story.create(answer=envelope() | {"startedAt": LOCAL})
    assert "startedAt" in failures(story)["SCH-3"][0]


def test_a_local_timestamp_of_what_has_no_name_fails_too() -> None:
    message = failures(get(container(id=7, createdAt=LOCAL)))["SCH-3"][0]
    assert message == f'getContent shows createdAt "{LOCAL}", which is not an RFC 3339 date-time in UTC.'


def test_null_timestamps_are_no_observation_and_good_ones_pass() -> None:
    assert results(get(job(finishedAt=None), "/v1/jobs/job_1"), "SCH-3") == ["passed"]
    assert results(get({"items": [{"createdAt": None}, "x"]}, LIST), "SCH-3") == []
    assert results(get(container(createdAt=CREATED)), "SCH-3") == ["passed"]


@pytest.mark.parametrize("status", [201, 203, 204, 206, 301, 302, 307])
def test_a_success_or_redirect_that_is_not_listed_fails(status: int) -> None:
    assert f"getContent answered {status}" in failures(get(None, status=status))["SCH-4"][0]


def test_listed_statuses_and_refusals_pass() -> None:
    story = get(container())
    story.call("GET", "/v1/jobs/job_1", 304)
    story.call("GET", "/v1/content/cnt_1", 418)
    story.create()
    assert results(story, "SCH-4") == ["passed"] * 4


def test_no_refusal_is_an_undocumented_success() -> None:
    assert results(get(None, status=400), "SCH-4") == ["passed"]


def test_a_condition_explains_a_304_or_a_206() -> None:
    story = get(None, status=304, headers={"If-None-Match": '"1"'})
    story.call("GET", "/v1/content/cnt_1", 206, headers={"Range": "bytes=0-1"})
    assert "SCH-4" not in failures(story)
    assert "SCH-4" in failures(get(None, status=304))


def test_a_create_answered_200_is_no_documented_success() -> None:
    story = HistoryBuilder()
    story.create(status=200)
    assert "lists only 202" in failures(story)["SCH-4"][0]


def test_redirects_of_paths_that_are_no_operation_are_nobodys() -> None:
    story = get(None, path="/v1/content/cnt_1/", status=307)
    story.call("GET", "/v1/content/%2e%2e", 301)
    story.call("GET", f"{BASE}9/v1/content/cnt_1", 301)
    story.call("GET", "/v1/content/cnt_1", 204, actor="anonymous")
    assert results(story, "SCH-4") == []


def test_what_was_asked_for_in_another_format_is_not_held_against_the_schema() -> None:
    for accepted, accused in (("application/xml", False), ("application/*", True)):
        story = get(b"<container/>", headers={"Accept": accepted}, answer_headers={"Content-Type": "application/xml"})
        assert ("SCH-1" in failures(story)) == accused
