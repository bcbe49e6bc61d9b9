"""An exchange as the contract sees it: its operation, its parameters, its JSON values and its validity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.contract.document import Contract, Operation
from conformance.contract.validity import Known, Unparsed, Validity, classify, parse
from conformance.door.exchange import Exchange

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MARK = re.compile(r"lcm-[0-9a-z]+-[0-9a-z]+")
"""The mark that drivers put into every hook they send, so that what a request made can be told from everything else."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a judge knows of the target beside its answers: the configuration, without keys."""

    base_url: str = "http://127.0.0.1"
    project_id: str = ""
    review_project_id: str | None = None
    archive_project_id: str | None = None
    other_project_id: str | None = None
    clone_id: str = "existing"
    generation_timeout: float = 300.0
    clock_url: str | None = None
    known: Known = field(default_factory=Known)

    @classmethod
    def of(cls, public: Mapping[str, Any]) -> Facts:
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
            clock_url=public["hooks"]["clock_url"],
            known=Known(
                influencer_id=fixtures["influencer_id"],
                reference_media_ids=tuple(fixtures["reference_media_ids"]),
                source_post_id=fixtures["source_post_id"],
                failing_hook=(fixtures["failing_brief"] or {}).get("hook"),
            ),
        )


@dataclass(slots=True, eq=False)
class Seen:
    """One exchange, understood.

    `operation` is None where the contract documents no such call. `body` and `answer` are JSON values, or an `Unparsed`.
    `advanced_seconds` is set where the exchange moved the target's test clock.
    """

    exchange: Exchange
    operation: Operation | None
    params: dict[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    answer: Any
    validity: Validity
    invalid_because: str
    advanced_seconds: float | None = None

    @property
    def operation_id(self) -> str:
        """The operation's id, or an empty string."""
        return self.operation.id if self.operation else ""

    @property
    def status(self) -> int | None:
        """The status code, None where no answer came."""
        return self.exchange.response.status if self.exchange.response else None

    @property
    def ok(self) -> bool:
        """Whether the answer was a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the answer was a 4xx, which promises that nothing happened."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def did_nothing(self) -> bool:
        """Whether the answer promises that nothing happened: a 4xx, or a 501 (RFC 9110, section 15.6.2)."""
        return self.refused or self.status == 501

    @property
    def actor(self) -> str:
        """Whose key was sent: `owner`, `other`, or the name of an unauthorized caller."""
        return self.exchange.actor

    @property
    def authorized(self) -> bool:
        """Whether a valid key of some organization was sent."""
        return self.actor in {"owner", "other"}

    @property
    def is_write(self) -> bool:
        """Whether the method may change something."""
        return self.exchange.request.method not in READING_METHODS

    @property
    def key(self) -> str | None:
        """The Idempotency-Key that was sent."""
        return self.exchange.request.header("idempotency-key")

    @property
    def fields(self) -> dict[str, Any]:
        """The answer where it is a JSON object, else an empty one."""
        return self.answer if isinstance(self.answer, dict) else {}

    @property
    def error_code(self) -> str | None:
        """The code of the error envelope, None where there is none."""
        error = self.fields.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        return code if isinstance(code, str) else None

    @property
    def container_view(self) -> dict[str, Any] | None:
        """The container that a successful getContent of the owner or the other organization shows, else None."""
        if self.operation_id != "getContent" or self.status != 200 or not self.authorized:
            return None
        return self.answer if isinstance(self.answer, dict) else None

    @property
    def job_view(self) -> dict[str, Any] | None:
        """The job that a successful getJob shows, else None."""
        if self.operation_id != "getJob" or self.status != 200 or not self.authorized:
            return None
        return self.answer if isinstance(self.answer, dict) else None

    @property
    def sent_brief(self) -> dict[str, Any] | None:
        """The brief of a create, or the patch of a regenerate or of a reject with regeneration; None where none was sent."""
        if not isinstance(self.body, dict):
            return None
        name = {"createContent": "brief", "regenerateContent": "patch", "rejectContent": "regenerate"}.get(
            self.operation_id
        )
        brief = self.body.get(name) if name else None
        return brief if isinstance(brief, dict) else None

    @property
    def may_regenerate(self) -> bool:
        """Whether the call, unless it was refused, may start another generation of the container in its path."""
        if self.operation_id == "rejectContent":
            asked = self.body.get("regenerate") if isinstance(self.body, dict) else None
            return asked not in (None, False) or self.status == 202 or "jobId" in self.fields
        if self.operation_id == "cloneFromPost":
            return self.fields.get("containerId") == self.params["containerId"]
        return self.operation_id == "regenerateContent"

    @property
    def uncertain(self) -> bool:
        """Whether no answer, or a 5xx, leaves it open if the call took effect, and when; a 501 knows no such operation."""
        return self.status is None or (self.status >= 500 and not self.did_nothing)

    def precedes(self, other: Seen) -> bool:
        """Tell whether this exchange had ended before the other one began."""
        return self.exchange.precedes(other.exchange)

    def overlaps(self, other: Seen) -> bool:
        """Tell whether this exchange and the other one were under way together."""
        return not self.precedes(other) and not other.precedes(self)

    def values(self, parameter: str) -> tuple[str, ...]:
        """Give every value of a query parameter."""
        return tuple(value for name, value in self.query if name == parameter)

    def name(self) -> str:
        """Name the call for a sentence: operation, or method and path."""
        return self.operation_id or f"{self.exchange.request.method} {urlsplit(self.exchange.request.url).path[:80]}"


def understand(exchange: Exchange, contract: Contract, facts: Facts) -> Seen:
    """Read an exchange by the contract."""
    request, response = exchange.request, exchange.response
    parts = urlsplit(request.url)
    matched = _match(request.method, request.url, contract, facts)
    body = parse(request.body)
    validity, because = (
        classify(matched[0], request, body, facts.known) if matched else (Validity.UNCLEAR, "no documented operation")
    )
    advanced = None
    if facts.clock_url and request.url == facts.clock_url and request.method == "POST" and isinstance(body, dict):
        advanced = body.get("advanceSeconds")
    return Seen(
        exchange=exchange,
        operation=matched[0] if matched else None,
        params=matched[1] if matched else {},
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        body=body,
        answer=parse(response.body) if response else Unparsed.ABSENT,
        validity=validity,
        invalid_because=because,
        advanced_seconds=advanced,
    )


def _match(method: str, url: str, contract: Contract, facts: Facts) -> tuple[Operation, dict[str, str]] | None:
    if not url.startswith(facts.base_url):
        return None
    path = url[len(facts.base_url) :].partition("#")[0].partition("?")[0]
    return contract.match(method, path)


def mark_of(text: object) -> str | None:
    """Give the mark in a hook, or the whole hook where traffic that drivers did not make has none."""
    if not isinstance(text, str):
        return None
    found = MARK.search(text)
    return found.group() if found else text or None
