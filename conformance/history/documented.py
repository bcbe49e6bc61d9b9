"""Questions about what the document lists: optional operations, and what stands at a path."""

from __future__ import annotations

from conformance.contract.document import Operation, load
from conformance.history.ledger import Ledger
from conformance.history.observation import Seen

CAPABILITIES: dict[str, str] = {
    operation["operationId"]: operation["x-capability"]
    for item in load().document["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "x-capability" in operation
}
"""The optional operations, and the capability that each stands for."""
MAY_BE_EMPTY: frozenset[tuple[str, int]] = frozenset(
    (operation["operationId"], int(status))
    for item in load().document["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "responses" in operation
    for status, answer in operation["responses"].items()
    if answer.get("x-empty-body")
)
"""Operations and statuses whose answer may come without a body."""


def may_be_absent(operation_id: str, ledger: Ledger) -> bool:
    """Tell whether the target may have no such operation at all, as far as the history shows."""
    return operation_id in CAPABILITIES and not ledger.capabilities.get(CAPABILITIES[operation_id], False)


def operations_at(seen: Seen, ledger: Ledger) -> tuple[Operation, ...]:
    """Give the operations that the document puts at a call's path, whatever their method."""
    url, base = seen.exchange.request.url, ledger.facts.base_url
    if not url.startswith(base):
        return ()
    path = url[len(base) :].partition("#")[0].partition("?")[0]
    return tuple(operation for operation in load().operations.values() if operation.pattern.fullmatch(path))
