"""Stories: short histories in a compact notation, each with what the checks find in it.

A file of `stories/` holds blocks. `# ` begins a title; the blocks below it belong to it. A block has calls, one a line or several with `; `
between them, and ends with what the checks find:

    # completion alone neither approves nor rejects
    create in prj_review; get generating pending; get $
    => fails APR-5 : approved | rejected

`create`, `get`, `job`, `progress`, `regenerate`, `reject`, `approve`, `clone`, `cancel`, `asset` and `list` are calls as a conformant backend
answers them; numbers name containers and jobs (`get 2` reads cnt_2), 1 where there is none. Any other call is written as `GET /v1/path`.
A read shows a container as it was ordered. Before `->` stand members of the body (`brief.hook=Hi`; `-format` takes one away), after it the
status and members of the answer; a bare status or approval is a member too. Of a read all members are of the answer.

- `-> 409 GONE` is an error with that code, `-> lost` no answer.
- `as other` is the caller, `in prj_review` the project, `to 3` the job or the asset, `key=k` the Idempotency-Key (`key=KEY` a UUID),
  `Name:value` a header.
- `@12.5` is the second in which a call is sent (else one after the last), `took=2` how long it takes.
- Values are JSON, bare words, or `"x"*1025`; `12:30:00.000Z` is a time of the day of all stories.
- `[1, 2 status=failed] next=c` is a page of two items; `assets=[med_1, med_2 width=1]` are two assets.
- `with read_lag=2` in front changes the configuration. A line `...` stands for the calls of the block before.

`fails`, `passes` and `open` (inconclusive) name requirements, with `x2` where there are two findings, and a sentence where its words matter;
`no` says that a requirement is not judged. Nothing else fails, and nothing else is open. After ` : ` stands what takes the place of `$`:
cases are separated by ` | `, and the values of `$1` and `$2` in a case by ` & `; `-` is nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from histories import BRIEF, FACTS, KEY, PROJECT, HistoryBuilder, asset, container, envelope, envelope_of_error, job
from lists import item
from moves import CODES, SIGNED

from conformance.history.observation import TargetFacts

STORIES = Path(__file__).parent / "stories"
EXAMPLES = Path(__file__).parents[2] / "conformance" / "data" / "examples.txt"
DAY = "2026-04-18T"
STATUSES = {"queued", "generating", "completed", "failed", "canceled", "running"}
APPROVALS = {"not_required", "pending", "approved", "rejected"}
MISSING = object()
_REQUIREMENT = re.compile(r'([A-Z]{3}-\d+)(?: x(\d+))?(?: ("(?:[^"\\]|\\.)*"))?(?:, |$)')
_HEADER = re.compile(r"([A-Za-z][\w-]*):(.*)", re.DOTALL)
_MEMBER = re.compile(r"([\w.]+)=(.*)", re.DOTALL)
READS = {"get", "job", "progress", "asset", "list"}


@dataclass(frozen=True)
class Case:
    """One story, and what the checks find in it: results by requirement, counted, and the sentences that matter."""

    title: str
    calls: list[str]
    facts: TargetFacts
    found: dict[str, dict[str, int]]
    sentences: dict[str, str]
    silent: list[str]

    def history(self) -> HistoryBuilder:
        """Return the history that the calls make."""
        told = _Teller()
        for call in self.calls:
            told.tell(call)
        return told.story


def cases_of(path: Path) -> dict[str, list[Case]]:
    """Return the cases of a file, by their titles."""
    found: dict[str, list[Case]] = {}
    title, calls, before, facts, ended = "", [], [], FACTS, True
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            title = line[2:]
            assert title not in found, title
            found[title], ended = [], True
        elif line.startswith("=> "):
            found[title] += _cases(title, calls, facts, line[3:])
            ended = True
        elif line:
            if ended:
                before, calls, facts, ended = calls, [], FACTS if line != "..." else facts, False
            if line.startswith("with "):
                facts = _facts(line[5:])
            else:
                calls += before if line == "..." else split(line, "; ")
    return found


def _facts(text: str) -> TargetFacts:
    changes = {name: value_of(value) for name, value in (word.split("=", 1) for word in split(text, " "))}
    known = {name.removeprefix("known."): changes.pop(name) for name in [*changes] if name.startswith("known.")}
    known = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return replace(FACTS, known=replace(FACTS.known, **known), **changes)


def _cases(title: str, calls: list[str], facts: TargetFacts, text: str) -> Iterator[Case]:
    result, *values = split(text, " : ")
    found: dict[str, dict[str, int]] = {}
    sentences, silent = {}, []
    for part in split(result, "; "):
        word, _, names = part.partition(" ")
        for name, times, sentence in _REQUIREMENT.findall(names):
            if word == "no":
                silent.append(name)
            else:
                found.setdefault(name, {})[_RESULTS[word]] = int(times or 1)
            if sentence:
                sentences[name] = json.loads(sentence)
    for row in split(values[0], " | ") if values else [""]:
        taken = ["" if value == "-" else value for value in split(row, " & ")]
        places = {"$": taken[0]} if len(taken) == 1 else {f"${n}": value for n, value in enumerate(taken, start=1)}
        filled = [_filled(call, places) for call in calls]
        yield Case(title, [call for call in filled if call.strip()], facts, found, sentences, silent)


def _filled(call: str, places: Mapping[str, str]) -> str:
    for place, value in places.items():
        call = call.replace(place, value)
    return call


_RESULTS = {"fails": "failed", "passes": "passed", "open": "inconclusive"}


def split(text: str, separator: str) -> list[str]:
    """Split a text where a separator stands outside of brackets and strings."""
    parts, depth, quoted, begin, at = [], 0, False, 0, 0
    while at < len(text):
        char = text[at]
        if quoted:
            at += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif depth == 0 and text.startswith(separator, at):
            parts.append(text[begin:at])
            at = begin = at + len(separator)
            continue
        at += 1
    return [part.strip() for part in [*parts, text[begin:]] if part.strip()]


def value_of(text: str) -> Any:
    """Return a value: JSON, a time of the day, or the word itself."""
    if re.fullmatch(r"\d\d:\d\d:\d\d[.\d]*Z", text):
        return DAY + text
    if repeated := re.fullmatch(r'("(?:[^"\\]|\\.)*")\*(\d+)', text):
        return str(json.loads(repeated[1])) * int(repeated[2])
    try:
        return json.loads(text)
    except ValueError:
        return text


def _set(target: dict[str, Any], name: str, value: Any) -> None:
    *parents, last = name.split(".")
    for parent in parents:
        target = target.setdefault(parent, {})
    if value is MISSING:
        target.pop(last, None)
    else:
        target[last] = value


@dataclass
class _Side:
    """What one side of a call says."""

    words: list[str] = field(default_factory=list)
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def applied(self, template: Any) -> Any:
        """Return a body made from a template."""
        for name in ("body", "answer"):
            if name in self.members:
                value = self.members.pop(name)
                return None if value == "" else value
        if "raw" in self.members:
            return self.members.pop("raw").encode("latin-1")
        if not self.members:
            return template
        made = deepcopy(template) if isinstance(template, dict) else {}
        for name, value in self.members.items():
            _set(made, name, value)
        return made


class _Teller:
    """Builds a history call by call; a read shows a container as it was ordered."""

    def __init__(self) -> None:
        self.story = HistoryBuilder()
        self._ordered: dict[str, dict[str, Any]] = {}

    def tell(self, call: str) -> None:
        """Add a call."""
        request, answer = [*split(call, " -> "), ""][:2]
        verb, *words = split(request, " ")
        numbers = [words.pop(0)] if words and re.fullmatch(r"\d+|(\?|/|https?:)\S*", words[0]) else []
        more: dict[str, Any] = {}
        sides = _Side(), _Side()
        self._read(words, sides[verb in READS], sides[0], more)
        self._read(split(answer, " "), sides[1], sides[1], more)
        tell = getattr(self, f"_{verb}", None)
        if tell is None:
            self._call(verb, numbers[0], 200, None, None, *sides, more)
        else:
            tell(numbers[0] if numbers else "1", *sides, more)

    def _read(self, words: list[str], side: _Side, heading: _Side, more: dict[str, Any]) -> None:
        waiting = iter(words)
        for word in waiting:
            member, header = _MEMBER.fullmatch(word), _HEADER.fullmatch(word)
            if word in ("as", "in", "by", "to", "lost"):
                more[word] = value_of(next(waiting, "")) if word != "lost" else next(waiting, "")
            elif word.startswith("@"):
                more["sent"] = 1000 + float(word[1:])
            elif member and (member[1] in ("took", "key") or member[1].startswith("tag.")):
                more[member[1]] = KEY if word == "key=KEY" else value_of(member[2])
            elif header and not word.startswith("["):
                heading.headers[header[1]] = str(value_of(header[2]) if header[2].startswith('"') else header[2])
            elif member:
                of = heading if member[1] == "body" else side
                of.members[member[1]] = _assets(member[2]) if member[1] == "assets" else value_of(member[2])
            elif word.startswith("["):
                side.members["items"] = [_item(text) for text in split(word[1:-1], ",")]
            elif word.startswith("-"):
                side.members[word[1:]] = MISSING
            elif word in STATUSES:
                side.members["status"] = word
            elif word in APPROVALS:
                side.members["approvalStatus"] = word
            else:
                side.words.append(word)

    def _call(
        self, method: str, path: str, status: int, body: Any, answer: Any, sent: _Side, got: _Side, more: dict[str, Any]
    ) -> None:
        words = list(got.words)
        error = more.pop("lost", None)
        given = int(words.pop(0)) if words and words[0].isdigit() else status
        if error is not None or given == 204:
            answer = None
        elif given >= 300:
            answer = envelope_of_error(words.pop(0) if words else CODES.get(given, "INTERNAL"))
        assert not words, words
        key = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
        self.story.call(
            method,
            path,
            None if error is not None else given,
            got.applied(answer),
            body=sent.applied(body),
            actor=more.pop("as", "owner"),
            driver=more.pop("by", ""),
            headers=key | sent.headers,
            answer_headers=got.headers,
            error=value_of(error) or None if error else None,
            tags={name[4:]: value for name, value in more.items() if name.startswith("tag.")},
            **{name: more[name] for name in ("sent", "took") if name in more},
        )

    def _create(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        project = more.pop("in", PROJECT)
        body = sent.applied({"format": "video_remix", "brief": deepcopy(BRIEF)})
        sent.members["body"] = body
        if isinstance(body, dict) and isinstance(body.get("brief"), dict):
            brief = body["brief"]
            shown = {"projectId": project, "format": body.get("format", "video_remix"), "brief": brief}
            self._ordered[n] = shown | ({"influencerId": brief["influencerId"]} if "influencerId" in brief else {})
        if body is None:
            sent.members["body"] = ""
        self._call("POST", f"/v1/projects/{project}/content", 202, None, envelope(int(n), project), sent, got, more)

    def _get(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        status = got.members.get("status", "completed")
        fields = self._ordered.get(n, {}) | {"status": status} | ({"lastError": "why"} if status == "failed" else {})
        self._call("GET", f"/v1/content/cnt_{n}", 200, None, container(int(n), **fields), sent, got, more)

    def _job(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        shown = job(int(n), status=got.members.get("status", "completed"))
        self._call("GET", f"/v1/jobs/job_{n}", 200, None, shown, sent, got, more)

    def _progress(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        shown = job(int(n), status=got.members.get("status", "completed"))
        self._call("GET", f"/v1/content/cnt_{n}/progress", 200, None, shown, sent, got, more)

    def _project(self, n: str) -> str:
        project: str = self._ordered.get(n, {}).get("projectId", PROJECT)
        return project

    def _regenerate(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        made = envelope(int(more.pop("to", 2)), self._project(n), "content_regenerate", f"cnt_{n}")
        self._call("POST", f"/v1/content/cnt_{n}/regenerate", 202, {}, made, sent, got, more)

    def _reject(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        made: Mapping[str, Any] = {"id": f"cnt_{n}", "approvalStatus": "rejected"}
        if "202" in got.words:
            made = envelope(int(more.pop("to", 2)), self._project(n), "content_regenerate", f"cnt_{n}")
        self._call("POST", f"/v1/content/cnt_{n}/reject", 200, {"reason": "Too loud."}, made, sent, got, more)

    def _approve(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        made = {"id": f"cnt_{n}", "approvalStatus": "approved"}
        self._call("POST", f"/v1/content/cnt_{n}/approve", 200, None, made, sent, got, more)

    def _clone(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        made = envelope(int(more.pop("to", 2)), self._project(n), "content_clone")
        body = {"sourcePlatformPostId": "post_1"}
        self._call("POST", f"/v1/content/cnt_{n}/clone-from-post", 202, body, made, sent, got, more)

    def _cancel(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        self._call("POST", f"/v1/jobs/job_{n}/cancel", 202, None, {"jobId": f"job_{n}"}, sent, got, more)

    def _asset(self, n: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        path = f"/v1/content/cnt_{n}/assets/{more.pop('to', 'med_1')}"
        self._call("GET", path, 200, None, SIGNED, sent, got, more)

    def _list(self, query: str, sent: _Side, got: _Side, more: dict[str, Any]) -> None:
        path = f"/v1/projects/{more.pop('in', PROJECT)}/content{query if query.startswith('?') else ''}"
        if "next" in got.members:
            got.members["nextCursor"] = got.members.pop("next")
        self._call("GET", path, 200, None, {"items": [], "nextCursor": None}, sent, got, more)


def _item(text: str) -> Any:
    """Return an item of a list: a number with its members, or JSON."""
    number, *words = split(text, " ")
    if not number.isdigit():
        return value_of(text)
    side = _Side()
    _Teller()._read(words, side, side, {})  # noqa: SLF001 - its own module
    return side.applied(item(int(number)))


def _assets(text: str) -> Any:
    """Return assets: their ids with members, or JSON."""
    if not re.match(r"\[\w", text) or text.startswith(("[null", "[1", "[7")):
        return value_of(text)
    made = []
    for part in split(text[1:-1], ","):
        name, *words = split(part, " ")
        side = _Side()
        _Teller()._read(words, side, side, {})  # noqa: SLF001 - its own module
        made.append(side.applied(asset(name)))
    return made
