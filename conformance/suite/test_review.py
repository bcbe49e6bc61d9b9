"""The review project: pending, approved and rejected, each beside a status that it must not touch."""

from __future__ import annotations

from dataclasses import replace

from conformance.client.answers import answer_of, asset_ids_of, needed, status_of, text_in
from conformance.client.call import Call
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import begin, in_turns, strangers
from conformance.suite.stock import LIMITS, Made, Stock, again, body_of, disputed, sweep, watched
from strategies.bodies import broken_creates

ACCEPTED = 202
LONGEST_REASON = "Off brand: " + "x" * 1013


def undecided(api: Api, stock: Stock) -> Made:
    """Return the container of both projects when it waits for a decision; one that was rejected is regenerated before."""
    made = stock.across()
    if answer_of(api.read(made.container_id)).get("approvalStatus") == "rejected":
        _renew(api, made, "undecided")
    return made


def _decisions(api: Api, made: Made, actor: str) -> tuple[Call, ...]:
    """Return the calls that would change a pending container if they came from its owner."""
    return (
        api.approve_call(made.container_id, actor=actor),
        api.reject_call(made.container_id, actor=actor),
        api.reject_call(made.container_id, regenerate=True, actor=actor, costs=0),
        api.regenerate_call(made.container_id, actor=actor, costs=0),
    )


def _look(api: Api, made: Made) -> None:
    """Read a container twice, and the lists in which it has to stand."""
    for asset_id in asset_ids_of(answer_of(api.read(made.container_id))):
        api.asset(made.container_id, asset_id)
    api.walk(api.review_project, {"status": "completed", "limit": 50})
    api.walk(api.review_project, {"status": "completed", "limit": 1})
    api.walk(api.review_project, {"status": "completed", "format": made.shape.get("format") or "video_remix"})
    api.read(made.container_id)


def _regenerated_elsewhere(api: Api, stock: Stock) -> Made | None:
    """Return a container that was regenerated with a key and a brief that works, with that call, or None where no driver has done it."""
    failing = api.target.fixtures.failing_brief
    return stock.found("regenerated") or next(
        (
            made
            for made in stock.further
            if made.call.path.endswith("/regenerate") and body_of(made.call).get("patch") != failing
        ),
        None,
    )


def _renew(api: Api, made: Made, tag: str, like: Made | None = None) -> None:
    """Regenerate a container and wait for its end, which makes it pending again.

    The key and the body are first those of the regenerate `like` of another container, where one is given; a target may refuse them.
    """
    call = api.regenerate_call(made.container_id, {"themeTags": [tag]}, key=api.key())
    exchange = api.send(call if like is None else replace(like.call, path=call.path))
    if like is not None and status_of(exchange) != 202:
        exchange = api.send(call)
    job_id = text_in(exchange, "jobId")
    made.shape = api.settle(made.container_id, job_id)
    made.job_id = job_id or made.job_id
    api.wait_for_replicas()
    api.read(made.container_id)


@provokes(
    "APR-2 APR-3 APR-5 APR-6 APR-7 APR-9 REJ-1 REJ-3 AUT-1 AUT-3 CRE-9 CRE-10",
    profile="gate",
    takes=("across",),
    spoils=("undecided",),
    changes=("across",),
    calls=110,
)
def test_a_reject_of_what_is_pending(api: Api, stock: Stock) -> None:
    """Let a container become pending, send rejects that are refused, reject it twice at once, look, reject it again, replay its create."""
    made = stock.across()
    _look(api, made)
    for body in broken_creates(api.full_brief):
        api.send(api.call("POST", path_to("projects", api.review_project, "content"), body, key=api.key()))
    sweep(api, api.review_project)
    path = path_to("content", made.container_id, "reject")
    watched(
        api,
        made,
        api.call("POST", path, {}),
        api.call("POST", path, {"reason": "x" * 1025}),
        api.call("POST", path, {"reason": ""}),
        api.call("POST", path, {"reason": 7}),
        api.call("POST", path, {"reason": None}),
        api.call("POST", path, {"reason": "\u00e9" * 1025}),
        api.call("POST", path, {"regenerate": True}),
        api.call("POST", path, {"reason": "x" * 1025, "regenerate": True}),
        *(call for actor in strangers(api, "last-character-off") for call in _decisions(api, made, actor)),
    )
    exchanges = api.send_together([api.reject_call(made.container_id, LONGEST_REASON)] * 2)
    if all(status_of(exchange) in LIMITS for exchange in exchanges):
        api.reject(made.container_id)
    _look(api, made)
    api.wait_for_replicas()
    watched(api, made, api.reject_call(made.container_id), api.reject_call(made.container_id, "Off brand again"))
    api.send(again(made.call))
    api.read(made.container_id)
    api.job(made.job_id)


@provokes(
    "APR-10 APR-3 REG-1 REG-4 APR-5 IDM-11",
    profile="gate",
    generations=1,
    takes=("across",),
    leaves=("undecided",),
    depth=1,
    changes=("across",),
)
def test_a_regenerate_of_what_is_rejected(api: Api, stock: Stock) -> None:
    """Regenerate a rejected container, by the key and body of another one's regenerate if there was one, and watch it become pending again."""
    made = stock.across()
    api.reject(made.container_id)
    api.wait_for_replicas()
    api.read(made.container_id)
    _renew(api, made, "again", _regenerated_elsewhere(api, stock))
    _look(api, made)


@provokes(
    "REJ-2 APR-7 APR-9 REG-1",
    profile="gate",
    generations=1,
    takes=("undecided", "first"),
    depth=1,
    changes=("across",),
    any_state=("first",),
)
def test_a_reject_with_regeneration(api: Api, stock: Stock) -> None:
    """Reject what is pending with regeneration, twice at one instant, watch it to its end, try it where nothing is, decide amid walks."""
    made = undecided(api, stock)
    # A target without this option takes it for a plain reject, so that no other driver may depend on the container.
    broken = {"reason": "Off brand", "regenerate": {"hook": 7}}
    watched(api, made, api.call("POST", path_to("content", made.container_id, "reject"), broken))
    patch, rival = ({"hook": api.hook(text)} for text in ("Rejected and made anew", "Rejected at the same moment"))
    key, other = api.key(), api.key()
    calls = [api.reject_call(made.container_id, regenerate=patch, key=key)]
    if api.generations.expected is not None:
        # Whichever comes second is refused by a target that keeps to APR-9, unless the first has completed at once.
        calls.append(api.reject_call(made.container_id, regenerate=rival, key=other, costs=0))
    first, *others = api.send_together(calls)
    exchange = next((answered for answered in (first, *others) if status_of(answered) == ACCEPTED), first)
    key, patch = (key, patch) if exchange is first else (other, rival)
    shape = answer_of(api.read(made.container_id))
    for answered in others:
        if status_of(answered) == ACCEPTED:
            api.job(needed(answered, "jobId"))
    job_id = text_in(exchange, "jobId")
    api.progress(made.container_id)
    if job_id is None:
        if status_of(exchange) == 200 and shape.get("approvalStatus") == "pending":
            api.session.pause(api.target.timing.settling + api.target.timing.read_lag)
            api.read(made.container_id)
        return
    made.shape = api.settle(made.container_id, job_id)
    api.job(made.job_id)
    made.job_id = job_id
    # Before the container is decided on again: a progress may follow its container by a moment (open reading 36).
    api.session.pause(api.target.timing.settling + api.target.timing.read_lag)
    api.progress(made.container_id)
    # Not the first one where there is another: by now it may be regenerated.
    plain = stock.found("slideshow_remix") or stock.first()
    # By the same key and body first: what a key has answered belongs to one container, where a reject takes a key at all (open reading 15).
    keyed = api.reject_call(plain.container_id, regenerate=patch, key=key, costs=0)
    watched(api, plain, keyed, api.reject_call(plain.container_id, regenerate=True, costs=0))
    _decide_amid_walks(api, made)
    sweep(api, api.project, api.review_project)


def _decide_amid_walks(api: Api, made: Made) -> None:
    """Approve and reject a container at one instant in the midst of filtered walks, so that it is left decided for the last look."""
    review, first, last = api.review_project, {"limit": 1}, {"limit": 1, "status": "completed"}
    walks = [
        api.pages(review, last),
        *(api.pages(query=last | {"format": name}) for name in ("video_remix", "slideshow_remix")),
        api.pages(query=first | {"format": "video_remix"}),
    ]
    begin(walks)
    approve, reject = (
        api.approve_call(made.container_id),
        api.reject_call(made.container_id),
    )
    api.send_together([approve, reject])
    in_turns(walks)
    watched(api, made, reject, approve)


@provokes(
    "APR-8 APR-9 APR-2 APR-5",
    profile="gate",
    takes=("approved",),
    needs=("review_project",),
    depth=1,
    changes=("approved",),
)
def test_an_approve_of_what_is_pending(api: Api, stock: Stock) -> None:
    """Approve a pending container, look, approve it again with a key, and try to reject it."""
    # A container of its own: after the rejects and regenerations of the other one it would be the end of too long a chain.
    made = stock.to_approve()
    exchange = api.approve(made.container_id)
    _look(api, made)
    if status_of(exchange) == 200:
        # A key may be honoured or ignored here (open reading 15).
        api.approve(made.container_id, key=api.key())
        again_decided = (
            api.reject_call(made.container_id),
            api.reject_call(made.container_id, regenerate=True, costs=0),
        )
        watched(api, made, *again_decided)


@provokes(
    "APR-2 APR-3 APR-5 IDM-3 LIF-5 LIF-6 LST-4 LST-9 REG-3",
    profile="certify",
    generations=2,
    needs=("failing_brief",),
    depth=2,
    changes=("recovered",),
)
def test_a_failure_in_the_review_project(api: Api, stock: Stock) -> None:
    """Let a generation of the review project fail, try to decide on it, regenerate it so that it completes, and leave it to the last look."""
    call = api.create_call(api.review_project, api.failing_brief(), "auto", key=api.key())
    made = stock.finish(stock.start(call))
    # Neither the form of the key nor anything in this body, nor what it lacks, may be refused by a limit that no page states.
    media = list(api.target.fixtures.reference_media_ids[:1])
    api.send(disputed(api, made, api.brief(**({"referenceMediaIds": media} if media else {}))))
    watched(api, made, api.reject_call(made.container_id))
    api.approve(made.container_id)
    api.read(made.container_id)
    # What decides where the format is left open may differ from what the containers of other drivers have.
    patch = {"hook": api.hook("Well again")} | ({"referenceMediaIds": media} if media else {})
    made.job_id = needed(api.regenerate(made.container_id, patch, key=api.key()), "jobId")
    stock.put("recovered", stock.finish(made))
    _look(api, made)
    sweep(api, api.review_project)
