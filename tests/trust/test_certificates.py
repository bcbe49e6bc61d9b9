"""A certificate is given to a whole, conformant certification alone, and everything that was done to it or to its run is named."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from certified_runs import Signed, certified, changed_manifest, later, write, write_keys
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from runs import WHOLE_TARGET, exchange
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from conformance.cli.main import main
from conformance.client.exchange import keep
from conformance.exceptions import ConfigurationError, NotCertified, NotVerified
from conformance.reporting.report import EMBEDDED
from conformance.trust.envelope import key_id, public_key
from conformance.trust.signing import sign
from conformance.trust.verifying import notes, verified


def test_a_certificate_is_an_in_toto_statement_that_another_library_verifies(signed: Signed) -> None:
    pem = load_pem_public_key(signed.public.read_bytes())
    name = key_id(public_key(signed.public))
    Envelope.from_dict(signed.envelope()).verify([SSlibKey.from_crypto(pem, keyid=name)], 1)
    statement = signed.statement()
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    names = ["history.jsonl.gz", "report.json", "junit.xml", "report.md", "report.html", "history.har"]
    assert [each["name"] for each in statement["subject"]] == names
    predicate = statement["predicate"]
    assert (predicate["result"], predicate["failedTests"], len(predicate["passedTests"])) == ("PASSED", [], 104)
    names = [each["name"] for each in predicate["configuration"]]
    assert names == ["run.json", "configuration", "contract", "layers-conformance"]
    story = certified(statement)
    assert (story["profile"], story["seed"], story["spent"]["generations"]) == ("certify", 0, 1)
    assert (story["divergence"], story["coverage"]) == ({"count": 0, "of": 104}, {"count": 104, "of": 104})
    assert story["detection"].startswith("The profile certify finds ")
    assert story["history"]["length"] == 8


def test_what_was_signed_is_verified(signed: Signed) -> None:
    assert verified(signed.certificate, signed.folder, signed.public).predicate.result == "PASSED"


def test_a_run_without_a_figure_of_detection_is_verified(tmp_path: Path) -> None:
    fixtures = {"fixtures": WHOLE_TARGET["fixtures"] | {"influencer_id": None}}
    folder, (private, public) = write(tmp_path / "run", target=WHOLE_TARGET | fixtures), write_keys(tmp_path)
    certificate, statement, _ = sign(folder, private)
    assert statement.certified.detection is None
    verified(certificate, folder, public)


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


def test_a_page_that_its_report_does_not_give_is_not_certified(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    (folder / "report.html").write_text("<h1>All is well</h1>")
    with pytest.raises(
        NotCertified, match=r"Its report\.html is not what its report\.json and its history show; `conformance judge"
    ):
        sign(folder, write_keys(tmp_path)[0])


def test_a_certificate_of_the_embedded_sandbox_is_of_no_target(tmp_path: Path) -> None:
    folder, (private, public) = write(tmp_path / "run", target=WHOLE_TARGET | {EMBEDDED: True}), write_keys(tmp_path)
    certificate, statement, _ = sign(folder, private)
    assert "The target was the embedded sandbox" in " ".join(notes(statement, certificate, folder))
    with pytest.raises(NotVerified, match=r"It is of the embedded sandbox, and not of http://target\.test\."):
        verified(certificate, folder, public, base_url="http://target.test")


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
    (signed.folder / "report.html").rename(signed.folder / "page.html")
    assert run_command([*asked, "--base-url", "http://target.test/"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"Note: Certified, and missing in {signed.folder}: report.html.",
        "Note: Not certified, and beside the run: page.html.",
        "Note: The target was reached by http, so that nothing shows which server answered.",
    ]
    assert run_command([*asked, "--base-url", "https://api.test"]) == 1
    assert "not verified. It is of http://target.test, and not of https://api.test." in capsys.readouterr().err
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
