"""The body of an answer, decoded within the bounds of an answer.

A few kilobytes of gzip can hold gigabytes, and httpx decodes each part whole. Here no more than a piece is decoded at a time, and every
piece is counted, also between two codings. A coding that no request asks for, such as br, is left as it came.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import httpx

from conformance.client.limits import Allowance

ACCEPTED = "gzip, deflate"
"""The codings that requests ask for."""
MOST_CODINGS = 5
PIECE = 64 * 1024
"""The most bytes that are decoded at once."""
_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""How zlib reads each coding (RFC 9110, section 8.4.1); some servers send deflate without its wrapper."""


def body_of(answer: httpx.Response, allowance: Allowance) -> Iterator[bytes]:
    """Yield the decoded body of an answer, part by part; raises AnswerTooLarge where it passes its bounds."""
    assert isinstance(answer.stream, httpx.SyncByteStream)  # noqa: S101 - no other kind comes from a transport
    parts: Iterable[bytes] = answer.stream
    if "content-encoding" in answer.headers:
        codings = [coding.strip().lower() for coding in answer.headers["content-encoding"].split(",")]
        if len(codings) > MOST_CODINGS:
            raise httpx.DecodingError(f"it has {len(codings)} content codings")
        for coding in reversed(codings):
            if coding in _WINDOW_BITS:
                parts = _inflated(parts, _WINDOW_BITS[coding], allowance)
    return iter(parts)


def _inflated(parts: Iterable[bytes], window_bits: tuple[int, ...], allowance: Allowance) -> Iterator[bytes]:
    machine, others = zlib.decompressobj(window_bits[0]), list(window_bits[1:])
    size = 0
    for part in parts:
        rest = part
        while rest:
            try:
                piece = machine.decompress(rest, PIECE)
            except zlib.error as error:
                if size or not others:
                    raise httpx.DecodingError(str(error)) from error
                machine = zlib.decompressobj(others.pop())
                continue
            rest = machine.unconsumed_tail
            size += len(piece)
            allowance.require_room(size)
            _require_time(allowance)
            if piece:
                yield piece
    tail = machine.flush()
    if tail:
        yield tail


def _require_time(allowance: Allowance) -> None:
    try:
        allowance.seconds()
    except TimeoutError:
        raise httpx.ReadTimeout("the body was still being decoded") from None
