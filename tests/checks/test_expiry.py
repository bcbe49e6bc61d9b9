"""Where a URL shows that it expires: parameters and tokens that say so, those that say nothing, and texts that only look like one."""

import base64
import json
import time
from typing import Any

import pytest

from conformance.history.assets import expires, shows_expiry

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


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("v=0&Expires=1776514000", "expires"),
        ("v=1&sig=ab&se=2026-04-18T13%3A00Z", "se"),
        ("sig=&se=2026-04-18T13%3A00Z", "se"),
        ("se=2026-04-18T13%3A00Z&v=1", None),
    ],
)
def test_a_parameter_is_found_wherever_it_stands_and_short_names_only_beside_a_signature(
    query: str, parameter: str | None
) -> None:
    assert expires(f"https://m.test/1?{query}") == parameter


@pytest.mark.parametrize("text", ["eyJ" * 100_000, "eyJ-" * 80_000 + ".", "eyJ." * 80_000])
def test_a_text_of_many_beginnings_of_tokens_takes_no_time(text: str) -> None:
    began = time.process_time()
    assert not shows_expiry({"url": text})
    assert time.process_time() - began < 5


def test_a_name_of_many_expiries_takes_no_time() -> None:
    began = time.process_time()
    assert shows_expiry({"expir" * 80_000 + "\n": 1})
    assert not shows_expiry({"valid-" * 80_000 + "\n": 1})
    assert time.process_time() - began < 5


@pytest.mark.parametrize("before", ["", "x", "eyJ", "a-"])
def test_a_token_is_found_whatever_stands_before_it(before: str) -> None:
    found = token({"exp": 1776514000}).replace("?t=", f"?t={before}")
    assert expires(found) == "a token"


def test_what_is_no_url_shows_no_expiry() -> None:
    assert expires("https://[m.test/1?Expires=1776514000") is None


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("1776514000/ab12/med_1.mp4", True),
        ("ab12/1776514000000/med_1.mp4", True),
        ("2026-04-18T13:00:00Z/ab12/med_1.mp4", True),
        ("17765140001/med_1.mp4", False),
        ("med_1776514000.mp4", False),
    ],
)
def test_a_part_of_a_path_that_is_a_moment_may_tell_of_an_expiry_and_accuses_no_permanent_url(
    path: str, *, shows: bool
) -> None:
    url = f"https://m.test/{path}"
    assert shows_expiry({"url": url}) is shows
    assert expires(url) is None


@pytest.mark.parametrize("value", [None, "", False])
def test_a_member_of_an_answer_that_gives_no_moment_shows_no_expiry(value: Any) -> None:
    assert not shows_expiry({"id": "med_1", "expiresAt": value})


@pytest.mark.parametrize(
    "answer",
    [
        {"urls": [{"url": "https://m.test/1"}, {"url": "https://m.test/1", "ExpiresAt": "2026-04-18T13:00:00Z"}]},
        {"urls": ["https://m.test/1", "https://m.test/1?Expires=1776514000"]},
        {"url": "https://m.test/1", "expires": True},
        {"expires": [900]},
    ],
)
def test_an_expiry_may_stand_anywhere_in_an_answer(answer: Any) -> None:
    assert shows_expiry(answer)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://m.test/1?q-sign-time=1557989151;1557996351&q-signature=ab", "q-sign-time"),
        ("https://m.test/1?auth_key=1713441851-0-0-ab", "auth_key"),
        ("https://m.test/1?verify=1713441851-ab", "verify"),
        ("https://m.test/1?verify=yes", None),
        ("https://m.test/exp=1713441851~acl=/*~hmac=ab/1.mp4", "a token in its path"),
        ("https://m.test/bcdn_token=ab&expires=1713441851/1.mp4", "a token in its path"),
        ("https://m.test/exp=12/1.mp4", None),
    ],
)
def test_signatures_that_begin_with_a_moment_and_tokens_in_a_path_expire(url: str, shown: str | None) -> None:
    assert expires(url) == shown


@pytest.mark.parametrize("name", ["availableUntil", "urlTtlSeconds", "maxAgeSeconds", "max_age", "urlTTL"])
def test_a_member_that_names_how_long_a_url_lives_shows_an_expiry(name: str) -> None:
    assert shows_expiry({"url": "https://m.test/1", name: 900})
    assert expires(f"https://m.test/1?{name}=900") is None
