"""Sends the smallest history of a finding anew, from a script that a run has written, and says "still broken" or "fixed".

A copy stands beside the scripts of a run, for whoever has no more than Python and httpx: so it imports nothing of the package but in the
one function that needs it, and records what it sends by itself. Nothing that may cost is sent before the price is said, nor without `--yes`
or an answer.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import string
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

Plan = Mapping[str, Any]
"""What to send, in groups that go out together, as `run/repro.py` writes it into a script."""
Judge = Callable[
    [Plan, str, list[dict[str, Any]], dict[str, str], dict[str, str], dict[str, str]], tuple[str, list[str]]
]
"""Says whether a requirement is still broken, and why (`run/retrial.py`): of a plan, a base URL, a history, keys, what was sent and names."""
IN_FLIGHT = {"queued", "generating", "running"}
STILL_BROKEN, FIXED, UNDECIDED = "still broken", "fixed", "undecided"
MOST_OF_A_LIST = 25
STATUS = {FIXED: 0, STILL_BROKEN: 1, UNDECIDED: 2}


class Names:
    """The values of this run: fresh keys and marks, and what answers have given."""

    def __init__(self, plan: Plan) -> None:
        self.values: dict[str, str] = {}
        self.listed: dict[str, list[str]] = {}
        digits, letters = list("123456789"), list("abcdfghijklmnopqrstuvwxyz")
        self._table = self._shuffled(digits, digits) | self._shuffled(letters[:5], letters[:5])
        self._table |= self._shuffled(letters[5:], letters[5:])
        # What differed in case only, or in one place only, does so again.
        self._table |= {name.upper(): value.upper() for name, value in self._table.items()}
        self._derived = plan["derived"]
        for name, kind, value in plan["fresh"]:
            self.values[name] = str(uuid.uuid4()) if kind == "id" else self._fresh(value, kind)

    @staticmethod
    def _shuffled(names: list[str], values: list[str]) -> dict[str, str]:
        return dict(zip(names, random.sample(values, len(values)), strict=True))

    def _fresh(self, value: str, kind: str) -> str:
        if kind == "mark":
            return "lcm-" + "".join(random.choices(string.ascii_lowercase + string.digits, k=8)) + "-repro"  # noqa: S311 - no secret
        fixed = {14, 19} if len(value) == len(str(uuid.UUID(int=0))) else set()
        return "".join(each if place in fixed else self._table.get(each, each) for place, each in enumerate(value))

    def filled(self, text: str, written: Callable[[str], str] = str) -> str:
        """Return a text with the values in place of their names."""
        for name, value in self.values.items():
            text = text.replace("{{" + name + "}}", written(value))
        return text

    def take(self, gives: list[list[Any]], response: httpx.Response | None) -> None:
        """Take from an answer what later requests need."""
        for name, where in gives:
            value: Any = None
            if response is not None and where[0] == "header":
                value = response.headers.get(where[1])
            elif response is not None:
                try:
                    value = response.json()
                    for step in where[1:]:
                        value = value[step]
                except (ValueError, KeyError, IndexError, TypeError):
                    value = None
            if isinstance(value, str):
                self.values[name] = value
                self.listed[name] = _ids_in(response)
                self.values |= {like: _made_from(value, how) for like, base, how in self._derived if base == name}
            else:
                print(f"  the answer does not hold {'/'.join(map(str, where[1:]))}, which a later request needs")


class Target:
    """Sends, and keeps what was sent and answered as a history does."""

    def __init__(self, plan: Plan, base_url: str, keys: dict[str, str]) -> None:
        self.plan = plan
        self.base_url = base_url.rstrip("/")
        self.history: list[dict[str, Any]] = []
        self.names = Names(plan)
        self.sent: dict[str, str] = {}
        self._keys = keys
        self._client = httpx.Client(timeout=plan["timeout"], trust_env=False)
        self._lock = threading.Lock()
        self._zero = time.time() - time.monotonic()

    def send(self, step: dict[str, Any], barrier: threading.Barrier | None = None) -> httpx.Response | None:
        """Send one request and record it."""
        path = self.names.filled(step["url"], lambda value: quote(value, safe=""))
        url = path if "://" in path else self.base_url + path
        body = _bytes(step["body"], self.names)
        headers = [(name, self._with_keys(self.names.filled(value))) for name, value in step["headers"]]
        headers += self._forged(step["actor"])
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        request = self._client.build_request(step["method"], url, headers=raw, content=body)
        if barrier is not None:
            barrier.wait(self.plan["timeout"])
        sent_at, response, error = self._zero + time.monotonic(), None, None
        try:
            response = self._client.send(request)
        except httpx.TimeoutException as problem:
            error = f"timeout: {type(problem).__name__}"
        except httpx.HTTPError as problem:
            error = f"broken: {type(problem).__name__}"
        with self._lock:
            self.history.append(_exchange(len(self.history) + 1, step, request, response, error, sent_at, self._zero))
            self.sent[step.get("id", "")] = self.history[-1]["id"]
            answer = response.status_code if response is not None else error
            print(f"  repro-{len(self.history)} {step['method']} {path} -> {answer}", flush=True)
        return response

    def _with_keys(self, value: str) -> str:
        for name, key in self._keys.items():
            value = value.replace(f"[secret:{name}]", key)
        return value

    def _forged(self, actor: str) -> list[tuple[str, str]]:
        """Return the headers of a caller whose key is made from the right one."""
        if actor not in self.plan["forged"]:
            return []
        try:
            from conformance.door.actors import headers_of  # noqa: PLC0415 - may not be installed
        except ImportError:
            sys.exit(f"The caller {actor} sends a forged key; install layers-conformance, which knows how it is made.")
        return list(headers_of(actor, self._keys).items())

    def ended(self, url: str, actor: str) -> bool:
        """Return whether a container or job has ended, by one read."""
        headers = [[name, value.replace("[secret:owner]", f"[secret:{actor}]")] for name, value in self.plan["reading"]]
        read: dict[str, Any] = {
            "method": "GET",
            "url": url,
            "headers": headers,
            "body": None,
            "actor": actor,
            "tags": {},
        }
        response = self.send(read)
        return response is None or _status(response) not in IN_FLIGHT

    def wait(self, things: list[list[str]]) -> None:
        """Poll containers and jobs, each with who may read it, until they have ended."""
        deadline = time.monotonic() + self.plan["generationTimeout"]
        left = [(url, actor) for url, actor in things if "{{" not in self.names.filled(url)]
        while left and time.monotonic() < deadline:
            left = [thing for thing in left if not self.ended(*thing)]
            if left:
                time.sleep(self.plan["pollInterval"])

    def until_ended(self, step: dict[str, Any]) -> httpx.Response | None:
        """Send a read until what it shows has ended, as it had when it was recorded."""
        deadline = time.monotonic() + self.plan["generationTimeout"]
        response = self.send(step)
        while response is not None and _status(response) in IN_FLIGHT and time.monotonic() < deadline:
            time.sleep(self.plan["pollInterval"])
            response = self.send(step)
        return response

    def missing(self) -> int:
        """Return how many containers lack in the lists that the requests read, so that they show nothing; asks by reads only."""
        for need in self.plan["stock"]:
            found = _ids_in(self.send({**need["read"], "tags": {}}))
            need["missing"] = max(0, need["count"] - len(found))
        return sum(need["missing"] for need in self.plan["stock"])

    def fill(self) -> None:
        """Create the containers that lack, and wait until they have ended."""
        made: list[list[str]] = []
        for need in self.plan["stock"]:
            for number in range(need["missing"]):
                self.names.values["fillKey"] = str(uuid.uuid4())
                response = self.send(need["creates"][number % len(need["creates"])])
                name = f"fill{len(made) + 1}"
                self.names.take([[name, ["body", "containerId"]]], response)
                made.append([need["container"].replace("{{}}", "{{" + name + "}}"), need["read"]["actor"]])
        self.wait(made)

    def crowd(self, step: dict[str, Any]) -> None:
        """Send the calls under other keys that stand between two calls under one key."""
        for each in step["crowd"]:
            for _ in range(each["count"]):
                self.names.values["crowdKey"] = str(uuid.uuid4())
                self.send(each["step"])

    def each(self, step: dict[str, Any]) -> None:
        """Send a read for every other thing that the list has shown from which its id was taken."""
        name = step["each"]
        own = self.names.values.get(name)
        for value in [value for value in self.names.listed.get(name, ()) if value != own][:MOST_OF_A_LIST]:
            self.names.values[name] = value
            self.send(step)
        if own is not None:
            self.names.values[name] = own

    def play(self, group: list[dict[str, Any]], *, crowded: bool) -> None:
        """Send the requests of one group, together if there are several."""
        for step in group if crowded else ():
            self.crowd(step)
        if len(group) == 1:
            step = group[0]
            self.wait(step["waits"])
            response = self.until_ended(step) if step["untilEnded"] else self.send(step)
            for _ in range(step["repeats"] - 1):
                response = (
                    response if response is not None and response.status_code == step["answered"] else self.send(step)
                )
            self.names.take(step["gives"], response)
            self.each(step)
            return
        self.wait([thing for step in group for thing in step["waits"]])
        barrier, answers = threading.Barrier(len(group)), {}

        def run(step: dict[str, Any]) -> None:
            answers[step["id"]] = self.send(step, barrier)

        threads = [threading.Thread(target=run, args=(step,)) for step in group]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for step in group:
            self.names.take(step["gives"], answers.get(step["id"]))


def _made_from(value: str, how: list[Any]) -> str:
    """Return what is made from a given value: in another case, or with other characters in one place."""
    if how[0] != "edit":
        return str(getattr(value, how[0])())
    _, first, last, middle = how
    found = f"{value[:first]}{middle}{value[len(value) - last :]}"
    return found if found != value else f"{value[:first]}{'7' if middle != '7' else '3'}{value[len(value) - last :]}"


def _status(response: httpx.Response) -> str | None:
    try:
        value = response.json()
    except ValueError:
        return None
    return value.get("status") if response.status_code == 200 and isinstance(value, dict) else None


def _bytes(body: dict[str, str] | None, names: Names) -> bytes | None:
    if body is None:
        return None
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return names.filled(body["text"], lambda value: json.dumps(value)[1:-1]).encode("utf-8")


def _written(body: bytes | None) -> dict[str, str] | None:
    if body is None:
        return None
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _exchange(
    number: int,
    step: dict[str, Any],
    request: httpx.Request,
    response: httpx.Response | None,
    error: str | None,
    sent_at: float,
    zero: float,
) -> dict[str, Any]:
    answer = None
    if response is not None:
        answer = {
            "status": response.status_code,
            "headers": response.headers.multi_items(),
            "body": _written(response.content),
        }
    sent = {
        "method": step["method"],
        "url": str(request.url),
        "headers": request.headers.multi_items(),
        "body": None if step["body"] is None else _written(request.content),
    }
    return {
        "id": f"repro-{number}",
        "driver": "repro",
        "actor": step["actor"],
        "sentAt": sent_at,
        "receivedAt": zero + time.monotonic(),
        "request": sent,
        "response": answer,
        "error": error,
        "tags": step["tags"],
    }


def keys_of(plan: Plan, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that the requests carry, from the variables that the run took them from."""
    missing = [name for name in plan["keys"].values() if not environment.get(name)]
    if missing:
        sys.exit(f"{', '.join(missing)} is not set; export it, with the key that the run used.")
    return {actor: environment[name] for actor, name in plan["keys"].items()}


def agreed(plan: Plan, missing: int, *, yes: bool) -> bool:
    """Say what this costs at most, and return whether it may begin."""
    price = plan["price"] * plan["tries"] + missing + (plan["price"] + plan["crowdPrice"] if plan["crowd"] else 0)
    if missing:
        print(f"The project holds too few containers to show it: {missing} more will be made.")
    if plan["crowd"]:
        print(
            f"Where these do not show it, they are sent again with {plan['crowd']} calls under other keys in between."
        )
    print(f"Sends {plan['requests']} requests and polls; starts at most {price} generation{'' if price == 1 else 's'}.")
    if not price or yes:
        return True
    if not sys.stdin.isatty():
        print("A generation costs the owner of the target money: give --yes to start.")
        return False
    return input("A generation costs the owner of the target money. Start? [y/N] ").strip().lower() in {"y", "yes"}


def _ids_in(response: httpx.Response | None) -> list[str]:
    """Return the ids of the items of a page; none where the answer is no page."""
    try:
        return [item["id"] for item in response.json()["items"]] if response is not None else []
    except (ValueError, KeyError, TypeError):
        return []


def judged(target: Target, keys: dict[str, str], judge: Judge | None) -> str:
    """Return what the judge of the run says of this history."""
    if judge is None:
        print("layers-conformance is not installed here, so nobody judges: compare the answers above with the finding.")
        return UNDECIDED
    outcome, sentences = judge(target.plan, target.base_url, target.history, keys, target.sent, target.names.values)
    for sentence in sentences:
        print(f"  {sentence}")
    return outcome


def played(target: Target, keys: dict[str, str], judge: Judge | None, *, crowded: bool) -> str:
    """Send everything with fresh keys and marks, and return what the judge of the run says."""
    target.names = Names(target.plan)
    for group in target.plan["groups"]:
        target.play(group, crowded=crowded)
    return judged(target, keys, judge)


def main(plan: Plan, judge: Judge | None) -> int:
    """Send, wait and judge; return 0 for fixed, 1 for still broken, and 2 where nobody can tell."""
    parser = argparse.ArgumentParser(description=f"Reproduce {plan['finding']}: {plan['message']}".replace("%", "%%"))
    parser.add_argument("--base-url", default=os.environ.get("CONFORMANCE_TARGET__BASE_URL") or plan["baseUrl"])
    parser.add_argument("--yes", action="store_true", help="start generations without being asked")
    given = parser.parse_args()
    print(f"{plan['finding']}: {plan['sentence']}\nSeen: {plan['message']}")
    keys = keys_of(plan, os.environ)
    target = Target(plan, given.base_url, keys)
    if not agreed(plan, target.missing(), yes=given.yes):
        return STATUS[UNDECIDED]
    target.fill()
    outcome = UNDECIDED
    for _ in range(plan["tries"]):
        outcome = played(target, keys, judge, crowded=False)
        if outcome != UNDECIDED or judge is None:
            break
    if outcome != STILL_BROKEN and plan["crowd"]:
        outcome = played(target, keys, judge, crowded=True)
    if outcome != STILL_BROKEN:
        # What had not ended, or lagged, or changes with time, shows in the same reads later.
        target.wait(plan["watched"])
        time.sleep(plan["pause"])
        for step in plan["again"]:
            target.send(step)
        outcome = judged(target, keys, judge)
    print(outcome)
    return STATUS[outcome]
