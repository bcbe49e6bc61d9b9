"""Where a failure shows, for the checks that do not say it themselves: by its requirement and its kind, as a table.

A kind is made of the words that the documents use, so that `no finishedAt` shows at the member finishedAt, and `not 202` at the status. The
place is looked for in the exchanges as they are recorded: a check keeps no more of them than it needs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from conformance.checks.findings import WHOLE_ANSWER, Difference, Finding, in_answer, in_code, in_header, in_status
from conformance.client.exchange import Exchange, body_to_json
from conformance.contract.lifecycle import APPROVAL_STATUSES, JOB_STATUSES, STATUSES
from conformance.contract.validity import parse_answer


@dataclass(frozen=True, slots=True)
class Place:
    """The member of an answer at which failures of some kinds show, and what should stand there.

    `member` is a path of names, or several of which the first that the answer has is taken; an empty one is the status code, `*` the whole
    body, and `header:` stands before the name of a header. Of a list or a container the member of that item or asset is meant which the
    finding tells of. Without a rule the value that an earlier exchange of the evidence shows at the same place is expected.
    """

    requirement: str
    kind: str
    member: str = ""
    expected: Any = None
    rule: str | None = None


class Shown(NamedTuple):
    """An exchange with the JSON value of its answer, and its status code."""

    exchange: Exchange
    answer: Any
    status: int | None


_ONE_OF = "one of {}".format
_NEW = "one that no earlier call was given"
PLACES = (
    Place("APR-1", "", "approvalStatus", rule=_ONE_OF(", ".join(sorted(APPROVAL_STATUSES)))),
    Place("APR-2|APR-6|LST-4|LST-5|LST-6|LST-15", "refused", "", 200),
    Place("APR-3", "", "approvalStatus", "pending"),
    Place("APR-4", "", "approvalStatus", "not_required"),
    Place("APR-5", "", "approvalStatus", rule="what it was before, or what a call has made it"),
    Place("APR-7", "", "approvalStatus", "rejected"),
    Place("APR-8", "", "approvalStatus", "approved"),
    Place("APR-9", "not 409", "", 409),
    Place("APR-9", "another code", "error/code", "CONFLICT"),
    Place("APR-10", "", "approvalStatus", "pending"),
    Place("AST-1", "no URL", "url", rule="a URL"),
    Place("AST-1", "another asset", "id", rule="the id in the path"),
    Place("AST-3", "", "", rule="a 4xx"),
    Place("AST-4", "", "signedUrl|url", rule="a URL that says when it ends, or expiresAt beside it"),
    Place("AUT-1", "", "", rule="a 4xx"),
    Place("AUT-2", "instead of 401", "", 401),
    Place("AUT-2", "another code", "error/code", "UNAUTHENTICATED"),
    Place("AUT-4", "let in", "", rule="403 or 404"),
    Place("AUT-4", "listed", "items", rule="nothing of another organization"),
    Place("AUT-4", "shown in an error", "error/message|error", rule="nothing of another organization"),
    Place("AUT-4", "into another's project", "projectId", rule="a project of the caller"),
    Place("AUT-5", "^in the body", "*", rule="no key"),
    Place("", "archived nevertheless", "", 200),
    Place(
        "",
        "made a container|created while refused",
        "id|containerId|items",
        rule="no container that no answer has named",
    ),
    Place("", "started a job|unnamed job", "jobId", rule="a job that an answer has named"),
    Place("CLO-1", "an old|the source", "containerId", rule=_NEW),
    Place("CLO-1", "no new job", "jobId", rule=_NEW),
    Place("CRE-1", "conflict|refused|not 202", "", 202),
    Place("CRE-2", "", "projectId", rule="the project in the path of the request"),
    Place("CLO-2|CRE-4", "another project", "projectId", rule="the project in which it was made"),
    Place("CRE-3", "URL|host|another resource", "locationUrl", rule="a URL that reads the job of the envelope"),
    Place("CRE-3", "reads another", "jobId", rule="the job of the envelope"),
    Place("CRE-7", "container", "containerId", rule=_NEW),
    Place("CRE-7", "job", "jobId", rule=_NEW),
    Place("CRE-9", "", "", rule="a 4xx"),
    Place("ERR-1", "answered", "", rule="no 5xx"),
    Place("ERR-2", "", "error", rule="an object with code, message and requestId"),
    Place("ERR-6", "", "error/message|*", rule="a message that shows nothing of the inside"),
    Place("ERR-3", "another code", "error/code", "NOT_FOUND"),
    Place("ERR-3", "", "", 404),
    Place("ERR-4", "another code", "error/code", "VALIDATION"),
    Place("ERR-4", "", "", rule="400 or 422"),
    Place("ERR-5", "", "", rule="405 for a method, 415 or 400 for a media type"),
    Place("ERR-7", "", "header:retry-after", rule="seconds, or a date"),
    Place("IDM-(3|11|12)", "another body|parallel bodies", "", 409),
    Place("IDM-6|IDM-11", "parallel retry answered", "", 202),
    Place("IDM-3", "another code", "error/code", "IDEMPOTENCY_CONFLICT"),
    Place("IDM-3", "accepted|answered", "", 409),
    Place("IDM-5|IDM-7", "conflict", "", 202),
    Place("IDM-6", "none accepted", "", rule="202 for one of the calls"),
    Place("IDM-(2|6|11|12)", "anew|replayed", "jobId"),
    Place("IDM-12|IDM-14", "conflict|answered", "", 202),
    Place("IDM-(5|7|8|9|10|11)", "result of", "jobId|containerId|id", rule=_NEW),
    Place("IDM-4", "anew", "jobId"),
    Place("JOB-3", "another job|no job", "jobId", rule="the container's latest job"),
    Place("JOB-3", "another container", "containerId", rule="the container in the path"),
    Place("JOB-4", "unknown status", "status", rule=_ONE_OF(", ".join(sorted(JOB_STATUSES)))),
    Place("JOB-5", "not from 0 to 1", "progress", rule="a number from 0 to 1"),
    Place("JOB-5", "went back", "progress", rule="no less than before"),
    Place("JOB-6", "", "finishedAt", rule="a moment that is not before startedAt"),
    Place("JOB-7", "", "result/containerId", rule="the container of the envelope"),
    Place("JOB-8", "same ETag", "header:etag", rule="another tag than before"),
    Place("JOB-8", "304 after|304 for", "", 200),
    Place("JOB-8", "200 although", "", 304),
    Place("LIF-10", "no cancel", "status", "canceled"),
    Place("LIF-10", "another job", "status", rule="that of a generation that nobody canceled"),
    Place("JOB-2|LIF-10|LIF-11|LIF-7|REG-4", "ends|ended|became", "status", rule="the end of its generation"),
    Place("LIF-1", "", "status", rule=_ONE_OF(", ".join(sorted(STATUSES)))),
    Place("LIF-2", "", "status", rule="a status that can follow the one before"),
    Place("LIF-3|LIF-12", "", "assets", rule="no asset"),
    Place("LIF-4", "no assets", "assets", rule="at least one asset"),
    Place("LIF-4", "no captions", "captions", rule="at least one caption"),
    Place("LIF-5", "", "lastError", rule="why it failed"),
    Place("LIF-6", "", "lastError", rule="null"),
    Place("LIF-8", "another id", "id", rule="the id in the path"),
    Place("LIF-8", "another project", "projectId"),
    Place("LIF-9", "", "updatedAt", rule="no moment before createdAt or an earlier updatedAt"),
    Place("LST-.*", "refused", "", 200),
    Place("LST-.*", "another status", "status", rule="a status that the filter names"),
    Place("LST-.*", "another format", "format", rule="a format that the filter names"),
    Place(
        "LST-1|LST-7", "twice|cursor given again", "items", rule="no item that an earlier page of the walk has shown"
    ),
    Place("LST-10", "older", "items", rule="the newest first"),
    Place("LST-.*|APR-6|CLO-2", "missing|left out|order|again|twice|older|empty|lacks|not listed", "items"),
    Place("LST-2|LST-11|LST-13", "limit|page", "items", rule="as many items as limit allows"),
    Place("LST-(8|9|14|16)", "project|another|ignored", "items"),
    Place("LST-12", "", "", rule="a 4xx"),
    Place("REG-5", "cannot be read", "", 200),
    Place("REG-1", "another container|no containerId", "containerId", rule="the container in the path"),
    Place("REG-1", "old job|no jobId", "jobId", rule=_NEW),
    Place("REG-1", "", "", 202),
    Place("REG-6", "accepted", "", rule="a 4xx"),
    Place("REJ-1", "does not show", "approvalStatus", "rejected"),
    Place("REJ-1", "", "", rule="200 or 202"),
    Place("REJ-2", "neither|no effect", "approvalStatus", rule="rejected or pending"),
    Place("REJ-2", "job", "jobId", rule=_NEW),
    Place("REJ-2", "another container", "containerId", rule="the container in the path"),
    Place("REJ-3", "", "", rule="a 4xx"),
)
"""Asked from the top; a requirement and a kind are regular expressions, of which the kind's may stand anywhere."""

_CHANGED = re.compile(r"\b(?:changed|another|no|wrong|unknown) (?:its )?(?P<name>[a-z]\w+)")
_HEADER = re.compile(r"^in the header (?P<name>[\w-]+)")
_STATUS = re.compile(
    r"^(?:not (?P<code>[1-5]\d\d)|accepted|answered|refused|let in|cannot be read|not found|server error)"
)
HEADER = "header:"
_HOLDERS = ("items", "assets")


def place_of(finding: Finding, exchanges: Sequence[Exchange]) -> Difference:
    """Return where a failure shows in the last of its exchanges: what the check said, or what the table says of its kind."""
    if finding.difference is not None or not exchanges or exchanges[-1].response is None:
        return finding.difference or Difference()
    seen = [_shown(exchange) for exchange in exchanges]
    decisive, before = seen[-1], seen[:-1]
    for place in PLACES:
        if re.fullmatch(place.requirement or ".*", finding.requirement) and re.search(place.kind, finding.kind):
            return _found(place, decisive, before, finding.message)
    status = _STATUS.match(finding.kind)
    if status:
        return in_status(decisive, int(status["code"]) if status["code"] else None)
    header = _HEADER.match(finding.kind)
    if header:
        return in_header(decisive, header["name"])
    named = _CHANGED.search(finding.kind)
    found = _member(named["name"], decisive, before, finding.message) if named else None
    return found or _body(decisive)


def _shown(exchange: Exchange) -> Shown:
    response = exchange.response
    return Shown(exchange, parse_answer(response.body), response.status) if response else Shown(exchange, None, None)


def _found(place: Place, decisive: Shown, before: Sequence[Shown], sentence: str) -> Difference:
    if not place.member:
        return in_status(decisive, place.expected, place.rule)
    if place.member.startswith(HEADER):
        return in_header(decisive, place.member.removeprefix(HEADER), rule=place.rule)
    if place.member == "error/code":
        return in_code(decisive, place.expected)
    choices = [member.split("/") for member in place.member.split("|")]
    steps = next((choice for choice in choices if _at(decisive, choice, sentence) is not None), choices[-1])
    if steps == ["*"]:
        return _body(decisive, place.rule)
    found = _at(decisive, steps, sentence) or steps
    if place.expected is not None or place.rule is not None:
        return in_answer(decisive, *found, expected=place.expected, rule=place.rule)
    difference = in_answer(decisive, *found, expected=_earlier(steps, before, sentence))
    return _other_member(decisive, before) or difference if difference.actual == difference.expected else difference


def _other_member(decisive: Shown, before: Sequence[Shown]) -> Difference | None:
    """Return the first member in which an answer differs from the one before."""
    answers = [shown.answer for shown in (*before[-1:], decisive) if isinstance(shown.answer, dict)]
    for name in answers[-1] if len(answers) > 1 else ():
        if answers[0].get(name) != answers[1][name]:
            return in_answer(decisive, name, expected=answers[0].get(name))
    return None


def _body(decisive: Shown, rule: str | None = None) -> Difference:
    """Return the difference of a whole body, as far as there is one."""
    response = decisive.exchange.response
    if response is None or not response.body:
        return Difference("/response/body", rule=rule, is_absent=True) if response else Difference(WHOLE_ANSWER)
    written = body_to_json(response.body) or {}
    is_json = isinstance(decisive.answer, (dict, list))
    return Difference("/response/body", None, decisive.answer if is_json else next(iter(written.values()), None), rule)


def _member(name: str, decisive: Shown, before: Sequence[Shown], sentence: str) -> Difference | None:
    """Return the difference at the member of an answer, or of its brief, that a kind names."""
    if name == "media":
        return in_header(decisive, "content-type")
    for steps in ([name], ["brief", name]):
        if any(_at(shown, steps, sentence) is not None for shown in (decisive, *before)):
            return in_answer(
                decisive, *(_at(decisive, steps, sentence) or steps), expected=_earlier(steps, before, sentence)
            )
    return None


def _earlier(steps: Sequence[str], before: Sequence[Shown], sentence: str) -> Any:
    for shown in reversed(before):
        found = _at(shown, steps, sentence)
        if found is not None:
            return in_answer(shown, *found).actual
    return None


def _at(seen: Shown, steps: Sequence[str], sentence: str) -> list[str | int] | None:
    """Return the steps to a member of an answer, or of that item or asset of it which a sentence tells of; None where it has none."""
    if not isinstance(seen.answer, dict):
        return None
    words = set(re.split(r"[\s,;:\"']+|\.(?=\s|$)", sentence))
    for holder in _HOLDERS:
        items = seen.answer.get(holder)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and str(item.get("id")) in words and steps != [holder]:
                inside: list[str | int] = [holder, number, *steps]
                if not in_answer(seen, *inside).is_absent:
                    return inside
    return None if in_answer(seen, *steps).is_absent else list(steps)
