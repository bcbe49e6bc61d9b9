"""How much of the table of factors a run met: in figures, and less where a driver was taken out."""

from __future__ import annotations

from inside import runs

from conformance.contract.factors import NEEDS, Reach, reach
from conformance.reporting.situations import SHOWN
from conformance.run.verdicts.situations import expectation, missing_needs, name_of, situations_met

PAIR = (("operation", "createContent"), ("caller", "no API key"))
TRIPLE = (("operation", "createContent"), ("key", "none"), ("body", "broken"))
PRICED = (("operation", "archiveProject"), ("caller", "its organization"))


def test_figures_count_what_was_met_by_its_price() -> None:
    found, nothing = situations_met({PAIR, TRIPLE, PRICED}), situations_met(())
    assert (found.pairs.count, found.triples.count, found.priced.count) == (1, 1, 1)
    assert (nothing.pairs.count, nothing.triples.count, nothing.priced.count) == (0, 0, 0)
    assert (found.pairs.of, found.priced.of) == (nothing.pairs.of, nothing.priced.of)
    assert len(found.left) == SHOWN
    assert len(found.left) + found.more == found.pairs.of - 1
    assert name_of(PAIR) not in situations_met({PAIR}).left


def test_everything_met_leaves_nothing() -> None:
    found = situations_met(set(reach()))
    assert (found.left, found.more, found.impossible) == ([], 0, {})
    assert found.pairs.count == found.pairs.of


def test_what_a_target_lacks_is_impossible_and_no_gap() -> None:
    missing = frozenset({"review_project", "approve"})
    found, whole = situations_met((), missing), situations_met(())
    assert set(found.impossible) == {"target.review_project_id", "approve", "what goes with it"} & set(found.impossible)
    assert found.impossible["target.review_project_id"] > 0
    assert found.pairs.of < whole.pairs.of
    total = found.pairs.of + found.triples.of + found.priced.of + sum(found.impossible.values())
    assert total == len(reach())
    assert not any("review" in each for each in found.left)


def test_needs_are_missing_where_no_setting_or_capability_meets_them() -> None:
    settings = ["review_project", "archive_project", "other_key", "source_post", "failing_brief", "clock"]
    assert missing_needs(settings, {"other_project_id": "p"}, {"approve": True}) == frozenset()
    assert missing_needs(settings[1:], {}, {"approve": False, "etag": False}) == {
        *("review_project", "other_project", "approve"),
    }
    assert missing_needs([], {}, {"approve": False, "cancel": False}) == frozenset(NEEDS.values())


def test_a_plan_says_what_a_target_makes_possible() -> None:
    free = sum(how is Reach.FREE and len(each) == 2 for each, how in reach().items())
    assert expectation(frozenset()).startswith(f"{free:,} pairs of factors are possible")
    assert "out of reach" in expectation(frozenset({"review_project"}))


def test_a_run_without_some_drivers_meets_less() -> None:
    whole, without = runs([{"profile": "gate"}, {"profile": "gate", "only": "LST,JOB,APR"}])
    assert whole["pairs"]["of"] == without["pairs"]["of"]
    assert whole["pairs"]["count"] >= 0.95 * whole["pairs"]["of"], whole
    assert without["pairs"]["count"] < 0.8 * without["pairs"]["of"], "the driver that meets what is left was taken out"
