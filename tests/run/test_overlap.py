"""Drivers side by side under pytest: its options, reports and ends are as they are for drivers one by one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from inside import runs
from whole_runs import SUITE, Ran, backend, run_against

from conformance.checks.findings import Result
from conformance.checks.judge import Judge
from conformance.cli.saved import read_record
from conformance.client.exchange import read, saved_in
from conformance.contract.document import load
from conformance.history.observation import TargetFacts
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.plan import longest_chain
from conformance.run.planning.profiles import PROFILES
from sandbox.backend import Backend
from sandbox.faults import find

RUN = (*SUITE[:2], *SUITE[4:])
"""As a user types it: with pytest's cache."""


def with_fault(name: str, *, seconds: float = 0.1) -> Backend:
    served = backend(seconds=seconds)
    find(name).install(served)
    return served


def cases(ran: Ran) -> dict[str, ET.Element]:
    """Return the tests of pytest's own JUnit report by name."""
    found = ET.parse(ran.folder.parent / "own.xml").getroot().iter("testcase")  # noqa: S314 - pytest wrote it
    return {f"{each.get('classname', '').rpartition('.')[2]}::{each.get('name')}": each for each in found}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a run of the gate by pytest on a backend with a defect that several drivers meet."""
    folder = tmp_path_factory.mktemp("faulty")
    more = ("--conformance-profile", "smoke", "--junitxml", "own.xml", "-vv")
    return run_against(with_fault("create-answers-201"), folder, *more, command=RUN)


def test_the_deepest_chain_of_a_gate_is_three_generations_and_that_after_the_clock() -> None:
    chosen = sorted((each for each in catalogue() if each.chosen(PROFILES["gate"], ())), key=lambda each: each.alone)
    assert longest_chain(each for each in chosen if not each.alone) == 3
    assert longest_chain(chosen) == 4
    assert longest_chain(each for each in chosen if each.profile == "smoke") == 1


def test_pytest_reports_each_driver_once_and_in_the_order_of_the_catalogue(faulty: Ran) -> None:
    said = re.findall(r"(test_\w+)\.py::(test_\w+)\S* (?:PASSED|FAILED|SKIPPED)", faulty.out)
    names = list(dict.fromkeys("::".join(each) for each in said))
    chosen = [each for each in catalogue() if each.chosen(PROFILES["smoke"], ())]
    assert names == [each.name for each in sorted(chosen, key=lambda each: each.alone)]


def test_a_failure_is_reported_by_the_driver_that_met_it(faulty: Ran) -> None:
    record = read_record(faulty.folder / "run.json")
    judge = Judge(load(), TargetFacts.of(record.target))
    met = {
        (exchange.driver, finding.requirement)
        for exchange in faulty.history
        for finding in judge.observe(exchange)
        if finding.result is Result.FAILED and load().requirements[finding.requirement].level == "MUST"
    }
    said = {
        (name.partition("[")[0], requirement)
        for name, case in cases(faulty).items()
        for failure in case.iter("failure")
        for requirement in re.findall(r"\b([A-Z]{3}-\d+): ", failure.get("message", ""))
    }
    assert said
    assert said == met


def test_the_seconds_of_a_test_leave_out_those_in_which_others_ran(faulty: Ran) -> None:
    seconds = {name: float(case.get("time", "0")) for name, case in cases(faulty).items()}
    spent = faulty.report["spent"]["seconds"]
    assert sum(seconds.values()) < 1.2 * spent


def test_the_first_failure_ends_the_run_and_what_failed_last_runs_again_where_pytest_is_asked_for_that(
    tmp_path: Path,
) -> None:
    served = with_fault("create-answers-201")
    options = ("-o", f"cache_dir={tmp_path / 'cache'}", "--conformance-profile", "smoke", "--junitxml", "own.xml")
    ran = run_against(served, tmp_path, *options, "-x", "-k", "test_life or test_errors", command=RUN)
    assert ran.status == 1, ran.out + ran.err
    assert {name.partition("::")[0] for name in cases(ran)} <= {"test_life", "test_errors"}
    (failed,) = [name for name, case in cases(ran).items() if case.find("failure") is not None]
    assert ran.report["stopped"].startswith("pytest ended it, stopping after 1 failures")
    assert ran.report["defects"] == []
    assert set(cases(run_against(served, tmp_path, *options, "--lf", command=RUN))) == {failed}


def test_what_ends_a_run_in_the_midst_ends_every_driver_of_those_that_wait_side_by_side(tmp_path: Path) -> None:
    never = {"settings": {"generation_seconds": 1_000.0}, "variables": {"CONFORMANCE_BUDGET__SECONDS": "30"}}
    late, fatal = runs(
        [
            {"profile": "gate", "folder": str(tmp_path)} | never,
            {"profile": "gate", "changes": ["regeneration-ends-without-the-container"], "fatal": "APR-1,JOB"},
        ]
    )
    assert (late["status"], late["stopped"], late["defects"]) == (2, "the budget of 30 seconds is spent", [])
    # None of the generations that they wait for has ended.
    assert len({exchange.driver for exchange in read(saved_in(tmp_path / "report"))}) > 8
    assert (fatal["status"], fatal["stopped"]) == (1, "a requirement failed that ends this run")
    assert "JOB-2" in fatal["failed"]
    assert fatal["defects"] == []
