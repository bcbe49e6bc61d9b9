"""Calls that must have made nothing, while they wait for a walk and for reads that clear them."""

import pytest
from histories import HistoryBuilder, results
from lists import item, items
from stray_histories import MARK2, at, made, refuse

OURS = item(1, createdAt=at(0))


def refused() -> HistoryBuilder:
    """Record `cnt_1`, and of a create of another that was refused after it."""
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    return story


@pytest.mark.parametrize(("unknown", "expected"), [(50, ["passed"]), (51, [])])
@pytest.mark.also_fails("LST-11")
def test_a_call_waits_for_fifty_containers_at_most(unknown: int, expected: list[str]) -> None:
    story, numbers = refused(), range(10, 10 + unknown)
    story.list([*items(*numbers, createdAt=at(0.5)), OURS])
    for number in numbers:
        story.read(number, brief={"hook": "Somebody else's"}, createdAt=at(0.5), updatedAt=at(1))
    assert results(story, "CRE-10") == expected
