"""The session: the only code that sends a request.

It attaches the API key of an actor, paces, honours Retry-After, counts the budget before it sends, and records every exchange with
secrets replaced; the caller alone gets the answer as it came.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import httpx

from conformance.client.actors import OTHER, OWNER
from conformance.client.barrier import Meeting, at_once
from conformance.client.budget import Budget
from conformance.client.call import Call, media_type, sent_again
from conformance.client.exchange import (
    UNASKED,
    Exchange,
    Recorder,
    Request,
    Response,
    TransportError,
    TransportFailure,
    judging_order,
)
from conformance.client.holding import uncut
from conformance.client.limits import LARGEST_ANSWER, AnswerTooLarge
from conformance.client.outage import OUTAGE_TIMEOUT, Watch, is_unanswered, never_left
from conformance.client.redaction import Redaction
from conformance.client.requests import Requests
from conformance.client.retries import RETRIES, wait_before_again
from conformance.client.route import DIRECT, Route
from conformance.client.transport import SHOWN, Wire, error_of
from conformance.client.waiting import Alone, Waiting
from conformance.contract.document import GENERATING_OPERATIONS, Contract, Operation
from conformance.contract.validity import Known, Validity, classify, parse, parse_answer
from conformance.exceptions import BudgetSpent, HarnessDefect, RunStopped

NEVER_SENT = frozenset({TransportError.UNSENT, TransportError.CONNECT})


class Session:
    """Sends calls to one target and hands every exchange to `listener`, in judging order.

    `probe` is the path of a read that any target answers.
    """

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
        outage_timeout: float = OUTAGE_TIMEOUT,
        largest_answer: int = LARGEST_ANSWER,
        probe: str | None = None,
        requests_per_second: float | None = None,
        route: Route = DIRECT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.driver = ""
        self.waiting: Waiting = Alone()
        self._actors = frozenset(api_keys)
        self._redaction = Redaction(api_keys, route)
        self._requests = Requests(self.base_url, api_keys, route, timeout, self.redacted)
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
        self.was_answered = False
        self._doubtful_at = float("-inf")
        self._publishing = threading.RLock()
        self._last_thread: int | None = None
        self._watch = Watch(budget, outage_timeout, probe, sleep=lambda seconds: self.waiting.hold(seconds))  # noqa: PLW0108 - it may be replaced
        self._lock = threading.Lock()
        self._anchor = time.time() - time.monotonic()
        self._timeout = timeout
        self._wire = Wire(transport, largest_answer, route)

    @property
    def since_doubtful_write(self) -> float:
        """The seconds since a write got no answer or a 5xx, which leave open what it does; infinite if none did."""
        return self._now() - self._doubtful_at

    def has_actor(self, actor: str) -> bool:
        """Return whether the session has the API key that a caller needs."""
        return actor != OTHER or OTHER in self._actors

    def send(self, call: Call) -> Exchange:
        """Send one call and return its last exchange.

        A 429, or a 503 with Retry-After, is sent again after that time, and a 503 without it after growing waits. Where sending twice costs
        nothing, so is a 502 or 504, and a broken connection once. A 408 is sent again once: it may have been said of an idle connection just
        before the request came (RFC 9110, section 15.5.9). Raises BudgetSpent before it would spend past the budget,
        HarnessDefect for a body that was meant to be valid and is not, NotReached where the target asks to wait for too long, and
        TargetGone where it has stopped answering.
        """
        self.waiting.check()
        self._vet(call)
        exchange = self._present(call)
        for attempt in range(RETRIES):
            again = wait_before_again(call, exchange, attempt)
            if again is None:
                return exchange
            self._hold(again)
            exchange = self._present(sent_again(call, exchange))
        return exchange

    def send_together(self, calls: Sequence[Call]) -> list[Exchange]:
        """Release calls at the same instant, and return their exchanges in the order of the calls.

        Those that `send` would send again are released again together.
        """
        self.waiting.check()
        for call in calls:
            self._vet(call)
        exchanges = self._release(calls)
        for attempt in range(RETRIES):
            waits = {n: wait_before_again(calls[n], each, attempt) for n, each in enumerate(exchanges)}
            late = {n: wait for n, wait in waits.items() if wait is not None}
            if not late:
                break
            if any(never_left(exchanges[n]) for n in late):
                self._outlast_silence()
            self._hold(max(late.values()))
            released = self._release([sent_again(calls[n], exchanges[n]) for n in late])
            for n, exchange in zip(late, released, strict=True):
                exchanges[n] = exchange
        return exchanges

    def _release(self, calls: Sequence[Call]) -> list[Exchange]:
        requests = [self._requests.build(call) for call in calls]
        operations = [self.operation_of(call) for call in calls]
        meeting = Meeting(requests)
        # The whole pause that the rate asks for comes before them: one between them would keep them from meeting.
        self._pace(len(calls))
        reserved: list[Call] = []
        try:
            for call, operation in zip(calls, operations, strict=True):
                self._reserve(call, operation)
                reserved.append(call)
        except RunStopped:
            self._budget.count(generations=-sum(call.costs for call in reserved), requests=-len(reserved))
            raise

        def release(call: Call, operation: Operation | None, request: httpx.Request) -> Exchange:
            meeting.hold(request)
            try:
                return self._transmit(call, operation, request, len(calls))
            finally:
                meeting.leave(request)

        exchanges = at_once([partial(release, *each) for each in zip(calls, operations, requests, strict=True)])
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

    def end(self) -> None:
        """Let the calling thread alone send from now on; what others still have under way is not recorded."""
        with self._publishing:
            self._last_thread, self.waiting = threading.get_ident(), Alone()

    def redacted(self, text: str) -> str:
        """Return a text that a driver made from answers, as it may be shown or written."""
        return self._redaction.text(text)

    @property
    def doubted(self) -> list[str]:
        """The ids of the exchanges so far whose answers may be those of other calls; some may show only when the session is closed."""
        return self._wire.doubted

    def close(self, seconds: float = 0.0) -> None:
        """Close every connection, once nothing that was not asked for has come for so many seconds since its last use."""
        self._wire.close(seconds)

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
        request = Request(call.method, call.path, (*call.headers, *media_type(call)), call.body)
        validity, because = classify(operation, request, parse(call.body), self._known)
        if validity not in {Validity.PLAIN, Validity.VALID}:
            raise HarnessDefect(f"{operation.id} was meant to be valid, but is not: {because}.")

    def _reserve(self, call: Call, operation: Operation | None) -> None:
        may_generate = operation is not None and operation.may_generate and call.actor in {OWNER, OTHER}
        self._budget.reserve(call.costs, may_generate=may_generate)

    def _present(self, call: Call) -> Exchange:
        """Send a call once, and wait for the target where it has gone."""
        exchange = self._exchange(call)
        if call.once:
            return exchange
        if exchange.failed_with(TransportError.CONNECT):
            # It was never sent, so that sending it again is the first time.
            exchange = self._watch.outlast(exchange, never_left, lambda last: self._exchange(sent_again(call, last)))
        if self._watch.silence.is_suspicious:
            self._outlast_silence(self.operation_of(call))
        self._watch.expect_key(lambda url: self._exchange(Call("GET", url)))
        return exchange

    def _outlast_silence(self, operation: Operation | None = None) -> None:
        """Ask by a read of another operation whether the target is there, until it is."""
        probe = self._watch.probe_beside(operation)
        if probe is not None:
            call = Call("GET", probe)
            self._watch.outlast(
                self._exchange(call), is_unanswered, lambda last: self._exchange(sent_again(call, last))
            )

    def _exchange(self, call: Call) -> Exchange:
        """Send a call once and publish what came of it."""
        request, operation = self._requests.build(call), self.operation_of(call)
        self._pace()
        self._reserve(call, operation)
        exchange = self._transmit(call, operation, request)
        self._publish([exchange])
        return exchange

    def _transmit(self, call: Call, operation: Operation | None, request: httpx.Request, together: int = 1) -> Exchange:
        response, failure, tags = None, None, call.tags
        seconds = min(self._timeout, self._budget.left, *([] if call.within is None else [call.within]))
        shown = Request(
            call.method,
            self._redaction.text(str(request.url)),
            self._redaction.sent_headers(call.actor, request.headers.multi_items()),
            None if call.body is None else self._redaction.body(call.body),
        )
        with self._lock:
            self._sequence += 1
            name = f"{self._name}-{self._sequence}"
        sent_at = self._now()
        sent = Exchange(name, call.actor, shown, None, sent_at, sent_at, self.driver, tags=tags)
        self._recorder.announce(sent)
        allowance = self._wire.allow(seconds, name, together)
        try:
            answer = self._wire.receive(request, call.actor, allowance)
            response = Response(answer.status, tuple(answer.headers), answer.body)
            self.was_answered = True
            if answer.unsolicited:
                tags = tags | {UNASKED: str(answer.unsolicited)}
        except (httpx.TransportError, httpx.DecodingError, AnswerTooLarge) as problem:
            failure = self._failure(problem)
        received_at = self._now()
        self._settle(call, operation, response, failure)
        exchange = replace(sent, response=response, received_at=received_at, failure=failure, tags=tags)
        is_doubtful = failure.error not in NEVER_SENT if failure else response is not None and response.status >= 500
        if call.method != "GET" and is_doubtful:
            self._doubtful_at = max(self._doubtful_at, received_at)
        self._watch.note(exchange, operation)
        return exchange

    def _failure(self, problem: httpx.TransportError | httpx.DecodingError | AnswerTooLarge) -> TransportFailure:
        """Return why a request has no answer."""
        error, detail = error_of(problem)
        if error is TransportError.TIMEOUT and self._budget.left <= 0:
            detail = f"the budget of {self._budget.limits.seconds:g} seconds ended"
        if isinstance(problem, AnswerTooLarge) and problem.beginning:
            beginning = self._redaction.body(problem.beginning)[:SHOWN]
            detail += f"; it begins with {beginning.decode('utf-8', 'replace')!a}"
        return TransportFailure(error, self._redaction.text(detail))

    def _settle(
        self, call: Call, operation: Operation | None, response: Response | None, failure: TransportFailure | None
    ) -> None:
        began = 0
        if failure is not None and failure.error in NEVER_SENT:
            pass
        elif response is None:
            began = call.costs  # the answer is lost: the generation may run
        elif response.status == 202 or (200 <= response.status < 300 and _generates(operation)):
            answer = parse_answer(response.body)
            job_id = answer.get("jobId") if isinstance(answer, dict) else None
            if not isinstance(job_id, str):
                began = call.costs  # accepted, and no job that would show a replay
            else:
                with self._lock:
                    began = int(job_id not in self._jobs)
                    self._jobs.add(job_id)
        self._budget.settle(began - call.costs)

    def _publish(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in sorted(exchanges, key=judging_order):
            # A driver asks again with what it was given; the record and the judge see the same, which is redacted.
            shown = self._redaction.exchange(exchange)
            with uncut(), self._publishing:
                if self._last_thread not in {None, threading.get_ident()}:
                    raise RunStopped("the run has ended")
                self._recorder.record(shown)
                self._listener(shown)

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

    def recognize(self, job_ids: Iterable[str]) -> None:
        """Take note of jobs that an earlier part of the run has started, so that an answer that names one counts as no generation."""
        self._jobs.update(job_ids)


def _generates(operation: Operation | None) -> bool:
    return operation is not None and operation.id in GENERATING_OPERATIONS
