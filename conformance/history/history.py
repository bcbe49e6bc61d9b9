"""The fold over a whole history: each exchange is understood once, and yields the facts that it establishes."""

from __future__ import annotations

from dataclasses import replace

from conformance.client.exchange import RESUMED, Exchange, TransportError, TransportFailure, judging_order
from conformance.contract.document import Contract
from conformance.history import facts
from conformance.history.assets import ShownAssets
from conformance.history.facts import Fact
from conformance.history.jobs import EndedJobs, Progress, Sides, sighting
from conformance.history.keyed_calls import KeyedCalls, generating_call
from conformance.history.ledger import Ledger
from conformance.history.lists import Lists
from conformance.history.observation import Observation, TargetFacts, understand
from conformance.history.owners import Owners, with_distinct_projects
from conformance.history.situations import Coverage, Situations
from conformance.history.walks import entries_of
from conformance.history.writes import Creations, Decisions, RefusedKeys

UNREADABLE = TransportFailure(TransportError.DOUBTED, "its answer is JSON that parsers read differently")
WRITES: dict[str, type[facts.Wrote]] = {
    "createContent": facts.CreateSent,
    "regenerateContent": facts.RegenerateSent,
    "cloneFromPost": facts.CloneSent,
    "approveContent": facts.ApproveSent,
    "rejectContent": facts.RejectSent,
    "cancelJob": facts.CancelSent,
    "archiveProject": facts.ArchiveSent,
}
"""The kind of each documented write."""


class History:
    """Takes exchanges in, in judging order, each once; `ledger` and `coverage` tell what they have established so far."""

    def __init__(self, contract: Contract, target: TargetFacts) -> None:
        target = with_distinct_projects(target)
        self.ledger = Ledger(target)
        self.coverage = Coverage()
        self.situations = Situations()
        self._contract = contract
        self._target = target
        self._creations = Creations(self.ledger.containers)
        self._decisions = Decisions(self.ledger.windows)
        self._assets = ShownAssets()
        self._ended_jobs = EndedJobs()
        self._keyed_calls = KeyedCalls(self.ledger.clock)
        self._lists = Lists()
        self._owners = Owners(target)
        self._progress = Progress()
        self._refused_keys = RefusedKeys()
        self._sides = Sides()
        self._unsettled: list[Fact] = []
        self._latest: Observation | None = None

    def observe(self, exchange: Exchange) -> list[Fact]:
        """Take one exchange in and return the facts that it establishes."""
        seen = self._latest = understand(exchange, self._contract, self._target)
        unreadable: list[Fact] = []
        if seen.is_unreadable:
            # Another client may have read another value in it, or none.
            unreadable = [facts.Unreadable(seen)]
            seen = understand(replace(exchange, response=None, failure=UNREADABLE), self._contract, self._target)
        self._owners.settle(seen)
        self.coverage.note(seen, self.ledger)
        self.situations.note(seen, self.ledger)
        self.ledger.observe(seen)
        self.ledger.clock.note(seen, self.ledger.clock_offset)
        if self.ledger.clock_offset and RESUMED in exchange.tags:
            # The target may have been started anew meanwhile, with its test clock set back.
            self._keyed_calls.forget()
        found: list[Fact] = self._settled(judging_order(exchange)) if self._unsettled else []
        found += unreadable
        if self.ledger.is_unclear(seen):
            found.append(self._unclear(seen))
        elif seen.is_write:
            self._take_write(seen, found)
        else:
            self._take_read(seen, found)
        if seen.advanced_seconds is not None:
            found.append(facts.ClockMoved(seen))
        return found

    def release(self) -> None:
        """Forget what of the latest exchange only its own judgement needed."""
        if self._latest is not None:
            self._latest.release()
            self._latest = None

    def finish(self) -> list[Fact]:
        """Return the facts that only the end of the history establishes; call it once."""
        left, self._unsettled = self._unsettled, []
        never = (calls for calls in self._keyed_calls.never_accepted() if len(calls) > 1)
        return [*left, *(facts.KeyNeverAccepted(calls[-1].seen, calls) for calls in never)]

    def _settled(self, now: float) -> list[Fact]:
        due = [fact for fact in self._unsettled if fact.seen.exchange.received_at <= now]
        if due:
            self._unsettled = [fact for fact in self._unsettled if fact.seen.exchange.received_at > now]
        return [fact for fact in due if not self.ledger.is_unclear(fact.seen)]

    def _unclear(self, seen: Observation) -> Fact:
        """Return the fact of a call whose effect or answer nobody can tell, since what it names is unclear."""
        ledger = self.ledger
        if seen.operation_id == "listContent":
            self._lists.take(seen, ledger)
        return facts.Wrote(seen, None, ledger.key_use, None, ledger.windows) if seen.is_write else facts.Called(seen)

    def _take_write(self, seen: Observation, found: list[Fact]) -> None:
        ledger = self.ledger
        kind = WRITES.get(seen.operation_id, facts.Wrote)
        wrote = kind(seen, ledger.touched(seen), ledger.key_use, ledger.started, ledger.windows)
        found.append(wrote)
        self._progress.note(wrote)
        self._creations.note(wrote)
        if isinstance(wrote, facts.DecisionSent):
            self._decisions.note(wrote)
        taken = self._refused_keys.take(wrote, ledger)
        if taken is not None:
            found.append(taken)
        if seen.operation is not None:
            self._unsettled.append(facts.CallSettled(seen, wrote, wrote.standing))
        call = generating_call(seen, ledger.clock_offset)
        keyed = self._keyed_calls.take(seen, call)
        if call is not None:
            found.append(facts.GenerationRequest(seen, call, wrote))
        if keyed is not None and not (keyed.original and keyed.original.container_id in ledger.unclear):
            found.append(facts.KeyUsed(seen, keyed))
            self._unsettled.append(facts.KeyedCallSettled(seen, keyed, wrote.standing))

    def _take_read(self, seen: Observation, found: list[Fact]) -> None:
        match seen.operation_id:
            case "getContent":
                self._take_container(seen, found)
            case "listContent":
                found.extend(self._lists.take(seen, self.ledger))
                self._assets.listed(entries_of(seen) or [])
            case "getJob":
                self._take_job(seen, found)
            case "getContentProgress":
                found.append(self._progress.read(seen, self.ledger))
                self._take_sighting(seen, found)
            case "getAsset":
                found.extend(self._assets.request(seen, self.ledger))
            case _:
                found.append(facts.Called(seen))

    def _take_container(self, seen: Observation, found: list[Fact]) -> None:
        ledger, view = self.ledger, seen.container_view
        container = ledger.containers.get(seen.params["containerId"])
        created = self._creations.read(seen, container)
        if created is not None:
            found.append(created)
        if view is None or container is None:
            found.append(facts.ContainerRequest(seen, container))
            return
        read = facts.ContainerRead(seen, container, view, ledger.change)
        found.append(read)
        found.extend(self._assets.read(read, ledger))
        if ledger.change is not None:
            found.append(facts.Changed(seen, ledger.change))
        decided = self._decisions.read(read)
        if decided is not None:
            found.append(decided)
        self._take_sighting(seen, found)

    def _take_job(self, seen: Observation, found: list[Fact]) -> None:
        job_id, view = seen.params["jobId"], seen.job_view
        generation = self.ledger.jobs.get(job_id)
        if generation is not None and not generation.accepted.precedes(seen):
            generation = None
        container = self.ledger.containers[generation.container_id] if generation is not None else None
        if view is None:
            found.append(facts.JobRequest(seen, job_id, generation, container))
            return
        found.append(facts.JobRead(seen, job_id, generation, container, view))
        self._assets.job(generation, view)
        again = self._ended_jobs.take(seen, self.ledger)
        if again is not None:
            found.append(again)
        self._take_sighting(seen, found)

    def _take_sighting(self, seen: Observation, found: list[Fact]) -> None:
        sighted = sighting(seen, self.ledger)
        if sighted is not None:
            found.append(sighted)
            found.extend(self._sides.compare(sighted, self.ledger))
