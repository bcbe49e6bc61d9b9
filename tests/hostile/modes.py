"""The table of hostile modes: what each does, and what must come out of a run against it.

To add one, write a row; if no function of `behaviours` does it, write one there. What holds for all of them (no traceback, no key in any
file, memory, a report that can be read) is asserted by the test; a mode says the rest.
"""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate
from typing import Any

import behaviours as b
from behaviours import ALWAYS, EMPTY, MIB, Does, changes, headers, later, members, repeats, sends, when, writes, zipped
from hostile_server import HEAD, HostileServer, Talk

SMOKE = ("--profile", "smoke")
NARROW = (*SMOKE, "--only", "CRE-1,LIF-1")
"""A run of a few calls, enough for what concerns every answer alike."""
ACCESS = ("--profile", "gate", "--only", "AUT-1")
QUICK = {"timing": {"request_timeout": 5, "outage_timeout": 4, "generation_timeout": 5, "poll_interval": 0.02}}
AFTERWARDS = (0, 1, 2)
ACCUSES_NOBODY = "not conformant"


@dataclass(frozen=True)
class Mode:
    """One mode.

    `status` is the exit status, or those of which one must come out; `says` and `never` are regular expressions over what the command
    prints; `report` is False where the run ends in first contact and judges nothing, and None where it may judge some; `settings` are
    added to the configuration, by table.
    """

    name: str
    does: Does
    status: int | tuple[int, ...]
    says: str
    never: str | None = None
    report: bool | None = True
    arguments: tuple[str, ...] = SMOKE
    settings: dict[str, dict[str, Any]] | None = None
    greets: Callable[[HostileServer, socket.socket], None] | None = None
    tls: bool = False
    file_bytes: int | None = None

    @property
    def ends_in_first_contact(self) -> bool:
        """Whether the run never comes to its first driver, so that all profiles send the same."""
        return self.report is False


def timing(**more: float) -> dict[str, dict[str, Any]]:
    """Return the settings of time that a mode needs beside the quick ones."""
    return {"timing": QUICK["timing"] | more}


def group(
    rows: dict[str, tuple[Does, str]], status: int | tuple[int, ...], prefix: str = "", **more: Any
) -> Iterator[Mode]:
    """Yield modes that differ in what they do and what the command says of it alone."""
    return (Mode(prefix + name, does, status, says, **more) for name, (does, says) in rows.items())


def alike(
    rows: dict[str, Does], status: int | tuple[int, ...], says: str, prefix: str = "", **more: Any
) -> Iterator[Mode]:
    """Yield modes that differ in what they do alone."""
    return group({name: (does, says) for name, does in rows.items()}, status, prefix, **more)


GONE = (
    r"The run ended early: the target has not answered since \d\d:\d\d:\d\d UTC, first on [A-Z]+ /v1/\S+, in \d+ tries"
)
REFUSED = rf"{GONE} \(connect: .*refused\)"
UNREACHED = r"Cannot reach the target at .* \(timeout: ReadTimeout\)"
BROKEN = r"ERR-1 MUST.* of [\d,]+ calls were answered 502, 503 or 504, or broke the connection: more than 2%"
FIFTH = when(lambda talk: later(talk, 5), Talk.hang)
THIRD = b.every(3)
PRESENCE = (
    Mode("dies", when(lambda talk: later(talk, 3), b.dies), 2, REFUSED),
    Mode(
        *("dies-under-two-workers", when(lambda talk: talk.count == 40, b.dies), 2, REFUSED),
        arguments=("--profile", "gate", "-n", "2"),
    ),
    Mode(
        *("dies-and-comes-back", when(lambda talk: talk.count == 20, b.dies_for_a_while), 0, "smoke passed"),
        settings=timing(outage_timeout=30),
    ),
    Mode("hangs-for-ever", FIFTH, 2, rf"{GONE} \(timeout: ReadTimeout\)", settings=timing(request_timeout=2)),
    Mode(
        *("hangs-in-one-operation", when(b.is_progress, Talk.hang), (0, 2), "partial|incomplete"),
        never="has not answered since|not conformant",
        arguments=(*SMOKE, "--only", "JOB-3,LIF-1"),
        # A busy machine answers late too, and is not to be taken for one that is gone.
        settings=timing(request_timeout=1, outage_timeout=30),
    ),
    Mode(
        *("dies-before-the-first-driver", when(lambda talk: later(talk, -1), b.dies_with_its_answer), 2),
        "The run ended before its first driver: the target has not answered since",
        report=False,
    ),
    Mode(
        *("withdraws-the-key", b.withdraws_the_key, 2),
        r"The run ended early: the target no longer accepts the API key .*: \d+ answers 401 in a row since",
    ),
    Mode(
        *("accepts-and-closes-from-some-call-on", when(lambda talk: later(talk, 3), b.dies), 2, GONE),
        settings=timing(outage_timeout=0.5),
        arguments=NARROW,
    ),
    Mode(
        *("drips-every-body-of-a-run", when(lambda talk: later(talk, 2), b.drips_the_end), 2),
        "The run ended early: .*(seconds is spent|has not answered since)",
        arguments=(*SMOKE, "--seconds", "5"),
        settings=timing(request_timeout=60),
    ),
    Mode("full-disk", Talk.give, 2, "Cannot write", file_bytes=60_000, report=None),
    Mode("answers-503-one-in-ten", when(b.every(10), changes(b.refuses(503, "UNAVAILABLE"))), 2, BROKEN),
    Mode("resets-one-in-ten", when(b.every(10), Talk.reset), 2, BROKEN),
    Mode("sets-a-cookie-that-opens-everything", b.sets_a_cookie_that_opens_everything, 0, "partial", arguments=ACCESS),
    Mode("authenticates-connections", b.authenticates_connections, 0, "partial", arguments=ACCESS),
    Mode(
        *("drips-the-handshake", Talk.give, 2, r"Cannot reach the target at https://.* \(connect: ConnectTimeout\)"),
        greets=b.drip_a_handshake,
        tls=True,
        report=False,
    ),
    *alike(
        {
            "drips-the-body": b.drips(HEAD + b"Content-Length: 99999\r\n\r\n", b"[" * 99_999),
            "drips-the-headers": b.drips(b"", HEAD * 100),
            "hints-for-ever": repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.05),
            "chunks-for-ever": repeats(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n", 0.05),
            "never-answers": Talk.hang,
        },
        *(2, UNREACHED),
        report=False,
    ),
)

LARGE = r"answered the list of a project with more than an answer may have \(too-large: "
LARGE_BODY = LARGE + "200, more than 33,554,432 bytes"
NO_HTTP = "does not answer in HTTP"
NO_API = "is not the Layers API"
NO_JSON = "no JSON"
TOO_LARGE = (
    # A busy machine needs seconds to make some of them.
    *group(
        {
            "gibibyte": (
                repeats(HEAD + b"Content-Length: 1073741824\r\n\r\n", b"[" * 65536),
                LARGE_BODY + r"; it begins with '\[\[\[",
            ),
            "endless-body": (repeats(HEAD + b"\r\n", b"[" * 65536), LARGE_BODY),
            "endless-large-chunks": (
                repeats(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"[" * 65536 + b"\r\n"),
                LARGE_BODY,
            ),
            "gzip-bomb": (b.coded("gzip", lambda: b.squeezed(31)), LARGE_BODY + r"; it begins with '\[ "),
            "gzip-bomb-in-gzip": (b.coded("gzip, gzip", lambda: b.squeezed(31, 1)), LARGE_BODY),
            "deflate-bomb": (b.coded("deflate", lambda: b.squeezed(15)), LARGE_BODY),
            "raw-deflate-bomb": (b.coded("deflate", lambda: b.squeezed(-15)), LARGE_BODY),
            "a-coding-that-nobody-asked-for": (
                b.coded("br", lambda: b"\xcf\xff\xff\x7f\xf8'\x00\xe2\xb1@ \xf7\xfe\x9e\x00"),
                NO_API + ": it answered the list of a project with 200 and no JSON",
            ),
            "more-codings-than-anybody-uses": (b.coded("gzip" + ", gzip" * 20, bytes), NO_HTTP + " .*content codings"),
            "many-headers": (
                sends(HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(3000)) + b"Content-Length: 0\r\n\r\n"),
                LARGE + "200, more than 500 headers",
            ),
            "endless-header": (
                repeats(HEAD + b"X-Long: ", b"a" * 65536),
                LARGE + "headers of more than 100 KiB",
            ),
            "more-values-than-memory-holds": (
                zipped(lambda: b"[" + b"[]," * (10 * MIB) + b"[]]"),
                LARGE + "200, more than 750,000 values",
            ),
            "almost-too-large": (
                zipped(lambda: b'{"items": [], "nextCursor": 7, "padding": "' + b"x" * (31 * MIB)),
                "is not the Layers API|has no list|^$",
            ),
            "resets-everything": (Talk.reset, NO_HTTP),
            "more-escapes-than-time-allows": (
                zipped(lambda: b'"' + bytes(4 * MIB) + b'"'),
                LARGE + "200, more than 750,000 escapes",
            ),
            "wider-than-memory-holds": (
                zipped(('{"items": [], "nextCursor": "\U0001f680' + "x" * (12 * MIB) + '"}').encode),
                LARGE_BODY + " as text",
            ),
        },
        2,
        report=False,
        settings=timing(request_timeout=30),
    ),
    Mode("closes-its-half-first", Talk.close, 2, NO_HTTP, report=False, greets=b.half_close),
    Mode(
        *("sends-empty-lines-for-ever", repeats(b"", b"\r\n", 0.02), 2, "no response line received|ReadTimeout"),
        report=False,
        settings=timing(request_timeout=1),
    ),
    Mode(
        *("floods-with-hints", repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100), 2),
        "more than an answer may have|does not answer in HTTP|ReadTimeout",
        report=False,
        settings=timing(request_timeout=2),
    ),
    Mode(
        *("one-operation-answers-with-a-bomb", when(b.is_progress, b.coded("gzip", lambda: b.squeezed(31)))),
        *((0, 2), "smoke passed|incomplete"),
        never=ACCUSES_NOBODY,
    ),
    *alike(
        {
            "answers-of-4-mebibytes": changes(b.more_members(b'"padding": "%b"' % (b"x" * 4 * MIB))),
            "pages-of-100000-items": changes(
                b.pages(
                    lambda count: ",".join(
                        f'{{"id":"cnt_{count}_{number}","format":"video_remix","status":"completed",'
                        '"approvalStatus":"none","createdAt":"2026-04-18T12:04:11Z"}'
                        for number in range(100_000)
                    )
                ),
                2,
            ),
            "pages-of-370000-empty-items": changes(b.pages(lambda _: "{}," * 370_000 + "{}"), 2),
            "answers-with-500-headers": changes(
                headers(**{f"X-Filler-{number}": "x" * 150 for number in range(490)}), ALWAYS
            ),
            "texts-of-2-mebibytes": changes(b.wordy("x" * 2 * MIB)),
        },
        *(AFTERWARDS, "exit status|The run ended"),
        arguments=("--profile", "gate", "--seconds", "6"),
    ),
)

OK = "HTTP/1.1 STATUS OK"
SIZED = "\nContent-Length: LENGTH"
CHUNKED = OK + "\nTransfer-Encoding: chunked"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20 + b"HTTP/1.1 100 Continue\r\n\r\n"
LEGAL = alike(
    {
        "answers-in-http-1-0": writes("HTTP/1.0 STATUS OK", closes=True),
        "closes-after-each-answer": writes(f"{OK}\nConnection: close{SIZED}", closes=True),
        "ends-bodies-by-closing": writes(f"{OK}\nConnection: close", closes=True),
        "folds-a-header": writes(f"{OK}\nX-Folded: one\n two\n\tthree{SIZED}"),
        "has-no-reason-phrase": writes(f"HTTP/1.1 STATUS {SIZED}"),
        "has-a-reason-phrase-in-latin-1": writes(f"HTTP/1.1 STATUS \xe9\xff{SIZED}"),
        "chunks-of-one-byte": writes(
            CHUNKED, lambda body: b"".join(b.chunk(bytes([byte])) for byte in body) + b"0\r\n\r\n"
        ),
        "has-trailers": writes(CHUNKED, lambda body: b.chunk(body) + b"0\r\nX-Api-Key: x\r\nRetry-After: 9\r\n\r\n"),
        "has-chunk-extensions": writes(CHUNKED, lambda body: b.chunk(body, b';a="b"') + b"0;c\r\n\r\n"),
        "hints-before-each-answer": writes("", before=HINTS),
        "gzips-every-answer": writes(f"{OK}\nContent-Encoding: gzip{SIZED}", gzip.compress),
        "says-identity": writes(f"{OK}\nContent-Encoding: identity{SIZED}"),
        "writes-headers-in-odd-case": writes(f"{OK}\ncOnTeNt-LeNgTh: LENGTH\nCONNECTION: KEEP-ALIVE"),
        "repeats-the-length-alike": writes(f"{OK}{SIZED}{SIZED}"),
        "lists-the-length-alike": writes(f"{OK}{SIZED}, LENGTH"),
        "has-headers-in-utf-8": writes(f"{OK}\nX-Name: \xc3\xa9\xe2\x82\xac{SIZED}"),
        "has-an-etag-of-64-kib": writes(f'{OK}\nETag: "{"e" * 65_000}"{SIZED}'),
        "offers-http-2": writes(f'{OK}\nUpgrade: h2c\nAlt-Svc: h2=":1"{SIZED}'),
        "says-408-to-idle-connections": when(lambda talk: talk.count % 3 == 0, b.says_408_while_idle),
        "says-408-while-the-next-request-comes": when(
            lambda talk: talk.count % 3 == 0, b.says_408_while_the_next_request_comes
        ),
    },
    *(0, "partial"),
    never=ACCUSES_NOBODY,
    arguments=NARROW,
)

DOUBTED = (
    Mode("sends-more-than-it-announced", writes("", after=b"\r\n\r\n<!-- served by a proxy -->"), 0, "smoke passed"),
    *alike(
        {
            "answers-twice": b.answers_twice,
            "answers-twice-a-little-later": b.answers_twice_a_little_later,
        },
        *(2, "incomplete"),
        never=ACCUSES_NOBODY,
    ),
    Mode(
        # Nothing is sent over such a connection, or its answers are doubted.
        *("answers-before-it-is-asked", Talk.give, 2, "came before anything was asked|incomplete", ACCUSES_NOBODY),
        greets=b.speak_first,
        arguments=NARROW,
        report=None,
    ),
    Mode(
        # The first answer of each connection is nobody's, and every other one that of the call before it.
        *("answers-what-it-has-not-read", Talk.give, 2, "incomplete", ACCUSES_NOBODY),
        greets=b.speak_unread,
        arguments=NARROW,
    ),
    Mode(
        *("answers-what-it-has-not-read-that-it-closes", Talk.give, 2, "incomplete", ACCUSES_NOBODY),
        greets=b.speak_of_closing,
        arguments=NARROW,
    ),
    Mode("answers-before-the-body-came", b.answers_before_the_body_came, (0, 2), ".", ACCUSES_NOBODY, arguments=NARROW),
    Mode(
        "answers-a-second-time-while-the-next-call-is-on-its-way",
        b.answers_a_second_time_while_the_next_call_is_on_its_way,
        *((0, 2), ".", ACCUSES_NOBODY),
    ),
    Mode("closes-each-kept-connection-soon", b.closes_soon, (0, 2), "partial", ACCUSES_NOBODY, arguments=NARROW),
)

CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
UTF_16 = EMPTY.decode().encode("utf-16")


NO_ANSWER: dict[str, tuple[bytes, str]] = {
    "gibberish": (b"\x00\x01\x02 no HTTP\r\n\r\n", NO_HTTP),
    "half-json": (HEAD + b'Content-Length: 12\r\n\r\n{"items": [,', NO_API),
    "cut-short": (HEAD + b'Content-Length: 100\r\n\r\n{"items"', NO_HTTP),
    "two-lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", NO_HTTP),
    "length-below-zero": (HEAD + b"Content-Length: -2\r\n\r\n{}", NO_HTTP),
    "bad-chunk": (CHUNKS + b"zz\r\n{}\r\n0\r\n\r\n", NO_HTTP),
    "status-7": (b"HTTP/1.1 7 What\r\n\r\n", NO_HTTP),
    "nul-in-a-header": (HEAD + b"X-Odd: a\x00b\r\nContent-Length: 2\r\n\r\n{}", NO_HTTP),
    "no-gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip", NO_HTTP),
    "a-redirect": (
        b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/trap\r\nContent-Length: 0\r\n\r\n",
        "it redirects to http://127.0.0.1:1",
    ),
    "nothing": (b"", NO_HTTP),
}
ODD_ANSWER: dict[str, tuple[bytes, str]] = {
    "status-099": (b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", NO_HTTP),
    "status-999": (b"HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", "."),
    "status-600": (b"HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\n{}", "."),
    "http-3-0": (b"HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", "."),
    "control-codes-in-the-reason": (b"HTTP/1.1 200 \x1b[31m\x07\x08\r\nContent-Length: 2\r\n\r\n{}", "."),
    "a-header-without-a-colon": (HEAD + b"Nonsense\r\nContent-Length: 2\r\n\r\n{}", NO_HTTP),
    "a-space-before-the-colon": (HEAD + b"Content-Length : 2\r\n\r\n{}", NO_HTTP),
    "bare-line-feeds": (b"HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\n\n{}", "."),
    "lengths-in-a-list": (HEAD + b"Content-Length: 2, 3\r\n\r\n{}", NO_HTTP),
    "a-length-with-a-plus": (HEAD + b"Content-Length: +2\r\n\r\n{}", NO_HTTP),
    "a-length-in-hexadecimal": (HEAD + b"Content-Length: 0x2\r\n\r\n{}", NO_HTTP),
    "a-length-of-400-digits": (HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n{}", "."),
    "length-and-chunks": (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "."),
    "an-unknown-transfer-coding": (HEAD + b"Transfer-Encoding: zip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "."),
    "a-chunk-below-zero": (CHUNKS + b"-2\r\n{}\r\n0\r\n\r\n", NO_HTTP),
    "a-chunk-of-30-digits": (CHUNKS + b"f" * 30 + b"\r\n{}", "."),
    "a-chunk-extension-of-2-mebibytes": (
        CHUNKS + b"2;" + b"x" * (2 * MIB) + b"\r\n{}\r\n0\r\n\r\n",
        "more than an answer may have|does not answer in HTTP",
    ),
    "trailers-of-2-mebibytes": (
        CHUNKS + b"2\r\n{}\r\n0\r\nX-T: " + b"x" * (2 * MIB) + b"\r\n\r\n",
        "more than an answer may have|does not answer in HTTP",
    ),
    "switching-protocols": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "."),
    "a-304-to-everything": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "."),
    "a-204-to-everything": (b"HTTP/1.1 204 No Content\r\n\r\n", NO_API),
    "a-redirect-to-a-file": (
        b"HTTP/1.1 302 There\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        "it redirects to file:///etc",
    ),
    "a-redirect-to-nowhere": (b"HTTP/1.1 302 There\r\nLocation: http://[::\r\nContent-Length: 0\r\n\r\n", "."),
    "a-redirect-with-control-codes": (
        b"HTTP/1.1 301 There\r\nLocation: http://a/\x1b[2J\xff\r\nContent-Length: 0\r\n\r\n",
        ".",
    ),
    "a-redirect-without-a-location": (b"HTTP/1.1 307 There\r\nContent-Length: 0\r\n\r\n", "."),
    "json-in-utf-16": (HEAD + b"Content-Length: %d\r\n\r\n" % len(UTF_16) + UTF_16, NO_JSON),
    "json-in-utf-7": (HEAD.replace(b"json", b"json; charset=utf-7") + b"Content-Length: 9\r\n\r\n+AHsAfQ-\n", NO_JSON),
    "a-html-page": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 29\r\n\r\n<script>alert(1)</script>\n::e",
        NO_JSON,
    ),
    "deep-json": (HEAD + b"Content-Length: 200000\r\n\r\n" + b"[" * 100_000 + b"]" * 100_000, "."),
    "half-gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 15\r\n\r\n" + gzip.compress(EMPTY)[:15], "."),
    "gzip-of-nothing": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", NO_JSON),
    "a-tls-alert": (b"\x15\x03\x03\x00\x02\x02\x28", NO_HTTP),
    "an-ssh-banner": (b"SSH-2.0-OpenSSH_9.6\r\n", NO_HTTP),
    "http-2-frames": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, NO_HTTP),
}
BYTES = (
    *group({name: (sends(data), says) for name, (data, says) in NO_ANSWER.items()}, 2, "sends-", report=False),
    # Some of them are answers all the same, if not those of the API.
    *group(
        {name: (sends(data), says) for name, (data, says) in ODD_ANSWER.items()},
        *((1, 2), "sends-"),
        report=None,
        arguments=NARROW,
    ),
)

LIMITED = alike(
    {
        name: changes(b.refuses(429, "RATE_LIMITED", Retry_After=value))
        for name, value in {
            "a-day": "86400",
            "digits": "9" * 400,
            "a-date": format_datetime(datetime(9999, 12, 31, tzinfo=UTC), usegmt=True),
            "a-fraction": "1" * 30 + ".5",
        }.items()
    },
    *(2, "The run ended before its first driver: the target asked to wait for", "retry-after-"),
    report=False,
)

SAID: dict[str, dict[str, Any]] = {
    "an-offset-of-22-digits": {
        "createdAt": "2026-04-18T12:04:11+" + "1" * 22 + ":00",
        "startedAt": "2026-04-18T12:04:11+0000000000000000000000:00",
    },
    "a-year-of-9-digits": {"createdAt": "999999999-04-18T12:04:11Z", "updatedAt": "0000-00-00T00:00:00Z"},
    "an-impossible-location": {"locationUrl": "http://[fe80::g]:80/v1/jobs/x"},
    "a-location-with-a-port-of-9-digits": {"locationUrl": "http://127.0.0.1:999999999/v1/jobs/x"},
    "a-location-of-another-kind": {"locationUrl": "//[/v1/jobs"},
    "a-lone-surrogate-in-an-id": {"id": "cnt_\ud800", "containerId": "cnt_\ud800"},
    "a-lone-surrogate-in-a-cursor": {"nextCursor": "c\udfff"},
    "a-lone-surrogate-in-a-status": {"status": "\ud800"},
    "deep-brief": {"brief": json.loads("[" * 90 + "]" * 90)},
    "numbers-for-ids": {"id": 10**400, "jobId": 7, "containerId": 1e300},
}
UNREADABLE = {
    "a-member-twice": b'"x": 1, "x": 2',
    "a-number-of-5000-digits": b'"x": ' + b"9" * 5000,
    "100000-levels": b'"x": ' + b"[" * 100_000 + b"]" * 100_000,
}
HAS: dict[str, b.Change] = {
    "members-of-javascript": b.more_members(
        b'"__proto__": {"id": 1}, "constructor": {"prototype": 7}, "toString": null'
    ),
    "an-id-of-a-mebibyte": members(containerId="c" * MIB, id="c" * MIB),
    "another-id-each-time": b.another_id_each_time,
    "ids-of-dots": members(containerId="..", jobId="."),
    "an-empty-id": members(containerId="", jobId="", id=""),
    "an-id-with-line-ends": members(containerId="a\r\nX-Injected: 1", jobId="b\n::error::x"),
    "an-id-of-an-url": members(containerId="http://127.0.0.1:1/x", jobId="//127.0.0.1:1/x"),
    "an-id-with-nul": members(containerId="a\x00b", jobId="\x00"),
    "an-id-in-right-to-left": members(containerId="\u202ecnt", jobId="\u2066job\u2069"),
    "a-date-in-year-0": members(createdAt="0000-01-01T00:00:00Z", updatedAt="0000-01-01T00:00:00Z"),
    "a-date-in-year-1000000": members(createdAt="1000000-01-01T00:00:00Z", startedAt="+1000000-01-01T00:00:00Z"),
    "a-date-as-a-number": members(createdAt=1.7e308, updatedAt=-1, startedAt=10**30),
    "a-leap-second": members(createdAt="2016-12-31T23:59:60Z", updatedAt="2016-12-31T23:59:60Z"),
    "a-cursor-of-64-kib": members(nextCursor="c" * 65_000),
    "a-cursor-of-a-mebibyte": members(nextCursor="c" * MIB),
    "a-cursor-with-control-codes": members(nextCursor="\x1b[2J\r\n"),
    "the-same-cursor-always": members(nextCursor="again"),
    "items-that-are-no-list": members(items={"0": {}}),
    "items-of-items": members(items=[[[{"id": "x"}]]]),
    "a-status-as-an-object": members(status={"of": "completed"}, approvalStatus=["approved"]),
    "progress-beyond-all": members(progress=10**400, stageProgress=-1e308),
    "assets-without-end": members(assets=[{"id": f"med_{n}", "kind": "video", "url": "http://x"} for n in range(3000)]),
    "an-asset-in-a-file": members(assets=[{"id": "a", "kind": "video", "url": "file:///etc/passwd"}]),
    "an-error-as-text": members(error="No.", lastError="\x1b]0;x\x07"),
    "a-location-on-another-host": members(locationUrl="http://127.0.0.1:1/v1/jobs/x"),
    "a-location-with-a-password": members(locationUrl="http://user:pass@127.0.0.1:1/v1/jobs/x"),
    "a-location-in-a-file": members(locationUrl="file:///etc/passwd"),
    "a-location-of-javascript": members(locationUrl="javascript:alert(1)"),
    "a-location-of-64-kib": members(locationUrl="/v1/jobs/" + "x" * 65_000),
    "a-location-as-a-list": members(locationUrl=["/v1/jobs/x"]),
    "json-as-latin-1": b.encoded("latin-1"),
    "json-as-utf-16": b.encoded("utf-16"),
    "json-as-utf-32": b.encoded("utf-32"),
    "no-content-type": lambda answer, _: b.Answer(answer.status, [], answer.body),
    "json-as-an-image": b.as_type("image/png"),
    "json-as-odd-text": b.as_type('application/json; charset="utf-7"; boundary=='),
    "an-etag-without-quotes": headers(ETag="x, y, *"),
    "a-date-header-of-year-0": headers(Date="Sat, 01 Jan 0000 00:00:00 GMT"),
    "a-date-header-of-nonsense": headers(Date="Sat, 99 Foo 999999 99:99:99 +99999999999999999999"),
    "a-date-header-that-jumps": lambda answer, talk: answer.with_headers(
        Date=formatdate(time.time() + 86_400 * (talk.count % 3), usegmt=True)
    ),
    "vary-on-everything": headers(Vary="*", Cache_Control="max-age=99999", Age="999999999"),
    "a-retry-after-below-zero": b.limits("-5"),
    "a-retry-after-of-nan": b.limits("nan"),
    "a-retry-after-in-the-past": b.limits("Sat, 01 Jan 2000 00:00:00 GMT"),
    "a-retry-after-of-nothing": b.limits(""),
    "a-retry-after-in-hexadecimal": b.limits("0x10"),
    "a-retry-after-in-arabic-digits": b.limits("\xb2"),
}
CONTENTS = (
    *alike({name: changes(members(**said), ALWAYS) for name, said in SAID.items()}, AFTERWARDS, ".", "says-"),
    *alike({f"{seed}": changes(b.anything(seed), 2) for seed in range(5)}, (1, 2), ".", "changes-anything-"),
    Mode("writes-not-a-number", changes(b.more_members(b'"x": NaN')), AFTERWARDS, "SCH-1", arguments=NARROW),
    *alike(
        {name: changes(b.more_members(text)) for name, text in UNREADABLE.items()},
        *(AFTERWARDS, "incomplete|exit status [12]", "writes-"),
        arguments=NARROW,
    ),
    *alike(
        {name: changes(change) for name, change in HAS.items()},
        *(AFTERWARDS, "exit status|The run ended", "has-"),
        arguments=NARROW,
        report=None,
    ),
    Mode(
        *("answers-everything-with-an-empty-object", changes(b.answers(200, b"{}"), ALWAYS), AFTERWARDS, "."),
        arguments=NARROW,
    ),
    Mode(
        *("answers-everything-with-null", changes(b.answers(200, b"null"), ALWAYS), (1, 2), "."),
        arguments=NARROW,
    ),
)

MODES = [*PRESENCE, *LEGAL, *DOUBTED, *BYTES, *LIMITED, *CONTENTS, *TOO_LARGE]
