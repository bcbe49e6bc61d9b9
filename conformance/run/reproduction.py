"""What a script sends of the smallest history of a finding: what it waits for, what is fresh in it, and what it needs to be met again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.document import Contract
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import Encoded, path_to, quoted
from conformance.contract.validity import parse_answer
from conformance.door.actors import KEY_HEADER, OTHER, OWNER, UNAUTHORIZED
from conformance.door.exchange import Exchange, body_to_json
from conformance.reporting.evidence import Evidence
from conformance.reporting.proof import may_cost
from conformance.reporting.report import Report
from conformance.run.answers import answer_of, items_of
from conformance.run.links import Links, answered, is_opaque, is_refused, named_by
from conformance.run.substitutes import Substitutes, likeness

MOST_FILLED = 130
"""Containers up to which a project is filled, so that a list has pages, and calls under other keys that are sent between two of one key."""
TRIES = 3
"""How often a history is sent that ends in requests that have to meet; where they miss each other, nothing is shown."""
MANY = 20
"""Refused calls under other keys from which on they may be why a key was forgotten."""
MOST_MADE = 8
"""Containers that are made under other keys for that."""
LEAST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds for which a script waits before it reads again what was right at first: as long as the run had, within these."""
TOO_MANY, RATE_SECONDS = 429, 10.0
_OWN_BUSINESS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent", "accept"}
)
_SECRET = re.compile(r"\[secret:([^\]]*)\]")
TIMEOUT = 30.0


class Reproduction:
    """One finding, and its history made ready to be sent again."""

    def __init__(self, report: Report, requirement: str, finding: Evidence, links: Links, contract: Contract) -> None:
        self._report = report
        self._requirement = requirement
        self._finding = finding
        self._contract = contract
        self._target = report.target
        self._base_url: str = self._target["target"]["base_url"].rstrip("/")
        self._links = links
        wanted = set(finding.smallest)
        self._steps = sorted((each for each in links.exchanges if each.id in wanted), key=lambda each: each.sent_at)
        self._new = Substitutes()
        self._gives: dict[str, list[list[Any]]] = {each.id: [] for each in self._steps}
        self._made: dict[str, Exchange] = {}
        self._waited: set[tuple[str, int]] = set()

    def plan(self) -> dict[str, Any]:
        """Return the data of the script."""
        for exchange in self._steps:
            self._name(exchange)
        self._give_expected()
        stock = list(self._stock())
        groups = [[self._step(exchange) for exchange in group] for group in self._groups()]
        timing = self._target.get("timing", {})
        steps = [step for group in groups for step in group]
        reads = [step for step in steps if step["method"] == "GET"]
        return {
            "finding": self._finding.id,
            "requirement": self._requirement,
            "kind": self._finding.kind,
            "sentence": self._report.requirements[self._requirement].sentence,
            "message": self._finding.message,
            "pointer": self._finding.pointer or "",
            "expected": self._new.in_value(self._finding.expected)
            if isinstance(self._finding.expected, str)
            else self._finding.expected,
            "actual": self._finding.actual,
            "baseUrl": self._base_url,
            "price": sum(may_cost(each, self._report) for each in self._steps),
            "requests": len(self._steps),
            "crowd": sum(each["count"] for step in steps for each in step["crowd"]),
            "crowdPrice": sum(each["count"] * each["costs"] for step in steps for each in step["crowd"]),
            "pause": self._pause(),
            "tries": TRIES if len(groups[-1]) > 1 else 1,
            "keys": self._keys(),
            "forged": sorted({each.actor for each in self._steps if self._is_forged(each)}),
            "reading": [[KEY_HEADER, f"[secret:{OWNER}]"], *self._gateway()],
            "timeout": timing.get("request_timeout", TIMEOUT),
            "generationTimeout": timing.get("generation_timeout", 300.0),
            "pollInterval": timing.get("poll_interval", 2.0),
            "target": {name: self._target[name] for name in ("target", "fixtures", "dialect", "timing", "hooks")},
            "fresh": self._new.fresh,
            "derived": self._new.derived,
            "stock": stock,
            "groups": groups,
            "watched": [self._wait_for(container) for container in self._made],
            "again": [{**step, "gives": [], "waits": [], "crowd": []} for step in reads],
        }

    def _give_expected(self) -> None:
        """Name what should stand in the last answer, where an earlier one gave it, so that it can be told from what stands there anew."""
        expected = self._finding.expected
        if isinstance(expected, str) and is_opaque(expected):
            giver = next((each for each in self._steps[:-1] if expected in answered(each)), None)
            if giver is not None:
                self._give(expected, giver)

    def _pause(self) -> float:
        """Return for how long what the last request reads had been there, as far as the history shows it."""
        gap = self._steps[-1].sent_at - self._steps[-2].received_at if len(self._steps) > 1 else 0.0
        return round(min(max(gap, LEAST_PAUSE), LONGEST_PAUSE), 1)

    def _stock(self) -> Iterator[dict[str, Any]]:
        """Yield how many containers each list has to show before its pages can be as they were, and how to make more."""
        lists: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in self._steps:
            matched = self._contract.match(exchange.request.method, self._path(exchange).partition("?")[0])
            if matched and matched[0].id == "listContent" and exchange.actor in {OWNER, OTHER}:
                pairs = self._path(exchange).partition("?")[2].split("&")
                chosen = sorted(pair for pair in pairs if pair.partition("=")[0] in {"status", "format"})
                lists.setdefault((matched[1]["projectId"], "&".join(chosen)), []).append(exchange)
        for (project, filters), pages in lists.items():
            shown = {item.get("id"): item for page in pages for item in items_of(page)}
            more = any(isinstance(answer_of(page).get("nextCursor"), str) for page in pages)
            made = sum(self._makes(each, project) for each in self._steps if each.sent_at < pages[0].sent_at)
            creates = list(self._fillers(project, pages[0], [item.get("format") for item in shown.values()]))
            count = min(len(shown) + more, MOST_FILLED) - made
            if count > 0 and creates:
                read = self._request(pages[0]) | {
                    "url": f"{path_to('projects', project, 'content')}?{filters}&limit=200"
                }
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
        step = self._request(create)
        for wanted in dict.fromkeys(name for name in formats if isinstance(name, str)):
            body = json.loads(step["body"]["text"]) | {"format": wanted}
            headers = [pair for pair in step["headers"] if pair[0].lower() != "idempotency-key"]
            headers.append(["Idempotency-Key", "{{fillKey}}"])
            yield step | {
                "headers": headers,
                "body": {"text": json.dumps(body)},
                "gives": [],
                "waits": [],
                "crowd": None,
            }

    def _groups(self) -> Iterator[list[Exchange]]:
        """Yield the exchanges as they were sent: together where they overlapped."""
        group: list[Exchange] = []
        for exchange in self._steps:
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
            if giver.id in self._gives:
                self._give(text, giver)
        self._new.freshen_marks(exchange)
        key = exchange.request.header("idempotency-key")
        if key:
            self._new.freshen(key, "key")
        matched = self._contract.match(exchange.request.method, self._path(exchange).partition("?")[0])
        if matched and matched[0].id == "cloneFromPost" and self._target["dialect"]["clone_id"] == "fresh":
            self._new.freshen(matched[1]["containerId"], "id")
        for text in named_by(exchange):
            if text not in self._new and is_opaque(text) and self._links.giver(text) is None:
                self._derive(text, exchange)
        self._name_made(exchange)

    def _derive(self, text: str, exchange: Exchange) -> None:
        """Name a text that is made from one that an earlier answer gave: an id of the same form that nobody has."""
        found: tuple[str, Exchange, list[Any]] | None = None
        for giver in self._steps[: self._steps.index(exchange)]:
            for given in answered(giver):
                if given == text:
                    return
                how = likeness(given, text) if is_opaque(given) else None
                if how is not None:
                    found = given, giver, how
        if found is not None:
            given, giver, how = found
            self._give(given, giver)
            self._new.derive(text, given, how)

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

    def _step(self, exchange: Exchange) -> dict[str, Any]:
        return self._request(exchange) | {"waits": list(self._waits(exchange)), "crowd": self._crowd(exchange)}

    def _crowd(self, exchange: Exchange) -> list[dict[str, Any]]:
        """Return calls under other keys that the run sent between the last good replay of a key and this one, each with how often it is sent.

        Those that were refused may not start a generation; of those that made a container the latest are taken, one at a time.
        """
        key = exchange.request.header("idempotency-key")
        first = self._links.first_of_key(key) if key else None
        if first is None or first.id == exchange.id:
            return []
        between = self._links.keyed_between(first.sent_at, exchange.sent_at)
        refused = [each for each in between if is_refused(each) and not may_cost(each, self._report)]
        made = [each for each in between if self._is_create(each)][-MOST_MADE:]
        found = []
        if len(refused) >= MANY:
            named = (each for each in refused if all(text in self._new for text in self._links.taken(each)))
            found.append(
                {"count": min(len(refused), MOST_FILLED), "costs": 0, "step": self._in_crowd(next(named, refused[0]))}
            )
        return [*found, *({"count": 1, "costs": 1, "step": self._in_crowd(each)} for each in made)]

    def _in_crowd(self, exchange: Exchange) -> dict[str, Any]:
        self._new.freshen_marks(exchange)
        step = self._request(exchange)
        headers = [pair for pair in step["headers"] if pair[0].lower() != "idempotency-key"]
        return step | {
            "headers": [*headers, ["Idempotency-Key", "{{crowdKey}}"]],
            "gives": [],
            "waits": [],
            "crowd": [],
        }

    def _is_create(self, exchange: Exchange) -> bool:
        matched = self._contract.match(exchange.request.method, self._path(exchange).partition("?")[0])
        is_made = exchange.response is not None and exchange.response.status == 202
        return is_made and matched is not None and matched[0].id == "createContent" and exchange.actor == OWNER

    def _request(self, exchange: Exchange) -> dict[str, Any]:
        request = exchange.request
        body = body_to_json(request.body)
        if body is not None and "text" in body:
            body = {"text": self._new.in_text(body["text"])}
        return {
            "id": exchange.id,
            "actor": exchange.actor,
            "method": request.method,
            "url": self._new.in_path(self._path(exchange)),
            "headers": [
                [name, self._new.in_value(value)]
                for name, value in request.headers
                if self._is_kept(exchange, name, value)
            ],
            "body": body,
            "gives": self._gives.get(exchange.id, []),
            "each": self._listed(exchange),
            "repeats": self._repeats(exchange),
            "answered": None if exchange.response is None else exchange.response.status,
            "untilEnded": request.method == "GET" and is_terminal(answer_of(exchange).get("status")),
            "tags": exchange.tags,
        }

    def _repeats(self, exchange: Exchange) -> int:
        """Return how often a read is sent until it is answered 429: as often as its caller had sent anything, within some seconds."""
        if exchange.response is None or exchange.response.status != TOO_MANY or exchange.request.method != "GET":
            return 1
        sent = [each for each in self._links.exchanges if each.actor == exchange.actor]
        return min(sum(0 <= exchange.sent_at - each.sent_at <= RATE_SECONDS for each in sent) + 1, MOST_FILLED)

    def _listed(self, exchange: Exchange) -> str | None:
        """Return the name of an id in the path of a read that a list gave: it may stand elsewhere in the list the next time."""
        if exchange.request.method != "GET":
            return None
        for text, giver in self._links.taken(exchange).items():
            name = self._new[text][2:-2] if text in self._new else ""
            is_listed = any(
                given == name and where[:2] == ["body", "items"] for given, where in self._gives.get(giver.id, ())
            )
            if is_listed and quoted(text) in self._path(exchange).partition("?")[0].split("/"):
                return name
        return None

    def _waits(self, exchange: Exchange) -> Iterator[list[str]]:
        """Yield the containers that had ended before a request was sent, each once for each generation of it."""
        for container, maker in self._made.items():
            if maker.received_at > exchange.sent_at:
                continue
            begun = [
                each
                for each in self._steps
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

    def _path(self, exchange: Exchange) -> str:
        url = exchange.request.url
        return url.removeprefix(self._base_url)

    def _is_kept(self, exchange: Exchange, name: str, value: str) -> bool:
        if name.lower() in _OWN_BUSINESS and not (name.lower() == "accept" and value != "*/*"):
            return False
        return not (self._is_forged(exchange) and _SECRET.search(value))

    def _is_forged(self, exchange: Exchange) -> bool:
        sends_secret = any(_SECRET.search(value) for _, value in exchange.request.headers)
        return exchange.actor in UNAUTHORIZED and sends_secret

    def _gateway(self) -> list[list[str]]:
        names: Mapping[str, str] = self._target.get("network", {}).get("headers", {})
        return [[header, f"[secret:{variable}]"] for header, variable in names.items()]

    def _keys(self) -> dict[str, str]:
        section = self._target["target"]
        named = {OWNER: section.get("api_key_env") or "LAYERS_API_KEY", OTHER: section.get("other_api_key_env")}
        used = {OWNER, *(each.actor for each in self._steps)}
        keys = {actor: variable for actor, variable in named.items() if variable and actor in used}
        return keys | {variable: variable for variable in self._target.get("network", {}).get("headers", {}).values()}
