"""Drivers side by side under pytest: its options, reports and ends are as they are for drivers one by one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from whole_runs import PATIENCE, SUITE, Ran, backend, clean_environment, run_against

from conformance.checks.findings import Result
from conformance.checks.judge import Judge
from conformance.cli.judge import read_record
from conformance.contract.document import load
from conformance.history.observation import TargetFacts
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.estimate import longest_chain
from conformance.run.planning.profiles import PROFILES
from sandbox.backend import Backend
from sandbox.faults import find
from sandbox.server import config_toml, describe, running

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
    return run_against(with_fault("late-cancel-relabels-the-job"), folder, "--junitxml", "own.xml", "-vv", command=RUN)


def test_the_deepest_chain_of_a_gate_is_three_generations_and_that_after_the_clock() -> None:
    chosen = sorted((each for each in catalogue() if each.chosen(PROFILES["gate"], ())), key=lambda each: each.alone)
    assert longest_chain(each for each in chosen if not each.alone) == 3
    assert longest_chain(chosen) == 4
    assert longest_chain(each for each in chosen if each.profile == "smoke") == 1


def test_drivers_wait_side_by_side(gate: Ran) -> None:
    turns = [exchange.driver for exchange in gate.history]
    assert (
        len({driver for number, driver in enumerate(turns) if driver in turns[:number] and driver != turns[number - 1]})
        > 8
    )


def test_pytest_reports_each_driver_once_and_in_the_order_of_the_catalogue(faulty: Ran) -> None:
    said = re.findall(r"(test_\w+)\.py::(test_\w+)\S* (?:PASSED|FAILED|SKIPPED)", faulty.out)
    names = list(dict.fromkeys("::".join(each) for each in said))
    chosen = [each for each in catalogue() if each.chosen(PROFILES["gate"], ())]
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
    # The driver that pytest calls first waits for its generation, and does not count what the others did meanwhile.
    assert seconds["test_life::test_one_container_from_create_to_completion"] < spent / 4


def test_the_first_failure_ends_the_run_where_pytest_is_asked_for_that(tmp_path: Path) -> None:
    ran = run_against(with_fault("create-answers-201"), tmp_path, "-x", "--junitxml", "own.xml", command=RUN)
    assert ran.status == 1, ran.out + ran.err
    assert len([case for case in cases(ran).values() if case.find("failure") is not None]) == 1
    assert ran.report["stopped"].startswith("pytest ended it, stopping after 1 failures")
    assert ran.report["defects"] == []


def test_a_selection_by_name_runs_what_it_names_and_the_last_failed_run_again(tmp_path: Path) -> None:
    served = with_fault("late-cancel-relabels-the-job")
    cache = ("-o", f"cache_dir={tmp_path / 'cache'}")
    ran = run_against(served, tmp_path, *cache, "-k", "cancel or test_life", "--junitxml", "own.xml", command=RUN)
    assert ran.status == 1, ran.out + ran.err
    failed = {name for name, case in cases(ran).items() if case.find("failure") is not None}
    assert failed < set(cases(ran))
    assert all("cancel" in name or "test_life" in name for name in cases(ran))
    again = run_against(served, tmp_path, *cache, "--lf", "--junitxml", "own.xml", command=RUN)
    assert set(cases(again)) == failed


def test_a_budget_that_is_spent_in_the_midst_ends_every_driver(tmp_path: Path) -> None:
    began = time.monotonic()
    ran = run_against(backend(seconds=20), tmp_path, "--profile", "gate", "--seconds", "3")
    assert time.monotonic() - began < 15
    assert ran.status == 2, ran.out + ran.err
    assert ran.report["stopped"] == "the budget of 3 seconds is spent"
    assert ran.report["defects"] == []


def test_a_run_that_one_requirement_ends_ends_at_its_first_failure(tmp_path: Path) -> None:
    fault = with_fault("regeneration-ends-without-the-container")
    ran = run_against(fault, tmp_path, "--conformance-stop-on", "APR-1,JOB", command=RUN)
    assert ran.status == 1, ran.out + ran.err
    assert ran.report["stopped"] == "a requirement failed that ends this run"
    assert ran.verdicts["JOB-2"] == "failed"
    assert ran.report["defects"] == []


@pytest.mark.parametrize("processes", ["0", "2"])
def test_ctrl_c_ends_every_thread_before_the_run_is_closed(processes: str, tmp_path: Path) -> None:
    served = backend(seconds=30)
    with running(served) as url:
        (tmp_path / "conformance.toml").write_text(config_toml(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        command = [sys.executable, "-c", "from conformance.cli.main import main; main()", "run", "--profile", "gate"]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "-n", processes, "--report-dir", "report"],
            cwd=tmp_path,
            env=clean_environment(**keys),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + PATIENCE
        histories = tmp_path / "report" / "parts"
        while (
            sum(path.stat().st_size for path in histories.glob("*.history.jsonl")) < 200_000
            and time.monotonic() < deadline
        ):
            time.sleep(0.1)
        stopped_at = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    # xdist gives its workers ten seconds before it ends them.
    assert time.monotonic() - stopped_at < (30 if processes == "2" else 10)
    ran = Ran(process.returncode, tmp_path / "report", out, "")
    assert ran.report["stopped"] == "it was interrupted"
    assert ran.report["defects"] == []


def test_two_processes_overlap_the_drivers_of_each(gate_by_two: Ran) -> None:
    workers: dict[str, list[str]] = {}
    for exchange in gate_by_two.history:
        workers.setdefault(exchange.id.partition("-")[0], []).append(exchange.driver)
    assert any(
        len({driver for number, driver in enumerate(turns) if driver in turns[:number] and driver != turns[number - 1]})
        > 8
        for turns in workers.values()
    )
