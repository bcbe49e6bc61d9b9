"""AUT: who is answered. What refused calls may have changed or made is judged elsewhere, over the reads that follow."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import ClassVar
from urllib.parse import unquote

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.wording import short
from conformance.contract.validity import Validity
from conformance.history.documented import may_be_absent
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_ordinary, names_one_thing
from conformance.history.walks import without_body

OWNER, OTHER, HARNESS = "owner", "other", "harness"
SECRET = re.compile(r"\[secret:(?:owner|other)\]")
"""What stands in a history where the key of an organization was."""
NOT_MODIFIED = 304
WAITING_CALLS = 100


def is_unauthorized(seen: Observation) -> bool:
    """Tell whether a documented operation was called without a right."""
    return (
        seen.operation is not None and not seen.authorized and seen.actor not in {"", HARNESS} and seen.names_one_thing
    )


def was_let_in(seen: Observation) -> bool:
    """Tell whether the answer grants what was asked for; a 304 confirms what the caller holds, so it grants too."""
    return seen.ok or seen.status == NOT_MODIFIED


class KeyNeeded(Check):
    """AUT-1 and AUT-2: without a right key there is no success, and the refusal is 401 UNAUTHENTICATED.

    AUT-2 asks for the 401 itself only where nothing else about the call could be refused first, because no page orders the refusals.
    """

    judges: ClassVar[tuple[str, ...]] = ("AUT-1", "AUT-2")

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Finding]] = deque(maxlen=WAITING_CALLS)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to a caller without a right."""
        if not is_unauthorized(seen):
            return
        if was_let_in(seen):
            message = f"{seen.name()} answered {seen.status} to a caller without a right key ({seen.actor[:40]})."
            yield failed("AUT-1", message, seen)
            return
        if not seen.refused:
            return
        yield passed("AUT-1", seen)
        if seen.status == 401:
            if seen.error_code is not None:
                message = f"{seen.name()} refused a caller without a right key with 401 and the code {short(seen.error_code)}."
                yield from verify("AUT-2", seen.error_code == "UNAUTHENTICATED", message, seen)
        elif seen.status != 429 and _only_the_key_is_wrong(seen, ledger):
            finding = self._not_401(seen)
            if ledger.may_be_absent(seen.operation):
                self._waiting.append((seen.operation_id, finding))
            else:
                yield finding

    @staticmethod
    def _not_401(seen: Observation) -> Finding:
        code = f" {seen.error_code[:40]}" if seen.error_code else ""
        message = (
            f"{seen.name()} answered {seen.status}{code} instead of 401 UNAUTHENTICATED to a caller without a right key "
            f"({seen.actor[:40]})."
        )
        return failed("AUT-2", message, seen.evidence)

    def finish(self, ledger: Ledger) -> Iterator[Finding]:
        """Accuse of what an optional operation answered before the history showed that the target has it."""
        for operation_id, finding in self._waiting:
            if not ledger.may_be_absent(load().operations[operation_id]):
                yield finding


def _only_the_key_is_wrong(seen: Observation, ledger: Ledger) -> bool:
    return (
        seen.validity in {Validity.PLAIN, Validity.VALID}
        and not seen.query
        and seen.is_ordinary
        and (not seen.is_write or seen.params.get("projectId") in ledger.projects or ledger.touched(seen) is not None)
    )


class OrganizationsApart(Check):
    """AUT-4: no key reads, lists or changes what belongs to another organization."""

    judges: ClassVar[tuple[str, ...]] = ("AUT-4",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge what one organization was answered about another's things."""
        if seen.operation is None or not seen.authorized or not seen.names_one_thing:
            return
        if seen.operation_id == "listContent" and seen.ok:
            yield from self._judge_list(seen, ledger)
            return
        if seen.operation_id == "cloneFromPost":
            yield from self._judge_destination(seen, ledger)
            if ledger.facts.clone_id == "fresh":
                return  # the path names what is to be made
        holder, thing = self._holder(seen, ledger)
        if holder is None or holder == seen.actor:
            return
        if was_let_in(seen):
            message = f"{seen.name()} answered {seen.status} to the key of {_words(seen.actor)} for {thing} of {_words(holder)}."
            yield failed("AUT-4", message, seen)
        elif seen.status in {403, 404}:
            yield passed("AUT-4", seen)

    def _judge_destination(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge a clone whose body names another organization's project, by the project of what it made."""
        asked = seen.body.get("projectId") if isinstance(seen.body, dict) else None
        holder = holder_of_project(asked, ledger) if isinstance(asked, str) else None
        if seen.ok and holder not in {None, seen.actor} and seen.fields.get("projectId") == asked:
            message = (
                f"{seen.name()} put a container of {_words(seen.actor)} into the project {str(asked)[:80]} "
                f"of {_words(str(holder))}."
            )
            yield failed("AUT-4", message, seen)

    def _holder(self, seen: Observation, ledger: Ledger) -> tuple[str | None, str]:
        """Give whose thing a call names, None where nothing tells, and a name for the thing."""
        project_id = seen.params.get("projectId")
        if project_id is not None:
            return holder_of_project(project_id, ledger), f"the project {project_id[:80]}"
        container = ledger.touched(seen)
        thing = f"the job {seen.params['jobId'][:80]}" if "jobId" in seen.params else ""
        thing = thing or f"the container {seen.params.get('containerId', '')[:80]}"
        holder = holder_of(container, ledger) if container else None
        return holder, thing

    def _judge_list(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge the items of a page: an empty page shows nothing of anybody."""
        project_id = seen.params["projectId"]
        of_project = holder_of_project(project_id, ledger)
        items = seen.fields.get("items")
        for item in items if isinstance(items, list) else ():
            name = item.get("id") if isinstance(item, dict) else None
            container = ledger.containers.get(name) if isinstance(name, str) else None
            holder = (holder_of(container, ledger) if container else None) or of_project
            if holder is not None and holder != seen.actor:
                message = (
                    f"The list of project {project_id[:80]} showed container {str(name)[:80]} of {_words(holder)} "
                    f"to the key of {_words(seen.actor)}."
                )
                yield failed("AUT-4", message, seen)
                return


def holder_of_project(project_id: str, ledger: Ledger) -> str | None:
    """Tell whose a project is, as far as the configuration says."""
    facts = ledger.facts
    if project_id == facts.other_project_id:
        return OTHER
    return OWNER if project_id in {facts.project_id, facts.review_project_id, facts.archive_project_id} else None


def holder_of(container: Container, ledger: Ledger) -> str | None:
    """Tell whose a container is: its project's, else of whose call made it."""
    by_project = holder_of_project(container.project_id, ledger) if container.project_id else None
    return by_project or (container.owner if container.made_by else None)


def _words(actor: str) -> str:
    return "the other organization" if actor == OTHER else "the owner"


class KeyUnrepeated(Check):
    """AUT-5: no answer repeats a key. In a history a key is a placeholder, so the key itself is nowhere here."""

    judges: ClassVar[tuple[str, ...]] = ("AUT-5",)

    def __init__(self) -> None:
        self._placeholder_was_sent = False

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        """Search an answer's headers and body."""
        request, response = seen.exchange.request, seen.exchange.response
        # Somebody who sends the placeholder's text as a value may get it back, then or later, and no key was shown.
        if SECRET.search(unquote(request.url)) or _holds_placeholder(request.body):
            self._placeholder_was_sent = True
        if response is None or self._placeholder_was_sent:
            return
        places = [f"the header {name}" for name, value in response.headers if SECRET.search(value)]
        if _holds_placeholder(response.body):
            places.append("the body")
        message = f"{seen.name()} answered {response.status} and repeated the API key in {' and in '.join(places)}."
        yield from verify("AUT-5", not places, message, seen)


def _holds_placeholder(body: bytes | None) -> bool:
    return b"[secret:" in (body or b"") and SECRET.search((body or b"").decode("utf-8", "replace")) is not None


CHECKS: tuple[type[Check], ...] = (KeyNeeded, OrganizationsApart, KeyUnrepeated)
