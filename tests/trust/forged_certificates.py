"""What can be done to a certificate, by somebody without its key and by its signer, and what is then said."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from certified_runs import Signed, certified, later, write_keys

from conformance.trust.envelope import key_id, private_key, public_key, seal
from conformance.trust.signing import sign

UNFITTING = "The signature does not fit the certificate: it was changed after it was signed, or not signed with "
"""What is said of all that a signature alone shows."""
Forgery = tuple[Callable[[Signed], object], str]
MEMBERS = {
    "seed": 7,
    "embeddedSandbox": True,
    "target": "https://production.test",
    "scope": "everything",
    "strict": True,
    "coverage": {"count": 999, "of": 999},
    "divergence": {"count": 0, "of": 999},
    "detection": "It finds every fault there is.",
    "lacking": ["nothing"],
    "profile": "gate",
    "spent": {"generations": 0, "requests": 1, "seconds": 1.0},
    "warnings": ["Trust it."],
}
"""Members of a certificate, each with a value that its run does not show."""


def member(name: str) -> Forgery:
    words = "embedded sandbox" if name == "embeddedSandbox" else name
    return (
        lambda it: it.sign_anew(lambda story: certified(story).update({name: MEMBERS[name]})),
        f"The certificate has another {words} than its run.",
    )


OF_CERTIFICATES: dict[str, Forgery] = {
    "a byte of the payload": (
        lambda it: it.change_envelope(payload="A" + it.envelope()["payload"][1:]),
        UNFITTING,
    ),
    "a payload that is no Base64": (
        lambda it: it.change_envelope(payload="*"),
        UNFITTING,
    ),
    "no payload": (
        lambda it: it.change_envelope(payload=None),
        "The certificate is no DSSE envelope: payload: Input should be a valid string.",
    ),
    "a byte of the signature": (
        lambda it: it.change_signature(sig=base64.b64encode(bytes(64)).decode()),
        UNFITTING,
    ),
    "a signature that is cut short": (
        lambda it: it.change_signature(sig=base64.b64encode(bytes(20)).decode()),
        UNFITTING,
    ),
    "a signature of nothing": (
        lambda it: it.change_signature(sig=None),
        "signatures.0.sig: Input should be a valid string.",
    ),
    "a signature that is no Base64": (
        lambda it: it.change_signature(sig="-"),
        UNFITTING,
    ),
    "no signature": (lambda it: it.change_envelope(signatures=[]), "The certificate is not signed with the key "),
    "another key": (
        lambda it: sign(it.folder, write_keys(it.folder.parent, "other")[0]),
        "The certificate is not signed with the key ",
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
        "payloadType: Input should be 'application/vnd.in-toto+json'.",
    ),
    "a file cut short": (
        lambda it: it.certificate.write_text(it.certificate.read_text()[:200]),
        "The certificate is no DSSE envelope: it is not JSON",
    ),
    "another file": (
        lambda it: it.certificate.write_text("[]"),
        "The certificate is no DSSE envelope: Input should be an object.",
    ),
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
        "something else: XXX-1 was passed and is no requirement.",
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
        "contract is not the one that was certified: its bytes or its version differ.",
    ),
    "one file more, signed": (
        lambda it: it.sign_anew(
            lambda story: story["subject"].append({"name": "audit.pdf", "digest": {"sha256": "0" * 64}})
        ),
        "The certificate names audit.pdf, which no run leaves.",
    ),
    "a file twice, signed": (
        lambda it: it.sign_anew(lambda story: story["subject"].append(story["subject"][2])),
        "The certificate lists junit.xml more than once.",
    ),
    "another version of the harness, signed": (
        lambda it: it.sign_anew(
            lambda story: story["predicate"]["configuration"][3].update(annotations={"version": "9.9"})
        ),
        "layers-conformance is not the one that was certified: its bytes or its version differ.",
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
        "The certificate is no DSSE envelope: it is not JSON",
    ),
    "a signed text that is no statement": (
        lambda it: it.certificate.write_text(seal(b"All is well.", private_key(it.private))),
        "states no result of a conformance run",
    ),
} | {f"another {name}, signed": member(name) for name in MEMBERS}
