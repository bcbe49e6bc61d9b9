"""The probes that a run and `conformance doctor` send before anything else: the lists of projects, their policies, and operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from conformance.client.actors import OTHER, OWNER
from conformance.client.answers import answer_of, status_of
from conformance.client.exchange import Exchange
from conformance.contract.document import Operation
from conformance.contract.paths import VERSION, path_to
from conformance.history.observation import MARK
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import fresh_id
from conformance.run.contact.trouble import Trouble, trouble_of
from conformance.run.settings.target import PROJECTS, Target

IN_WORDS = {True: "requires review", False: "requires no review"}
READS = 10
"""The most containers that are read before a policy counts as shown."""
PROBED = {
    "getContentProgress": "getContent",
    "approveContent": "getContent",
    "cancelJob": "getJob",
    "archiveProject": "listContent",
}
"""The operations that are looked for, each with one that the target surely has and that refuses the same unknown id."""
NO_OPERATION = "lcm-no-such-operation"
"""What stands in a path that no API has."""


@dataclass(frozen=True, slots=True)
class ProjectProbe:
    """A look at the list of a project: the setting that names it, whose key is sent, and what some answers mean.

    A run sends those that are `before_run` and stops at the first trouble; `conformance doctor` sends all. `reviews` says whether the policy
    of the project has to require review. `ended` are the statuses of a refusal that a project may give once it is archived.
    """

    setting: str
    actor: str
    key_setting: str
    before_run: bool = True
    reviews: bool | None = None
    ended: frozenset[int] = frozenset()

    @property
    def subject(self) -> str:
        """The setting with its table."""
        return f"target.{self.setting}"

    def project(self, target: Target) -> str | None:
        """Return the id of the project, None if the setting is not given."""
        project: str | None = getattr(target.target, self.setting)
        return project

    def send(self, api: Api, limit: int, *, actor: str | None = None, **more: Any) -> Exchange:
        """Read the first page of the project's list."""
        project = str(self.project(api.target))
        return api.page(project, {"limit": limit}, actor=actor or self.actor, once=True, **more)

    def trouble(self, api: Api, exchange: Exchange) -> Trouble | None:
        """Return why the target cannot be judged by this answer, None if it can."""
        return trouble_of(api, exchange, api.target, self.subject, getattr(api.target.target, self.key_setting) or "")


PROJECT_PROBES = (
    ProjectProbe("project_id", OWNER, "api_key_env", reviews=False),
    ProjectProbe("review_project_id", OWNER, "api_key_env", reviews=True),
    # What the list of an archived project may answer: open readings 21 and 33.
    ProjectProbe("archive_project_id", OWNER, "api_key_env", before_run=False, ended=frozenset({404, 409, 410})),
    ProjectProbe("other_project_id", OTHER, "other_api_key_env"),
)
REVIEWS = {probe.setting: probe.reviews for probe in PROJECT_PROBES if probe.reviews is not None}
"""Whether the policy of a project has to require review, by the setting that names it."""


def approvals_of(items: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how many completed containers of a list show each approvalStatus; before completion either is legal (open reading 20)."""
    shown = (item.get("approvalStatus") for item in items if item.get("status") == "completed")
    return Counter(approval for approval in shown if isinstance(approval, str))


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


class OperationFound(NamedTuple):
    """Whether an operation is there, None where that cannot be told, and what the target answered."""

    there: bool | None
    answered: str


def probe_operation(api: Api, operation: Operation, like: str | None) -> OperationFound:
    """Look for an operation; `like` is the id of a container of the target, if one is known."""
    project, container = fresh_id(api.project), fresh_id(like or "cnt_")
    job = fresh_id(like if like and "_" not in like else "job_")
    ids = {"projectId": project, "containerId": container, "jobId": job}

    def ask(method: str, path: str) -> Exchange:
        steps = (ids.get(step.strip("{}"), step) for step in path.removeprefix(f"{VERSION}/").split("/"))
        return api.send(api.call(method, path_to(*steps)))

    exchange = ask(operation.method, operation.path)
    code, error = status_of(exchange), answer_of(exchange).get("error")
    answered = f"answered {code}" if code else f"no answer ({exchange.failure})"
    if code in {405, 501}:
        return OperationFound(there=False, answered=answered)
    if code is None or not 400 <= code < 500 or code in {401, 403, 429}:
        return OperationFound(there=None, answered=answered)
    if code != 404:
        return OperationFound(isinstance(error, dict) or None, answered)
    known = api.contract.operations[PROBED[operation.id]]
    elsewhere = operation.path if operation.id == "archiveProject" else operation.path.rpartition("/")[0]
    refusals = [_refusal(answer, ids) for answer in (exchange, ask(known.method, known.path))]
    unknown_path = _refusal(ask(operation.method, f"{elsewhere}/{NO_OPERATION}"), ids)
    if refusals[1] == unknown_path:
        # The target says the same of an unknown id and of an unknown path.
        return OperationFound(there=None, answered=answered)
    return OperationFound(there=refusals[0] != unknown_path and isinstance(error, dict), answered=answered)


def _refusal(exchange: Exchange, ids: dict[str, str]) -> tuple[object, ...]:
    """Return what a refusal says, without what differs from one to the next."""
    error = answer_of(exchange).get("error")
    if not isinstance(error, dict):
        body = exchange.response.body if exchange.response else b""
        return status_of(exchange), _scrubbed(body.decode("utf-8", "replace"), ids)
    return status_of(exchange), error.get("code"), _scrubbed(str(error.get("message")), ids)


def _scrubbed(text: str, ids: dict[str, str]) -> str:
    """Return a text without our ids, paths and methods, and without numbers."""
    text = re.sub(rf"{VERSION}/\S*", "", text)
    for name in ids.values():
        text = text.replace(name, "")
    return re.sub(r"\b(?:GET|POST|DELETE)\b|\d+", "", text)
