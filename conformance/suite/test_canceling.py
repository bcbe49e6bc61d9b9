"""Regenerations of what others have cloned: one of what was approved, and one that is canceled, and what every side tells of it afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from conformance.client.answers import answer_of, asset_ids_of, needed, status_of
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import strangers
from conformance.suite.stock import Made, Stock, accepted, again, body_of
from conformance.suite.walking import in_turns, up_to

ACCEPTED = 202
ANEW = {"themeTags": ["anew"], "language": "pt-BR"}
AS_AT_FIRST = frozenset({"language", "influencerId", "referenceMediaIds"})
"""Fields that the last patch gives what the create has given them; of those that were patched before, one is left as it is."""


def _look(api: Api, made: Made, job_id: str) -> None:
    """Wait for the end of a generation, and read its container, its job, its progress, its assets and the lists."""
    made.shape = api.settle(made.container_id, job_id)
    api.progress(made.container_id)
    for status in ("canceled", "completed", "failed"):
        api.walk(query={"status": status, "limit": WHOLE})
    api.walk(query={"limit": WHOLE})
    for asset_id in asset_ids_of(answer_of(api.read(made.container_id))):
        api.asset(made.container_id, asset_id)


@provokes(
    *(
        "LIF-10",
        "LIF-12",
        "LIF-5",
        "LIF-6",
        "JOB-2",
        "JOB-3",
        "JOB-4",
        "LIF-2",
        "LST-4",
        "LST-9",
        "REG-1",
        "REG-4",
        "IDM-7",
        "IDM-11",
        "AUT-3",
    ),
    profile="gate",
    generations=4,
    takes=("twins", "first"),
    changes=("twins", "clones"),
    depth=1,
    calls=80,
)
def test_a_regeneration_that_is_canceled(api: Api, stock: Stock) -> None:
    """Regenerate twice at one instant what has completed, cancel that, look from every side, replay it, and regenerate so that it fails.

    A walk has just met it when it is regenerated. A clone, of another clone if there is one, is canceled at the same instant; both are canceled
    again later. Another container's regenerate is replayed at the instant of the last one.
    """
    twin, _ = stock.twins()
    # The source is decided afterwards, which is nothing that its clone may show. The other clone is left to those that look at what stands.
    made, source = twin, stock.found("second clone") or stock.first()
    for each in (made, source):
        _look_at(api, each)
    # Where a clone can be made, it is the clone's call that has a key and is sent again.
    is_cloned = api.target.fixtures.source_post_id is not None
    call = api.regenerate_call(made.container_id, ANEW, key=None if is_cloned else api.key())
    walk = api.pages(query={"limit": 1, "status": "completed"})
    up_to(made.container_id, walk)
    exchanges = api.send_together([call, api.regenerate_call(made.container_id, ANEW)])
    begun = [each for each in exchanges if status_of(each) == ACCEPTED] or exchanges
    jobs = list(dict.fromkeys(needed(each, "jobId") for each in begun))
    canceled = jobs[-1]
    api.read(made.container_id)
    in_turns([walk])
    for actor in strangers(api):
        api.cancel(canceled, actor=actor)
    clone = _cancel(api, stock, jobs, source)
    _look(api, made, canceled)
    # What is canceled stays so, however often it is asked for.
    for each in (*([clone] if clone else []), Made(made.container_id, canceled, call, {})):
        api.read(each.container_id)
        api.cancel(each.job_id)
        api.read(each.container_id)
    api.session.pause(api.target.timing.settling)
    api.read(made.container_id)
    api.progress(made.container_id)
    if clone:
        api.send(again(clone.call))
    elif not is_cloned and status_of(exchanges[0]) == ACCEPTED:
        api.send(again(call))
    api.read(made.container_id)
    # Where no brief is known to fail, a patch of a field that nobody else has patched. Other fields get what they had at first.
    first = {name: value for name, value in body_of(made.call)["brief"].items() if name in AS_AT_FIRST}
    patch = first | (api.target.fixtures.failing_brief or {"language": "en-US"})
    elsewhere = stock.found("regenerated")
    # The replay of another container's regenerate costs nothing. What is sent last comes first as a rule.
    beside = [again(elsewhere.call)] if elsewhere else []
    exchange, *_ = api.send_together([api.regenerate_call(made.container_id, patch), *beside])
    made.job_id = needed(exchange, "jobId")
    api.read(made.container_id)
    api.progress(made.container_id)
    _look(api, made, made.job_id)
    api.job(canceled)
    api.job(made.job_id)


def _cancel(api: Api, stock: Stock, jobs: list[str], source: Made) -> Made | None:
    """Cancel jobs with a body, at the same instant as that of a clone of `source`, where one can be made, and return that clone."""
    clone = None
    with suppress(NotReached):
        project = api.review_project if _in_review(api, source) else None
        clone = stock.start(api.clone_call(source.container_id, project=project, key=api.key()))
        # What changes it from here on is not the clone, but its cancel.
        api.read(source.container_id)
    calls = [api.cancel_call(each, body={"reason": "Not this one"}) for each in jobs]
    exchanges = api.send_together(calls + ([api.cancel_call(clone.job_id)] if clone else []))
    for job_id, exchange in zip(jobs, exchanges, strict=False):
        if not accepted(status_of(exchange)):
            # No page gives a cancel a body.
            api.cancel(job_id)
    if clone:
        clone.shape = api.settle(clone.container_id, clone.job_id)
        stock.put("canceled clone", clone)
        _look_at(api, source)
    return clone


def _look_at(api: Api, made: Made) -> None:
    """Read a container, its assets, its job and its progress."""
    for asset_id in asset_ids_of(answer_of(api.read(made.container_id))):
        api.asset(made.container_id, asset_id)
    api.job(made.job_id)
    api.progress(made.container_id)


def _in_review(api: Api, clone: Made | None) -> Made | None:
    """Return a clone where it is one of the project with review, by what it shows."""
    return clone if clone and clone.shape.get("projectId") == api.review_project else None


@provokes(
    *("APR-10", "APR-2", "APR-5", "APR-8"),
    profile="gate",
    generations=1,
    takes=("approved",),
    needs=("review_project",),
    depth=1,
    changes=("approved",),
)
def test_a_regenerate_of_what_is_approved(api: Api, stock: Stock) -> None:
    """Regenerate what was approved, or its clone that is approved now, watch it become pending, and approve it again."""
    # After its clone, which would otherwise be the end of too long a chain.
    made = _in_review(api, stock.found("second clone")) or stock.to_approve()
    if answer_of(api.read(made.container_id)).get("approvalStatus") == "pending":
        api.approve(made.container_id)
        api.read(made.container_id)
    fixtures = api.target.fixtures
    # Fields that no other driver of a gate patches in this format.
    patch: dict[str, Any] = {"language": "pt-BR", "themeTags": [], "targetPlatforms": ["instagram"]}
    patch |= {"influencerId": fixtures.influencer_id} if fixtures.influencer_id else {}
    patch |= {"referenceMediaIds": list(fixtures.reference_media_ids[:1])} if fixtures.reference_media_ids else {}
    call = api.regenerate_call(made.container_id, patch, key=api.key())
    exchange = api.send(call)
    job_id = answer_of(exchange).get("jobId")
    if isinstance(job_id, str):
        stock.further.append(Made(made.container_id, job_id, call, {}))
    made.shape = api.settle(made.container_id, job_id if isinstance(job_id, str) else None)
    for query in ({"limit": 50}, {"limit": 1}, {"format": made.shape.get("format") or "video_remix"}):
        api.walk(api.review_project, {"status": "completed"} | query)
    _look_at(api, made)
    # Left approved, so that the last look finds out whether it lasts.
    api.approve(made.container_id)
    api.read(made.container_id)
