"""A script that sends the smallest history of a finding anew: what it waits for, what it takes from answers, and what is fresh in it."""

from __future__ import annotations

import json
import pprint
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.contract.document import Contract
from conformance.contract.lifecycle import TERMINAL
from conformance.contract.paths import Encoded, path_to, quoted, unquoted
from conformance.door import resending
from conformance.door.actors import KEY_HEADER, OTHER, OWNER, UNAUTHORIZED
from conformance.door.exchange import Exchange, body_to_json
from conformance.exceptions import ConfigurationError
from conformance.history.observation import MARK
from conformance.reporting.evidence import Evidence
from conformance.reporting.proof import may_cost
from conformance.reporting.report import Report, Verdict
from conformance.run.links import Links, is_refused

FOLDER = "repro"
MOST_FILLED = 130
"""Containers up to which a project is filled, so that a list has pages."""
SENDER = Path(resending.__file__)
"""What sends; a copy of it stands beside the scripts."""
_SCRIPT = '''"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx and {sender} beside this file. The layers-conformance package judges, and where it is not installed, only what was
answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

from {module} import main

try:
    from conformance.run.retrial import retried
except ImportError:
    retried = None

PLAN = {plan}

sys.exit(main(PLAN, retried))
'''
_OWN_BUSINESS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent", "accept"}
)
_SECRET = re.compile(r"\[secret:([^\]]*)\]")
TIMEOUT = 30.0


def write_script(
    path: Path, report: Report, requirement: str, finding: Evidence, links: Links, contract: Contract
) -> None:
    """Write the script of one finding, and beside it what it sends with; `links` are those of the whole history.

    Raises ConfigurationError where the files cannot be written.
    """
    plan = Reproduction(report, requirement, finding, links, contract).plan()
    written = pprint.pformat(plan, width=140, sort_dicts=False)
    text = _SCRIPT.format(sender=SENDER.name, module=SENDER.stem, plan=written)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
        shutil.copyfile(SENDER, path.parent / SENDER.name)
    except OSError as error:
        raise _cannot_write(path, error) from None


def write_scripts(report: Report, exchanges: Sequence[Exchange], folder: Path, contract: Contract) -> None:
    """Write the script of the first finding of each failed requirement below the folder of a run.

    Raises ConfigurationError where the folder cannot be written.
    """
    for old in (folder / FOLDER).glob("*.py"):
        try:
            old.unlink()
        except OSError as error:
            raise _cannot_write(old, error) from None
    links = Links(exchanges)
    for name, row in report.with_verdict(Verdict.FAILED).items():
        for finding in row.findings[:1]:
            if finding.smallest:
                write_script(folder / FOLDER / f"{name}.py", report, name, finding, links, contract)


def _cannot_write(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"Cannot write {path}: {error.strerror}; give another folder.")


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
        self._names: dict[str, str] = {}
        self._fresh: list[list[str]] = []
        self._gives: dict[str, list[list[Any]]] = {each.id: [] for each in self._steps}
        self._made: dict[str, Exchange] = {}
        self._waited: set[tuple[str, int]] = set()

    def plan(self) -> dict[str, Any]:
        """Return the data of the script."""
        for exchange in self._steps:
            self._name(exchange)
        stock = list(self._stock())
        groups = [[self._step(exchange) for exchange in group] for group in self._groups()]
        timing = self._target.get("timing", {})
        reads = [step for group in groups for step in group if step["method"] == "GET"]
        return {
            "finding": self._finding.id,
            "requirement": self._requirement,
            "kind": self._finding.kind,
            "sentence": self._report.requirements[self._requirement].sentence,
            "message": self._finding.message,
            "baseUrl": self._base_url,
            "price": sum(may_cost(each, self._report) for each in self._steps),
            "requests": len(self._steps),
            "keys": self._keys(),
            "forged": sorted({each.actor for each in self._steps if self._is_forged(each)}),
            "reading": [[KEY_HEADER, f"[secret:{OWNER}]"], *self._gateway()],
            "timeout": timing.get("request_timeout", TIMEOUT),
            "generationTimeout": timing.get("generation_timeout", 300.0),
            "pollInterval": timing.get("poll_interval", 2.0),
            "target": {name: self._target[name] for name in ("target", "fixtures", "dialect", "timing", "hooks")},
            "fresh": self._fresh,
            "stock": stock,
            "groups": groups,
            "watched": [self._wait_for(container) for container in self._made],
            "again": [{**step, "gives": [], "waits": []} for step in reads],
        }

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
            shown = {item.get("id"): item for page in pages for item in _items(page)}
            more = any(_follows(page) for page in pages)
            made = sum(self._makes(each, project) for each in self._steps)
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
        create = next((each for each in known if _value(each.request.body)), None)
        if create is None:
            return
        self._fresh_in(create)
        step = self._request(create)
        for wanted in dict.fromkeys(name for name in formats if isinstance(name, str)):
            body = _value(step["body"]["text"].encode()) | {"format": wanted}
            headers = [pair for pair in step["headers"] if pair[0].lower() != "idempotency-key"]
            headers.append(["Idempotency-Key", "{{fillKey}}"])
            yield step | {"headers": headers, "body": {"text": json.dumps(body)}, "gives": [], "waits": []}

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
            if text not in self._names and giver.id in self._gives:
                where = _place(giver, text)
                if where is not None:
                    self._names[text] = f"id{len(self._names) + 1}"
                    self._gives[giver.id].append([self._names[text], where])
        self._fresh_in(exchange)
        key = exchange.request.header("idempotency-key")
        if key:
            self._freshen(key, "key")
        matched = self._contract.match(exchange.request.method, self._path(exchange).partition("?")[0])
        if matched and matched[0].id == "cloneFromPost" and self._target["dialect"]["clone_id"] == "fresh":
            self._freshen(matched[1]["containerId"], "id")
        self._name_made(exchange)

    def _name_made(self, exchange: Exchange) -> None:
        """Name the container that a call has made or regenerates, so that it can be waited for."""
        if exchange.request.method == "GET" or exchange.response is None or is_refused(exchange):
            return
        container = _value(exchange.response.body).get("containerId")
        if not isinstance(container, str) or not container:
            return
        if container not in self._names:
            self._names[container] = f"id{len(self._names) + 1}"
            self._gives[exchange.id].append([self._names[container], ["body", "containerId"]])
        self._made.setdefault(container, exchange)

    def _fresh_in(self, exchange: Exchange) -> None:
        text = f"{exchange.request.url} {(exchange.request.body or b'').decode('utf-8', 'replace')}"
        for mark in MARK.findall(text):
            self._freshen(mark, "mark")

    def _freshen(self, value: str, kind: str) -> None:
        if value not in self._names:
            self._names[value] = f"{kind}{len(self._names) + 1}"
            self._fresh.append([self._names[value], kind, value])

    def _step(self, exchange: Exchange) -> dict[str, Any]:
        return self._request(exchange) | {"waits": list(self._waits(exchange))}

    def _request(self, exchange: Exchange) -> dict[str, Any]:
        request = exchange.request
        body = body_to_json(request.body)
        if body is not None and "text" in body:
            body = {"text": self._in_text(body["text"])}
        return {
            "id": exchange.id,
            "actor": exchange.actor,
            "method": request.method,
            "url": self._url(exchange),
            "headers": [
                [name, self._names_in(value)] for name, value in request.headers if self._is_kept(exchange, name, value)
            ],
            "body": body,
            "gives": self._gives.get(exchange.id, []),
            "untilEnded": request.method == "GET" and _status(exchange) in TERMINAL,
            "tags": exchange.tags,
        }

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
            and _status(each) in TERMINAL
            for each in self._links.exchanges
        )

    def _wait_for(self, container: str) -> list[str]:
        actor = self._made[container].actor
        return [path_to("content", Encoded("{{" + self._names[container] + "}}")), actor if actor == OTHER else OWNER]

    def _path(self, exchange: Exchange) -> str:
        url = exchange.request.url
        return url.removeprefix(self._base_url)

    def _url(self, exchange: Exchange) -> str:
        path, mark, query = self._path(exchange).partition("?")
        steps = [self._placed(step) for step in path.split("/")]
        pairs = [
            f"{name}{sign}{self._placed(value)}"
            for name, sign, value in (each.partition("=") for each in query.split("&"))
        ]
        return "/".join(steps) + mark + ("&".join(pairs) if query else "")

    def _placed(self, step: str) -> str:
        name = self._names.get(unquoted(step))
        return "{{" + name + "}}" if name and quoted(unquoted(step)) == step else self._names_in(step)

    def _in_text(self, text: str) -> str:
        for value, name in self._names.items():
            written = json.dumps(value)
            text = text.replace(written, '"{{' + name + '}}"')
        return self._names_in(text)

    def _names_in(self, text: str) -> str:
        """Put names in the place of marks, and of a text that is a key or a tag as a whole."""
        if text in self._names:
            return "{{" + self._names[text] + "}}"
        return MARK.sub(
            lambda found: "{{" + self._names[found[0]] + "}}" if found[0] in self._names else found[0], text
        )

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


def _value(body: bytes | None) -> dict[str, Any]:
    """Return the JSON object of a body, an empty one where it holds none."""
    try:
        value = json.loads(body or b"")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _shown(exchange: Exchange) -> dict[str, Any]:
    return _value(exchange.response.body) if exchange.response is not None and exchange.response.status == 200 else {}


def _status(exchange: Exchange) -> str | None:
    status = _shown(exchange).get("status")
    return status if isinstance(status, str) else None


def _items(page: Exchange) -> list[dict[str, Any]]:
    items = _shown(page).get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _follows(page: Exchange) -> bool:
    return isinstance(_shown(page).get("nextCursor"), str)


def _place(giver: Exchange, text: str) -> list[Any] | None:
    """Return where an answer holds a text: the steps to it in its body, or a header."""
    response = giver.response
    if response is None:
        return None
    if response.header("etag") == text:
        return ["header", "etag"]
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    steps = next(_ways(value, text), None)
    return None if steps is None else ["body", *steps]


def _ways(value: Any, text: str) -> Iterator[list[str | int]]:
    if value == text:
        yield []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        for way in _ways(part, text):
            yield [name, *way]
