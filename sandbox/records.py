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
    """One generation: when it began, how long it takes and how it will end unless it is canceled first."""

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
    """One container as last written; what time alone changes is computed from its latest job.

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
    """A container with its latest job and its project's policy, at one instant."""

    container: Container
    job: Job
    requires_review: bool
    now: int


class Asset(NamedTuple):
    """One rendered medium; only what plays has a duration."""

    id: str
    kind: str
    width: int
    height: int
    duration_ms: int | None


class Replay(NamedTuple):
    """What an idempotency key stands for."""

    fingerprint: str
    status: int
    body: bytes
    created_at: int


class Brief(TypedDict, total=False):
    """A brief as it travels on the wire; absent members were not sent."""

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
