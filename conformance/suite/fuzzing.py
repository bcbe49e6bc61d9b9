"""Schemathesis as a source of data: its cases turned into calls of ours, so that our door sends and our checks judge.

Its own transport and its own checks are left aside, since both send requests past the budget and the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok

from conformance.contract.document import GENERATING_OPERATIONS, load
from conformance.contract.validity import Known, Validity, classify, is_uuid, parse
from conformance.door.exchange import Request
from conformance.door.session import Call
from conformance.run.api import Api

BASE = "http://fuzzing.invalid"
OWN = frozenset(
    {"x-api-key", "authorization", "user-agent", "accept", "accept-encoding", "connection", "x-schemathesis-testcaseid"}
)
"""Headers that the session sets by itself, or that schemathesis adds for its own ends."""


@lru_cache(maxsize=1)
def operations() -> dict[str, Any]:
    """Give schemathesis' view of every operation by its id."""
    schema = schemathesis.openapi.from_dict(load().document)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.definition.raw["operationId"]: operation for operation in found}


def coverage_cases(operation_id: str, *, positive: bool, most: int) -> Iterator[Case[Any]]:
    """Give at most so many cases of the coverage phase, which walks the borders of every schema."""
    operation = operations()[operation_id]
    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
    cases = operation.schema.iter_coverage_cases(
        operation, generation_modes=[mode], generation_config=GenerationConfig()
    )
    yield from islice(cases, most)


def fuzz(api: Api, operation_id: str, ids: dict[str, str], *, positive: bool, examples: int, seed: int) -> None:
    """Send so many random cases of an operation; nothing raises on an answer, so that nothing is shrunk on a paid target."""
    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE

    @seeded(seed)
    @settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations()[operation_id].as_strategy(generation_mode=mode))
    def provoke(case: Case[Any]) -> None:
        send(api, operation_id, case, ids, positive=positive)

    provoke()


def send(api: Api, operation_id: str, case: Case[Any], ids: dict[str, str], *, positive: bool) -> None:
    """Send a case through the door, with real ids where its path is not what it breaks.

    A case that could be accepted is counted as one generation beforehand. A positive one gets a fresh Idempotency-Key, and any other one in
    place of a usual key, since schemathesis uses one over and over, also in the runs of one day.
    """
    path_mode = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if path_mode is None or path_mode.mode is not GenerationMode.NEGATIVE:
        case.path_parameters.update({name: value for name, value in ids.items() if name in case.path_parameters})
    parts = case.as_transport_kwargs(base_url=BASE)
    if not str(parts["method"]).isascii() or not str(parts["method"]).isalpha():
        return
    headers = tuple(
        (name, api.key() if name.lower() == "idempotency-key" and is_uuid(value) else value)
        for name, value in parts["headers"].items()
        if name.lower() not in OWN and _sendable(name, value) and not (positive and name.lower() == "idempotency-key")
    )
    if positive and operation_id in GENERATING_OPERATIONS:
        headers += (("Idempotency-Key", api.key()),)
    query = urlencode(parts.get("params") or {}, doseq=True)
    path = parts["url"].removeprefix(BASE) + (f"?{query}" if query else "")
    call = Call(parts["method"], path, headers=headers, body=_body(parts))
    cost = _possible_cost(api, call)
    api.send(Call(call.method, call.path, headers=headers, body=call.body, costs=cost))


def _sendable(name: str, value: Any) -> bool:
    """Tell whether a header can be put on the wire at all (RFC 9110, section 5.5)."""
    return isinstance(value, str) and name.isascii() and not any(character in "\r\n\0" for character in value)


def _body(parts: dict[str, Any]) -> bytes | None:
    if "json" in parts:
        return json.dumps(parts["json"]).encode()
    data = parts.get("data")
    if data is None:
        return None
    if isinstance(data, bytes):
        return data
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else urlencode(data, doseq=True).encode()


def _possible_cost(api: Api, call: Call) -> int:
    operation = api.session.operation_of(call)
    if operation is None or operation.id not in GENERATING_OPERATIONS:
        return 0
    headers = (*call.headers, ("Content-Type", "application/json"))
    validity, _ = classify(operation, Request(call.method, call.path, headers, call.body), parse(call.body), Known())
    return 0 if validity in {Validity.INVALID, Validity.MALFORMED} else 1
