"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew, and says "still broken" or "fixed".

Needs Python 3.11 and httpx; the layers-conformance package judges, and where it is not installed, only what was answered is shown.
Keys are read from the environment. Nothing that may cost is sent before the price is said, nor without --yes or an answer.

    python THIS_FILE [--base-url URL] [--yes]
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
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

PLAN: dict[str, Any] = {'finding': 'APR-6',
 'requirement': 'APR-6',
 'kind': 'rejected left out',
 'sentence': 'The status filter ignores approvalStatus, so it lists a completed container whether pending or rejected.',
 'message': 'Container cnt_01M8EJAJTECR6BBM68D1J7QM5C is completed and rejected, but a list with status=completed omits it.',
 'baseUrl': 'http://127.0.0.1:43021',
 'price': 2,
 'requests': 4,
 'keys': {'owner': 'LAYERS_API_KEY'},
 'forged': [],
 'reading': [['X-Api-Key', '[secret:owner]']],
 'timeout': 30.0,
 'generationTimeout': 30.0,
 'pollInterval': 0.02,
 'target': {'target': {'base_url': 'http://127.0.0.1:43021',
                       'api_key_env': 'LAYERS_API_KEY',
                       'project_id': '254a4ce1-f4ca-42b1-9e36-17ca45ef3d39',
                       'review_project_id': '5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8',
                       'archive_project_id': '8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10',
                       'other_api_key_env': 'LAYERS_OTHER_KEY',
                       'other_project_id': 'c2b8e6d4-91a3-47f5-b6c7-3e0f1d2a5b94'},
            'fixtures': {'influencer_id': 'inf_01HX9Y6K7EJ4T2ABCDEF',
                         'reference_media_ids': ['med_01HX9Y6K7EJ4T2ABCDEF', 'med_01HX9Y6K7EJ4T2ABCDEA'],
                         'source_post_id': '7358219046120934574',
                         'failing_brief': {'hook': 'A brief whose generation ends badly [fail]'}},
            'dialect': {'clone_id': 'existing'},
            'timing': {'generation_timeout': 30.0,
                       'poll_interval': 0.02,
                       'request_timeout': 30.0,
                       'generation_seconds': 0.3,
                       'outage_timeout': 60.0,
                       'settling': 2.0,
                       'read_lag': 0.0},
            'hooks': {'clock_url': 'http://127.0.0.1:43021/_sandbox/clock'}},
 'fresh': [['mark1', 'mark', 'lcm-8f70359d-main2'], ['key2', 'key', '60a091f6-3994-4287-832f-64be16a61732']],
 'stock': [],
 'groups': [[{'id': 'main-6',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'gives': [['id3', ['body', 'containerId']]],
              'untilEnded': False,
              'tags': {},
              'waits': []}],
            [{'id': 'main-13',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'gives': [['id4', ['body', 'containerId']]],
              'untilEnded': False,
              'tags': {},
              'waits': []}],
            [{'id': 'main-294',
              'actor': 'owner',
              'method': 'GET',
              'url': '/v1/content/{{id4}}',
              'headers': [['x-api-key', '[secret:owner]']],
              'body': None,
              'gives': [],
              'untilEnded': True,
              'tags': {},
              'waits': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner']]}],
            [{'id': 'main-299',
              'actor': 'owner',
              'method': 'GET',
              'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content?status=completed&format=video_remix',
              'headers': [['x-api-key', '[secret:owner]']],
              'body': None,
              'gives': [],
              'untilEnded': False,
              'tags': {},
              'waits': []}]],
 'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner']],
 'again': [{'id': 'main-294',
            'actor': 'owner',
            'method': 'GET',
            'url': '/v1/content/{{id4}}',
            'headers': [['x-api-key', '[secret:owner]']],
            'body': None,
            'gives': [],
            'untilEnded': True,
            'tags': {},
            'waits': []},
           {'id': 'main-299',
            'actor': 'owner',
            'method': 'GET',
            'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content?status=completed&format=video_remix',
            'headers': [['x-api-key', '[secret:owner]']],
            'body': None,
            'gives': [],
            'untilEnded': False,
            'tags': {},
            'waits': []}]}
"""What to send, in groups that go out together; `conformance repro` writes it."""
IN_FLIGHT = {"queued", "generating", "running"}
STILL_BROKEN, FIXED, UNDECIDED = "still broken", "fixed", "undecided"
STATUS = {FIXED: 0, STILL_BROKEN: 1, UNDECIDED: 2}


class Names:
    """The values of this run: fresh keys and marks, and what answers have given."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        digits, letters = list("123456789"), list("abcdfghijklmnopqrstuvwxyz")
        self._table = self._shuffled(digits, digits) | self._shuffled(letters[:5], letters[:5])
        self._table |= self._shuffled(letters[5:], letters[5:])
        # What differed in case only, or in one place only, does so again.
        self._table |= {name.upper(): value.upper() for name, value in self._table.items()}
        for name, kind, value in PLAN["fresh"]:
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
            else:
                print(f"  the answer does not hold {'/'.join(map(str, where[1:]))}, which a later request needs")


class Target:
    """Sends, and keeps what was sent and answered as a history does."""

    def __init__(self, base_url: str, keys: dict[str, str]) -> None:
        self.base_url = base_url.rstrip("/")
        self.history: list[dict[str, Any]] = []
        self.names = Names()
        self._keys = keys
        self._client = httpx.Client(timeout=PLAN["timeout"], trust_env=False)
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
            barrier.wait(PLAN["timeout"])
        sent_at, response, error = self._zero + time.monotonic(), None, None
        try:
            response = self._client.send(request)
        except httpx.TimeoutException as problem:
            error = f"timeout: {type(problem).__name__}"
        except httpx.HTTPError as problem:
            error = f"broken: {type(problem).__name__}"
        with self._lock:
            self.history.append(_exchange(len(self.history) + 1, step, request, response, error, sent_at, self._zero))
            answer = response.status_code if response is not None else error
            print(f"  repro-{len(self.history)} {step['method']} {path} -> {answer}", flush=True)
        return response

    def _with_keys(self, value: str) -> str:
        for name, key in self._keys.items():
            value = value.replace(f"[secret:{name}]", key)
        return value

    def _forged(self, actor: str) -> list[tuple[str, str]]:
        """Return the headers of a caller whose key is made from the right one."""
        if actor not in PLAN["forged"]:
            return []
        try:
            from conformance.door.actors import headers_of  # noqa: PLC0415 - may not be installed
        except ImportError:
            sys.exit(f"The caller {actor} sends a forged key; install layers-conformance, which knows how it is made.")
        return list(headers_of(actor, self._keys).items())

    def ended(self, url: str, actor: str) -> bool:
        """Return whether a container or job has ended, by one read."""
        headers = [[name, value.replace("[secret:owner]", f"[secret:{actor}]")] for name, value in PLAN["reading"]]
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
        deadline = time.monotonic() + PLAN["generationTimeout"]
        left = [(url, actor) for url, actor in things if "{{" not in self.names.filled(url)]
        while left and time.monotonic() < deadline:
            left = [thing for thing in left if not self.ended(*thing)]
            if left:
                time.sleep(PLAN["pollInterval"])

    def until_ended(self, step: dict[str, Any]) -> httpx.Response | None:
        """Send a read until what it shows has ended, as it had when it was recorded."""
        deadline = time.monotonic() + PLAN["generationTimeout"]
        response = self.send(step)
        while response is not None and _status(response) in IN_FLIGHT and time.monotonic() < deadline:
            time.sleep(PLAN["pollInterval"])
            response = self.send(step)
        return response

    def missing(self) -> int:
        """Return how many containers lack in the lists that the requests read, so that they show nothing; asks by reads only."""
        for need in PLAN["stock"]:
            response = self.send({**need["read"], "tags": {}})
            try:
                found = len(response.json()["items"]) if response is not None else 0
            except (ValueError, KeyError, TypeError):
                found = 0
            need["missing"] = max(0, need["count"] - found)
        return sum(need["missing"] for need in PLAN["stock"])

    def fill(self) -> None:
        """Create the containers that lack, and wait until they have ended."""
        made: list[list[str]] = []
        for need in PLAN["stock"]:
            for number in range(need["missing"]):
                self.names.values["fillKey"] = str(uuid.uuid4())
                response = self.send(need["creates"][number % len(need["creates"])])
                name = f"fill{len(made) + 1}"
                self.names.take([[name, ["body", "containerId"]]], response)
                made.append([need["container"].replace("{{}}", "{{" + name + "}}"), need["read"]["actor"]])
        self.wait(made)

    def play(self, group: list[dict[str, Any]]) -> None:
        """Send the requests of one group, together if there are several."""
        if len(group) == 1:
            step = group[0]
            self.wait(step["waits"])
            response = self.until_ended(step) if step["untilEnded"] else self.send(step)
            self.names.take(step["gives"], response)
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


def keys_of(environment: dict[str, str]) -> dict[str, str]:
    """Return the secrets that the requests carry, from the variables that the run took them from."""
    missing = [name for name in PLAN["keys"].values() if not environment.get(name)]
    if missing:
        sys.exit(f"{', '.join(missing)} is not set; export it, with the key that the run used.")
    return {actor: environment[name] for actor, name in PLAN["keys"].items()}


def agreed(missing: int, *, yes: bool) -> bool:
    """Say what this costs at most, and return whether it may begin."""
    price = PLAN["price"] + missing
    if missing:
        print(f"The project holds too few containers to show it: {missing} more will be made.")
    print(f"Sends {PLAN['requests']} requests and polls; starts at most {price} generation{'' if price == 1 else 's'}.")
    if not price or yes:
        return True
    if not sys.stdin.isatty():
        print("A generation costs the owner of the target money: give --yes to start.")
        return False
    return input("A generation costs the owner of the target money. Start? [y/N] ").strip().lower() in {"y", "yes"}


def judged(target: Target, keys: dict[str, str]) -> str:
    """Return what the judge of the run says of this history."""
    try:
        from conformance.run.retrial import retried  # noqa: PLC0415 - may not be installed
    except ImportError:
        print("layers-conformance is not installed here, so nobody judges: compare the answers above with the finding.")
        return UNDECIDED
    outcome, sentences = retried(PLAN, target.base_url, target.history, keys)
    for sentence in sentences:
        print(f"  {sentence}")
    return str(outcome)


def main() -> int:
    """Send, wait and judge; return 0 for fixed, 1 for still broken, and 2 where nobody can tell."""
    parser = argparse.ArgumentParser(description=f"Reproduce {PLAN['finding']}: {PLAN['message']}")
    parser.add_argument("--base-url", default=os.environ.get("CONFORMANCE_TARGET__BASE_URL") or PLAN["baseUrl"])
    parser.add_argument("--yes", action="store_true", help="start generations without being asked")
    given = parser.parse_args()
    print(f"{PLAN['finding']}: {PLAN['sentence']}\nSeen: {PLAN['message']}")
    keys = keys_of(dict(os.environ))
    target = Target(given.base_url, keys)
    if not agreed(target.missing(), yes=given.yes):
        return STATUS[UNDECIDED]
    target.fill()
    for group in PLAN["groups"]:
        target.play(group)
    outcome = judged(target, keys)
    if outcome != STILL_BROKEN:
        # What had not ended, or lagged, shows in the same reads later.
        target.wait(PLAN["watched"])
        for step in PLAN["again"]:
            target.send(step)
        outcome = judged(target, keys)
    print(outcome)
    return STATUS[outcome]


if __name__ == "__main__":
    sys.exit(main())
