"""Redaction: a key is found in whatever way a server may write it, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
import time
import tracemalloc
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.client.actors import DERIVED, headers_of
from conformance.client.redaction import WINDOW, Redaction

KEY = 'sk+Live/9f=%41"\u00e9-Qz_7.xY'
OTHER = "lk_OtherKey-fedcba9876543210"
KEYS = {"owner": KEY, "other": OTHER}
REDACTION = Redaction(KEYS)

Writing = Callable[[str], bytes]


def _each(form: str) -> Writing:
    return lambda key: "".join(form.format(ord(character)) for character in key).encode()


WRITINGS: dict[str, Writing] = {
    "as it is": str.encode,
    "latin-1": lambda key: key.encode("latin-1"),
    "percent-encoded": lambda key: quote(key, safe="").encode(),
    "percent-encoded in lower case": lambda key: (
        quote(key, safe="").replace("%2B", "%2b").replace("%2F", "%2f").encode()
    ),
    "percent-encoded in part": lambda key: key.replace("%", "%25").replace("+", "%2b").encode(),
    "percent-encoded wholly": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()).encode(),
    "percent-encoded from latin-1": lambda key: quote(key.encode("latin-1"), safe="").encode(),
    "percent-encoded twice": lambda key: quote(quote(key, safe=""), safe="").encode(),
    "JSON": lambda key: json.dumps(key).encode(),
    "JSON in UTF-8": lambda key: json.dumps(key, ensure_ascii=False).encode(),
    "JSON with escaped slashes": lambda key: json.dumps(key).replace("/", "\\/").encode(),
    "JSON with escaped plus signs": lambda key: (
        json.dumps(key).replace("+", "\\u002b").replace("=", "\\u003D").encode()
    ),
    "JSON in escapes alone": _each("\\u{:04x}"),
    "JSON in JSON": lambda key: json.dumps(json.dumps({"key": key})).encode(),
    "HTML": lambda key: html.escape(key).encode(),
    "HTML in numbers": _each("&#{};"),
    "HTML in hexadecimal numbers": _each("&#x{:x};"),
    "Python": lambda key: repr(key.encode("latin-1")).encode(),
    "Base64": lambda key: base64.b64encode(key.encode()),
    "Base64 in a longer text": lambda key: base64.b64encode(f"user:{key}:more".encode()),
    "Base64 of latin-1": lambda key: base64.b64encode(b"x" + key.encode("latin-1")),
    "Base64 for URLs": lambda key: base64.urlsafe_b64encode(b"??>" + key.encode()).rstrip(b"="),
    "Base64, percent-encoded": lambda key: quote(base64.b64encode(key.encode()), safe="").encode(),
    "hexadecimal digits": lambda key: key.encode().hex().encode(),
    "hexadecimal digits in upper case": lambda key: b"0x" + key.encode().hex().upper().encode(),
    "UTF-16": lambda key: key.encode("utf-16"),
    "UTF-16, the other way round": lambda key: key.encode("utf-16-be"),
    "other case": lambda key: key.swapcase().encode(),
    "upper case": lambda key: key.upper().encode(),
    "lower case, percent-encoded": lambda key: quote(key.lower(), safe="").encode(),
    "read as UTF-8": lambda key: key.encode("latin-1").decode("utf-8", "replace").encode(),
}


def traces(data: bytes, key: str) -> list[str]:
    """Return the writings of which a long part is still there."""
    found = []
    for name, write in WRITINGS.items():
        written = write(key)
        parts = [written[at : at + 14] for at in range(0, max(1, len(written) - 14), 7)]
        found += [f"{name}: {part!r}" for part in parts if part in data]
    return found


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize("around", [(b"", b""), (b'{"error": "no key ', b'", "id": "cnt_1"}'), (b"a" * 5, b"b" * 5)])
def test_a_key_is_found_in_every_writing(name: str, around: tuple[bytes, bytes]) -> None:
    written = WRITINGS[name](KEY)
    redacted = REDACTION.body(around[0] + written + around[1])
    assert b"[secret:" in redacted
    assert traces(redacted, KEY) == []
    if around[0][:1] != b"a":
        assert redacted.startswith(around[0])
        assert redacted.endswith(around[1])


@pytest.mark.parametrize("name", WRITINGS)
def test_the_owner_s_key_is_told_from_one_in_another_case(name: str) -> None:
    redacted = REDACTION.body(b"<" + WRITINGS[name](KEY) + b">")
    assert (b"[secret:owner]" in redacted) is ("case" not in name or name.startswith(("percent", "hexa")))


@pytest.mark.parametrize("actor", DERIVED)
@pytest.mark.parametrize("name", [name for name in WRITINGS if "case" not in name or name.startswith("percent")])
def test_a_key_that_is_nearly_right_is_found_in_every_writing(actor: str, name: str) -> None:
    forged = next(iter(headers_of(actor, KEYS).values())).removeprefix("Bearer ")
    redacted = REDACTION.body(b"<" + WRITINGS[name](forged) + b">")
    assert b"[secret:" in redacted
    assert b"[secret:owner]" not in redacted
    assert traces(redacted, KEY) == []


def test_a_key_in_a_text_and_in_headers() -> None:
    assert REDACTION.text(f"\ud800 {quote(KEY, safe='')} \u20ac") == "\ud800 [secret:owner] \u20ac"
    headers = REDACTION.headers([("x-a", "b"), ("x-echo", f"<{KEY}>"), (OTHER, "c")])
    assert headers == (("x-a", "b"), ("x-echo", "<[secret:owner]>"), ("[secret:other]", "c"))


def test_two_keys_side_by_side_and_one_in_another_writing() -> None:
    data = f"{KEY}{OTHER}{quote(KEY, safe='')}|{OTHER}x".encode()
    assert REDACTION.body(data) == b"[secret:owner][secret:other][secret:owner]|[secret:other]x"


@given(st.binary(max_size=300), st.binary(max_size=300), st.sampled_from(sorted(WRITINGS)))
@example(b"%", b"\\", "as it is")
@settings(deadline=None)
def test_what_stands_around_a_key_hides_it_not(before: bytes, after: bytes, name: str) -> None:
    redacted = REDACTION.body(before + b" " + WRITINGS[name](KEY) + b" " + after)
    assert b"[secret:" in redacted
    assert traces(redacted, KEY) == []


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_what_holds_no_key_is_the_same_object(data: bytes) -> None:
    assert REDACTION.body(data) is data


def test_a_key_is_found_wherever_a_large_body_is_divided() -> None:
    written = quote(KEY, safe="").encode()
    for at in (*range(WINDOW - len(written) - 1, WINDOW + 2, 3), WINDOW - 1, WINDOW, 2 * WINDOW - 5):
        data = b"a" * at + written + b"a" * 300
        assert REDACTION.body(data) == b"a" * at + b"[secret:owner]" + b"a" * 300


def test_a_large_body_full_of_keys_takes_no_long_time() -> None:
    began = time.process_time()
    data = (base64.b64encode(KEY.encode()) + b" " + KEY.encode() + b"\n") * 20_000
    redacted = REDACTION.body(data)
    assert traces(redacted, KEY) == []
    assert redacted.startswith(b"[secret:owner]== [secret:owner]\n[secret:owner]==")
    assert time.process_time() - began < 10


def test_a_large_body_without_a_key_takes_no_time() -> None:
    item = b'{"id": "cnt_01M8DZQRJEMQRSP8KH7NRF7SRD", "url": "https:\\/\\/cdn.test\\/a%20b"}, '
    data = item * 10_000
    began = time.process_time()
    assert REDACTION.body(data) is data
    assert time.process_time() - began < 3


def test_what_is_escaped_at_every_byte_takes_no_room() -> None:
    tracemalloc.start()
    for part in (b"\0", b"%41ab"):
        data = part * 100_000
        assert REDACTION.body(data) is data
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * 1024 * 1024


def test_a_part_of_a_key_in_much_base64_takes_no_long_time() -> None:
    part = base64.b64encode(KEY[1 : len(KEY) // 2 + 1].encode())
    data = (b"x" * 30_000 + part + b"x" * 30_000) * 100
    began = time.process_time()
    assert REDACTION.body(data) is data
    assert time.process_time() - began < 3
