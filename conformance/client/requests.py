"""From a call to the request that is sent: its URL, the API key of its actor, and its headers."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from conformance import __version__
from conformance.client.actors import HARNESS, headers_of
from conformance.client.call import ABSENT, Call, media_type, origin
from conformance.client.decoding import ACCEPTED
from conformance.client.route import Route
from conformance.exceptions import NotReached

LONGEST_SHOWN = 80
"""Characters of a URL that a message shows."""


class Requests:
    """Builds the requests to one target; `redacted` makes a URL safe to be shown."""

    def __init__(
        self, base_url: str, api_keys: dict[str, str], route: Route, timeout: float, redacted: Callable[[str], str]
    ) -> None:
        self._base_url = base_url
        self._api_keys = api_keys
        self._gateway = [(each.name, each.value) for each in route.headers]
        self._redacted = redacted
        # It only builds requests: sent by it, they would carry the cookies of earlier answers.
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, route.connect), read=route.read or timeout),
            trust_env=False,
            transport=httpx.MockTransport(lambda _: httpx.Response(500)),
            headers={"User-Agent": f"layers-conformance/{__version__}", "Accept-Encoding": ACCEPTED},
        )

    def build(self, call: Call) -> httpx.Request:
        """Return the request of a call; raises NotReached for a URL that is none, or to which no API key is sent."""
        url = call.path if "://" in call.path else self._base_url + call.path
        is_elsewhere = self._is_elsewhere(call, url)
        if is_elsewhere and call.actor != HARNESS:
            raise NotReached(f"the URL {self._shown(url)} has another origin, to which no API key is sent")
        names = {name.lower() for name, _ in call.headers}
        identity = [pair for pair in headers_of(call.actor, self._api_keys).items() if pair[0].lower() not in names]
        gateway = [] if is_elsewhere else [pair for pair in self._gateway if pair[0].lower() not in names]
        headers = [*identity, *gateway, *media_type(call), *(pair for pair in call.headers if pair[1] != ABSENT)]
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        try:
            request = self._client.build_request(call.method, url, headers=raw, content=call.body)
        except httpx.InvalidURL:
            raise self._invalid(url) from None
        for name in (name for name, value in call.headers if value == ABSENT):
            request.headers.pop(name, None)
        if request.url.userinfo:
            request = next(httpx.BasicAuth(request.url.username, request.url.password).auth_flow(request))
        return request

    def _is_elsewhere(self, call: Call, url: str) -> bool:
        if call.path.startswith("/"):
            return False  # it cannot leave the origin of the base URL
        try:
            return origin(url) != origin(self._base_url)
        except ValueError:
            raise self._invalid(url) from None

    def _invalid(self, url: str) -> NotReached:
        return NotReached(f"the URL {self._shown(url)} is not a valid URL")

    def _shown(self, url: str) -> str:
        return self._redacted(url)[:LONGEST_SHOWN]
