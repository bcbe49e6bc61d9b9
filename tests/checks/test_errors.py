"""The judges of ERR-2, 4, 5 and 7, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, results


def answered(
    status: int, answer: Any, method: str = "GET", path: str = "/v1/content/cnt_1", **more: Any
) -> HistoryBuilder:
    story = HistoryBuilder()
    story.call(method, path, status, answer, **more)
    return story


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
