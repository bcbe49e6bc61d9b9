"""Modes of what stands in an answer: values and texts that no contract has."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from hostile_server import Answer, Talk
from modes import MODES, Mode
from odd_values import ODD, places, replaced


def limited(value: str) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        if talk.count > talk.server.first_contact:
            body = b'{"error": {"code": "RATE_LIMITED", "message": "No.", "requestId": "r"}}'
            talk.give(Answer(429, [("Content-Type", "application/json"), ("Retry-After", value)], body))
        else:
            talk.give()

    return does


FUTURE = format_datetime(datetime(9999, 12, 31, tzinfo=UTC), usegmt=True)
for name, value in {
    "a-day": "86400",
    "digits": "9" * 400,
    "a-date": FUTURE,
    "a-fraction": "1" * 30 + ".5",
}.items():
    MODES.append(
        Mode(
            f"retry-after-{name}",
            limited(value),
            2,
            "The run ended before its first driver: the target asked to wait for",
            report=False,
        )
    )


def saying(**members: Any) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        talk.give(talk.genuine().changed(**members))

    return does


NOON = "2026-04-18T12:00:00"
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
for name, members in SAID.items():
    MODES.append(Mode(f"says-{name}", saying(**members), (0, 1, 2), "."))


def changing_anything(seed: int) -> Callable[[Talk], None]:
    """Put odd values at places of answers that differ with the seed; half of the answers stay as they are."""

    def does(talk: Talk) -> None:
        choice, answer = random.Random(f"{seed} {talk.count}"), talk.genuine()  # noqa: S311 - it is to repeat
        if talk.count > talk.server.first_contact + 2 and choice.random() < 0.5 and answer.body:
            with suppress(ValueError):
                body = replaced(answer.json, choice.choice(places(answer.json)), choice.choice(ODD))
                answer = Answer(answer.status, answer.headers, json.dumps(body).encode())
        talk.give(answer)

    return does


MODES.extend(Mode(f"changes-anything-{seed}", changing_anything(seed), (1, 2), ".") for seed in range(5))
