"""What a target tells before a run: why it gives no answer, which review policy a project has, and whether an operation is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from conformance.client.answers import answer_of, status_of
from conformance.client.exchange import Exchange, TransportError
from conformance.contract.document import Operation
from conformance.contract.paths import VERSION, path_to
from conformance.history.observation import MARK
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import fresh_id
from conformance.run.settings.target import PROJECTS, NetworkSection

_NO_TLS = re.compile(r"(?!.*CERTIFICATE)(?:.*(?:SSL|EOF occurred|reset by peer|disconnected))")
"""What is said where TLS was begun with a server that does not know it."""
_NOT_TRUSTED = "CERTIFICATE_VERIFY_FAILED"
_OTHER_NAME = re.compile(r"(?:Hostname|IP address) mismatch")
_OUT_OF_DATE = re.compile(r"expired|not yet valid")
_ALERT = re.compile(r"_ALERT_(?:\w*CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)")
"""What a server says that has no use for the client's certificate, or that has got none (RFC 8446, section 6.2)."""
_ANSWERED = re.compile(r"proxy: (\d{3})\b")
REVIEWS = {"project_id": False, "review_project_id": True}
"""Whether the policy of a project requires review, by the setting that names it."""
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


def why_unanswered(exchange: Exchange, base_url: str, network: NetworkSection) -> str:
    """Return why the list of a project has no answer, and what to try."""
    failure, is_tls = str(exchange.failure), base_url.lower().startswith("https")
    detail = exchange.failure.detail if exchange.failure else ""
    if exchange.failed_with(TransportError.TOO_LARGE):
        return (
            f"The server at {base_url} answered the list of a project with more than an answer may have ({failure[:300]}); "
            "check target.base_url, or raise limits.answer_bytes."
        )
    if detail.startswith("proxy:"):
        return _of_proxy(detail, base_url, network)
    if _NOT_TRUSTED in failure:
        return _untrusted(failure, base_url, network)
    if _ALERT.search(failure):
        return _refused_client(failure, base_url, network)
    return _of_scheme(exchange, failure, base_url, network, is_tls=is_tls)


def _of_proxy(detail: str, base_url: str, network: NetworkSection) -> str:
    said, answered = detail.removeprefix("proxy: "), _ANSWERED.match(detail)
    if answered is None:
        return f"Cannot reach the proxy at {network.proxy} ({said}); check network.proxy and that the proxy runs."
    if answered[1] != "407":
        return (
            f"The proxy at {network.proxy} does not lead to {base_url} ({said}); check target.base_url, and which servers the proxy "
            "may reach."
        )
    if network.proxy_auth_env:
        return (
            f"The proxy at {network.proxy} refused the user and password in the variable {network.proxy_auth_env} with 407; "
            f"export {network.proxy_auth_env}=user:password as the proxy knows them."
        )
    return (
        f"The proxy at {network.proxy} asks for a user and a password (407); export user:password as a variable, and name it in "
        "network.proxy_auth_env."
    )


def _untrusted(failure: str, base_url: str, network: NetworkSection) -> str:
    if _OTHER_NAME.search(failure):
        return (
            f"The certificate of the server at {base_url} is that of another host ({failure}); write the host in target.base_url as "
            "the certificate names it."
        )
    if _OUT_OF_DATE.search(failure):
        return f"The certificate of the server at {base_url} is out of date ({failure}); it has to be renewed."
    if network.ca_bundle:
        return (
            f"The certificate of the server at {base_url} is not trusted by what {network.ca_bundle} holds ({failure}); give the file of "
            "the certification authority that signed it in network.ca_bundle."
        )
    return (
        f"The certificate of the server at {base_url} is not trusted ({failure}); if a private certification authority signed it, "
        "give the file with its certificate in network.ca_bundle."
    )


def _refused_client(failure: str, base_url: str, network: NetworkSection) -> str:
    if network.client_cert:
        return (
            f"The server at {base_url} does not take the client certificate in {network.client_cert} ({failure}); give one that it trusts "
            "in network.client_cert."
        )
    return (
        f"The server at {base_url} requires a client certificate, or another TLS than ours ({failure}); give the files of the certificate "
        "and its key in network.client_cert and network.client_key."
    )


def _of_scheme(exchange: Exchange, failure: str, base_url: str, network: NetworkSection, *, is_tls: bool) -> str:
    swapped = with_other_scheme(base_url)
    is_broken = exchange.failed_with(TransportError.BROKEN)
    if is_tls and is_broken:
        # A handshake that fails is a connection that does not come about.
        return (
            f"The server at {base_url} ended the connection after TLS had begun ({failure}); if it requires a client certificate, "
            "give the files of one that it trusts in network.client_cert and network.client_key."
        )
    if is_tls and _NO_TLS.search(failure):
        return f"The server at {base_url} does not answer in TLS ({failure}); try {swapped} in target.base_url."
    if is_broken:
        return f"The server at {base_url} does not answer in HTTP ({failure}); try {swapped} in target.base_url."
    other = f" (or {swapped}, if it has no TLS)" if is_tls else ""
    by = f" through the proxy {network.proxy}" if network.proxy else ""
    return (
        f"Cannot reach the target at {base_url}{by} ({failure}); check target.base_url{other} and that the target runs."
    )


def with_other_scheme(base_url: str) -> str:
    """Return a base URL with https in place of http, or the other way round."""
    scheme, _, rest = base_url.partition("://")
    return f"{'http' if scheme.lower() == 'https' else 'https'}://{rest}"


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
    text = re.sub(rf"{VERSION}/\S*", "", text)
    for each in ids.values():
        text = text.replace(each, "")
    return re.sub(r"\b(?:GET|POST|DELETE)\b|\d+", "", text)
