"""A session whose target is a function, for the tests of the session."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from conformance.client.budget import Budget, Limits, Spent
from conformance.client.call import Call
from conformance.client.exchange import Exchange, Recorder, read
from conformance.client.limits import LARGEST_ANSWER
from conformance.client.route import DIRECT, Route
from conformance.client.session import Session
from conformance.contract.document import load

BASE = "http://target.test"
OWNER_KEY = "lk_OwnerKey-0123456789abcdef"
OTHER_KEY = "lk_OtherKey-fedcba9876543210"
CONTENT = "/v1/projects/prj_1/content"
PLAIN = {"format": "video_remix", "brief": {"hook": "Evenings lcm-run-1"}}
Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class RecordedSession:
    """A session, what it sent, what it told its listener, and where it recorded."""

    session: Session
    budget: Budget
    path: Path
    sent: list[httpx.Request]
    story: list[Exchange]

    @property
    def spent(self) -> Spent:
        return self.budget.spent()

    def recorded(self) -> list[Exchange]:
        return list(read(self.path))

    def kept(self) -> str:
        """Return everything that left the session, as text: the record, and what the listener was told."""
        return self.path.read_text(encoding="utf-8") + repr(self.story)


@contextmanager
def open_session(  # noqa: PLR0913 - each is a part of a session
    folder: Path,
    answer: Answer | None = None,
    *,
    base_url: str = BASE,
    limits: Limits | None = None,
    other: bool = True,
    owner: str = OWNER_KEY,
    timeout: float = 30,
    outage_timeout: float = 0.5,
    largest_answer: int = LARGEST_ANSWER,
    probe: str | None = None,
    rate: float | None = None,
    route: Route = DIRECT,
) -> Iterator[RecordedSession]:
    """Open a session onto `answer`, or onto the network where there is none."""
    sent: list[httpx.Request] = []
    story: list[Exchange] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        assert answer
        return answer(request)

    budget = Budget(folder / "budget.sqlite", limits or Limits(5, 100, 600))
    recorder = Recorder(folder / "history.jsonl")
    session = Session(
        base_url,
        {"owner": owner} | ({"other": OTHER_KEY} if other else {}),
        load(),
        budget,
        recorder,
        story.append,
        name="t",
        timeout=timeout,
        outage_timeout=outage_timeout,
        largest_answer=largest_answer,
        probe=probe,
        requests_per_second=rate,
        route=route,
        transport=httpx.MockTransport(handle) if answer else None,
    )
    try:
        yield RecordedSession(session, budget, folder / "history.jsonl", sent, story)
    finally:
        session.close()
        recorder.close()
        budget.close()


def ok(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


def one_after_the_other(*answers: httpx.Response | Exception) -> Answer:
    """Answer with each in turn, and with the last one for ever."""
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return answer


def accepted(n: int = 1) -> httpx.Response:
    return httpx.Response(202, json={"jobId": f"job_{n}", "containerId": f"cnt_{n}"})


def create(body: Any = None, **more: Any) -> Call:
    """Return a valid create that starts one generation."""
    content = json.dumps(PLAIN if body is None else body).encode()
    return Call("POST", CONTENT, body=content, **({"costs": 1} | more))


def get(path: str = "/v1/content/cnt_1", **more: Any) -> Call:
    return Call("GET", path, **more)


KEYED = (("Idempotency-Key", "k-1"),)
