"""A small run that looks like a whole, conformant certification, with a judge of its own, so that signing it takes no minute."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from runs import exchange, failed, passed, report, whole

from conformance import __version__
from conformance.contract.document import Contract, load
from conformance.door.exchange import Exchange, keep, read, saved_in
from conformance.reporting import json_report
from conformance.reporting.model import HarnessFacts
from conformance.reporting.report import Report
from conformance.run.detection import suite_digest
from conformance.run.intact import end_of_chain
from conformance.run.manifest import MANIFEST
from conformance.run.record import RunRecord

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
    facts = {"profile": "certify", "harness": now(), "suite": suite_digest(), "history": end_of_chain(folder)}
    run = whole(**facts | changes)
    run.write(folder / MANIFEST)
    json_report.write(judged(load(), run, folder), folder / "report.json")
    return folder


def changed_manifest(folder: Path, **facts: Any) -> None:
    """Change the manifest of a run."""
    told = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(told | facts))


def write_keys(folder: Path, name: str = "signing") -> tuple[Path, Path]:
    """Write a new key; return the files with its private and its public half."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public
