"""Where a container stands in the table of factors, and which of its values a target cannot show."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.checks.judge import Judge
from conformance.contract.factors import NEEDS
from conformance.contract.lifecycle import is_terminal
from conformance.history.situations import kind_of, origin_of
from conformance.run.settings.target import SETTING_OF_NEED, Target

Standing = tuple[str, ...]
"""Project, status, approval and origin of a container, as the table of factors names them."""
OTHER_PROJECT = "other_project"
"""A need of situations that no requirement has."""


def missing_of(target: Target, capabilities: Mapping[str, bool]) -> frozenset[str]:
    """Return the needs of situations that a target does not meet."""
    configured = {*target.configured(), *([OTHER_PROJECT] if target.target.other_project_id else [])}
    lacking = {name for name, has in capabilities.items() if not has}
    settings = {*SETTING_OF_NEED, OTHER_PROJECT}
    return frozenset(
        need for need in NEEDS.values() if need in lacking or (need in settings and need not in configured)
    )


def standing_of(judge: Judge, container_id: str) -> Standing | None:
    """Return how a container stands as far as it was read, None where it is in flight or unknown."""
    container = judge.ledger.containers.get(container_id)
    if container is None or container.read is None or container.latest is None or container.project_id is None:
        return None
    facts, fields = judge.ledger.facts, container.read.fields
    known = {facts.project_id, facts.review_project_id, facts.other_project_id}
    status, approval = fields.get("status"), fields.get("approvalStatus")
    if container.project_id not in known or not is_terminal(status) or not isinstance(approval, str):
        return None
    return (kind_of(container.project_id, facts), str(status), approval, origin_of(container.latest))
