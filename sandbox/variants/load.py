"""Variants with rate limits, short outages, and other callers with their containers."""

import time
from email.utils import formatdate

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.earlier import fill
from sandbox.errors import ApiError
from sandbox.limits import Limits

VARIANTS = """
rate-limited-for-seconds: A 429 now and then; Retry-After in seconds.
rate-limited-until-date: A 429 now and then; Retry-After is a date.
one-outage: One 503 that does not recur.
rolling-restart: A 503 with Retry-After for 1.5 s.
one-bad-gateway: One 502 in HTML that does not recur.
full-project: The project holds 3000 earlier containers.
full-review-project: The review project holds 3000, most pending.
in-company: Another client works on both projects all the time.
"""

EVERY = 150
EARLIER = 3_000
RESTART_SECONDS = 1.5
BEAT_SECONDS = 0.05
MOST_OWN = 80


class _Counting(Limits):
    """Counts the requests with a valid key."""

    count = 0

    def check_rate(self, org: str) -> None:
        super().check_rate(org)
        self.count += 1
        self.counted(self.count)

    def counted(self, count: int) -> None:
        """Refuse or accept a request by its number."""
        raise NotImplementedError


def _earlier(*, review: bool) -> Install:
    """Return an install that fills a project with containers created in the last weeks."""

    def install(backend: Backend) -> None:
        settings = backend.settings
        fill(backend, settings.review_project_id if review else settings.project_id, EARLIER)

    return install


class RateLimitedForSeconds(_Counting):
    def counted(self, count: int) -> None:
        if count % EVERY == 9:
            raise ApiError(429, "RATE_LIMITED", "Too many requests.", headers={"Retry-After": self.wait()})

    def wait(self) -> str:
        """Return the value of Retry-After."""
        return "1"


class RateLimitedUntilDate(RateLimitedForSeconds):
    def wait(self) -> str:
        return formatdate(time.time() + 1, usegmt=True)


class OneOutage(_Counting):
    def counted(self, count: int) -> None:
        if count == 40:
            raise ApiError(503, "UNAVAILABLE", "The service restarts.")


class RollingRestart(_Counting):
    began: float | None = None

    def counted(self, count: int) -> None:
        if count == 40:
            self.began = time.monotonic()
        if self.began is not None and time.monotonic() < self.began + RESTART_SECONDS:
            raise ApiError(503, "UNAVAILABLE", "The service restarts.", headers={"Retry-After": "2"})


class OneBadGateway:
    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        self.app = app
        self.reads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reads += scope.get("method") == "GET"
        if self.reads != 25 or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        self.reads += 1
        headers = [(b"content-type", b"text/html"), (b"content-length", b"24")]
        await send({"type": "http.response.start", "status": 502, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1>502 Bad Gateway</h1>"})


class InCompany:
    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend
        self.steps = 0
        self.since = time.monotonic()
        self.own: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        due = min(int((time.monotonic() - self.since) / BEAT_SECONDS), 20)
        if due:
            self.since = time.monotonic()
        for _ in range(due):
            self.step()
        await self.app(scope, receive, send)

    def step(self) -> None:
        """Create a container, or later regenerate, decide on or cancel one of its own."""
        backend, store = self.backend, self.backend.store
        self.steps += 1
        where = backend.settings.review_project_id if self.steps % 2 else backend.settings.project_id
        project = store.project(where)
        with store.transaction():
            if project is not None and self.steps % 4 < 2 and len(self.own) < MOST_OWN:
                job = backend.lifecycle.create(project, "auto", {"hook": f"Another client's {self.steps}"})
                self.own.append((project.org, job.container_id))
            elif self.own:
                self.work(*self.own[self.steps * 7 % len(self.own)])

    def work(self, org: str, container_id: str) -> None:
        """Perform an action that the state of the container allows."""
        lifecycle = self.backend.lifecycle
        snapshot = self.backend.access.container(org, container_id)
        if self.backend.generation.in_flight(snapshot.job, snapshot.now):
            if self.steps % 3 == 0:
                lifecycle.cancel(snapshot.job, snapshot.now)
        elif self.backend.approval.status_at(snapshot) == "pending":
            lifecycle.decide(snapshot, "approved" if self.steps % 3 else "rejected")
        else:
            lifecycle.regenerate(snapshot, {"hook": f"Another client's {self.steps}, again"})


full_project = _earlier(review=False)
full_review_project = _earlier(review=True)
