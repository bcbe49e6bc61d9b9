"""The cancel of a job that has just begun, which may come too late where calls are slow and generations are quick."""

from __future__ import annotations

from typing import Any

from conformance.client.answers import answer_of, needed
from conformance.client.exchange import Exchange
from conformance.run.calls.api import Api
from conformance.suite.calls import strangers
from conformance.suite.tags import running_tag

CALLS_BEFORE = 6
"""What is sent until the owner's cancel has come: two reads of the container, one of the job, two cancels by others, and itself."""


def cancel_begun(api: Api, begun: Exchange) -> dict[str, Any]:
    """Cancel a job first by callers without a right, then by its owner, twice at one instant, and return the container as it is then.

    Where it would have ended by then, its owner cancels it before all others.
    """
    container_id, job_id = needed(begun, "containerId"), needed(begun, "jobId")
    tag = None
    if _ends_before_a_cancel(api, begun):
        api.cancel(job_id)
    else:
        tag = running_tag(api.job(job_id))
    api.read(container_id)
    for actor in strangers(api):
        api.cancel(job_id, actor=actor)
    api.read(container_id)
    api.send_together([api.cancel_call(job_id)] * 2)
    shape = answer_of(api.read(container_id))
    api.job(job_id)
    if tag:
        api.job(job_id, headers={"If-None-Match": tag})
    return shape


def _ends_before_a_cancel(api: Api, begun: Exchange) -> bool:
    """Return whether a generation would end while the calls are answered, each in the time that the one took that began it."""
    expected = api.generations.expected
    return expected is not None and CALLS_BEFORE * (begun.received_at - begun.sent_at) > expected
