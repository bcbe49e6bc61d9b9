"""Limits on the size and the rate of requests (requirements ERR-1, ERR-7)."""

import math
import time
from collections import deque
from typing import Protocol

from sandbox.access import RawHeaders
from sandbox.errors import ApiError
from sandbox.part import Part
from sandbox.settings import SandboxSettings

LONGEST_TARGET = 16 * 1024
LARGEST_HEADERS = 64 * 1024
LARGEST_BODY = 8 * 1024 * 1024


class LimitsNeeds(Protocol):
    """What the limits ask of the backend."""

    settings: SandboxSettings


class Limits(Part[LimitsNeeds]):
    """Refuses requests that are too long, too large or too frequent. Rates use real time, not the sandbox's clock."""

    def __init__(self, backend: LimitsNeeds) -> None:
        super().__init__(backend)
        self._buckets: dict[str, tuple[float, float]] = {}
        self._polls: dict[str, deque[float]] = {}

    def check_target(self, target: bytes) -> None:
        """Raise 414 for a path and query that are too long."""
        if len(target) > LONGEST_TARGET:
            raise ApiError(414, "VALIDATION", f"The request target is longer than {LONGEST_TARGET} bytes.")

    def check_headers(self, headers: RawHeaders) -> None:
        """Raise 431 for headers that are too large."""
        if sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS:
            raise ApiError(431, "VALIDATION", f"The request headers are larger than {LARGEST_HEADERS} bytes.")

    def check_body(self, size: int) -> None:
        """Raise 413 for a body that is too large."""
        if size > LARGEST_BODY:
            raise ApiError(413, "VALIDATION", f"The request body is larger than {LARGEST_BODY} bytes.")

    def check_polls(self, job_id: str) -> None:
        """Count one read of a job. Raises RATE_LIMITED with Retry-After in seconds after too many reads in one second."""
        most = self.backend.settings.polls_per_second
        if most <= 0:
            return
        now = time.monotonic()
        reads = self._polls.setdefault(job_id, deque(maxlen=most))
        if len(reads) == most and now - reads[0] < 1:
            raise self.too_many("The job is polled too often.", 1)
        reads.append(now)

    def too_many(self, message: str, seconds: int) -> ApiError:
        """Return the 429 that asks to wait for some seconds (requirement ERR-7)."""
        return ApiError(429, "RATE_LIMITED", message, headers={"Retry-After": str(seconds)})

    def check_rate(self, org: str) -> None:
        """Take one request from the organization's allowance. Raises RATE_LIMITED with Retry-After in seconds."""
        rate = self.backend.settings.requests_per_second
        if rate <= 0:
            return
        burst = max(rate, 1.0)
        now = time.monotonic()
        tokens, since = self._buckets.get(org, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate)
        if tokens < 1:
            self._buckets[org] = (tokens, now)
            raise self.too_many("Too many requests.", max(1, math.ceil((1 - tokens) / rate)))
        self._buckets[org] = (tokens - 1, now)
