"""A certificate is given to a whole, conformant certification alone, and everything that was done to it or to its run is named."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certified_runs import changed_manifest, judged, write, write_keys
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from runs import exchange
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from conformance.cli.main import main
from conformance.door.exchange import KEPT, keep, lines_of
from conformance.exceptions import ConfigurationError, NotCertified, NotVerified
from conformance.trust import signing, verifying
from conformance.trust.envelope import seal
from conformance.trust.keys import key_id, private_key, public_key
from conformance.trust.signing import sign
from conformance.trust.verifying import verified


@pytest.fixture(autouse=True)
def quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (signing, verifying):
        monkeypatch.setattr(module, "judged", judged)


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

    def change_lines(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        path = self.folder / KEPT
        path.write_bytes(gzip.compress(b"".join(change(list(lines_of(path))))))


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    folder = write(tmp_path / "run")
    private, public = write_keys(tmp_path)
    certificate, _, _ = sign(folder, private)
    return Signed(folder, certificate, private, public)


def certified(statement: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = statement["predicate"]["urn:layers-conformance:certificate:v1"]
    return found


def test_a_certificate_is_an_in_toto_statement_that_another_library_verifies(signed: Signed) -> None:
    pem = load_pem_public_key(signed.public.read_bytes())
    name = key_id(public_key(signed.public))
    Envelope.from_dict(signed.envelope()).verify([SSlibKey.from_crypto(pem, keyid=name)], 1)
    statement = signed.statement()
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert [each["name"] for each in statement["subject"]] == ["history.jsonl.gz", "report.json"]
    predicate = statement["predicate"]
    assert (predicate["result"], predicate["failedTests"], len(predicate["passedTests"])) == ("PASSED", [], 104)
    names = [each["name"] for each in predicate["configuration"]]
    assert names == ["run.json", "configuration", "contract", "layers-conformance"]
    told = certified(statement)
    assert (told["profile"], told["seed"], told["spent"]["generations"]) == ("certify", 0, 1)
    assert (told["divergence"], told["coverage"]) == ({"count": 0, "of": 104}, {"count": 104, "of": 104})
    assert told["detection"].startswith("The profile certify finds ")
    assert told["history"]["length"] == 8


def test_what_was_signed_is_verified(signed: Signed) -> None:
    assert verified(signed.certificate, signed.folder, signed.public).predicate.result == "PASSED"


def test_a_failed_should_is_a_warning(tmp_path: Path) -> None:
    folder, (private, public) = write(tmp_path / "run", [exchange(1, status=503)]), write_keys(tmp_path)
    certificate, statement, _ = sign(folder, private)
    assert (statement.predicate.result, statement.predicate.warned) == ("WARNED", ["CRE-8"])
    verified(certificate, folder, public)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"profile": "gate"}, "It is a run of the profile gate, and certify alone is certified."),
        ({"only": ["CRE"]}, r"It is a part of certify \(--only CRE\)"),
        ({"shards": {"numbers": [1], "of": 2}}, r"It is a part of certify \(--shard 1/2\)"),
        ({"deselected": ["d"]}, r"It is a part of certify \(pytest left out 1 driver"),
        ({"stopped": "the budget of 9 requests is spent"}, r"It is a part of certify \(it ended early, the budget"),
        ({"stopped": "it was interrupted"}, r"It is a part of certify \(it ended early, it was interrupted"),
        ({"defects": ["A check broke down."]}, "The harness itself was wrong: A check broke down."),
        ({"history": None}, "Its history has no chain of hashes"),
        ({"suite": "0" * 64}, "The checks or drivers of the run, of layers-conformance .*; run again"),
        (
            {"harness": {"version": "0.0.1", "contractVersion": "2020.1", "contractDigest": "0" * 64}},
            r"The run was judged by the contract 2020\.1 \(000000000000\), and is judged now by",
        ),
    ],
)
def test_another_run_is_not_certified(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    changed_manifest(folder, **changes)
    with pytest.raises(NotCertified, match=f"^This run is not certified. {said}"):
        sign(folder, write_keys(tmp_path)[0])
    assert not (folder / "certificate.json").exists()


def test_a_run_that_was_killed_is_not_certified(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    (folder / "parts").mkdir()
    (folder / "run.json").rename(folder / "parts" / "run.json")
    with pytest.raises(NotCertified, match=r"It was killed before its end; run again\."):
        sign(folder, write_keys(tmp_path)[0])


def test_what_was_found_wrong_is_not_certified(tmp_path: Path) -> None:
    private, _ = write_keys(tmp_path)
    broken = write(tmp_path / "broken", [exchange(1, status=500)])
    with pytest.raises(NotCertified, match="Its outcome is not conformant: not conformant: 1 failure"):
        sign(broken, private)
    honest = write(tmp_path / "honest")
    (broken / "report.json").write_bytes((honest / "report.json").read_bytes())
    with pytest.raises(NotCertified, match=r"Its report\.json is not what its history is judged to be"):
        sign(broken, private)
    keep([exchange(1)], broken)
    with pytest.raises(NotCertified, match="not the one that the run has recorded: its chain of hashes ends otherwise"):
        sign(broken, private)


def test_a_run_that_left_something_unjudged_is_not_certified(tmp_path: Path) -> None:
    folder = write(tmp_path / "run", [exchange(1, status=418)])
    with pytest.raises(NotCertified, match=r"It left 1 requirement unjudged: ERR-7\."):
        sign(folder, write_keys(tmp_path)[0])


def test_a_run_that_was_given_known_failures_is_not_certified(tmp_path: Path) -> None:
    entry = {"requirement": "CRE-1", "key": ": It was broken.", "reason": "r", "owner": "o", "until": "2026-07-01"}
    folder = write(tmp_path / "run", [exchange(1, status=500)], known_failures=[entry])
    with pytest.raises(NotCertified, match=r"It was given a list of known failures, such as CRE-1; run without it\."):
        sign(folder, write_keys(tmp_path)[0])


def later(**more: float) -> datetime:
    return datetime.now(UTC) + timedelta(**more)


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
    "an expired date": (
        lambda it: it.sign_anew(lambda told: certified(told).update(validUntil="2026-01-02T03:04:00Z")),
        "It expired on 2026-01-02 at 03:04 UTC.",
    ),
    "a date to come": (
        lambda it: it.sign_anew(lambda told: certified(told).update(issuedAt=later(days=2).isoformat())),
        "which has not come yet.",
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


def test_a_certificate_holds_until_its_date(signed: Signed) -> None:
    verified(signed.certificate, signed.folder, signed.public, later(days=89))
    with pytest.raises(NotVerified, match=r"It expired on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\."):
        verified(signed.certificate, signed.folder, signed.public, later(days=91))


def test_no_file_and_no_message_holds_the_key(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    secret = b"".join(signed.private.read_bytes().splitlines()[1:-1])
    for path in signed.folder.iterdir():
        assert secret not in path.read_bytes()
    for arguments in (
        ["sign", str(signed.folder), "--key", str(signed.private)],
        ["verify", str(signed.certificate), str(signed.folder), "--key", str(signed.private)],
    ):
        run_command(arguments)
    said = capsys.readouterr()
    assert secret.decode() not in said.out + said.err
    assert "Wrote " in said.out
    assert "signing.pem holds no public key in PEM; take it from your key: openssl pkey" in said.err


def run_command(arguments: list[str]) -> int:
    before, sys.argv = sys.argv, ["conformance", *arguments]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0


def test_the_commands_say_what_is_so_in_one_line(
    signed: Signed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTIFICATE_PUBLIC_KEY", str(signed.public))
    asked = ["verify", str(signed.certificate), str(signed.folder)]
    assert run_command(asked) == 0
    assert capsys.readouterr().out.startswith(
        "Verified: http://target.test was conformant: 0 failures in 104 of 104 requirements, on 2026-04-18; it holds until "
    )
    (signed.folder / "report.json").write_text("{}")
    assert run_command(asked) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("This certificate is not verified. report.json is not the one that was certified")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("none", r"Cannot read the key .*: No such file or directory; make one: openssl genpkey"),
        ("text", "holds no private key in PEM; make one: openssl genpkey"),
        ("curve", "is not an ed25519 key; make one"),
        ("protected", "is protected by a passphrase"),
    ],
)
def test_a_key_that_cannot_sign_is_told_in_one_sentence(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    if content == "text":
        path.write_text("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    elif content == "curve":
        path.write_bytes(
            generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
    elif content == "protected":
        key = load_pem_private_key(write_keys(tmp_path)[0].read_bytes(), None)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    with pytest.raises(ConfigurationError, match=said) as refused:
        sign(write(tmp_path / "run"), path)
    assert "secret" not in str(refused.value)
