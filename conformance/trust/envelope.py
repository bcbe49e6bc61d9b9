"""A signed text: the envelope of DSSE 1.0 (https://github.com/secure-systems-lab/dsse), with one ed25519 signature."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from conformance.exceptions import NotVerified
from conformance.trust.keys import key_id

PAYLOAD_TYPE = "application/vnd.in-toto+json"
LENGTH = 64
"""Bytes of a signature (RFC 8032, section 5.1.6)."""


def encoded(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: Ed25519PrivateKey) -> str:
    """Return the envelope of a payload as JSON."""
    signature = {"keyid": key_id(key.public_key()), "sig": base64.b64encode(key.sign(encoded(payload))).decode()}
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [signature],
    }
    return json.dumps(envelope, indent=2) + "\n"


def unseal(text: bytes, key: Ed25519PublicKey) -> bytes:
    """Return the payload of an envelope that a key has signed; raises NotVerified with what is wrong."""
    envelope = _object(text)
    payload, kind, signatures = (envelope.get(name) for name in ("payload", "payloadType", "signatures"))
    if kind != PAYLOAD_TYPE:
        raise NotVerified(f"The certificate's envelope holds no in-toto statement (payloadType is not {PAYLOAD_TYPE}).")
    if not isinstance(signatures, list) or not signatures:
        raise NotVerified("The certificate is not signed.")
    content = _decoded(payload, "payload")
    mine = key_id(key)
    fitting = [each for each in signatures if isinstance(each, dict) and each.get("keyid") == mine]
    if not fitting:
        raise NotVerified(f"The certificate was signed with another key than {mine[:16]}.")
    signature = _decoded(fitting[0].get("sig"), "signature")
    if len(signature) != LENGTH:
        raise NotVerified(
            f"The signature in the certificate has {len(signature)} bytes and not {LENGTH}: it was damaged."
        )
    try:
        key.verify(signature, encoded(content))
    except InvalidSignature:
        raise NotVerified(_unfitting(content, mine)) from None
    return content


def _unfitting(content: bytes, key: str) -> str:
    """Return why a signature does not fit: damage shows in what is no JSON; of any other change nobody can say more."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return "The signature does not fit the certificate, whose payload is no JSON any more: it was damaged."
    return f"The signature does not fit the certificate: it was changed after it was signed, or not signed with {key[:16]}."


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=require_once)
    except RecursionError:
        raise NotVerified("The certificate is nested deeper than any that was signed.") from None
    except ValueError:
        raise NotVerified("The certificate is not JSON, so that it was cut short or is another file.") from None
    if not isinstance(found, dict):
        raise NotVerified("The certificate is no DSSE envelope: it is not a JSON object.")
    return found


def require_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, unless it names a member twice: one reader takes the first, another the last."""
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise NotVerified(f"The certificate holds {twice[0]} twice, of which readers take one or the other.")
    return dict(pairs)


def _decoded(text: object, what: str) -> bytes:
    if not isinstance(text, str):
        raise NotVerified(f"The certificate holds no {what}.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotVerified(f"The {what} in the certificate is not Base64, so that it was damaged.") from None
