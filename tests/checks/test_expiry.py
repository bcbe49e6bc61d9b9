"""Where a URL shows that it expires: tokens whose claims say so, tokens that say nothing, and texts that only look like one."""

import base64
import json
from typing import Any

import pytest

from conformance.checks.expiry import expires

HEAD = "eyJhbGciOiJIUzI1NiJ9"


def token(claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"https://m.test/1?t={HEAD}.{payload}.c2ln"


@pytest.mark.parametrize("padding", range(4))
def test_a_token_with_an_exp_claim_expires_whatever_its_length(padding: int) -> None:
    assert expires(token({"exp": 1776514000, "p": "x" * padding})) == "a token"


@pytest.mark.parametrize("claims", [{"iat": 1776514000}, {"sub": "exp"}])
def test_a_token_without_one_shows_no_expiry(claims: Any) -> None:
    assert expires(token(claims)) is None


def test_what_only_looks_like_a_token_shows_no_expiry() -> None:
    assert expires(f"https://m.test/1?t={HEAD}.eyJub3Rqc29u.c2ln") is None
    assert expires(f"https://m.test/1?t={HEAD}.eyJA.c2ln") is None
