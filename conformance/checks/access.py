"""Checks of access (AUT): a valid key is required, organizations are isolated, and no answer contains a key.

Whether a refused call has changed or made something is judged in `refused_calls`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import unquote

from conformance.checks.base import Check, failure, on, short
from conformance.checks.findings import Finding, in_answer, in_status
from conformance.client.actors import HARNESS, OTHER, OWNER
from conformance.contract.document import Operation
from conformance.contract.validity import Validity
from conformance.history.facts import Called, CloneSent, ForeignAssetAnswered, ListedElsewhere, ListRequest
from conformance.history.ledger import Ledger
from conformance.history.messages import BELOW_APPLICATION
from conformance.history.observation import AUTHORIZED, MARK, Observation
from conformance.history.owners import of_caller

MARKER = "[secret:"
SECRET = re.compile(r"\[secret:(?:owner|other)\]")
"""The placeholder of an organization's key in a history."""
SECRET_BYTES = re.compile(SECRET.pattern.encode())
NOT_MODIFIED = 304
WAITING_CALLS = 100
ID_LIKE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{7,}")
SEARCHED = 64 * 1024
"""How many bytes of an error are searched for ids."""


def was_let_in(seen: Observation) -> bool:
    """Return whether the answer grants what was asked for; a 304 confirms what the caller has, so it grants too."""
    return seen.ok or seen.status == NOT_MODIFIED


class KeyRequired(Check):
    """AUT-1 and AUT-2: a call without a valid key never succeeds, and is refused with 401 UNAUTHENTICATED.

    AUT-2 demands the 401 only where nothing else about the call can be refused, because no page says which refusal comes first.
    """

    judges = ("AUT-1", "AUT-2")

    def __init__(self) -> None:
        self._waiting: deque[tuple[Operation, Finding]] = deque(maxlen=WAITING_CALLS)

    @on(Called)
    def called(self, fact: Called) -> None:
        seen = fact.seen
        if seen.authorized or seen.operation is None or seen.actor in {"", HARNESS} or not seen.names_one_thing:
            return
        if was_let_in(seen):
            message = f"{seen.name()} answered {seen.status} to a caller without a valid key ({seen.actor[:40]})."
            self.failed("AUT-1", "let in", message, seen)
            return
        if not seen.refused or seen.status in BELOW_APPLICATION:
            return
        self.passed("AUT-1", seen)
        if seen.status == 401:
            if seen.error_code is not None:
                self._judge_code(seen, seen.error_code)
        elif seen.status != 429 and _only_the_key_is_wrong(seen, self.ledger):
            finding = _not_401(seen)
            if self.ledger.may_be_absent(seen.operation):
                self._waiting.append((seen.operation, finding))
            else:
                self.findings.add(finding)

    def finish(self) -> None:
        """Report the answers of optional operations that the history has shown to exist only later."""
        for operation, finding in self._waiting:
            if not self.ledger.may_be_absent(operation):
                self.findings.add(finding)

    def _judge_code(self, seen: Observation, code: str) -> None:
        if code == "UNAUTHENTICATED":
            self.passed("AUT-2", seen)
        else:
            message = f"{seen.name()} refused a caller without a valid key with 401 and the code {short(code)} instead of UNAUTHENTICATED."
            self.failed("AUT-2", "another code", message, seen)


def _not_401(seen: Observation) -> Finding:
    code = f" {seen.error_code[:40]}" if seen.error_code else ""
    message = f"{seen.name()} answered {seen.status}{code} instead of 401 UNAUTHENTICATED to a caller without a valid key ({seen.actor[:40]})."
    return failure("AUT-2", f"{seen.status} instead of 401", message, seen.evidence)


def _only_the_key_is_wrong(seen: Observation, ledger: Ledger) -> bool:
    # A read of what is not there is judged all the same: a 404 before the 401 would let anybody try which ids there are.
    return (
        seen.validity in {Validity.PLAIN, Validity.VALID}
        and not seen.query
        and seen.is_ordinary
        and (not seen.is_write or seen.params.get("projectId") in ledger.projects or ledger.touched(seen) is not None)
    )


class TenantIsolation(Check):
    """AUT-4: no key reads, lists or changes what belongs to another organization."""

    judges = ("AUT-4",)

    @on(Called)
    def called(self, fact: Called) -> None:
        seen = fact.seen
        if seen.operation is None or not seen.authorized or not seen.names_one_thing:
            return
        if seen.operation_id == "listContent" and seen.ok:
            return  # its items are judged: an empty page shows nothing of another organization
        if seen.operation_id == "cloneFromPost" and self.ledger.facts.clone_id == "fresh":
            return  # the path names what is to be made
        holder = self._holder(seen)
        if holder is None or holder == seen.actor:
            self._named(seen)
            return
        if was_let_in(seen):
            whose = f"{_resource(seen)} of {_words(holder)}"
            message = f"{seen.name()} answered {seen.status} to the key of {_words(seen.actor)} for {whose}."
            self.failed("AUT-4", "let in", message, seen)
        elif seen.status in {403, 404}:
            self.passed("AUT-4", seen)
        # Any other refusal shows nothing either way. A 409 or 410 may tell that something is there, but the requirement speaks of reading,
        # listing and changing; open reading 8 allows two answers and forbids no third; and a 409 may have another reason, such as too many
        # generations of the caller's own, as a 410 may be that of an archived project (open reading 33).

    def _named(self, seen: Observation) -> None:
        """Judge what the answer to a read of something else names; what writes name is for idempotency."""
        if seen.is_write or not seen.ok:
            return
        ledger, fields = self.ledger, seen.fields
        for member in ("jobId", "containerId", "id"):
            name = fields.get(member)
            # The id that getAsset shows is that of an asset.
            if not isinstance(name, str) or (member == "id" and seen.operation_id != "getContent"):
                continue
            container = ledger.container_of_job(name) if member == "jobId" else ledger.containers.get(name)
            holder = ledger.holder_of(container) if container is not None else None
            if holder is not None and holder != seen.actor:
                named = f"the {member} {short(name)} of {_words(holder)}"
                message = f"{seen.name()} answered {seen.status} to the key of {_words(seen.actor)} with {named}."
                self.failed("AUT-4", "named", message, seen, at=in_answer(seen, member))
                return

    @on(CloneSent)
    def clone(self, fact: CloneSent) -> None:
        """Judge a clone whose body names another organization's project, by the project of what it made."""
        seen, asked = fact.seen, fact.seen.asked_destination
        holder = self.ledger.holder_of_project(asked)
        if not seen.authorized or not seen.names_one_thing or not seen.ok or asked is None:
            return
        if holder is not None and holder != seen.actor and seen.fields.get("projectId") == asked:
            message = f"{seen.name()} put a container of {_words(seen.actor)} into the project {asked[:80]} of {_words(holder)}."
            self.failed("AUT-4", "cloned into another's project", message, seen)

    @on(ListRequest)
    def listed(self, fact: ListRequest) -> None:
        seen = fact.seen
        if not seen.ok or not seen.authorized or not seen.names_one_thing:
            return
        project_id, ledger = seen.params["projectId"], self.ledger
        of_project, items = ledger.holder_of_project(project_id), seen.fields.get("items")
        for item in items if isinstance(items, list) else ():
            name = item.get("id") if isinstance(item, dict) else None
            container = ledger.containers.get(name) if isinstance(name, str) else None
            home = item.get("projectId") if isinstance(item, dict) else None
            of_item = ledger.holder_of_project(home) if isinstance(home, str) else None
            holders = (holder for holder in (of_item, of_project) if holder not in {None, seen.actor})
            holder = (ledger.holder_of(container) if container else None) or next(holders, None)
            if holder is not None and holder != seen.actor:
                message = (
                    f"The list of project {project_id[:80]} showed container {str(name)[:80]} of {_words(holder)} "
                    f"to the key of {_words(seen.actor)}."
                )
                self.failed("AUT-4", "listed", message, seen)
                return

    @on(ListedElsewhere)
    def elsewhere(self, fact: ListedElsewhere) -> None:
        """Judge a container that the lists of two organizations show: one of them is shown what belongs to the other."""
        one, other = map(self.ledger.holder_of_project, (fact.other_project_id, fact.project_id))
        if one != other:
            message = (
                f"Container {fact.container_id} stands in the list of project {fact.other_project_id} of {_words(one)} "
                f"and in that of project {fact.project_id} of {_words(other)}."
            )
            self.failed("AUT-4", "listed to both", message, fact.first, fact.seen, at=in_answer(fact.seen, "items"))

    @on(ForeignAssetAnswered)
    def asset(self, fact: ForeignAssetAnswered) -> None:
        """Judge an asset of one organization that was read by way of a container of another."""
        seen, holder = fact.seen, self.ledger.holder_of(fact.holder) if fact.holder else None
        if holder is None or holder == seen.actor or self.ledger.holder_of(fact.container) != seen.actor:
            return
        message = (
            f"{seen.name()} answered {seen.status} to the key of {_words(seen.actor)} for the asset "
            f"{short(seen.params['assetId'])} of {_words(holder)}."
        )
        self.failed("AUT-4", "asset let in", message, seen, at=in_status(seen, rule="403 or 404"))

    def _holder(self, seen: Observation) -> str | None:
        """Return who owns the resource that a call names, None where that is unknown."""
        project_id = seen.params.get("projectId")
        if project_id is not None:
            return self.ledger.holder_of_project(project_id)
        container = self.ledger.touched(seen)
        return self.ledger.holder_of(container) if container else None


def _resource(seen: Observation) -> str:
    for name, kind in (("projectId", "project"), ("jobId", "job")):
        if name in seen.params:
            return f"the {kind} {seen.params[name][:80]}"
    return f"the container {seen.params.get('containerId', '')[:80]}"


def _words(actor: str | None) -> str:
    return "the other organization" if actor == OTHER else "the owner"


class NothingForeignShown(Check):
    """AUT-4: no answer shows to one organization what only the other one has said.

    That is the mark of its hook, and in an error, where only the call itself is to be told of, the id of what it made.
    """

    judges = ("AUT-4",)

    def __init__(self) -> None:
        self._said: dict[str, dict[str, Observation]] = {actor: {} for actor in sorted(AUTHORIZED)}
        self._named: set[tuple[str, str, str]] = set()

    @on(Called)
    def called(self, fact: Called) -> None:
        """Search an answer for marks and ids that its caller has not sent, and note those that it sends."""
        seen = fact.seen
        if not seen.authorized:
            return
        request, response = seen.exchange.request, seen.exchange.response
        mine, theirs = self._said[seen.actor], self._said[OWNER if seen.actor == OTHER else OTHER]
        for mark in _marks(request.body):
            mine.setdefault(mark, seen.evidence)
        if seen.idempotency_key is not None:
            self._named.update((seen.actor, seen.idempotency_key, name) for name in seen.params.values())
        if response is None or not response.body or not theirs:
            return
        is_error = response.status >= 400
        if not (is_error or self._is_of_its_own(seen)):
            return
        for word in _marks(response.body):
            # A text that was cut short may end in the beginning of another mark.
            if word in theirs and word not in mine and not any(mark.startswith(word) for mark in mine):
                self._foreign(seen, f"the mark {word} of a hook", theirs[word])
                return
        if not is_error:
            return
        named = next((word for word in _words_of(response.body) if self._is_foreign(word, seen)), None)
        if named is not None:
            self._foreign(seen, f"the id {named[:80]}")

    def _is_of_its_own(self, seen: Observation) -> bool:
        """Return whether an answer tells of what its caller has made itself; what else it may be let into is judged as that."""
        container = self.ledger.touched(seen)
        made_by = container.made_by if container is not None else None
        return made_by is not None and made_by.accepted.actor == seen.actor

    def _is_foreign(self, word: str, seen: Observation) -> bool:
        """Return whether a word is the id of a container or a job that another organization made, and that the call does not name.

        What a call names is also what its caller has named before under the same key: a conflict may tell of that.
        """
        ledger, request, own = self.ledger, seen.exchange.request, of_caller(word, seen.actor)
        if own in ledger.containers or own in ledger.jobs:
            return False
        container = ledger.containers.get(word) or ledger.container_of_job(word)
        holder = ledger.holder_of(container) if container is not None else None
        if holder is None or holder == seen.actor or (seen.actor, seen.idempotency_key, word) in self._named:
            return False
        return word not in request.url and word.encode() not in (request.body or b"")

    def _foreign(self, seen: Observation, what: str, *before: Observation) -> None:
        holder = _words(OWNER if seen.actor == OTHER else OTHER)
        message = (
            f"{seen.name()} answered {seen.status} to the key of {_words(seen.actor)} and showed {what} of {holder}."
        )
        self.failed("AUT-4", "shown" if seen.ok else "shown in an error", message, *before, seen)


def _marks(body: bytes | None) -> set[str]:
    return set(MARK.findall(body.decode("utf-8", "replace"))) if body is not None and b"lcm-" in body else set()


def _words_of(body: bytes) -> Iterator[str]:
    """Yield the words of an error that are long and odd enough to be an id."""
    for word in ID_LIKE.findall(body[:SEARCHED].decode("utf-8", "replace")):
        if not word.isdecimal() and not word.isalpha():
            yield word


class ApiKeyNotEchoed(Check):
    """AUT-5: no answer contains an API key. A history holds placeholders instead of keys."""

    judges = ("AUT-5",)

    def __init__(self) -> None:
        self._placeholder_was_sent = False

    @on(Called)
    def called(self, fact: Called) -> None:
        seen = fact.seen
        request, response = seen.exchange.request, seen.exchange.response
        # A caller who sends the placeholder's text as a value may get it back, then or later, without a key being shown.
        if _holds_placeholder(request.body) or _names_placeholder(request.url):
            self._placeholder_was_sent = True
        if response is None or self._placeholder_was_sent:
            return
        places = [f"the header {name}" for name, value in response.headers if MARKER in value and SECRET.search(value)]
        if _holds_placeholder(response.body):
            places.append("the body")
        if not places:
            self.passed("AUT-5", seen)
            return
        message = f"{seen.name()} answered {response.status} and returned the API key in {' and in '.join(places)}."
        self.failed("AUT-5", f"in {' and in '.join(places)}", message, seen)


def _names_placeholder(url: str) -> bool:
    return ("%" in url or "[" in url) and SECRET.search(unquote(url)) is not None


def _holds_placeholder(body: bytes | None) -> bool:
    return body is not None and b"[secret:" in body and SECRET_BYTES.search(body) is not None
