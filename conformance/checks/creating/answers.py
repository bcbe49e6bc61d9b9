"""CRE-1 to 3, 7 and 9: what a create is answered, and that its locationUrl reads its job."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.checks.base import Check, on, short
from conformance.checks.findings import Difference, in_answer
from conformance.client.actors import OTHER, OWNER
from conformance.contract.document import IDEMPOTENCY_CONFLICT, load
from conformance.contract.validity import Validity
from conformance.history.facts import Called, CallSettled, CreateSent, Wrote
from conformance.history.keys import Use
from conformance.history.ledger import ACCEPTED, Ledger
from conformance.history.messages import ABOUT_THE_CALLER, accepts_json, is_redirected, is_same_id, reach
from conformance.history.observation import Observation
from conformance.history.owners import plain

ENVELOPE = ("jobId", "kind", "status", "stage", "projectId", "containerId", "locationUrl", "startedAt")
CONFLICT = 409
BODY_REFUSED = frozenset({400, 413, 415, 422})
_INDEX = re.compile(r"/\d+")


class CreateAnswers(Check):
    """CRE-1, CRE-2 and CRE-9: a valid create is answered with the envelope of its own project, an invalid one never with success.

    The answer to a key that its caller has used belongs to idempotency, whatever the body is. One that only others have used is a new one to
    its caller, so that a conflict is no answer to it.
    """

    judges = ("CRE-1", "CRE-2", "CRE-9")

    def __init__(self) -> None:
        self._carried: dict[tuple[str, str | None], list[float]] = defaultdict(list)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        if fact.seen.idempotency_key is not None:
            self._carried[fact.seen.actor, fact.seen.idempotency_key].append(fact.seen.exchange.sent_at)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Judge a conflict over a key that nobody but the call itself carried, before it or with it."""
        seen, wrote = fact.seen, fact.wrote
        if not isinstance(wrote, CreateSent) or seen.status != CONFLICT or not wrote.key.is_new_to_caller:
            return
        if seen.idempotency_key is None or not _is_no_conflict(seen, self.ledger):
            return
        if wrote.key.is_unused and not seen.exchange.driver:
            return  # the keys of traffic that drivers did not make may be older than the history
        carried = self._carried[seen.actor, seen.idempotency_key]
        if sum(sent_at < seen.exchange.received_at for sent_at in carried) == 1:
            code = f" {seen.error_code[:40]}" if seen.error_code else ""
            message = f"A valid create under a key that its caller had never used was refused with 409{code}."
            self.failed("CRE-1", "conflict under a new key", message, seen)

    @on(CreateSent)
    def create(self, fact: CreateSent) -> None:
        seen, use = fact.seen, fact.key.use
        if not seen.authorized or seen.status is None or not seen.names_one_thing:
            return
        if (
            seen.ok
            and seen.status != ACCEPTED
            and use is not Use.SPENT
            and seen.validity in {Validity.PLAIN, Validity.VALID}
        ):
            self.failed("CRE-1", "not 202", f"A valid create was answered {seen.status} instead of 202.", seen)
        is_invalid = seen.validity in {Validity.INVALID, Validity.MALFORMED}
        is_free = fact.key.is_fresh or fact.key.is_new_to_caller
        if not is_free and not (self._made_its_own(fact) and (is_invalid or use is not Use.SPENT)):
            return
        if is_invalid:
            self._judge_invalid(seen)
        elif seen.status == ACCEPTED:
            self._judge_envelope(seen)
        elif seen.status == CONFLICT and seen.idempotency_key is not None:
            return  # it is judged when every call that may have carried the key meanwhile is known
        elif seen.refused and (use is Use.FIRST or fact.key.is_new_to_caller) and _must_be_accepted(seen, self.ledger):
            code = f" {seen.error_code[:40]}" if seen.error_code else ""
            self.failed(
                "CRE-1", "refused", f"A valid create with a simple brief was refused with {seen.status}{code}.", seen
            )

    def _made_its_own(self, fact: CreateSent) -> bool:
        """Return whether a create was answered with a container that no call had named, whatever its key was used for."""
        return fact.started is not None and self.ledger.containers[fact.started.container_id].made_by is fact.started

    def _judge_invalid(self, seen: Observation) -> None:
        if seen.ok:
            message = f"A create was answered {seen.status} although {seen.invalid_because}."
            self.failed("CRE-9", f"accepted: {_INDEX.sub('', seen.invalid_because)}", message, seen)
        elif seen.status in BODY_REFUSED:
            # Any other refusal may have another reason, so that it shows nothing of the body.
            self.passed("CRE-9", seen)

    def _judge_envelope(self, seen: Observation) -> None:
        problems = dict(_problems(seen.fields))
        message = f"The envelope of a create {' and '.join(problems.values())}."
        self.verify("CRE-1", f"the envelope {' and '.join(problems)}", not problems, message, seen, at=_place(seen))
        shown_id, asked = seen.fields.get("projectId"), seen.params["projectId"]
        if isinstance(shown_id, str):
            message = f"A create in project {asked[:80]} was answered with the project {shown_id[:80]}."
            self.verify("CRE-2", "another project", is_same_id(shown_id, asked), message, seen)


def _place(seen: Observation) -> Difference:
    wrong = (name for name in ENVELOPE if not (isinstance(seen.fields.get(name), str) and seen.fields[name]))
    name = next(wrong, "kind")
    expected = "content_generate" if name == "kind" else None
    return in_answer(seen, name, expected=expected, rule=None if expected else "a non-empty string")


def _problems(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an envelope: the kind of each problem, and its predicate for a sentence."""
    missing = [name for name in ENVELOPE if fields.get(name) is None]
    wrong = [name for name in ENVELOPE if name not in missing and not (isinstance(fields[name], str) and fields[name])]
    if missing:
        lacks = f"lacks {', '.join(missing)}"
        yield lacks, lacks
    if wrong:
        empty = f"has no non-empty string in {', '.join(wrong)}"
        yield empty, empty
    if "kind" not in {*missing, *wrong} and fields["kind"] != "content_generate":
        yield "has another kind", f"has the kind {short(fields['kind'])} instead of content_generate"


def _must_be_accepted(seen: Observation, ledger: Ledger) -> bool:
    """Return whether a conformant target has no reason to refuse a create.

    Where a setting names a project wrongly, it is the other organization's, whose creates all are refused then.
    """
    facts = ledger.facts
    is_home = seen.params["projectId"] in {facts.project_id, facts.review_project_id}
    return seen.actor == OWNER and is_home and _is_plain(seen, ledger)


def _is_no_conflict(seen: Observation, ledger: Ledger) -> bool:
    """Return whether a conformant target has no reason to refuse a create with 409, whoever sent it."""
    is_others = seen.actor == OTHER and seen.params["projectId"] == ledger.facts.other_project_id
    is_ours = seen.actor == OWNER and seen.params["projectId"] in {
        ledger.facts.project_id,
        ledger.facts.review_project_id,
    }
    # A limit that no page states may refuse an unusual brief or key (open reading 18), but not as a conflict of keys.
    may_be_limited = seen.validity is Validity.VALID and _is_open(seen, ledger)
    return _must_be_accepted(seen, ledger) or (
        seen.error_code == IDEMPOTENCY_CONFLICT
        and ((is_others and _is_plain(seen, ledger)) or (is_ours and may_be_limited))
    )


def _is_plain(seen: Observation, ledger: Ledger) -> bool:
    """Return whether neither what a create asks for nor its form gives a reason to refuse it, and no call may have archived its project."""
    return seen.validity is Validity.PLAIN and _is_open(seen, ledger)


def _is_open(seen: Observation, ledger: Ledger) -> bool:
    """Return whether the form of a create gives no reason to refuse it, and no call may have archived its project."""
    project = ledger.projects.get(seen.params["projectId"])
    return (
        seen.status not in ABOUT_THE_CALLER
        and not seen.query
        and seen.is_ordinary
        and (project is None or all(call.refused for call in project.archive_attempts))
    )


class NewIds(Check):
    """CRE-7: a fresh create is answered with a container and a job that no earlier call was answered with.

    The same body sent to the same project belongs to idempotency (IDM-5, IDM-7), and so does the result of a call with the same key.
    """

    judges = ("CRE-7",)

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Observation] = {}

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Judge the ids of an accepted create, and note those of every envelope."""
        seen = fact.seen
        if seen.status != ACCEPTED or not seen.authorized:
            return
        ids = {
            (name, value)
            for name in ("containerId", "jobId")
            if isinstance(value := seen.fields.get(name), str) and value
        }
        if isinstance(fact, CreateSent) and fact.key.use in {Use.FIRST, Use.REFUSED, Use.ELSEWHERE} and ids:
            self._judge(seen, ids)
        for name_and_id in ids:
            self._first.setdefault(name_and_id, seen.evidence)

    def _judge(self, seen: Observation, ids: set[tuple[str, str]]) -> None:
        taken = False
        for name, value in sorted(ids):
            before = self._first.get((name, value))
            if before is None and name == "containerId" and value in self.ledger.containers:
                before = self.ledger.containers[value].first_read
            if before is None:
                continue
            taken = True
            is_of_key = before.idempotency_key is not None and before.idempotency_key == seen.idempotency_key
            is_twin = (before.operation_id, before.params, before.body) == ("createContent", seen.params, seen.body)
            if not (is_of_key or is_twin):
                message = f"A new create was answered with the {name} {value[:80]}, which was in use before."
                self.failed("CRE-7", f"taken {name}", message, before, seen)
        if not taken:
            self.passed("CRE-7", seen)


@dataclass(slots=True, eq=False)
class _Location:
    """A locationUrl: the create that was answered with it, its job, and the URLs that it may mean and that were not refused yet."""

    seen: Observation
    job_id: str
    meant: set[str]


class LocationReadsJob(Check):
    """CRE-3: the locationUrl reads the job of the envelope that gave it.

    Where the base URL has a path, a location that is a path may be relative to the origin or to the base URL.
    """

    judges = ("CRE-3",)

    def __init__(self) -> None:
        self._locations: dict[tuple[str, str], _Location] = {}

    @on(CreateSent)
    def create(self, fact: CreateSent) -> None:
        seen = fact.seen
        url, job_id = seen.fields.get("locationUrl"), seen.fields.get("jobId")
        if seen.status != ACCEPTED or not seen.authorized:
            return
        if not isinstance(url, str) or not url or not isinstance(job_id, str) or not job_id:
            return
        base_url = self.ledger.facts.base_url
        try:
            meant = _meant(url, base_url)
            hosts = {urlsplit(target).hostname or "" for target in meant}
            schemes = {urlsplit(target).scheme for target in meant}
            below_base = [urlsplit(target).path.removeprefix(urlsplit(base_url).path) for target in meant]
        except ValueError:
            message = f"The locationUrl {short(url)} of job {job_id[:80]} is not a valid URL."
            self.failed("CRE-3", "not a URL", message, seen)
            return
        if not schemes & {"http", "https"}:
            message = f"The locationUrl {short(url)} of job {job_id[:80]} cannot be read over HTTP."
            self.failed("CRE-3", "not a URL", message, seen)
            return
        if any(_is_out_of_reach(host, base_url) for host in hosts):
            message = f"The locationUrl {short(url)} of job {job_id[:80]} names a host that can only be reached inside the target's network."
            self.failed("CRE-3", "internal host", message, seen)
        elif _names_another(below_base, plain(job_id)):
            message = f"The locationUrl {short(url)} does not point to the job {job_id[:80]} of its envelope."
            self.failed("CRE-3", "another resource", message, seen)
        else:
            location = _Location(seen.evidence, job_id, meant)
            for target in meant:
                self._locations.setdefault((seen.actor, target), location)

    @on(Called)
    def called(self, fact: Called) -> None:
        seen = fact.seen
        location = self._locations.get((seen.actor, seen.exchange.request.url))
        if location is None or seen.exchange.request.method != "GET" or is_redirected(seen.exchange.request):
            return
        if location.job_id in self.ledger.unclear:
            return
        if location.seen.precedes(seen):
            self._judge(seen, location)

    def _judge(self, seen: Observation, location: _Location) -> None:
        url, job_id = seen.exchange.request.url, location.job_id[:80]
        # Any other success is judged where the call asks for the job itself and nothing less.
        if (seen.status == 200 or (seen.ok and seen.is_ordinary)) and accepts_json(seen.exchange.request):
            job_shown = seen.fields.get("jobId")
            shown = "no jobId" if job_shown is None else f"the jobId {short(job_shown)}"
            message = f"The locationUrl of job {job_id} was answered with {shown}."
            self.verify("CRE-3", "reads another job", job_shown == location.job_id, message, location.seen, seen)
        elif seen.refused and seen.status not in ABOUT_THE_CALLER and seen.is_ordinary:
            location.meant.discard(url)
            if not location.meant:
                message = f"The locationUrl of job {job_id} was answered {seen.status}."
                if self.lagged("CRE-3", message, location.seen, seen):
                    location.meant.add(url)
                else:
                    self.failed("CRE-3", "refused", message, location.seen, seen)


def _meant(url: str, base_url: str) -> set[str]:
    """Return the absolute URLs that a location may mean."""
    below_base = {base_url + url} if url.startswith("/") and not url.startswith("//") else set()
    return {urljoin(f"{base_url}/", url)} | below_base


def _names_another(paths: list[str], job_id: str) -> bool:
    """Return whether the contract defines some of the paths, and each of these reads something other than the job."""
    found = [match for path in paths if (match := load().match("GET", path))]
    return bool(found) and all(
        operation.id not in {"getJob", "getContentProgress"} or (operation.id == "getJob" and params["jobId"] != job_id)
        for operation, params in found
    )


def _is_out_of_reach(host: str, base_url: str) -> bool:
    """Return whether a host cannot be reached from outside of the target's network, while the base URL can."""
    own = urlsplit(base_url).hostname or ""
    return host != own and reach(own) != "inside" and reach(host) not in {"anywhere", reach(own)}
