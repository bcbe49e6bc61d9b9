"""The ETags that a target gives of its jobs."""

from __future__ import annotations

from conformance.client.answers import answer_of
from conformance.client.exchange import Exchange
from conformance.run.calls.api import Api


def running_tag(exchange: Exchange) -> str | None:
    """Return the ETag of a job that was read while it ran."""
    running = answer_of(exchange).get("status") == "running"
    return exchange.response.header("etag") if running and exchange.response else None


def ended_tag(api: Api, job_id: str) -> str | None:
    """Read a job, and return the ETag of the answer, if there is one."""
    response = api.job(job_id).response
    return response.header("etag") if response else None
