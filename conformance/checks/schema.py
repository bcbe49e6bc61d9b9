"""SCH: what every documented answer must look like."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.checks.base import Check, on, short
from conformance.checks.findings import in_answer, in_header, in_status
from conformance.client.exchange import Response
from conformance.contract.document import Schema
from conformance.contract.validity import BYTE_ORDER_MARK, Unparsed, media_type
from conformance.history.facts import Called, Unreadable
from conformance.history.messages import accepts_json, is_conditional

if TYPE_CHECKING:
    from jsonschema import ValidationError

NAMED_ERRORS, LOOKED_AT_ERRORS = 3, 50
RFC_3339_UTC = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|[+-]00:00)"
)
TIMESTAMPS = ("createdAt", "updatedAt", "startedAt", "finishedAt")
_JSON_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


_Mismatch = tuple[str, str, tuple[str | int, ...]]
"""What is wrong with a body: as a kind, for a sentence, and the steps to the place."""


class AnswersMatchSchema(Check):
    """SCH-1: every documented 2xx matches the schema of its operation and status."""

    judges = ("SCH-1",)

    @on(Called, Unreadable)
    def called(self, fact: Called | Unreadable) -> None:
        seen = fact.seen
        operation, response = seen.operation, seen.exchange.response
        if operation is None or response is None or not seen.ok or not seen.authorized or not seen.names_one_thing:
            return
        if response.status not in operation.response_schemas or not accepts_json(seen.exchange.request):
            return
        if not response.body and response.status in operation.may_be_empty:
            return
        mismatch = _mismatch(operation.response_schemas[response.status], response, seen.answer)
        if mismatch is None and seen.is_unreadable:
            message = (
                f"{operation.id} answered {response.status} with JSON that parsers read differently, such as with two members of one name; "
                "it is judged as no answer."
            )
            self.inconclusive("SCH-1", "ambiguous", message, seen)
        elif mismatch is None:
            self.passed("SCH-1", seen)
        else:
            kind, reason, steps = mismatch
            message = f"{operation.id} answered {response.status} with a body that breaks its schema: {reason}."
            self.failed("SCH-1", kind, message, seen, at=in_answer(seen, *steps, rule=f"not one that {reason}"))


def _mismatch(schema: Schema, response: Response, answer: Any) -> _Mismatch | None:
    """Say where and how a body breaks its schema, None where it does not or where that cannot be told."""
    if response.body.startswith(BYTE_ORDER_MARK):
        return "byte order mark", "it begins with a byte order mark", ()
    if answer is Unparsed.ABSENT:
        return "empty", "it is empty", ()
    if answer is Unparsed.NOT_JSON:
        return "not JSON", "it is not JSON in UTF-8", ()
    if answer is Unparsed.AMBIGUOUS:
        return _not_a_number(response.body)
    try:
        errors = list(islice(schema.iter_errors(answer), LOOKED_AT_ERRORS))
    except RecursionError:
        return None
    errors.sort(key=lambda error: (len(error.absolute_path), error.json_path))
    reasons = dict.fromkeys(f"{_place(error)} {_reason(error)}" for error in errors)
    if not errors:
        return None
    return _kind(errors[0]), "; ".join(islice(reasons, NAMED_ERRORS)), _steps(errors[0])


def _kind(error: ValidationError) -> str:
    place = "/".join(step for step in error.absolute_path if isinstance(step, str))
    return f"{error.validator} at {place}" if place else str(error.validator)


def _steps(error: ValidationError) -> tuple[str | int, ...]:
    """Return the way to what breaks the schema; where a member lacks, to the place where it should stand."""
    steps: tuple[str | int, ...] = tuple(error.absolute_path)
    if error.validator == "required" and isinstance(error.instance, dict):
        wanted: Any = error.validator_value
        steps += tuple(name for name in wanted if name not in error.instance)[:1]
    return steps


def _not_a_number(body: bytes) -> _Mismatch | None:
    found: list[str] = []
    try:
        json.loads(body, parse_constant=found.append)
    except (ValueError, RecursionError):
        return None
    return ("not a number", f"it holds {found[0]}, which is not JSON", ()) if found else None


def _place(error: ValidationError) -> str:
    return "/".join(str(step) for step in error.absolute_path)[-120:] or "the body"


def _reason(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        return "lacks " + ", ".join(name for name in wanted if name not in instance)
    if error.validator == "type":
        kinds = " or ".join(wanted) if isinstance(wanted, list) else wanted
        return f"is {_JSON_NAMES.get(type(instance), 'null')}, not {kinds}"
    if error.validator == "enum":
        return f"is {short(instance)}, not one of {', '.join(map(str, wanted))}"
    if error.validator == "const":
        return f"is {short(instance)}, not {short(wanted)}"
    if error.validator == "minLength":
        return "is empty"
    if error.validator == "anyOf":
        return "matches none of the documented alternatives"
    return f"breaks {error.validator}"


class JsonContentType(Check):
    """SCH-2: the Content-Type of a JSON body is application/json; for errors any `+json` type too, since no page states theirs."""

    judges = ("SCH-2",)

    @on(Called)
    def called(self, fact: Called) -> None:
        seen = fact.seen
        response = seen.exchange.response
        if seen.operation is None or response is None or not (seen.ok or seen.refused):
            return
        if not isinstance(seen.answer, (dict, list)) or not seen.names_one_thing:
            return
        media = media_type(response)
        if media == "application/json" or (seen.refused and media.endswith("+json")):
            self.passed("SCH-2", seen)
            return
        label = response.header("content-type")
        said = f"the Content-Type {short(label)}" if label else "no Content-Type"
        message = f"{seen.name()} answered {response.status} with a JSON body and {said} instead of application/json."
        kind = "another Content-Type" if label else "no Content-Type"
        self.failed("SCH-2", kind, message, seen, at=in_header(seen, "content-type", "application/json"))


class TimestampsInUtc(Check):
    """SCH-3: createdAt, updatedAt, startedAt and finishedAt are RFC 3339 date-times in UTC, at every place."""

    judges = ("SCH-3",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge every timestamp in a 2xx: those of the object itself and of the items of a list."""
        seen = fact.seen
        if seen.operation is None or not seen.ok or not seen.authorized or not seen.names_one_thing:
            return
        holders: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [((), seen.fields)]
        if seen.operation_id == "listContent":
            items = seen.fields.get("items")
            entries = enumerate(items if isinstance(items, list) else ())
            holders += [(("items", number), item) for number, item in entries if isinstance(item, dict)]
        met = False
        for steps, holder in holders:
            for name in TIMESTAMPS:
                value = holder.get(name)
                if value is None:
                    continue
                met = True
                if not is_utc_timestamp(value):
                    shown = f"{name} {short(value)}{_name_of(holder)}"
                    message = f"{seen.name()} shows {shown}, which is not an RFC 3339 date-time in UTC."
                    at = in_answer(seen, *steps, name, rule="an RFC 3339 date-time in UTC")
                    self.failed("SCH-3", name, message, seen, at=at)
                    return
        if met:
            self.passed("SCH-3", seen)


def _name_of(holder: dict[str, Any]) -> str:
    name = holder.get("id") or holder.get("jobId")
    return f" of {name[:80]}" if isinstance(name, str) else ""


def is_utc_timestamp(value: object) -> bool:
    """Return whether a value is a date-time of RFC 3339, section 5.6, at offset zero; a leap second is one, and a space for the T."""
    return isinstance(value, str) and _is_utc(value)


@lru_cache(maxsize=8192)
def _is_utc(text: str) -> bool:
    found = RFC_3339_UTC.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = map(int, found.groups())
    if second == 60 and (hour, minute) != (23, 59):
        return False
    try:
        # RFC 3339 has a year 0, which datetime does not; it is a leap year, as 2000 is.
        datetime(year or 2000, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)
    except ValueError:
        return False
    return True


class OnlyDocumentedSuccess(Check):
    """SCH-4: no operation answers a 2xx or 3xx that the document does not list for it."""

    judges = ("SCH-4",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the status code of an answer; a 2xx to a caller without rights is judged by AUT-1."""
        seen = fact.seen
        operation, status = seen.operation, seen.status
        if operation is None or status is None or not seen.names_one_thing or (seen.ok and not seen.authorized):
            return
        if status < 200 or (status in {206, 304} and is_conditional(seen.exchange.request)):
            return
        if status >= 400 or status in operation.statuses:
            self.passed("SCH-4", seen)
        else:
            listed = ", ".join(str(code) for code in sorted(operation.statuses) if code < 400)
            message = (
                f"{operation.id} answered {status}; of the 2xx and 3xx codes, the document lists only {listed} for it."
            )
            self.failed("SCH-4", f"answered {status}", message, seen, at=in_status(seen, rule=listed))
