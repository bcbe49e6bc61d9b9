"""Schemathesis as a source of data: its cases turned into requests of ours.

Its own transport and its own checks are not used, since both send requests past the budget and the record.
`python -m conformance.suite.generation` writes the stored cases anew, which is needed whenever the document has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
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
from conformance.suite.calls import READS
from conformance.suite.cases import (
    PARAMETERS,
    STORED,
    STORED_BORDERS,
    STORED_EXAMPLES,
    STORED_SEED,
    WRITES,
    FuzzCase,
    document_digest,
    name_of,
    slot,
)

BASE = "http://fuzzing.invalid"
OWN = frozenset(
    {"x-api-key", "authorization", "user-agent", "accept", "accept-encoding", "connection", "x-schemathesis-testcaseid"}
)
"""Headers that the session sets, or that schemathesis adds for its own use."""


@lru_cache(maxsize=1)
def operations() -> dict[str, Any]:
    """Return schemathesis' view of every operation by its id."""
    schema = schemathesis.openapi.from_dict(load().document)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.definition.raw["operationId"]: operation for operation in found}


def borders(operation_id: str, *, positive: bool, most: int) -> Iterator[FuzzCase]:
    """Yield at most this number of cases of the coverage phase, which visits the borders of every schema."""
    operation = operations()[operation_id]
    cases = operation.schema.iter_coverage_cases(
        operation, generation_modes=[_mode(positive=positive)], generation_config=GenerationConfig()
    )
    for case in islice(cases, most):
        yield from _request_of(case, positive=positive)


def random_cases(operation_id: str, *, positive: bool, examples: int, seed: int) -> list[FuzzCase]:
    """Draw this number of random cases of an operation."""
    drawn: list[FuzzCase] = []

    @seeded(seed)
    @settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations()[operation_id].as_strategy(generation_mode=_mode(positive=positive)))
    def draw(case: Case[Any]) -> None:
        drawn.extend(_request_of(case, positive=positive))

    draw()
    return drawn


def _mode(*, positive: bool) -> GenerationMode:
    return GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE


def _request_of(case: Case[Any], *, positive: bool) -> Iterator[FuzzCase]:
    """Yield the request of a case, with slots for real ids unless the case breaks the path; nothing where no request can carry it.

    A positive case loses its Idempotency-Key, since schemathesis repeats one key.
    """
    path_mode = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if path_mode is None or path_mode.mode is not GenerationMode.NEGATIVE:
        case.path_parameters.update({name: slot(name) for name in PARAMETERS if name in case.path_parameters})
    parts = case.as_transport_kwargs(base_url=BASE)
    method = str(parts["method"])
    if not method.isascii() or not method.isalpha():
        return
    headers = tuple(
        (name, value)
        for name, value in parts["headers"].items()
        if name.lower() not in OWN and _sendable(name, value) and not (positive and name.lower() == "idempotency-key")
    )
    query = urlencode(parts.get("params") or {}, doseq=True)
    path = parts["url"].removeprefix(BASE) + (f"?{query}" if query else "")
    yield FuzzCase(method, path, headers, _body(parts))


def _sendable(name: str, value: Any) -> bool:
    """Return whether HTTP can carry a header (RFC 9110, section 5.5)."""
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


def stored_cases() -> dict[str, list[FuzzCase]]:
    """Generate the cases that `gate` needs, by name; there are no random ones of an operation that costs."""
    found: dict[str, list[FuzzCase]] = {}
    for operation_id in (*READS, *WRITES):
        for positive in (False, True) if operation_id in READS else (False,):
            if operation_id not in GENERATING_OPERATIONS:
                found[name_of(operation_id, "random", positive=positive)] = random_cases(
                    operation_id, positive=positive, examples=STORED_EXAMPLES, seed=STORED_SEED
                )
            found[name_of(operation_id, "borders", positive=positive)] = list(
                borders(operation_id, positive=positive, most=STORED_BORDERS)
            )
    return found


def main() -> None:
    """Write the stored cases, one a line."""
    lines = []
    for name, cases in stored_cases().items():
        rows = ",\n".join(f"  {json.dumps(case.to_json())}" for case in cases)
        lines.append(f" {json.dumps(name)}: [\n{rows}\n ]")
    head = {"document": document_digest(), "schemathesis": schemathesis.__version__}
    text = f'{json.dumps(head)[:-1]},\n"cases": {{\n' + ",\n".join(lines) + "\n}}\n"
    Path(__file__).with_name(STORED).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
