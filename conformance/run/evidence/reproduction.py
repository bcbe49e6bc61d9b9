"""What a script sends of the smallest history of a finding: in which order, what it waits for, what is new, and what has to be there before."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.client.actors import KEY_HEADER, OTHER, OWNER
from conformance.client.answers import answer_of, items_of
from conformance.client.exchange import READING, Exchange
from conformance.client.resending import IN_FLIGHT, MINUTE
from conformance.contract.document import Contract, load
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import Encoded, path_to
from conformance.contract.validity import parse_answer
from conformance.replay.dependencies import (
    Dependencies,
    answered,
    are_one,
    has_begun,
    is_refused,
    looks_like_id,
    named_by,
)
from conformance.reporting.calls import seen
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report
from conformance.run.evidence.compared import comparison
from conformance.run.evidence.crowds import Crowd
from conformance.run.evidence.steps import Step, Steps, bare, is_forged, said, with_key
from conformance.run.evidence.substitutes import Substitutes, likeness
from conformance.run.evidence.wider import between_pages, wider

MOST_FILLED = 130
"""Containers up to which a project is filled, so that a list has pages."""
TRIES = 3
"""How often a history is sent that ends in requests that have to meet, or shows a wrong timestamp; where they miss each other, or the moment is
another one, nothing is shown. Where some met before its end it is sent once more, one after the other."""
LEAST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds for which a script waits before it reads again what was right at first: as long as the run had, and the first more than the checks
leave a target to settle, within the second."""
COUNTED, APART = "created while refused", 10
"""The kind of a finding that the number of refused calls proves, and how long after another one is sent, in times that a call takes."""
TIMEOUT = 30.0
MOST_TEXTS = 2_000
"""Texts of one answer from which a wrong id may be made."""


class Reproduction:
    """One finding, and exchanges that show it made ready to be sent again."""

    def __init__(
        self,
        report: Report,
        finding: Evidence,
        exchanges: Iterable[str],
        links: Dependencies,
        contract: Contract,
    ) -> None:
        self._report = report
        self._finding = finding
        self._contract = contract
        self._target = report.target
        self._base_url: str = self._target["target"]["base_url"].rstrip("/")
        self._links = links
        wanted = set(exchanges)
        self.steps = sorted((each for each in links.exchanges if each.id in wanted), key=lambda each: each.sent_at)
        self._new = Substitutes()
        self._crowd = Crowd(links, lambda each: may_cost(each, report))
        self._gives: dict[str, list[list[Any]]] = {each.id: [] for each in self.steps}
        self._steps = Steps(self._base_url, links, self._new, self._gives)
        self._made: dict[str, Exchange] = {}
        self._texts: dict[str, dict[str, None]] = {}
        self._waited: set[tuple[str, int]] = set()

    def sent(self) -> dict[str, Any]:
        """Return what is sent, and what has to be known of it."""
        for exchange in self.steps:
            self._name(exchange)
        self._give_cursors()
        self._give_expected()
        stock = list(self._stock())
        groups = [[self._step(exchange) for exchange in group] for group in self._groups()]
        steps = [step for group in groups for step in group]
        # An archived project takes no second history.
        counts = [] if self.archives else [pair for step in steps for pair in step.get("crowd", ())]
        crowd = [self._in_crowd(each) for each in self._crowd.kinds]
        expected = self._finding.expected
        return {
            "expected": self._new.in_value(expected) if isinstance(expected, str) else expected,
            "compared": comparison(self._finding, self.steps),
            "price": sum(may_cost(each, self._report) for each in self.steps),
            "requests": len(self.steps),
            "crowded": sum(count for _, count in counts),
            "crowdPrice": sum(count for kind, count in counts if may_cost(self._crowd.kinds[kind], self._report)),
            "pause": self._pause(),
            "turns": self._turns(),
            "tries": self._tries(groups),
            "fresh": self._new.fresh,
            "derived": self._new.derived,
            "stock": stock,
            "groups": groups,
            "crowd": [] if self.archives else crowd,
            "watched": list(self._watched(steps[-1])),
            "again": [bare({**step, "id": ""}) for step in steps if step["method"] == "GET"],
        }

    @property
    def archives(self) -> bool:
        """Whether it archives a project."""
        return any(each.request.method == "DELETE" for each in self.steps)

    def forged(self) -> list[str]:
        """Return the callers whose key is made from the right one."""
        return sorted({each.actor for each in self.steps if is_forged(each)})

    def keys(self) -> dict[str, str]:
        """Return the variables with the keys of the callers, and with what a gateway asks for."""
        section = self._target["target"]
        named = {OWNER: section.get("api_key_env") or "LAYERS_API_KEY", OTHER: section.get("other_api_key_env")}
        used = {OWNER, *(each.actor for each in self.steps)}
        keys = {actor: variable for actor, variable in named.items() if variable and actor in used}
        return keys | {variable: variable for variable in self._target.get("network", {}).get("headers", {}).values()}

    def _give_cursors(self) -> None:
        """Take a cursor from each page that gave it, since another target need not give the same one twice."""
        for exchange in self.steps:
            cursor = answer_of(exchange).get("nextCursor")
            if isinstance(cursor, str) and cursor in self._new:
                given = [self._new[cursor][2:-2], ["body", "nextCursor"]]
                if given not in self._gives[exchange.id]:
                    self._gives[exchange.id].append(given)

    def _give_expected(self) -> None:
        """Name what should stand in the last answer, where an earlier one gave it, so that it can be told from what stands there anew."""
        expected = self._finding.expected
        # What the caller had before, such as the id of a project, stays as it is.
        if isinstance(expected, str) and looks_like_id(expected) and self._links.giver(expected) is not None:
            giver = next((each for each in self.steps[:-1] if expected in answered(each)), None)
            if giver is not None:
                self._give(expected, giver)

    def _tries(self, groups: Sequence[Sequence[Step]]) -> int:
        """Return how often all is sent at most; a timestamp may be wrong at some moments alone."""
        if len(groups[-1]) > 1 or self._shows_timestamp():
            return TRIES
        return 2 if any(len(group) > 1 for group in groups) else 1

    def _pause(self) -> float:
        """Return for how long what the last request reads had been there, as far as the evidence shows it."""
        *before, last = self.steps
        writes = [each for each in before if each.request.method not in READING]
        named = [each for each in writes if each.id in self._finding.exchanges]
        gap = last.sent_at - (named or writes or before)[-1].received_at if before else 0.0
        return round(min(max(gap, self._settling() + LEAST_PAUSE), LONGEST_PAUSE), 1)

    def _turns(self) -> bool:
        """Return whether a minute ended between what the check compares: that may be what the target goes by."""
        named = [each for each in self.steps if each.id in self._finding.exchanges]
        return len(named) > 1 and named[0].received_at // MINUTE != named[-1].sent_at // MINUTE

    def _stock(self) -> Iterator[dict[str, Any]]:
        """Yield how many containers each list has to show before its pages can be as they were, and how to make more."""
        lists: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in self.steps:
            matched = self._contract.match(exchange.request.method, self._steps.path(exchange).partition("?")[0])
            if matched and matched[0].id == "listContent" and exchange.actor in {OWNER, OTHER}:
                pairs = self._steps.path(exchange).partition("?")[2].split("&")
                chosen = sorted(pair for pair in pairs if pair.partition("=")[0] in {"status", "format"})
                lists.setdefault((matched[1]["projectId"], "&".join(chosen)), []).append(exchange)
        for (project, filters), pages in lists.items():
            # An id may be anything that JSON can say.
            shown = {json.dumps(item.get("id")): item for page in pages for item in items_of(page)}
            more = any(isinstance(answer_of(page).get("nextCursor"), str) for page in pages)
            made = sum(self._makes(each, project) for each in self.steps if each.sent_at < pages[0].sent_at)
            creates = list(self._fillers(project, pages[0], [item.get("format") for item in shown.values()]))
            count = min(len(shown) + more, MOST_FILLED) - made
            if count > 0 and creates:
                url = f"{path_to('projects', project, 'content')}?{filters}&limit=200"
                read = bare(self._steps.of(pages[0])) | {"url": url, "tags": {}}
                container = path_to("content", Encoded("{{}}"))
                yield {"read": read, "count": count, "creates": creates, "container": container}

    def _makes(self, exchange: Exchange, project: str) -> bool:
        url = self._base_url + path_to("projects", project, "content")
        is_create = exchange.request.method == "POST" and exchange.request.url == url
        return is_create and exchange.response is not None and exchange.response.status < 300

    def _fillers(self, project: str, page: Exchange, formats: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """Yield a create that the target has accepted of this project, in each format that its list showed."""
        known = (each for each in self._links.exchanges if self._makes(each, project) and each.actor == page.actor)
        create = next((each for each in known if isinstance(parse_answer(each.request.body or b""), dict)), None)
        if create is None:
            return
        self._new.freshen_marks(create)
        step = self._steps.of(create)
        for wanted in dict.fromkeys(name for name in formats if isinstance(name, str)):
            body = json.loads(step["body"]["text"]) | {"format": wanted}
            filler = {"headers": with_key(step, "{{fillKey}}"), "body": {"text": json.dumps(body)}}
            yield bare(step) | filler

    def _groups(self) -> Iterator[list[Exchange]]:
        """Yield the exchanges as they were sent: together where they overlapped."""
        group: list[Exchange] = []
        for exchange in self.steps:
            takes = {giver.id for giver in self._links.taken(exchange).values()}
            if group and exchange.sent_at < group[0].received_at and takes.isdisjoint(each.id for each in group):
                group.append(exchange)
                continue
            if group:
                yield group
            group = [exchange]
        if group:
            yield group

    def _name(self, exchange: Exchange) -> None:
        """Name what a request takes from answers, and what has to be new."""
        for text, giver in self._links.taken(exchange).items():
            # What a list has shown last is there, where the call that made it is not among what is sent.
            shown = giver if giver.id in self._gives else self._listed_last(text, exchange)
            if shown is not None:
                self._give(text, shown)
        self._new.freshen_marks(exchange)
        key = exchange.request.header("idempotency-key")
        if key:
            self._new.freshen(key, "key")
        matched = self._contract.match(exchange.request.method, self._steps.path(exchange).partition("?")[0])
        if matched and matched[0].id == "cloneFromPost" and self._target["dialect"]["clone_id"] == "fresh":
            self._new.freshen(matched[1]["containerId"], "id")
        for text in named_by(exchange):
            if text not in self._new and looks_like_id(text) and self._links.giver(text) is None:
                self._derive(text, exchange)
        self._name_made(exchange)

    def _listed_last(self, text: str, exchange: Exchange) -> Exchange | None:
        """Return the last page before a write that lists a container."""
        pages = self.steps[: self.steps.index(exchange)] if exchange.request.method not in READING else ()
        return next((page for page in reversed(pages) if any(item.get("id") == text for item in items_of(page))), None)

    def _derive(self, text: str, exchange: Exchange) -> None:
        """Name a text that is made from one that an earlier answer gave: an id of the same form that nobody has."""
        givers = self.steps[: self.steps.index(exchange)]
        if any(text in self._texts_of(giver) for giver in givers):
            return
        for giver in reversed(givers):
            for given in self._texts_of(giver):
                how = likeness(given, text)
                if how is None:
                    continue
                # What is like something that the caller had before, such as the id of a project, stays as it is too.
                if self._links.giver(given) is not None:
                    self._give(given, giver)
                    self._new.derive(text, given, how)
                return

    def _texts_of(self, giver: Exchange) -> dict[str, None]:
        """Return what an answer gave that may be an id, the last first; of a very long one only what stands at its end."""
        found = self._texts.get(giver.id)
        if found is None:
            last = deque(filter(looks_like_id, answered(giver)), MOST_TEXTS)
            found = self._texts[giver.id] = dict.fromkeys(reversed(last))
        return found

    def _give(self, text: str, giver: Exchange) -> None:
        given = self._new.take(text, giver)
        if given is not None:
            self._gives[giver.id].append(given)

    def _name_made(self, exchange: Exchange) -> None:
        """Name the container that a call has made or regenerates, so that it can be waited for."""
        if exchange.request.method == "GET" or exchange.response is None or is_refused(exchange):
            return
        container = answer_of(exchange).get("containerId")
        if isinstance(container, str) and container:
            self._give(container, exchange)
            self._made.setdefault(container, exchange)

    def _step(self, exchange: Exchange) -> Step:
        crowd = self._crowd.before(exchange)
        waits = list(self._waits(exchange))
        # What waits for the end of a generation has waited long enough.
        gap = 0.0 if waits and exchange.request.method not in READING else self._gap(exchange)
        return said(
            self._steps.of(exchange, is_last=exchange is self.steps[-1])
            | {"waits": waits, "gap": gap, "moment": self._moment(exchange), "crowd": crowd}
        )

    def _moment(self, exchange: Exchange) -> float | None:
        """Return how far on the second was when a request began what has a wrong timestamp; that may be wrong in a part of each second."""
        return round(exchange.sent_at % 1, 3) if self._shows_timestamp() and has_begun(exchange) else None

    def _shows_timestamp(self) -> bool:
        return (self._finding.pointer or "").endswith("At")

    def _gap(self, exchange: Exchange) -> float:
        """Return how long a request waits, in seconds, because time itself may be what shows a defect.

        A read waits as long as in the run where it repeats the one before it: what does not change meanwhile is what they show; and where a
        progress is wrong, which is another one later. A cancel comes as long after what it stops as in the run, any other write after the
        last one on its container as long as that may take to settle. Refused creates whose number proves a defect come so far apart that
        chance does not explain what was made in their times.
        """
        if self._finding.kind == COUNTED and is_refused(exchange):
            return round(min(max(LEAST_PAUSE, APART * (exchange.received_at - exchange.sent_at)), LONGEST_PAUSE), 3)
        before = self.steps[: self.steps.index(exchange)]
        if not before:
            return 0.0
        passed = max(0.0, exchange.sent_at - before[-1].received_at)
        if exchange.request.method == "GET":
            goes_on = are_one(before[-1], exchange) or (self._finding.pointer or "").endswith("/progress")
            return round(min(passed, LONGEST_PAUSE), 3) if goes_on else 0.0
        things = self._links.things(exchange)
        writes = (each for each in reversed(before) if each.request.method not in READING)
        latest = next((each for each in writes if not things.isdisjoint(self._links.things(each))), None)
        if latest is None:
            return 0.0
        if exchange.request.url.endswith("/cancel"):
            return round(min(passed, LONGEST_PAUSE), 3)
        settled = self._settling() + LEAST_PAUSE
        return round(settled if exchange.sent_at - latest.received_at > settled else min(passed, settled), 3)

    def _settling(self) -> float:
        timing = self._target.get("timing", {})
        return float(timing.get("settling", 0.0) + timing.get("read_lag", 0.0))

    def _in_crowd(self, exchange: Exchange) -> Step:
        self._new.freshen_marks(exchange)
        step = self._steps.of(exchange)
        return bare(step) | {"headers": with_key(step, "{{crowdKey}}")}

    def _waits(self, exchange: Exchange) -> Iterator[list[str]]:
        """Yield the containers that had ended before a request was sent, each once for each generation of it."""
        for container, maker in self._made.items():
            if maker.received_at > exchange.sent_at:
                continue
            begun = [
                each
                for each in self.steps
                if each.sent_at < exchange.sent_at
                and each.request.method != "GET"
                and not is_refused(each)
                and container in self._links.things(each)
            ]
            since = max(each.sent_at for each in (maker, *begun))
            if (container, len(begun)) in self._waited or not self._had_ended(container, since, exchange.sent_at):
                continue
            self._waited.add((container, len(begun)))
            yield self._wait_for(container)

    def _had_ended(self, container: str, since: float, until: float) -> bool:
        path = self._base_url + path_to("content", container)
        return any(
            since <= each.sent_at
            and each.received_at <= until
            and each.request.url == path
            and is_terminal(answer_of(each).get("status"))
            for each in self._links.exchanges
        )

    def _wait_for(self, container: str) -> list[str]:
        actor = self._made[container].actor
        return [path_to("content", Encoded(self._new[container])), actor if actor == OTHER else OWNER]

    def _watched(self, last: Mapping[str, Any]) -> Iterator[list[str]]:
        """Yield what is waited for in the end: the containers, and what the last request read, if that had not ended."""
        yield from (self._wait_for(container) for container in self._made)
        if str(answer_of(self.steps[-1]).get("status")) in IN_FLIGHT and last["method"] == "GET":
            yield [last["url"], last["actor"]]


def plan_of(
    report: Report, requirement: str, finding: Evidence, links: Dependencies, contract: Contract
) -> dict[str, Any]:
    """Return the data of the script of a finding."""
    smallest = Reproduction(report, finding, finding.smallest, links, contract)
    more = wider(links, smallest.steps)
    larger = Reproduction(report, finding, more, links, contract)
    if more and smallest.archives:
        # An archived project takes no second history.
        smallest, more = larger, []
    all_of_it = larger if more else smallest
    alone = _alone(finding, smallest.steps, links)
    fewer = Reproduction(report, finding, alone, links, contract)
    amid = between_pages(links, smallest.steps)
    target = report.target
    timing = target.get("timing", {})
    gateway: Mapping[str, str] = target.get("network", {}).get("headers", {})
    return {
        "finding": finding.id,
        "requirement": requirement,
        "kind": finding.kind,
        "sentence": report.requirements[requirement].sentence,
        "message": finding.message,
        "evidence": finding.exchanges,
        "pointer": finding.pointer or "",
        "actual": finding.actual,
        "baseUrl": target["target"]["base_url"].rstrip("/"),
        "keys": all_of_it.keys(),
        "forged": all_of_it.forged(),
        "reading": [
            [KEY_HEADER, f"[secret:{OWNER}]"],
            *([header, f"[secret:{variable}]"] for header, variable in gateway.items()),
        ],
        "timeout": timing.get("request_timeout", TIMEOUT),
        "generationTimeout": timing.get("generation_timeout", 300.0),
        "pollInterval": timing.get("poll_interval", 2.0),
        "target": {name: target[name] for name in ("target", "fixtures", "dialect", "timing", "hooks")},
        **smallest.sent(),
        "wider": larger.sent() if more else None,
        "fewer": fewer.sent() if alone else None,
        "amid": Reproduction(report, finding, amid, links, contract).sent() if amid else None,
    }


def _alone(finding: Evidence, steps: Sequence[Exchange], links: Dependencies) -> list[str]:
    """Return what the check names, without what was done to a container before; none where a call that took effect is not among it."""
    named = [each for each in steps if each.id in finding.exchanges]
    own = {each.id for each in links.closure(named, finding.message)}
    is_write = any(each.request.method not in READING and not is_refused(each) for each in named)
    left_out = [each for each in steps if each.id not in own and each.request.method not in READING]
    return sorted(own) if is_write and left_out else []


def may_cost(exchange: Exchange, report: Report) -> bool:
    """Return whether sending a request again may start a generation."""
    return seen(exchange, load(), str(report.target.get("target", {}).get("base_url", ""))).may_cost
