"""The beginning of a run in one process: its settings, its folder, its session, and the first contact with the target."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.document import Contract
from conformance.exceptions import CannotWrite, ConfigurationError, NotReached, RunStopped, TargetError
from conformance.reporting import FORMS
from conformance.reporting.text import printable
from conformance.run.conclude import conclude_run
from conformance.run.contact.preflight import preflight, take_stock
from conformance.run.journal import MANIFEST, hold_lock, make_folders, remove_empty
from conformance.run.options import SuiteOptions
from conformance.run.process import Run, RunSpec, new_run_id
from conformance.run.resume import Earlier, taken_from
from conformance.run.settings.loading import load as load_target
from conformance.run.signals import obey_controller, terminated_gently

LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose first driver may start, and the parts of it that came before."""

    spec: RunSpec
    run: Run
    earlier: Earlier | None


def begin(config: pytest.Config, options: SuiteOptions, contract: Contract, worker: Mapping[str, Any]) -> Begun:
    """Begin a run, or this worker's part of it; `worker` is what the controller of xdist passed on, and empty elsewhere.

    Raises ConfigurationError for settings or a folder that cannot be used, and TargetError where the target cannot be judged. What never
    began leaves no folder, but for a target that has answered: what it said is kept in a report.
    """
    _obey_signals(config, is_worker=bool(worker))
    spec, earlier = _spec_of(config, options, worker), None
    if options.resumed:
        earlier = taken_from(options.resumed, spec.begun(contract))
        config.add_cleanup(earlier.history.close)
        spec = replace(spec, earlier=earlier.parts)
    made = make_folders(spec.parts)
    try:
        run = _open(config, spec, contract, worker)
        if not worker:
            _look_at_target(run, spec, contract, earlier)
    except (OSError, sqlite3.Error) as error:
        _leave_nothing(spec, made)
        raise ConfigurationError(str(CannotWrite(spec.parts, getattr(error, "strerror", None) or error))) from None
    except BaseException:
        if not worker:
            _leave_nothing(spec, made)
        raise
    return Begun(spec, run, earlier)


def _obey_signals(config: pytest.Config, *, is_worker: bool) -> None:
    if is_worker:
        obey_controller()
    else:
        signals = ExitStack()
        signals.enter_context(terminated_gently())
        config.add_cleanup(signals.close)


def _spec_of(config: pytest.Config, options: SuiteOptions, worker: Mapping[str, Any]) -> RunSpec:
    option = config.getoption
    config_file = option("conformance_config")
    base_url = option("base_url", None) or None
    folder = options.resumed or worker.get("folder") or option("conformance_report_dir")
    return RunSpec(
        target=load_target(Path(config_file) if config_file else None, {"target": {"base_url": base_url}}),
        profile=options.profile,
        folder=Path(folder or f"reports/{datetime.now(UTC):%Y%m%d-%H%M%S}"),
        run_id=worker.get("run_id") or new_run_id(),
        seed=options.seed,
        only=options.only,
        strict=options.strict,
        embedded=option("conformance_embedded_sandbox"),
        stop_on=options.stop_on,
        shard=options.shard,
        known=options.known,
        workers=int(worker.get("workers") or option("numprocesses", None) or 1),
    )


def _open(config: pytest.Config, spec: RunSpec, contract: Contract, worker: Mapping[str, Any]) -> Run:
    """Open the session of this process; what an earlier run has left in its folder goes first."""
    if not worker:
        for left in spec.parts.glob("*"):
            left.unlink()
    run = Run(spec, contract, worker.get("worker", "main"))
    lock = None if worker else hold_lock(spec.parts)
    if lock is not None:
        config.add_cleanup(lock.close)
    config.pluginmanager.register(ShownSafely(run.session.redacted))
    return run


def _look_at_target(run: Run, spec: RunSpec, contract: Contract, earlier: Earlier | None) -> None:
    """Make the first contact, with the manifest of the run on the disk."""
    if earlier:
        run.take_over(earlier)
    else:
        _withdraw_reports(spec.folder)
    spec.begun(contract).write(spec.parts / MANIFEST)
    try:
        preflight(run)
        take_stock(run)
    except CannotWrite as reason:
        run.close()
        raise ConfigurationError(str(reason)) from None
    except (NotReached, RunStopped, TargetError) as reason:
        run.close()
        sentence = str(reason)
        if not isinstance(reason, TargetError):
            sentence = f"The run ended before its first driver: {sentence}."
        if run.session.was_answered and not earlier:
            # What the server has said is kept, since it may tell why.
            run.note("stopped", reason=f"in the first contact: {sentence}", never_began=True)
            conclude_run(spec, contract)
        raise TargetError(sentence) from None
    except BaseException:
        run.close()
        raise


def _withdraw_reports(folder: Path) -> None:
    """Remove what a CI reads of an earlier run in a folder, so that none takes it for the result of a run that never comes to its reports.

    The history of that run stays, and its reports can be made of it.
    """
    for name in FORMS.values():
        (folder / name).unlink(missing_ok=True)


def _leave_nothing(spec: RunSpec, made: Iterable[Path]) -> None:
    """Remove the parts of a run that never began, and the folders that were made for it and hold_lock nothing."""
    shutil.rmtree(spec.parts, ignore_errors=True)
    remove_empty(folder for folder in made if folder != spec.parts)


class ShownSafely:
    """Rewrites the report of each test before anyone sees it; `redact` takes the API keys out of a text."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Replace a traceback, which quotes what the target said, and what a driver printed."""
        report = yield
        if report.failed:
            report.longrepr = self._safe(report.longreprtext)
        report.sections = [(title, self._safe(text)) for title, text in report.sections]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Replace what pytest shows where a plugin breaks, as this one may while it reads an answer."""
        text = self._safe(str(excrepr))
        excrepr.toterminal = lambda writer: writer.line(text)

    def _safe(self, text: str) -> str:
        return "\n".join(printable(line, LONGEST_LINE) for line in self._redact(text).split("\n"))
