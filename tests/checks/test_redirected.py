"""Requests whose headers ask for another host, path or method: whatever answers them, it is not the operation of the path."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, container, envelope, failures, job

from conformance.client.exchange import Request
from conformance.history.messages import is_ordinary, is_redirected


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
