"""What drivers take from an answer to go on, whatever else it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from conformance.client.exchange import Exchange
from conformance.contract.validity import parse_answer
from conformance.exceptions import NotReached


def answer_of(exchange: Exchange) -> dict[str, Any]:
    """Return the JSON object in the answer; an empty one if there is none."""
    value = parse_answer(exchange.response.body) if exchange.response else None
    return value if isinstance(value, dict) else {}


def items_of(page: Exchange) -> list[dict[str, Any]]:
    """Return the items of a page of a list; none if the answer is not a page."""
    return items_in(answer_of(page))


def items_in(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the items in the answer to a list; none if it is not a page."""
    items = answer.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def status_of(exchange: Exchange) -> int | None:
    """Return the status code; None if no answer came."""
    return exchange.response.status if exchange.response else None


def asset_ids_of(shape: Mapping[str, Any]) -> list[str]:
    """Return the ids of the assets that a container shows, ignoring what is not an asset with an id."""
    assets = shape.get("assets")
    found = [asset.get("id") for asset in assets if isinstance(asset, dict)] if isinstance(assets, list) else []
    return [asset_id for asset_id in found if isinstance(asset_id, str) and asset_id]


def text_in(exchange: Exchange, name: str) -> str | None:
    """Return a member of the answer that is a string and not empty; None if there is none."""
    value = answer_of(exchange).get(name)
    return value if isinstance(value, str) and value else None


def needed(exchange: Exchange, name: str) -> str:
    """Return a string of the answer that a driver needs to go on; raises NotReached if it is missing."""
    value = text_in(exchange, name)
    if value is None:
        code = status_of(exchange)
        got = f"a {code}" if code else str(exchange.failure or "no answer")
        raise NotReached(f"{exchange.request.method} {urlsplit(exchange.request.url).path} gave {got} without {name}")
    return value
