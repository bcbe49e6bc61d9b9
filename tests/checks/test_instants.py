"""Instants that were written in different ways."""

from typing import Any

import pytest

from conformance.history.fields import Instant, instant


@pytest.mark.parametrize(
    ("text", "microseconds", "unit"),
    [
        ("1970-01-01T00:00:00Z", 0, 1_000_000),
        ("1970-01-02T00:00:01.5Z", 86_401_500_000, 100_000),
        ("1970-01-01T02:00:00.001+02:00", 1_000, 1_000),
        ("1970-01-01t00:00:00.123456789z", 123_456, 1),
    ],
)
def test_timestamps_are_read_with_their_precision(text: str, microseconds: int, unit: int) -> None:
    assert instant(text) == Instant(microseconds, unit)


@pytest.mark.parametrize(
    "text",
    ["1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "soon", "", None, 7, [], "٢٠٢٦-01-01T00:00:00Z"],
)
def test_what_is_no_timestamp_is_no_instant(text: Any) -> None:
    assert instant(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Instant(5, 1), Instant(5, 1), True),
        (Instant(5, 1), Instant(6, 1), False),
        (Instant(0, 1_000), Instant(999, 1), True),
        (Instant(0, 1_000), Instant(1_000, 1), False),
        (Instant(999, 1), Instant(0, 1_000), True),
    ],
)
def test_instants_are_the_same_within_the_coarser_precision(one: Instant, other: Instant, same: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert one.same(other) is same
    assert (one.after(other) or other.after(one)) is not same


def test_a_later_instant_is_after_an_earlier_one() -> None:
    assert Instant(6, 1).after(Instant(5, 1))
    assert not Instant(5, 1).after(Instant(6, 1))
