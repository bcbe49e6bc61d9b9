"""What can be done to a certificate, by somebody without its key and by its signer, and what is then said."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from certified_runs import Signed, certified, later, write_keys

from conformance.trust.envelope import seal
from conformance.trust.keys import key_id, private_key, public_key
from conformance.trust.signing import sign

UNFITTING = "The signature does not fit the certificate: it was changed after it was signed, or not signed with "
"""What is said of all that a signature shows and nothing else does: nobody can tell one such change from another."""
Forgery = tuple[Callable[[Signed], object], str]
OF_CERTIFICATES: dict[str, Forgery] = {
    "a byte of the payload": (
        lambda it: it.change_envelope(payload="A" + it.envelope()["payload"][1:]),
        "The signature does not fit the certificate, whose payload is no JSON any more: it was damaged.",
    ),
    "a payload that is no Base64": (
        lambda it: it.change_envelope(payload="*"),
        "The payload in the certificate is not Base64",
    ),
    "no payload": (lambda it: it.change_envelope(payload=None), "The certificate holds no payload."),
    "a byte of the signature": (
        lambda it: it.change_signature(sig=base64.b64encode(bytes(64)).decode()),
        UNFITTING,
    ),
    "a signature that is cut short": (
        lambda it: it.change_signature(sig=base64.b64encode(bytes(20)).decode()),
        "The signature in the certificate has 20 bytes and not 64: it was damaged.",
    ),
    "a signature of nothing": (
        lambda it: it.change_signature(sig=None),
        "The certificate holds no signature.",
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
        UNFITTING,
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
        lambda it: it.forge(lambda story: certified(story).update(validUntil="2099-01-01T00:00:00Z")),
        UNFITTING,
    ),
    "another predicate, signed": (
        lambda it: it.sign_anew(lambda story: story.update(predicateType="https://slsa.dev/provenance/v1")),
        "predicateType: Input should be 'https://in-toto.io/attestation/test-result/v0.1'.",
    ),
    "a result FAILED, signed": (
        lambda it: it.sign_anew(lambda story: story["predicate"].update(result="FAILED")),
        "predicate.result: Input should be 'PASSED' or 'WARNED'.",
    ),
    "an older contract, signed": (
        lambda it: it.sign_anew(lambda story: certified(story)["harness"].update(contractVersion="2020.1")),
        "It was made by the contract 2020.1 ",
    ),
    "a verdict that was another one, signed": (
        lambda it: it.sign_anew(lambda story: story["predicate"]["passedTests"].remove("IDM-7")),
        "Judged again, the history says something else: IDM-7 was not judged and is passed.",
    ),
    "a requirement that there is not, signed": (
        lambda it: it.sign_anew(lambda story: story["predicate"]["passedTests"].append("XXX-1")),
        "something else: XXX-1 is no requirement.",
    ),
    "another seed, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(seed=7)),
        "The manifest tells another seed than was certified.",
    ),
    "no sandbox any more, signed": (
        lambda it: it.sign_anew(
            lambda story: certified(story).update(embeddedSandbox=not certified(story)["embeddedSandbox"])
        ),
        "The certificate tells another kind of target than its run shows.",
    ),
    "another target, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(target="https://production.test")),
        "The certificate tells another target than its run shows.",
    ),
    "a wider scope, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(scope="everything")),
        "The certificate tells another scope than its run shows.",
    ),
    "a stricter run, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(strict=True)),
        "The certificate tells another strictness than its run shows.",
    ),
    "more coverage, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(coverage={"count": 999, "of": 999})),
        "The certificate tells another coverage than its run shows.",
    ),
    "another divergence, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(divergence={"count": 0, "of": 999})),
        "The certificate tells another divergence than its run shows.",
    ),
    "a better figure of detection, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(detection="It finds every fault there is.")),
        "The certificate tells another figure of detection than its run shows.",
    ),
    "another list of what lacks, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(lacking=["nothing"])),
        "The certificate tells another list of what the target lacks than its run shows.",
    ),
    "a result WARNED, signed": (
        lambda it: it.sign_anew(lambda story: story["predicate"].update(result="WARNED")),
        "The certificate calls the result WARNED, and its run shows PASSED.",
    ),
    "a requirement passed and warned of, signed": (
        lambda it: it.sign_anew(lambda story: story["predicate"]["passedTests"].append("IDM-7")),
        "The certificate lists IDM-7 more than once.",
    ),
    "another digest of the contract, signed": (
        lambda it: it.sign_anew(
            lambda story: story["predicate"]["configuration"][2].update(digest={"sha256": "0" * 64})
        ),
        "The certificate names the contract or the harness by another digest than the run.",
    ),
    "one file more, signed": (
        lambda it: it.sign_anew(
            lambda story: story["subject"].append({"name": "audit.pdf", "digest": {"sha256": "0" * 64}})
        ),
        "The certificate names other files than a run leaves.",
    ),
    "a file twice, signed": (
        lambda it: it.sign_anew(lambda story: story["subject"].append(story["subject"][2])),
        "The certificate names the file junit.xml more than once.",
    ),
    "another version of the harness, signed": (
        lambda it: it.sign_anew(
            lambda story: story["predicate"]["configuration"][3].update(annotations={"version": "9.9"})
        ),
        "The certificate names other versions than the run was made with.",
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
        lambda it: it.sign_anew(lambda story: certified(story).update(validUntil="2026-01-02T03:04:00Z")),
        "It expired on 2026-01-02 at 03:04 UTC.",
    ),
    "a date to come": (
        lambda it: it.sign_anew(lambda story: certified(story).update(issuedAt=later(days=2).isoformat())),
        "which has not come yet.",
    ),
    "an end after ten years, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(validUntil=later(days=3_650).isoformat())),
        "and none holds for more than 366 days.",
    ),
    "a date before the run, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(issuedAt="2026-04-18T11:00:00Z")),
        "It is dated 2026-04-18 at 11:00 UTC, before the end of the run that it certifies.",
    ),
    "a date without a zone, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(validUntil="2027-01-01T00:00:00")),
        "validUntil: Input should have timezone info.",
    ),
    "another spelling of a member, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(valid_until=certified(story).pop("validUntil"))),
        "validUntil: Field required.",
    ),
    "a text for a number, signed": (
        lambda it: it.sign_anew(lambda story: certified(story).update(seed=str(certified(story)["seed"]))),
        "seed: Input should be a valid integer.",
    ),
    "a digest of another kind beside the right one, signed": (
        lambda it: it.sign_anew(lambda story: story["subject"][0]["digest"].update(sha512="0" * 128)),
        "subject.0.digest.sha512.[key]: Input should be 'sha256'.",
    ),
    "a payload of a stranger before the signed one": (
        lambda it: it.certificate.write_text('{"payload": "e30=", ' + it.certificate.read_text().lstrip("{")),
        "The certificate holds payload twice, of which readers take one or the other.",
    ),
    "an envelope nested without end": (
        lambda it: it.certificate.write_text("[" * 100_000),
        "The certificate is nested deeper than any that was signed.",
    ),
    "a signed text that is no statement": (
        lambda it: it.certificate.write_text(seal(b"All is well.", private_key(it.private))),
        "What was signed is not JSON, and so no certificate.",
    ),
}
