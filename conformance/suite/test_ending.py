"""Ends before completion: a cancel, and the archiving of a project."""

from __future__ import annotations

from conformance.client.answers import answer_of, needed, status_of
from conformance.client.exchange import Exchange
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.alike import BY_ITS_HOOK, alike_by_its_hook
from conformance.suite.stock import Made, Stock, accepted, again, body_of, disputed, sweep
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


@provokes("LIF-10", "LIF-12", "JOB-4", profile="gate", takes=("twins",), depth=1, any_state=("twins",))
def test_a_cancel_in_flight(api: Api, stock: Stock) -> None:
    """Cancel a job that has just begun, first without a right, then with it; read until well after; cancel again."""
    _, made = stock.twins()
    _follow(api, made)
    api.cancel(made.job_id)
    api.read(made.container_id)
    api.walk(query={"status": "canceled"})
    api.walk(query={"status": "completed", "limit": 50})


@provokes("LIF-10", "JOB-4", "LIF-2", profile="gate", takes=("first",), uses=("failed",))
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
    *("LIF-10", "LIF-12"),
    profile="certify",
    generations=1,
    takes=(BY_ITS_HOOK,),
    needs=("source_post",),
    depth=1,
    uses=(BY_ITS_HOOK,),
)
def test_a_cancel_of_a_clone(api: Api, stock: Stock) -> None:
    """Cancel a clone in flight, and read it for as long as it would have gone on."""
    source = stock.complete(alike_by_its_hook(api, stock))
    made = stock.put("stopped clone", stock.start(api.clone_call(source.container_id, key=api.key())))
    api.cancel(made.job_id)
    _follow(api, made)


@provokes(
    *("LIF-10", "LIF-12", "JOB-3", "LIF-2", "LST-4", "LST-9", "REG-4", "IDM-11"),
    profile="certify",
    generations=3,
    takes=(BY_ITS_HOOK,),
    depth=4,
    changes=(BY_ITS_HOOK,),
)
def test_a_cancel_of_a_regeneration(api: Api, stock: Stock) -> None:
    """Cancel a regeneration in flight, twice, read on, replay it, regenerate what was canceled, and replay a clone of before."""
    made = stock.complete(alike_by_its_hook(api, stock))
    for _ in range(2):
        call = api.regenerate_call(made.container_id, key=api.key())
        job_id = _job_of(api.send(call)) or made.job_id
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
    made.job_id = _job_of(exchange) or made.job_id
    made.shape = api.settle(made.container_id, made.job_id)
    stopped = stock.found("stopped clone")
    if stopped:
        api.send(again(stopped.call))


@provokes(
    *("LIF-10", "LIF-12", "CRE-7", "IDM-1", "IDM-2", "IDM-3", "IDM-4"),
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


def _job_of(exchange: Exchange) -> str | None:
    job_id = answer_of(exchange).get("jobId")
    return job_id if isinstance(job_id, str) else None


@provokes(
    "LIF-11",
    "LIF-12",
    profile="certify",
    generations=6,
    leaves=("archived",),
    depth=2,
    changes=("archivable",),
    calls=90,
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
    api.send_together([api.read_call(each.container_id) for each in made])
    _archive(api, project, [*made, _begun_last(api, stock, project)])


@provokes("LIF-11", "LIF-12", profile="gate", takes=("archived",), depth=1, changes=("archivable",))
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
    exchange = api.send(call)
    return stock.put("archived", Made(needed(exchange, "containerId"), needed(exchange, "jobId"), call, {}))


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
