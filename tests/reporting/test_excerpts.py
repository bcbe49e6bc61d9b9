from __future__ import annotations

import json

import pytest
from runs import exchange

from conformance.reporting.excerpts import (
    LONGEST_BODY,
    request_of,
    response_of,
    shortened,
    text_difference,
)


def at(value: object, pointer: str) -> object:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]
    return value


@pytest.mark.parametrize(
    ("expected", "actual", "index", "points"),
    [
        ("café au lait", "cafe\u0301 au lait", 3, (["U+00E9"], ["U+0065", "U+0301"])),
        ("cafe", "cafe\u0301", 3, (["U+0065"], ["U+0065", "U+0301"])),
        ("a b", "a\u00a0b", 1, (["U+0020"], ["U+00A0"])),
        ("same", "same\u200b", 3, (["U+0065"], ["U+0065", "U+200B"])),
        ("", "x", 0, ([], ["U+0078"])),
        ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "?", 0, (["U+1F600"], ["U+003F"])),
    ],
)
def test_texts_differ_by_code_points(
    expected: str, actual: str, index: int, points: tuple[list[str], list[str]]
) -> None:
    found = text_difference(expected, actual)
    assert found is not None
    assert found.index == index
    assert (found.expected.code_points, found.actual.code_points) == points


def test_a_difference_shows_twenty_characters_around_it() -> None:
    found = text_difference("x" * 50 + "é" + "y" * 50, "x" * 50 + "e" + "y" * 50)
    assert found is not None
    assert found.index == 50
    assert (found.expected.before, found.expected.after) == ("x" * 20, "y" * 20)


@pytest.mark.parametrize(("expected", "actual"), [("a", "a"), ("a", 1), (None, "a"), (["a"], ["b"])])
def test_only_different_texts_have_a_text_difference(expected: object, actual: object) -> None:
    assert text_difference(expected, actual) is None


def test_a_long_body_is_cut_but_for_the_place() -> None:
    items = [{"id": f"cnt_{n}", "brief": {"hook": "h" * 500}} for n in range(200)]
    shown = response_of(
        exchange(answer=json.dumps({"items": items, "nextCursor": "c" * 9000}).encode()),
        "/response/body/items/150/brief/hook",
    )
    assert shown.is_cut
    assert at(shown.body, "/items/150/brief/hook") == "h" * 500
    assert len(json.dumps(shown.body)) < 200 * 300


def test_what_is_short_stays_as_it_is() -> None:
    shown = request_of(exchange(method="POST", body=b'{"a": [1]}'))
    assert (shown.method, shown.body, shown.is_cut) == ("POST", {"a": [1]}, False)
    assert shown.headers == {"x-api-key": "[secret:owner]"}


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\x00" * 9000,
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"9" * 6000,
        b"not json " * 9000,
        b'"\\ud800"',
        b'{"a": NaN}',
    ],
)
def test_any_body_can_be_shown(body: bytes) -> None:
    shown = response_of(exchange(answer=body), "/response/body/a")
    assert len(shown.model_dump_json()) < 2 * LONGEST_BODY


def test_a_long_value_says_how_much_is_left_out() -> None:
    assert shortened("x" * 205, 200) == "x" * 200 + "… (5 characters more)"
    assert shortened(["x" * 300], 50).endswith("characters more)")
    assert shortened(7) == 7
