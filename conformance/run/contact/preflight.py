"""First contact with the target: whether it can be judged at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from conformance.client.actors import OTHER, OWNER
from conformance.client.answers import answer_of, items_of, status_of
from conformance.client.exchange import RESUMED, Exchange
from conformance.contract.validity import Unparsed, parse_answer
from conformance.exceptions import TargetError
from conformance.reporting.text import printable
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import FIRST_PAGES, WHOLE
from conformance.run.contact.probes import REVIEWS, contradiction, why_unanswered, with_other_scheme
from conformance.run.process import KNOWN, PREFLIGHT, Run
from conformance.run.settings.target import Target

A_LITTLE_LATER = 0.05
"""Seconds within which a target that sends more than its answer shows that, where it does so always."""
LONGEST_LOOK = 8.0
"""Seconds after which a target that has not answered counts as unreachable."""
REDIRECTS = {301, 302, 303, 307, 308}
LONGEST_LOCATION = 200
"""Characters of a redirect's Location that are shown."""
_NO_CERTIFICATE = re.compile(rb"SSL certificate", re.IGNORECASE)
"""What nginx and others answer in plain words, with 400, to a client that gave no certificate or a wrong one."""
_ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?(?=[/?#]|$)", re.IGNORECASE | re.ASCII)


class Suspect(StrEnum):
    """The setting that is wrong where a target cannot be judged."""

    BASE_URL = "base URL"
    KEY = "key"
    PROJECT = "project"


class Trouble(NamedTuple):
    """Why a target cannot be judged, in one sentence, and which setting is to be looked at."""

    suspect: Suspect
    sentence: str


def preflight(run: Run) -> None:
    """Read the first page of each configured project; raises TargetError if the target cannot be judged.

    A wrong answer does not stop a run: it is for the checks to judge.
    """
    target = run.spec.target.target
    run.session.driver = PREFLIGHT
    tags = {RESUMED: str(run.earlier.ended_at)} if run.earlier else {}
    _look(run, OWNER, target.project_id, "target.project_id", target.api_key_env, tags)
    # What a target sends after its answers is to show before anything is judged that could rest on it.
    run.session.pause(A_LITTLE_LATER)
    if target.review_project_id:
        _look(run, OWNER, target.review_project_id, "target.review_project_id", target.api_key_env)
    if target.other_project_id and run.session.has_actor(OTHER):
        _look(run, OTHER, target.other_project_id, "target.other_project_id", target.other_api_key_env or "")


def take_stock(run: Run) -> None:
    """Walk the projects of the owner once, and write the ids that existed before the run for all of its processes.

    Raises TargetError if what exists shows that the policy of a project is not what its setting says.
    """
    there: dict[str, list[str]] = {}
    for setting in REVIEWS:
        project = getattr(run.spec.target.target, setting)
        if not project:
            continue
        pages = islice(run.api.pages(project, {"limit": WHOLE}), FIRST_PAGES)
        items = [item for page in pages for item in items_of(page)]
        sentence = contradiction(run.api, setting, items)
        if sentence:
            raise TargetError(run.session.redacted(sentence))
        there[project] = [str(item.get("id")) for item in items]
    if run.earlier:
        # What the run has left itself since then is not taken for what was there before.
        there = next((note["there"] for note in run.earlier.of_kind("known")), there)
    else:
        run.note("known", there=there)
    (run.spec.parts / KNOWN).write_text(run.session.redacted(json.dumps(there)), encoding="utf-8")


def _look(
    run: Run, actor: str, project: str, setting: str, variable: str, tags: Mapping[str, str] = MappingProxyType({})
) -> None:
    within = max(LONGEST_LOOK, run.spec.target.network.connect_timeout)
    exchange = run.api.page(project, {"limit": 1}, actor=actor, once=True, within=within, tags=dict(tags))
    trouble = trouble_of(run.api, exchange, run.spec.target, setting, variable)
    if trouble:
        raise TargetError(run.session.redacted(trouble.sentence))


def trouble_of(api: Api, exchange: Exchange, target: Target, setting: str, variable: str) -> Trouble | None:
    """Return why the target cannot be judged, told by the list of a project, and what to try; None if it can."""
    shown, code = without_password(target.base_url), status_of(exchange)
    wrong_url = why_unanswered(exchange, shown, target.network) if code is None else _trouble_with_url(exchange, shown)
    if wrong_url and not (code == 204 and _is_json_elsewhere(api, exchange.actor)):
        return Trouble(Suspect.BASE_URL, wrong_url)
    if code in {401, 403}:
        return Trouble(
            Suspect.KEY,
            f"The target refused the key in the variable {variable} with {code}; export a key that is valid there.",
        )
    if code == 404:
        return Trouble(
            Suspect.PROJECT,
            f"The target has no project with the id in {setting}; give the id of a project that the key may use.",
        )
    return None


def _is_json_elsewhere(api: Api, actor: str) -> bool:
    """Return whether the list of no project is answered in JSON, so that a list without content is for the checks to judge."""
    exchange = api.page(str(uuid4()), {"limit": 1}, actor=actor, once=True, within=LONGEST_LOOK)
    return exchange.response is not None and not isinstance(parse_answer(exchange.response.body), Unparsed)


def _trouble_with_url(exchange: Exchange, shown: str) -> str | None:
    code = status_of(exchange) or 0
    content = exchange.response.body if exchange.response else b""
    if code == 400 and shown.lower().startswith("https") and _NO_CERTIFICATE.search(content):
        return (
            f"The server at {shown} refuses the client certificate, or that none was sent (400); give the files of one that it trusts in "
            "network.client_cert and network.client_key."
        )
    body = parse_answer(content) if exchange.response else Unparsed.ABSENT
    if isinstance(body, Unparsed) and body is not Unparsed.AMBIGUOUS and code < 500:
        return (
            f"The server at {shown} is not the Layers API: it answered the list of a project with {code} and no JSON; "
            f"{_what_to_try(exchange, shown)}."
        )
    if code in REDIRECTS:
        return f"The server at {shown} answered the list of a project with {code}; {_what_to_try(exchange, shown)}."
    if code != 404 or body is Unparsed.AMBIGUOUS:
        return None
    if not isinstance(answer_of(exchange).get("error"), dict):
        return f"The server at {shown} has no list of content (404 without an error envelope); {_what_to_try(exchange, shown)}."
    if _ends_in_version(shown):
        return f"The server at {shown} has no list of content (404); {_what_to_try(exchange, shown)}."
    return None


def _what_to_try(exchange: Exchange, base_url: str) -> str:
    """Return what to try where another server has answered, or another part of the right one."""
    parts, answer = urlsplit(base_url), exchange.response
    origin = f"{parts.scheme}://{parts.netloc}"
    location = (answer.header("location") or "") if answer else ""
    goes_to = _ORIGIN.match(location)
    if goes_to and goes_to[0].lower() != origin.lower():
        return f"it redirects to {goes_to[0]}, so try {goes_to[0]}{parts.path} in target.base_url"
    if answer and answer.status in REDIRECTS and location:
        where = printable(location, LONGEST_LOCATION)
        return f"it redirects to {where}, and no redirect is followed: give the URL in target.base_url from which none is needed"
    if parts.scheme == "http" and answer and answer.status == 400 and b"https" in answer.body.lower():
        return f"it speaks TLS, so try {with_other_scheme(base_url)} in target.base_url"
    if _ends_in_version(base_url):
        return "leave out the /v1 at the end of target.base_url, since every call adds it"
    if parts.path.strip("/"):
        return f"check the path in target.base_url, to which every call adds /v1/…, and try it without: {origin}"
    return f"check target.base_url, to which every call adds /v1/…: the API may be below a path, such as {origin}/api"


def _ends_in_version(base_url: str) -> bool:
    return urlsplit(base_url).path.rstrip("/").endswith("/v1")


def without_password(base_url: str) -> str:
    """Return a base URL as it may be shown."""
    parts = urlsplit(base_url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
