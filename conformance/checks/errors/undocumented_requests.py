"""ERR-2, 4, 5 and 7: how a refusal is said."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.validity import Unparsed, Validity, media_type
from conformance.history.facts import Called, Wrote
from conformance.history.observation import Observation
from conformance.history.requests import BELOW_APPLICATION

OWNER = "owner"
ENVELOPE = ("code", "message", "requestId")
STANDARD_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
METHODS_OF_HTTP = frozenset({"HEAD", "OPTIONS", "CONNECT"})
BROKEN = frozenset({Validity.INVALID, Validity.MALFORMED})
ABOUT_SOMETHING_ELSE = frozenset({401, 402, 403, 404, 405, 406, 409, 412, 413, 415, 423, 429, 451}) | BELOW_APPLICATION
"""Refusals that may come before a body is looked at, or for another reason."""


class EnvelopeOfErrors(Check):
    """ERR-2: a 4xx below /v1 carries the envelope, unless software before the application may have answered."""

    judges = ("ERR-2",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the body of a 4xx."""
        seen = fact.seen
        if not seen.refused or seen.exchange.request.method == "HEAD":
            return
        problem = _problem(seen.answer)
        if problem is None:
            self.passed("ERR-2", seen)
        elif self._binds(seen):
            kind, said = problem
            self.failed("ERR-2", kind, f"{seen.name()} answered {seen.status} {said}.", seen)

    def _binds(self, seen: Observation) -> bool:
        # A limit that no page states is told with the envelope (open reading 18), also that of a body's size.
        if seen.status in BELOW_APPLICATION - {413} or not seen.names_one_thing:
            return False
        if seen.status == 400 and not seen.is_ordinary:
            return False
        if seen.operation is not None:
            return not (seen.status in {404, 405} and self.ledger.may_be_absent(seen.operation))
        if not seen.path_operations and seen.status == 404:
            return seen.is_ordinary and seen.exchange.request.url.startswith(f"{self.ledger.facts.base_url}/v1/")
        return seen.status == 405 and any(operation.capability is None for operation in seen.path_operations)


def _problem(answer: Any) -> tuple[str, str] | None:
    """Say what keeps a body from being the error envelope: in a word, and for a sentence."""
    if not isinstance(answer, dict):
        if answer is Unparsed.ABSENT:
            return "no body", "without a body"
        if isinstance(answer, Unparsed):
            return "not JSON", "with a body that is not the JSON error envelope"
        return "no error", "with JSON that has no object error"
    error = answer.get("error")
    if not isinstance(error, dict):
        return "no error", "with JSON that has no object error"
    broken = [f"error.{name}" for name in ENVELOPE if not (isinstance(error.get(name), str) and error[name])]
    if not broken:
        return None
    return f"no {' and no '.join(broken)}", f"with an error envelope in which no text stands in {' and '.join(broken)}"


class InvalidBodies(Check):
    """ERR-4: the owner's malformed or ill-typed body is answered 400 or 422 with the code VALIDATION.

    One that was accepted breaks CRE-9 or REG-6 beside it, where they speak of the operation.
    """

    judges = ("ERR-4",)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Judge the answer to a body that breaks the documented types."""
        seen = fact.seen
        if seen.validity not in BROKEN or seen.actor != OWNER or seen.status is None:
            return
        if not seen.names_one_thing or not (fact.container or seen.params.get("projectId") in self.ledger.projects):
            return
        if seen.status in {400, 422}:
            if seen.error_code == "VALIDATION":
                self.passed("ERR-4", seen)
            elif seen.error_code is not None:
                message = (
                    f"{seen.name()} refused a body ({seen.invalid_because}) with {seen.status} and the code "
                    f"{short(seen.error_code)} instead of VALIDATION."
                )
                self.failed("ERR-4", "another code", message, seen)
        elif seen.ok or (seen.refused and seen.status not in ABOUT_SOMETHING_ELSE):
            message = f"{seen.name()} answered {seen.status} to a body that it should refuse ({seen.invalid_because})."
            self.failed("ERR-4", "accepted" if seen.ok else f"answered {seen.status}", message, seen)


class WrongMethodsAndMedia(Check):
    """ERR-5: an undocumented method answers 405, and a body that is not JSON 415 or 400.

    A 404 where the path names nothing, a 501 for a method that the server does not know, and a 422 for the body are as clear. JSON
    under another label may be taken. Where all that stands at a path is optional, other pages may document more of it.
    """

    judges = ("ERR-5",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the answer to what a client should not have sent."""
        seen = fact.seen
        operation = seen.operation
        if operation is None:
            if _is_judged(seen):
                self._judge_method(seen)
        elif operation.request_schema is not None and seen.validity is Validity.UNCLEAR and _is_judged(seen):
            self._judge_body(seen)

    def _judge_method(self, seen: Observation) -> None:
        method = seen.exchange.request.method
        if method.upper() in METHODS_OF_HTTP:
            return
        if seen.status == 404 and not self._names_what_is_there(seen):
            return
        here = seen.path_operations
        if not any(operation.capability is None for operation in here) or "/.." in seen.exchange.request.url:
            return
        # A server may know no method beyond these, and refuse the whole message before it looks at the path.
        strange = method not in STANDARD_METHODS or not seen.is_ordinary
        if seen.status in {400, *BELOW_APPLICATION} and strange:
            return
        self.verify(
            "ERR-5",
            "undocumented method",
            seen.status == 405,
            lambda: (
                f"{seen.name()} answered {seen.status}; the documented path knows only "
                f"{' and '.join(operation.method for operation in here)}."
            ),
            seen,
        )

    def _names_what_is_there(self, seen: Observation) -> bool:
        """Return whether a path names a container, a job or a project that is known to be there."""
        steps = seen.exchange.request.url.partition("?")[0].split("/")
        ledger = self.ledger
        return any(step in known for step in steps for known in (ledger.containers, ledger.jobs, ledger.projects))

    def _judge_body(self, seen: Observation) -> None:
        told = media_type(seen.exchange.request)
        if not seen.exchange.request.body or told == "application/json" or not seen.names_one_thing:
            return
        if seen.status in {400, 415, 422}:
            self.passed("ERR-5", seen)
        elif (seen.ok or (seen.status == 409 and seen.idempotency_key is None)) and seen.body is Unparsed.NOT_JSON:
            if seen.refused and seen.operation_id != "createContent":
                return  # elsewhere the state of the container may stand in the way
            label = f"labelled {short(told)}" if told else "without a Content-Type"
            message = f"{seen.name()} answered {seen.status} to a body that is not JSON, {label}."
            self.failed("ERR-5", "another media type" if told else "no media type", message, seen)


def _is_judged(seen: Observation) -> bool:
    """Return whether an organization's call was answered, and neither for its rights or its rate nor by a failure."""
    return seen.authorized and seen.status is not None and seen.status < 500 and seen.status not in {401, 403, 429}


class RetryAfter(Check):
    """ERR-7: a 429 says when to come back, in seconds or as a date (RFC 9110, section 10.2.3)."""

    judges = ("ERR-7",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the headers of a 429 that came from below the base URL."""
        seen = fact.seen
        response = seen.exchange.response
        if seen.status != 429 or response is None:
            return
        if not seen.exchange.request.url.startswith(self.ledger.facts.base_url):
            return
        value = response.header("retry-after")
        if value is None:
            self.failed("ERR-7", "no Retry-After", f"{seen.name()} answered 429 without Retry-After.", seen)
            return
        self.verify(
            "ERR-7",
            "no time",
            _tells_when(value.strip()),
            lambda: f"{seen.name()} answered 429 with Retry-After {short(value)}, which is neither seconds nor a date.",
            seen,
        )


def _tells_when(value: str) -> bool:
    if value.isascii() and value.isdigit():
        return True
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return True


CHECKS: tuple[type[Check], ...] = (EnvelopeOfErrors, InvalidBodies, WrongMethodsAndMedia, RetryAfter)
