"""Answers that may be those of other calls: over their connections something came that nobody had asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from conformance.client.exchange import Exchange, TransportError, TransportFailure

DOUBTED = TransportFailure(
    TransportError.DOUBTED, "its connection brought what nobody had asked for, so that the answer may be another call's"
)


def without_doubted(history: Iterable[Exchange], doubted: Collection[str]) -> Iterator[Exchange]:
    """Yield a history as it is judged: a doubted call is one whose answer is not known, so that nothing rests on it."""
    names = frozenset(doubted)
    for exchange in history:
        yield (
            replace(exchange, response=None, failure=DOUBTED)
            if exchange.response and exchange.id in names
            else exchange
        )
