"""The one door: the only code that sends a request.

It attaches the API key of an actor, paces, honours Retry-After, counts the budget before it sends, and records every exchange with
secrets already replaced.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from conformance import __version__
from conformance.contract.document import GENERATING_OPERATIONS, Contract, Operation
from conformance.contract.validity import Known, Validity, classify, parse
from conformance.door.actors import HARNESS, OTHER, OWNER, headers_of
from conformance.door.barrier import Meeting
from conformance.door.budget import Budget
from conformance.door.exchange import (
    Exchange,
    Recorder,
    Request,
    Response,
    TransportError,
    TransportFailure,
    judging_order,
)
from conformance.door.redaction import Redaction
from conformance.door.waiting import Alone, Waiting
from conformance.exceptions import BudgetSpent, HarnessDefect, NotReached

LONGEST_WAIT = 60.0
"""The longest Retry-After, in seconds, that is followed; a target that asks for more ends the driver."""
LONGEST_CONNECT = 5.0
"""The most seconds that a connection may take."""
GATEWAY_ERRORS = frozenset({502, 503, 504})
RETRIES = 4
ABSENT = "\0absent"
"""The value of a header in a Call that means: send no such header, not even the one that would be sent by default."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be sent.

    `path` is below the base URL, or an absolute URL of the same origin. `means_valid`: the driver expects the body to be valid, which is
    checked before it is sent. `costs`: how many generations it is expected to start. `once`: never sent again by the session itself.
    `within`: seconds to wait for the answer at most, where that is less than the session waits.
    """

    method: str
    path: str
    actor: str = OWNER
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    means_valid: bool = False
    costs: int = 0
    once: bool = False
    within: float | None = None
    tags: dict[str, str] = field(default_factory=dict)


class Session:
    """Sends calls to one target and hands every exchange to `listener`, in judging order."""

    def __init__(  # noqa: PLR0913 - a session joins all of these
        self,
        base_url: str,
        api_keys: dict[str, str],
        contract: Contract,
        budget: Budget,
        recorder: Recorder,
        listener: Callable[[Exchange], object],
        *,
        known: Known | None = None,
        name: str = "main",
        timeout: float = 30.0,
        requests_per_second: float | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.driver = ""
        self.waiting: Waiting = Alone()
        self._api_keys = api_keys
        self._redaction = Redaction(api_keys)
        self._contract = contract
        self._budget = budget
        self._recorder = recorder
        self._listener = listener
        self._known = known or Known()
        self._name = name
        self._interval = 1 / requests_per_second if requests_per_second else 0.0
        self._next_slot = 0.0
        self._sequence = 0
        self._jobs: set[str] = set()
        self._lock = threading.Lock()
        self._anchor = time.time() - time.monotonic()
        # Proxies and netrc of the environment would send API keys to places that the user did not name.
        self._transport = transport or httpx.HTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=32)
        )
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, LONGEST_CONNECT)),
            trust_env=False,
            transport=self._transport,
            headers={"User-Agent": f"layers-conformance/{__version__}"},
        )

    def has_actor(self, actor: str) -> bool:
        """Return whether the session has the API key that a caller needs."""
        return actor != OTHER or OTHER in self._api_keys

    def send(self, call: Call) -> Exchange:
        """Send one call and return its last exchange.

        A 429 is sent again after its Retry-After; a 502, 503, 504 or a broken connection is sent again once, where sending twice
        costs nothing. Raises BudgetSpent before it would spend past the budget, HarnessDefect for a body that was meant to be valid and is
        not, and NotReached where the target asks to wait for too long.
        """
        self.waiting.check()
        self._vet(call)
        exchange = self._exchange(call)
        self._publish([exchange])
        for attempt in range(RETRIES):
            again = self._wait_before_again(call, exchange, attempt)
            if again is None:
                return exchange
            self._hold(again)
            exchange = self._exchange(replace(call, tags=call.tags | {"retry_of": exchange.id}))
            self._publish([exchange])
        return exchange

    def send_together(self, calls: Sequence[Call]) -> list[Exchange]:
        """Release calls at the same instant, and return their exchanges in the order of the calls.

        Those that were answered with 429 are released again together after the longest Retry-After, unless a call is to be sent once.
        """
        self.waiting.check()
        for call in calls:
            self._vet(call)
        exchanges = self._release(calls)
        for _ in range(RETRIES):
            refused = [
                place for place, each in enumerate(exchanges) if _asks_to_slow_down(each) and not calls[place].once
            ]
            if not refused:
                break
            self._hold(max(_retry_after(response) for place in refused if (response := exchanges[place].response)))
            tagged = [
                replace(calls[place], tags=calls[place].tags | {"retry_of": exchanges[place].id}) for place in refused
            ]
            for place, exchange in zip(refused, self._release(tagged), strict=True):
                exchanges[place] = exchange
        return exchanges

    def _release(self, calls: Sequence[Call]) -> list[Exchange]:
        requests = [self._build(call) for call in calls]
        operations = [self.operation_of(call) for call in calls]
        meeting = Meeting(len(calls))
        reserved = 0
        try:
            for call, operation in zip(calls, operations, strict=True):
                self._reserve(call, operation)
                reserved += call.costs
        except BudgetSpent:
            self._budget.settle(-reserved)
            raise

        # The whole pause that the rate asks for comes before them: one between them would keep them from meeting.
        self._pace(len(calls))

        def release(call: Call, operation: Operation | None, request: httpx.Request) -> Exchange:
            meeting.hold(request)
            try:
                return self._transmit(call, operation, request)
            finally:
                meeting.leave()

        with ThreadPoolExecutor(len(calls)) as pool:
            exchanges = list(pool.map(release, calls, operations, requests))
        self._publish(exchanges)
        return exchanges

    def pause(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait while other drivers go on, but no longer than until it is so, and not past the budget; raises BudgetSpent there."""
        self._require_seconds(seconds)
        self.waiting.rest(seconds, unless)

    def _hold(self, seconds: float) -> None:
        """Wait as `pause` does, while nobody sends: the target has asked for less."""
        self._require_seconds(seconds)
        self.waiting.hold(seconds)

    def _require_seconds(self, seconds: float) -> None:
        if self._budget.seconds + seconds > self._budget.limits.seconds:
            raise BudgetSpent(f"the budget of {self._budget.limits.seconds:g} seconds is spent")

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def operation_of(self, call: Call) -> Operation | None:
        """Return the documented operation that a call addresses."""
        matched = self._contract.match(call.method, call.path.partition("?")[0])
        return matched[0] if matched else None

    def _vet(self, call: Call) -> None:
        if not call.means_valid:
            return
        operation = self.operation_of(call)
        if operation is None:
            raise HarnessDefect(
                f"{call.method} {call.path} was meant to be a valid call, but the contract defines no such operation."
            )
        request = Request(call.method, call.path, (*call.headers, *_media_type(call)), call.body)
        validity, because = classify(operation, request, parse(call.body), self._known)
        if validity not in {Validity.PLAIN, Validity.VALID}:
            raise HarnessDefect(f"{operation.id} was meant to be valid, but is not: {because}.")

    def _reserve(self, call: Call, operation: Operation | None) -> None:
        may_generate = operation is not None and operation.may_generate and call.actor in {OWNER, OTHER}
        self._budget.reserve(call.costs, may_generate=may_generate)

    def _exchange(self, call: Call) -> Exchange:
        request, operation = self._build(call), self.operation_of(call)
        self._reserve(call, operation)
        self._pace()
        return self._transmit(call, operation, request)

    def _build(self, call: Call) -> httpx.Request:
        url = call.path if "://" in call.path else self.base_url + call.path
        try:
            # What begins with a slash cannot leave the origin of the base URL.
            is_elsewhere = (
                call.actor != HARNESS and not call.path.startswith("/") and _origin(url) != _origin(self.base_url)
            )
        except ValueError:
            raise NotReached(f"the URL {self._shown(url)} is not a valid URL") from None
        if is_elsewhere:
            raise NotReached(f"the URL {self._shown(url)} has another origin, to which no API key is sent")
        names = {name.lower() for name, _ in call.headers}
        identity = [pair for pair in headers_of(call.actor, self._api_keys).items() if pair[0].lower() not in names]
        headers = [*identity, *_media_type(call), *(pair for pair in call.headers if pair[1] != ABSENT)]
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        try:
            request = self._client.build_request(call.method, url, headers=raw, content=call.body)
        except httpx.InvalidURL:
            raise NotReached(f"the URL {self._shown(url)} is not a valid URL") from None
        for name in (name for name, value in call.headers if value == ABSENT):
            request.headers.pop(name, None)
        if request.url.userinfo:
            request = next(httpx.BasicAuth(request.url.username, request.url.password).auth_flow(request))
        if call.within is not None:
            limits: dict[str, float] = request.extensions["timeout"]
            request.extensions["timeout"] = {name: min(limit, call.within) for name, limit in limits.items()}
        return request

    def _transmit(self, call: Call, operation: Operation | None, request: httpx.Request) -> Exchange:
        response, failure = None, None
        sent_at = self._now()
        try:
            answer = self._receive(request)
            response = Response(
                answer.status_code,
                self._redaction.headers(answer.headers.multi_items()),
                self._redaction.body(answer.content),
            )
        except (httpx.TransportError, httpx.DecodingError) as problem:
            failure = self._failure(problem)
        received_at = self._now()
        self._settle(call, operation, response)
        with self._lock:
            self._sequence += 1
            number = self._sequence
        return Exchange(
            id=f"{self._name}-{number}",
            actor=call.actor,
            driver=self.driver,
            request=Request(
                call.method,
                self._redaction.text(str(request.url)),
                self._redaction.sent_headers(call.actor, request.headers.multi_items()),
                None if call.body is None else self._redaction.body(call.body),
            ),
            response=response,
            sent_at=sent_at,
            received_at=received_at,
            failure=failure,
            tags=call.tags,
        )

    def _receive(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its whole answer.

        It goes to the transport directly: what the client does around it, such as looking for a redirect, costs a third more.
        """
        answer = self._transport.handle_request(request)
        answer.request = request
        try:
            answer.read()
        finally:
            answer.close()
        if "set-cookie" in answer.headers:
            self._client.cookies.extract_cookies(answer)
        return answer

    def _failure(self, problem: httpx.TransportError | httpx.DecodingError) -> TransportFailure:
        """Return why a request has no answer."""
        detail = self._redaction.text(str(problem))
        match problem:
            case httpx.TimeoutException():
                return TransportFailure(TransportError.TIMEOUT, type(problem).__name__)
            case httpx.ConnectError():
                return TransportFailure(TransportError.CONNECT, detail)
            case httpx.LocalProtocolError():
                return TransportFailure(TransportError.UNSENT, detail)
            case _:
                return TransportFailure(TransportError.BROKEN, detail or type(problem).__name__)

    def _settle(self, call: Call, operation: Operation | None, response: Response | None) -> None:
        began = 0
        if response is None:
            began = call.costs  # the answer is lost: the generation may run
        elif response.status == 202 or (200 <= response.status < 300 and _generates(operation)):
            answer = parse(response.body)
            job_id = answer.get("jobId") if isinstance(answer, dict) else None
            if not isinstance(job_id, str):
                began = call.costs  # accepted, and no job that would show a replay
            else:
                with self._lock:
                    began = int(job_id not in self._jobs)
                    self._jobs.add(job_id)
        self._budget.settle(began - call.costs)

    def _wait_before_again(self, call: Call, exchange: Exchange, attempt: int) -> float | None:
        if call.once:
            return None
        response = exchange.response
        if response is not None and _asks_to_slow_down(exchange):
            return _retry_after(response)
        gateway = response is not None and response.status in GATEWAY_ERRORS
        broken = exchange.failed_with(TransportError.BROKEN)
        repeatable = not call.costs or any(name.lower() == "idempotency-key" for name, _ in call.headers)
        return 0.2 if (gateway or broken) and repeatable and attempt == 0 else None

    def _publish(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in sorted(exchanges, key=judging_order):
            self._recorder.record(exchange)
            self._listener(exchange)

    def _pace(self, count: int = 1) -> None:
        """Wait until as many calls may be sent at once."""
        if not self._interval:
            return
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._next_slot) + (count - 1) * self._interval
            self._next_slot = slot + self._interval
        self.waiting.hold(slot - now)

    def _now(self) -> float:
        return self._anchor + time.monotonic()

    def _shown(self, url: str) -> str:
        """Return the beginning of a URL as a message shows it."""
        return self._redaction.text(url)[:80]


def _generates(operation: Operation | None) -> bool:
    return operation is not None and operation.id in GENERATING_OPERATIONS


def _media_type(call: Call) -> list[tuple[str, str]]:
    """Return the Content-Type of a body where the call names none."""
    named = any(name.lower() == "content-type" for name, _ in call.headers)
    return [("Content-Type", "application/json")] if call.body is not None and not named else []


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port (RFC 6454); raises ValueError for a text that is not a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _asks_to_slow_down(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status == 429


def _retry_after(response: Response) -> float:
    """Read Retry-After as seconds or as a date (RFC 9110, section 10.2.3); a second where there is none."""
    value = (response.header("retry-after") or "1").strip()
    try:
        seconds = (
            float(value)
            if value.replace(".", "", 1).isdigit()
            else parsedate_to_datetime(value).timestamp() - time.time()
        )
    except ValueError:
        seconds = 1.0
    if seconds > LONGEST_WAIT:
        raise NotReached(f"the target asked to wait for {seconds:.0f} seconds (429)")
    return max(seconds, 0.05)
