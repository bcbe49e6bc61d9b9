"""`conformance show`: one exchange of a run, as it is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import typer

from conformance.cli.judge import saved_run
from conformance.client.exchange import Exchange, Headers
from conformance.exceptions import ConfigurationError
from conformance.reporting.text import printable

LONGEST_LINE = 100_000


def show_exchange(folder: Path, exchange: str) -> None:
    """Print an exchange; raises ConfigurationError where the folder holds no run or the run no such exchange."""
    found = saved_run(folder).exchanges.find(exchange)
    if found is None:
        raise ConfigurationError(
            f"The run in {folder} has no exchange {exchange[:40]!r}; the ids stand in report.md and report.json."
        )
    for line in lines_of(found):
        typer.echo(printable(line, LONGEST_LINE))


def lines_of(exchange: Exchange) -> Iterator[str]:
    """Yield an exchange in lines, as HTTP writes it; a body that is JSON is indented."""
    sent = datetime.fromtimestamp(exchange.sent_at, UTC).isoformat(timespec="milliseconds")
    took = (exchange.received_at - exchange.sent_at) * 1000
    by = f", by {exchange.driver}" if exchange.driver else ""
    yield f"{exchange.id}, sent {sent} as {exchange.actor}{by}, took {took:.0f} ms"
    yield ""
    request, response = exchange.request, exchange.response
    yield f"{request.method} {request.url}"
    yield from _headers(request.headers)
    yield from _body(request.body)
    yield ""
    if response is None:
        yield f"no answer ({exchange.failure or 'unknown'})"
        return
    yield str(response.status)
    yield from _headers(response.headers)
    yield from _body(response.body)


def _headers(headers: Headers) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in headers)


def _body(body: bytes | None) -> Iterator[str]:
    if not body:
        return
    yield ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{len(body)} bytes that are no text: {body[:2000]!r}"
        return
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    yield from text.split("\n")
