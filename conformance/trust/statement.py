"""What a certificate states: an in-toto Statement with the predicate test-result (https://in-toto.io/attestation/test-result/v0.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conformance.client.exchange import saved_in
from conformance.reporting import FORMS
from conformance.reporting.model import HarnessFacts, Model, SpentFacts
from conformance.reporting.report import EMBEDDED, Report, Share, Verdict
from conformance.run.contact.preflight import without_password
from conformance.run.evidence.repro import FOLDER as SCRIPTS
from conformance.run.parts.manifest import MANIFEST
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

    `suite` is the digest of the files that judged and provoked, `detection` what the profile was measured to find. `configuration` is
    that of the target without secrets, as its digest.
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
    failed: list[str] = Field(alias="failedTests", max_length=0)
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

    def digest_of(self, name: str) -> str | None:
        """Return the SHA-256 of one of its subjects or configurations."""
        resources = [*self.subject, *self.predicate.configuration]
        return next((each.digest.get("sha256") for each in resources if each.name == name), None)

    def payload(self) -> bytes:
        """Return the bytes that are signed."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def state(folder: Path, record: RunRecord, report: Report, kept: Kept, issued_at: datetime, days: int) -> Statement:
    """Return the statement on a run that may be certified."""
    verdicts = {verdict: list(report.with_verdict(verdict)) for verdict in Verdict}
    certified = Certified(
        issued_at=issued_at,
        valid_until=issued_at + timedelta(days=days),
        target=without_password(str(record.target.get("target", {}).get("base_url", ""))),
        embedded_sandbox=bool(record.target.get(EMBEDDED)),
        profile=record.profile,
        scope=report.scope.sentence,
        strict=record.strict,
        seed=record.seed,
        started_at=record.started_at,
        finished_at=record.finished_at,
        spent=record.spent,
        divergence=report.figures.divergence,
        coverage=report.figures.coverage,
        lacking=report.scope.lacking,
        detection=report.detection.sentence if report.detection else None,
        warnings=report.warnings,
        harness=record.harness,
        suite=record.suite,
        history=kept,
    )
    harness = record.harness
    return Statement(
        subject=[_file(folder, name) for name in (saved_in(folder).name, REPORT, *beside(folder))],
        predicate=Predicate(
            result="WARNED" if verdicts[Verdict.FAILED] else "PASSED",
            configuration=[
                _file(folder, MANIFEST),
                Resource(name="configuration", digest={"sha256": configuration_digest(record)}),
                Resource(
                    name="contract",
                    digest={"sha256": harness.contract_digest},
                    annotations={"version": harness.contract_version},
                ),
                Resource(
                    name="layers-conformance", digest={"sha256": record.suite}, annotations={"version": harness.version}
                ),
            ],
            passed=verdicts[Verdict.PASSED],
            # What failed without making the run not conformant: a SHOULD, or advice.
            warned=verdicts[Verdict.FAILED],
            failed=[],
            certified=certified,
        ),
    )


def configuration_digest(record: RunRecord) -> str:
    """Return the digest of the configuration of a run, which holds no key; a password in its base URL is left out."""
    settings = dict(record.target)
    target = dict(settings.get("target", {}))
    settings["target"] = target | {"base_url": without_password(str(target.get("base_url", "")))}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beside(folder: Path) -> Iterator[str]:
    """Yield the names of the files in the folder of a run that show the report in another form: pages, tables, scripts."""
    yield from (name for name in FORMS.values() if name != REPORT and (folder / name).is_file())
    yield from sorted(path.relative_to(folder).as_posix() for path in (folder / SCRIPTS).glob("*.py"))


def is_beside(name: str) -> bool:
    """Return whether a run may leave a file of this name beside its report."""
    path = PurePosixPath(name)
    is_script = path.parent == PurePosixPath(SCRIPTS) and path.suffix == ".py"
    return name != REPORT and (name in FORMS.values() or is_script)


def _file(folder: Path, name: str) -> Resource:
    return Resource(name=name, digest={"sha256": file_digest(folder / name)})
