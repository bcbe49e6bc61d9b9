"""JOB-8: conditional reads of a job (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import JOB_ENDED, TERMINAL
from conformance.history.facts import JobAsked, JobRead
from conformance.history.fields import status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view


@dataclass(frozen=True, slots=True)
class _Tagged:
    """The latest answer of a job that carried an ETag."""

    seen: Observation
    etag: str
    status: object
    digest: bytes


class ConditionalJobReads(Check):
    """JOB-8: a job that cannot have changed since its last ETag is answered 304, one that has changed is not."""

    judges = ("JOB-8",)

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str, str | None], _Tagged] = {}

    @on(JobAsked)
    def asked(self, fact: JobAsked) -> None:
        """Judge a getJob that names an ETag, then keep the ETag of its answer."""
        seen, job_id = fact.seen, fact.job_id
        if not seen.authorized:
            return
        # An ETag is that of one content coding (RFC 9110, section 8.8.3.3).
        key = (seen.actor, job_id, seen.exchange.request.header("accept-encoding"))
        latest = self._latest.get(key)
        asked = seen.exchange.request.header("if-none-match")
        if latest is not None and asked is not None and latest.seen.precedes(seen):
            self._judge(job_id, asked, latest, seen)
        response = seen.exchange.response
        etag = response.header("etag") if response else None
        if isinstance(fact, JobRead) and response is not None and etag:
            digest, status = hashlib.sha256(response.body).digest(), fact.view.get("status")
            if latest is not None and _opaque(latest.etag) == _opaque(etag) and latest.seen.precedes(seen):
                self._same_tag(job_id, latest, status, seen)
            self._latest[key] = _Tagged(seen.evidence, etag, status, digest)

    def _judge(self, job_id: str, asked: str, latest: _Tagged, seen: Observation) -> None:
        ended = isinstance(latest.status, str) and latest.status in JOB_ENDED
        named = _names(asked, latest.etag)
        if not ended:
            end = _known_end(job_id, seen, self.ledger) if seen.status == 304 and named else None
            if end is not None:
                message = f"Job {short(job_id)} had ended, and was answered 304 for the ETag that it had while running."
                self.failed("JOB-8", "304 after its end", message, latest.seen, end, seen)
            return
        if seen.status == 304 and named:
            self.passed("JOB-8", latest.seen, seen)
        elif seen.status == 304 and "," not in asked and _bare(asked) not in {"*", _bare(latest.etag)}:
            message = (
                f"Job {short(job_id)} was answered 304 for the ETag {short(asked)}, but its last ETag is {latest.etag}."
            )
            if not self.lagged("JOB-8", message, latest.seen, seen):
                self.failed("JOB-8", "304 for another ETag", message, latest.seen, seen)
        elif seen.status == 200 and named and seen.exchange.response is not None:
            unchanged = hashlib.sha256(seen.exchange.response.body).digest() == latest.digest
            if unchanged:
                message = f"Job {short(job_id)} has not changed since the ETag {latest.etag}, but was answered 200 instead of 304."
                self.failed("JOB-8", "200 although unchanged", message, latest.seen, seen)

    def _same_tag(self, job_id: str, latest: _Tagged, status: object, seen: Observation) -> None:
        if latest.status == "running" and isinstance(status, str) and status in JOB_ENDED:
            message = f"Job {short(job_id)} kept the ETag {latest.etag} although it went from running to {status}."
            self.failed("JOB-8", "same ETag after its end", message, latest.seen, seen)


def _opaque(etag: str) -> str:
    # If-None-Match compares weakly (RFC 9110, section 13.1.2).
    return etag.strip().removeprefix("W/")


def _bare(etag: str) -> str:
    # A target may forgive missing quotes.
    return _opaque(etag).strip('"')


def _names(asked: str, etag: str) -> bool:
    """Return whether the value of If-None-Match, a list of tags, names one."""
    return _opaque(etag) in {_opaque(asked), *re.findall(r'"[^"]*"', asked)}


def _known_end(job_id: str, seen: Observation, ledger: Ledger) -> Observation | None:
    """Return the read that showed the job at its end, or its container, where that was long enough before for the job to show it."""
    generation, container = ledger.jobs.get(job_id), ledger.container_of_job(job_id)
    if generation is None or container is None:
        return None
    ended, read = ledger.ended(generation), container.read
    is_its_own = container.latest is generation and container.latest_start <= generation.accepted.exchange.sent_at
    if ended is None and read is not None and is_its_own and status_of(read.fields) in TERMINAL:
        ended = read if generation.accepted.precedes(read) and is_fresh_view(container, read) else None
    if ended is None or ended.exchange.received_at + container.begins_within > seen.exchange.sent_at:
        return None
    return ended


CHECKS: tuple[type[Check], ...] = (ConditionalJobReads,)
