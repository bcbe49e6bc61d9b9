"""An exchange as the contract sees it: its operation, its parameters, its JSON values and its validity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from conformance.client.exchange import Exchange, path_and_query
from conformance.contract.document import Contract, Operation
from conformance.contract.lifecycle import MOMENT
from conformance.contract.validity import Known, Unparsed, Validity, classify, parse, parse_answer
from conformance.history.messages import (
    ABOUT_THE_CALLER,
    ABSENT,
    LARGE,
    MOST_ITEMS,
    is_large,
    is_ordinary,
    is_redirected,
    names_one_thing,
    scalars,
    shortened,
    without_body,
)

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
AUTHORIZED = frozenset({"owner", "other"})
LONGEST_STEP = 10**9
"""Seconds beyond which no clock can be said to have moved as it was asked to."""
MARK = re.compile(r"lcm-[0-9a-z]+-[0-9a-z]+")
"""The mark that drivers put into every hook they send, so that what a request made can be told from everything else."""
BRIEF_MEMBERS = {"createContent": "brief", "regenerateContent": "patch", "rejectContent": "regenerate"}
"""The member of a request body that holds a brief or a patch of one, by operation."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What a judge knows of the target beside its answers: the configuration, without keys.

    `settling` are the seconds for which a job and its container may differ around a change (open reading 36), `read_lag` those for which a
    read may show what was before a write (open reading 27).
    """

    base_url: str = "http://127.0.0.1"
    project_id: str = ""
    review_project_id: str | None = None
    archive_project_id: str | None = None
    other_project_id: str | None = None
    clone_id: str = "existing"
    generation_timeout: float = 300.0
    settling: float = MOMENT
    read_lag: float = 0.0
    clock_url: str | None = None
    known: Known = field(default_factory=Known)

    @classmethod
    def of(cls, public: Mapping[str, Any]) -> TargetFacts:
        """Take the facts from a target's configuration, as `Target.public_facts` and `run.json` give it."""
        target, fixtures = public["target"], public["fixtures"]
        return cls(
            base_url=target["base_url"].rstrip("/"),
            project_id=target["project_id"],
            review_project_id=target["review_project_id"],
            archive_project_id=target["archive_project_id"],
            other_project_id=target["other_project_id"],
            clone_id=public["dialect"]["clone_id"],
            generation_timeout=public["timing"]["generation_timeout"],
            settling=public["timing"].get("settling", MOMENT),
            read_lag=public["timing"].get("read_lag", 0.0),
            clock_url=public["hooks"]["clock_url"],
            known=Known(
                influencer_id=fixtures["influencer_id"],
                reference_media_ids=tuple(fixtures["reference_media_ids"]),
                source_post_id=fixtures["source_post_id"],
                failing_hook=(fixtures["failing_brief"] or {}).get("hook"),
            ),
        )


@dataclass(slots=True, eq=False)
class Observation:
    """One exchange, understood.

    `operation` is None where the contract defines no such call; `path_operations` then are those that it defines at this path for other
    methods. `body` and `answer` are JSON values, or an `Unparsed`. `advanced_seconds` is set where the exchange moved the target's test
    clock. `fields` is the answer where it is a JSON object, else an empty one. `refused`: a 4xx, which promises that nothing happened;
    `did_nothing`: a 4xx, or a 501 (RFC 9110, section 15.6.2). `uncertain`: no answer, or a 5xx, leaves it open whether and when the call
    took effect. `authorized`: a valid key of some organization was sent. `is_oversized`: the answer is too large to be compared with others,
    so that `fields` has its simple members alone. `items_beyond` counts the items of a page that are not looked at, since it has too many.
    """

    exchange: Exchange
    operation: Operation | None
    params: dict[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    answer: Any
    validity: Validity
    invalid_because: str
    advanced_seconds: Any = None
    path_operations: tuple[Operation, ...] = ()
    is_oversized: bool = False
    items_beyond: int = 0
    operation_id: str = field(init=False)
    status: int | None = field(init=False)
    actor: str = field(init=False)
    ok: bool = field(init=False)
    refused: bool = field(init=False)
    did_nothing: bool = field(init=False)
    uncertain: bool = field(init=False)
    authorized: bool = field(init=False)
    is_write: bool = field(init=False)
    fields: dict[str, Any] = field(init=False)
    may_regenerate: bool = field(init=False)
    _evidence: Observation | None = field(init=False, default=None, repr=False)
    _is_ordinary: bool | None = field(init=False, default=None, repr=False)
    _names_one_thing: bool | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        exchange = self.exchange
        status = exchange.response.status if exchange.response else None
        self.operation_id = self.operation.id if self.operation else ""
        self.status = status
        self.actor = exchange.actor
        self.ok = status is not None and 200 <= status < 300
        self.refused = status is not None and 400 <= status < 500
        self.did_nothing = self.refused or status == 501
        self.uncertain = status is None or (status >= 500 and not self.did_nothing)
        self.authorized = exchange.actor in AUTHORIZED
        self.is_write = exchange.request.method not in READING_METHODS
        self.fields = self.answer if isinstance(self.answer, dict) else {}
        if self.is_oversized:
            self.fields = scalars(self.fields)
        self.may_regenerate = self.is_write and self._may_regenerate()

    def _may_regenerate(self) -> bool:
        """Return whether the call, unless it was refused, may start another generation of the container in its path."""
        if self.operation_id == "rejectContent":
            asked = self.body.get("regenerate") if isinstance(self.body, dict) else None
            return asked not in (None, False) or self.status == 202 or "jobId" in self.fields
        if self.operation_id == "cloneFromPost":
            return bool(self.fields.get("containerId") == self.params["containerId"])
        return self.operation_id == "regenerateContent"

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key that was sent."""
        return self.exchange.request.header("idempotency-key")

    @property
    def is_unreadable(self) -> bool:
        """Whether the answer is JSON that parsers read differently, so that nobody can say what it tells; a 5xx tells enough."""
        return self.answer is Unparsed.AMBIGUOUS and self.status is not None and self.status < 500

    @property
    def error_code(self) -> str | None:
        """The code of the error envelope, None where there is none."""
        error = self.fields.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        return code if isinstance(code, str) else None

    @property
    def clock_step(self) -> float | None:
        """By how many seconds the exchange may have moved the target's clock, None where nobody can tell."""
        step = self.advanced_seconds
        if isinstance(step, bool) or not isinstance(step, (int, float)) or abs(step) > LONGEST_STEP:
            return None
        return float(step)

    @property
    def container_view(self) -> dict[str, Any] | None:
        """The container that a successful getContent of the owner or the other organization shows, else None."""
        if self.operation_id != "getContent" or self.status != 200 or not self.authorized or self.is_oversized:
            return None
        return self.answer if isinstance(self.answer, dict) else None

    @property
    def job_view(self) -> dict[str, Any] | None:
        """The job that a successful getJob shows, else None."""
        if self.operation_id != "getJob" or self.status != 200 or not self.authorized or self.is_oversized:
            return None
        return self.answer if isinstance(self.answer, dict) else None

    @property
    def sent_brief(self) -> dict[str, Any] | None:
        """The brief of a create, or the patch of a regenerate or of a reject with regeneration; None where none was sent."""
        name = BRIEF_MEMBERS.get(self.operation_id)
        brief = self.body.get(name) if name and isinstance(self.body, dict) else None
        return brief if isinstance(brief, dict) else None

    @property
    def asked_destination(self) -> str | None:
        """The project that the body of a clone asks for, None where it asks for none."""
        asked = (
            self.body.get("projectId") if self.operation_id == "cloneFromPost" and isinstance(self.body, dict) else None
        )
        return asked if isinstance(asked, str) else None

    @property
    def is_ordinary(self) -> bool:
        """Whether nothing below the application could object to the request (see `requests.is_ordinary`)."""
        if self._is_ordinary is None:
            self._is_ordinary = is_ordinary(self.exchange.request)
        return self._is_ordinary

    @property
    def names_one_thing(self) -> bool:
        """Whether every path parameter reaches the application as it was sent (see `requests.names_one_thing`)."""
        if self._names_one_thing is None:
            self._names_one_thing = names_one_thing(self.params.values())
        return self._names_one_thing

    @property
    def may_object_to_form(self) -> bool:
        """Whether a refusal may be one of a query or a header that no page promises to take; neither makes a thing absent."""
        return self.refused and self.status not in ABSENT and (bool(self.query) or not self.is_ordinary)

    @property
    def is_turned_away(self) -> bool:
        """Whether the call was answered that there is no such thing, or refused for a reason that neither its caller nor its form gives."""
        if self.status in ABSENT:
            return True
        return self.refused and self.status not in ABOUT_THE_CALLER and not self.may_object_to_form

    @property
    def evidence(self) -> Observation:
        """The same exchange without what the answer held, which is cheap to keep."""
        if self._evidence is None:
            light = Observation(
                without_body(self.exchange),
                self.operation,
                self.params,
                self.query,
                self.body,
                Unparsed.ABSENT,
                self.validity,
                self.invalid_because,
                self.advanced_seconds,
                self.path_operations,
                items_beyond=self.items_beyond,
            )
            light.may_regenerate = self.may_regenerate
            light._evidence = light
            self._evidence = light
        return self._evidence

    def release(self) -> None:
        """Forget what only the judgement of this exchange needs, where it takes much room."""
        response = self.exchange.response
        if response is None or not is_large(response):
            return
        self.exchange = self.evidence.exchange
        if self.operation_id == "listContent":
            # What it lists is known item by item.
            self.answer, self.fields = {}, {}
        elif self.is_write or not self.ok or self.is_oversized:
            self.fields = scalars(self.fields)
            self.answer = self.fields if isinstance(self.answer, dict) else Unparsed.ABSENT

    def precedes(self, other: Observation) -> bool:
        """Return whether this exchange had ended before the other one began."""
        return self.exchange.received_at <= other.exchange.sent_at

    def overlaps(self, other: Observation) -> bool:
        """Return whether this exchange and the other one were under way together."""
        return not self.precedes(other) and not other.precedes(self)

    def values(self, parameter: str) -> tuple[str, ...]:
        """Return every value of a query parameter."""
        return tuple(value for name, value in self.query if name == parameter) if self.query else ()

    def name(self) -> str:
        """Return a name of the call for a sentence: operation, or method and path."""
        return (
            self.operation_id or f"{self.exchange.request.method} {path_and_query(self.exchange.request.url)[0][:80]}"
        )


def understand(exchange: Exchange, contract: Contract, facts: TargetFacts) -> Observation:
    """Read an exchange by the contract."""
    request, response = exchange.request, exchange.response
    url = request.url
    is_below_base = url.startswith(facts.base_url)
    path = url[len(facts.base_url) :].partition("#")[0].partition("?")[0] if is_below_base else ""
    is_meant = is_below_base and not is_redirected(request)
    # Methods have a case (RFC 9110, section 9.1).
    matched = contract.match(request.method, path) if is_meant and request.method.isupper() else None
    body = parse(request.body)
    validity, because = (
        classify(matched[0], request, body, facts.known) if matched else (Validity.UNCLEAR, "no documented operation")
    )
    advanced = None
    if facts.clock_url and url == facts.clock_url and request.method == "POST" and isinstance(body, dict):
        advanced = body.get("advanceSeconds")
    query = url.partition("#")[0].partition("?")[2]
    answer, is_oversized = parse_answer(response.body) if response else Unparsed.ABSENT, False
    is_page, items_beyond = matched is not None and matched[0].id == "listContent", 0
    if is_page and isinstance(answer, dict) and isinstance(items := answer.get("items"), list):
        items_beyond = max(0, len(items) - MOST_ITEMS)
        del items[MOST_ITEMS:]
    if response and len(response.body) > LARGE:
        answer, is_oversized = shortened(answer)
    if request.body is not None and len(request.body) > LARGE:
        body, _ = shortened(body)
    return Observation(
        exchange=exchange,
        operation=matched[0] if matched else None,
        params=matched[1] if matched else {},
        query=_pairs(query) if query else (),
        body=body,
        answer=answer,
        validity=validity,
        invalid_because=because,
        advanced_seconds=advanced,
        path_operations=() if matched or not is_meant else contract.operations_at(path),
        is_oversized=is_oversized and not is_page,
        items_beyond=items_beyond,
    )


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, errors="surrogatepass"))
    except UnicodeDecodeError:
        return tuple(parse_qsl(query, keep_blank_values=True))


def mark_of(text: object) -> str | None:
    """Return the mark in a hook, or the whole hook where traffic that drivers did not make has none."""
    if not isinstance(text, str):
        return None
    found = MARK.search(text)
    return found.group() if found else text or None
