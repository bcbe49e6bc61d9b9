from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from runs import failed, passed, record, report

from conformance.exceptions import ConfigurationError
from conformance.run.verdicts.detection import ConformantRun, FaultRun
from conformance.selftest import command, results
from conformance.selftest.command import SelftestOptions
from conformance.selftest.matrix import MEASURED_VARIANTS, Job, Matrix, chosen, for_figures, sampled
from conformance.selftest.pool import Ended, Pool
from sandbox.change import Depth, Fault, Variant


def fault(name: str, requirement: str = "CRE-1", depth: Depth = "shallow") -> Fault:
    return Fault(name, requirement, depth, f"It does {name}.", lambda _backend: None)


def variant(name: str) -> Variant:
    return Variant(name, f"It chose {name}.", lambda _backend: None)


def ended(kind: str, name: str, *findings: object, **changes: object) -> Ended:
    requirement = "CRE-1" if kind == "fault" else ""
    return Ended(Job(kind, name, "gate", 0, requirement), report(*findings, run=record(**changes)), None)


CLEAN = ended("clean", "clean", passed("CRE-1"))


def measured(
    faults: tuple[Ended, ...] = (), variants: tuple[Ended, ...] = (), clean: Ended = CLEAN
) -> results.Detection:
    matrix = Matrix(
        tuple(fault(each.job.name) for each in faults),
        tuple(variant(each.job.name) for each in variants),
        complete=True,
    )
    return results.detection(matrix, {each.job.label: each for each in (clean, *faults, *variants)}, "gate", 0, 1.0)


def test_a_fault_is_detected_by_the_requirement_that_it_breaks() -> None:
    run = results.fault_run(fault("a"), ended("fault", "a", failed("CRE-1"), failed("IDM-1")))
    assert (run.detected, run.collateral, run.requests, run.generations) == (True, ["IDM-1"], 4, 1)


def test_a_fault_is_not_detected_by_another_requirement() -> None:
    run = results.fault_run(fault("a"), ended("fault", "a", passed("CRE-1"), failed("IDM-1")))
    assert (run.detected, run.collateral) == (False, ["IDM-1"])


def test_a_fault_without_a_report_is_not_detected_and_says_why() -> None:
    run = results.fault_run(fault("a"), Ended(Job("fault", "a", "gate", 0, "CRE-1"), None, "It was killed."))
    assert (run.detected, run.outcome, run.note) == (False, "none", "It was killed.")


@pytest.mark.parametrize("requirement", ["CRE-1", "JOB-5", "LST-11"])
def test_any_failure_on_a_conformant_backend_is_a_false_alarm(requirement: str) -> None:
    run = results.conformant_run("v", "", ended("variant", "v", failed(requirement, "It was broken.")))
    assert [(each.requirement, each.message) for each in run.accused] == [(requirement, "It was broken.")]
    assert not results.went_well(run)


def test_what_was_promised_and_not_shown_is_left_open() -> None:
    promised = {"CRE-1": ["test_life::test_one_life"], "CRE-2": ["test_life::test_one_life"]}
    run = results.conformant_run("v", "", ended("variant", "v", passed("CRE-1"), promised=promised))
    assert run.open == ["CRE-2"]


def test_nothing_falls_short_where_all_is_detected_and_nobody_accused() -> None:
    found = measured((ended("fault", "a", failed("CRE-1")),), (ended("variant", "v", passed("CRE-1")),))
    assert results.shortfalls(found, 1.0) == []
    assert (found.totals.detected, found.totals.by_depth["shallow"], found.totals.false_alarms) == (1, (1, 1), 0)


def test_an_undetected_fault_falls_short_only_of_a_greater_share() -> None:
    found = measured((ended("fault", "a", failed("CRE-1")), ended("fault", "b", passed("CRE-1"))))
    assert results.shortfalls(found, 0.5) == []
    assert results.shortfalls(found, 0.6) == ["1 of 2 faults were detected, fewer than 60%."]


@pytest.mark.parametrize("where", ["clean", "variant"])
def test_an_accused_conformant_backend_falls_short(where: str) -> None:
    accused = ended(where, "clean" if where == "clean" else "v", failed("CRE-1"))
    found = measured(clean=accused) if where == "clean" else measured(variants=(accused,))
    assert results.shortfalls(found, 0.0) == [f"Conformant sandboxes were accused: {accused.job.name}."]


def test_a_run_without_a_verdict_falls_short() -> None:
    lost = Ended(Job("variant", "v", "gate", 0), None, "It was killed.")
    assert results.shortfalls(measured(variants=(lost,)), 0.0) == ["No reliable verdict for v."]


def test_a_conformant_backend_that_cost_more_than_the_profile_allows_falls_short() -> None:
    spent = {"generations": 26, "requests": 4, "seconds": 1.0}
    found = measured(variants=(ended("variant", "v", passed("CRE-1"), spent=spent),))
    assert results.shortfalls(found, 0.0) == ["More than 25 generations were started for v."]


def test_a_sample_has_every_family_and_depth_and_the_variants_from_all_over_the_list() -> None:
    faults = (
        fault("a"),
        fault("b"),
        fault("c", depth="deep"),
        fault("d", "CRE-2", "deep"),
        fault("e", "IDM-1", "deep"),
    )
    part = sampled(Matrix(faults, tuple(variant(f"v{at}") for at in range(10)), complete=True), variants=2)
    assert [each.name for each in part.faults] == ["a", "c", "e"]
    assert [each.name for each in part.variants] == ["v0", "v5"]
    assert not part.complete


def test_a_part_is_chosen_by_name_or_requirement_and_needs_nothing_of_the_other_kind() -> None:
    every = chosen()
    some = every.faults[0]
    assert chosen([some.name], []).faults == (some,)
    assert set(chosen([some.requirement.lower()], []).faults) == {
        each for each in every.faults if each.requirement == some.requirement
    }
    assert chosen([some.name], []).variants == ()
    assert not chosen(["*"], []).complete


def test_a_pattern_that_fits_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="No fault matches no-such-thing"):
        SelftestOptions(profile="gate", faults=("no-such-thing",), variants=()).matrix()


def test_a_run_that_takes_too_long_is_killed_and_the_others_go_on(tmp_path: Path) -> None:
    results_of: dict[str, Ended] = {}
    jobs = [Job("clean", "clean", "certify", 0), Job("fault", "no-such-fault", "smoke", 0, "CRE-1")]
    Pool(tmp_path, 2, timeout=1).run(jobs, lambda result: results_of.update({result.job.name: result}))
    assert results_of["clean"].note == "The run was killed after 1 seconds."
    assert results_of["no-such-fault"].note == "There is no 'no-such-fault' among the faults."


def test_what_the_display_raises_ends_the_runs(tmp_path: Path) -> None:
    def interrupt(_result: Ended) -> None:
        raise KeyboardInterrupt

    jobs = [Job("fault", "no-such-fault", "smoke", 0, "CRE-1"), Job("clean", "clean", "certify", 0)]
    with pytest.raises(KeyboardInterrupt):
        Pool(tmp_path, 2).run(jobs, interrupt)
    assert not [*tmp_path.rglob("report.json")], "the certify was killed"


def shown(found: results.Detection) -> str:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        command.show(found, console, everything=True)
    return captured.get()


def test_the_tables_tell_of_every_run() -> None:
    found = measured(
        (ended("fault", "found-one", failed("CRE-1"), failed("IDM-1")), ended("fault", "lost-one", passed("CRE-1"))),
        (ended("variant", "accused-one", failed("LST-1", "It lost | an item.")),),
    )
    for text in (shown(found), command.markdown(found)):
        assert "found-one" in text
        assert "lost-one" in text
        assert "finds 1 of 2 seeded faults, 1 false alarm on 1 variants" in text
    assert "It lost \\| an item." in command.markdown(found)
    assert isinstance(found.faults[0], FaultRun)
    assert isinstance(found.clean, ConformantRun)


def test_the_figures_are_measured_on_one_fault_of_each_requirement_and_depth_and_on_every_named_variant() -> None:
    every = chosen()
    part = for_figures(every)
    pairs = {(each.requirement, each.depth) for each in every.faults}
    assert {(each.requirement, each.depth) for each in part.faults} == pairs
    assert len(part.faults) == len(pairs)
    assert {each.name for each in part.variants} == set(MEASURED_VARIANTS)
    assert part.complete
