"""Modes of values in answers that are legal JSON and that nobody expects: ids, dates, cursors, locations, headers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from typing import Any

from hostile_server import Answer, Talk
from modes import MODES, Mode
from modes_wire import NARROW

AFTERWARDS = (0, 1, 2)
JSON = [("Content-Type", "application/json")]


def after_contact(change: Callable[[Answer, Talk], Answer]) -> Callable[[Talk], None]:
    """Change each answer that comes after the first contact."""

    def does(talk: Talk) -> None:
        answer = talk.genuine()
        talk.give(change(answer, talk) if not talk.is_first_contact else answer)

    return does


def members(**said: Any) -> Callable[[Answer, Talk], Answer]:
    return lambda answer, _: answer.changed(**said)


def more_members(text: bytes) -> Callable[[Answer, Talk], Answer]:
    """Put members, as they are written, before those of each JSON object."""

    def change(answer: Answer, _: Talk) -> Answer:
        body = answer.body
        with_more = b"{" + text + b", " + body[1:] if body.startswith(b"{") and len(body) > 2 else body
        return Answer(answer.status, answer.headers, with_more)

    return change


def headers(**more: str) -> Callable[[Answer, Talk], Answer]:
    return lambda answer, _: answer.with_headers(**more)


def limited(value: str) -> Callable[[Answer, Talk], Answer]:
    """Answer each fifth call with 429 and a Retry-After."""
    body = b'{"error": {"code": "RATE_LIMITED", "message": "No.", "requestId": "r"}}'
    return lambda answer, talk: Answer(429, [*JSON, ("Retry-After", value)], body) if talk.count % 5 == 0 else answer


def relocated(url: str) -> Callable[[Answer, Talk], Answer]:
    return members(locationUrl=url)


def renamed(make: Callable[[str], str]) -> Callable[[Answer, Talk], Answer]:
    """Write each id of a container in another way, so that no two answers agree."""

    def change(answer: Answer, talk: Talk) -> Answer:
        with suppress(ValueError):
            body = answer.json
            if isinstance(body, dict) and isinstance(body.get("containerId"), str):
                return Answer(
                    answer.status, answer.headers, json.dumps(body | {"containerId": make(str(talk.count))}).encode()
                )
        return answer

    return change


def as_type(value: str) -> Callable[[Answer, Talk], Answer]:
    return lambda answer, _: Answer(answer.status, [("Content-Type", value)], answer.body)


def encoded(coding: str) -> Callable[[Answer, Talk], Answer]:
    return lambda answer, _: Answer(
        answer.status, answer.headers, answer.body.decode("utf-8", "replace").encode(coding)
    )


UNREADABLE = {
    "a-member-twice": b'"x": 1, "x": 2',
    "not-a-number": b'"x": NaN',
    "a-number-of-5000-digits": b'"x": ' + b"9" * 5000,
    "100000-levels": b'"x": ' + b"[" * 100_000 + b"]" * 100_000,
}
for name, text in UNREADABLE.items():
    says = "SCH-1" if "number" in name and "not" in name else "incomplete|exit status [12]"
    MODES.append(Mode(f"writes-{name}", after_contact(more_members(text)), AFTERWARDS, says, arguments=NARROW))

VALUES: dict[str, Callable[[Answer, Talk], Answer]] = {
    "members-of-javascript": more_members(b'"__proto__": {"id": 1}, "constructor": {"prototype": 7}, "toString": null'),
    "an-id-of-a-mebibyte": members(containerId="c" * 1024 * 1024, id="c" * 1024 * 1024),
    "another-id-each-time": renamed("cnt_{}".format),
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
    "a-cursor-of-a-mebibyte": members(nextCursor="c" * 1024 * 1024),
    "a-cursor-with-control-codes": members(nextCursor="\x1b[2J\r\n"),
    "the-same-cursor-always": members(nextCursor="again"),
    "items-that-are-no-list": members(items={"0": {}}),
    "items-of-items": members(items=[[[{"id": "x"}]]]),
    "a-status-as-an-object": members(status={"of": "completed"}, approvalStatus=["approved"]),
    "progress-beyond-all": members(progress=10**400, stageProgress=-1e308),
    "assets-without-end": members(assets=[{"id": f"med_{n}", "kind": "video", "url": "http://x"} for n in range(3000)]),
    "an-asset-in-a-file": members(assets=[{"id": "a", "kind": "video", "url": "file:///etc/passwd"}]),
    "an-error-as-text": members(error="No.", lastError="\x1b]0;x\x07"),
    "a-location-on-another-host": relocated("http://127.0.0.1:1/v1/jobs/x"),
    "a-location-with-a-password": relocated("http://user:pass@127.0.0.1:1/v1/jobs/x"),
    "a-location-in-a-file": relocated("file:///etc/passwd"),
    "a-location-of-javascript": relocated("javascript:alert(1)"),
    "a-location-of-64-kib": relocated("/v1/jobs/" + "x" * 65_000),
    "a-location-as-a-list": members(locationUrl=["/v1/jobs/x"]),
    "json-as-latin-1": encoded("latin-1"),
    "json-as-utf-16": encoded("utf-16"),
    "json-as-utf-32": encoded("utf-32"),
    "no-content-type": lambda answer, _: Answer(answer.status, [], answer.body),
    "json-as-an-image": as_type("image/png"),
    "json-as-odd-text": as_type('application/json; charset="utf-7"; boundary=\x01'.replace("\x01", "=")),
    "an-etag-without-quotes": headers(ETag="x, y, *"),
    "a-date-header-of-year-0": headers(Date="Sat, 01 Jan 0000 00:00:00 GMT"),
    "a-date-header-of-nonsense": headers(Date="Sat, 99 Foo 999999 99:99:99 +99999999999999999999"),
    "a-date-header-that-jumps": lambda answer, talk: answer.with_headers(
        Date=formatdate(time.time() + 86_400 * (talk.count % 3), usegmt=True)
    ),
    "vary-on-everything": headers(Vary="*", Cache_Control="max-age=99999", Age="999999999"),
    "a-retry-after-below-zero": limited("-5"),
    "a-retry-after-of-nan": limited("nan"),
    "a-retry-after-in-the-past": limited("Sat, 01 Jan 2000 00:00:00 GMT"),
    "a-retry-after-of-nothing": limited(""),
    "a-retry-after-in-hexadecimal": limited("0x10"),
    "a-retry-after-in-arabic-digits": limited("\xb2"),
}
for name, change in VALUES.items():
    MODES.append(
        Mode(
            f"has-{name}", after_contact(change), AFTERWARDS, "exit status|The run ended", arguments=NARROW, report=None
        )
    )
