"""The pytest plugin: options, the run behind the drivers, and the judgement at the end.

It sleeps unless the suite is what pytest was asked to run, so that it can be installed beside any project's own tests.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import BudgetSpent, ConformanceError, HarnessDefect, NotReached
from conformance.run.profiles import ORDER, PROFILES

SUITE = "conformance.suite"
LAST_LOOK = "test_looking_back::"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a conformance run."""
    group = parser.getgroup("conformance", "conformance of a Layers Partner API")
    group.addoption("--conformance-config", metavar="FILE", help="the target's conformance.toml")
    group.addoption(
        "--conformance-profile", choices=ORDER, default="gate", help="how deep the run goes (default: gate)"
    )
    group.addoption("--conformance-report-dir", metavar="DIR", help="where the reports go (default: reports/<time>)")
    group.addoption(
        "--conformance-only", metavar="LIST", default="", help="requirements or families, such as IDM,LST-4"
    )
    group.addoption(
        "--conformance-seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)"
    )
    group.addoption(
        "--conformance-strict", action="store_true", help="a failed SHOULD makes the run not conformant too"
    )
    group.addoption("--conformance-quiet", action="store_true", help="print no report at the end")
    group.addoption(
        "--conformance-fail-fast",
        metavar="LIST",
        default="",
        help="end the run as soon as one of these requirements has failed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the part that runs the suite where it was asked for."""
    config.addinivalue_line("markers", "provokes(*requirements, profile): the requirements that a driver provokes")
    if not any(SUITE in str(argument).replace("/", ".") for argument in config.args):
        return
    from conformance.contract.document import load  # noqa: PLC0415 - a project's own tests must not pay for the suite

    for family in load().families.values():
        config.addinivalue_line("markers", f"{family['marker']}: drivers of the family {family['title']}")
    if config.getoption("numprocesses", None) and config.getoption("dist") in {"no", "load"}:
        config.option.dist = "loadgroup"
    if _handed_down(config).get("grouped"):
        # A worker reads the command line anew and knows nothing of what its controller has made of it.
        config.option.loadgroup = True
    config.pluginmanager.register(SuitePlugin(config), "conformance-suite")


def _handed_down(config: pytest.Config) -> dict[str, Any]:
    """Give what the controller of xdist gave this worker; nothing in the controller and in a run of one process."""
    given = getattr(config, "workerinput", {}).get("conformance")
    return given if isinstance(given, dict) else {}


class SuitePlugin:
    """Runs the suite: one instance a process, the controller of xdist among them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._handed_down = _handed_down(config)
        self.run: Any = None
        self.spec: Any = None
        self.report: Any = None
        self.exchanges: Any = ()
        self._only = tuple(
            name.strip().upper() for name in config.getoption("conformance_only").split(",") if name.strip()
        )
        self._fatal = tuple(name for name in config.getoption("conformance_fail_fast").split(",") if name)

    @property
    def _is_controller(self) -> bool:
        return not self._handed_down and bool(self.config.getoption("numprocesses", None))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Read the target, look whether it can be judged, and open the door."""
        try:
            self._start()
        except ConformanceError as error:
            pytest.exit(str(error), returncode=error.exit_status)

    def _start(self) -> None:
        from conformance.contract.document import load  # noqa: PLC0415 - only where the suite runs
        from conformance.run.preflight import preflight, take_stock  # noqa: PLC0415
        from conformance.run.process import Run, RunSpec, new_run_id  # noqa: PLC0415
        from conformance.run.target import load as load_target  # noqa: PLC0415

        given = self._handed_down
        option = self.config.getoption
        config_file = option("conformance_config")
        base_url = option("base_url", None) or None
        contract = load()
        self._refuse_unknown(contract.requirements, contract.families)
        folder = given.get("folder") or option("conformance_report_dir") or f"reports/{datetime.now(UTC):%Y%m%d-%H%M%S}"
        self.spec = RunSpec(
            target=load_target(Path(config_file) if config_file else None, {"target": {"base_url": base_url}}),
            profile=PROFILES[option("conformance_profile")],
            folder=Path(folder),
            run_id=given.get("run_id") or new_run_id(),
            seed=option("conformance_seed"),
            only=self._only,
            strict=option("conformance_strict"),
            fatal=self._fatal,
            workers=int(given.get("workers") or option("numprocesses", None) or 1),
        )
        if not self._handed_down:
            for left in self.spec.parts.glob("*"):
                left.unlink()
        self.run = Run(self.spec, contract, given.get("worker", "main"))
        if not self._handed_down:
            preflight(self.run)
            take_stock(self.run)

    def _refuse_unknown(self, requirements: Any, families: Any) -> None:
        from conformance.exceptions import ConfigurationError  # noqa: PLC0415 - only where the suite runs

        for name in self._only:
            if name not in requirements and name not in families:
                known = ", ".join(families)
                raise ConfigurationError(f"There is no requirement or family {name}; the families are {known}.")

    @property
    def price(self) -> str:
        """The plan of the run and its price, in one line; empty in a worker of xdist and before the target is read."""
        if self.spec is None or self._handed_down:
            return ""
        from conformance.run.plan import plan_run  # noqa: PLC0415 - only where the suite runs

        return plan_run(self.spec.profile, self._only, self.spec.limits.generations).sentence()

    def pytest_report_collectionfinish(self) -> str:
        """Show the plan and its price before the first driver starts."""
        return self.price

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run down to a worker of xdist."""
        node.workerinput["conformance"] = {
            "folder": str(self.spec.folder.resolve()),
            "run_id": self.spec.run_id,
            "workers": self.spec.workers,
            "worker": node.gateway.id,
            "grouped": self.config.getoption("dist") == "loadgroup",
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Mark drivers by family, leave out what this run does not ask for, and put the rest in order."""
        from conformance.run.drivers import catalogue  # noqa: PLC0415 - only where the suite runs

        order = {driver.name: (index, driver) for index, driver in enumerate(catalogue())}
        kept: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        for item in items:
            name = driver_name(item)
            if name not in order:
                continue
            driver = order[name][1]
            for family in {requirement.partition("-")[0] for requirement in driver.requirements}:
                item.add_marker(getattr(pytest.mark, self.run.contract.families[family]["marker"]))
            (kept if driver.chosen(self.spec.profile, self._only) else left_out).append(item)

        def place(item: pytest.Item) -> tuple[bool, int]:
            # A run that one failure ends is over soonest where the drivers that provoke it come first; a last look has to stay behind
            # what it looks back at.
            index, driver = order[driver_name(item)]
            return driver.name.startswith(LAST_LOOK) or set(self._fatal).isdisjoint(driver.requirements), index

        kept.sort(key=place)
        items[:] = kept
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which drivers were chosen, for the promise that the run has to keep."""
        if self.run is not None and not self._is_controller:
            self.run.note("selected", drivers=sorted({driver_name(item) for item in session.items}))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run one driver, turn what it could not reach into a reason, and fail it on what the judge found meanwhile."""
        self.run.session.driver = driver_name(item)
        try:
            result = yield
        except NotReached as reason:
            self._fail_on_findings()
            self._skip(item, str(reason))
        except BudgetSpent as reason:
            self.run.note("stopped", reason=str(reason))
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
        from conformance.run.process import FATAL  # noqa: PLC0415 - only where the suite runs

        failures = self.run.fresh_failures()
        if not failures:
            return
        if any(finding.requirement in self._fatal for finding in failures):
            self.run.note("stopped", reason=FATAL)
            raise pytest.exit.Exception(FATAL, returncode=1)
        lines = dict.fromkeys(f"{finding.requirement}: {finding.message}" for finding in failures)
        pytest.fail("\n".join(lines), pytrace=False)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge the whole history, write the reports, and set the exit status."""
        if self.run is None:
            return
        self.run.close()
        if self._handed_down:
            return
        from conformance.run.conclude import conclude_run  # noqa: PLC0415 - only where the suite runs

        self.report, self.exchanges = conclude_run(self.spec, self.run.contract)
        session.exitstatus = self.report.exit_status

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the report below pytest's own."""
        if self.report is not None and not self.config.getoption("conformance_quiet"):
            from conformance.reporting.terminal import render  # noqa: PLC0415 - only where the suite runs

            terminalreporter.write(render(self.report, self.exchanges))


def driver_name(item: pytest.Item) -> str:
    """Name a driver as the catalogue does: module and function."""
    function = getattr(item, "originalname", None) or item.name.partition("[")[0]
    return f"{Path(item.path).stem}::{function}"


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Any:
    """Give the run behind the drivers."""
    plugin = request.config.pluginmanager.get_plugin("conformance-suite")
    if plugin is None:
        pytest.skip("the drivers run under `pytest --pyargs conformance.suite` only")
    return plugin.run
