"""CRE-4, 5, 6 and 8: what reading a created container shows of its create."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.checks.base import Check, failure, on, short
from conformance.checks.findings import Finding, in_answer
from conformance.contract.document import load
from conformance.contract.lifecycle import STATUSES
from conformance.contract.validity import has_lone_surrogate, media_type
from conformance.history.facts import CreatedRead
from conformance.history.fields import BRIEF_FIELDS
from conformance.history.messages import ABOUT_THE_CALLER, is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view

_SCHEMAS: Mapping[str, Any] = load().document["components"]["schemas"]
NO_SUCH_METHOD = 405
FORMATS: tuple[str, ...] = tuple(_SCHEMAS["Format"]["enum"])
LANGUAGE = re.compile(_SCHEMAS["BriefFields"]["properties"]["language"]["pattern"])


class ReadableAtOnce(Check):
    """CRE-4: a created container can be read, in its project and with a legal status.

    The project and the status are judged until they were right in one read. An answer that says that there is no such operation is no
    answer of the application where the operation has worked, but of what stands before it.
    """

    judges = ("CRE-4",)

    def __init__(self) -> None:
        self._read_well: set[str] = set()
        self._works = False
        self._without: Finding | None = None

    def finish(self) -> None:
        """Report that there is no operation that reads a container."""
        if self._without is not None and not self._works:
            self.findings.add(self._without)

    @on(CreatedRead)
    def read(self, fact: CreatedRead) -> None:
        seen, call, container_id = fact.seen, fact.creation.call, fact.container.id
        if seen.refused:
            odd = seen.may_object_to_form or not seen.is_ordinary
            if seen.status not in ABOUT_THE_CALLER - {403} and not odd:
                message = f"Reading container {container_id[:80]} after its create was answered {seen.status}."
                if seen.status == NO_SUCH_METHOD:
                    self._without = self._without or failure("CRE-4", "refused", message, call, seen.evidence)
                elif not self.lagged("CRE-4", message, call, seen):
                    self.failed("CRE-4", "refused", message, call, seen)
        elif seen.status == 200 and isinstance(seen.answer, dict):
            self._works = True
            problem = self._problem(fact)
            if problem:
                kind, shown = problem
                message = f"Container {container_id[:80]} was read with {shown}."
                self.failed("CRE-4", kind, message, call, seen)
            else:
                self._read_well.add(container_id)
                self.passed("CRE-4", call, seen)

    def _problem(self, fact: CreatedRead) -> tuple[str, str] | None:
        """Return what is wrong with a read: its kind, and what was shown."""
        fields, asked = fact.seen.fields, fact.container.id
        value = fields.get("id")
        if isinstance(value, str) and not is_same_id(value, asked):
            return "another id", f"the id {value[:80]}"
        if asked in self._read_well:
            return None
        project_id, wanted = fields.get("projectId"), fact.creation.call.params["projectId"]
        if isinstance(project_id, str) and not is_same_id(project_id, wanted):
            return "another project", f"the project {project_id[:80]} instead of {wanted[:80]}"
        status = fields.get("status")
        if isinstance(status, str) and status not in STATUSES:
            return "unknown status", f"the status {short(status)}"
        return None


class BriefKept(Check):
    """CRE-5 and CRE-8: the brief comes back as it was sent, and its influencer is the container's.

    Once a read has shown the whole brief and another call followed, a change of the brief breaks that call's requirement instead.
    """

    judges = ("CRE-5", "CRE-8")

    def __init__(self) -> None:
        self._kept: set[str] = set()
        self._voiced: set[str] = set()

    @on(CreatedRead)
    def read(self, fact: CreatedRead) -> None:
        creation, view = fact.creation, fact.seen.container_view
        if view is None:
            return
        sent = creation.call.sent_brief
        if sent is None or not _was_json(creation.call):
            return
        is_later = creation.is_touched and fact.container.id in self._kept
        if not creation.is_patched and isinstance(view.get("brief"), dict) and not is_later:
            self._judge_brief(fact, sent, view["brief"])
        if creation.is_patched or creation.is_redone or (creation.is_touched and fact.container.id in self._voiced):
            self._judge_shown(fact, view)
        else:
            self._judge_influencer(fact, sent.get("influencerId"), view)

    def _judge_brief(self, fact: CreatedRead, sent: dict[str, Any], value: dict[str, Any]) -> None:
        fields = [name for name in BRIEF_FIELDS if _is_judged(name, sent.get(name))]
        name = next((name for name in fields if not _same(name, sent[name], value.get(name))), None)
        if name is not None:
            shown = short(value.get(name)) if name in value else "nothing"
            message = f"Container {fact.container.id[:80]} shows {shown} as brief.{name}, but the create sent {short(sent[name])}."
            at = in_answer(fact.seen, "brief", name, expected=sent[name])
            self.failed("CRE-5", f"another {name}", message, fact.creation.call, fact.seen, at=at)
        elif fields:
            self._kept.add(fact.container.id)
            self.passed("CRE-5", fact.creation.call, fact.seen)

    def _judge_shown(self, fact: CreatedRead, view: Mapping[str, Any]) -> None:
        """Judge the influencer after another call by the brief that the same read shows, once the generation has completed.

        Until then the container may show the influencer of the generation before.
        """
        brief = view.get("brief")
        if isinstance(brief, dict) and view.get("status") == "completed" and is_fresh_view(fact.container, fact.seen):
            self._judge_influencer(fact, brief.get("influencerId"), view)

    def _judge_influencer(self, fact: CreatedRead, sent: object, view: Mapping[str, Any]) -> None:
        if not isinstance(sent, str) or not sent:
            return
        value = view.get("influencerId")
        if value == sent:
            self._voiced.add(fact.container.id)
            self.passed("CRE-8", fact.creation.call, fact.seen)
        elif view.get("status") == "completed":  # until then it may not be known (open reading 32)
            message = f"Container {fact.container.id[:80]} shows the influencerId {short(value)}, but {short(sent)} was requested."
            at = in_answer(fact.seen, "influencerId", expected=sent)
            self.failed("CRE-8", "another influencer", message, fact.creation.call, fact.seen, at=at)


class FormatKept(Check):
    """CRE-6: a requested format is the container's, and `auto` is resolved once to a documented format."""

    judges = ("CRE-6",)

    def __init__(self) -> None:
        self._resolved: dict[str, tuple[Observation, str]] = {}

    @on(CreatedRead)
    def read(self, fact: CreatedRead) -> None:
        seen, call, view = fact.seen, fact.creation.call, fact.seen.container_view
        if view is None or not isinstance(call.body, dict):
            return
        sent, value = call.body.get("format"), view.get("format")
        if sent not in FORMATS or not isinstance(value, str) or not _was_json(call):
            return
        name = fact.container.id[:80]
        if sent != "auto":
            if value == sent:
                self.passed("CRE-6", call, seen)
            else:
                message = f"Container {name} has the format {short(value)}, but {sent} was requested."
                self.failed("CRE-6", "another format", message, call, seen, at=in_answer(seen, "format", expected=sent))
        elif value not in FORMATS:
            message = f"Container {name}, created with the format auto, has the undocumented format {short(value)}."
            self.failed("CRE-6", "unknown format", message, call, seen)
        else:
            self._judge_resolved(fact, value)

    def _judge_resolved(self, fact: CreatedRead, value: str) -> None:
        container_id, seen = fact.container.id, fact.seen
        before = self._resolved.get(container_id)
        if before is None:
            if value != "auto":
                self._resolved[container_id] = (seen.evidence, value)
        # A regeneration may choose anew: a patch brings other media, and no page says what `auto` goes by without one.
        elif not fact.creation.is_redone and before[0].precedes(seen) and before[1] != value:
            message = f"The format of container {container_id[:80]} was resolved from auto to {before[1]} and later changed to {value}."
            at = in_answer(seen, "format", expected=before[1])
            if value != "auto" or not self.lagged("CRE-6", message, before[0], seen):
                self.failed("CRE-6", "resolved again", message, before[0], seen, at=at)
            return
        self.passed("CRE-6", fact.creation.call, seen)


def _was_json(seen: Observation) -> bool:
    return media_type(seen.exchange.request) == "application/json"


def _is_judged(name: str, value: Any) -> bool:
    """Return whether a brief field was sent with a documented type and a value that has one reading."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) and text for text in texts):
        return False
    of_one_kind = isinstance(value, list) == (name in {"targetPlatforms", "themeTags", "referenceMediaIds"})
    return of_one_kind and not has_lone_surrogate(value)


def _same(name: str, sent: Any, value: Any) -> bool:
    # Language tags have no case (RFC 5646, section 2.1.1); one that was sent in the usual case has no reason to change.
    if name == "language" and not LANGUAGE.search(sent) and isinstance(value, str):
        return bool(sent.casefold() == value.casefold())
    return bool(sent == value)
