"""The judge of CRE-3, by histories on each side of every line.

What they say of CRE-1, CRE-2, CRE-7, CRE-9 is approved too.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from histories import (
    BASE,
    FACTS,
    PROJECT,
    HistoryBuilder,
    envelope,
    failures,
    job,
    results,
)
from moves import create


def located(location: str, url: str, status: int = 200, answer: Any = None, **more: Any) -> HistoryBuilder:
    story = create(answer=envelope() | {"locationUrl": location})
    story.call("GET", url, status, answer if answer is not None else job(), **more)
    return story


@pytest.mark.parametrize(
    "location",
    [
        "/v1/jobs/job_1",
        "v1/jobs/job_1",
        f"{BASE}/v1/jobs/job_1",
        "/v1/jobs/job%5F1",
        "/v1/content/cnt_1/progress",
        "/j/1",
    ],
)
def test_a_location_that_reads_the_job_passes(location: str) -> None:
    url = location if "://" in location else f"{BASE}/{location.lstrip('/')}"
    assert results(located(location, url), "CRE-3") == ["passed"]


def test_a_location_that_reads_nothing_or_another_job_fails() -> None:
    assert "job_1 was answered 404" in failures(located("/j/1", "/j/1", 404, {}))["CRE-3"][0]
    assert 'answered with the jobId "job_2"' in failures(located("/j/1", "/j/1", answer=job(2)))["CRE-3"][0]
    assert "answered with no jobId" in failures(located("/j/1", "/j/1", answer=[1]))["CRE-3"][0]


@pytest.mark.parametrize("location", ["/v1/jobs/job_2", "/v1/content/cnt_1", "/v1/jobs/undefined"])
def test_a_location_of_something_else_needs_no_read_to_fail(location: str) -> None:
    story = create(answer=envelope() | {"locationUrl": location})
    assert f'"{location}" does not point to the job job_1' in failures(story)["CRE-3"][0]


@pytest.mark.parametrize("location", ["v1/jobs/job_1", f"{BASE}/v1/jobs/job_1", "//target.test/v1/jobs/job_1"])
def test_a_location_that_can_mean_one_place_only_fails_when_that_is_not_there(location: str) -> None:
    assert "job_1 was answered 404" in failures(located(location, "/v1/jobs/job_1", 404, {}))["CRE-3"][0]


def test_the_location_of_another_operations_job_is_no_creates() -> None:
    story = create()
    answer = envelope(2, kind="content_regenerate", container_id="cnt_1") | {"locationUrl": "/v1/jobs/job_9"}
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, answer)
    assert results(story, "CRE-3") == []


def test_a_location_that_is_no_url_fails() -> None:
    assert "is not a valid URL" in failures(create(answer=envelope() | {"locationUrl": "http://[x/"}))["CRE-3"][0]


@pytest.mark.parametrize("location", ["file:///v1/jobs/job_1", "javascript:alert(1)", "urn:job_1"])
def test_a_location_that_is_not_of_http_fails(location: str) -> None:
    story = create(answer=envelope() | {"locationUrl": location})
    assert failures(story)["CRE-3"] == [f'The locationUrl "{location}" of job job_1 cannot be read over HTTP.']


@pytest.mark.parametrize("status", [304, 401, 403, 429, 500, 503])
def test_a_location_that_could_not_be_read_now_is_no_observation(status: int) -> None:
    assert results(located("/j/1", "/j/1", status, {}), "CRE-3") == []


def test_only_its_own_caller_shows_what_a_location_reads_and_only_after_the_answer() -> None:
    assert results(located("/j/1", "/j/1", 404, {}, actor="other"), "CRE-3") == []
    assert results(located("/j/1", "/j/1", 404, {}, sent=1_000.05), "CRE-3") == []
    assert results(create(answer=envelope() | {"locationUrl": 5}), "CRE-3") == []


def test_below_a_base_url_with_a_path_a_location_may_mean_either_place() -> None:
    facts = replace(FACTS, base_url=f"{BASE}/api")
    story = HistoryBuilder()
    story.create(answer=envelope() | {"locationUrl": "/v1/jobs/job_1"}, status=202)
    story.exchanges[0] = replace(
        story.exchanges[0], request=replace(story.exchanges[0].request, url=f"{BASE}/api/v1/projects/{PROJECT}/content")
    )
    story.call("GET", "/v1/jobs/job_1", 404, {})
    assert results(story, "CRE-3", facts) == []
    story.call("GET", "/api/v1/jobs/job_1", 200, job())
    assert results(story, "CRE-3", facts) == ["passed"]
    story.call("GET", "/api/v1/jobs/job_1", 404, {})
    assert results(story, "CRE-3", facts) == ["passed", "failed"]


def test_below_a_base_url_with_a_path_a_location_of_another_job_needs_no_read_to_fail() -> None:
    story = create(answer=envelope() | {"locationUrl": "/api/v1/jobs/job_2"})
    request = replace(story.exchanges[0].request, url=f"{BASE}/api/v1/projects/{PROJECT}/content")
    story.exchanges[0] = replace(story.exchanges[0], request=request)
    assert "does not point to the job job_1" in failures(story, replace(FACTS, base_url=f"{BASE}/api"))["CRE-3"][0]


@pytest.mark.parametrize("host", ["layers-api.internal:8080", "api:8080", "10.0.0.7", "127.0.0.1", "localhost"])
def test_a_location_on_a_host_behind_the_target_fails(host: str) -> None:
    story = create(answer=envelope() | {"locationUrl": f"http://{host}/v1/jobs/job_1"})
    facts = replace(FACTS, base_url="https://api.layers.com")
    story.exchanges[0] = replace(
        story.exchanges[0],
        request=replace(story.exchanges[0].request, url=f"{facts.base_url}/v1/projects/{PROJECT}/content"),
    )
    assert results(story, "CRE-3", facts) == ["failed"]


@pytest.mark.parametrize(
    ("base", "host", "expected"),
    [
        ("http://127.0.0.1:8000", "localhost:8000", []),
        ("http://127.0.0.1:8000", "api.layers.com", []),
        ("http://127.0.0.1:8000", "api.internal", ["failed"]),
        ("http://10.0.0.7", "api.internal", []),
        ("http://api:8080", "10.0.0.7", []),
        ("https://api.layers.com", "eu.layers.com", []),
        ("http://10.0.0.7", "localhost", []),
    ],
)
def test_a_location_under_another_name_may_be_the_same_place(base: str, host: str, expected: list[str]) -> None:
    story = create(answer=envelope() | {"locationUrl": f"http://{host}/v1/jobs/job_1"})
    url = f"{base}/v1/projects/{PROJECT}/content"
    story.exchanges[0] = replace(story.exchanges[0], request=replace(story.exchanges[0].request, url=url))
    assert results(story, "CRE-3", replace(FACTS, base_url=base)) == expected


@pytest.mark.parametrize(
    ("status", "answer", "accused"),
    [(204, {}, True), (202, {}, True), (200, job(), False), (302, {}, False), (304, {}, False)],
)
def test_a_location_that_is_answered_with_a_success_of_another_kind_reads_no_job(
    status: int, answer: Any, accused: Any
) -> None:
    assert ("CRE-3" in failures(located("/j/1", "/j/1", status, answer))) is accused


def test_a_part_of_a_job_that_was_asked_for_is_no_other_job() -> None:
    story = located("/j/1", "/j/1", 206, {}, headers={"Range": "bytes=0-3"})
    assert "CRE-3" not in failures(story)


def test_a_byte_order_mark_before_what_a_create_and_its_location_answer_is_a_matter_of_the_schema() -> None:
    mark = b"\xef\xbb\xbf"
    story = create(answer=mark + json.dumps(envelope()).encode())
    story.call("GET", "/v1/jobs/job_1", answer=mark + json.dumps(job()).encode())
    assert len(failures(story)) == 1
    assert results(story, "CRE-1") == results(story, "CRE-3") == ["passed"]
