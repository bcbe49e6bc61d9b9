"""A small run that looks like a whole, conformant certification, with a judge of its own, so that signing it takes no minute."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from runs import exchange, failed, passed, report, whole

from conformance import __version__
from conformance.client.exchange import KEPT, Exchange, keep, lines_of, read, saved_in
from conformance.contract.document import Contract, load
from conformance.reporting import write_all
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import Report
from conformance.reporting.view import View
from conformance.run.journal import MANIFEST, end_of_chain, read_record
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import RunRecord
from conformance.trust.envelope import private_key, seal
from conformance.trust.statement import state

NAMES = list(load().requirements)


def now() -> HarnessFacts:
    """Return the harness that is installed."""
    return HarnessFacts(version=__version__, contract_version=load().version, contract_digest=load().digest)


def judged(contract: Contract, run: RunRecord, folder: Path) -> Report:  # noqa: ARG001 - the signature of the real one
    """Judge a history by the status of its answers: 500 breaks CRE-1, 503 breaks CRE-8, a SHOULD, and 418 leaves ERR-7 open."""
    statuses = {each.response.status for each in read(saved_in(folder)) if each.response}
    broken = [name for name, status in (("CRE-1", 500), ("CRE-8", 503)) if status in statuses]
    shown = [name for name in NAMES if name != "ERR-7" or 418 not in statuses]
    return report(*(failed(name) if name in broken else passed(name) for name in shown), run=run)


def write(folder: Path, exchanges: Iterable[Exchange] | None = None, **changes: Any) -> Path:
    """Write the folder of a run as a run leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    keep(exchanges or [exchange(number) for number in range(1, 9)], folder)
    end = end_of_chain(folder)
    spent = SpentFacts(generations=1, requests=end.length if end else 0, seconds=60.0)
    facts: dict[str, Any] = {
        "profile": "certify",
        "harness": now(),
        "suite": suite_digest(),
        "history": end,
        "spent": spent,
    }
    run = whole(**facts | changes)
    run.write(folder / MANIFEST)
    write_all(View(judged(load(), run, folder), read(saved_in(folder))), folder)
    return folder


def changed_manifest(folder: Path, **facts: Any) -> None:
    """Change the manifest of a run."""
    story = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(story | facts))


def write_keys(folder: Path, name: str = "signing") -> tuple[Path, Path]:
    """Write a new key; return the files with its private and its public half."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@dataclass(frozen=True)
class Signed:
    """A certified run, its certificate and the keys."""

    folder: Path
    certificate: Path
    private: Path
    public: Path

    def envelope(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.certificate.read_text())
        return found

    def statement(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(base64.b64decode(self.envelope()["payload"]))
        return found

    def change_envelope(self, **facts: Any) -> None:
        self.certificate.write_text(json.dumps(self.envelope() | facts))

    def change_signature(self, **facts: Any) -> None:
        self.change_envelope(signatures=[self.envelope()["signatures"][0] | facts])

    def forge(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what is stated, and keep the signature."""
        statement = self.statement()
        change(statement)
        self.change_envelope(payload=base64.b64encode(json.dumps(statement).encode()).decode())

    def sign_anew(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what is stated, and sign it with the same key."""
        statement = self.statement()
        change(statement)
        self.certificate.write_text(seal(json.dumps(statement).encode(), private_key(self.private)))

    def lie(self, **facts: Any) -> None:
        """Change the manifest, make the report anew, and sign both."""
        changed_manifest(self.folder, **facts)
        run = read_record(self.folder / MANIFEST)
        story = judged(load(), run, self.folder)
        write_all(View(story, read(saved_in(self.folder))), self.folder)
        assert run.history is not None
        statement = state(self.folder, run, story, run.history, datetime.now(UTC), 90)
        self.certificate.write_text(seal(statement.payload(), private_key(self.private)))

    def remade(self, exchanges: Iterable[Exchange]) -> None:
        """Write another history with a chain of its own, make the manifest and the report fit it, and sign all of it."""
        keep(exchanges, self.folder)
        end = end_of_chain(self.folder)
        assert end is not None
        spent = {"generations": 1, "requests": end.length, "seconds": 60}
        self.lie(history=end.model_dump(by_alias=True), spent=spent)

    def change_lines(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        path = self.folder / KEPT
        path.write_bytes(gzip.compress(b"".join(change(list(lines_of(path))))))


def certified(statement: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = statement["predicate"]["urn:layers-conformance:certificate:v1"]
    return found


def later(**more: float) -> datetime:
    return datetime.now(UTC) + timedelta(**more)
