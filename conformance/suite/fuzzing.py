"""Fuzz cases: taken from the stored ones or generated, and sent with real ids and fresh keys.

The cases that `gate` sends with the default seed depend on the document alone, so that they are generated once and stored in
`fuzz_cases.json`: loading schemathesis and generating them takes longer than sending them. Other cases are generated when they are needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance.client.call import Call
from conformance.client.exchange import Headers, Request
from conformance.contract.document import GENERATING_OPERATIONS
from conformance.contract.paths import quoted
from conformance.contract.validity import Known, Validity, classify, is_uuid, parse
from conformance.run.calls.api import Api
from conformance.suite.cases import STORED_BORDERS, STORED_EXAMPLES, STORED_SEED, FuzzCase, name_of, slot, stored

BREAKS: dict[str, dict[str, object]] = {
    "createContent": {"format": "no_such_format"},
    "regenerateContent": {"patch": 7},
    "cloneFromPost": {"mode": 7},
}
"""Members that make any body of an operation invalid."""


def borders(operation_id: str, *, positive: bool, most: int) -> Iterable[FuzzCase]:
    """Return at most this number of cases at the borders of an operation's schemas."""
    found = stored().get(name_of(operation_id, "borders", positive=positive))
    if found is not None and most <= STORED_BORDERS:
        return found[:most]
    from conformance.suite import generation  # noqa: PLC0415 - schemathesis is slow to import

    return generation.borders(operation_id, positive=positive, most=most)


def random_cases(operation_id: str, *, positive: bool, examples: int, seed: int) -> Iterable[FuzzCase]:
    """Return this number of random cases of an operation."""
    found = stored().get(name_of(operation_id, "random", positive=positive))
    if found is not None and (examples, seed) == (STORED_EXAMPLES, STORED_SEED):
        return found
    from conformance.suite import generation  # noqa: PLC0415 - schemathesis is slow to import

    return generation.random_cases(operation_id, positive=positive, examples=examples, seed=seed)


def is_documented(api: Api, case: FuzzCase) -> bool:
    """Return whether the contract defines an operation for a case's method and path."""
    return api.contract.match(case.method, case.path.partition("?")[0]) is not None


def call_of(
    api: Api, operation_id: str, case: FuzzCase, ids: Mapping[str, str], spare: Mapping[str, str], *, positive: bool
) -> Call:
    """Return the call of a case with real ids; one that could be accepted costs one generation.

    A call that no page documents may exist all the same (open reading 28), so that it gets the `spare` ids of what nobody uses.

    A positive case gets a fresh Idempotency-Key. In any other case a UUID as the key is replaced by a fresh one, since schemathesis repeats
    one key, also in other runs of the same day.
    """
    path = case.path
    for name, value in (ids if is_documented(api, case) else spare).items():
        path = path.replace(slot(name), quoted(value))
    headers = tuple(
        (name, api.key() if name.lower() == "idempotency-key" and is_uuid(value) else value)
        for name, value in case.headers
    )
    if positive and operation_id in GENERATING_OPERATIONS:
        headers += (("Idempotency-Key", api.key()),)
    cost = _possible_cost(api, case.method, path, headers, case.body)
    return Call(case.method, path, headers=headers, body=case.body, costs=cost)


def unacceptable(operation_id: str, call: Call) -> Call | None:
    """Return a call that nobody may accept: as it is, or broken in one more place; None where that would leave nothing of it."""
    if not call.costs:
        return call
    body, broken = parse(call.body), BREAKS[operation_id]
    if not isinstance(body, dict) or body.keys() <= broken.keys():
        return None
    return replace(call, body=json.dumps(body | broken, ensure_ascii=False).encode(), costs=0)


def _possible_cost(api: Api, method: str, path: str, headers: Headers, body: bytes | None) -> int:
    matched = api.contract.match(method, path.partition("?")[0])
    if matched is None or matched[0].id not in GENERATING_OPERATIONS:
        return 0
    request = Request(method, path, (*headers, ("Content-Type", "application/json")), body)
    validity, _ = classify(matched[0], request, parse(body), Known())
    return 0 if validity in {Validity.INVALID, Validity.MALFORMED} else 1
