"""The judge of conditional reads of a job (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.wording import short
from conformance.contract.lifecycle import JOB_ENDED, TERMINAL
from conformance.history.causes import MOMENT, first_generation, status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import without_body


@dataclass(frozen=True, slots=True)
class Tagged:
    """The latest answer of a job that carried an ETag."""

    seen: Observation
    etag: str
    status: object
    digest: bytes


class UnchangedJob(Check):
    """JOB-8: a job that cannot have changed since its last ETag is answered 304, one that has changed is not."""

    judges = ("JOB-8",)

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str, str | None], Tagged] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a getJob that names an ETag, then keep the ETag of its answer."""
        if seen.operation_id != "getJob" or not seen.authorized:
            return
        # An ETag is that of one content coding (RFC 9110, section 8.8.3.3).
        key = (seen.actor, seen.params["jobId"], seen.exchange.request.header("accept-encoding"))
        latest = self._latest.get(key)
        asked = seen.exchange.request.header("if-none-match")
        if latest is not None and asked is not None and latest.seen.precedes(seen):
            yield from self._judge(key[1], asked, latest, seen, ledger)
        response = seen.exchange.response
        etag = response.header("etag") if response else None
        if response is not None and seen.job_view is not None and etag:
            digest, status = hashlib.sha256(response.body).digest(), seen.job_view.get("status")
            if latest is not None and _opaque(latest.etag) == _opaque(etag) and latest.seen.precedes(seen):
                yield from _same_tag(key[1], latest, status, seen)
            self._latest[key] = Tagged(seen.evidence, etag, status, digest)

    def _judge(self, job_id: str, asked: str, latest: Tagged, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        ended = isinstance(latest.status, str) and latest.status in JOB_ENDED
        named = _names(asked, latest.etag)
        if not ended:
            end = _known_end(job_id, seen, ledger) if seen.status == 304 and named else None
            if end is not None:
                message = (
                    f"Job {short(job_id)} was answered 304 for an ETag that it had while running, and it had ended."
                )
                yield failed("JOB-8", message, latest.seen, end, seen)
            return
        if seen.status == 304 and named:
            yield passed("JOB-8", latest.seen, seen)
        elif seen.status == 304 and "," not in asked and _bare(asked) not in {"*", _bare(latest.etag)}:
            message = (
                f"Job {short(job_id)} was answered 304 for the ETag {short(asked)}, and its last ETag is {latest.etag}."
            )
            yield failed("JOB-8", message, latest.seen, seen)
        elif seen.status == 200 and named and seen.exchange.response is not None:
            unchanged = hashlib.sha256(seen.exchange.response.body).digest() == latest.digest
            if unchanged:
                message = f"Job {short(job_id)} had not changed since the ETag {latest.etag}, and was answered 200."
                yield failed("JOB-8", message, latest.seen, seen)


def _same_tag(job_id: str, latest: Tagged, status: object, seen: Observation) -> Iterator[Finding]:
    if latest.status == "running" and isinstance(status, str) and status in JOB_ENDED:
        message = f"Job {short(job_id)} kept the ETag {latest.etag} although it went from running to {status}."
        yield failed("JOB-8", message, latest.seen, seen)


def _opaque(etag: str) -> str:
    # If-None-Match compares weakly (RFC 9110, section 13.1.2).
    return etag.strip().removeprefix("W/")


def _bare(etag: str) -> str:
    # A target may forgive missing quotes.
    return _opaque(etag).strip('"')


def _names(asked: str, etag: str) -> bool:
    """Tell whether the value of If-None-Match, a list of tags, names one."""
    return _opaque(etag) in {_opaque(asked), *re.findall(r'"[^"]*"', asked)}


def _known_end(job_id: str, seen: Observation, ledger: Ledger) -> Observation | None:
    """Give the read that showed the job's container at its end, where that was long enough before for the job to show it."""
    generation = ledger.jobs.get(job_id)
    container = ledger.containers[generation.container_id] if generation else None
    if container is None or container.read is None or not first_generation(container):
        return None
    read = container.read
    ended = status_of(read.fields) in TERMINAL and read.exchange.received_at + MOMENT <= seen.exchange.sent_at
    return read if ended else None
