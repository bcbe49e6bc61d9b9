"""Whether a target has an operation, told by how it refuses one for an id that cannot exist; nothing of the target can be changed so."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.client.answers import answer_of, status_of
from conformance.client.exchange import Exchange
from conformance.contract.document import Operation
from conformance.contract.paths import VERSION, path_to
from conformance.run.calls.api import Api
from conformance.run.calls.marks import fresh_id

PROBED = {
    "getContentProgress": "getContent",
    "approveContent": "getContent",
    "cancelJob": "getJob",
    "archiveProject": "listContent",
}
"""The operations that are looked for, each with one that the target surely has and that refuses the same unknown id."""
NO_OPERATION = "lcm-no-such-operation"
"""What stands in a path that no API has."""


class Probe(NamedTuple):
    """Whether an operation is there, None where that cannot be told, and what the target answered."""

    there: bool | None
    answered: str


def probe(api: Api, operation: Operation, like: str | None) -> Probe:
    """Look for an operation; `like` is the id of a container of the target, if one is known."""
    project, container = fresh_id(api.project), fresh_id(like or "cnt_")
    job = fresh_id(like if like and "_" not in like else "job_")
    ids = {"projectId": project, "containerId": container, "jobId": job}

    def ask(method: str, path: str) -> Exchange:
        steps = (ids.get(step.strip("{}"), step) for step in path.removeprefix(f"{VERSION}/").split("/"))
        return api.send(api.call(method, path_to(*steps)))

    asked = ask(operation.method, operation.path)
    code, error = status_of(asked), answer_of(asked).get("error")
    answered = f"answered {code}" if code else f"no answer ({asked.failure})"
    if code in {405, 501}:
        return Probe(there=False, answered=answered)
    if code is None or not 400 <= code < 500 or code in {401, 403, 429}:
        return Probe(there=None, answered=answered)
    if code != 404:
        return Probe(isinstance(error, dict) or None, answered)
    known = api.contract.operations[PROBED[operation.id]]
    elsewhere = operation.path if operation.id == "archiveProject" else operation.path.rpartition("/")[0]
    refusals = [_refusal(each, ids) for each in (asked, ask(known.method, known.path))]
    unknown_path = _refusal(ask(operation.method, f"{elsewhere}/{NO_OPERATION}"), ids)
    if refusals[1] == unknown_path:
        # The target says the same of an unknown id and of an unknown path.
        return Probe(there=None, answered=answered)
    return Probe(there=refusals[0] != unknown_path and isinstance(error, dict), answered=answered)


def _refusal(exchange: Exchange, ids: dict[str, str]) -> tuple[object, ...]:
    """Return what a refusal says, without what differs from one to the next."""
    error = answer_of(exchange).get("error")
    if not isinstance(error, dict):
        body = exchange.response.body if exchange.response else b""
        return status_of(exchange), _scrubbed(body.decode("utf-8", "replace"), ids)
    return status_of(exchange), error.get("code"), _scrubbed(str(error.get("message")), ids)


def _scrubbed(text: str, ids: dict[str, str]) -> str:
    """Return a text without our ids, paths and methods, and without numbers."""
    text = re.sub(r"/v1/\S*", "", text)
    for each in ids.values():
        text = text.replace(each, "")
    return re.sub(r"\b(?:GET|POST|DELETE)\b|\d+", "", text)
