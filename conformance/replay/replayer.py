"""Sends the smallest history of a failure again, with new values in place of the old ones, and has the answers judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge, check_classes
from conformance.client.actors import HARNESS
from conformance.client.answers import answer_of, status_of
from conformance.client.call import ABSENT, Call
from conformance.client.exchange import READING, Exchange, judging_order
from conformance.client.session import Session
from conformance.contract.document import Contract
from conformance.contract.lifecycle import CONTAINER_MOVES, JOB_MOVES, is_terminal, reachable
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached, RunStopped
from conformance.history.observation import TargetFacts
from conformance.replay.dependencies import answered, are_one, named_by
from conformance.replay.renewal import Renewal
from conformance.replay.story import ended_before
from conformance.reporting.calls import seen
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report
from conformance.reporting.text import counted

TRIES = 3
"""How often a history is sent at most whose requests have to meet at one moment."""
LEAST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds that a request waits beyond what the target needs to settle, and seconds that it waits at most, if it waited in the run."""
PASSING = frozenset({408, 429, 502, 503, 504})
"""Status codes that say nothing of the request; one that the run had got is sent once, any other again."""
OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
OWN_VALUES = ("*/*", "layers-conformance/")
UNREPEATED = {"retry_of", "unasked", "resumed_after", "ended"}


class ReplayVerdict(StrEnum):
    """What a replay shows of a failure; `NOT_SHOWN`: the situation was not reached."""

    STILL_BROKEN = "still broken"
    FIXED = "fixed"
    NOT_SHOWN = "not shown"

    @property
    def exit_status(self) -> int:
        """The exit status of `conformance repro`."""
        return {"still broken": 1, "fixed": 0, "not shown": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of a replay, and a sentence that says why."""

    verdict: ReplayVerdict
    because: str


class Replay:
    """Replays one failure of a report.

    `story` is its smallest history in the order of sending. `facts` are the settings of the target that is asked, which may have another
    base URL than that of the report. `listen` takes each new exchange of the session that sends.
    """

    def __init__(
        self,
        report: Report,
        requirement: str,
        finding: Evidence,
        story: Sequence[Exchange],
        facts: Mapping[str, Any],
        contract: Contract,
    ) -> None:
        self.exchanges: list[Exchange] = []
        self._requirement, self._finding, self._story = requirement, finding, story
        self._facts, self._contract = facts, contract
        self._target = TargetFacts.of(facts)
        self._base_url: str = report.target["target"]["base_url"].rstrip("/")
        self._costs = {each.id: int(seen(each, contract, self._base_url).may_cost) for each in story}
        self._groups = list(_groups(story))
        self._answers: dict[str, Exchange] = {}
        self._missing = ""

    @property
    def tries(self) -> int:
        """How often the history is sent at most: more than once where requests have to meet."""
        return TRIES if any(len(group) > 1 for group in self._groups) else 1

    @property
    def price(self) -> int:
        """The most generations that the replay starts."""
        return self.tries * sum(self._costs.values())

    def listen(self, exchange: Exchange) -> None:
        """Keep an exchange of the session."""
        self.exchanges.append(exchange)

    def run(self, session: Session) -> Judgement:
        """Send the history, as often as it may take to show the failure, and return what the judge says."""
        session.driver = "repro"
        found = Judgement(ReplayVerdict.NOT_SHOWN, "nothing was sent")
        for _ in range(self.tries):
            self._send(session)
            found = self._judged()
            if found.verdict is ReplayVerdict.STILL_BROKEN:
                return found
        self._look_again(session)
        return self._judged()

    def _send(self, session: Session) -> None:
        renewal, self._answers, self._missing = Renewal(self._facts), {}, ""
        before: list[Exchange] = []
        try:
            for group in self._groups:
                for exchange in group:
                    renewal.prepare(exchange)
                    self._wait_for_ends(session, renewal, exchange)
                session.pause(self._pause(before, group[0]))
                calls = [self._call(renewal, exchange) for exchange in group]
                answers = session.send_together(calls) if len(calls) > 1 else [self._sent(session, group[0], calls[0])]
                for old, new in _by_outcome(group, answers):
                    renewal.learn(old, new)
                    self._answers[old.id] = new
                before = group
        except (NotReached, RunStopped) as reason:
            self._missing = str(reason)

    def _sent(self, session: Session, old: Exchange, call: Call) -> Exchange:
        """Send a call; repeat a read until it shows the status that it had shown in the run, if that can still come."""
        new = session.send(call)
        wanted = answer_of(old).get("status")
        for _ in range(self._polls if old.request.method == "GET" else 0):
            shown = answer_of(new).get("status")
            if shown == wanted or not _may_come(wanted, shown):
                break
            session.pause(self._timing["poll_interval"])
            new = session.send(call)
        return new

    def _wait_for_ends(self, session: Session, renewal: Renewal, exchange: Exchange) -> None:
        """Poll until the containers and jobs have ended that had ended in the run before it sent a request."""
        for kind, name, actor in ended_before(exchange):
            call = Call("GET", path_to(kind, renewal[name]), actor=actor)
            for _ in range(self._polls):
                status = answer_of(session.send(call)).get("status")
                if status is None or is_terminal(status):
                    break
                session.pause(self._timing["poll_interval"])

    def _look_again(self, session: Session) -> None:
        """Repeat the reads when the target has settled: what lagged, or changes with time, shows in them."""
        reads = [each for each in self._answers.values() if each.request.method == "GET"]
        try:
            session.pause(self._settling)
            for read in reads:
                session.send(Call("GET", read.request.url.removeprefix(session.base_url), read.actor, _headers(read)))
        except (NotReached, RunStopped):
            return

    @property
    def _timing(self) -> Mapping[str, float]:
        timing: Mapping[str, float] = self._facts["timing"]
        return timing

    @property
    def _polls(self) -> int:
        return int(self._timing["generation_timeout"] / self._timing["poll_interval"]) + 1

    @property
    def _settling(self) -> float:
        return self._target.settling + self._target.read_lag + LEAST_PAUSE

    def _pause(self, before: Sequence[Exchange], exchange: Exchange) -> float:
        """Return for how many seconds a request waits: as in the run, but no longer than a target needs to settle.

        Time itself may be what shows a failure where a read repeats the one before it.
        """
        if not before:
            return 0.0
        passed = exchange.sent_at - max(each.received_at for each in before)
        repeats = exchange.request.method in READING and any(are_one(each, exchange) for each in before)
        return max(0.0, min(passed, LONGEST_PAUSE if repeats else self._settling))

    def _call(self, renewal: Renewal, exchange: Exchange) -> Call:
        request = exchange.request
        path = request.url.removeprefix(self._base_url)
        if exchange.actor == HARNESS and self._target.clock_url:
            path = self._target.clock_url.removeprefix(self._target.base_url)
        headers = [(name, renewal.header(name, value)) for name, value in _headers(exchange)]
        if request.body is not None and request.header("content-type") is None:
            headers.append(("Content-Type", ABSENT))
        return Call(
            request.method,
            renewal.path(path),
            exchange.actor,
            tuple(headers),
            renewal.body(request.body),
            costs=self._costs[exchange.id],
            once=status_of(exchange) in PASSING or exchange.response is None,
            tags={name: value for name, value in exchange.tags.items() if name not in UNREPEATED},
        )

    def _judged(self) -> Judgement:
        found: list[Finding] = []
        checks = [check() for check in check_classes() if self._requirement in check.judges]
        judge = Judge(self._contract, self._target, checks, listener=found.append)
        for exchange in sorted(self.exchanges, key=judging_order):
            judge.observe(exchange)
        judge.finish()
        said = [each for each in found if each.requirement == self._requirement]
        failures = [each for each in said if each.result is Result.FAILED]
        if failures:
            same = next((each for each in failures if each.kind == self._finding.kind), None)
            note = "" if same else f"; it fails in another way than before, which was {self._finding.kind}"
            return Judgement(ReplayVerdict.STILL_BROKEN, (same or failures[0]).message.rstrip(".") + note)
        if self._missing:
            return Judgement(ReplayVerdict.NOT_SHOWN, self._missing)
        other = next((each for each in self._story if not self._went_as_before(each)), None)
        if other is not None:
            status = status_of(self._answers[other.id]) or "no answer"
            return Judgement(
                ReplayVerdict.NOT_SHOWN, f"{other.id} was answered {status} and in the run {status_of(other)}"
            )
        named = {self._answers[each].id for each in self._finding.exchanges if each in self._answers}
        passed = [each for each in said if each.result is Result.PASSED]
        if any(not named.isdisjoint(each.exchanges) for each in passed):
            return Judgement(
                ReplayVerdict.FIXED, f"{self._requirement} was judged {counted(len(passed), 'time')}, and never broken"
            )
        return Judgement(
            ReplayVerdict.NOT_SHOWN,
            f"all was answered as in the run, and nothing tells whether {self._requirement} is kept",
        )

    def _went_as_before(self, old: Exchange) -> bool:
        """Return whether a request was answered with the status code of the run, or with one that may be the repair."""
        new = self._answers[old.id]
        if status_of(new) == status_of(old):
            return True
        wrong = old.id in self._finding.exchanges
        return wrong and self._finding.pointer == "/response/status" and status_of(new) not in {None, *PASSING}


def _may_come(wanted: Any, shown: Any) -> bool:
    """Return whether a container or job that shows one status may still come to another."""
    for moves in (CONTAINER_MOVES, JOB_MOVES):
        if wanted in moves and shown in moves:
            return wanted in reachable(shown, moves)
    return False


def _groups(story: Sequence[Exchange]) -> Iterator[list[Exchange]]:
    """Yield the exchanges in the order of sending, those together that overlapped and took nothing from one another."""
    group: list[Exchange] = []
    sent: set[str] = set()
    for exchange in story:
        named = set(named_by(exchange))
        takes = any((named - sent).intersection(answered(each)) for each in group)
        if group and (exchange.sent_at >= min(each.received_at for each in group) or takes):
            yield group
            group = []
        group.append(exchange)
        sent |= named
    if group:
        yield group


def _by_outcome(group: Sequence[Exchange], answers: Sequence[Exchange]) -> Iterator[tuple[Exchange, Exchange]]:
    """Pair old and new exchanges: of like calls at one moment, chance chooses which is accepted."""
    left = list(range(len(group)))
    for n, old in enumerate(group):
        alike = [m for m in left if are_one(group[m], old)]
        chosen = min(alike, key=lambda m: (status_of(answers[m]) != status_of(old), m != n))
        left.remove(chosen)
        yield old, answers[chosen]


def _headers(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """Return the headers that a driver had chosen: not those of the HTTP client, and no secret, which the session attaches."""
    return tuple(
        (name, value)
        for name, value in exchange.request.headers
        if "[secret:" not in value
        and name.lower() not in OWN_HEADERS
        and not (name.lower() in {"accept", "user-agent"} and value.startswith(OWN_VALUES))
    )
