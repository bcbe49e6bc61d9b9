"""JOB-3, and JOB-4 of a progress: getContentProgress shows the container's latest job, in its shape."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import JOB_STATUSES
from conformance.history.facts import NamedJob, ProgressAsked, ProgressRead


class ProgressShowsLatestJob(Check):
    """JOB-3 and JOB-4: the owner of a container sees its latest job.

    A job that only a refused call can have started is that call's fault (see `refused_calls`).
    """

    judges = ("JOB-3", "JOB-4")

    @on(ProgressAsked)
    def asked(self, fact: ProgressAsked) -> None:
        """Judge the progress of a container that this history made."""
        container, seen = fact.container, fact.seen
        if container is None or not fact.current or seen.actor != container.owner:
            return
        if seen.is_turned_away:
            message = f"Reading the progress of container {container.id} was answered {seen.status}."
            if not self.lagged("JOB-3", message, fact.current[-1].accepted, seen):
                self.failed("JOB-3", "cannot be read", message, seen)
        elif isinstance(fact, ProgressRead):
            self._judge(fact)

    def _judge(self, fact: ProgressRead) -> None:
        container, seen = fact.container, fact.seen
        if fact.named is NamedJob.NONE:
            self.failed("JOB-3", "no job", f"The progress of container {container.id} names no job.", seen)
        elif fact.named is NamedJob.OTHER and not _may_lag(fact):
            message = (
                f"The progress of container {container.id} names job {short(fact.view['jobId'])}, "
                f"but its latest job is {' or '.join(sorted(one.job_id for one in fact.current))}."
            )
            self.failed("JOB-3", "another job", message, *(one.accepted for one in fact.current), seen)
        elif fact.named not in {NamedJob.REFUSED, NamedJob.OTHER}:
            self._shape(fact)

    def _shape(self, fact: ProgressRead) -> None:
        seen, subject = fact.seen, f"The progress of container {fact.container.id}"
        named, status = fact.view.get("containerId"), fact.view.get("status")
        if isinstance(named, str) and named != fact.container.id:
            self.failed("JOB-3", "another container", f"{subject} names the container {short(named)}.", seen)
        elif not isinstance(status, str):
            self.failed("JOB-3", "no status", f"{subject} shows no status.", seen)
        elif status not in JOB_STATUSES:
            self.failed("JOB-4", "unknown status", f"{subject} shows the status {short(status)}.", seen)
        else:
            self.passed("JOB-3", seen)


def _may_lag(fact: ProgressRead) -> bool:
    """Return whether the progress may still name an earlier job of the container, since it may follow it by a moment (open reading 36)."""
    container, job_id = fact.container, fact.view["jobId"]
    accepted = max(one.accepted.exchange.received_at for one in fact.current)
    is_earlier = any(one.job_id == job_id for one in container.generations)
    return is_earlier and fact.seen.exchange.sent_at < accepted + container.begins_within


CHECKS: tuple[type[Check], ...] = (ProgressShowsLatestJob,)
