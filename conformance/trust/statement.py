"""What a certificate states: an in-toto Statement with the predicate test-result (https://in-toto.io/attestation/test-result/v0.1)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conformance.client.exchange import saved_in
from conformance.reporting import FORMS
from conformance.reporting.model import HarnessFacts, Model, SpentFacts
from conformance.reporting.page.finding import REPRO
from conformance.reporting.report import EMBEDDED, Report, Share, Verdict
from conformance.run.contact.trouble import without_password
from conformance.run.journal import MANIFEST
from conformance.run.verdicts.record import Kept, RunRecord

REPORT = FORMS["json"]
Digest = dict[Literal["sha256"], Annotated[str, Field(pattern="^[0-9a-f]{64}$")]]
"""One digest, of the kind that is looked at: another one beside it would be believed by nobody's check."""


class Resource(BaseModel):
    """A ResourceDescriptor of in-toto: something with a name, the digest of its bytes, and what else is known of it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    digest: Digest
    annotations: dict[str, Any] | None = None


class Certified(Model):
    """What is ours in the predicate: until when it holds, of what target, and how far the run reached.

    `suite` is the digest of the files that judged and provoked, `detection` what the profile was measured to find.
    """

    issued_at: AwareDatetime
    valid_until: AwareDatetime
    target: str
    embedded_sandbox: bool
    profile: str
    scope: str
    strict: bool
    seed: int
    started_at: AwareDatetime
    finished_at: AwareDatetime
    spent: SpentFacts
    divergence: Share
    coverage: Share
    lacking: list[str]
    detection: str | None = None
    warnings: list[str]
    harness: HarnessFacts
    suite: str
    history: Kept


class Predicate(BaseModel):
    """The predicate test-result, with the one extension that its rules provide for: a field named by a URI."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    result: Literal["PASSED", "WARNED"]
    configuration: list[Resource]
    passed: list[str] = Field(alias="passedTests")
    warned: list[str] = Field(alias="warnedTests")
    failed: list[str] = Field([], alias="failedTests", max_length=0)
    certified: Certified = Field(alias="urn:layers-conformance:certificate:v1")


class Statement(BaseModel):
    """A certificate before it is signed."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field("https://in-toto.io/Statement/v1", alias="_type")
    subject: list[Resource]
    predicate_type: Literal["https://in-toto.io/attestation/test-result/v0.1"] = Field(
        "https://in-toto.io/attestation/test-result/v0.1", alias="predicateType"
    )
    predicate: Predicate

    @property
    def certified(self) -> Certified:
        """What is ours in it."""
        return self.predicate.certified

    def payload(self) -> bytes:
        """Return the bytes that are signed."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def state(folder: Path, record: RunRecord, report: Report, kept: Kept, issued_at: datetime, days: int) -> Statement:
    """Return the statement on a run that may be certified."""
    certified = Certified(
        issued_at=issued_at,
        valid_until=issued_at + timedelta(days=days),
        target=without_password(str(record.target.get("target", {}).get("base_url", ""))),
        embedded_sandbox=bool(record.target.get(EMBEDDED)),
        scope=report.scope.sentence,
        divergence=report.figures.divergence,
        coverage=report.figures.coverage,
        lacking=report.scope.lacking,
        detection=report.detection.sentence if report.detection else None,
        warnings=report.warnings,
        history=kept,
        **{name: getattr(record, name) for name in ("profile", "strict", "seed", "spent", "harness", "suite")},
        **{name: getattr(record, name) for name in ("started_at", "finished_at")},
    )
    # What failed without making the run not conformant: a SHOULD, or advice.
    warned = list(report.with_verdict(Verdict.FAILED))
    subject, configuration = resources(folder, record)
    predicate = Predicate(
        result="WARNED" if warned else "PASSED",
        configuration=configuration,
        passed=list(report.with_verdict(Verdict.PASSED)),
        warned=warned,
        certified=certified,
    )
    return Statement(subject=subject, predicate=predicate)


def resources(folder: Path, record: RunRecord) -> tuple[list[Resource], list[Resource]]:
    """Return what a certificate names with a digest: the files of a run, and what the run was made with."""
    scripts = (path.relative_to(folder).as_posix() for path in (folder / REPRO).glob("*") if path.is_file())
    forms = [name for name in FORMS.values() if name != REPORT and (folder / name).is_file()]
    files = [saved_in(folder).name, REPORT, *forms, *sorted(scripts)]
    settings = record.target | {"target": dict(record.target.get("target", {}))}
    settings["target"]["base_url"] = without_password(str(settings["target"].get("base_url", "")))
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    harness = record.harness
    return [_file(folder, name) for name in files], [
        _file(folder, MANIFEST),
        Resource(name="configuration", digest={"sha256": digest}),
        _version("contract", harness.contract_digest, harness.contract_version),
        _version("layers-conformance", record.suite, harness.version),
    ]


def may_be_missing(name: str) -> bool:
    """Return whether a reader can do without a file: it shows the report in another form."""
    return name != REPORT and (name in FORMS.values() or name.startswith(f"{REPRO}/"))


def _file(folder: Path, name: str) -> Resource:
    with (folder / name).open("rb") as file:
        return Resource(name=name, digest={"sha256": hashlib.file_digest(file, "sha256").hexdigest()})


def _version(name: str, digest: str, version: str) -> Resource:
    return Resource(name=name, digest={"sha256": digest}, annotations={"version": version})
