"""`conformance verify`: whether a certificate is what its signer has signed, and whether it still says what its run shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from conformance import __version__
from conformance.client.exchange import lines_of, saved_in
from conformance.client.hash_chain import examine
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError, NotVerified
from conformance.reporting.report import Report, Verdict
from conformance.reporting.text import printable
from conformance.run.contact.preflight import without_password
from conformance.run.evidence.repro import FOLDER as SCRIPTS
from conformance.run.parts.intact import flaw_of
from conformance.run.parts.manifest import MANIFEST, read_record
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import RunRecord
from conformance.trust import MOST_DAYS
from conformance.trust.certifiable import exceptions, restrictions
from conformance.trust.envelope import require_once, unseal
from conformance.trust.keys import public_key
from conformance.trust.plausible import contradictions
from conformance.trust.signing import judged
from conformance.trust.statement import (
    REPORT,
    Certified,
    Statement,
    beside,
    configuration_digest,
    file_digest,
    is_beside,
    state,
)

SHOWN = 3
FACTS = {
    "target": "target",
    "embedded_sandbox": "kind of target",
    "scope": "scope",
    "strict": "strictness",
    "divergence": "divergence",
    "coverage": "coverage",
    "lacking": "list of what the target lacks",
    "detection": "figure of detection",
    "warnings": "list of warnings",
}
"""The members of a certificate that follow from its run, beside those that the manifest tells."""
FIXED = ("contract", "layers-conformance")
"""The configurations that are no files of a run."""
WORDED = frozenset({"scope", "detection", "warnings"})
"""Those whose words follow from the installed checks and drivers too."""


def verified(
    certificate: Path, folder: Path, key_file: Path, now: datetime | None = None, *, base_url: str | None = None
) -> Statement:
    """Return what a certificate states of the run in a folder; raises NotVerified with everything that is wrong, a sentence each.

    `base_url` is the target that it has to be of.
    """
    key = public_key(key_file)
    try:
        text = certificate.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {certificate}: {error.strerror}; give the file that `conformance sign` wrote."
        ) from None
    payload = unseal(text, key)
    statement = _stated(payload)
    problems = [
        *_target(statement.certified, base_url),
        *_problems(statement, folder, now or datetime.now(UTC)),
    ]
    if problems:
        raise NotVerified(" ".join(problems))
    return statement


def _stated(payload: bytes) -> Statement:
    """Return the statement that was signed, with one spelling of each member and one type of each value, so that all readers see the same."""
    try:
        json.loads(payload, object_pairs_hook=require_once)
    except (ValueError, RecursionError):
        raise NotVerified("What was signed is not JSON, and so no certificate.") from None
    try:
        return Statement.model_validate_json(payload, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = printable(".".join(map(str, wrong["loc"])))
        raise NotVerified(
            f"The certificate states no result of a conformance run of version {__version__}: {place}: {wrong['msg']}."
        ) from None


def notes(statement: Statement, certificate: Path, folder: Path) -> list[str]:
    """Return what a reader has to know of a certificate that was verified, and of what stands beside its run."""
    certified = statement.certified
    found = [*certified.warnings]
    names = {each.name for each in (*statement.subject, *statement.predicate.configuration)}
    missing = sorted(name for name in names if is_beside(name) and not (folder / name).is_file())
    if missing:
        found.append(f"Certified, and missing in {folder}: {', '.join(missing)}.")
    known = names | {SCRIPTS}
    others = sorted(
        each.name for each in folder.iterdir() if each.name not in known and each.resolve() != certificate.resolve()
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


def _problems(statement: Statement, folder: Path, now: datetime) -> Iterator[str]:
    certified, contract = statement.certified, load()
    yield from _dates(certified, now)
    if (certified.harness.contract_version, certified.harness.contract_digest) != (contract.version, contract.digest):
        yield (
            f"It was made by the contract {certified.harness.contract_version} ({certified.harness.contract_digest[:12]}), and "
            f"{contract.version} ({contract.digest[:12]}) is installed."
        )
    record = yield from _files(statement, folder)
    if record is None:
        return
    yield from _run(statement, record)
    yield from restrictions(record)
    if configuration_digest(record) != statement.digest_of("configuration"):
        yield "The configuration in the manifest is not the one that was certified."
        return
    try:
        report = judged(contract, record, folder)
    except ConfigurationError as error:
        yield str(error)
        return
    yield from _verdicts(statement, report)
    yield from exceptions(report)
    yield from contradictions(record, folder)
    if (folder / REPORT).is_file():
        yield from _facts(statement, state(folder, record, report, certified.history, certified.issued_at, 0))


def _facts(statement: Statement, shown: Statement) -> Iterator[str]:
    """Yield what a certificate tells otherwise than its run shows, the sentences aside that other checks or drivers word otherwise."""
    told, run = statement.certified, shown.certified
    names = [name for name in FACTS if told.suite == suite_digest() or name not in WORDED]
    for name in names:
        if getattr(told, name) != getattr(run, name):
            yield f"The certificate tells another {FACTS[name]} than its run shows."
    predicate = statement.predicate
    if predicate.result != shown.predicate.result:
        yield f"The certificate calls the result {predicate.result}, and its run shows {shown.predicate.result}."
    listed = Counter([*predicate.passed, *predicate.warned])
    yield from (f"The certificate lists {name} more than once." for name, count in listed.items() if count > 1)
    yield from _resources(statement, shown)


def _resources(statement: Statement, shown: Statement) -> Iterator[str]:
    """Yield what a certificate names otherwise than its run; the bytes of files, and the configuration, have sentences of their own."""
    names = Counter(each.name for each in statement.subject)
    yield from (f"The certificate names the file {name} more than once." for name, count in names.items() if count > 1)
    # Those that a reader can do without may be missing by now.
    needed, left = (
        [each.name for each in (*told.subject, *told.predicate.configuration) if not is_beside(each.name)]
        for told in (statement, shown)
    )
    if needed != left:
        yield "The certificate names other files than a run leaves."
    there, here = (
        {each.name: each for each in (*told.subject, *told.predicate.configuration)} for told in (statement, shown)
    )
    if any(each.annotations != (here[name].annotations if name in here else None) for name, each in there.items()):
        yield "The certificate names other versions than the run was made with."
    if any(there[name].digest != here[name].digest for name in FIXED if name in there):
        yield "The certificate names the contract or the harness by another digest than the run."


def _target(certified: Certified, base_url: str | None) -> Iterator[str]:
    if base_url is not None and certified.embedded_sandbox:
        yield f"It is of the embedded sandbox, and not of {without_password(base_url)}."
    elif base_url is not None and certified.target.rstrip("/") != without_password(base_url).rstrip("/"):
        yield f"It is of {certified.target}, and not of {without_password(base_url)}."


def _dates(certified: Certified, now: datetime) -> Iterator[str]:
    if now > certified.valid_until:
        yield f"It expired on {certified.valid_until:%Y-%m-%d at %H:%M} UTC."
    if now < certified.issued_at:
        yield f"It is dated {certified.issued_at:%Y-%m-%d at %H:%M} UTC, which has not come yet."
    if certified.issued_at < certified.finished_at:
        yield f"It is dated {certified.issued_at:%Y-%m-%d at %H:%M} UTC, before the end of the run that it certifies."
    if certified.valid_until > certified.issued_at + timedelta(days=MOST_DAYS):
        yield f"It says that it holds until {certified.valid_until:%Y-%m-%d}, and none holds for more than {MOST_DAYS} days."


def _files(statement: Statement, folder: Path) -> Generator[str, None, RunRecord | None]:
    """Yield what is wrong with the files, and return the manifest; None where it or the history cannot be used."""
    history = saved_in(folder)
    for path in (history, folder / MANIFEST, folder / REPORT):
        if not path.is_file():
            yield f"There is no {path.name} in {folder}."
    if not history.is_file() or not (folder / MANIFEST).is_file():
        return None
    yield from _history(statement, history)
    for name in (REPORT, MANIFEST):
        path = folder / name
        if path.is_file() and file_digest(path) != statement.digest_of(name):
            yield f"{name} is not the one that was certified: its bytes differ."
    for name in beside(folder):
        digest = statement.digest_of(name)
        if digest is None:
            yield f"{name} was not there when the run was certified, so that nobody has signed it; take it away, or sign anew."
        elif file_digest(folder / name) != digest:
            yield f"{name} is not the one that was certified: its bytes differ."
    try:
        return read_record(folder / MANIFEST)
    except ConfigurationError as error:
        yield str(error)
        return None


def _history(statement: Statement, path: Path) -> Iterator[str]:
    try:
        flaw = flaw_of(examine(lines_of(path)), statement.certified.history)
    except ConfigurationError as error:
        yield str(error)
        return
    if flaw is not None:
        yield f"The history is not the one that was certified: {flaw}."
    elif file_digest(path) != statement.digest_of(path.name):
        yield f"{path.name} holds the certified exchanges, but is another file than the certified one: its bytes differ."


def _run(statement: Statement, record: RunRecord) -> Iterator[str]:
    certified = statement.certified
    told = {
        "profile": (certified.profile, record.profile),
        "seed": (certified.seed, record.seed),
        "cost": (certified.spent, record.spent),
        "time of the run": ((certified.started_at, certified.finished_at), (record.started_at, record.finished_at)),
        "harness": (certified.harness, record.harness),
        "suite": (certified.suite, record.suite),
        "end of the history": (certified.history, record.history),
    }
    for what, (there, here) in told.items():
        if there != here:
            yield f"The manifest tells another {what} than was certified."


def _verdicts(statement: Statement, report: Report) -> Iterator[str]:
    then = dict.fromkeys(statement.predicate.passed, Verdict.PASSED)
    then |= dict.fromkeys(statement.predicate.warned, Verdict.FAILED)
    changed = [
        f"{name} was {then.get(name, 'not judged')} and is {row.verdict}"
        for name, row in report.requirements.items()
        if then.get(name, row.verdict) is not row.verdict
        or (name not in then and row.verdict in {Verdict.PASSED, Verdict.FAILED})
    ]
    changed += [f"{name} is no requirement" for name in then if name not in report.requirements]
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        yield f"Judged again, the history says something else: {'; '.join(changed[:SHOWN])}{more}."
