"""Containers that no answer named and that were created while creates or clones were being refused (CRE-10, CLO-4, AUT-3, AUT-4, IDM-4, IDM-11).

They bear no mark, so that only their times can tell who made them. Other callers may work on the same project, and create whenever they
like: a few containers prove nothing. Where all of those that no answer named fall into the short times of refused calls, and chance
cannot explain it, the refused calls made them; where it hardly can, the requirement cannot be judged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from conformance.checks.base import Check, on
from conformance.checks.refused_calls.blame import blame_for_making
from conformance.client.actors import OWNER
from conformance.history.facts import PageRead, Wrote
from conformance.history.fields import instant
from conformance.history.observation import Observation
from conformance.history.walks import Item
from conformance.history.windows import acts_until

SEVERAL = 4
"""The fewest containers that raise a doubt."""
MOSTLY = 0.8
"""The least part of all unnamed containers of the run that has to fall into the times of refused calls to raise a doubt."""
DOUBTED = 1e-4
"""The greatest probability that so many containers of others fall into these times, to raise a doubt."""
PROVEN = 1e-8
"""The greatest probability that containers of others fall into the times of so many different refused calls, to prove that these made them."""
MAKING = frozenset({"createContent", "cloneFromPost"})
"""The operations that make a container; what a refused regenerate makes has the brief of its container, so that its mark tells."""
SLACK = 0.01
"""Seconds by which a time on the target's clock may miss, beside the precision in which it is written."""
SHOWN = 9
"""Refused calls that are shown as the evidence."""
NEAR = 8
"""How many calls that were sent before a moment are looked at for the one nearest to it."""
KEPT = 5_000


@dataclass(slots=True)
class _Unnamed:
    """A container that no answer named: when it was created by the target's clock, to what precision (seconds), and the page that showed it."""

    created: float
    unit: float
    page: Observation


class _Match(NamedTuple):
    """A container, and the refused call in whose time it was created."""

    container_id: str
    container: _Unnamed
    call: Observation


@dataclass(slots=True)
class _Project:
    """What is known of a project.

    `looked_at` is when the latest whole walk began, in seconds since the epoch: it shows what was made before. `unanswered` are the ends
    and the starts of the times in which calls without an answer may have made something. `offsets` are the seconds by which the target's clock
    is ahead of ours, as accepted creates show it, of which `timed` is the first.
    """

    looked_at: float = float("-inf")
    refused: list[tuple[Observation, str]] = field(default_factory=list)
    unanswered: list[tuple[float, float]] = field(default_factory=list)
    unnamed: dict[str, _Unnamed] = field(default_factory=dict)
    offsets: list[float] = field(default_factory=list)
    timed: Observation | None = None


class RefusedCallsMakeNothing(Check):
    """No container is created in the times of refused creates and clones but those that other calls made."""

    judges = ("CRE-10", "CLO-4", "AUT-3", "AUT-4", "IDM-4", "IDM-11")

    def __init__(self) -> None:
        self._named: dict[str, Observation] = {}
        self._projects: dict[str, _Project] = {}
        self._began: float | None = None

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        seen = fact.seen
        # Once a clock was moved, the target's time tells nothing about ours.
        if seen.actor != OWNER or self.ledger.clock_offset:
            return
        project = self._project(seen)
        for item in fact.items:
            self._note_item(project, seen, item)
        walk = fact.walk
        if walk is not None and walk.complete and not walk.filters:
            project.looked_at = max(project.looked_at, walk.began)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        seen, ledger = fact.seen, self.ledger
        if ledger.clock_offset:
            return
        self._began = self._began if self._began is not None else seen.exchange.sent_at
        for name in ("containerId", "id"):
            if seen.ok and isinstance(seen.fields.get(name), str):
                self._named.setdefault(seen.fields[name], seen.evidence)
        if seen.operation_id not in MAKING:
            return
        if seen.uncertain:
            project = self._projects.setdefault(ledger.project_of(seen) or "", _Project())
            if len(project.unanswered) < KEPT:
                project.unanswered.append((acts_until(seen), seen.exchange.sent_at))
        if seen.refused:
            project = self._projects.setdefault(ledger.project_of(seen) or "", _Project())
            requirement = blame_for_making(seen, ledger)
            if requirement in self.judges and len(project.refused) < KEPT:
                project.refused.append((seen.evidence, requirement))

    def _note_item(self, project: _Project, seen: Observation, item: Item) -> None:
        named = self._named.get(item.id)
        created = instant(item.created_at) if named is not None or item.id not in project.unnamed else None
        if created is None:
            return
        moment = created.microseconds / 1e6
        if named is not None:
            if named.operation_id == "createContent" and len(project.offsets) < KEPT:
                project.offsets.append(moment - (named.exchange.sent_at + named.exchange.received_at) / 2)
                project.timed = project.timed or named
        elif len(project.unnamed) < KEPT:
            project.unnamed[item.id] = _Unnamed(moment, created.unit / 1e6, seen.evidence)

    def _project(self, seen: Observation) -> _Project:
        return self._projects.setdefault(seen.params.get("projectId", ""), _Project())

    def finish(self) -> None:
        """Compare the times of all containers that no answer named with those of the refused calls."""
        for project in self._projects.values():
            if project.offsets and project.refused and self._began is not None:
                self._judge(project, median(project.offsets), self._began)

    def _judge(self, project: _Project, offset: float, began: float) -> None:
        unnamed = {
            container_id: found
            for container_id, found in project.unnamed.items()
            if container_id not in self._named and found.created - offset >= began - found.unit - SLACK
        }
        _leave_out_what_was_lost(unnamed, offset, project.unanswered)
        if len(unnamed) < SEVERAL:
            return
        slack = SLACK + max(found.unit for found in unnamed.values())
        calls = sorted(project.refused, key=lambda pair: pair[0].exchange.sent_at)
        looked_until = max(project.looked_at, *(found.page.exchange.received_at for found in unnamed.values()))
        span = self.ledger.gaps.lasted(began, looked_until)
        requirements = {requirement for _, requirement in calls}
        matched = _match(unnamed, calls, offset, slack)
        all_match = sum(map(len, matched.values())) == len(unnamed)
        for requirement, found in matched.items():
            covered = _covered([call for call, judged_by in calls if judged_by == requirement], slack)
            part = min(1.0, covered / max(span, 1.0))
            # Chance has as many tries as there are requirements.
            if len(found) < max(SEVERAL, MOSTLY * len(unnamed)) or part ** len(found) * len(requirements) > DOUBTED:
                continue
            # Others may create several at once, so that only those in the times of different calls are independent.
            calls_met = len({match.call.exchange.id for match in found})
            is_proven = all_match and part**calls_met * len(requirements) <= PROVEN
            self._say(requirement, found, project.timed, is_proven=is_proven)

    def _say(self, requirement: str, found: list[_Match], timed: Observation | None, *, is_proven: bool) -> None:
        found.sort(key=lambda match: match.container.created)
        shown = list({match.call.exchange.id: match for match in reversed(found)}.values())[: -SHOWN - 1 : -1]
        latest = max(shown, key=lambda match: match.container.page.exchange.received_at)
        calls = "clones" if found[0].call.operation_id == "cloneFromPost" else "creates"
        message = f"{len(found)} containers that no answer named were created while {calls} were being refused, such as {latest.container_id}"
        page = latest.container.page
        # It is the number of refused calls that proves it, and an accepted one that tells their times on the target's clock.
        evidence = (*(match.call for match in shown), page)
        if timed is not None and timed.precedes(page):
            evidence = (timed, *evidence)
        if is_proven:
            self.failed(requirement, "created while refused", f"{message}.", *evidence)
        else:
            message = f"{message}, but other callers may have created them."
            self.inconclusive(requirement, "created while refused", message, *evidence)


def _match(
    unnamed: Mapping[str, _Unnamed], calls: list[tuple[Observation, str]], offset: float, slack: float
) -> dict[str, list[_Match]]:
    """Return the containers created in the time of a refused call, by the requirement that refuses it; calls are sorted by their start."""
    starts = [call.exchange.sent_at - slack for call, _ in calls]
    matched: dict[str, list[_Match]] = {}
    for container_id, found in unnamed.items():
        moment = found.created - offset
        at = bisect_left(starts, moment)
        near = [pair for pair in calls[max(0, at - NEAR) : at] if moment <= pair[0].exchange.received_at + slack]
        if near:
            call, requirement = min(near, key=lambda pair: _missed_by(pair[0], moment))
            matched.setdefault(requirement, []).append(_Match(container_id, found, call))
    return matched


def _missed_by(call: Observation, moment: float) -> float:
    """Return by how many seconds a moment misses the time of a call."""
    return max(call.exchange.sent_at - moment, moment - call.exchange.received_at, 0.0)


def _leave_out_what_was_lost(
    unnamed: dict[str, _Unnamed], offset: float, unanswered: Iterable[tuple[float, float]]
) -> None:
    """Leave out one container for each call without an answer, whose end and start are given, that may have made it."""
    waiting = sorted(unanswered)
    for container_id, found in sorted(unnamed.items(), key=lambda pair: pair[1].created):
        moment, slack = found.created - offset, found.unit + SLACK
        maker = next((pair for pair in waiting if pair[1] - slack <= moment <= pair[0] + slack), None)
        if maker is not None:
            waiting.remove(maker)
            del unnamed[container_id]


def _covered(calls: list[Observation], slack: float) -> float:
    """Return the seconds that the times of calls take up together; they are in the order of their start."""
    total, end = 0.0, float("-inf")
    for call in calls:
        first, last = call.exchange.sent_at - slack, call.exchange.received_at + slack
        total += max(0.0, last - max(first, end))
        end = max(end, last)
    return total
