"""The rows that the store keeps. Times are milliseconds since the epoch, in UTC."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict


class Project(NamedTuple):
    """A project and its approval policy."""

    id: str
    org: str
    requires_review: int
    archived_at: int | None


class Job(NamedTuple):
    """One generation: when it began, how long it takes and how it will end unless it is canceled."""

    id: str
    org: str
    project_id: str
    container_id: str
    kind: str
    started_at: int
    duration_ms: int
    outcome: str
    canceled_at: int | None


class Container(NamedTuple):
    """One container as last written; what changes by time is computed from its latest job.

    `approval` is the approval status as last written, `approval_job` the job whose result a person decided on.
    """

    seq: int
    id: str
    org: str
    project_id: str
    format: str
    resolved_format: str
    brief: str
    approval: str
    approval_job: str | None
    job_id: str
    created_at: int
    updated_at: int


class Snapshot(NamedTuple):
    """A container with its latest job and its project's policy, at one point in time."""

    container: Container
    job: Job
    requires_review: bool
    now: int


class Asset(NamedTuple):
    """One rendered file; only a video has a duration."""

    id: str
    kind: str
    width: int
    height: int
    duration_ms: int | None


class Replay(NamedTuple):
    """The recorded answer of an idempotency key."""

    fingerprint: str
    status: int
    body: bytes
    created_at: int


class Brief(TypedDict, total=False):
    """A brief as it is sent in JSON; an absent member was not sent."""

    hook: str
    targetPlatforms: list[str]
    influencerId: str
    themeTags: list[str]
    referenceMediaIds: list[str]
    language: str


class Answer(NamedTuple):
    """A response: status, body and headers besides the content type."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
