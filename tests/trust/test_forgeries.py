"""Whatever was done to a certificate, or to the run that it was given, is named."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from certified_runs import Signed, certified, changed_manifest, later, write, write_keys
from runs import exchange

from conformance.door.exchange import KEPT, keep
from conformance.exceptions import NotVerified
from conformance.trust.envelope import seal
from conformance.trust.keys import key_id, private_key, public_key
from conformance.trust.signing import sign
from conformance.trust.verifying import verified

FORGERIES: dict[str, tuple[Callable[[Signed], object], str]] = {
    "a byte of the payload": (
        lambda it: it.change_envelope(payload="A" + it.envelope()["payload"][1:]),
        "The signature does not fit the certificate: it was changed after it was signed",
    ),
    "a payload that is no Base64": (
        lambda it: it.change_envelope(payload="*"),
        "The payload in the certificate is not Base64",
    ),
    "no payload": (lambda it: it.change_envelope(payload=None), "The payload in the certificate is not Base64"),
    "a byte of the signature": (
        lambda it: it.change_signature(sig=base64.b64encode(bytes(64)).decode()),
        "The signature does not fit the certificate",
    ),
    "a signature that is no Base64": (
        lambda it: it.change_signature(sig="-"),
        "The signature in the certificate is not Base64",
    ),
    "no signature": (lambda it: it.change_envelope(signatures=[]), "The certificate is not signed."),
    "another key": (
        lambda it: sign(it.folder, write_keys(it.folder.parent, "other")[0]),
        "The certificate was signed with another key than ",
    ),
    "another key under this one's name": (
        lambda it: (
            sign(it.folder, write_keys(it.folder.parent, "other")[0]),
            it.change_signature(keyid=key_id(public_key(it.public))),
        ),
        "The signature does not fit the certificate",
    ),
    "another kind of payload": (
        lambda it: it.change_envelope(payloadType="text/plain"),
        "The certificate's envelope holds no in-toto statement",
    ),
    "a file cut short": (
        lambda it: it.certificate.write_text(it.certificate.read_text()[:200]),
        "The certificate is not JSON, so that it was cut short",
    ),
    "another file": (lambda it: it.certificate.write_text("[]"), "The certificate is no DSSE envelope"),
    "a later end": (
        lambda it: it.forge(lambda told: certified(told).update(validUntil="2099-01-01T00:00:00Z")),
        "The signature does not fit the certificate",
    ),
    "another predicate, signed": (
        lambda it: it.sign_anew(lambda told: told.update(predicateType="https://slsa.dev/provenance/v1")),
        "The certificate states no result of a conformance run",
    ),
    "a result FAILED, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"].update(result="FAILED")),
        "The certificate states no result of a conformance run",
    ),
    "an older contract, signed": (
        lambda it: it.sign_anew(lambda told: certified(told)["harness"].update(contractVersion="2020.1")),
        "It was made by the contract 2020.1 ",
    ),
    "a verdict that was another one, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"]["passedTests"].remove("IDM-7")),
        "Judged again, the history says something else: IDM-7 was not judged and is passed.",
    ),
    "a requirement that there is not, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"]["passedTests"].append("XXX-1")),
        "something else: XXX-1 is no requirement.",
    ),
    "another seed, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(seed=7)),
        "The manifest tells another seed than was certified.",
    ),
    "no sandbox any more, signed": (
        lambda it: it.sign_anew(
            lambda told: certified(told).update(embeddedSandbox=not certified(told)["embeddedSandbox"])
        ),
        "The certificate tells another kind of target than its run shows.",
    ),
    "another target, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(target="https://production.test")),
        "The certificate tells another target than its run shows.",
    ),
    "a wider scope, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(scope="everything")),
        "The certificate tells another scope than its run shows.",
    ),
    "a stricter run, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(strict=True)),
        "The certificate tells another strictness than its run shows.",
    ),
    "more coverage, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(coverage={"count": 999, "of": 999})),
        "The certificate tells another coverage than its run shows.",
    ),
    "another divergence, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(divergence={"count": 0, "of": 999})),
        "The certificate tells another divergence than its run shows.",
    ),
    "a better figure of detection, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(detection="It finds every fault there is.")),
        "The certificate tells another figure of detection than its run shows.",
    ),
    "another list of what lacks, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(lacking=["nothing"])),
        "The certificate tells another list of what the target lacks than its run shows.",
    ),
    "a result WARNED, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"].update(result="WARNED")),
        "The certificate calls the result WARNED, and its run shows PASSED.",
    ),
    "a requirement passed and warned of, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"]["passedTests"].append("IDM-7")),
        "The certificate lists IDM-7 more than once.",
    ),
    "another digest of the contract, signed": (
        lambda it: it.sign_anew(lambda told: told["predicate"]["configuration"][2].update(digest={"sha256": "0" * 64})),
        "The certificate names the contract or the harness by another digest than the run.",
    ),
    "one file more, signed": (
        lambda it: it.sign_anew(
            lambda told: told["subject"].append({"name": "audit.pdf", "digest": {"sha256": "0" * 64}})
        ),
        "The certificate names other files, or other versions, than the run was made of.",
    ),
    "a member twice, signed": (
        lambda it: it.certificate.write_text(
            seal(
                json.dumps(it.statement())
                .replace('"result": "PASSED"', '"result": "FAILED", "result": "PASSED"')
                .encode(),
                private_key(it.private),
            )
        ),
        "The certificate holds result twice, of which readers take one or the other.",
    ),
    "an expired date": (
        lambda it: it.sign_anew(lambda told: certified(told).update(validUntil="2026-01-02T03:04:00Z")),
        "It expired on 2026-01-02 at 03:04 UTC.",
    ),
    "a date to come": (
        lambda it: it.sign_anew(lambda told: certified(told).update(issuedAt=later(days=2).isoformat())),
        "which has not come yet.",
    ),
    "an end after ten years, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(validUntil=later(days=3_650).isoformat())),
        "and none holds for more than 366 days.",
    ),
    "a date before the run, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(issuedAt="2026-04-18T11:00:00Z")),
        "It is dated 2026-04-18 at 11:00 UTC, before the end of the run that it certifies.",
    ),
    "a date without a zone, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(validUntil="2027-01-01T00:00:00")),
        "The certificate states no result of a conformance run",
    ),
    "another spelling of a member, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(valid_until=certified(told).pop("validUntil"))),
        "The certificate states no result of a conformance run",
    ),
    "a text for a number, signed": (
        lambda it: it.sign_anew(lambda told: certified(told).update(seed=str(certified(told)["seed"]))),
        "The certificate states no result of a conformance run",
    ),
    "a digest of another kind beside the right one, signed": (
        lambda it: it.sign_anew(lambda told: told["subject"][0]["digest"].update(sha512="0" * 128)),
        "The certificate states no result of a conformance run",
    ),
    "a payload of a stranger before the signed one": (
        lambda it: it.certificate.write_text('{"payload": "e30=", ' + it.certificate.read_text().lstrip("{")),
        "The certificate holds payload twice, of which readers take one or the other.",
    ),
    "an envelope nested without end": (
        lambda it: it.certificate.write_text("[" * 100_000),
        "The certificate is not JSON",
    ),
    "an old run that is dated anew, signed": (
        lambda it: it.lie(startedAt="2026-11-30T00:00:00Z", finishedAt="2026-11-30T00:01:00Z"),
        "The manifest dates the run from 2026-11-30 00:00 to 2026-11-30 00:01 UTC, and its exchanges were sent from 2026-04-18 12:00 to ",
    ),
    "a run that cost less than was sent, signed": (
        lambda it: it.lie(spent={"generations": 0, "requests": 4, "seconds": 60}),
        "The manifest tells 4 requests, and the history holds 8.",
    ),
    "a byte of an exchange": (
        lambda it: it.change_lines(lambda lines: [*lines[:3], lines[3].replace(b"cnt_1", b"cnt_2"), *lines[4:]]),
        "The history is not the one that was certified: line 4 was changed after it was recorded.",
    ),
    "a time": (
        lambda it: it.change_lines(lambda lines: [lines[0].replace(b'"sentAt": 1', b'"sentAt": 2'), *lines[1:]]),
        "The history is not the one that was certified: line 1 was changed after it was recorded.",
    ),
    "a missing exchange": (
        lambda it: it.change_lines(lambda lines: [*lines[:4], *lines[5:]]),
        "The history is not the one that was certified: line 5 is missing or moved.",
    ),
    "a missing end": (
        lambda it: it.change_lines(lambda lines: lines[:-1]),
        "certified: it holds 7 of 8 exchanges, the last ones are missing.",
    ),
    "another order": (
        lambda it: it.change_lines(lambda lines: [lines[1], lines[0], *lines[2:]]),
        "certified: line 1 is missing or moved.",
    ),
    "an exchange twice": (
        lambda it: it.change_lines(lambda lines: [*lines, lines[-1]]),
        "certified: line 9 is the one that was recorded as number 8.",
    ),
    "an exchange of nobody": (
        lambda it: it.change_lines(lambda lines: [*lines, b"{}\n"]),
        "certified: line 9 has no link, so that no run has recorded it there.",
    ),
    "a history made anew": (
        lambda it: keep([exchange(number, status=404) for number in range(1, 9)], it.folder),
        "certified: its chain of hashes ends otherwise than was recorded.",
    ),
    "a broken exchange, made anew": (
        lambda it: keep([exchange(number, status=500) for number in range(1, 9)], it.folder),
        "Judged again, the history says something else: CRE-1 was passed and is failed.",
    ),
    "a history compressed anew": (
        lambda it: it.change_lines(lambda lines: lines),
        "history.jsonl.gz holds the certified exchanges, but is another file",
    ),
    "a history that is no gzip": (
        lambda it: (it.folder / KEPT).write_bytes(b"\x1f\x8b" + bytes(40)),
        "history.jsonl.gz is not a whole gzip file",
    ),
    "no history": (lambda it: (it.folder / KEPT).unlink(), "There is no history.jsonl in "),
    "a swapped report": (
        lambda it: (it.folder / "report.json").write_text("{}"),
        "report.json is not the one that was certified: its bytes differ.",
    ),
    "no report": (lambda it: (it.folder / "report.json").unlink(), "There is no report.json in "),
    "a manifest with another target": (
        lambda it: changed_manifest(it.folder, target={"target": {"base_url": "http://other.test"}}),
        "The configuration in the manifest is not the one that was certified.",
    ),
    "a manifest with another cost": (
        lambda it: changed_manifest(it.folder, spent={"generations": 0, "requests": 4, "seconds": 60}),
        "The manifest tells another cost than was certified.",
    ),
    "a manifest with another time": (
        lambda it: changed_manifest(it.folder, finishedAt="2027-01-01T00:00:00Z"),
        "The manifest tells another time of the run than was certified.",
    ),
    "a manifest with another end of the history": (
        lambda it: changed_manifest(it.folder, history=None),
        "The manifest tells another end of the history than was certified.",
    ),
    "a manifest that is none": (
        lambda it: (it.folder / "run.json").write_text("{}"),
        "it is not a manifest of this version",
    ),
}


def test_thirty_kinds_of_forgeries_have_a_sentence_each() -> None:
    assert len({said for _, said in FORGERIES.values()}) >= 30


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_or_damaged_certificate_or_run_is_refused(name: str, signed: Signed) -> None:
    forge, said = FORGERIES[name]
    forge(signed)
    with pytest.raises(NotVerified) as refused:
        verified(signed.certificate, signed.folder, signed.public)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_folder_of_another_run_does_not_pass_for_the_certified_one(signed: Signed, tmp_path: Path) -> None:
    other = write(tmp_path / "other", [exchange(number, status=404) for number in range(1, 9)], seed=3)
    with pytest.raises(NotVerified, match="another seed than was certified"):
        verified(signed.certificate, other, signed.public)
