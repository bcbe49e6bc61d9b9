"""Modes of answers that are legal in size one by one, and that would fill the memory if a run kept them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hostile_server import Answer, Talk
from modes import MIB, MODES, Mode

ITEMS = 100_000
SHORT = ("--profile", "gate", "--seconds", "6")


def is_list(talk: Talk) -> bool:
    return talk.method == "GET" and talk.path.partition("?")[0].endswith("/content")


def is_later_list(talk: Talk) -> bool:
    return is_list(talk) and talk.count > talk.server.first_contact + 2


def pages_of_many_items(talk: Talk) -> None:
    """Answer each list with a page of new containers, all of whose documented members are there, and with a cursor to the next."""
    if not is_later_list(talk):
        return talk.give()
    number = talk.count
    said = '"format":"video_remix","status":"completed","approvalStatus":"none","createdAt":"2026-04-18T12:04:11Z"'
    items = ",".join(f'{{"id":"cnt_{number}_{each}",{said}}}' for each in range(ITEMS))
    body = f'{{"items":[{items}],"nextCursor":"c{number}"}}'.encode()
    return talk.give(Answer(200, [("Content-Type", "application/json")], body))


def pages_of_empty_items(talk: Talk) -> None:
    """Answer each list with as many values as an answer may have."""
    if not is_later_list(talk):
        return talk.give()
    body = b'{"items":[' + b"{}," * 370_000 + b'{}],"nextCursor":"c%d"}' % talk.count
    return talk.give(Answer(200, [("Content-Type", "application/json")], body))


def answers_with_500_headers(talk: Talk) -> None:
    answer = talk.genuine()
    more = [(f"X-Filler-{number}", "x" * 150) for number in range(490)]
    talk.give(Answer(answer.status, [*answer.headers, *more], answer.body))


def padded(size: int) -> Callable[[Talk], None]:
    """Add a member that no page documents to every answer."""
    padding = "x" * size

    def does(talk: Talk) -> None:
        answer = talk.genuine()
        body = answer.body
        if talk.count > talk.server.first_contact and body.startswith(b"{"):
            body = json.dumps(answer.json | {"padding": padding}).encode()
        talk.give(Answer(answer.status, answer.headers, body))

    return does


def saying_at_length(size: int) -> Callable[[Talk], None]:
    """Answer with documented members that are very long."""
    text = "x" * size

    def does(talk: Talk) -> None:
        answer = talk.genuine()
        body = answer.body
        if talk.count > talk.server.first_contact and body.startswith(b"{"):
            shape: dict[str, Any] = answer.json
            for name in ("brief", "error", "lastError", "result"):
                if isinstance(shape.get(name), dict):
                    shape[name] = shape[name] | {"hook": text, "message": text}
            body = json.dumps(shape).encode()
        talk.give(Answer(answer.status, answer.headers, body))

    return does


for name, does in {
    "pages-of-100000-items": pages_of_many_items,
    "pages-of-370000-empty-items": pages_of_empty_items,
    "answers-with-500-headers": answers_with_500_headers,
    "answers-of-4-mebibytes": padded(4 * MIB),
    "texts-of-2-mebibytes": saying_at_length(2 * MIB),
}.items():
    MODES.append(Mode(name, does, (0, 1, 2), ".", arguments=SHORT))
