"""`conformance repro`: replay the smallest history of a failure, and say whether it is still broken."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from conformance.cli.options import group
from conformance.client.answers import status_of
from conformance.client.budget import Budget, Limits
from conformance.client.exchange import Exchange, Recorder
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.replay.replayer import Judgement, Replay, ReplayVerdict
from conformance.replay.story import read_story
from conformance.reporting import json_report
from conformance.reporting.model import Evidence
from conformance.reporting.report import EMBEDDED, Report, Verdict
from conformance.reporting.text import counted, printable
from conformance.run.launch import RunOptions, execute
from conformance.run.planning.drivers import Driver, catalogue
from conformance.run.planning.price import bill, missing_of
from conformance.run.process import session_for
from conformance.run.settings.loading import BASE_URL, variable_of
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import SETTING_OF_NEED, Target

app = group()
REPORTS = Path("reports")
REPORT = "report.json"
AGAIN = "The driver that had found it runs again:"
"""How the line begins that says so."""
MOST_REQUESTS = 10_000
"""Requests that a replay sends at most, polls included."""


@app.command()
def repro(
    *,
    finding: Annotated[str, typer.Argument(metavar="ID", help="A failure, such as IDM-7, or IDM-7.2 for its second.")],
    report_dir: Annotated[
        Path | None, typer.Argument(help="The report folder of the run.", show_default="the latest below reports")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Another base URL.", show_default="that of the run")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start generations without being asked.")] = False,
) -> None:
    """Send the smallest history of a failure again.

    Says the price first, and asks. Ends with "still broken" (exit status 1) or "fixed" (0) by the same judge, or with "not shown" (2).
    """
    raise typer.Exit(reproduce(finding, report_dir, base_url=base_url, yes=yes))


def reproduce(finding: str, folder: Path | None, *, base_url: str | None = None, yes: bool = False) -> int:
    """Replay a failure of a run, print what it shows, and return the exit status.

    Raises ConfigurationError where the folder holds no run, the run has no such failure, or nobody agrees to the price.
    """
    place = folder or latest()
    report = json_report.read(place / REPORT)
    requirement, found = finding_of(report, finding, place)
    target = target_of(report, base_url)
    replay = Replay(report, requirement, found, read_story(place, found), target.public_facts(), load())
    _say(f"{found.id}: {report.requirements[requirement].sentence}")
    _say(f"Seen: {found.message}")
    driver = driver_of(read_story(place, found), target)
    _agree(replay.price, driver, target, yes=yes)
    result = replayed(replay, target)
    if result.verdict is ReplayVerdict.NOT_SHOWN and driver is not None:
        _say(f"The smallest history shows nothing: {result.because}.")
        _say(f"{AGAIN} conformance run --driver {driver.name} --seed {report.seed} --only {requirement}")
        result = driven(report, requirement, driver, target)
    _say(f"{result.verdict}: {result.because}.")
    return result.verdict.exit_status


def replayed(replay: Replay, target: Target) -> Judgement:
    """Send the history of a failure to a target, and return what the judge says of the answers."""
    seconds = MOST_REQUESTS * target.timing.poll_interval
    with tempfile.TemporaryDirectory(prefix="conformance-repro-") as scratch:
        budget = Budget(Path(scratch) / "spent.sqlite3", Limits(replay.price, MOST_REQUESTS, seconds))
        recorder = Recorder(Path(scratch) / "history.jsonl")

        def listen(exchange: Exchange) -> None:
            replay.listen(exchange)
            path = exchange.request.url.removeprefix(target.base_url)
            answer = status_of(exchange) or exchange.failure
            _say(f"  {exchange.id} {exchange.request.method} {path} -> {answer}")

        session = session_for(target, load(), budget, recorder, listen, name="repro")
        try:
            return replay.run(session)
        finally:
            session.close()
            recorder.close()
            budget.close()


def driver_of(story: Sequence[Exchange], target: Target) -> Driver | None:
    """Return the driver that sent the last exchange of a history, if the target has what that driver needs."""
    missing = frozenset(SETTING_OF_NEED) - target.configured()
    name = story[-1].driver.partition("[")[0]
    return next((each for each in catalogue() if each.name == name and not missing_of(each, missing)), None)


def driven(report: Report, requirement: str, driver: Driver, target: Target) -> Judgement:
    """Run the driver that had found a failure, with the seed of that run, and return what it shows of the requirement."""
    settings = {
        variable_of(section, name): value if isinstance(value, str) else json.dumps(value)
        for section, entries in target.public_facts().items()
        for name, value in entries.items()
        if value is not None
    }
    with tempfile.TemporaryDirectory(prefix="conformance-repro-") as scratch:
        execute(
            RunOptions(
                base_url=target.base_url,
                profile=report.profile,
                report_dir=Path(scratch) / "report",
                driver=driver.name,
                only=requirement if requirement in driver.requirements else "",
                seed=report.seed,
                quiet=True,
                stop_on=requirement,
                overrides=settings,
            )
        )
        row = json_report.read(Path(scratch) / "report" / REPORT).requirements[requirement]
    if row.verdict is Verdict.FAILED:
        return Judgement(ReplayVerdict.STILL_BROKEN, row.findings[0].message.rstrip("."))
    if row.verdict is Verdict.PASSED:
        return Judgement(
            ReplayVerdict.FIXED, f"{requirement} was judged {counted(row.observations, 'time')}, and never broken"
        )
    return Judgement(ReplayVerdict.NOT_SHOWN, (row.reason or f"the driver did not provoke {requirement}").rstrip("."))


def target_of(report: Report, base_url: str | None) -> Target:
    """Return the target of a report, at another base URL where one is given; raises ConfigurationError where its key is not set."""
    settings: dict[str, Any] = {name: value for name, value in report.target.items() if isinstance(value, dict)}
    chosen = base_url or os.environ.get(BASE_URL)
    if report.target.get(EMBEDDED) and not chosen:
        raise ConfigurationError(
            "The target was the embedded sandbox, which has ended with its run; serve one with `conformance sandbox --port 8080`, "
            "export the keys that it prints, and give its --base-url."
        )
    if chosen:
        was, clock = settings["target"]["base_url"], settings["hooks"]["clock_url"]
        settings["target"] = settings["target"] | {"base_url": chosen}
        if clock and clock.startswith(was):
            settings["hooks"] = {"clock_url": chosen.rstrip("/") + clock.removeprefix(was.rstrip("/"))}
    return load_target(None, settings)


def latest() -> Path:
    """Return the folder below `reports` with the latest report; raises ConfigurationError where there is none."""
    found = sorted(REPORTS.glob(f"*/{REPORT}"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ConfigurationError(f"There is no report below {REPORTS}; give the report folder of a run.")
    return found[-1].parent


def finding_of(report: Report, finding: str, folder: Path) -> tuple[str, Evidence]:
    """Return a failure of a report and its requirement; raises ConfigurationError where it has none of this id."""
    failed = {
        each.id: (name, each) for name, row in report.requirements.items() for each in row.findings if each.smallest
    }
    if finding.upper() in failed:
        return failed[finding.upper()]
    names = ", ".join(failed) or "none"
    raise ConfigurationError(f"The run in {folder} has no failure {finding[:40]!r} to send anew; it has {names}.")


def _agree(price: int, driver: Driver | None, target: Target, *, yes: bool) -> None:
    """Say the price, and ask where it is not 0; raises ConfigurationError where nobody agrees."""
    _say(f"Starts at most {counted(price, 'generation')}.")
    if driver is not None:
        more = bill([driver], frozenset(SETTING_OF_NEED) - target.configured()).total
        _say(f"Where that shows nothing, the driver {driver.name} runs, with at most {counted(more, 'generation')}.")
        price += more
    if not price or yes:
        return
    question = "A generation costs the owner of the target money. Start? [y/N] "
    if not sys.stdin.isatty():
        raise ConfigurationError("A generation costs the owner of the target money; give --yes to start.")
    if input(question).strip().lower() not in {"y", "yes"}:
        raise ConfigurationError("Nothing was sent.")


def _say(text: str) -> None:
    print(printable(text), flush=True)  # noqa: T201 - the output of the command
