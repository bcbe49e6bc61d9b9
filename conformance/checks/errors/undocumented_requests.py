"""ERR-5: methods and media types that are not documented are refused."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.validity import Unparsed, Validity, media_type
from conformance.history.facts import Called
from conformance.history.messages import BELOW_APPLICATION
from conformance.history.observation import Observation

STANDARD_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
OFFERED = frozenset({"PATCH", "DELETE"})
"""Methods that a target may offer although no page lists them (open reading 28)."""
METHODS_OF_HTTP = frozenset({"HEAD", "OPTIONS", "CONNECT"})


class UndocumentedRequestsRefused(Check):
    """ERR-5: an undocumented method answers 405, and a body that is not JSON 415 or 400.

    A 404 where the path names nothing, a 501 for a method that the server does not know, and a 422 for the body are accepted too. JSON
    with another media type may be accepted. Where every operation at a path is optional, other pages may document more of them.
    """

    judges = ("ERR-5",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the answer to a request that the document does not define."""
        seen = fact.seen
        operation = seen.operation
        if operation is None:
            if _is_judged(seen):
                self._judge_method(seen)
        elif operation.request_schema is not None and seen.validity is Validity.UNCLEAR and _is_judged(seen):
            self._judge_body(seen)

    def _judge_method(self, seen: Observation) -> None:
        method = seen.exchange.request.method
        if method.upper() in METHODS_OF_HTTP or (method in OFFERED and seen.status != 405):
            return
        if seen.status == 404 and not self._names_what_is_there(seen):
            return
        here = seen.path_operations
        if not any(operation.capability is None for operation in here) or "/.." in seen.exchange.request.url:
            return
        # A server may implement no other method, and refuse the whole message before it looks at the path.
        strange = method not in STANDARD_METHODS or not seen.is_ordinary
        if seen.status in {400, *BELOW_APPLICATION} and strange:
            return
        self.verify(
            "ERR-5",
            "undocumented method",
            seen.status == 405,
            lambda: (
                f"{seen.name()} answered {seen.status} instead of 405; the document defines only "
                f"{' and '.join(operation.method for operation in here)} at this path."
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
                return  # the container's state may be the reason
            label = f"labelled {short(told)}" if told else "without a Content-Type"
            message = f"{seen.name()} answered {seen.status} to a body that is not JSON, {label}."
            self.failed("ERR-5", "another media type" if told else "no media type", message, seen)


def _is_judged(seen: Observation) -> bool:
    """Return whether an organization's call was answered, and neither for its rights or its rate nor by a failure."""
    return seen.authorized and seen.status is not None and seen.status < 500 and seen.status not in {401, 403, 429}


CHECKS: tuple[type[Check], ...] = (UndocumentedRequestsRefused,)
