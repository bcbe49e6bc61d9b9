"""ERR-2, 4, 5 and 7: how a refusal is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.wording import short
from conformance.contract.document import Operation
from conformance.contract.validity import Unparsed, Validity
from conformance.history.documented import CAPABILITIES, may_be_absent, operations_at
from conformance.history.ledger import Ledger
from conformance.history.observation import READING_METHODS, Observation
from conformance.history.requests import BELOW_APPLICATION, is_ordinary, names_one_thing

OWNER = "owner"
ENVELOPE = ("code", "message", "requestId")
STANDARD_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
ABOUT_SOMETHING_ELSE = frozenset({401, 402, 403, 404, 405, 406, 409, 412, 413, 415, 423, 429, 451}) | BELOW_APPLICATION
"""Refusals that may come before a body is looked at, or for another reason."""


class EnvelopeOfErrors(Check):
    """ERR-2: a 4xx below /v1 carries the envelope, unless software before the application may have answered."""

    judges: ClassVar[tuple[str, ...]] = ("ERR-2",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the body of a 4xx."""
        if not seen.refused or seen.exchange.request.method == "HEAD":
            return
        problem = _problem(seen.answer)
        if problem is None:
            yield passed("ERR-2", seen)
        elif self._binds(seen, ledger):
            yield failed("ERR-2", f"{seen.name()} answered {seen.status} {problem}.", seen)

    def _binds(self, seen: Observation, ledger: Ledger) -> bool:
        # A limit that no page states is told with the envelope (open reading 18), also that of a body's size.
        if seen.status in BELOW_APPLICATION - {413} or not seen.names_one_thing:
            return False
        if seen.status == 400 and not seen.is_ordinary:
            return False
        if seen.operation is not None:
            return not (seen.status in {404, 405} and ledger.may_be_absent(seen.operation))
        here = operations_at(seen, ledger)
        if not here and seen.status == 404:
            return seen.exchange.request.url.startswith(f"{ledger.facts.base_url}/v1/") and is_ordinary(
                seen.exchange.request
            )
        return seen.status == 405 and any(operation.id not in CAPABILITIES for operation in here)


def _names_what_is_there(seen: Observation, ledger: Ledger) -> bool:
    """Tell whether a path names a container, a job or a project that is known to be there."""
    steps = seen.exchange.request.url.partition("?")[0].split("/")
    return any(step in known for step in steps for known in (ledger.containers, ledger.jobs, ledger.projects))


def _problem(answer: Any) -> str | None:
    """Say what keeps a body from being the error envelope."""
    if isinstance(answer, Unparsed):
        return "without a body" if answer is Unparsed.ABSENT else "with a body that is not the JSON error envelope"
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return "with JSON that has no object error"
    broken = [f"error.{name}" for name in ENVELOPE if not (isinstance(error.get(name), str) and error[name])]
    return f"with an error envelope in which no text stands in {' and '.join(broken)}" if broken else None


class InvalidBodies(Check):
    """ERR-4: the owner's malformed or ill-typed body is answered 400 or 422 with the code VALIDATION.

    One that was accepted breaks CRE-9 or REG-6 beside it, where they speak of the operation.
    """

    judges: ClassVar[tuple[str, ...]] = ("ERR-4",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to a body that breaks the documented types."""
        if seen.validity not in {Validity.INVALID, Validity.MALFORMED} or seen.actor != OWNER or seen.status is None:
            return
        if not seen.names_one_thing or not self._exists(seen, ledger):
            return
        if seen.status in {400, 422}:
            if seen.error_code is not None:
                message = (
                    f"{seen.name()} refused a body ({seen.invalid_because}) with {seen.status} and the code "
                    f"{short(seen.error_code)} instead of VALIDATION."
                )
                yield from verify("ERR-4", seen.error_code == "VALIDATION", message, seen)
        elif seen.ok or (seen.refused and seen.status not in ABOUT_SOMETHING_ELSE):
            message = f"{seen.name()} answered {seen.status} to a body that it should refuse ({seen.invalid_because})."
            yield failed("ERR-4", message, seen)

    def _exists(self, seen: Observation, ledger: Ledger) -> bool:
        return seen.params.get("projectId") in ledger.projects or ledger.touched(seen) is not None


class WrongMethodsAndMedia(Check):
    """ERR-5: an undocumented method answers 405, and a body that is not JSON 415 or 400.

    A 404 where the path names nothing, a 501 for a method that the server does not know, and a 422 for the body are as clear. JSON
    under another label may be taken. Where all that stands at a path is optional, other pages may document more of it.
    """

    judges: ClassVar[tuple[str, ...]] = ("ERR-5",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to what a client should not have sent."""
        if not seen.authorized or seen.status is None or seen.status >= 500 or seen.status in {401, 403, 429}:
            return
        if seen.operation is None:
            yield from self._judge_method(seen, ledger)
        elif seen.operation.request_schema is not None and seen.names_one_thing:
            yield from self._judge_body(seen)

    def _judge_method(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        method = seen.exchange.request.method
        if method.upper() in READING_METHODS - {"GET"} or method.upper() == "CONNECT":
            return
        if seen.status == 404 and not _names_what_is_there(seen, ledger):
            return
        here = operations_at(seen, ledger)
        if not any(operation.id not in CAPABILITIES for operation in here) or "/.." in seen.exchange.request.url:
            return
        # A server may know no method beyond these, and refuse the whole message before it looks at the path.
        strange = method not in STANDARD_METHODS or not seen.is_ordinary
        if seen.status in {400, *BELOW_APPLICATION} and strange:
            return
        message = f"{seen.name()} answered {seen.status}; the documented path knows only {_methods(here)}."
        yield from verify("ERR-5", seen.status == 405, message, seen)

    def _judge_body(self, seen: Observation) -> Iterator[Finding]:
        media_type = (seen.exchange.request.header("content-type") or "").partition(";")[0].strip().lower()
        if seen.validity is not Validity.UNCLEAR or not seen.exchange.request.body or media_type == "application/json":
            return
        if seen.status in {400, 415, 422}:
            yield passed("ERR-5", seen)
        elif (seen.ok or (seen.status == 409 and seen.idempotency_key is None)) and seen.body is Unparsed.NOT_JSON:
            if seen.refused and seen.operation_id != "createContent":
                return  # elsewhere the state of the container may stand in the way
            label = f"labelled {short(media_type)}" if media_type else "without a Content-Type"
            yield failed("ERR-5", f"{seen.name()} answered {seen.status} to a body that is not JSON, {label}.", seen)


def _methods(operations: Iterable[Operation]) -> str:
    return " and ".join(operation.method for operation in operations)


class RetryAfter(Check):
    """ERR-7: a 429 says when to come back, in seconds or as a date (RFC 9110, section 10.2.3)."""

    judges: ClassVar[tuple[str, ...]] = ("ERR-7",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the headers of a 429 that came from below the base URL."""
        response = seen.exchange.response
        if (
            response is None
            or response.status != 429
            or not seen.exchange.request.url.startswith(ledger.facts.base_url)
        ):
            return
        value = response.header("retry-after")
        if value is None:
            yield failed("ERR-7", f"{seen.name()} answered 429 without Retry-After.", seen)
            return
        message = f"{seen.name()} answered 429 with Retry-After {short(value)}, which is neither seconds nor a date."
        yield from verify("ERR-7", _tells_when(value.strip()), message, seen)


def _tells_when(value: str) -> bool:
    if value.isascii() and value.isdigit():
        return True
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return True


CHECKS: tuple[type[Check], ...] = (EnvelopeOfErrors, InvalidBodies, WrongMethodsAndMedia, RetryAfter)
