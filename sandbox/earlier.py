"""Containers that a project holds before anybody calls the sandbox."""

import random

from sandbox.backend import Backend
from sandbox.lifecycle import encode_brief
from sandbox.records import Brief, Container, Job

APART_MS = 400_000
OUTCOMES = ("completed", "completed", "failed", "canceled")
FORMATS = ("video_remix", "slideshow_remix", "ugc_remix", "auto")


def fill(backend: Backend, project_id: str, count: int) -> None:
    """Let a project hold at least so many containers at rest, one every 400 seconds until a minute ago."""
    store, dice = backend.store, random.Random(7)  # noqa: S311  # not for security
    project = store.project(project_id)
    missing = count - store.count(project_id) if project else 0
    now = backend.clock.now() - 60_000
    with store.transaction():
        for index in range(missing):
            moment = now - (missing - index) * APART_MS
            brief: Brief = {"hook": f"Earlier {index}"}
            outcome = dice.choice(OUTCOMES)
            canceled = moment + 500 if outcome == "canceled" else None
            ids = backend.ids.container(moment), backend.ids.job(moment)
            owner, where = project.org, project_id  # type: ignore[union-attr]  # the project exists
            job = Job(ids[1], owner, where, ids[0], "content_generate", moment, 900, outcome, canceled)
            store.add_job(job)
            format_, resolved = dice.choice(FORMATS), backend.generation.resolve_auto(brief)
            row = (0, ids[0], owner, where, format_, resolved, encode_brief(brief), "not_required", None, ids[1])
            store.add_container(Container(*row, moment, moment + 900))
