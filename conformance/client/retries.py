"""Which calls are sent again, and after how long."""

from __future__ import annotations

from http import HTTPStatus

from conformance.client.call import Call
from conformance.client.exchange import Exchange, TransportError
from conformance.client.outage import never_left
from conformance.client.retry_after import asks_to_come_again, began_nothing, retry_after

GATEWAY_ERRORS = frozenset({502, 503, 504})
GATEWAY_WAITS = (0.2, 0.8, 3.2)
"""Seconds before each repetition of a request that met one of these and was not told how long to wait."""
RETRIES = 4


def wait_before_again(call: Call, exchange: Exchange, attempt: int) -> float | None:
    """Return the seconds after which a call is sent again, of which `exchange` is the last one and `attempt` counts from 0.

    None where it is not: where sending it twice may cost a generation, where the caller wants it sent once, and after an answer that says all.
    Raises NotReached where the target asks to wait for too long.
    """
    response, may_wait = exchange.response, attempt < len(GATEWAY_WAITS)
    if call.once:
        return None
    if never_left(exchange):
        return GATEWAY_WAITS[0]
    if response is not None and asks_to_come_again(response) and (response.status == 429 or may_wait):
        return retry_after(response)
    if response is not None and response.status == HTTPStatus.REQUEST_TIMEOUT:
        return GATEWAY_WAITS[0] if attempt == 0 else None
    is_free = not call.costs or any(name.lower() == "idempotency-key" for name, _ in call.headers)
    if response is not None and response.status in GATEWAY_ERRORS and may_wait:
        return GATEWAY_WAITS[attempt] if is_free or began_nothing(response) else None
    return GATEWAY_WAITS[0] if is_free and exchange.failed_with(TransportError.BROKEN) and attempt == 0 else None
