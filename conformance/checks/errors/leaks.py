"""ERR-6: what an error must not show of the implementation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.validity import Unparsed, strings
from conformance.history.facts import Called
from conformance.history.observation import Observation

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


CHECKS: tuple[type[Check], ...] = (NoInternalDetails,)
