"""The part of the pytest plugin that runs the suite: the run behind the drivers, and the judgement at the end."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from conformance.client.exchange import Exchange
from conformance.client.holding import uncut
from conformance.contract.document import load
from conformance.exceptions import (
    CannotWrite,
    ConfigurationError,
    ConformanceError,
    HarnessDefect,
    NotReached,
    RunStopped,
    TargetGone,
)
from conformance.reporting.report import Report
from conformance.reporting.terminal import render
from conformance.reporting.text import printable
from conformance.reporting.view import View
from conformance.run.beginning import begin
from conformance.run.conclude import conclude_run
from conformance.run.interruption import cancel_in_flight, end_workers
from conformance.run.options import SuiteOptions, options_of
from conformance.run.overlap import Overlap, label_of
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.plan import chosen
from conformance.run.planning.profiles import DEFAULT, PROFILES
from conformance.run.process import STOPPED_ON, Run, RunSpec
from conformance.run.resume import Earlier
from conformance.run.settings.reach import warnings_of
from conformance.run.settings.target import short_keys
from conformance.run.verdicts.record import INTERRUPTED, UNWRITABLE

PLUGIN_NAME = "conformance-suite"
MARK = "provokes"
"""The marker that every driver has."""
SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan", "cacheshow")
"""Options of pytest with which no driver runs; an editor that looks for tests gives the first."""

SHOWN_ONLY = "No driver ran, as the options of pytest want it: nothing was sent, and nothing is judged."


def register(config: pytest.Config) -> None:
    """Register the markers of families and the plugin that runs the suite."""
    for family in load().families.values():
        config.addinivalue_line("markers", f"{family['marker']}: drivers of the family {family['title']}")
    if config.getoption("numprocesses", None) and config.getoption("dist") in {"no", "load"}:
        config.option.dist = "loadgroup"
    if _worker_input(config).get("grouped"):
        # A worker parses the command line again and does not know how its controller changed the options.
        config.option.loadgroup = True
    config.pluginmanager.register(SuitePlugin(config), PLUGIN_NAME)


def _worker_input(config: pytest.Config) -> dict[str, Any]:
    """Return what the controller of xdist passed to this worker; empty in the controller and in a run of one process."""
    passed_on = getattr(config, "workerinput", {}).get("conformance")
    return passed_on if isinstance(passed_on, dict) else {}


def runs_drivers(config: pytest.Config) -> bool:
    """Return whether pytest was asked to run what it collects, and not only to show something of it."""
    return not any(config.getoption(name, None) for name in SHOWING)


class SuitePlugin:
    """Runs the suite; every process of a run has one, the controller of xdist included.

    `spec` and `run` are set at the start of a session that runs drivers, `overlap` when they are collected, `report` and `exchanges` at
    its end, unless `trouble` says why there is none.
    """

    spec: RunSpec
    run: Run
    overlap: Overlap

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.contract = load()
        self.options = SuiteOptions(PROFILES[config.getoption("conformance_profile") or DEFAULT])
        self.earlier: Earlier | None = None
        self.report: Report | None = None
        self.trouble: str | None = None
        self.exchanges: Sequence[Exchange] = ()
        self._worker_input = _worker_input(config)
        self._is_started = False
        self._has_other_failures = False

    @property
    def _is_controller(self) -> bool:
        return not self._worker_input and bool(self.config.getoption("numprocesses", None))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Read the target, check that it can be judged, and open the session, if drivers will run."""
        try:
            self.options = options_of(self.config, self.contract)
            if runs_drivers(self.config):
                self._start()
        except ConformanceError as error:
            pytest.exit(printable(str(error)), returncode=error.exit_status)

    def _start(self) -> None:
        begun = begin(self.config, self.options, self.contract, self._worker_input)
        self.spec, self.run, self.earlier = begun.spec, begun.run, begun.earlier
        self.overlap = Overlap(self.run, ())
        self._is_started = True

    @property
    def price(self) -> str:
        """The plan of the run and its price, in one line; empty before the start and in a worker of xdist."""
        if not self._is_started or self._worker_input:
            return ""
        return self.spec.plan.sentence()

    @property
    def warnings(self) -> list[str]:
        """What the user is to know of the settings, in sentences."""
        if not self.price:
            return []
        target = self.spec.target
        goes_on = [self.earlier.sentence] if self.earlier else []
        return [*goes_on, *warnings_of(target.public_facts()), *short_keys(target)]

    def pytest_report_collectionfinish(self) -> list[str]:
        """Show the plan and its price before the first driver starts."""
        return [*self.warnings, *filter(None, [self.price])]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Pass the run on to a worker of xdist."""
        node.workerinput["conformance"] = {
            "folder": str(self.spec.folder.resolve()),
            "run_id": self.spec.run_id,
            "workers": self.spec.workers,
            "worker": node.gateway.id,
            "grouped": self.config.getoption("dist") == "loadgroup",
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Mark drivers by family, deselect those that this run does not need, and sort the rest; tests of others follow."""
        drivers = {driver.name: driver for driver in catalogue()}
        wanted = self.options
        selected = chosen(wanted.profile, wanted.only, wanted.stop_on, wanted.shard)
        place = {driver.name: index for index, driver in enumerate(selected)}
        ended = self.earlier.ended if self.earlier else frozenset()
        kept: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        others = [item for item in items if not is_driver(item)]
        for item in filter(is_driver, items):
            name = driver_name(item)
            driver = drivers[name]
            for family in {requirement.partition("-")[0] for requirement in driver.requirements}:
                item.add_marker(getattr(pytest.mark, self.contract.families[family]["marker"]))
            (kept if name in place and label_of(item) not in ended else left_out).append(item)

        kept.sort(key=lambda item: place[driver_name(item)])
        items[:] = kept + others
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which drivers were selected, since they decide what the run promises."""
        if not self._is_started or self._is_controller:
            return
        items = [*filter(is_driver, session.items)]
        self.run.unfinished = {driver_name(item) for item in items}
        ended = self.earlier.drivers if self.earlier else frozenset()
        self.run.note("selected", drivers=sorted(self.run.unfinished | ended))
        by_name = {driver.name: driver for driver in catalogue()}
        # What the configuration gives nothing to do is skipped, and would spend something on its way otherwise.
        able = [item for item in items if driver_name(item) not in self.spec.plan.idle]
        selected = [(item, by_name[driver_name(item)]) for item in able]
        grouped = bool(self._worker_input.get("grouped"))
        # A worker that gets single tests, as `--dist worksteal` deals them out, cannot know which ones it will be asked for.
        self.overlap = Overlap(self.run, selected if grouped or not self._worker_input else (), is_grouped=grouped)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note a driver that somebody else kept from running, such as a conftest.py that skips it."""
        result = yield
        if self._is_started and is_driver(item) and not self.run.is_accounted_for(label_of(item)):
            self.run.note("left_out", driver=driver_name(item))
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a driver beside those that may overlap it; leave one that has to be alone to pytest."""
        return self.overlap.call(pyfuncitem) or None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say how long a driver itself ran, without the time in which others did."""
        report = yield
        seconds = self.overlap.seconds_of(item) if call.when == "call" else None
        if seconds is not None:
            report.duration = seconds
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failed test that is no driver: the verdict does not speak of it, but the exit status does."""
        if report.failed and MARK not in report.keywords:
            self._has_other_failures = True

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a driver that would spend something on its way to what the configuration does not give."""
        setting = self.spec.plan.idle.get(driver_name(item)) if self._is_started and is_driver(item) else None
        if setting is not None:
            self._skip(item, f"the configuration gives no {setting}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run one driver, turn what it could not reach into a skip, and fail it on what the judge found meanwhile."""
        if not is_driver(item):
            return (yield)
        self.run.session.driver = driver_name(item)
        try:
            with self.run.ending(label_of(item), driver_name(item)):
                result = yield
        except NotReached as reason:
            self._fail_on_findings(item)
            self._skip(item, self.run.session.redacted(str(reason)))
        except CannotWrite as reason:
            self.trouble = str(reason)
            raise pytest.exit.Exception(self.trouble, returncode=ConfigurationError.exit_status) from None
        except RunStopped as reason:
            self.run.note("stopped", reason=str(reason), gone=isinstance(reason, TargetGone))
            self._fail_on_findings(item)
            self._skip(item, self.run.session.redacted(str(reason)))
        except HarnessDefect as defect:
            self.run.note("defect", sentence=str(defect))
            raise
        except Exception as error:
            self.run.note(
                "defect", sentence=f"The driver {driver_name(item)} broke down: {type(error).__name__}: {error}"
            )
            raise
        self._fail_on_findings(item)
        return result

    def _skip(self, item: pytest.Item, reason: str) -> None:
        mark = item.get_closest_marker(MARK)
        self.run.account_for(label_of(item))
        self.run.note(
            "unreached", driver=driver_name(item), requirements=list(mark.args if mark else ()), reason=reason
        )
        pytest.skip(f"not reached: {printable(reason)}")

    def _fail_on_findings(self, item: pytest.Item) -> None:
        failures = self.overlap.failures_of(item)
        if self.overlap.is_halted or any(finding.requirement in self.spec.stop_on for finding in failures):
            self.run.note("stopped", reason=STOPPED_ON)
            raise pytest.exit.Exception(STOPPED_ON, returncode=1)
        if not failures:
            return
        lines = dict.fromkeys(f"{finding.requirement}: {printable(finding.message)}" for finding in failures)
        pytest.fail("\n".join(lines), pytrace=False)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that the run did not come to its end, and leave nothing under way."""
        frames = excinfo.traceback.filter(excinfo)[-1:]
        if excinfo.type is KeyboardInterrupt and frames:
            # pytest parses the source of every frame, which takes a second, and shows the last one.
            excinfo.traceback = frames
        if self._is_started:
            # pytest calls this hook for its own exits too, such as after a failure that is to end the run.
            self.run.is_interrupted = issubclass(excinfo.type, KeyboardInterrupt)
            # The end of the run says that nothing can be written.
            with suppress(CannotWrite):
                if self.run.is_interrupted or self.trouble is not None:
                    self.run.note("stopped", reason=INTERRUPTED if self.trouble is None else UNWRITABLE)
            end_workers(self.config)
            self.overlap.stop()
            cancel_in_flight(self.run)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the whole history, write the reports, and set the exit status."""
        if not self._is_started:
            return
        self.overlap.stop()
        try:
            # An interruption that comes now ends the judgement, and not the report.
            with suppress(KeyboardInterrupt), uncut():
                self._conclude(session, exitstatus)
        except OSError as error:
            self.trouble = str(CannotWrite(error.filename or self.spec.folder, error.strerror))
        except CannotWrite as reason:
            self.trouble = str(reason)
        if self.trouble is not None:
            session.exitstatus = ConfigurationError.exit_status

    def _conclude(self, session: pytest.Session, exitstatus: int) -> None:
        if session.shouldfail or session.shouldstop:
            self.run.note("stopped", reason=f"pytest ended it, {session.shouldfail or session.shouldstop}")
        for sentence in (*self.run.api.lists.sentences(), *self.run.api.ownership.sentences()):
            self.run.note("cut", sentence=sentence)
        self.run.close()
        if self._worker_input:
            return
        followed = None if self._is_controller else self.run.judge
        self.report, self.exchanges = conclude_run(self.spec, self.contract, followed)
        # For a misspelt -m or -k, which leaves no driver, pytest has an exit status of its own.
        nothing = pytest.ExitCode.NO_TESTS_COLLECTED
        session.exitstatus = exitstatus if exitstatus == nothing and not self.earlier else self.report.exit_status
        if self._has_other_failures and session.exitstatus in {0, ConfigurationError.exit_status}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the report below pytest's own summary."""
        if not runs_drivers(self.config):
            terminalreporter.write_line(SHOWN_ONLY)
        elif self.trouble is not None:
            terminalreporter.write_line(self.trouble)
        elif self.report is not None and not self.config.getoption("conformance_quiet"):
            terminalreporter.write(render(View(self.report, self.exchanges)))


def is_driver(item: pytest.Item) -> bool:
    """Return whether a test is one of the suite, and not one that pytest was asked to run beside it."""
    return item.get_closest_marker(MARK) is not None


def driver_name(item: pytest.Item) -> str:
    """Return the name of a driver in the catalogue: module and function."""
    function = getattr(item, "originalname", None) or item.name.partition("[")[0]
    return f"{Path(item.path).stem}::{function}"
