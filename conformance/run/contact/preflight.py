"""First contact with the target: whether it can be judged at all."""

from __future__ import annotations

import json
from itertools import islice

from conformance.client.answers import items_of
from conformance.client.exchange import RESUMED
from conformance.exceptions import TargetError
from conformance.run.calls.long_lists import FIRST_PAGES, WHOLE
from conformance.run.contact.probes import PROJECT_PROBES, REVIEWS, contradiction
from conformance.run.contact.trouble import LONGEST_LOOK
from conformance.run.process import KNOWN, PREFLIGHT, Run

A_LITTLE_LATER = 0.05
"""Seconds within which a target that sends more than its answer shows that, where it does so always."""


def preflight(run: Run) -> None:
    """Read the first page of each configured project; raises TargetError if the target cannot be judged.

    A wrong answer does not stop a run: it is for the checks to judge.
    """
    run.session.driver = PREFLIGHT
    within = max(LONGEST_LOOK, run.spec.target.network.connect_timeout)
    tags = {RESUMED: str(run.earlier.ended_at)} if run.earlier else {}
    for probe in PROJECT_PROBES:
        if not probe.before_run or not probe.project(run.spec.target) or not run.session.has_actor(probe.actor):
            continue
        trouble = probe.trouble(run.api, probe.send(run.api, 1, within=within, tags=tags))
        if trouble:
            raise TargetError(run.session.redacted(trouble.sentence))
        if probe is PROJECT_PROBES[0]:
            # What a target sends after its answers is to show before anything is judged that could rest on it.
            run.session.pause(A_LITTLE_LATER)
        tags = {}


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
