from __future__ import annotations

import pytest
from runs import create, failed, inconclusive, passed, record, report

from conformance.checks.base import Check, on
from conformance.checks.findings import KEPT_FINDINGS
from conformance.checks.judge import Crashed, Judge
from conformance.contract.document import load
from conformance.history.facts import Called
from conformance.history.observation import TargetFacts
from conformance.run.verdicts.record import INTERRUPTED, Unreached
from conformance.run.verdicts.verdict import Outcome, Verdict, conclude, decide, selects

CRASH = Crashed("Creates", ("CRE-1", "CRE-2"), "KeyError: 'id'", "main-1")
BROKEN_CHECK = "The check Creates broke down at exchange main-1: KeyError: 'id'"
EVERY_MUST = [passed(name) for name, row in load().requirements.items() if row.level == "MUST"]
KEPT: dict = {"promised": {"CRE-1": ["d"]}}
EVERYTHING = {name: ["test_life::test_one_life"] for name in load().requirements}


@pytest.mark.parametrize(
    ("findings", "crashes", "verdict"),
    [
        ([], [], Verdict.NOT_EXERCISED),
        ([passed("CRE-1")], [], Verdict.PASSED),
        ([failed("CRE-1")], [], Verdict.FAILED),
        ([passed("CRE-1"), failed("CRE-1")], [], Verdict.FAILED),
        ([inconclusive("CRE-1")], [], Verdict.INCONCLUSIVE),
        ([passed("CRE-1"), inconclusive("CRE-1")], [], Verdict.PASSED),
        ([], [CRASH], Verdict.INCONCLUSIVE),
        ([passed("CRE-1")], [CRASH], Verdict.INCONCLUSIVE),
        ([failed("CRE-1")], [CRASH], Verdict.FAILED),
    ],
)
def test_verdict_of_one_requirement(findings: list, crashes: list, verdict: Verdict) -> None:
    assert report(*findings, crashes=crashes).requirements["CRE-1"].verdict is verdict


def test_a_target_that_went_away_leaves_the_run_incomplete_unless_a_must_failed() -> None:
    gone = record(**KEPT, stopped="the target has not answered since 12:04:11 UTC", target_gone=True)
    whole_promise = report(*EVERY_MUST, run=gone)
    assert (whole_promise.outcome, whole_promise.exit_status) == (Outcome.INCOMPLETE, 2)
    assert report(*EVERY_MUST, failed("CRE-1"), run=gone).exit_status == 1
    assert report(*EVERY_MUST, run=record(**KEPT)).exit_status == 0


def test_every_requirement_of_the_register_has_a_verdict() -> None:
    assert list(report().requirements) == list(load().requirements)


def test_a_pass_tells_what_stayed_open_and_what_shows_it() -> None:
    row = report(passed("CRE-1", "main-1"), passed("CRE-1", "main-2"), inconclusive("CRE-1")).requirements["CRE-1"]
    assert (row.observations, row.failures, row.shown_by) == (2, 0, ["main-1"])
    assert row.reason == "1 more could not be judged; the first: The answer was lost."


def test_a_failure_keeps_every_different_finding_in_order() -> None:
    row = report(
        failed("CRE-1", "First.", "main-1"), failed("CRE-1", "Second.", "main-2"), failed("CRE-1", "First.", "main-3")
    ).requirements["CRE-1"]
    assert [(finding.message, finding.exchanges) for finding in row.findings] == [
        ("First.", ["main-1"]),
        ("Second.", ["main-2"]),
    ]
    assert (row.observations, row.failures) == (3, 3)


def test_what_was_left_open_is_told_once_a_reason_with_the_first_exchange_that_shows_it() -> None:
    row = report(
        inconclusive("CRE-1", "Lost.", "main-1"),
        inconclusive("CRE-1", "Slow.", "main-2"),
        inconclusive("CRE-1", "Lost.", "main-3"),
    ).requirements["CRE-1"]
    assert {finding.message: finding.exchanges for finding in row.findings} == {
        "Lost.": ["main-1"],
        "Slow.": ["main-2"],
    }
    assert (row.reason, row.observations, row.failures, row.shown_by) == ("Lost.", 0, 0, [])


def test_of_many_reasons_to_leave_it_open_the_first_are_kept() -> None:
    row = report(*(inconclusive("CRE-1", f"Lost {n}.") for n in range(KEPT_FINDINGS + 1))).requirements["CRE-1"]
    assert [finding.message for finding in row.findings] == [f"Lost {n}." for n in range(KEPT_FINDINGS)]


def test_a_check_that_broke_down_is_the_reason_whatever_else_stayed_open() -> None:
    row = report(inconclusive("CRE-1"), crashes=[CRASH]).requirements["CRE-1"]
    assert row.reason == BROKEN_CHECK


@pytest.mark.parametrize("findings", [[passed("CRE-1")], [failed("CRE-1")], [failed("CRE-1"), inconclusive("CRE-1")]])
def test_what_was_decided_and_left_nothing_open_needs_no_reason(findings: list) -> None:
    assert report(*findings).requirements["CRE-1"].reason is None


def test_each_row_says_what_is_required_and_how_much_it_binds() -> None:
    made = report()
    for name, requirement in load().requirements.items():
        row = made.requirements[name]
        assert (row.level, row.sentence, row.promised) == (requirement.level, requirement.sentence, False)


def test_defects_are_told_once_those_of_the_run_first() -> None:
    made = report(inconclusive("CRE-2"), run=record(defects=["Wrong.", "Worse.", "Wrong."]), crashes=[CRASH, CRASH])
    assert made.defects == ["Wrong.", "Worse.", BROKEN_CHECK]


def test_a_check_that_raises_on_a_real_history_never_passes() -> None:
    class Raises(Check):
        judges = ("CRE-1",)

        @on(Called)
        def called(self, fact: Called) -> None:
            raise ZeroDivisionError(fact.seen.exchange.id)

    judge = Judge(load(), TargetFacts(), checks=[Raises()])
    judge.observe(create(1))
    made = conclude(load(), judge, record())
    sentence = "The check Raises broke down at exchange main-1: ZeroDivisionError: main-1"
    assert made.requirements["CRE-1"].verdict is Verdict.INCONCLUSIVE
    assert made.requirements["CRE-1"].reason == sentence
    assert made.defects == [sentence]
    assert (made.outcome, made.exit_status) == (Outcome.INCOMPLETE, 3)


@pytest.mark.parametrize(
    ("changes", "findings", "outcome", "status"),
    [
        (KEPT, EVERY_MUST, Outcome.CONFORMANT, 0),
        ({}, EVERY_MUST, Outcome.INCOMPLETE, 2),
        ({}, [], Outcome.INCOMPLETE, 2),
        (KEPT, [], Outcome.INCOMPLETE, 2),
        (KEPT, [passed("CRE-1")], Outcome.CONFORMANT, 0),
        (KEPT, [passed("CRE-1"), inconclusive("CRE-2")], Outcome.INCOMPLETE, 2),
        (KEPT, [passed("CRE-1"), inconclusive("CRE-8")], Outcome.CONFORMANT, 0),
        (KEPT, [passed("CRE-1"), failed("CRE-2")], Outcome.NOT_CONFORMANT, 1),
        (KEPT, [passed("CRE-1"), failed("CRE-8")], Outcome.CONFORMANT, 0),
        (KEPT | {"strict": True}, [passed("CRE-1"), failed("CRE-8")], Outcome.NOT_CONFORMANT, 1),
        ({"strict": True}, [failed("CRE-1")], Outcome.NOT_CONFORMANT, 1),
        (KEPT | {"strict": True}, [passed("CRE-1"), failed("ERR-5")], Outcome.CONFORMANT, 0),
        ({"promised": {"CRE-2": ["d"]}}, [passed("CRE-1")], Outcome.INCOMPLETE, 2),
        ({"promised": {"CRE-1": ["d"], "CRE-8": ["d"]}}, [passed("CRE-1")], Outcome.CONFORMANT, 0),
        ({"promised": {"CRE-8": ["d"]}}, [passed("CRE-1")], Outcome.INCOMPLETE, 2),
        ({"promised": {"CLO-1": ["d"]}}, [passed("CRE-1")], Outcome.INCOMPLETE, 2),
        ({"promised": {"CRE-1": ["d"], "CLO-1": ["d"]}}, [passed("CRE-1")], Outcome.CONFORMANT, 0),
        ({"promised": {"CLO-1": ["d"]}, "configured": ["source_post"]}, [passed("CRE-1")], Outcome.INCOMPLETE, 2),
        ({"promised": {"CRE-2": ["d"], "LST-1": ["d"]}, "only": ["LST"]}, [passed("LST-1")], Outcome.CONFORMANT, 0),
        ({"promised": {"CRE-2": ["d"]}, "only": ["LST"]}, [passed("LST-1")], Outcome.INCOMPLETE, 2),
        (KEPT | {"stopped": "the budget of 1 requests is spent"}, [passed("CRE-1")], Outcome.INCOMPLETE, 2),
        (KEPT | {"stopped": "the budget of 1 requests is spent"}, [failed("CRE-1")], Outcome.NOT_CONFORMANT, 1),
        ({"defects": ["Wrong."]}, EVERY_MUST, Outcome.INCOMPLETE, 3),
        ({"defects": ["Wrong."]}, [], Outcome.INCOMPLETE, 3),
        ({"defects": ["Wrong."]}, [failed("CRE-1")], Outcome.NOT_CONFORMANT, 1),
        ({"promised": EVERYTHING}, [failed("CRE-1")], Outcome.NOT_CONFORMANT, 1),
        ({}, [failed("CRE-1"), inconclusive("CRE-2")], Outcome.NOT_CONFORMANT, 1),
    ],
)
def test_outcome_and_exit_status(changes: dict, findings: list, outcome: Outcome, status: int) -> None:
    made = report(*findings, run=record(**changes))
    assert (made.outcome, made.exit_status) == (outcome, status)


def test_nothing_but_a_must_binds_where_nobody_asks_for_more() -> None:
    rows = report(passed("CRE-1"), failed("CRE-8"), failed("ERR-5"), run=record(**KEPT)).requirements
    assert decide(rows) == (Outcome.CONFORMANT, 0)
    assert decide(rows, strict=True) == (Outcome.NOT_CONFORMANT, 1)


@pytest.mark.parametrize("capability", ["approve", "cancel", "archive"])
def test_an_optional_operation_that_the_target_lacks_is_no_part_of_the_promise(capability: str) -> None:
    needing = next(name for name, row in load().requirements.items() if capability in row.needs)
    run = record(promised={needing: ["d"]}, configured=["review_project", "archive_project"])
    without = report(passed("CRE-1"), run=run, capabilities={capability: False}).requirements[needing]
    untold = report(passed("CRE-1"), run=run).requirements[needing]
    present = report(passed("CRE-1"), run=run, capabilities={capability: True}).requirements[needing]
    assert without.promised is False
    assert without.reason is not None
    assert without.reason.startswith(f"The target lacks the optional capability {capability}:")
    assert untold.promised is True
    assert (present.promised, present.reason) == (True, "No driver of this run met the situation.")


@pytest.mark.parametrize(
    ("requirement", "changes", "reason"),
    [
        ("CLO-1", {}, "The target's configuration gives no fixtures.source_post_id."),
        ("IDM-8", {}, "The variable LAYERS_OTHER_KEY, which target.other_api_key_env names, is not set or is empty."),
        ("CRE-1", {"only": ["LST", "IDM-1"]}, "It is not among those that the run was limited to (LST, IDM-1)."),
        ("CRE-1", {"stopped": "the budget of 9 requests is spent"}, "No driver of this run met the situation."),
        (
            "CRE-1",
            {"stopped": "the budget of 9 requests is spent", "promised": {"CRE-1": ["d"]}},
            "The run ended early: the budget of 9 requests is spent.",
        ),
        (
            "CRE-1",
            {
                "promised": {"CRE-1": ["d"]},
                "unreached": [Unreached(driver="d", requirements=["CRE-1"], reason="No container was made.")],
            },
            "The driver d could not go on: No container was made.",
        ),
        (
            "CRE-1",
            {
                "unreached": [
                    Unreached(driver="e", requirements=["CRE-2"], reason="No answer came."),
                    Unreached(driver="d", requirements=["CRE-2", "CRE-1"], reason="No container was made."),
                ],
            },
            "The driver d could not go on: No container was made.",
        ),
        ("CRE-1", {"drivers": {"CRE-1": ["d"]}}, "The profile gate does not promise it; a deeper one does."),
        (
            "CRE-1",
            {"drivers": {"CRE-1": ["d", "e"]}, "deselected": ["e"]},
            "Not every driver that provokes it was selected.",
        ),
        (
            "CRE-1",
            {"drivers": {"CRE-1": ["d"]}, "deselected": ["e"]},
            "The profile gate does not promise it; a deeper one does.",
        ),
        (
            "CRE-1",
            {"promised": {"CRE-1": ["d"]}, "drivers": {"CRE-1": ["d"]}},
            "No driver of this run met the situation.",
        ),
        (
            "CLO-1",
            {"stopped": "the budget is spent", "promised": {"CLO-1": ["d"]}},
            "The target's configuration gives no fixtures.source_post_id.",
        ),
    ],
)
def test_reason_of_what_was_not_exercised(requirement: str, changes: dict, reason: str) -> None:
    assert report(run=record(**changes)).requirements[requirement].reason == reason


def test_the_report_carries_what_the_run_was_and_how_it_ended() -> None:
    run = record(strict=True, seed=7, workers=3, stopped="the budget of 9 requests is spent", only=["CRE"])
    made = report(passed("CRE-1"), run=run)
    assert (made.strict, made.seed, made.workers, made.stopped, made.only) == (
        True,
        7,
        3,
        "the budget of 9 requests is spent",
        ["CRE"],
    )
    assert (made.profile, made.harness, made.spent) == (run.profile, run.harness, run.spent)
    assert (made.target, made.defects, made.capabilities) == (run.target, [], {})
    assert (made.started_at, made.finished_at) == (run.started_at, run.finished_at)


@pytest.mark.parametrize(
    ("only", "selected"),
    [
        ([], True),
        (["CRE-1"], True),
        (["cre"], True),
        (["creating"], True),
        (["CRE-2"], False),
        (["LST"], False),
        (["listing", " Cre-1 "], True),
        (["", " "], True),
        (["", "LST"], False),
    ],
)
def test_selection_by_id_family_or_marker(only: list[str], selected: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    assert selects(only, load(), "CRE-1") is selected


def test_an_interrupted_run_exits_130_but_what_was_found_broken_counts() -> None:
    run = record(stopped=INTERRUPTED, promised={"CRE-1": ["d"]})
    assert (report(passed("CRE-1"), run=run).outcome, report(passed("CRE-1"), run=run).exit_status) == (
        "incomplete",
        130,
    )
    assert report(failed("CRE-1"), run=run).exit_status == 1
