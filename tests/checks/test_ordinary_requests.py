"""Which requests software in front of an application may refuse in its place: a 400 to any other carries the envelope (ERR-2)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, HistoryBuilder, results

from conformance.client.exchange import Request
from conformance.history.messages import is_ordinary, is_same_id, reach

PATH = "/v1/content/cnt_1"


def refused(path: str = PATH, headers: dict[str, str] | None = None, body: Any = None) -> list[str]:
    """Return what is said of a 400 without the envelope."""
    story = HistoryBuilder()
    story.call("GET", path, 400, b"bad request", headers=headers, body=body)
    return results(story, "ERR-2")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": "k"},
        {"Authorization": "Bearer k"},
        {"X-API-KEY": "k", "Host": "target.test", "Content-Length": "0"},
        {"Accept": ""},
        {"Accept": "text/html, */*;q=0.1"},
        {"Accept": "application/*"},
        {"Content-Type": "Application/JSON; charset=utf-8"},
        {"Accept": "text/html, Application/JSON"},
        {"X-Tilde": "~ !"},
        {"X-Empty": ""},
    ],
)
def test_ordinary_headers_are_the_applications_to_refuse(headers: dict[str, str]) -> None:
    assert refused(headers=headers) == ["failed"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": "k", "Authorization": "Bearer k"},
        {"X-Api-Key": "k", "x-api-key": "k"},
        {"Idempotency-Key": "a", "idempotency-key": "b"},
        {"Host": "a", "host": "b"},
        {"Content-Length": "0", "content-length": "1"},
        {"Authorization": "Bearer a", "authorization": "Bearer b"},
        {"Content-Type": "a/b", "content-type": "a/c"},
        {"Accept": "text/html"},
        {"If-Match": "x"},
        {"If-None-Match": "x"},
        {"if-modified-since": "x"},
        {"Range": "bytes=0-1"},
        {"Transfer-Encoding": "x"},
        {"TE": "x"},
        {"Upgrade": "x"},
        {"Content-Encoding": "gzip"},
        {"Cookie": "a=b"},
        {"X-Forwarded-For": "::1"},
        {"Forwarded": "for=x"},
        {"X-Tab": "\t"},
        {"X-Delete": "\x7f"},
    ],
)
def test_what_http_itself_reads_may_be_refused_in_front_of_the_application(headers: dict[str, str]) -> None:
    assert refused(headers=headers) == []


def test_a_body_where_none_belongs_may_be_refused_in_front_of_the_application() -> None:
    assert refused(body={}) == []
    assert not is_ordinary(Request("HEAD", BASE + PATH, (), b"{}"))
    assert is_ordinary(Request("POST", BASE + PATH, (), b"{}"))


@pytest.mark.parametrize("name", ["..", ".", "%2E%2E", "a%2Fb", "a%5Cb", "a%3Bb", "a%3Fb", "a%23b", "a%C2%85b"])
def test_a_name_that_may_be_resolved_on_the_way_is_no_ones_to_answer(name: str) -> None:
    assert refused(f"/v1/content/{name}") == []


@pytest.mark.parametrize("name", ["aXb", "a.b", "...", "a%3Ab", "a%20b"])
def test_a_name_that_arrives_as_it_was_sent_is_the_applications_to_refuse(name: str) -> None:
    assert refused(f"/v1/content/{name}") == ["failed"]


@pytest.mark.parametrize("path", ["/v1/content/%C3%A9", "/v1/content/%c3%a9", f"{PATH}?x=%2F%7e%20", f"{PATH}?x=~!"])
def test_a_clean_target_is_the_applications_to_refuse(path: str) -> None:
    assert refused(path) == ["failed"]


@pytest.mark.parametrize("query", ["%0A", "%1f", "%1F", "%7f", "%7F", "%", "%g0", "%0", "a b", "\u00e9", *'"<>\\^`{|}'])
def test_a_target_with_odd_characters_may_be_refused_in_front_of_the_application(query: str) -> None:
    assert refused(f"{PATH}?x={query}") == []


def test_a_target_is_ordinary_up_to_two_thousand_characters() -> None:
    filled = 2000 - len(f"{BASE}{PATH}?x=")
    assert refused(f"{PATH}?x={'a' * filled}") == ["failed"]
    assert refused(f"{PATH}?x={'a' * (filled + 1)}") == []


@pytest.mark.parametrize(
    ("host", "from_where"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "loopback"),  # noqa: S104 - a host that an answer names
        ("localhost", "loopback"),
        ("api.localhost", "loopback"),
        ("10.0.0.7", "inside"),
        ("fd00::1", "inside"),
        ("api", "inside"),
        ("api.internal", "inside"),
        ("printer.local", "inside"),
        ("8.8.8.8", "anywhere"),
        ("api.layers.com", "anywhere"),
        ("localhost.layers.com", "anywhere"),
    ],
)
def test_from_where_a_host_can_be_reached(host: str, from_where: str) -> None:
    assert reach(host) == from_where


UUID = "0A1B2C3D-0A1B-0A1B-0A1B-0A1B2C3D4E5F"


@pytest.mark.parametrize(
    ("story", "asked", "same"),
    [
        ("cnt_1", "cnt_1", True),
        ("cnt_1", "CNT_1", False),
        (UUID, UUID, True),
        (UUID.lower(), UUID, True),
        (UUID, UUID.lower(), False),
        (f"{UUID.lower()}0", f"{UUID}0", False),
    ],
)
def test_an_id_comes_back_as_it_was_sent_and_a_uuid_perhaps_in_lower_case(story: str, asked: str, same: Any) -> None:
    assert is_same_id(story, asked) is same
