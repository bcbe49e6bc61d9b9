"""`conformance run`: pytest runs the suite in this process; the report goes to standard output, progress to standard error."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import ConfigurationError, ConformanceError, HarnessDefect
from conformance.reporting import FORMS, github, terminal
from conformance.reporting.console import console_for
from conformance.reporting.progress import Progress
from conformance.reporting.report import Report
from conformance.reporting.view import View
from conformance.run.embedded import config_of, keys_of, running_sandbox
from conformance.run.journal import make_folders, remove_empty
from conformance.run.planning.drivers import catalogue
from conformance.run.settings.loading import BASE_URL, CONFIG, is_on_sandbox, ours, refuse_unknown_variables
from conformance.run.signals import INTERRUPTED, terminated_gently
from conformance.run.verdicts.known_failures import update

BEFORE_THE_FIRST = "The run was interrupted before its first driver: nothing was judged, and nothing is proved."
KNOWN_FAILURES = Path("known-failures.toml")
PLUGINS = ("conformance.run.plugin", "base_url", "xdist")
"""The plugins of a run: ours, and the entry points of those that it uses."""
_FOREIGN = (
    *("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"),
    *("PYTEST_BASE_URL", "VERIFY_BASE_URL"),
)
"""Variables by which a project configures pytest for its own tests; they must not change a conformance run."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of `conformance run`; None and empty values mean that an option was not given.

    `changes` are the arguments of the sandbox that `--fault` and `--variant` give.
    """

    base_url: str | None = None
    config: Path | None = None
    profile: str | None = None
    workers: str = "0"
    report_dir: Path | None = None
    only: str = ""
    driver: str = ""
    shard: str = ""
    resume: Path | None = None
    strict: bool = False
    seed: int = 0
    quiet: bool = False
    stop_on: str = ""
    known_failures: Path | None = None
    update_known_failures: bool = False
    overrides: Mapping[str, str | None] = field(default_factory=dict)
    sandbox: bool = False
    changes: tuple[str, ...] = ()

    @property
    def config_file(self) -> Path | None:
        """The file that was given, or conformance.toml in the current folder; a flag overrides one of its settings."""
        if self.config is not None:
            return self.config
        return CONFIG if not (self.sandbox or self.changes) and CONFIG.is_file() else None

    @property
    def known_list(self) -> Path | None:
        """The list of known failures that the run is held against: one that is only to be written may not be there yet."""
        path = self.known_failures
        if self.update_known_failures:
            path = path or KNOWN_FAILURES
            return path if path.exists() else None
        return path

    @property
    def is_on_sandbox(self) -> bool:
        """Whether the target is the embedded sandbox; raises ConfigurationError where that is not certain."""
        asked_by = "--sandbox" if self.sandbox else self.changes[0] if self.changes else ""
        flags = {
            "--config": self.config,
            "--base-url": self.base_url,
            "--project-id": self.overrides.get("CONFORMANCE_TARGET__PROJECT_ID"),
        }
        return is_on_sandbox(asked_by, [flag for flag, value in flags.items() if value is not None], os.environ)

    @property
    def depth(self) -> str:
        """The name of the profile: that which was given, or gate; certify for the sandbox, and none for a run that has one already."""
        if self.resume is not None:
            return self.profile or ""
        return self.profile or ("certify" if self.is_on_sandbox else "gate")


class RunEnd:
    """A pytest plugin that keeps how the run ended, since pytest itself returns a number only."""

    def __init__(self, announce: Callable[[str], object]) -> None:
        self._announce = announce
        self.suite: Any = None
        self.sentence: str | None = None
        self.interrupted = False
        self.broken = False

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find the suite's plugin."""
        self.suite = session.config.pluginmanager.get_plugin("conformance-suite")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """Announce the target, the plan and its price before anything is spent."""
        if self.suite is not None and self.suite.price:
            if self.suite.spec.embedded:
                self._announce("The target of this run is the embedded sandbox, no backend of yours.")
            for warning in self.suite.warnings:
                self._announce(warning)
            self._announce(self.suite.price)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Distinguish Ctrl-C from an end that the suite chose."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self.sentence = str(excinfo.value.msg)
        elif excinfo.type is KeyboardInterrupt:
            self.interrupted = True

    def pytest_internalerror(self) -> None:
        """Note a defect of pytest or of a plugin."""
        self.broken = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a driver cannot be loaded."""
        self.broken = self.broken or report.failed


def execute(options: RunOptions) -> int:
    """Run the suite and return the exit status; raises ConformanceError for what one sentence explains."""
    try:
        return _execute(options)
    except KeyboardInterrupt:
        console_for(sys.stderr).print(BEFORE_THE_FIRST, soft_wrap=True)
        return INTERRUPTED


def _execute(options: RunOptions) -> int:
    if options.config_file is None:
        # A target reads its settings itself, and knows which variables its file names.
        refuse_unknown_variables()
    embedded = options.is_on_sandbox
    if embedded and options.resume is not None:
        raise ConfigurationError(
            "A run is resumed on the target that it had, and none is configured; give --config with the settings that it had."
        )
    with ExitStack() as stack:
        stack.enter_context(terminated_gently())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-")))
        config, base_url, changes = options.config_file, options.base_url, dict.fromkeys(_FOREIGN)
        if embedded:
            description = stack.enter_context(running_sandbox(options.changes))
            config, base_url = scratch / "conformance.toml", description["baseUrl"]
            config.write_text(config_of(description), encoding="utf-8")
            changes |= dict.fromkeys(ours(os.environ)) | keys_of(description)
        changes |= {name: value for name, value in options.overrides.items() if value is not None}
        # Hypothesis takes seconds to make its tables of characters; they are kept in a cache, not in the current folder.
        changes["HYPOTHESIS_STORAGE_DIRECTORY"] = os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY") or str(_cache())
        if base_url is not None:
            changes[BASE_URL] = base_url
        profile = options.depth
        stack.enter_context(environment_with(changes))
        return _run_pytest(
            replace(options, base_url=base_url, config=config, profile=profile, sandbox=embedded), scratch
        )


def _cache() -> Path:
    """Return our folder among the caches of the user (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "layers-conformance"


def arguments(options: RunOptions, folder: Path, scratch: Path) -> list[str]:
    """Return pytest's command line for options whose defaults are filled in."""
    ini = scratch / "pytest.ini"
    ini.write_text("[pytest]\n", encoding="utf-8")
    paths = {"config": options.config, "resume": options.resume, "known-failures": options.known_list}
    texts = {
        "only": options.only,
        "profile": options.profile,
        "shard": options.shard,
        "stop-on": options.stop_on,
        "seed": str(options.seed),
        "report-dir": str(folder),
    }
    texts |= {name: str(path.resolve()) for name, path in paths.items() if path}
    words = ["-c", str(ini), "--rootdir", str(scratch), "-s", "-q", "--tb=short", "--assert=plain"]
    # unraisableexception collects garbage several times over at the end.
    words += ["-p", "no:cacheprovider", "-p", "no:unraisableexception", "-n", options.workers, "--conformance-quiet"]
    # Other plugins that are installed take time to load, and may change the order of the drivers or what they do.
    words += ["--disable-plugin-autoload", *(word for name in PLUGINS for word in ("-p", name))]
    words += [word for name, text in texts.items() if text for word in (f"--conformance-{name}", text)]
    words += ["--conformance-strict"] if options.strict else []
    words += ["--base-url", options.base_url] if options.base_url else []
    words += ["--conformance-embedded-sandbox"] if options.sandbox else []
    # By its folder and not by its name: without a path, pytest loads the conftest.py of the project in the current folder.
    suite = files("conformance.suite")
    if not options.driver:
        return [*words, str(suite)]
    if options.driver not in {driver.name for driver in catalogue()}:
        raise ConfigurationError(f"There is no driver {options.driver}; `conformance plan --verbose` lists them.")
    module, _, test = options.driver.partition("::")
    return [*words, f"{suite / module}.py::{test}"]


def _run_pytest(options: RunOptions, scratch: Path) -> int:
    folder = (options.report_dir or options.resume or Path("reports") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}").resolve()
    made = make_folders(folder)
    console = console_for(sys.stderr)
    progress = Progress(console, quiet=options.quiet)
    end, output = RunEnd((lambda _: None) if options.quiet else console.print), io.StringIO()
    try:
        with redirect_stdout(output), redirect_stderr(output):
            status = int(pytest.main(arguments(options, folder, scratch), plugins=[end, progress]))
    finally:
        progress.stop()
        remove_empty(made)
    ended = _finish(end, status, output.getvalue(), folder, quiet=options.quiet)
    if options.update_known_failures and end.suite is not None and end.suite.report is not None:
        path = options.known_failures or KNOWN_FAILURES
        console.print(update(path, end.suite.report, datetime.now(UTC).date()), soft_wrap=True)
    return ended


def _finish(end: RunEnd, status: int, output: str, folder: Path, *, quiet: bool) -> int:
    """Show the report of the run and return its exit status, or raise an error that says why there is no report."""
    report, trouble = getattr(end.suite, "report", None), getattr(end.suite, "trouble", None)
    if trouble is not None and not end.interrupted:
        raise ConfigurationError(trouble)
    if report is not None:
        paths = {form: folder / name for form, name in FORMS.items() if (folder / name).exists()}
        terminal.show(View(report, end.suite.exchanges), console_for(), paths=paths, quiet=quiet)
        _tell_ci(report, folder)
    if report is None and end.interrupted:
        console_for(sys.stderr).print(BEFORE_THE_FIRST, soft_wrap=True)
        return INTERRUPTED
    if report is None and end.sentence is not None:
        raise _sentence(end.sentence, status)
    if end.broken or report is None or report.exit_status == HarnessDefect.exit_status:
        make_folders(folder)
        log = folder / "pytest.log"
        run = getattr(end.suite, "run", None)
        log.write_text(run.session.redacted(output) if run else output, encoding="utf-8", errors="replace")
        raise HarnessDefect(
            f"This is a defect of layers-conformance: its suite did not run as it should (pytest ended with {status}); "
            f"please report it with the file {log}."
        )
    return int(report.exit_status)


def _tell_ci(report: Report, folder: Path) -> None:
    lines, troubles = github.tell(View(report), folder / "report.md", os.environ)
    for line in lines:
        print(line)  # noqa: T201 - the log of a CI service takes whole lines
    for trouble in troubles:
        console_for(sys.stderr).print(trouble, soft_wrap=True)


def _sentence(text: str, status: int) -> ConformanceError:
    return HarnessDefect(text) if status == HarnessDefect.exit_status else ConfigurationError(text)


@contextmanager
def environment_with(changes: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables while the block runs; a value of None removes one."""
    before = dict(os.environ)
    try:
        for name, value in changes.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
