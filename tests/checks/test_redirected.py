"""Requests whose headers ask for another host, path or method: whatever answers them, it is not the operation of the path."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, KEY, HistoryBuilder, container, envelope, failures, job, results
from moves import life

from conformance.client.exchange import Request
from conformance.history.messages import is_ordinary, is_redirected

ELSEWHERE = [
    {"Host": "other.test"},
    {"Host": "target.test:8080"},
    {"X-Forwarded-Host": "other.test"},
    {"X-Original-URL": "/v1/other"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-HTTP-Method": "PUT"},
    {"X-Method-Override": "PATCH"},
]
HERE = [{"Host": "target.test"}, {"HOST": "Target.Test"}, {"Host": "target.test:80"}, {"X-HTTP-Method-Override": "get"}]


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("status", [200, 204, 301, 404, 405, 421])
def test_an_answer_to_such_a_request_accuses_nobody(headers: dict[str, str], status: int) -> None:
    story = HistoryBuilder()
    story.create()
    for path in ("/v1/jobs/job_1", "/v1/content/cnt_1", "/v1/content/cnt_1/progress"):
        story.call("GET", path, status, headers=headers)
    assert failures(story) == {}


@pytest.mark.parametrize("headers", HERE)
def test_a_refusal_of_a_request_that_names_its_own_host_or_method_is_accused(headers: dict[str, str]) -> None:
    story = HistoryBuilder()
    story.create()
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", headers=headers)
    assert list(failures(story)) == ["CRE-4"]


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("https://a.test/v1", "a.test", False),
        ("https://a.test:443/v1?x=//b", "a.test", False),
        ("https://a.test", "a.test:443", False),
        ("http://a.test:8080/v1", "a.test:8080", False),
        ("http://a.test:8080/v1", "a.test", True),
        ("http://[::1]:80/v1", "[::1]", False),
        ("http://me:pw@a.test/", "a.test", False),
    ],
)
def test_a_host_is_that_of_its_url(url: str, host: str, *, expected: bool) -> None:
    request = Request("GET", url, (("Host", host),))
    assert is_redirected(request) is expected
    assert is_ordinary(request) is not expected


def test_a_method_in_another_case_is_another_method() -> None:
    story = HistoryBuilder()
    story.create()
    story.error("get", "/v1/content/cnt_1", 405, "METHOD_NOT_ALLOWED")
    assert failures(story) == {}


def test_a_gateway_that_refuses_a_method_once_is_not_the_application() -> None:
    story = HistoryBuilder()
    story.create()
    story.error("GET", "/v1/content/cnt_1", 405, "METHOD_NOT_ALLOWED")
    story.read()
    assert failures(story) == {}


def test_a_target_that_can_read_no_container_is_accused() -> None:
    story = HistoryBuilder()
    story.create()
    story.error("GET", "/v1/content/cnt_1", 405, "METHOD_NOT_ALLOWED")
    story.error("GET", "/v1/content/cnt_1", 405, "METHOD_NOT_ALLOWED")
    assert list(failures(story)) == ["CRE-4"]


MARK = b"\xef\xbb\xbf"


def marked(value: Any) -> bytes:
    return MARK + str(value).replace("'", '"').replace("None", "null").encode()


def test_a_byte_order_mark_is_one_fault_and_hides_no_other() -> None:
    story = HistoryBuilder()
    story.create(answer=marked(envelope()))
    story.call("GET", "/v1/jobs/job_1", answer=marked(job()))
    story.call("GET", "/v1/content/cnt_1", answer=marked(container()))
    assert list(failures(story)) == ["SCH-1"]
    story = HistoryBuilder()
    story.create(answer=marked(envelope() | {"projectId": "prj_x"}))
    assert list(failures(story)) == ["CRE-2", "SCH-1"]


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ({"etaSeconds": None}, {}, "passed"),
        ({}, {"etaSeconds": None}, "passed"),
        ({"links": {"self": None, "a": [{"b": None}]}}, {"links": {"a": [{}]}}, "passed"),
        ({"etaSeconds": 3}, {}, "failed"),
        ({"links": [None]}, {"links": []}, "failed"),
    ],
)
def test_a_replay_may_leave_out_what_is_null(first: dict[str, Any], second: dict[str, Any], result: str) -> None:
    story = HistoryBuilder()
    story.create(key=KEY, answer=envelope() | first)
    story.create(key=KEY, answer=envelope() | second)
    assert results(story, "IDM-1") == [result]


def test_the_base_url_and_the_lives_of_these_histories_are_plain() -> None:
    assert BASE == "http://target.test"
    assert failures(life("completed")) == {}
