"""CRE-4, 5, 6 and 8: what reading a created container shows of its create."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from conformance.checks.creating.answers import ABOUT_THE_CALLER, CREATE
from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.wording import short
from conformance.contract.document import load
from conformance.contract.validity import Unparsed, Validity
from conformance.history.causes import is_fresh_view
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_ordinary, is_same_id, may_object_to_form, names_one_thing
from conformance.history.used_keys import FRESH, Use, UsedKeys

_SCHEMAS: Mapping[str, Any] = load().document["components"]["schemas"]
STATUSES: tuple[str, ...] = tuple(_SCHEMAS["ContainerStatus"]["enum"])
FORMATS: tuple[str, ...] = tuple(_SCHEMAS["Format"]["enum"])
BRIEF_FIELDS: tuple[str, ...] = tuple(_SCHEMAS["BriefFields"]["properties"])
LANGUAGE = re.compile(_SCHEMAS["BriefFields"]["properties"]["language"]["pattern"])
CALLS_THAT_REDO = frozenset({"regenerateContent", "rejectContent"})


@dataclass(slots=True, eq=False)
class Created:
    """What one accepted create asked for, and how much of it the reads have confirmed.

    `touched`: a later call named the container. `patched`: its brief may rightly differ from the create's. `redone`: it may have been
    generated anew. `unclear`: a call may have done to it what no page tells. `resolved` is the first read with a format in the place of `auto`.
    """

    seen: Observation
    kept_brief: bool = False
    touched: bool = False
    patched: bool = False
    read_well: bool = False
    redone: bool = False
    unclear: bool = False
    resolved: Observation | None = None


class Creations:
    """The accepted creates by container, for the checks of this module."""

    def __init__(self) -> None:
        self._created: dict[str, Created] = {}
        self._keys = UsedKeys()

    def of(self, seen: Observation, ledger: Ledger) -> Created | None:
        """Take an exchange in, and give what made the container that it reads, None where it reads none that is known."""
        if seen.operation is None:
            self._note_unknown_call(seen)
            return None
        if seen.is_write:
            # A container that no call made before was not made by the call that used the key elsewhere.
            self._note_write(seen, ledger, fresh=self._keys.take(seen) in FRESH | {Use.ELSEWHERE})
            return None
        if seen.operation_id != "getContent" or not seen.names_one_thing:
            return None
        created = self._created.get(seen.params["containerId"])
        read_by_its_maker = created is not None and created.seen.actor == seen.actor and created.seen.precedes(seen)
        return created if read_by_its_maker else None

    def _note_write(self, seen: Observation, ledger: Ledger, *, fresh: bool) -> None:
        started = ledger.started
        if seen.operation_id == CREATE:
            accepted = fresh and seen.validity not in {Validity.INVALID, Validity.MALFORMED} and seen.authorized
            if started is not None and accepted and started.container_id not in self._created:
                known = ledger.containers.get(started.container_id)
                if known is not None and known.generations == [started]:
                    self._created[started.container_id] = Created(seen)
            return
        touched = ledger.touched(seen)
        created = self._created.get(touched.id) if touched else None
        if created is not None:
            created.touched = True
            if seen.operation_id in CALLS_THAT_REDO and not seen.did_nothing:
                created.redone = True
                created.patched = created.patched or not _is_without_patch(seen)
                created.unclear = created.unclear or seen.validity is Validity.UNCLEAR

    def _note_unknown_call(self, seen: Observation) -> None:
        """Note that an undocumented write may have removed or changed a container: its id stands in the path."""
        if not seen.is_write or seen.refused:
            return
        for step in seen.exchange.request.url.partition("?")[0].split("/"):
            if step in self._created:
                self._created[step].unclear = True


def _is_without_patch(seen: Observation) -> bool:
    if seen.body is Unparsed.ABSENT:
        return True
    if not isinstance(seen.body, dict):
        return False
    if seen.operation_id == "rejectContent":
        return seen.body.get("regenerate") in (None, True, False)
    return not seen.body.get("patch")


class ReadableAtOnce(Check):
    """CRE-4: what a create made can be read, in its project and with a legal status."""

    judges: ClassVar[tuple[str, ...]] = ("CRE-4",)

    def __init__(self) -> None:
        self._creations = Creations()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge every read of a created container by its maker; its project and status until one read was right."""
        created = self._creations.of(seen, ledger)
        if created is None or created.unclear:
            return
        name = seen.params["containerId"][:80]
        if seen.refused:
            odd = seen.may_object_to_form or not seen.is_ordinary
            if seen.status not in ABOUT_THE_CALLER - {403} and not odd:
                message = f"Container {name} could not be read after its create: {seen.status}."
                yield failed("CRE-4", message, created.seen, seen)
        elif seen.status == 200 and isinstance(seen.answer, dict):
            problem = _problem(seen, created)
            if problem:
                yield failed("CRE-4", f"Container {name} was read with {problem}.", created.seen, seen)
            else:
                created.read_well = True
                yield passed("CRE-4", created.seen, seen)


def _problem(seen: Observation, created: Created) -> str | None:
    told, asked = seen.fields.get("id"), seen.params["containerId"]
    if isinstance(told, str) and not is_same_id(told, asked):
        return f"the id {told[:80]}"
    if created.read_well:
        return None
    project_id, wanted = seen.fields.get("projectId"), created.seen.params["projectId"]
    if isinstance(project_id, str) and not is_same_id(project_id, wanted):
        return f"the project {project_id[:80]} instead of {wanted[:80]}"
    status = seen.fields.get("status")
    if isinstance(status, str) and status not in STATUSES:
        return f"the status {short(status)}"
    return None


class BriefKept(Check):
    """CRE-5 and CRE-8: the brief comes back as it was sent, and its influencer is the container's.

    Once a read has shown the whole brief and another call followed, whoever changes it then breaks that call's requirement.
    """

    judges: ClassVar[tuple[str, ...]] = ("CRE-5", "CRE-8")

    def __init__(self) -> None:
        self._creations = Creations()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the brief of a read against that of the create."""
        created = self._creations.of(seen, ledger)
        shape = seen.container_view
        if created is None or shape is None or created.unclear:
            return
        if created.patched:
            yield from self._judge_patched(shape, created, seen, ledger)
            return
        if created.touched and created.kept_brief:
            return
        sent, told = created.seen.sent_brief, shape.get("brief")
        if sent is None or not _was_json(created.seen):
            return
        if isinstance(told, dict):
            fields = [name for name in BRIEF_FIELDS if _is_judged(name, sent.get(name))]
            different = [name for name in fields if not _same(name, sent[name], told.get(name))]
            if different:
                name = different[0]
                shown = short(told.get(name)) if name in told else "nothing"
                message = (
                    f"Container {seen.params['containerId'][:80]} shows {shown} as brief.{name}, where the create sent "
                    f"{short(sent[name])}."
                )
                yield failed("CRE-5", message, created.seen, seen)
            elif fields:
                created.kept_brief = True
                yield passed("CRE-5", created.seen, seen)
        yield from self._judge_influencer(sent.get("influencerId"), shape, created, seen)

    def _judge_patched(
        self, shape: Mapping[str, Any], created: Created, seen: Observation, ledger: Ledger
    ) -> Iterator[Finding]:
        """Judge the influencer after a patch by the brief that the same read shows, once the generation has completed.

        Until then the container may show who voiced it before.
        """
        brief = shape.get("brief")
        container = ledger.containers.get(seen.params["containerId"])
        fresh = container is not None and is_fresh_view(container, seen)
        if isinstance(brief, dict) and shape.get("status") == "completed" and fresh:
            yield from self._judge_influencer(brief.get("influencerId"), shape, created, seen)

    def _judge_influencer(
        self, sent: object, shape: Mapping[str, Any], created: Created, seen: Observation
    ) -> Iterator[Finding]:
        told = shape.get("influencerId")
        if not isinstance(sent, str) or not sent:
            return
        message = f"Container {seen.params['containerId'][:80]} shows the influencerId {short(told)}, where {short(sent)} was asked for."
        yield from verify("CRE-8", told == sent, message, created.seen, seen)


def _was_json(seen: Observation) -> bool:
    media_type = (seen.exchange.request.header("content-type") or "").partition(";")[0].strip().lower()
    return media_type == "application/json"


def _is_judged(name: str, value: Any) -> bool:
    """Tell whether a brief field was sent with a documented type and a value that has one reading."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) and text for text in texts):
        return False
    of_one_kind = isinstance(value, list) == (name in {"targetPlatforms", "themeTags", "referenceMediaIds"})
    return of_one_kind and not any("\ud800" <= character <= "\udfff" for text in texts for character in text)


def _same(name: str, sent: Any, told: Any) -> bool:
    # Language tags have no case (RFC 5646, section 2.1.1); one that was sent in the usual case has no reason to change.
    if name == "language" and not LANGUAGE.search(sent) and isinstance(told, str):
        return bool(sent.casefold() == told.casefold())
    return bool(sent == told)


class FormatKept(Check):
    """CRE-6: a pinned format is the container's, and `auto` is a value of the enum that stays once it was resolved."""

    judges: ClassVar[tuple[str, ...]] = ("CRE-6",)

    def __init__(self) -> None:
        self._creations = Creations()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the format of a read against that of the create."""
        created = self._creations.of(seen, ledger)
        shape = seen.container_view
        if created is None or shape is None or created.unclear or not isinstance(created.seen.body, dict):
            return
        sent, told = created.seen.body.get("format"), shape.get("format")
        if sent not in FORMATS or not isinstance(told, str) or not _was_json(created.seen):
            return
        name = seen.params["containerId"][:80]
        if sent != "auto":
            message = f"Container {name} has the format {short(told)}, where {sent} was pinned."
            yield from verify("CRE-6", told == sent, message, created.seen, seen)
        elif told not in FORMATS:
            yield failed(
                "CRE-6", f"Container {name}, asked for as auto, has the format {short(told)}.", created.seen, seen
            )
        else:
            yield from self._judge_resolved(seen, created, told, name)

    def _judge_resolved(self, seen: Observation, created: Created, told: str, name: str) -> Iterator[Finding]:
        before = created.resolved
        if before is None:
            created.resolved = seen if told != "auto" else None
        elif not created.redone and before.precedes(seen) and before.fields.get("format") != told:
            message = (
                f"Container {name} was resolved from auto to {before.fields.get('format')} and then shown as {told}."
            )
            yield failed("CRE-6", message, before, seen)
            return
        yield passed("CRE-6", created.seen, seen)


CHECKS: tuple[type[Check], ...] = (ReadableAtOnce, BriefKept, FormatKept)
