"""Sends the smallest history of a finding anew, from a script that a run has written, and says "still broken" or "fixed".

A copy stands beside the scripts of a run, for whoever has no more than Python and httpx: so it imports nothing of the package but `renewing`,
which is copied too, and in the one function that needs more, and records what it sends by itself. Nothing that may cost is sent before the
price is said, nor without `--yes` or an answer.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from conformance.client.renewing import Names, Plan, answer_of, by_outcome, ids_in

Judge = Callable[
    [Plan, str, list[dict[str, Any]], dict[str, str], dict[str, str], dict[str, str]], tuple[str, list[str]]
]
"""Says whether a requirement is still broken, and why, of a plan, a base URL, a history, keys, what was sent and names (`retrial.retried`)."""
IN_FLIGHT = {"queued", "generating", "running"}
STILL_BROKEN, FIXED, UNDECIDED = "still broken", "fixed", "undecided"
MOST_OF_A_LIST, MOST_OF_A_WALK = 25, 130
GRAVEST = (STILL_BROKEN, FIXED, UNDECIDED)
MINUTE = 60.0
STATUS = {FIXED: 0, STILL_BROKEN: 1, UNDECIDED: 2}
OTHER_PARTS = ("amid", "wider", "fewer")
"""The histories beside the smallest that a script may have, in the order in which they are tried."""
WHEN: Plan = {"waits": [], "gap": 0.0, "moment": None, "crowd": []}
USUAL: Plan = {**WHEN, "gives": [], "each": None, "repeats": 1, "until": None, "follows": False}
"""When a step is sent, and what else it holds, where its script does not say it."""


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
        body = _bytes(step.get("body"), self.names)
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
            from conformance.client.actors import headers_of  # noqa: PLC0415 - may not be installed
        except ImportError:
            sys.exit(f"The caller {actor} sends a forged key; install layers-conformance, which knows how it is made.")
        return list(headers_of(actor, self._keys).items())

    def locate(self, response: httpx.Response | None) -> None:
        """Read the job where an envelope says that it is, if that is this target: no other is sent a key."""
        url = answer_of(response).get("locationUrl")
        path = url.removeprefix(self.base_url) if isinstance(url, str) else ""
        if path.startswith("/") and not path.startswith("//"):
            self.read(path, "owner")

    def ended(self, url: str, actor: str) -> bool:
        """Return whether a container or job has ended, by one read."""
        return _status(self.read(url, actor)) not in IN_FLIGHT

    def read(self, url: str, actor: str) -> httpx.Response | None:
        """Read something as one of the callers."""
        headers = [[name, value.replace("[secret:owner]", f"[secret:{actor}]")] for name, value in self.plan["reading"]]
        return self.send({"method": "GET", "url": url, "headers": headers, "actor": actor})

    def wait(self, things: list[list[str]]) -> None:
        """Poll containers and jobs, each with who may read it, until they have ended."""
        deadline = time.monotonic() + self.plan["generationTimeout"]
        left = [(url, actor) for url, actor in things if "{{" not in self.names.filled(url)]
        while left and time.monotonic() < deadline:
            left = [thing for thing in left if not self.ended(*thing)]
            if left:
                time.sleep(self.plan["pollInterval"])

    def until(self, step: dict[str, Any]) -> httpx.Response | None:
        """Send a read until what it shows has come as far as it had when it was recorded, or has ended."""
        deadline = time.monotonic() + self.plan["generationTimeout"]
        response = self.send(step)
        while _status(response) in IN_FLIGHT - {step["until"]} and time.monotonic() < deadline:
            time.sleep(self.plan["pollInterval"])
            response = self.send(step)
        return response

    def follow(self, step: dict[str, Any], response: httpx.Response | None) -> None:
        """Follow the cursors of a walk from a page to the end."""
        for _ in range(MOST_OF_A_WALK):
            cursor = answer_of(response).get("nextCursor")
            if not isinstance(cursor, str):
                return
            self.names.values["cursor"] = cursor
            path, _, query = step["url"].partition("?")
            pairs = [pair for pair in query.split("&") if pair and not pair.startswith("cursor=")]
            response = self.send({**step, "url": f"{path}?{'&'.join([*pairs, 'cursor={{cursor}}'])}"})

    def missing(self, part: Plan) -> int:
        """Return how many containers lack in the lists that a part reads, so that it shows nothing; asks by reads only."""
        for need in part["stock"]:
            need["missing"] = max(0, need["count"] - len(ids_in(self.send(need["read"]))))
        return sum(need["missing"] for need in part["stock"])

    def fill(self, part: Plan) -> None:
        """Create the containers that lack, and wait until they have ended."""
        made: list[list[str]] = []
        for need in part["stock"]:
            for number in range(need["missing"]):
                self.names.values["fillKey"] = str(uuid.uuid4())
                response = self.send(need["creates"][number % len(need["creates"])])
                name = f"fill{len(made) + 1}"
                self.names.take([[name, ["body", "containerId"]]], response)
                made.append([need["container"].replace("{{}}", "{{" + name + "}}"), need["read"]["actor"]])
        self.wait(made)

    def crowd(self, step: dict[str, Any], crowd: list[dict[str, Any]]) -> None:
        """Send the calls under other keys that stand between two calls under one key."""
        for number, count in step["crowd"]:
            for _ in range(count):
                self.names.values["crowdKey"] = str(uuid.uuid4())
                self.send(crowd[number])

    def met_as_before(self, part: Plan) -> bool:
        """Return whether requests at one moment were answered as in the run, but those at the end, which may be answered rightly now."""
        statuses = {line["id"]: (line["response"] or {}).get("status") for line in self.history}
        met = [step for group in part["groups"][:-1] if len(group) > 1 for step in group]
        wanted = Counter((step["url"], step["answered"]) for step in met)
        return wanted == Counter((step["url"], statuses.get(self.sent.get(step["id"], ""))) for step in met)

    def refuses(self, part: Plan) -> bool:
        """Return whether a call that the finding names was accepted in the run and is refused now: what came before it has taken effect."""
        statuses = {line["id"]: (line["response"] or {}).get("status") or 0 for line in self.history}
        named = [step for group in part["groups"] for step in group if step["id"] in part["evidence"]]
        return any(
            (step["answered"] or 0) < 300 and statuses.get(self.sent.get(step["id"], ""), 0) == 409 for step in named
        )

    def each(self, step: dict[str, Any]) -> None:
        """Send a read for every other thing that the list has shown from which its id was taken."""
        name = step["each"]
        own = self.names.values.get(name)
        for value in [value for value in self.names.listed.get(name, ()) if value != own][:MOST_OF_A_LIST]:
            self.names.values[name] = value
            self.send(step)
        if own is not None:
            self.names.values[name] = own

    def play(self, group: list[dict[str, Any]], crowd: list[dict[str, Any]]) -> None:
        """Send the requests of one group, together if there are several, and before them the crowd, if there is one."""
        group = [{**USUAL, **step} for step in group]
        for step in group if crowd else ():
            self.crowd(step, crowd)
        if len(group) == 1:
            step = group[0]
            self.wait(step["waits"])
            time.sleep(step["gap"] + _until_moment(step["moment"], time.time() + step["gap"]))
            response = self.until(step) if step["until"] else self.send(step)
            for _ in range(step["repeats"] - 1):
                response = (
                    response if response is not None and response.status_code == step["answered"] else self.send(step)
                )
            self.names.take(step["gives"], response)
            if step["actor"] == "owner" and step["method"] != "GET":
                self.locate(response)
            self.each(step)
            if step["follows"]:
                self.follow(step, response)
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
        for step, response in by_outcome(group, answers):
            self.names.take(step["gives"], response)


def _until_moment(moment: float | None, now: float) -> float:
    """Return the seconds until a second is as far on as when a request was sent in the run; 0 where that shows nothing."""
    return 0.0 if moment is None else (moment - now) % 1


def _status(response: httpx.Response | None) -> str | None:
    status = answer_of(response).get("status")
    return status if isinstance(status, str) else None


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
        "body": _written(request.content) if step.get("body") else None,
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
        "tags": step.get("tags", {}),
    }


def keys_of(plan: Plan, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that the requests carry, from the variables that the run took them from."""
    missing = [name for name in plan["keys"].values() if not environment.get(name)]
    if missing:
        sys.exit(f"{', '.join(missing)} is not set; export it, with the key that the run used.")
    return {actor: environment[name] for actor, name in plan["keys"].items()}


def agreed(plan: Plan, missing: int, *, yes: bool) -> bool:
    """Say what this costs at most, and return whether it may begin."""
    parts = parts_of(plan)
    price = missing + sum(each["price"] * each["tries"] for each in parts)
    if missing:
        print(f"The project holds too few containers to show it: {missing} more will be made.")
    if plan["crowd"]:
        price += plan["price"] + plan["crowdPrice"]
        print(
            f"Where these do not show it, they are sent again with {plan['crowded']} calls under other keys in between."
        )
    if plan["wider"]:
        told = plan["wider"]["requests"]
        print(f"Where these do not show it, {told} requests are sent: more of what the run had before it.")
    print(f"Sends {plan['requests']} requests and polls; starts at most {price} generation{'' if price == 1 else 's'}.")
    if not price or yes:
        return True
    if not sys.stdin.isatty():
        print("A generation costs the owner of the target money: give --yes to start.")
        return False
    return input("A generation costs the owner of the target money. Start? [y/N] ").strip().lower() in {"y", "yes"}


def parts_of(plan: Plan) -> list[Plan]:
    """Return the smallest history, what was done amid its pages, the larger one and what the check names alone, if the script has them."""
    return [plan, *({**plan, **plan[name], "part": name} for name in OTHER_PARTS if plan[name])]


def _is_refused(step: dict[str, Any]) -> bool:
    return (step["answered"] or 0) >= 400


def judged(target: Target, part: Plan, keys: dict[str, str], judge: Judge | None) -> str:
    """Return what the judge of the run says of this history."""
    if judge is None:
        print("layers-conformance is not installed here, so nobody judges: compare the answers above with the finding.")
        return UNDECIDED
    outcome, sentences = judge(part, target.base_url, target.history, keys, target.sent, target.names.values)
    print(*(f"  {sentence}" for sentence in sentences), sep="\n")
    return outcome


def played(
    target: Target,
    part: Plan,
    keys: dict[str, str],
    judge: Judge | None,
    *,
    crowded: bool = False,
    in_turn: bool = False,
) -> str:
    """Send everything with fresh keys and marks, and return what the judge of the run says; `in_turn` sends nothing at one moment."""
    target.names, target.sent = Names(part), {}
    for group in part["groups"]:
        for each in [[step] for step in sorted(group, key=_is_refused)] if in_turn else [group]:
            target.play(each, part["crowd"] if crowded else [])
            if in_turn and len(group) > 1:
                # What one of them has begun would be in the way of the next.
                target.wait(part["watched"])
    return judged(target, part, keys, judge)


def tried(target: Target, part: Plan, keys: dict[str, str], judge: Judge | None) -> str:
    """Send a part as often as it may take, and return the gravest that the judge says of it."""
    target.fill(part)
    outcomes = [UNDECIDED]
    for number in range(part["tries"]):
        # What met in the run may show it one after the other too: what was accepted first, as it was sent.
        outcomes.append(played(target, part, keys, judge, in_turn=0 < number == part["tries"] - 1))
        # Where nothing has to meet, it is the moment that may be another one.
        is_shown = any(len(group) > 1 for group in part["groups"]) and target.met_as_before(part)
        is_known = outcomes[-1] == STILL_BROKEN or (outcomes[-1] == FIXED and is_shown)
        if is_known or judge is None:
            break
    if STILL_BROKEN not in outcomes and part["crowd"]:
        outcomes.append(played(target, part, keys, judge, crowded=True))
    if STILL_BROKEN not in outcomes:
        # What had not ended, or lagged, or changes with time, shows in the same reads later.
        target.wait(part["watched"])
        time.sleep(max(part["pause"], MINUTE - time.time() % MINUTE if part["turns"] else 0.0))
        for step in part["again"]:
            target.send(step)
        outcomes.append(judged(target, part, keys, judge))
    return min(outcomes, key=GRAVEST.index)


def main(plan: Plan, judge: Judge | None) -> int:
    """Send, wait and judge; return 0 for fixed, 1 for still broken, and 2 where nobody can tell."""
    parser = argparse.ArgumentParser(description=f"Reproduce {plan['finding']}: {plan['message']}".replace("%", "%%"))
    parser.add_argument("--base-url", default=os.environ.get("CONFORMANCE_TARGET__BASE_URL") or plan["baseUrl"])
    parser.add_argument("--yes", action="store_true", help="start generations without being asked")
    given = parser.parse_args()
    print(f"{plan['finding']}: {plan['sentence']}\nSeen: {plan['message']}")
    keys = keys_of(plan, os.environ)
    target = Target(plan, given.base_url, keys)
    parts = parts_of(plan)
    if not agreed(plan, sum(target.missing(part) for part in parts), yes=given.yes):
        return STATUS[UNDECIDED]
    outcomes = [UNDECIDED]
    for part in parts:
        if part.get("part") == "fewer" and (FIXED in outcomes or not target.refuses(plan)):
            continue
        outcomes.append(tried(target, part, keys, judge))
        if outcomes[-1] == STILL_BROKEN or judge is None:
            break
    outcome = min(outcomes, key=GRAVEST.index)
    print(outcome)
    return STATUS[outcome]
