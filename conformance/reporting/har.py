"""A history as an HTTP Archive (HAR 1.2), which browsers and proxies open."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

import harfile

from conformance import __version__
from conformance.client.exchange import Exchange, Headers, TransportFailure, path_and_query
from conformance.client.exchange import Request as SentRequest
from conformance.client.exchange import Response as GivenResponse

LARGEST_HISTORY = 64 * 1024 * 1024
"""Bytes of bodies above which no archive is written: the programs that open one load it whole."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def write(exchanges: Sequence[Exchange], path: Path) -> bool:
    """Write the archive and return True, or return False for a history that is too large; an entry's comment is its exchange's id."""
    creator = harfile.Creator(name="layers-conformance", version=__version__)
    if sum(map(_size, exchanges)) > LARGEST_HISTORY:
        return False
    with path.open("w", encoding="utf-8") as file, harfile.HarFile(file, creator=creator) as archive:
        for exchange in exchanges:
            took = max(0.0, (exchange.received_at - exchange.sent_at) * 1000)
            archive.add_entry(
                startedDateTime=datetime.fromtimestamp(exchange.sent_at, UTC),
                time=took,
                request=_request(exchange.request),
                response=_response(exchange.response, exchange.failure),
                timings=harfile.Timings(send=0, wait=took, receive=0),
                comment=f"{exchange.id}, as {exchange.actor}",
            )
    return True


def _size(exchange: Exchange) -> int:
    return len(exchange.request.body or b"") + (len(exchange.response.body) if exchange.response else 0)


def _records(headers: Headers) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _request(request: SentRequest) -> harfile.Request:
    post = None
    if request.body is not None:
        text, encoding = _text(request.body)
        # HAR has no encoding of a request's body, so that the comment names it.
        post = harfile.PostData(mimeType=request.header("content-type") or "", text=text, comment=encoding)
    return harfile.Request(
        method=request.method,
        url=request.url,
        httpVersion="HTTP/1.1",
        headers=_records(request.headers),
        queryString=[
            harfile.Record(name=name, value=value)
            for name, value in parse_qsl(path_and_query(request.url)[1], keep_blank_values=True)
        ],
        postData=post,
        bodySize=len(request.body or b""),
    )


def _response(response: GivenResponse | None, failure: TransportFailure | None) -> harfile.Response:
    if response is None:
        return harfile.Response(status=0, statusText="", httpVersion="HTTP/1.1", comment=str(failure or "no answer"))
    text, encoding = _text(response.body)
    return harfile.Response(
        status=response.status,
        statusText=_PHRASES.get(response.status, ""),
        httpVersion="HTTP/1.1",
        headers=_records(response.headers),
        content=harfile.Content(
            size=len(response.body), mimeType=response.header("content-type") or "", text=text, encoding=encoding
        ),
        redirectURL=response.header("location") or "",
        bodySize=len(response.body),
    )


def _text(body: bytes) -> tuple[str, str | None]:
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"
