"""One exchange of a history as a step of a script: what is sent again of its request, and what is done with the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.client.actors import UNAUTHORIZED
from conformance.client.answers import answer_of
from conformance.client.exchange import Exchange, body_to_json
from conformance.client.resending import USUAL, WHEN
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import quoted
from conformance.replay.dependencies import Dependencies
from conformance.run.evidence.substitutes import Substitutes

Step = dict[str, Any]
"""A request with names in the place of what is new, as `client/resending` sends it."""
MOST_REPEATED = 130
"""Requests up to which a read is repeated until it is answered 429."""
TOO_MANY = 429
GENERATING = "generating"
_OWN_BUSINESS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent", "accept"}
)
_OWN_NAME = "layers-conformance/"
_SECRET = re.compile(r"\[secret:([^\]]*)\]")


class Steps:
    """Makes steps of the exchanges of one history; `gives` are what later requests need of each answer, by the id of its exchange."""

    def __init__(
        self, base_url: str, links: Dependencies, new: Substitutes, gives: Mapping[str, list[list[Any]]]
    ) -> None:
        self._base_url = base_url
        self._links = links
        self._new = new
        self._gives = gives

    def path(self, exchange: Exchange) -> str:
        """Return the path and the query of a request, or its URL, if that lies elsewhere."""
        return exchange.request.url.removeprefix(self._base_url)

    def of(self, exchange: Exchange, *, is_last: bool = False) -> Step:
        """Return the step of an exchange; `is_last` says whether it ends its history."""
        request = exchange.request
        body = body_to_json(request.body)
        if body is not None and "text" in body:
            body = {"text": self._new.in_text(body["text"])}
        return {
            "id": exchange.id,
            "actor": exchange.actor,
            "method": request.method,
            "url": self._new.in_path(self.path(exchange)),
            "headers": [
                [name, self._new.in_value(value)] for name, value in request.headers if _is_kept(exchange, name, value)
            ],
            "body": body,
            "gives": self._gives.get(exchange.id, []),
            "each": self._listed(exchange),
            "repeats": _repeats(exchange),
            "answered": None if exchange.response is None else exchange.response.status,
            "until": _until(exchange),
            "follows": _follows(exchange, is_last=is_last),
            "tags": exchange.tags,
        }

    def _listed(self, exchange: Exchange) -> str | None:
        """Return the name of an id in the path of a read that a list gave: it may stand elsewhere in the list the next time."""
        if exchange.request.method != "GET":
            return None
        for text, giver in self._links.taken(exchange).items():
            name = self._new[text][2:-2] if text in self._new else ""
            is_listed = any(
                given == name and where[:2] == ["body", "items"] for given, where in self._gives.get(giver.id, ())
            )
            if is_listed and quoted(text) in self.path(exchange).partition("?")[0].split("/"):
                return name
        return None


def _until(exchange: Exchange) -> str | None:
    """Return the status up to which a read is repeated: the one that it showed, unless everything begins with that."""
    status = answer_of(exchange).get("status")
    shows = exchange.request.method == "GET" and isinstance(status, str)
    return status if shows and (status == GENERATING or is_terminal(status)) else None


def _follows(exchange: Exchange, *, is_last: bool) -> bool:
    """Return whether a walk is followed to its end from a page: where it had ended, and where something was wrong."""
    is_page = exchange.request.method == "GET" and isinstance(answer_of(exchange).get("items"), list)
    return is_page and (is_last or not answer_of(exchange).get("nextCursor"))


def _repeats(exchange: Exchange) -> int:
    """Return how often a read is sent until it is answered 429, where it was: a target may allow more of them than when others sent too."""
    is_limited = exchange.response is not None and exchange.response.status == TOO_MANY
    return MOST_REPEATED if is_limited and exchange.request.method == "GET" else 1


def _is_kept(exchange: Exchange, name: str, value: str) -> bool:
    is_chosen = {"accept": value != "*/*", "user-agent": not value.startswith(_OWN_NAME)}
    if name.lower() in _OWN_BUSINESS and not is_chosen.get(name.lower(), False):
        return False
    return not (is_forged(exchange) and _SECRET.search(value))


def is_forged(exchange: Exchange) -> bool:
    """Return whether the key of a request is made from the right one."""
    sends_secret = any(_SECRET.search(value) for _, value in exchange.request.headers)
    return exchange.actor in UNAUTHORIZED and sends_secret


def with_key(step: Step, key: str) -> list[list[str]]:
    """Return the headers of a step with another Idempotency-Key."""
    return [*(pair for pair in step["headers"] if pair[0].lower() != "idempotency-key"), ["Idempotency-Key", key]]


def said(step: Step) -> Step:
    """Return a step without what is as usual in it."""
    usual = {**USUAL, "body": None, "tags": {}}
    return {name: value for name, value in step.items() if name not in usual or usual[name] != value}


def bare(step: Step) -> Step:
    """Return a step that gives nothing to others, and takes no part in an order."""
    return said({**step, **WHEN, "gives": []})
