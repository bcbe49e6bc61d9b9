"""The kinds of facts that an exchange establishes, each established once, before any check is asked.

Every exchange is one `Called`, of the most exact kind that fits: a check that asks for a kind is handed all kinds below it too. Further facts
follow from some calls: that a container changed between two reads, that a generation was seen, or that a keyed call used a key again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from conformance.history.containers import Container, Creation, Generation
from conformance.history.keyed_calls import GeneratingCall, KeyedCall
from conformance.history.keys import KeyUse
from conformance.history.observation import Observation
from conformance.history.walks import CursorUse, Filters, Item, Limit, Walk
from conformance.history.windows import Change, Standing, Windows


@dataclass(slots=True, eq=False)
class Fact:
    """Something that one exchange establishes."""

    seen: Observation


class Called(Fact):
    """An exchange of whatever kind; of exactly this kind are those that the contract does not define."""


class Unreadable(Fact):
    """An answer in JSON that parsers read differently; every other fact of its exchange is that of a call without an answer."""


@dataclass(slots=True, eq=False)
class ContainerRequest(Called):
    """A getContent, whatever it was answered; `container` is None where the history knows no such container."""

    container: Container | None


@dataclass(slots=True, eq=False)
class ContainerRead(ContainerRequest):
    """A getContent by an organization that was answered with a container; `change` compares it with the read before it."""

    container: Container
    view: dict[str, Any]
    change: Change | None


@dataclass(slots=True, eq=False)
class ListRequest(Called):
    """A listContent, whatever it was answered.

    `is_own`: the owner asked for a project that may be theirs and that no call may have archived. `filters` are the query parameters but
    for cursor and limit, sorted. `cursor` tells of the cursor, None where none was sent, or several. `refuses_query`: the list was refused,
    and not for its project, its caller or its pace. `walk` is the unfinished walk whose next page was asked for.
    """

    is_own: bool
    filters: Filters
    limit_kind: Limit
    cursor: CursorUse | None
    refuses_query: bool
    walk: Walk | None

    @property
    def project_id(self) -> str:
        """The project whose list was asked for."""
        return self.seen.params["projectId"]


@dataclass(slots=True, eq=False)
class PageRead(ListRequest):
    """A page of a list.

    `entries` are its raw items, `items` those of them that name a container. `walk` is the walk that the page began or continued, None for
    a page that continues no walk that is known.
    """

    entries: list[Any]
    items: list[Item]

    @property
    def size(self) -> int:
        """How many items the page has, also those that are not looked at."""
        return len(self.entries) + self.seen.items_beyond


@dataclass(slots=True, eq=False)
class WalkCompleted(Fact):
    """A page that completed a reliable walk (see `Walk.is_reliable`); `is_own` as in `ListRequest`."""

    is_own: bool
    walk: Walk


@dataclass(slots=True, eq=False)
class JobRequest(Called):
    """A getJob, whatever it was answered.

    `generation` is the one whose job it names, where that had been accepted before, and `container` the one that this generation belongs to.
    """

    job_id: str
    generation: Generation | None
    container: Container | None

    @property
    def was_superseded(self) -> bool:
        """Whether a later generation of the same container had been accepted before the job was asked for."""
        if self.generation is None or self.container is None:
            return False
        accepted = self.generation.accepted
        return any(
            accepted.precedes(other.accepted) and other.accepted.precedes(self.seen)
            for other in self.container.generations
        )


@dataclass(slots=True, eq=False)
class JobRead(JobRequest):
    """A getJob by an organization that was answered with a job."""

    view: dict[str, Any]


@dataclass(slots=True, eq=False)
class ProgressRequest(Called):
    """A getContentProgress, whatever it was answered; `container` is None where the history knows no such container.

    `current` are the generations that may have been the container's latest meanwhile; empty where none had been accepted before.
    """

    container: Container | None
    current: tuple[Generation, ...]


class NamedJob(Enum):
    """Which job a progress names.

    `latest`: one that may be the container's latest. `unanswered`: an unknown one, which a call without an answer that names it may have
    started. `refused`: an unknown one, which only a refused call can have started. `other`: any other one.
    """

    NONE = "none"
    LATEST = "latest"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    OTHER = "other"


@dataclass(slots=True, eq=False)
class ProgressRead(ProgressRequest):
    """A getContentProgress by an organization that was answered with an object, of a container that had been accepted before.

    `refused` is the latest refused call that asked for another generation of the container, where a job of it is named.
    """

    container: Container
    view: dict[str, Any]
    named: NamedJob
    refused: Observation | None


@dataclass(slots=True, eq=False)
class AssetRequest(Called):
    """A getAsset, whatever it was answered; `container` is None where the history knows no such container.

    `is_shown`: the container has shown the asset. `holder` is the first container that a read showed with it, where that is another one.
    """

    container: Container | None
    is_shown: bool
    holder: Container | None


@dataclass(slots=True, eq=False)
class ForeignAssetAnswered(Fact):
    """A getAsset that was answered with success, for an asset that its container does not have, as `read` shows.

    `holder` is the first container that a read showed with it, None where none did.
    """

    container: Container
    holder: Container | None
    read: Observation


@dataclass(slots=True, eq=False)
class Wrote(Called):
    """A call by a method that may change something; of exactly this kind are those that the contract does not define.

    `container` is the one that the call names, by its own id or by its job's. `key` is what the call's Idempotency-Key had been used
    for before. `started` is the generation whose job the answer was the first to name.
    """

    container: Container | None
    key: KeyUse
    started: Generation | None
    windows: Windows = field(repr=False)

    @property
    def standing(self) -> Standing | None:
        """How the container stood when the call was sent, None where it is not known here or was not seen at rest."""
        return self.windows.standing(self.container, self.seen)


class CreateSent(Wrote):
    """A createContent."""


class RegenerateSent(Wrote):
    """A regenerateContent."""


class CloneSent(Wrote):
    """A cloneFromPost."""


class DecisionSent(Wrote):
    """An approveContent or a rejectContent."""


class ApproveSent(DecisionSent):
    """An approveContent."""


class RejectSent(DecisionSent):
    """A rejectContent."""


class CancelSent(Wrote):
    """A cancelJob."""


class ArchiveSent(Wrote):
    """An archiveProject."""


@dataclass(slots=True, eq=False)
class CallSettled(Fact):
    """A writing call again, when every call that may have overlapped it is known; `standing`: how its container stood when it was sent."""

    wrote: Wrote
    standing: Standing | None


@dataclass(slots=True, eq=False)
class Changed(Fact):
    """A read of a container, compared with the read before it; both are reads that do not overlap."""

    change: Change


class Side(Enum):
    """Who tells where a generation stands."""

    CONTAINER = "container"
    JOB = "job"
    PROGRESS = "progress"


@dataclass(slots=True, eq=False)
class GenerationSeen(Fact):
    """A read that shows where a generation stands: in flight (`ended_as` is None), or the terminal status that it ended in."""

    generation: Generation
    ended_as: str | None
    side: Side
    subject: str


@dataclass(slots=True, eq=False)
class SidesCompared(Fact):
    """What a read of a container, a job or a progress says of the latest generation, beside what the other side said last.

    The one side is the container, the other its job, also as getContentProgress shows it; or both tell of the job.
    `here` and `there` name the sides for a sentence.
    `first_ended` is the first read that showed the other side ended as it is. `is_cancelled`: a call may have cancelled the job.
    """

    generation: Generation
    ended_as: str | None
    here: str
    other: Observation
    other_ended_as: str | None
    there: str
    first_ended: Observation | None
    is_cancelled: bool


@dataclass(slots=True, eq=False)
class EndedJobReadAgain(Fact):
    """A job that an earlier read (`first`) showed ended is read again.

    `changed` maps the lasting members that differ to their old and new value. `was_regenerated`: a later generation of its container
    had been accepted meanwhile.
    """

    job_id: str
    first: Observation
    changed: dict[str, tuple[Any, Any]]
    was_regenerated: bool

    @property
    def runs_again(self) -> bool:
        """Whether the job is shown as it was before it ended."""
        return bool(self.changed.get("status", ("", ""))[1] == "running")


@dataclass(slots=True, eq=False)
class DecisionRead(Fact):
    """A read of a container at rest after an accepted approve or reject that no other call may have undone.

    `makes` is the approvalStatus that the decision makes, `approval` the one that is read, `was_shown` whether an earlier read had shown it.
    `lags`: the read may be older than the decision, as the target is configured (`[timing] read_lag`).
    """

    container: Container
    decision: Observation
    makes: str
    approval: str
    was_shown: bool
    lags: bool


@dataclass(slots=True, eq=False)
class ListedCreatedAtMoved(Fact):
    """A list shows another createdAt of a container than the first list that showed the container (`first`)."""

    container_id: str
    first: Observation
    old: str
    new: str


@dataclass(slots=True, eq=False)
class ListedElsewhere(Fact):
    """A page shows a container that a list of another project has shown (`first`); the configuration names both projects."""

    container_id: str
    project_id: str
    first: Observation
    other_project_id: str


@dataclass(slots=True, eq=False)
class CreatedRead(Fact):
    """A getContent, whatever it was answered, by the organization whose accepted create made the container in this history."""

    container: Container
    creation: Creation


class ClockMoved(Fact):
    """A call that asked the target's test clock to move, whatever it was answered."""


@dataclass(slots=True, eq=False)
class GenerationRequest(Fact):
    """A generating call, a decision or a cancel by an organization; `wrote` is the same call as a write."""

    call: GeneratingCall
    wrote: Wrote


@dataclass(slots=True, eq=False)
class KeyUsed(Fact):
    """A generating call with a usable Idempotency-Key, and how the key stood when it was sent."""

    keyed: KeyedCall


@dataclass(slots=True, eq=False)
class KeyedCallSettled(Fact):
    """The same again, when every call that may have overlapped it is known; `standing`: how its container stood when it was sent."""

    keyed: KeyedCall
    standing: Standing | None


@dataclass(slots=True, eq=False)
class KeyNeverAccepted(Fact):
    """At the end of the history: calls with one key and for one thing, of which none was accepted though each was answered."""

    calls: list[GeneratingCall]


@dataclass(slots=True, eq=False)
class RefusedKeyUsed(Fact):
    """A call by an organization with a key that nobody had sent before but callers without a right to what they asked for.

    `refused` is the first of their calls, and `is_same_answer` tells whether both were given the same bytes.
    """

    refused: Observation
    is_same_answer: bool
