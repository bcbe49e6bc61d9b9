"""ERR-2 and ERR-4 to ERR-7: how a refusal looks, and how invalid bodies and undocumented requests are refused."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from conformance.checks.base import Check, on, short
from conformance.client.actors import OWNER
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer
from conformance.contract.validity import Unparsed, Validity, media_type, strings
from conformance.history.facts import Called, CallSettled, RegenerateSent, RejectSent, Wrote
from conformance.history.fields import status_of
from conformance.history.messages import ABOUT_THE_CALLER, BELOW_APPLICATION
from conformance.history.observation import Observation

ENVELOPE = ("code", "message", "requestId")


class ErrorEnvelope(Check):
    """ERR-2: a 4xx below /v1 carries the envelope, unless software in front of the application may have answered."""

    judges = ("ERR-2",)

    @on(Called)
    def called(self, fact: Called) -> None:
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


NEVER_VALID = frozenset({Validity.INVALID, Validity.MALFORMED})
ABOUT_SOMETHING_ELSE = frozenset({404, 405, 409, 410, 415}) | ABOUT_THE_CALLER
"""Refusals that may come before a body is looked at, or for another reason, such as that a project is archived (open reading 33)."""


class InvalidBodiesRefused(Check):
    """ERR-4: the owner's malformed or ill-typed body is answered 400 or 422 with the code VALIDATION.

    Accepting one breaks CRE-9 or REG-6 as well, where they cover the operation.
    """

    judges = ("ERR-4",)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        seen = fact.seen
        if seen.validity not in NEVER_VALID or seen.actor != OWNER or seen.status is None:
            return
        if not seen.names_one_thing or not (fact.container or seen.params.get("projectId") in self.ledger.projects):
            return
        if seen.status in {400, 422}:
            if seen.error_code == "VALIDATION":
                self.passed("ERR-4", seen)
            elif seen.error_code is not None:
                message = (
                    f"{seen.name()} refused an invalid body ({seen.invalid_because}) with {seen.status} and the code "
                    f"{short(seen.error_code)} instead of VALIDATION."
                )
                self.failed("ERR-4", "another code", message, seen)
        elif seen.ok or (seen.refused and seen.status not in ABOUT_SOMETHING_ELSE):
            message = f"{seen.name()} answered {seen.status} to a body that it should refuse as invalid ({seen.invalid_because})."
            self.failed("ERR-4", "accepted" if seen.ok else f"answered {seen.status}", message, seen)


class InvalidBodyBeforeConflict(Check):
    """ERR-4: an invalid body is not answered 409 where the container is at rest in a state that allows the call."""

    judges = ("ERR-4",)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Report a 409 where the container would have accepted a valid body."""
        call, wrote, stood = fact.seen, fact.wrote, fact.standing
        if call.status != 409 or stood is None or not isinstance(wrote, (RegenerateSent, RejectSent)):
            return
        if call.validity not in NEVER_VALID or not wrote.key.is_unused or call.actor != stood.container.owner:
            return
        container, shown = stood.container, stood.read.fields
        if stood.moved_before(call) or self.ledger.windows.archived(container.project_id):
            return
        status, approval = status_of(shown), shown.get("approvalStatus")
        if status is None or not isinstance(approval, str):
            return
        if OPERATIONS_BY_STATE.get((status, approval, call.operation_id)) is Answer.ALLOWED:
            message = (
                f"{call.name()} answered 409 to a body that it should refuse as invalid ({call.invalid_because}), although container "
                f"{container.id} was {status} and {approval}."
            )
            self.failed("ERR-4", "taken for a conflict", message, stood.read, call)


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
        message = (
            f"{seen.name()} answered {seen.status} instead of 405; the document defines only "
            f"{' and '.join(operation.method for operation in here)} at this path."
        )
        self.verify("ERR-5", "undocumented method", seen.status == 405, message, seen)

    def _names_what_is_there(self, seen: Observation) -> bool:
        """Return whether a path names a container, a job or a project that is known to be there."""
        steps = seen.exchange.request.url.partition("?")[0].split("/")
        ledger = self.ledger
        return any(step in known for step in steps for known in (ledger.containers, ledger.jobs, ledger.projects))

    def _judge_body(self, seen: Observation) -> None:
        media = media_type(seen.exchange.request)
        if not seen.exchange.request.body or media == "application/json" or not seen.names_one_thing:
            return
        if seen.status in {400, 415, 422}:
            self.passed("ERR-5", seen)
        elif (seen.ok or (seen.status == 409 and seen.idempotency_key is None)) and seen.body is Unparsed.NOT_JSON:
            if seen.refused and seen.operation_id != "createContent":
                return  # the container's state may be the reason
            label = f"labelled {short(media)}" if media else "without a Content-Type"
            message = f"{seen.name()} answered {seen.status} to a body that is not JSON, {label}."
            self.failed("ERR-5", "another media type" if media else "no media type", message, seen)


def _is_judged(seen: Observation) -> bool:
    """Return whether an organization's call was answered, and neither for its rights or its rate nor by a failure."""
    return seen.authorized and seen.status is not None and seen.status < 500 and seen.status not in {401, 403, 429}


PLAIN_ID = re.compile(r"(?:[a-z]{1,8}[_-])?[0-9A-Fa-f-]{8,40}")
"""The requestIds that are not searched, since they show nothing and differ in each answer."""
SEARCHED = 64 * 1024
"""How many characters of an error are searched."""
_SOURCE = r"(?:py|pyc|js|mjs|cjs|ts|tsx|rb|go|java|kt|php|cs|rs|ex|exs|scala|sql)"


class Leak(NamedTuple):
    """How one kind of leak is recognised.

    Every match of `pattern` contains a match of `sign`, which is much faster to search for and rare in other texts.
    """

    kind: str
    sign: re.Pattern[str]
    pattern: re.Pattern[str]


LEAKS = (
    Leak(
        "a stack trace",
        re.compile(
            r"Traceback|File \"|:\d|\((?:node:|native|<anonymous>)|goroutine|panic:|Stack trace|\.php\(|:line|in thread|panicked"
        ),
        re.compile(
            r"Traceback \(most recent call last\)"
            r"|\bFile \"[^\"\n]{1,300}\", line \d+"
            r"|(?:^|\n)[ \t]*at [^\n]{0,300}\.(?:[cm]?[jt]s|tsx|java|kt|php|cs):\d+"
            r"|(?:^|\n)[ \t]*at (?:async )?[\w.$<>]{1,200} \((?:node:|native|<anonymous>)"
            r"|\bat [\w$.<>]{1,200}\([\w$]{1,100}\.(?:java|kt|scala):\d+\)"
            r"|\bgoroutine \d+ \["
            r"|\bpanic: runtime error"
            r"|\bStack trace:\s*#0"
            r"|(?:^|\n)#\d+ [^\n]{1,300}\.php\(\d+\)"
            r"|\bin [^\n]{1,300}\.cs:line \d+"
            r"|\.rb:\d+:in [`']"
            r"|\bException in thread \""
            r"|\bthread '[^'\n]{1,100}' panicked at"
        ),
    ),
    Leak(
        "a file path",
        re.compile(r"[/\\]"),
        re.compile(
            rf"(?<![\w:/.])/(?:[\w.@+-]{{1,100}}/){{1,20}}[\w.@+-]{{1,100}}\.{_SOURCE}\b"
            r"|(?<![\w:/.])/(?:usr/(?:local/|lib/|src/)|home/|root/|var/(?:www|lib|task|app)/|opt/|srv/|etc/|proc/|Users/)[\w.@+-]+"
            r"|\b(?:node_modules|site-packages|dist-packages)/"
            r"|\b[A-Za-z]:\\(?:[\w .-]{1,100}\\)+"
        ),
    ),
    Leak(
        "a database query",
        re.compile(
            r"SELECT|INSERT INTO|UPDATE|DELETE FROM|sqlite3|psycopg|SQL|ORA-|PDO|Sequelize|syntax error|unrecognized token"
            r"|no such (?:table|column)|UNIQUE|duplicate key|invalid input"
        ),
        re.compile(
            r"\bSELECT\b[^\n]{1,2000}?\bFROM\b"
            r"|\bINSERT INTO\s+[\w.\"`\[]+"
            r"|\bUPDATE\s+[\w.\"`\[\]]{1,100}\s+SET\b"
            r"|\bDELETE FROM\s+[\w.\"`\[]+"
            r"|\bsqlite3\.|\bpsycopg2?\b|\bSQLSTATE\b|\bSQLITE_[A-Z]+|\bORA-\d{5}|\bPDOException\b|\bSequelizeDatabaseError\b"
            r"|\bsyntax error at or near\b|\bnear \"[^\"]{1,100}\": syntax error\b"
            r"|\bunrecognized token: \"|\bno such (?:table|column): "
            r"|\bUNIQUE constraint failed\b|\bduplicate key value violates unique constraint\b"
            r"|\binvalid input syntax for type \w+"
        ),
    ),
)


class NoInternalDetails(Check):
    """ERR-6: no error shows a stack trace, a file path or a query, unless the request itself held those words."""

    judges = ("ERR-6",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Search the body of a 4xx or 5xx that came from below the base URL."""
        seen = fact.seen
        response = seen.exchange.response
        if response is None or response.status < 400 or not response.body:
            return
        if not seen.exchange.request.url.startswith(self.ledger.facts.base_url):
            return
        for kind, words in _leaks(_text(response.body, seen.answer)):
            if not _was_sent(words, seen):
                message = f"{seen.name()} answered {response.status} and showed {kind}: {short(words)}."
                self.failed("ERR-6", kind, message, seen)
                return
        self.passed("ERR-6", seen)


@lru_cache(maxsize=1024)  # errors of one kind differ in their requestId alone
def _leaks(text: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds of details that a text shows, each with the words that show it first."""
    found = ((kind, pattern.search(text)) for kind, sign, pattern in LEAKS if sign.search(text))
    return tuple((kind, match.group().strip()) for kind, match in found if match)


def _text(body: bytes, value: Any) -> str:
    """Return the text to search: the strings of a JSON value, unescaped, or else the body."""
    if not isinstance(value, Unparsed):
        error = value.get("error") if isinstance(value, dict) else None
        if isinstance(error, dict) and PLAIN_ID.fullmatch(str(error.get("requestId"))):
            value = value | {"error": error | {"requestId": ""}}
        return "\n".join(strings(value))[:SEARCHED]
    return body[:SEARCHED].decode("utf-8", "replace")


def _was_sent(words: str, seen: Observation) -> bool:
    request = seen.exchange.request
    return (
        words in unquote(request.url)
        or any(words in value for _, value in request.headers)
        or words in (request.body or b"").decode("utf-8", "replace")
        or any(words in text for text in strings(seen.body))
    )


class RetryAfterGiven(Check):
    """ERR-7: a 429 says when to come back, in seconds or as a date (RFC 9110, section 10.2.3)."""

    judges = ("ERR-7",)

    @on(Called)
    def called(self, fact: Called) -> None:
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
        message = f"{seen.name()} answered 429 with Retry-After {short(value)}, which is neither a number of seconds nor a date."
        self.verify("ERR-7", "not a time", _is_a_time(value.strip()), message, seen)


def _is_a_time(value: str) -> bool:
    if value.isascii() and value.isdigit():
        return True
    try:
        parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return False
    return True
