"""The judges of SCH, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, asset, container, failures

from conformance.checks.schema import is_utc_timestamp


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
@pytest.mark.also_fails("AST-5", "ERR-3", "LIF-4", "LIF-6", "LIF-8")
def test_a_container_that_breaks_its_schema_fails_and_says_where(answer: Any, fragment: str) -> None:
    (message,) = failures(get(answer))["SCH-1"]
    assert fragment in message
    assert message.startswith("getContent answered 200")


def test_answers_that_are_nested_too_deep_are_not_judged_by_the_schema() -> None:
    deep = b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "SCH-1" not in failures(get(deep))


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
