"""Ends before completion: a cancel of a create, a clone or a regeneration, and the archiving of a project."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from conformance.client.answers import answer_of, asset_ids_of, needed, status_of, text_in
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import in_turns, strangers, up_to
from conformance.suite.stock import (
    BY_ITS_HOOK,
    Made,
    Stock,
    accepted,
    again,
    body_of,
    disputed,
    sweep,
)
from strategies.samples import KINDS

MOMENTS = (0.0, 0.4, 0.7, 0.8, 0.88, 0.97)
"""When generations are canceled, as parts of the time that one is expected to take."""
QUICK = 1.0
"""Seconds that a generation takes, below which a read may come too late to see it in flight."""


def _follow(api: Api, made: Made, reads: int = 4) -> None:
    """Poll to the end, then go on reading for as long as a generation would have gone on."""
    made.shape = api.settle(made.container_id, made.job_id)
    for _ in range(reads):
        api.session.pause(api.target.timing.poll_interval * 5)
        api.read(made.container_id)
        api.job(made.job_id)


@provokes("LIF-10 LIF-12 JOB-4", profile="gate", takes=("twins",), depth=1, any_state=("twins",))
def test_a_cancel_in_flight(api: Api, stock: Stock) -> None:
    """Cancel a job that has just begun, first without a right, then with it; read until well after; cancel again."""
    _, made = stock.twins()
    _follow(api, made)
    api.cancel(made.job_id)
    api.read(made.container_id)
    api.walk(query={"status": "canceled"})
    api.walk(query={"status": "completed", "limit": 50})


@provokes("LIF-10 JOB-4 LIF-2", profile="gate", takes=("first",), uses=("failed",))
def test_a_cancel_of_what_has_ended(api: Api, stock: Stock) -> None:
    """Cancel jobs that have completed and failed, with bodies too, which no page gives it, and look whether that changed them."""
    ended = [stock.first()]
    if stock.has("failed"):
        ended.append(stock.failed())
    for made in ended:
        api.read(made.container_id)
        api.job(made.job_id)
        api.cancel(made.job_id)
        api.cancel(made.job_id, body={"reason": "No longer wanted"})
        api.cancel(made.job_id, raw=b"no JSON")
        api.read(made.container_id)
        api.job(made.job_id)


@provokes(
    "LIF-10 LIF-12",
    profile="certify",
    generations=1,
    takes=(BY_ITS_HOOK,),
    needs=("source_post",),
    depth=1,
    uses=(BY_ITS_HOOK,),
)
def test_a_cancel_of_a_clone(api: Api, stock: Stock) -> None:
    """Cancel a clone in flight, and read it for as long as it would have gone on."""
    source = stock.complete(stock.alike(BY_ITS_HOOK))
    made = stock.put("stopped clone", stock.start(api.clone_call(source.container_id, key=api.key())))
    api.cancel(made.job_id)
    _follow(api, made)


@provokes(
    "LIF-10 LIF-12 JOB-3 LIF-2 LST-4 LST-9 REG-4 IDM-11",
    profile="certify",
    generations=3,
    takes=(BY_ITS_HOOK,),
    depth=4,
    changes=(BY_ITS_HOOK,),
)
def test_a_cancel_of_a_regeneration(api: Api, stock: Stock) -> None:
    """Cancel a regeneration in flight, twice, read on, replay it, regenerate what was canceled, and replay a clone of before."""
    made = stock.complete(stock.alike(BY_ITS_HOOK))
    for _ in range(2):
        call = api.regenerate_call(made.container_id, key=api.key())
        job_id = text_in(api.send(call), "jobId") or made.job_id
        api.read(made.container_id)
        api.cancel(job_id)
        api.progress(made.container_id)
        made.job_id = job_id
        _follow(api, made, reads=2)
        api.send(again(call))
        api.session.pause(api.target.timing.settling + api.target.timing.read_lag)
        api.read(made.container_id)
        for query in ({"status": "canceled"}, {"status": "completed"}, {"limit": 50}):
            api.walk(query=query)
    exchange = api.regenerate(made.container_id, {"themeTags": ["after-cancel"]}, key=api.key())
    made.job_id = text_in(exchange, "jobId") or made.job_id
    made.shape = api.settle(made.container_id, made.job_id)
    stopped = stock.found("stopped clone")
    if stopped:
        api.send(again(stopped.call))


@provokes(
    "LIF-10 LIF-12 CRE-7 IDM-1 IDM-2 IDM-3 IDM-4",
    profile="certify",
    generations=len(MOMENTS),
    takes=("failed",),
    fills=len(MOMENTS),
    alone=True,
    calls=90,
)
def test_cancels_at_any_moment(api: Api, stock: Stock) -> None:
    """Cancel jobs early, in the middle, late and about at the end of their generation; replay and dispute what ended.

    The second create has the body of the first, which is canceled, and the last one has that of the container that failed.
    """
    made: Made | None = None
    for step, moment in enumerate(MOMENTS):
        made = _begun_once_more(api, stock, step, made)
        if api.generations.expected is None:
            # Nobody knows how long one takes before its progress was read.
            api.session.pause(api.target.timing.poll_interval)
            api.job(made.job_id)
        api.session.pause(moment * (api.generations.expected or api.target.timing.poll_interval * 20))
        api.cancel(made.job_id)
        _follow(api, made, reads=2)
        api.send(again(made.call))
        api.send(disputed(api, made))
        api.send(again(made.call))
        api.read(made.container_id)
    sweep(api)


def _begun_once_more(api: Api, stock: Stock, step: int, before: Made | None) -> Made:
    """Create what the step is for: a body of its own, that of the create before, or that of a container that failed, each under a new key."""
    failed = stock.failed() if step == len(MOMENTS) - 1 and api.target.fixtures.failing_brief else None
    earlier = before if step == 1 else failed
    if earlier is None:
        telling, format_ = KINDS[step - len(MOMENTS)]
        return stock.start_telling(telling, format_)
    body = body_of(earlier.call)
    return stock.start(api.create_call(brief=body["brief"], format=body["format"], key=api.key()))


@provokes(
    "LIF-11 LIF-12", profile="certify", generations=6, leaves=("archived",), depth=2, changes=("archivable",), calls=90
)
def test_the_archiving_of_a_busy_project(api: Api, stock: Stock) -> None:
    """Archive a project with creates of three formats, a regeneration and, where possible, a clone in flight; read all until well after.

    All but the last one begin at one instant, so that quick ones are still in flight when that has just begun.
    """
    project = archive_project(api)
    first = stock.complete(stock.start(api.create_call(project, api.full_brief(), "ugc_remix", key=api.key())))
    calls = [api.regenerate_call(first.container_id, {"themeTags": ["archived"]}, key=api.key())]
    calls += [api.create_call(project, api.brief(language="pt-BR"), "auto", key=api.key())]
    calls += [api.create_call(project, api.brief(), "video_remix", key=api.key())]
    if api.target.fixtures.source_post_id:
        calls.append(api.clone_call(first.container_id, project=project, key=api.key()))
    answers = [(call, answer_of(exchange)) for call, exchange in zip(calls, api.send_together(calls), strict=True)]
    made = [
        Made(str(answer["containerId"]), str(answer["jobId"]), call, {})
        for call, answer in answers
        if {"containerId", "jobId"} <= answer.keys()
    ]
    api.send_together([api.read_call(one.container_id) for one in made])
    _archive(api, project, [*made, _begun_last(api, stock, project)])


@provokes("LIF-11 LIF-12", profile="gate", takes=("archived",), depth=1, changes=("archivable",))
def test_the_archiving_of_a_project(api: Api, stock: Stock) -> None:
    """Archive a project with a container in flight, and read it until well after."""
    project = archive_project(api)
    if stock.has("archived"):
        return  # a deeper profile has archived it already
    _archive(api, project, [_begun_last(api, stock, project)])


def _begun_last(api: Api, stock: Stock, project: str) -> Made:
    """Return a container that the next call meets in flight."""
    return _begun_in_haste(api, stock, project) if _is_quick(api) else stock.fresh("archived", project)


def _is_quick(api: Api) -> bool:
    """Return whether a generation may be over by the time that a read has shown it in flight."""
    expected = api.generations.expected
    return api.target.timing.read_lag > 0 or (expected is not None and expected < QUICK)


def _begun_in_haste(api: Api, stock: Stock, project: str) -> Made:
    """Create a container with a known brief in another format, and do not look at it, so that the next call meets it in flight."""
    known = stock.found("first")
    brief = body_of(known.call)["brief"] if known else api.brief()
    call = api.create_call(project, brief, "slideshow_remix", key=api.key())
    return stock.put("archived", Made.of(call, api.send(call)))


def archive_project(api: Api) -> str:
    """Return the project that may be archived; raises NotReached where none is configured."""
    project = api.target.target.archive_project_id
    if project is None:
        raise NotReached("no project that may be archived is configured (target.archive_project_id)")
    return project


def _archive(api: Api, project: str, in_flight: list[Made]) -> None:
    exchange = api.archive(project)
    if not accepted(status_of(exchange)):
        raise NotReached(f"the archiving was answered with {status_of(exchange) or exchange.failure}")
    api.send_together([api.read_call(made.container_id) for made in in_flight])
    for made in in_flight:
        _follow(api, made)
    api.create(project, api.brief(), costs=0, means_valid=False)
    api.page(project)
    for made in in_flight:
        api.send(again(made.call))
        api.read(made.container_id)


ACCEPTED = 202
ANEW = {"themeTags": ["anew"], "language": "pt-BR"}
AS_AT_FIRST = frozenset({"language", "influencerId", "referenceMediaIds"})
"""Fields that the last patch gives what the create has given them; of those that were patched before, one is left as it is."""


def _look_from_every_side(api: Api, made: Made, job_id: str) -> None:
    """Wait for the end of a generation, and read its container, its job, its progress, its assets and the lists."""
    made.shape = api.settle(made.container_id, job_id)
    api.progress(made.container_id)
    for status in ("canceled", "completed", "failed"):
        api.walk(query={"status": status, "limit": WHOLE})
    api.walk(query={"limit": WHOLE})
    for asset_id in asset_ids_of(answer_of(api.read(made.container_id))):
        api.asset(made.container_id, asset_id)


@provokes(
    "LIF-10 LIF-12 LIF-5 LIF-6 JOB-2 JOB-3 JOB-4 LIF-2 LST-4 LST-9 REG-1 REG-4 IDM-7 IDM-11 AUT-3",
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
    for one in (made, source):
        _look_at(api, one)
    # Where a clone can be made, it is the clone's call that has a key and is sent again.
    is_cloned = api.target.fixtures.source_post_id is not None
    call = api.regenerate_call(made.container_id, ANEW, key=None if is_cloned else api.key())
    walk = api.pages(query={"limit": 1, "status": "completed"})
    up_to(made.container_id, walk)
    exchanges = api.send_together([call, api.regenerate_call(made.container_id, ANEW)])
    begun = [exchange for exchange in exchanges if status_of(exchange) == ACCEPTED] or exchanges
    jobs = list(dict.fromkeys(needed(exchange, "jobId") for exchange in begun))
    canceled = jobs[-1]
    api.read(made.container_id)
    in_turns([walk])
    for actor in strangers(api):
        api.cancel(canceled, actor=actor)
    clone = _cancel_with_a_clone(api, stock, jobs, source)
    _look_from_every_side(api, made, canceled)
    # What is canceled stays so, however often it is asked for.
    for one in (*([clone] if clone else []), Made(made.container_id, canceled, call, {})):
        api.read(one.container_id)
        api.cancel(one.job_id)
        api.read(one.container_id)
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
    _look_from_every_side(api, made, made.job_id)
    api.job(canceled)
    api.job(made.job_id)


def _cancel_with_a_clone(api: Api, stock: Stock, jobs: list[str], source: Made) -> Made | None:
    """Cancel jobs with a body, at the same instant as that of a clone of `source`, where one can be made, and return that clone."""
    clone = None
    with suppress(NotReached):
        project = api.review_project if _in_review(api, source) else None
        clone = stock.start(api.clone_call(source.container_id, project=project, key=api.key()))
        # What changes it from here on is not the clone, but its cancel.
        api.read(source.container_id)
    calls = [api.cancel_call(job_id, body={"reason": "Not this one"}) for job_id in jobs]
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
    "APR-10 APR-2 APR-5 APR-8",
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
    job_id = text_in(exchange, "jobId")
    if job_id:
        stock.further.append(Made(made.container_id, job_id, call, {}))
    made.shape = api.settle(made.container_id, job_id)
    for query in ({"limit": 50}, {"limit": 1}, {"format": made.shape.get("format") or "video_remix"}):
        api.walk(api.review_project, {"status": "completed"} | query)
    _look_at(api, made)
    # Left approved, so that the last look finds out whether it lasts.
    api.approve(made.container_id)
    api.read(made.container_id)
