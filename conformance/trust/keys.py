"""The keys that sign certificates: ed25519, in PEM files that OpenSSL writes. No text here holds one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from conformance.exceptions import ConfigurationError

HOW_TO_MAKE = "openssl genpkey -algorithm ed25519 -out signing.pem"
HOW_TO_PUBLISH = "openssl pkey -in signing.pem -pubout -out signing.pub.pem"


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key; raises ConfigurationError, which holds nothing of the file, for what is no unprotected ed25519 key."""
    data = _read(path, HOW_TO_MAKE)
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise ConfigurationError(
            f"The key in {path} is protected by a passphrase, which nobody can give here; name a file without one."
        ) from None
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its text must not be shown
        raise ConfigurationError(f"{path} holds no private key in PEM; make one: {HOW_TO_MAKE}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"The key in {path} is not an ed25519 key; make one: {HOW_TO_MAKE}.")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key; raises ConfigurationError for what is no ed25519 key."""
    try:
        key = load_pem_public_key(_read(path, HOW_TO_PUBLISH))
    except ConfigurationError:
        raise
    except Exception:  # noqa: BLE001 - it may be the private key, of which nothing must be shown
        raise ConfigurationError(
            f"{path} holds no public key in PEM; take it from your key: {HOW_TO_PUBLISH}."
        ) from None
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
