"""CRE-1, 2, 3, 7 and 9: what a create is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.wording import short
from conformance.contract.document import load
from conformance.contract.validity import Validity
from conformance.history.ledger import ACCEPTED, Ledger, Project
from conformance.history.observation import Observation
from conformance.history.requests import (
    BELOW_APPLICATION,
    accepts_json,
    is_ordinary,
    is_same_id,
    names_one_thing,
    reach,
)
from conformance.history.used_keys import FRESH, Use, UsedKeys

OWNER = "owner"
CREATE = "createContent"
ENVELOPE = ("jobId", "kind", "status", "stage", "projectId", "containerId", "locationUrl", "startedAt")
ABOUT_THE_CALLER = frozenset({401, 402, 403, 406, 412, 423, 429, 451}) | BELOW_APPLICATION
"""Refusals that tell of the caller, its plan or its pace, not of the create."""
BODY_REFUSED = frozenset({400, 413, 415, 422})


class ValidCreates(Check):
    """CRE-1, CRE-2 and CRE-9: a valid create is answered with the envelope of its own project, an invalid one never with success.

    What a used key answers belongs to idempotency, whatever the body is.
    """

    judges: ClassVar[tuple[str, ...]] = ("CRE-1", "CRE-2", "CRE-9")

    def __init__(self) -> None:
        self._keys = UsedKeys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the status and the envelope of a create."""
        use = self._keys.take(seen)
        if seen.operation_id != CREATE or not seen.authorized or seen.status is None or not seen.names_one_thing:
            return
        if (
            seen.ok
            and seen.status != ACCEPTED
            and use is not Use.SPENT
            and seen.validity in {Validity.PLAIN, Validity.VALID}
        ):
            yield failed("CRE-1", f"A valid create was answered {seen.status} instead of 202.", seen)
        if use not in FRESH:
            return
        if seen.validity in {Validity.INVALID, Validity.MALFORMED}:
            if seen.ok or seen.status in BODY_REFUSED:
                message = f"A create was answered {seen.status} although {seen.invalid_because}."
                yield from verify("CRE-9", not seen.ok, message, seen)
        elif seen.status == ACCEPTED:
            yield from self._judge_envelope(seen)
        elif seen.refused and use is Use.FIRST and _must_be_accepted(seen, ledger):
            code = f" {seen.error_code[:40]}" if seen.error_code else ""
            yield failed("CRE-1", f"A plain create was refused with {seen.status}{code}.", seen)

    def _judge_envelope(self, seen: Observation) -> Iterator[Finding]:
        problems = list(_problems(seen.fields))
        yield from verify("CRE-1", not problems, f"The envelope of a create {' and '.join(problems)}.", seen)
        told, asked = seen.fields.get("projectId"), seen.params["projectId"]
        if isinstance(told, str):
            message = f"A create in project {asked[:80]} was answered with the project {told[:80]}."
            yield from verify("CRE-2", is_same_id(told, asked), message, seen)


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    missing = [name for name in ENVELOPE if fields.get(name) is None]
    wrong = [name for name in ENVELOPE if name not in missing and not (isinstance(fields[name], str) and fields[name])]
    if missing:
        yield f"lacks {', '.join(missing)}"
    if wrong:
        yield f"holds no text as {', '.join(wrong)}"
    if "kind" not in {*missing, *wrong} and fields["kind"] != "content_generate":
        yield f"is of the kind {short(fields['kind'])}, not content_generate"


def _must_be_accepted(seen: Observation, ledger: Ledger) -> bool:
    """Tell whether no reason to refuse a create is left that a conformant target could have."""
    project = ledger.projects.get(seen.params["projectId"])
    return (
        seen.actor == OWNER
        and seen.validity is Validity.PLAIN
        and seen.status not in ABOUT_THE_CALLER
        and not (seen.status == 409 and seen.idempotency_key is not None)
        and not seen.query
        and seen.is_ordinary
        and project is not None
        and _is_open(project, ledger)
    )


def _is_open(project: Project, ledger: Ledger) -> bool:
    """Tell whether a project is one of those to create in, and was surely not archived, in this run or before."""
    facts = ledger.facts
    return project.id in {facts.project_id, facts.review_project_id} and all(
        call.refused for call in project.archive_attempts
    )


@dataclass(slots=True, eq=False)
class _Location:
    """A locationUrl that an envelope gave: its job, its caller, and the URLs that may be meant and were not refused yet."""

    seen: Observation
    job_id: str
    meant: set[str]


class Locations(Check):
    """CRE-3: the locationUrl reads the job of the envelope that gave it.

    Where the base URL has a path, a location with a path of its own may be meant below the origin or below the base URL.
    """

    judges: ClassVar[tuple[str, ...]] = ("CRE-3",)

    def __init__(self) -> None:
        self._locations: dict[str, _Location] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Note the location of a create, and judge the read of one."""
        if seen.operation_id == CREATE and seen.status == ACCEPTED and seen.authorized:
            yield from self._note(seen, ledger.facts.base_url)
        elif seen.exchange.request.method == "GET":
            location = self._locations.get(seen.exchange.request.url)
            if location and location.seen.actor == seen.actor and location.seen.precedes(seen):
                yield from self._judge(seen, location)

    def _note(self, seen: Observation, base_url: str) -> Iterator[Finding]:
        url, job_id = seen.fields.get("locationUrl"), seen.fields.get("jobId")
        if not isinstance(url, str) or not url or not isinstance(job_id, str) or not job_id:
            return
        try:
            meant = {urljoin(f"{base_url}/", url)} | (
                {base_url + url} if url.startswith("/") and not url.startswith("//") else set()
            )
            hosts = {urlsplit(target).hostname or "" for target in meant}
            below_base = [urlsplit(target).path.removeprefix(urlsplit(base_url).path) for target in meant]
        except ValueError:
            yield failed("CRE-3", f"The locationUrl {short(url)} of job {job_id[:80]} is no URL.", seen)
            return
        if any(_is_out_of_reach(host, base_url) for host in hosts):
            message = f"The locationUrl {short(url)} of job {job_id[:80]} names a host that only the target's own network reaches."
            yield failed("CRE-3", message, seen)
            return
        found = [match for path in below_base if (match := load().match("GET", path))]
        reads_another = [
            operation.id
            for operation, params in found
            if operation.id not in {"getJob", "getContentProgress"}
            or (operation.id == "getJob" and params["jobId"] != job_id)
        ]
        if found and len(reads_another) == len(found):
            yield failed(
                "CRE-3", f"The locationUrl {short(url)} does not name the job {job_id[:80]} of its envelope.", seen
            )
            return
        location = _Location(seen, job_id, meant)
        for target in meant:
            self._locations.setdefault(target, location)

    def _judge(self, seen: Observation, location: _Location) -> Iterator[Finding]:
        url = seen.exchange.request.url
        if seen.status == 200 and accepts_json(seen.exchange.request):
            told = seen.fields.get("jobId")
            message = (
                f"The locationUrl of job {location.job_id[:80]} read {short(told) if told is not None else 'no job'}."
            )
            yield from verify("CRE-3", told == location.job_id, message, location.seen, seen)
        elif seen.refused and seen.status not in ABOUT_THE_CALLER and seen.is_ordinary:
            location.meant.discard(url)
            if not location.meant:
                message = f"The locationUrl of job {location.job_id[:80]} was answered {seen.status}."
                yield failed("CRE-3", message, location.seen, seen)


def _is_out_of_reach(host: str, base_url: str) -> bool:
    """Tell whether a caller outside of the target's network cannot know a host; one inside may, by a name of its own."""
    own = urlsplit(base_url).hostname or ""
    return host != own and reach(own) != "inside" and reach(host) not in {"anywhere", reach(own)}


class FreshCreates(Check):
    """CRE-7: a fresh create is given a container and a job that nothing was given before.

    The same body sent to the same project belongs to idempotency (IDM-5, IDM-7), and so does a key that was used before.
    """

    judges: ClassVar[tuple[str, ...]] = ("CRE-7",)

    def __init__(self) -> None:
        self._keys = UsedKeys()
        self._given: dict[tuple[str, str], Observation] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the ids of an accepted create, and note those of every envelope."""
        fresh = self._keys.take(seen) in FRESH - {Use.LOST}
        if seen.status != ACCEPTED or not seen.authorized or not seen.is_write:
            return
        ids = {
            (name, value)
            for name in ("containerId", "jobId")
            if isinstance(value := seen.fields.get(name), str) and value
        }
        if seen.operation_id == CREATE and fresh and ids:
            yield from self._judge(seen, ids, ledger)
        for given in ids:
            self._given.setdefault(given, seen)

    def _judge(self, seen: Observation, ids: set[tuple[str, str]], ledger: Ledger) -> Iterator[Finding]:
        taken = False
        for name, value in sorted(ids):
            before = self._given.get((name, value))
            if before is None and name == "containerId" and value in ledger.containers:
                before = ledger.containers[value].first_read
            if before is None:
                continue
            taken = True
            if (before.operation_id, before.params, before.body) != (CREATE, seen.params, seen.body):
                message = f"A fresh create was given the {name} {value[:80]}, which was taken before."
                yield failed("CRE-7", message, before, seen)
        if not taken:
            yield passed("CRE-7", seen)


CHECKS: tuple[type[Check], ...] = (ValidCreates, Locations, FreshCreates)
