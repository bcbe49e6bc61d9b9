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


def test_a_body_where_none_belongs_may_be_refused_in_front_of_the_application() -> None:
    assert refused(body={}) == []
    assert not is_ordinary(Request("HEAD", BASE + PATH, (), b"{}"))
    assert is_ordinary(Request("POST", BASE + PATH, (), b"{}"))


@pytest.mark.parametrize("query", ["%0A", "%1f", "%1F", "%7f", "%7F", "%", "%g0", "%0", "a b", "\u00e9", *'"<>\\^`{|}'])
def test_a_target_with_odd_characters_may_be_refused_in_front_of_the_application(query: str) -> None:
    assert refused(f"{PATH}?x={query}") == []


@pytest.mark.also_fails("ERR-2")
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
