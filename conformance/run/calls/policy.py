"""What the containers that a project holds already tell of its review policy, which no answer of the API names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.client.answers import answer_of
from conformance.client.exchange import Exchange
from conformance.history.observation import MARK
from conformance.run.calls.api import Api
from conformance.run.settings.target import PROJECTS

REVIEWS = {"project_id": False, "review_project_id": True}
"""Whether the policy of a project requires review, by the setting that names it."""
IN_WORDS = {True: "requires review", False: "requires no review"}
READS = 10
"""The most containers that are read before a policy counts as shown."""


def approvals_of(items: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how many completed containers of a list show each approvalStatus; before completion either is legal (open reading 20)."""
    shown = (item.get("approvalStatus") for item in items if item.get("status") == "completed")
    return Counter(each for each in shown if isinstance(each, str))


def review_shown(approvals: Mapping[str, int]) -> bool | None:
    """Return whether completed containers show that review is required; None where they show nothing, or not all the same.

    A call may have approved or rejected a container under any policy, so that neither says anything by itself.
    """
    if "not_required" in approvals:
        return False if set(approvals) == {"not_required"} else None
    return True if "pending" in approvals else None


def contradiction(api: Api, setting: str, items: Iterable[Mapping[str, Any]]) -> str | None:
    """Return how the containers of a project contradict the policy that its setting states; None where anything else explains them.

    A list may show what the containers do not. And a project in which an earlier run has made containers was judged by that run: they
    may show a defect that is mended, and nobody could go on in that project.
    """
    items = list(items)
    approvals = approvals_of(items)
    review = review_shown(approvals)
    if review is None or review is REVIEWS[setting]:
        return None
    decisive = "pending" if review else "not_required"
    ids = [str(item.get("id")) for item in items if _is_completed(item, decisive)]
    if not all(_confirms(api.read(container_id), decisive) for container_id in ids[:READS]):
        return None
    count = approvals.total()
    containers = f"All {count} completed containers" if count > 1 else "The only completed container"
    return (
        f"{containers} in the project of target.{setting} {'are' if count > 1 else 'is'} {' or '.join(sorted(approvals))}, as under a "
        f"policy that {IN_WORDS[review]}; give {PROJECTS[setting]} (if the policy was changed since, create a container there first)."
    )


def _is_completed(container: Mapping[str, Any], approval: str) -> bool:
    return (container.get("status"), container.get("approvalStatus")) == ("completed", approval)


def _confirms(read: Exchange, approval: str) -> bool:
    """Return whether a read shows the same as the list, of a container that no run has made."""
    container = answer_of(read)
    brief = container.get("brief")
    hook = brief.get("hook") if isinstance(brief, dict) else None
    return _is_completed(container, approval) and not (isinstance(hook, str) and MARK.search(hook))
