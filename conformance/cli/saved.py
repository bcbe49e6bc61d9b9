"""The commands that read saved runs: `conformance judge`, `merge` and `show`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from conformance import __version__
from conformance.cli.options import QuietOption, ReportDirOption, group
from conformance.client.exchange import Exchange, Headers, keep, saved_in
from conformance.client.saved import Passing, Saved
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report, terminal
from conformance.reporting.console import console_for
from conformance.reporting.model import HarnessFacts
from conformance.reporting.report import Report
from conformance.reporting.text import printable
from conformance.reporting.view import View
from conformance.run.conclude import concluded, judge_history, links_of, reported
from conformance.run.journal import (
    MANIFEST,
    PARTS,
    Remains,
    differences,
    end_of_chain,
    make_folders,
    read_record,
    remains_in,
    require_intact,
    unknown_of,
)
from conformance.run.merge import Joined, join

LONGEST_LINE = 100_000

app = group()


@app.command()
def judge(
    *,
    report_dir: Annotated[Path, typer.Argument(help="The report folder of a run, with run.json and history.jsonl.gz.")],
    write: Annotated[bool, typer.Option("--write", help="Replace the reports in the folder.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Judge a saved run again.

    Nothing is sent. The exit status is that of `run`.
    """
    raise typer.Exit(judge_again(report_dir, quiet=quiet, write=write))


@app.command()
def merge(
    *,
    runs: Annotated[list[Path], typer.Argument(help="The report folders of the runs, such as those of all shards.")],
    report_dir: ReportDirOption = None,
    quiet: QuietOption = False,
) -> None:
    """Join runs of one target and judge them as one.

    Such as the shards of a CI matrix. Nothing is sent.

    The runs need the same target, profile, options and version. The exit status is that of `run`.
    """
    raise typer.Exit(merge_runs(runs, report_dir, quiet=quiet))


@app.command()
def show(
    *,
    report_dir: Annotated[Path, typer.Argument(help="The report folder of a run.")],
    exchange: Annotated[str, typer.Argument(metavar="EXCHANGE", help="The id of an exchange, such as main-8.")],
) -> None:
    """Print one exchange of a run.

    As it is recorded, without secrets.
    """
    found = saved_run(report_dir).exchanges.find(exchange)
    if found is None:
        raise ConfigurationError(
            f"The run in {report_dir} has no exchange {exchange[:40]!r}; the ids stand in report.md and report.json."
        )
    for line in lines_of(found):
        typer.echo(printable(line, LONGEST_LINE))


def judge_again(folder: Path, *, quiet: bool = False, write: bool = False) -> int:
    """Judge the history in a folder, print the result, and return the exit status.

    Reports are written where there are none, or with `write`. Of a run that was killed, what it has left is judged. Raises
    ConfigurationError if the manifest or the history is missing, not valid or not the one that was recorded.
    """
    contract = load()
    record, history, missing = saved_run(folder)
    missing = [*missing, *differences(record, contract, __version__)]
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    passing = Passing(history)
    judge = judge_history(contract, record, passing)
    exchanges = passing.for_reports()
    judged = record.model_copy(update={"harness": now})
    before = folder / "report.json"
    is_new = write or not before.exists()
    if is_new:
        report, paths = reported(contract, judge, judged, exchanges, folder)
    else:
        report, paths = concluded(contract, judge, judged, links_of(exchanges, record)), {}
    if not is_new and _verdicts(report) != _verdicts(json_report.read(before)):
        missing.append(f"{before} tells other verdicts and was left as it is; --write replaces it.")
    return _shown(report, exchanges, paths, missing, quiet=quiet)


def _verdicts(report: Report) -> dict[str, str]:
    return {name: row.verdict for name, row in report.requirements.items()}


def saved_run(folder: Path) -> Remains:
    """Return the run in a folder, where nothing is missing of one that has ended.

    Raises ConfigurationError if the manifest or the history is missing, not valid or not the one that was recorded.
    """
    remains = remains_in(folder)
    if remains is not None:
        return remains._replace(
            missing=[*remains.missing, *unknown_of(sorted((folder / PARTS).glob("*.history.jsonl")))]
        )
    record, path = read_record(folder / MANIFEST), saved_in(folder)
    try:
        exchanges = Saved([path])
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}: {error.strerror}; give a folder with the reports of a run."
        ) from None
    return Remains(record, exchanges, require_intact(path, record.history))


def merge_runs(given: Sequence[Path], report_dir: Path | None, *, quiet: bool = False) -> int:
    """Judge the runs in folders as one, write one folder of reports, print the result, and return the exit status.

    Of a run that was killed, what it has left is judged. Raises ConfigurationError for runs that are no parts of one.
    """
    contract = load()
    places = list(dict.fromkeys(folder.resolve() for folder in given))
    target = (report_dir or Path("reports") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}").resolve()
    if target in places:
        raise ConfigurationError(f"The folder {report_dir} is that of a run to merge; give --report-dir another one.")
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    runs = {folder: saved_run(folder) for folder in places}
    record = join({folder: run.record for folder, run in runs.items()}, now)
    # What a run met that came no further than the first contact may be another server.
    began = {folder: run for folder, run in runs.items() if run.record.began or not record.began}
    joined = Joined({folder: run.exchanges for folder, run in began.items()})
    doubted = joined.names({folder: run.record.doubted for folder, run in began.items()})
    record = record.model_copy(update={"doubted": doubted})
    passing = Passing(joined)
    judge = judge_history(contract, record, passing)
    exchanges = passing.for_reports()
    joined.require_like_clocks()
    make_folders(target)
    keep(joined, target)
    # A chain that is made here says nothing of a history that had none.
    is_known = all(run.record.history is not None for run in runs.values())
    record = record.model_copy(update={"history": end_of_chain(target) if is_known else None})
    record.write(target / MANIFEST)
    report, paths = reported(contract, judge, record, exchanges, target)
    missing = [sentence for run in runs.values() for sentence in run.missing]
    return _shown(report, exchanges, paths, missing, quiet=quiet)


def _shown(
    report: Report, exchanges: Iterable[Exchange], paths: Mapping[str, Path], missing: Iterable[str], *, quiet: bool
) -> int:
    """Print what cannot be known of a history, and a report; return the exit status."""
    for sentence in dict.fromkeys(missing):
        console_for(sys.stderr).print(sentence, soft_wrap=True)
    terminal.show(View(report, exchanges), console_for(), paths=paths, quiet=quiet)
    return report.exit_status


def lines_of(exchange: Exchange) -> Iterator[str]:
    """Yield an exchange in lines, as HTTP writes it; a body that is JSON is indented."""
    sent = datetime.fromtimestamp(exchange.sent_at, UTC).isoformat(timespec="milliseconds")
    took = (exchange.received_at - exchange.sent_at) * 1000
    by = f", by {exchange.driver}" if exchange.driver else ""
    yield f"{exchange.id}, sent {sent} as {exchange.actor}{by}, took {took:.0f} ms"
    yield ""
    request, response = exchange.request, exchange.response
    yield f"{request.method} {request.url}"
    yield from _headers(request.headers)
    yield from _body(request.body)
    yield ""
    if response is None:
        yield f"no answer ({exchange.failure or 'unknown'})"
        return
    yield str(response.status)
    yield from _headers(response.headers)
    yield from _body(response.body)


def _headers(headers: Headers) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in headers)


def _body(body: bytes | None) -> Iterator[str]:
    if not body:
        return
    yield ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{len(body)} bytes that are no text: {body[:2000]!r}"
        return
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    yield from text.split("\n")
