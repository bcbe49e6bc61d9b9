"""Where a failure shows, for the checks that do not say it themselves: by its requirement and its kind, as a table.

A kind is made of the words that the documents use, so that `no finishedAt` shows at the member finishedAt, and `not 202` at the status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.checks.difference import Difference, in_answer, in_code, in_header, in_status
from conformance.contract.lifecycle import APPROVAL_STATUSES, JOB_STATUSES, STATUSES
from conformance.history.observation import Observation


@dataclass(frozen=True, slots=True)
class Place:
    """The member of an answer at which failures of some kinds show, and what should stand there.

    `member` is a path of names; an empty one is the status code. Without a rule the value that an earlier exchange of the evidence shows at
    the same place is expected.
    """

    requirement: str
    kind: str
    member: str = ""
    expected: Any = None
    rule: str | None = None


_ONE_OF = "one of {}".format
_NEW = "one that no earlier call was given"
PLACES = (
    Place("APR-1", "", "approvalStatus", rule=_ONE_OF(", ".join(sorted(APPROVAL_STATUSES)))),
    Place("APR-3", "", "approvalStatus", "pending"),
    Place("APR-4", "", "approvalStatus", "not_required"),
    Place("APR-5", "", "approvalStatus", rule="what it was before, or what a call has made it"),
    Place("APR-7", "", "approvalStatus", "rejected"),
    Place("APR-8", "", "approvalStatus", "approved"),
    Place("APR-9", "not 409", "", 409),
    Place("APR-9", "another code", "error/code", "CONFLICT"),
    Place("APR-10", "", "approvalStatus", "pending"),
    Place("AST-1", "no URL", "url", rule="a URL"),
    Place("AST-3", "", "", rule="a 4xx"),
    Place("AUT-1", "", "", rule="a 4xx"),
    Place("AUT-2", "instead of 401", "", 401),
    Place("AUT-2", "another code", "error/code", "UNAUTHENTICATED"),
    Place("AUT-4", "let in", "", rule="403 or 404"),
    Place("CLO-1", "an old|the source", "containerId", rule=_NEW),
    Place("CLO-1", "no new job", "jobId", rule=_NEW),
    Place("CRE-1", "conflict|refused|not 202", "", 202),
    Place("CRE-2", "", "projectId", rule="the project in the path of the request"),
    Place("CRE-3", "URL|host|another resource", "locationUrl", rule="a URL that reads the job of the envelope"),
    Place("CRE-3", "reads another", "jobId", rule="the job of the envelope"),
    Place("CRE-7", "container", "containerId", rule=_NEW),
    Place("CRE-7", "job", "jobId", rule=_NEW),
    Place("CRE-9", "", "", rule="a 4xx"),
    Place("ERR-1", "answered", "", rule="no 5xx"),
    Place("ERR-2", "", "error", rule="an object with code, message and requestId"),
    Place("ERR-3", "another code", "error/code", "NOT_FOUND"),
    Place("ERR-3", "", "", 404),
    Place("ERR-4", "another code", "error/code", "VALIDATION"),
    Place("ERR-4", "", "", rule="400 or 422"),
    Place("ERR-5", "", "", rule="405 for a method, 415 or 400 for a media type"),
    Place("IDM-3", "another code", "error/code", "IDEMPOTENCY_CONFLICT"),
    Place("IDM-3", "accepted|answered", "", 409),
    Place("IDM-5|IDM-7", "conflict", "", 202),
    Place("IDM-6", "none accepted", "", rule="202 for one of the calls"),
    Place("IDM-(2|6|12)", "anew|replayed", "jobId"),
    Place("IDM-12|IDM-14", "conflict|answered", "", 202),
    Place("IDM-(5|7|8|9|10|11)", "result of", "jobId", rule=_NEW),
    Place("IDM-4", "anew", "jobId"),
    Place("JOB-3", "another job|no job", "jobId", rule="the container's latest job"),
    Place("JOB-3", "another container", "containerId", rule="the container in the path"),
    Place("JOB-4", "unknown status", "status", rule=_ONE_OF(", ".join(sorted(JOB_STATUSES)))),
    Place("JOB-5", "not from 0 to 1", "progress", rule="a number from 0 to 1"),
    Place("JOB-5", "went back", "progress", rule="no less than before"),
    Place("JOB-6", "", "finishedAt", rule="a moment that is not before startedAt"),
    Place("JOB-7", "", "result/containerId", rule="the container of the envelope"),
    Place("JOB-8", "304 after|304 for", "", 200),
    Place("JOB-8", "200 although", "", 304),
    Place("JOB-2|LIF-10|LIF-11|LIF-7|REG-4", "ends|ended|became", "status", rule="the end of its generation"),
    Place("LIF-1", "", "status", rule=_ONE_OF(", ".join(sorted(STATUSES)))),
    Place("LIF-2", "", "status", rule="a status that can follow the one before"),
    Place("LIF-3|LIF-12", "", "assets", rule="no asset"),
    Place("LIF-4", "no assets", "assets", rule="at least one asset"),
    Place("LIF-4", "no captions", "captions", rule="at least one caption"),
    Place("LIF-5", "", "lastError", rule="why it failed"),
    Place("LIF-6", "", "lastError", rule="null"),
    Place("LIF-8", "another id", "id", rule="the id in the path"),
    Place("LIF-9", "", "updatedAt", rule="no moment before createdAt or an earlier updatedAt"),
    Place("LST-(1|3|4|5|6|7|10|15)|APR-6|CLO-2", "missing|left out|order|again|unlisted|not listed", "items"),
    Place("LST-2|LST-11|LST-13", "limit|page", "items", rule="as many items as limit allows"),
    Place("LST-(8|9|14|16)", "project|another|ignored", "items"),
    Place("LST-12", "", "", rule="a 4xx"),
    Place("REG-1", "another container|no containerId", "containerId", rule="the container in the path"),
    Place("REG-1", "old job|no jobId", "jobId", rule=_NEW),
    Place("REG-1", "", "", 202),
    Place("REG-6", "accepted", "", rule="a 4xx"),
    Place("REJ-1", "does not show", "approvalStatus", "rejected"),
    Place("REJ-1", "", "", rule="200 or 202"),
    Place("REJ-2", "neither", "approvalStatus", rule="rejected or pending"),
    Place("REJ-2", "job", "jobId", rule=_NEW),
    Place("REJ-2", "another container", "containerId", rule="the container in the path"),
    Place("REJ-3", "", "", rule="a 4xx"),
)
"""Asked from the top; a requirement and a kind are regular expressions, of which the kind's may stand anywhere."""

_CHANGED = re.compile(r"^(?:changed|another|no|unknown) (?:its )?(?P<name>[a-z]\w+)")
_STATUS = re.compile(
    r"^(?:not (?P<code>[1-5]\d\d)|accepted|answered|refused|let in|cannot be read|not found|server error)"
)


def place_of(requirement: str, kind: str, evidence: Sequence[Observation]) -> Difference | None:
    """Return where a failure shows in the last exchange of its evidence; None where only the whole answer can be named."""
    if not evidence:
        return None
    decisive, before = evidence[-1], evidence[:-1]
    for place in PLACES:
        if re.fullmatch(place.requirement, requirement) and re.search(place.kind, kind):
            return _found(place, decisive, before)
    told = _STATUS.match(kind)
    if told:
        return in_status(decisive, int(told["code"]) if told["code"] else None)
    named = _CHANGED.match(kind)
    if named:
        return _member(named["name"], decisive, before)
    return None


def _found(place: Place, decisive: Observation, before: Sequence[Observation]) -> Difference | None:
    if not place.member:
        return in_status(decisive, place.expected, place.rule)
    if place.member == "error/code":
        return in_code(decisive, place.expected)
    if not decisive.fields:
        return None
    steps = place.member.split("/")
    if place.expected is None and place.rule is None:
        return in_answer(decisive, *steps, expected=_earlier(steps, before))
    return in_answer(decisive, *steps, expected=place.expected, rule=place.rule)


def _member(name: str, decisive: Observation, before: Sequence[Observation]) -> Difference | None:
    """Return the difference at the member of an answer, or of its brief, that a kind names."""
    holders = (decisive, *before)
    for steps in ([name], ["brief", name]):
        if any(not in_answer(each, *steps).is_absent for each in holders):
            return in_answer(decisive, *steps, expected=_earlier(steps, before))
    if name == "media" and decisive.exchange.response:
        return in_header(decisive, "content-type")
    return None


def _earlier(steps: Sequence[str], before: Sequence[Observation]) -> Any:
    for each in reversed(before):
        found = in_answer(each, *steps)
        if not found.is_absent:
            return found.actual
    return None
