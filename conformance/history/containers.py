"""What is known of each container, generation and project, and when the latest container was made."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from conformance.contract.lifecycle import MOMENT
from conformance.history.observation import Observation

MAKING_OPERATIONS = frozenset({"createContent", "cloneFromPost"})


@dataclass(slots=True, eq=False)
class Generation:
    """One accepted create, regenerate, clone, or reject with regeneration: the answer that named its job first."""

    accepted: Observation
    container_id: str
    job_id: str

    @property
    def operation_id(self) -> str:
        """The operation that started it."""
        return self.accepted.operation_id


@dataclass(slots=True, eq=False)
class Container:
    """What is known of one container.

    `generations` are in judging order; `read` is the latest successful getContent, by whichever organization's key; `writes` are the
    calls on it, accepted or not, that had not ended when that read was sent; `since` is the first of the latest reads, that one included,
    which show the same with no call between that may have changed it; `influences` are all calls on it that were not refused, and so
    may have changed it; `regenerating` are those of them that may have started a generation; `unshown` are those of these of which
    the latest read shows nothing yet. `queued` are those that were accepted while another generation may have been in flight, which they may
    supersede or wait behind (open reading 35), each with the moment by which it has shown; infinity until it has. `settling` and `read_lag`
    are those of the target.
    """

    id: str
    project_id: str | None = None
    owner: str | None = None
    generations: list[Generation] = field(default_factory=list)
    read: Observation | None = None
    first_read: Observation | None = None
    since: Observation | None = None
    writes: list[Observation] = field(default_factory=list)
    influences: list[Observation] = field(default_factory=list)
    regenerating: list[Observation] = field(default_factory=list)
    unshown: list[Observation] = field(default_factory=list)
    queued: dict[Observation, float] = field(default_factory=dict)
    settling: float = MOMENT
    read_lag: float = 0.0

    @property
    def begins_within(self) -> float:
        """Seconds in which an accepted regeneration begins to show."""
        return self.settling + self.read_lag

    def withdraw(self, exchange_id: str | None) -> None:
        """Take back what a call without a certain answer may have done: it was repeated and refused as invalid, and so did nothing."""
        call = next((one for one in self.influences if one.uncertain and one.exchange.id == exchange_id), None)
        if call is not None:
            for calls in (self.influences, self.regenerating, self.unshown):
                calls[:] = [one for one in calls if one is not call]
            self.withdraw(call.exchange.tags.get("retry_of"))

    def note_shown(self, until: Observation, moment: float) -> None:
        """Note that a call, and every one that was queued before it, has shown by a moment."""
        for call, known in self.queued.items():
            if call.exchange.sent_at <= until.exchange.sent_at:
                self.queued[call] = min(known, moment)

    @property
    def made_by(self) -> Generation | None:
        """The create or clone that made it, None where the history does not show it."""
        first = self.generations[0] if self.generations else None
        return first if first and first.operation_id in MAKING_OPERATIONS else None

    @property
    def latest(self) -> Generation | None:
        """The generation whose call was sent last, None where the history shows none."""
        return self.generations[-1] if self.generations else None

    @property
    def is_vouched(self) -> bool:
        """Whether this history made or regenerated the container, so that its calls are the ones that matter."""
        return bool(self.generations)

    @property
    def in_first_generation(self) -> bool:
        """Whether the history shows the container's making, and no call that may have started another generation of it."""
        made_by = self.made_by
        return made_by is not None and all(call is made_by.accepted for call in self.regenerating)

    def is_repeat(self, call: Observation) -> bool:
        """Return whether a call was answered with the job of an earlier one, so that it has started nothing, or breaks idempotency."""
        job_id = call.fields.get("jobId") if call.ok else None
        return any(one.job_id == job_id and one.accepted is not call for one in self.generations)

    @property
    def latest_start(self) -> float:
        """The last moment at which a call that may have started a generation was sent, in seconds since the epoch."""
        latest = self.generations[-1].accepted.exchange.sent_at if self.generations else float("-inf")
        for call in self.regenerating:
            if call.exchange.sent_at > latest and not self.is_repeat(call):
                latest = call.exchange.sent_at
        return latest


@dataclass(slots=True, eq=False)
class Creation:
    """The accepted create that made a container, and what later calls may have done to it.

    `is_touched`: a later call that has a requirement of its own named the container.
    `is_patched`: its brief may rightly differ from the create's. `is_redone`: it may have
    been generated again. `is_unclear`: a call may have had an effect that no page describes.
    """

    call: Observation
    is_touched: bool = False
    is_patched: bool = False
    is_redone: bool = False
    is_unclear: bool = False


@dataclass(slots=True, eq=False)
class Project:
    """What is known of one project: whether its policy requires review (None: unknown), and who archived it when."""

    id: str
    review: bool | None = None
    archived: Observation | None = None
    archive_attempts: list[Observation] = field(default_factory=list)
    _ended: list[float] = field(default_factory=list, repr=False)

    def note_attempt(self, call: Observation) -> None:
        """Take in a call that asks for archiving, whatever it was answered."""
        self.archive_attempts.append(call)
        received_at = call.exchange.received_at
        self._ended.append(max(self._ended[-1], received_at) if self._ended else received_at)

    def attempts_since(self, moment: float) -> list[Observation]:
        """Return the calls for archiving that ended after a moment, in seconds since the epoch."""
        start = bisect_right(self._ended, moment)
        return [call for call in self.archive_attempts[start:] if call.exchange.received_at > moment]


class LatestCreations:
    """A fold over the writing calls of a history: the calls that were answered last of those that may have made a container, and surely did."""

    def __init__(self) -> None:
        self._latest: dict[str | None, Observation] = {}
        self._accepted: dict[str | None, Observation] = {}

    def note(self, seen: Observation, container: Container | None) -> None:
        """Take in one writing call and the container that it names."""
        if seen.operation_id not in MAKING_OPERATIONS or seen.refused:
            return
        project_id = seen.params.get("projectId") or seen.asked_destination
        if project_id is None and container is not None:
            project_id = container.project_id
        _keep_latest(self._latest, project_id, seen)
        if seen.ok:
            _keep_latest(self._accepted, project_id, seen)

    def since(self, moment: float, project_id: str | None) -> Observation | None:
        """Return the latest creation in a project, if it was answered after a moment; those of project None may be in any project."""
        return _after(moment, self._latest.get(project_id))

    def accepted_since(self, moment: float, project_id: str | None) -> Observation | None:
        """Return the latest creation in a project that was accepted, if it was answered after a moment."""
        return _after(moment, self._accepted.get(project_id))


def _keep_latest(kept: dict[str | None, Observation], project_id: str | None, seen: Observation) -> None:
    before = kept.get(project_id)
    if before is None or before.exchange.received_at < seen.exchange.received_at:
        kept[project_id] = seen


def _after(moment: float, call: Observation | None) -> Observation | None:
    return call if call is not None and call.exchange.received_at > moment else None
