"""What lies between a run and its target on a bad day: answers that take their time, refusals now and then, a slow start."""

from __future__ import annotations

import json
import random
import time

import httpx

JITTER = 0.12
"""Seconds that each way takes at most."""
REFUSED, UNAVAILABLE = 0.01, 0.005
"""The shares of requests that are answered 429 and 503."""
SLOW = 4
"""Requests at the beginning that take long."""
SLOW_SECONDS = 3.0


class Weather:
    """Delays and refuses requests as a seed says; how long a delay is, the clock of the process knows."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - not for security
        self._requests = 0

    def delay(self) -> None:
        """Let one way pass."""
        self._requests += 1
        time.sleep(SLOW_SECONDS if self._requests <= SLOW else self._random.uniform(0, JITTER))

    def refusal(self) -> httpx.Response | None:
        """Return the answer of a gateway that lets a request not pass, now and then."""
        drawn = self._random.random()
        if drawn >= REFUSED + UNAVAILABLE:
            return None
        status, code = (429, "RATE_LIMITED") if drawn < REFUSED else (503, "UNAVAILABLE")
        body = {"error": {"code": code, "message": "Come back later.", "requestId": f"req_{self._requests}"}}
        headers = {"Content-Type": "application/json"}
        if status == 429 or self._requests % 2:
            headers["Retry-After"] = "1"
        return httpx.Response(status, headers=headers, content=json.dumps(body).encode())
