"""A shortened text compares as the whole one does."""

import pytest
from histories import PROJECT, HistoryBuilder, failures, results
from hypothesis import given
from hypothesis import strategies as st
from lists import item

from conformance.history.messages import Shortened

LONG = PROJECT + "x" * 200


@given(st.text(), st.text())
def test_it_equals_what_the_whole_text_equals(text: str, other: str) -> None:
    kept = Shortened.of(text, 2)
    assert kept == text
    assert hash(kept) == hash(text)
    assert {kept, text} == {text}
    assert (kept == other) == (other == kept) == (kept == Shortened.of(other, 2)) == (text == other)
    assert (kept != other) == (text != other)


def test_it_is_not_equal_to_what_it_looks_like() -> None:
    kept = Shortened.of("a" * 500, 2)
    assert kept != str(kept)[:]
    assert kept != 1


@pytest.mark.parametrize(
    ("shown", "result"),
    [(LONG, "passed"), (LONG + "y", "failed"), (LONG[:-1], "failed")],
    ids=["same", "longer", "shorter"],
)
def test_long_project_ids_of_a_list_are_compared_whole(shown: str, result: str) -> None:
    story = HistoryBuilder()
    story.list([item(1, projectId=shown)], project=LONG)
    assert set(results(story, "LST-8")) == {result}
    assert ("LST-8" in failures(story)) == (result == "failed")
