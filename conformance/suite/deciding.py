"""Decisions that meet on what is pending, in the midst of walks."""

from __future__ import annotations

from conformance.run.api import Api
from conformance.suite.stock import Made, watched
from conformance.suite.walking import begin, in_turns


def decide_amid_walks(api: Api, made: Made, *others: Made) -> None:
    """Reject containers and approve one of them at one instant in the midst of filtered walks, then decide on that one again."""
    first, completed = {"limit": 1}, {"limit": 1, "status": "completed"}
    walks = [
        api.pages(api.review_project, completed),
        *(api.pages(query=completed | {"format": each}) for each in ("video_remix", "slideshow_remix")),
        api.pages(query=first | {"format": "video_remix"}),
    ]
    begin(walks)
    approve, reject = api.approve_call(made.container_id), api.reject_call(made.container_id)
    api.send_together([reject, approve, *(api.reject_call(each.container_id) for each in others)])
    for each in others:
        api.read(each.container_id)
    in_turns(walks)
    watched(api, made, reject, approve)
