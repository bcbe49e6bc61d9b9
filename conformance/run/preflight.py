"""First contact with the target: whether it can be judged at all."""

from __future__ import annotations

import json

from conformance.contract.validity import Unparsed, parse
from conformance.door.actors import OTHER, OWNER
from conformance.door.exchange import Exchange
from conformance.exceptions import TargetError
from conformance.run.api import answer_of, status_of
from conformance.run.process import KNOWN, PREFLIGHT, Run

LONGEST_LOOK = 8.0
"""Seconds after which a target that has not answered counts as unreachable."""


def preflight(run: Run) -> None:
    """Read the first page of each configured project; raises TargetError if the target cannot be judged.

    A wrong answer does not stop a run: it is for the checks to judge.
    """
    target = run.spec.target.target
    run.session.driver = PREFLIGHT
    _look(run, OWNER, target.project_id, "target.project_id", target.api_key_env)
    if target.review_project_id:
        _look(run, OWNER, target.review_project_id, "target.review_project_id", target.api_key_env)
    if target.other_project_id and run.session.has_actor(OTHER):
        _look(run, OTHER, target.other_project_id, "target.other_project_id", target.other_api_key_env or "")


def take_stock(run: Run) -> None:
    """Walk the projects of the owner once, and write the ids that existed before the run for all of its processes."""
    target = run.spec.target.target
    projects = [project for project in (target.project_id, target.review_project_id) if project]
    there = {project: [str(item.get("id")) for item in run.api.walk(project, {"limit": 200})] for project in projects}
    (run.spec.parts / KNOWN).write_text(json.dumps(there), encoding="utf-8")


def _look(run: Run, actor: str, project: str, setting: str, variable: str) -> None:
    exchange = run.api.page(project, {"limit": 1}, actor=actor, once=True, within=LONGEST_LOOK)
    sentence = _trouble(exchange, run.spec.target.base_url, setting, variable)
    if sentence:
        raise TargetError(sentence)


def _trouble(exchange: Exchange, base_url: str, setting: str, variable: str) -> str | None:
    code = status_of(exchange)
    if code is None:
        return f"Cannot reach the target at {base_url} ({exchange.failure}); check target.base_url and that the target runs."
    body = parse(exchange.response.body) if exchange.response else Unparsed.ABSENT
    if isinstance(body, Unparsed) and code < 500:
        return (
            f"The server at {base_url} is not the Layers API: it answered the list of a project with {code} and no JSON; "
            "check target.base_url."
        )
    if code in {401, 403}:
        return f"The target refused the key in the variable {variable} with {code}; export a key that is valid there."
    if code == 404 and isinstance(answer_of(exchange).get("error"), dict):
        return f"The target has no project with the id in {setting}; give the id of a project that the key may use."
    if code == 404:
        return (
            f"The server at {base_url} has no list of content (404 without an error envelope); check target.base_url."
        )
    return None
