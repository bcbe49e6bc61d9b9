"""`conformance verify`: whether a certificate was signed so, is of these files, and says what their history is judged to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance import __version__
from conformance.client.exchange import lines_of, saved_in
from conformance.client.hash_chain import examine
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError, NotVerified
from conformance.reporting.report import Report, Verdict
from conformance.run.contact.trouble import without_password
from conformance.run.journal import MANIFEST, flaw_of, read_record
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import RunRecord
from conformance.trust import MOST_DAYS
from conformance.trust.envelope import public_key, strictly, unseal
from conformance.trust.signing import exceptions, judged, restrictions
from conformance.trust.statement import REPORT, Certified, Statement, may_be_missing, resources, state

SHOWN = 3
WORDED = frozenset({"scope", "detection", "warnings"})
"""The members of a certificate whose words also follow from the installed checks and drivers."""


def verified(
    certificate: Path, folder: Path, key_file: Path, now: datetime | None = None, *, base_url: str | None = None
) -> Statement:
    """Return what a certificate states of the run in a folder; raises NotVerified with a sentence for each thing that is wrong.

    `base_url` is the target that it has to be of.
    """
    key = public_key(key_file)
    try:
        text = certificate.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {certificate}: {error.strerror}; give the file that `conformance sign` wrote."
        ) from None
    what = f"The certificate states no result of a conformance run of version {__version__}"
    statement = strictly(Statement, unseal(text, key), what)
    problems = [
        *_target(statement.certified, base_url),
        *_dates(statement.certified, now or datetime.now(UTC)),
        *_run(statement, folder),
    ]
    if problems:
        raise NotVerified(" ".join(problems))
    return statement


def notes(statement: Statement, certificate: Path, folder: Path) -> list[str]:
    """Return what a reader has to know of a certificate that was verified, and of the files beside its run."""
    certified = statement.certified
    found = [*certified.warnings]
    names = {resource.name for resource in (*statement.subject, *statement.predicate.configuration)}
    missing = sorted(resource.name for resource in statement.subject if not (folder / resource.name).is_file())
    if missing:
        found.append(f"Certified, and missing in {folder}: {', '.join(missing)}.")
    others = sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and path.name not in names and path.resolve() != certificate.resolve()
    )
    if others:
        found.append(f"Not certified, and beside the run: {', '.join(others)}.")
    if certified.embedded_sandbox:
        found.append("The target was the embedded sandbox, so that it proves nothing about a backend of yours.")
    elif certified.target.startswith("http:"):
        found.append("The target was reached by http, so that nothing shows which server answered.")
    if certified.suite != suite_digest():
        found.append("Its checks or drivers are not those that are installed now; these judge its history alike.")
    return found


def _target(certified: Certified, base_url: str | None) -> Iterator[str]:
    asked = without_password(base_url) if base_url is not None else None
    if asked is not None and certified.embedded_sandbox:
        yield f"It is of the embedded sandbox, and not of {asked}."
    elif asked is not None and certified.target.rstrip("/") != asked.rstrip("/"):
        yield f"It is of {certified.target}, and not of {asked}."


def _dates(certified: Certified, now: datetime) -> Iterator[str]:
    issued = f"It is dated {certified.issued_at:%Y-%m-%d at %H:%M} UTC"
    if now > certified.valid_until:
        yield f"It expired on {certified.valid_until:%Y-%m-%d at %H:%M} UTC."
    if now < certified.issued_at:
        yield f"{issued}, which has not come yet."
    if certified.issued_at < certified.finished_at:
        yield f"{issued}, before the end of the run that it certifies."
    if certified.valid_until > certified.issued_at + timedelta(days=MOST_DAYS):
        yield f"It says that it holds until {certified.valid_until:%Y-%m-%d}, and none holds for more than {MOST_DAYS} days."


def _run(statement: Statement, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the files, and how the statement differs from what they are judged to show."""
    certified, contract = statement.certified, load()
    harness = certified.harness
    if (harness.contract_version, harness.contract_digest) != (contract.version, contract.digest):
        yield (
            f"It was made by the contract {harness.contract_version} ({harness.contract_digest[:12]}), and "
            f"{contract.version} ({contract.digest[:12]}) is installed."
        )
    history = saved_in(folder)
    missing = [path.name for path in (history, folder / MANIFEST, folder / REPORT) if not path.is_file()]
    if missing:
        yield f"There is no {' and no '.join(missing)} in {folder}."
        return
    try:
        flaw = flaw_of(examine(lines_of(history)), certified.history)
        if flaw is not None:
            yield f"The history is not the one that was certified: {flaw}."
        record = read_record(folder / MANIFEST)
        problems = list(_resources(statement, folder, record))
        yield from problems
        if any(problem.startswith(f"{MANIFEST} ") for problem in problems):
            # The settings of a run that nobody has signed may be anything.
            return
        report = judged(contract, record, folder)
    except ConfigurationError as error:
        yield str(error)
        return
    yield from restrictions(record)
    yield from exceptions(report)
    yield from _verdicts(statement, report)
    yield from _stated(statement, state(folder, record, report, certified.history, certified.issued_at, 0))


def _resources(statement: Statement, folder: Path, record: RunRecord) -> Iterator[str]:
    named = [*statement.subject, *statement.predicate.configuration]
    there = {resource.name: resource for resource in named}
    here = {resource.name: resource for part in resources(folder, record) for resource in part}
    for name in {**there, **here}:
        if name not in there:
            yield f"{name} was not there when the run was certified; take it away, or sign anew."
        elif name not in here and not may_be_missing(name):
            yield f"The certificate names {name}, which no run leaves."
        elif name in here and there[name] != here[name]:
            yield f"{name} is not the one that was certified: its bytes or its version differ."
    yield from _twice(resource.name for resource in named)


def _twice(names: Iterable[str]) -> Iterator[str]:
    yield from (f"The certificate lists {name} more than once." for name, count in Counter(names).items() if count > 1)


def _verdicts(statement: Statement, report: Report) -> Iterator[str]:
    then = dict.fromkeys(statement.predicate.passed, Verdict.PASSED)
    then |= dict.fromkeys(statement.predicate.warned, Verdict.FAILED)
    judged_now = {
        name: row.verdict
        for name, row in report.requirements.items()
        if row.verdict in {Verdict.PASSED, Verdict.FAILED} or name in then
    }
    changed = [
        f"{name} was {then.get(name, 'not judged')} and is {judged_now.get(name, 'no requirement')}"
        for name in {**judged_now, **then}
        if then.get(name) is not judged_now.get(name)
    ]
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        yield f"Judged again, the history says something else: {'; '.join(changed[:SHOWN])}{more}."


def _stated(statement: Statement, shown: Statement) -> Iterator[str]:
    """Yield which members differ from those of the statement with which the same files would be certified now."""
    there, here = statement.certified, shown.certified
    for name in Certified.model_fields:
        is_free = name in {"issued_at", "valid_until"} or (name in WORDED and there.suite != suite_digest())
        if not is_free and getattr(there, name) != getattr(here, name):
            yield f"The certificate has another {name.replace('_', ' ')} than its run."
    if statement.predicate.result != shown.predicate.result:
        yield f"The certificate calls the result {statement.predicate.result}, and its run shows {shown.predicate.result}."
    yield from _twice([*statement.predicate.passed, *statement.predicate.warned])
