"""An exchange as a picture shows it: the operation, what it names, and the states that its answer shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from conformance.client.exchange import Exchange, path_and_query
from conformance.contract.document import GENERATING_OPERATIONS, Contract, Operation

ACCEPTED = 202


class Kind(StrEnum):
    """What has states."""

    CONTAINER = "container"
    APPROVAL = "approval"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Sight:
    """One state of one container, its approval or a job, as an answer shows it."""

    kind: Kind
    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange, its documented operation if it has one, and the parameters of its path."""

    exchange: Exchange
    operation: Operation | None
    params: Mapping[str, str]

    @property
    def operation_id(self) -> str:
        """The id of the operation, empty where the document defines none."""
        return self.operation.id if self.operation else ""

    @property
    def name(self) -> str:
        """The method with the operation, or with the path where the document defines none."""
        request = self.exchange.request
        return f"{request.method} {self.operation_id or path_and_query(request.url)[0]}"

    @property
    def may_cost(self) -> bool:
        """Whether sending the request again may start a generation."""
        asks = b'"regenerate"' in (self.exchange.request.body or b"")
        return self.operation_id in GENERATING_OPERATIONS or (self.operation_id == "rejectContent" and asks)

    @property
    def status(self) -> int | None:
        """The status code of the answer, None where there is none."""
        return self.exchange.response.status if self.exchange.response else None

    @property
    def is_successful(self) -> bool:
        """Whether the answer is a 2xx."""
        return self.status is not None and 200 <= self.status < 300


def seen(exchange: Exchange, contract: Contract, base_url: str) -> Seen:
    """Find the operation of an exchange."""
    base = base_url.rstrip("/")
    url = exchange.request.url
    path = url[len(base) :].partition("#")[0].partition("?")[0]
    matched = contract.match(exchange.request.method, path) if url.startswith(base) else None
    return Seen(exchange, *(matched or (None, {})))


def answer_of(exchange: Exchange) -> Any:
    """Return the answer as a JSON value, None where it is none."""
    return value_of(exchange.response.body if exchange.response else None)


def value_of(body: bytes | None) -> Any:
    """Return a body as a JSON value, None where it is none."""
    try:
        return json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None


def sights(call: Seen) -> Iterator[Sight]:
    """Return the states that a successful answer shows."""
    answer = answer_of(call.exchange) if call.is_successful else None
    if not isinstance(answer, dict):
        return
    items = answer.get("items")
    if call.operation_id == "listContent" and isinstance(items, list):
        for item in items:
            if isinstance(item, dict):
                yield from _of_container(item, item.get("id"))
    elif call.operation_id in {"getContent", "approveContent"} or "approvalStatus" in answer:
        yield from _of_container(answer, call.params.get("containerId"))
    else:
        job_id, status = answer.get("jobId", call.params.get("jobId")), answer.get("status")
        if isinstance(job_id, str) and isinstance(status, str):
            yield Sight(Kind.JOB, job_id, status)


def _of_container(shown: Mapping[str, Any], container_id: object) -> Iterator[Sight]:
    if isinstance(container_id, str):
        for kind, member in ((Kind.CONTAINER, "status"), (Kind.APPROVAL, "approvalStatus")):
            state = shown.get(member)
            if isinstance(state, str):
                yield Sight(kind, container_id, state)


def started(call: Seen) -> tuple[str, str | None] | None:
    """Return the job and the container that an accepted call names, None for any other call."""
    if call.status != ACCEPTED or call.operation is None or not call.operation.may_generate:
        return None
    answer = answer_of(call.exchange)
    job_id = answer.get("jobId") if isinstance(answer, dict) else None
    if not isinstance(job_id, str):
        return None
    container_id = answer.get("containerId", call.params.get("containerId"))
    return job_id, container_id if isinstance(container_id, str) else None
