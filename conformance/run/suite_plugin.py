"""The part of the pytest plugin that runs the suite: the run behind the drivers, and the judgement at the end."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.document import load
from conformance.door.exchange import Exchange
from conformance.exceptions import ConformanceError, HarnessDefect, NotReached, RunStopped, TargetError, TargetGone
from conformance.reporting.report import Report
from conformance.reporting.terminal import render
from conformance.run import folders
from conformance.run.conclude import conclude_run
from conformance.run.drivers import catalogue
from conformance.run.plan import plan_run
from conformance.run.preflight import preflight, take_stock
from conformance.run.process import FATAL, Run, RunSpec, new_run_id
from conformance.run.profiles import PROFILES
from conformance.run.reach import warnings_of
from conformance.run.record import INTERRUPTED
from conformance.run.selection import parse_selection
from conformance.run.shards import Shard
from conformance.run.target import load as load_target

PLUGIN_NAME = "conformance-suite"
LAST_LOOK = "test_looking_back::"
SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan", "cacheshow")
"""Options of pytest with which no driver runs; an editor that looks for tests gives the first."""


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
    given = getattr(config, "workerinput", {}).get("conformance")
    return given if isinstance(given, dict) else {}


def runs_drivers(config: pytest.Config) -> bool:
    """Return whether pytest was asked to run what it collects, and not only to show something of it."""
    return not any(config.getoption(name, None) for name in SHOWING)


class SuitePlugin:
    """Runs the suite; every process of a run has one, the controller of xdist included.

    `spec` and `run` are set at the start of a session that runs drivers, `report` and `exchanges` at its end.
    """

    spec: RunSpec
    run: Run

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.contract = load()
        self.profile = PROFILES[config.getoption("conformance_profile")]
        self.fatal = tuple(name for name in config.getoption("conformance_fail_fast").split(",") if name)
        self.only: tuple[str, ...] = ()
        self.shard: Shard | None = None
        self.report: Report | None = None
        self.exchanges: Sequence[Exchange] = ()
        self._worker_input = _worker_input(config)
        self._is_started = False

    @property
    def _is_controller(self) -> bool:
        return not self._worker_input and bool(self.config.getoption("numprocesses", None))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Read the target, check that it can be judged, and open the session, if drivers will run."""
        try:
            self.only = parse_selection(self.config.getoption("conformance_only"), self.contract)
            text = self.config.getoption("conformance_shard")
            self.shard = Shard.parse(text) if text else None
            if runs_drivers(self.config):
                self._start()
        except ConformanceError as error:
            pytest.exit(str(error), returncode=error.exit_status)

    def _start(self) -> None:
        given, option = self._worker_input, self.config.getoption
        config_file = option("conformance_config")
        base_url = option("base_url", None) or None
        folder = given.get("folder") or option("conformance_report_dir") or f"reports/{datetime.now(UTC):%Y%m%d-%H%M%S}"
        self.spec = RunSpec(
            target=load_target(Path(config_file) if config_file else None, {"target": {"base_url": base_url}}),
            profile=self.profile,
            folder=Path(folder),
            run_id=given.get("run_id") or new_run_id(),
            seed=option("conformance_seed"),
            only=self.only,
            strict=option("conformance_strict"),
            embedded=option("conformance_embedded_sandbox"),
            fatal=self.fatal,
            shard=self.shard,
            workers=int(given.get("workers") or option("numprocesses", None) or 1),
        )
        made = folders.make(self.spec.parts)
        try:
            self._open()
        except BaseException:
            if not given:
                shutil.rmtree(self.spec.parts, ignore_errors=True)
                folders.remove_empty(each for each in made if each != self.spec.parts)
            raise
        self._is_started = True

    def _open(self) -> None:
        """Open the session of this process, which looks at the target first unless it is a worker."""
        if not self._worker_input:
            for left in self.spec.parts.glob("*"):
                left.unlink()
        self.run = Run(self.spec, self.contract, self._worker_input.get("worker", "main"))
        if self._worker_input:
            return
        try:
            preflight(self.run)
            take_stock(self.run)
        except (NotReached, RunStopped) as reason:
            self.run.close()
            raise TargetError(f"The run ended before its first driver: {reason}.") from None
        except BaseException:
            self.run.close()
            raise

    @property
    def price(self) -> str:
        """The plan of the run and its price, in one line; empty before the start and in a worker of xdist."""
        if not self._is_started or self._worker_input:
            return ""
        return plan_run(self.spec.profile, self.spec.only, self.spec.target, self.shard).sentence()

    @property
    def warnings(self) -> list[str]:
        """What the user is to know of the settings, in sentences."""
        return warnings_of(self.spec.target.public_facts()) if self.price else []

    def pytest_report_collectionfinish(self) -> list[str]:
        """Show the plan and its price before the first driver starts."""
        return [*self.warnings, self.price]

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
        """Mark drivers by family, deselect those that this run does not need, and sort the rest."""
        order = {driver.name: (index, driver) for index, driver in enumerate(catalogue())}
        chosen = [driver for driver in catalogue() if driver.chosen(self.profile, self.only)]
        wanted = {driver.name for driver in (self.shard.drivers(chosen) if self.shard else chosen)}
        kept: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        for item in items:
            name = driver_name(item)
            if name not in order:
                continue
            driver = order[name][1]
            for family in {requirement.partition("-")[0] for requirement in driver.requirements}:
                item.add_marker(getattr(pytest.mark, self.contract.families[family]["marker"]))
            (kept if name in wanted else left_out).append(item)

        def place(item: pytest.Item) -> tuple[bool, int]:
            # A run that one failure ends is shortest if the drivers that provoke it come first; the drivers that look back at the
            # containers of others stay last.
            index, driver = order[driver_name(item)]
            return driver.name.startswith(LAST_LOOK) or set(self.fatal).isdisjoint(driver.requirements), index

        kept.sort(key=place)
        items[:] = kept
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which drivers were selected, since they decide what the run promises."""
        if self._is_started and not self._is_controller:
            self.run.note("selected", drivers=sorted({driver_name(item) for item in session.items}))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run one driver, turn what it could not reach into a skip, and fail it on what the judge found meanwhile."""
        self.run.session.driver = driver_name(item)
        try:
            result = yield
        except NotReached as reason:
            self._fail_on_findings()
            self._skip(item, str(reason))
        except RunStopped as reason:
            self.run.note("stopped", reason=str(reason), gone=isinstance(reason, TargetGone))
            self._fail_on_findings()
            self._skip(item, str(reason))
        except HarnessDefect as defect:
            self.run.note("defect", sentence=str(defect))
            raise
        except Exception as error:
            self.run.note(
                "defect", sentence=f"The driver {driver_name(item)} broke down: {type(error).__name__}: {error}"
            )
            raise
        self._fail_on_findings()
        return result

    def _skip(self, item: pytest.Item, reason: str) -> None:
        mark = item.get_closest_marker("provokes")
        self.run.note(
            "unreached", driver=driver_name(item), requirements=list(mark.args if mark else ()), reason=reason
        )
        pytest.skip(f"not reached: {reason}")

    def _fail_on_findings(self) -> None:
        failures = self.run.fresh_failures()
        if not failures:
            return
        if any(finding.requirement in self.spec.fatal for finding in failures):
            self.run.note("stopped", reason=FATAL)
            raise pytest.exit.Exception(FATAL, returncode=1)
        lines = dict.fromkeys(f"{finding.requirement}: {finding.message}" for finding in failures)
        pytest.fail("\n".join(lines), pytrace=False)

    def pytest_keyboard_interrupt(self) -> None:
        """Note that the run did not come to its end."""
        if self._is_started:
            self.run.note("stopped", reason=INTERRUPTED)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the whole history, write the reports, and set the exit status."""
        if not self._is_started:
            return
        if session.shouldfail or session.shouldstop:
            self.run.note("stopped", reason=f"pytest ended it, {session.shouldfail or session.shouldstop}")
        self.run.close()
        if self._worker_input:
            return
        followed = None if self._is_controller else self.run.judge
        self.report, self.exchanges = conclude_run(self.spec, self.contract, followed)
        # For a misspelt -m or -k, which leaves no driver, pytest has an exit status of its own.
        nothing = pytest.ExitCode.NO_TESTS_COLLECTED
        session.exitstatus = exitstatus if exitstatus == nothing else self.report.exit_status

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the report below pytest's own summary."""
        if self.report is not None and not self.config.getoption("conformance_quiet"):
            terminalreporter.write(render(self.report, self.exchanges))


def driver_name(item: pytest.Item) -> str:
    """Return the name of a driver in the catalogue: module and function."""
    function = getattr(item, "originalname", None) or item.name.partition("[")[0]
    return f"{Path(item.path).stem}::{function}"
