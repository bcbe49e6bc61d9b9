"""A signed text: the envelope of DSSE 1.0 (https://github.com/secure-systems-lab/dsse) with one ed25519 signature, and its keys in PEM."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import BaseModel, Field, ValidationError

from conformance.exceptions import ConfigurationError, NotVerified
from conformance.reporting.text import printable

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAKE = "openssl genpkey -algorithm ed25519 -out signing.pem"
PUBLISH = "openssl pkey -in signing.pem -pubout -out signing.pub.pem"
M = TypeVar("M", bound=BaseModel)


class _Signature(BaseModel):
    keyid: str
    sig: str


class _Envelope(BaseModel):
    payload: str
    type: Literal["application/vnd.in-toto+json"] = Field(alias="payloadType")
    signatures: list[_Signature]


def seal(payload: bytes, key: Ed25519PrivateKey) -> str:
    """Return the envelope of a payload as JSON."""
    signature = base64.b64encode(key.sign(_encoded(payload))).decode()
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": signature}],
    }
    return json.dumps(envelope, indent=2) + "\n"


def unseal(text: bytes, key: Ed25519PublicKey) -> bytes:
    """Return the payload of an envelope that a key has signed; raises NotVerified with what is wrong."""
    envelope = strictly(_Envelope, text, "The certificate is no DSSE envelope")
    name = key_id(key)
    signature = next((one.sig for one in envelope.signatures if one.keyid == name), None)
    if signature is None:
        raise NotVerified(f"The certificate is not signed with the key {name[:16]}.")
    try:
        payload = base64.b64decode(envelope.payload, validate=True)
        key.verify(base64.b64decode(signature, validate=True), _encoded(payload))
    except (ValueError, InvalidSignature):
        raise NotVerified(
            f"The signature does not fit the certificate: it was changed after it was signed, or not signed with {name[:16]}."
        ) from None
    return payload


def strictly(model: type[M], text: bytes, what: str) -> M:
    """Read JSON whose members stand once, in one spelling and with values of one type, so that all readers see the same.

    Raises NotVerified, which begins with `what`.
    """
    try:
        json.loads(text, object_pairs_hook=_require_once)
        return model.model_validate_json(text, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = printable(".".join(map(str, wrong["loc"])))
        raise NotVerified(f"{what}: {f'{place}: ' if place else ''}{wrong['msg']}.") from None
    except (ValueError, RecursionError):
        raise NotVerified(f"{what}: it is not JSON, so that it was damaged or is another file.") from None


def _require_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise NotVerified(
            f"The certificate holds {printable(twice[0], 80)} twice, of which readers take one or the other."
        )
    return dict(pairs)


def _encoded(payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding, which is signed."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read a key; raises ConfigurationError, which holds nothing of the file, unless it is an ed25519 key without a passphrase."""
    data = _read(path, MAKE)
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise ConfigurationError(
            f"The key in {path} is protected by a passphrase; name a file without one, and protect the file."
        ) from None
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its text must not be shown
        raise ConfigurationError(f"{path} holds no private key in PEM; make one: {MAKE}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"The key in {path} is not an ed25519 key; make one: {MAKE}.")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key; raises ConfigurationError unless it is an ed25519 key."""
    data = _read(path, PUBLISH)
    try:
        key = load_pem_public_key(data)
    except Exception:  # noqa: BLE001 - it may be the private key, of which nothing must be shown
        raise ConfigurationError(f"{path} holds no public key in PEM; take it from your key: {PUBLISH}.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"The key in {path} is not an ed25519 key; certificates are signed with ed25519.")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a public key: the SHA-256 of its DER form."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _read(path: Path, hint: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"Cannot read the key {path}: {error.strerror}; make one: {hint}.") from None
