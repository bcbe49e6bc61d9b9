"""The smallest history that still shows a finding, found offline: nothing is sent.

Of the whole history the exchanges that show the finding are taken, with the answers that their requests depend on and the calls that may
have triggered it. Where the checks do not find the same in these alone, more of the history is taken, and what does not matter is dropped
again (delta debugging). The same finding is the one of the same kind and words at the same exchange, and no other failure of its
requirement before it, so that nothing is accused because something was dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.checks.findings import Finding, Result, Tally
from conformance.checks.judge import Judge, check_classes
from conformance.client.exchange import READING, Exchange, path_and_query
from conformance.contract.document import Contract
from conformance.history.observation import TargetFacts
from conformance.replay.dependencies import Dependencies, are_one, is_refused

MOST_JUDGED = 5_000
"""Exchanges that may be judged, over and over, for one finding: about a second, or two where answers are large."""
LARGE = 4_000
"""Bytes of an answer that take as long to judge as another exchange."""
MOST_IN_ALL = 50_000
"""Exchanges that may be judged for all findings of a report; those that are left are shown as they were found."""
MOST_SHOWN = 12
"""Exchanges of a smallest history that a person still reads; triggers above it are dropped, the earliest first."""
_NUMBER = re.compile(r"(?<![\w.:-])\d+(?:\.\d+)?(?![\w:-])")
_DOUBT = re.compile(r"; if .*$")


@dataclass(frozen=True, slots=True)
class Smallest:
    """The exchanges in judging order; `is_confirmed` says whether the checks find the same in these alone."""

    exchanges: tuple[Exchange, ...]
    is_confirmed: bool


class Shrinker:
    """Shrinks the history of a run to what shows one of its findings; `tallies` are what the checks said of the whole of it."""

    def __init__(
        self, contract: Contract, facts: TargetFacts, links: Dependencies, tallies: Mapping[str, Tally]
    ) -> None:
        self.links = links
        self._contract = contract
        self._facts = facts
        self._tallies = tallies
        self._by_id = {exchange.id: exchange for exchange in links.exchanges}
        self._costs = {
            each.id: 1 + len(each.response.body if each.response else b"") // LARGE for each in links.exchanges
        }
        self._left_in_all = MOST_IN_ALL
        self._left = 0

    def smallest(self, finding: Finding) -> Smallest:
        """Return the smallest history of a finding whose decisive exchange is in the history."""
        self._left = min(MOST_JUDGED, self._left_in_all)
        before = self._left
        shown = [self._by_id[each] for each in finding.exchanges if each in self._by_id]
        core = self.links.closure(shown, finding.message)
        found = self._shrunk(finding, core, self._triggers(shown, core))
        self._left_in_all -= before - self._left
        return found

    def _triggers(self, shown: Sequence[Exchange], core: Sequence[Exchange]) -> list[Exchange]:
        """Return the calls that may have brought about what the decisive exchange shows, and are not among the core.

        These are the calls between the exchanges of the finding that may have changed its containers. Of the calls before, the last of each
        operation has made the state that the history begins in.
        """
        things = {thing for each in shown for thing in self.links.things(each)}
        kept = {each.id for each in core}
        begin = min(each.sent_at for each in shown)
        before = [each for each in self.links.changes_between(things, 0.0, begin) if not self.links.is_replay(each)]
        last = {self._matched(each)[0]: each for each in before}
        between = self.links.changes_between(things, begin, shown[-1].received_at)
        between = self._until_it_was_shown(between, shown, things, begin)
        chosen = {each.id: each for each in (*last.values(), *between) if each.id not in kept}
        # Moves of the clock are many, and the likeliest to be only in the way of what else a person can read.
        moves = {each.id for each in self.links.clock_moves(shown[-1].received_at)}
        found = sorted(self.links.ordered(chosen.values()), key=lambda each: each.id not in moves)
        while found:
            needed = [each for each in self.links.closure(found) if each.id not in kept]
            if len(needed) + len(core) <= MOST_SHOWN:
                return needed
            found = found[1:]
        return []

    def _until_it_was_shown(
        self, found: list[Exchange], shown: Sequence[Exchange], things: set[str], begin: float
    ) -> list[Exchange]:
        """Return triggers without those that have no more than a key in common with a finding, and were sent when what it is about was there."""
        given = [each.received_at for each in self.links.taken(shown[-1]).values() if each.received_at > begin]
        keys = {each.request.header("idempotency-key") for each in shown}
        until = min(given, default=shown[-1].received_at)
        return [
            each for each in found if each.sent_at <= until or not (things - keys).isdisjoint(self.links.things(each))
        ]

    def _names_container(self, exchange: Exchange) -> bool:
        return any(name in self._matched(exchange)[1] for name in ("containerId", "jobId"))

    def _matched(self, exchange: Exchange) -> tuple[str, Collection[str]]:
        """Return the operation that a request calls, and what its path names."""
        matched = self._contract.match(exchange.request.method, path_and_query(exchange.request.url)[0])
        return (matched[0].id, matched[1].keys()) if matched else ("", frozenset())

    def _shrunk(self, finding: Finding, core: list[Exchange], triggers: list[Exchange]) -> Smallest:
        both = self.links.ordered([*core, *triggers])
        related, until = self._related(core), self._until(finding)
        # With the triggers first, and with what the checks need to see that these do not explain it.
        with_triggers = ((both, []), (both, related)) if triggers else ()
        for fixed, more in with_triggers:
            needed = self._needed(finding, fixed, more)
            if needed is not None and len(needed) <= MOST_SHOWN:
                return self._with_reads(finding, needed)
        for fixed, more in ((core, []), (core, related), (both, until), (both, list(self.links.exchanges))):
            needed = self._needed(finding, fixed, more)
            if needed is not None:
                break
        else:
            return Smallest(tuple(core), is_confirmed=False)
        if len(needed) <= MOST_SHOWN:
            return self._with_reads(finding, needed)
        # A walk of many pages: what does not show the finding can go, but not what its requests depend on.
        decisive = [self._by_id[finding.exchanges[-1]]]
        needed = self._minimized(finding, decisive, [each for each in needed if each.id != decisive[0].id])
        needed = self.links.closure(needed, finding.message)
        if self._shows(finding, needed):
            return Smallest(tuple(needed), is_confirmed=True)
        # Nobody reads hundreds of exchanges that are not known to show it.
        return Smallest(tuple(core), is_confirmed=False)

    def _needed(self, finding: Finding, fixed: list[Exchange], more: list[Exchange]) -> list[Exchange] | None:
        """Return some exchanges with those of others that the finding needs; None where it does not show in all of them."""
        kept = {each.id for each in fixed}
        others = [each for each in more if each.id not in kept]
        if not self._shows(finding, self.links.ordered([*fixed, *others])):
            return None
        return self._minimized(finding, fixed, others)

    def _with_reads(self, finding: Finding, needed: list[Exchange]) -> Smallest:
        """Return exchanges with those that may have brought about a change that no call explains, and without what only shares a key."""
        needed = self._without_refused(finding, needed)
        found, suspects = needed, self.links.ordered(self._unexplained(needed))
        # The latest is the likeliest; where the finding does not stay with it, an earlier one would only mislead.
        for count in range(len(suspects) + 1):
            kept = [*needed, *suspects[len(suspects) - count :]]
            own = {each.id for each in kept}
            closed = [
                each for each in self.links.closure(kept, finding.message) if each.id in own or not is_refused(each)
            ]
            if len(closed) > MOST_SHOWN or not self._shows(finding, closed):
                break
            found = closed
        return Smallest(tuple(found), is_confirmed=True)

    def _without_refused(self, finding: Finding, needed: list[Exchange]) -> list[Exchange]:
        """Return exchanges without the refused calls that the check does not need."""
        for each in needed:
            if each.id not in finding.exchanges and is_refused(each) and each.request.method not in READING:
                fewer = [one for one in needed if one.id != each.id]
                needed = fewer if self._shows(finding, fewer) else needed
        return needed

    def _unexplained(self, needed: list[Exchange]) -> list[Exchange]:
        """Return what may have changed what was read last, though it should not: of each operation the last call.

        These are the reads between two sightings that no call has changed meanwhile, and since the last sighting or change of it the refused
        calls, and those on a clone or its source.
        """
        last = needed[-1]
        if last.request.method != "GET":
            return []
        things = self.links.things(last)
        changes = self.links.changes_between(things, 0.0, last.received_at)
        sightings = [each for each in self.links.exchanges if are_one(each, last) and each.sent_at < last.sent_at]
        found: list[Exchange] = []
        is_sighted = any(are_one(each, last) for each in needed[:-1])
        if is_sighted:
            seen = max(each.received_at for each in sightings)
            if not any(each.sent_at >= seen for each in changes):
                found += self.links.reads_between(things, seen, last.sent_at)
        known = [*(each for each in needed[:-1] if are_one(each, last)), *changes]
        named = [each.received_at for each in known if each.id not in self._replays(changes)]
        if named:
            found += self.links.surprises_between(things, max(named), last.sent_at)
        kinds: dict[str, Exchange] = {}
        for each in found:
            operation, _ = self._matched(each)
            if operation and not are_one(each, last):
                kinds[operation] = each
        shown = {each.id for each in needed}
        left = [each for each in kinds.values() if each.id not in shown]
        return left[max(0, len(left) - (MOST_SHOWN - len(needed))) :]

    def _replays(self, changes: Sequence[Exchange]) -> set[str]:
        """Return the calls that named nothing and were answered with what an earlier one had made."""
        return {each.id for each in changes[1:] if not self._names_container(each)}

    def _related(self, core: Sequence[Exchange]) -> list[Exchange]:
        things = {thing for each in core for thing in self.links.things(each)}
        last = max(self.links.positions[each.id] for each in core)
        return [each for each in self.links.exchanges[: last + 1] if not things.isdisjoint(self.links.things(each))]

    def _until(self, finding: Finding) -> list[Exchange]:
        return list(self.links.exchanges[: self.links.positions[finding.exchanges[-1]] + 1])

    def _minimized(self, finding: Finding, core: list[Exchange], droppable: list[Exchange]) -> list[Exchange]:
        """Drop parts of what is not needed, whole containers first, while the finding stays."""
        kept = self._without_parts(finding, core, list(droppable), self._by_thing(droppable))
        while self._left > 0:
            fewer = self._without_parts(finding, core, kept, [{each.id} for each in kept])
            if len(fewer) == len(kept):
                break
            kept = fewer
        return self.links.ordered([*core, *kept])

    def _without_parts(
        self, finding: Finding, core: list[Exchange], kept: list[Exchange], parts: list[set[str]]
    ) -> list[Exchange]:
        """Drop parts, many at once first, and then fewer of those that are left."""
        size, cost = max(1, len(parts) // 2), self._cost([*core, *kept])
        while parts and self._left > 0:
            left: list[set[str]] = []
            for begin in range(0, len(parts), size):
                chosen = parts[begin : begin + size]
                dropped = set().union(*chosen)
                if cost - sum(self._costs[each] for each in dropped) > self._left:
                    # What is left would not be judged; to put it together again and again takes seconds of a large history.
                    left += chosen
                    continue
                fewer = self._without(finding, core, kept, dropped)
                if len(fewer) < len(kept):
                    kept, cost = fewer, self._cost([*core, *fewer])
                else:
                    left += chosen
            if size == 1:
                break
            parts, size = left, max(1, min(size // 2, len(left) // 2))
        return kept

    def _cost(self, exchanges: Iterable[Exchange]) -> int:
        """Return what it takes to judge exchanges once, in exchanges of a usual size."""
        return sum(self._costs[each.id] for each in exchanges)

    def _by_thing(self, exchanges: Iterable[Exchange]) -> list[set[str]]:
        """Return the ids of exchanges by what they name, the most first."""
        parts: dict[str, set[str]] = {}
        for each in exchanges:
            parts.setdefault(min(self.links.things(each), default=""), set()).add(each.id)
        return sorted(parts.values(), key=len, reverse=True)

    def _without(
        self, finding: Finding, core: list[Exchange], kept: list[Exchange], dropped: set[str]
    ) -> list[Exchange]:
        fewer = [each for each in kept if each.id not in dropped]
        return fewer if self._shows(finding, self.links.ordered([*core, *fewer])) else kept

    def _shows(self, finding: Finding, exchanges: Sequence[Exchange]) -> bool:
        """Return whether the checks find the same in these exchanges, and no other failure of the requirement before it."""
        cost = self._cost(exchanges)
        if cost > self._left:
            return False
        self._left -= cost
        found: list[Finding] = []
        checks = [check() for check in check_classes() if finding.requirement in check.judges]
        judge = Judge(self._contract, self._facts, checks, listener=found.append)
        for exchange in exchanges:
            judge.observe(exchange)
        judge.finish()
        failures = [each for each in found if each.result is Result.FAILED and each.requirement == finding.requirement]
        same = next((each for each in failures if each.key == finding.key), None)
        return (
            same is not None
            and words(same) == words(finding)
            and same.exchanges[-1:] == finding.exchanges[-1:]
            and all(each.key in self._tallies[finding.requirement].times for each in failures)
        )


def words(finding: Finding) -> str:
    """Return the sentence of a finding without its numbers, since how often something was seen falls with what is dropped.

    Nor does it hold a reservation at its end, which another container of the run may have removed.
    """
    return _DOUBT.sub("", _NUMBER.sub("", finding.message).rstrip("."))
