"""ERR-2: the error envelope."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.contract.validity import Unparsed
from conformance.history.facts import Called
from conformance.history.messages import BELOW_APPLICATION
from conformance.history.observation import Observation

ENVELOPE = ("code", "message", "requestId")


class ErrorEnvelope(Check):
    """ERR-2: a 4xx below /v1 carries the envelope, unless software in front of the application may have answered."""

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
        # A refusal for a limit that no page states has the envelope too (open reading 18), also for the size of a body.
        if seen.status in BELOW_APPLICATION - {413} or not seen.names_one_thing:
            return False
        if seen.status == 400 and not seen.is_ordinary:
            return False
        if seen.operation is not None:
            return not (seen.status in {404, 405} and self.ledger.may_be_absent(seen.operation))
        # A gateway that answers in the application's place is part of the target, and below the version its clients meet what it says.
        if not seen.path_operations and seen.status == 404:
            return seen.is_ordinary and seen.exchange.request.url.startswith(f"{self.ledger.facts.base_url}/v1/")
        return seen.status == 405 and any(operation.capability is None for operation in seen.path_operations)


def _problem(answer: Any) -> tuple[str, str] | None:
    """Say why a body is not the error envelope: as a kind, and for a sentence."""
    if not isinstance(answer, dict):
        if answer is Unparsed.ABSENT:
            return "no body", "without a body"
        if isinstance(answer, Unparsed):
            return "not JSON", "with a body that is not the JSON error envelope"
        return "no error", "with JSON that has no error object"
    error = answer.get("error")
    if not isinstance(error, dict):
        return "no error", "with JSON that has no error object"
    broken = [f"error.{name}" for name in ENVELOPE if not (isinstance(error.get(name), str) and error[name])]
    if not broken:
        return None
    return (
        f"no {' and no '.join(broken)}",
        f"with an error envelope without a non-empty string in {' and '.join(broken)}",
    )


CHECKS: tuple[type[Check], ...] = (ErrorEnvelope,)
