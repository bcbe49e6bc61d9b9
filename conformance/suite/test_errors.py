"""What is refused: unknown ids, bodies that break the schema, other methods and media types, and hostile input."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from conformance.client.answers import answer_of, text_in
from conformance.client.call import ABSENT, Call
from conformance.client.exchange import Exchange
from conformance.contract.paths import Encoded, path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import READS, WRITES, ResourceIds, altered, by_other_methods, calls_of, ids_of_nothing
from conformance.suite.stock import Made, Stock, again, differing_at_its_end, sweep
from strategies import hostile
from strategies.bodies import HALF_A_PAIR, MALFORMED, broken_creates
from strategies.samples import KINDS

ALIKE = 3
"""How often each body that is no JSON is sent: what it leaves behind bears no mark, and is only told by its time."""


@provokes("ERR-3 ERR-2 SCH-4", takes=("first",))
def test_ids_that_name_nothing(api: Api, stock: Stock) -> None:
    """Call every operation on a container, a job, an asset and a project that are not there."""
    made = stock.first()
    ids = ResourceIds(altered(api.project), altered(made.container_id), altered(made.job_id), altered(made.asset_id))
    for call in calls_of(api, READS, ids):
        api.send(call)
    api.asset(made.container_id, altered(made.asset_id))
    api.read(made.job_id)
    api.job(made.container_id)
    # Where a clone names the container that it makes, an unknown id in its path is the valid call.
    writes = tuple(name for name in WRITES if name != "cloneFromPost" or api.target.dialect.clone_id == "existing")
    nothing = ids_of_nothing(api, ResourceIds(api.project, made.container_id, made.job_id, made.asset_id))
    for call in calls_of(api, writes, nothing):
        api.send(call)


@provokes("CRE-9 CRE-10 ERR-4 ERR-2", takes=("first",), calls=80)
def test_creates_that_break_the_schema(api: Api, stock: Stock) -> None:
    """Send creates with a wrong format or type, one at a time and each twice, and look whether anything came of them."""
    stock.first()
    # What bears no mark is only told by its time, for which a few are not enough.
    for body in (*broken_creates(api.full_brief), *broken_creates(api.full_brief)):
        api.send(api.call("POST", path_to("projects", api.project, "content"), body, key=api.key()))
    sweep(api, whole=True)


@provokes("ERR-4 ERR-1 CRE-9 CRE-10", takes=("first",), calls=60)
def test_bodies_that_are_not_json(api: Api, stock: Stock) -> None:
    """Send malformed bodies to every operation that takes one, without a key and with one."""
    made = stock.first()
    api.read(made.container_id)
    for path in _paths_with_bodies(api, made.container_id):
        for raw in MALFORMED:
            api.send(api.call("POST", path, raw=raw))
        for raw in (MALFORMED[0], HALF_A_PAIR):
            api.send(api.call("POST", path, raw=raw, key=api.key()))
    api.read(made.container_id)
    sweep(api, whole=True)


def _paths_with_bodies(api: Api, container_id: str) -> tuple[str, ...]:
    content = path_to("content", container_id)
    return (
        path_to("projects", api.project, "content"),
        f"{content}/regenerate",
        f"{content}/clone-from-post",
        f"{content}/reject",
    )


@provokes("ERR-5 ERR-1 ERR-2 ERR-6 CRE-10", takes=("first",))
def test_methods_and_media_types_that_are_not_documented(api: Api, stock: Stock) -> None:
    """Call documented paths by other methods on ids that name nothing, and send bodies that are no JSON under other content types."""
    made = stock.first()
    api.read(made.container_id)
    create = path_to("projects", api.project, "content")
    for media_type, raw in (
        ("text/plain", b"a hook"),
        ("application/xml", b"<hook>a</hook>"),
        ("application/x-www-form-urlencoded", b"format=auto&hook=a"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\na\r\n--b--\r\n"),
        (ABSENT, b"a hook"),
        ("not a media type", b"a hook"),
        ("application/json; charset=no-such-charset", b'{"format": "no_such_format"}'),
        ("application/json; charset=utf-16", b'{"format": "no_such_format"}'),
    ):
        for _ in range(ALIKE):
            api.send(api.call("POST", create, raw=raw, headers={"Content-Type": media_type}))
    api.read(made.container_id)
    sweep(api)
    # Operations that no page lists may exist (open reading 28), so that none is sent to what others may use.
    nothing = ids_of_nothing(api, ResourceIds(api.project, made.container_id, made.job_id, made.asset_id))
    for call in by_other_methods(api, nothing):
        api.send(call)
    for path in (
        path_to("nothing-is-here"),
        path_to("content", nothing.container, "nothing"),
        path_to("projects", nothing.project, "nothing"),
    ):
        api.send(api.call("GET", path))


AT_ONCE = 4
"""Creates that are sent at one instant, so that some share a createdAt."""


@provokes("ERR-1 ERR-2 ERR-6 CRE-10", takes=("first",))
def test_bodies_that_parsers_read_differently(api: Api, stock: Stock) -> None:
    """Send bodies with duplicate members, lone surrogates, deep nesting, odd numbers and other encodings; most are refused."""
    stock.first()
    path = path_to("projects", api.project, "content")
    for _, raw in hostile.raw_creates(api.hook):
        api.send(api.call("POST", path, raw=raw.replace(b'"video_remix"', b'"no_such_format"')))
    sweep(api)


@provokes("ERR-1 ERR-2 CRE-5 CRE-10", profile="gate", group="hostile")
def test_texts_in_refused_creates(api: Api) -> None:
    """Send every odd text in a create that another field makes invalid: nothing is to be paid for, and nothing may break."""
    path = path_to("projects", api.project, "content")
    for text in hostile.TEXTS.values():
        brief = api.brief(themeTags=[text]) | {"hook": api.hook(text)}
        api.send(api.call("POST", path, {"format": "no_such_format", "brief": brief}))
        api.send(api.call("POST", path, {"format": text, "brief": api.brief()}))
    api.send(api.call("POST", path, {"format": "no_such_format", "brief": {"hook": "x" * hostile.LONGEST}}))
    sweep(api)


@provokes("ERR-1 IDM-3 IDM-4", takes=("first",))
def test_texts_under_a_key_that_is_taken(api: Api, stock: Stock) -> None:
    """Send every odd text in a valid create whose key belongs to another body: it is read to its end, and refused at no price."""
    made = stock.first()
    for text in hostile.TEXTS.values():
        body = {"format": "auto", "brief": {"hook": f"{text} {api.hook()}", "themeTags": [text]}}
        api.send(replace(again(made.call), body=json.dumps(body, ensure_ascii=False).encode()))
    api.send(again(made.call))
    sweep(api)


@provokes(
    "CRE-5 CRE-6 CRE-7 CRE-8 LIF-4 ERR-1 ERR-2 IDM-1 IDM-3 IDM-4 IDM-5",
    profile="certify",
    generations=len(hostile.TEXTS) + 1,
    fills=len(hostile.TEXTS) + 1,
    depth=1,
    calls=170,
)
def test_each_odd_text_in_a_create_of_its_own(api: Api, stock: Stock) -> None:
    """Create with each odd text, in briefs of every kind and format, some under odd keys, several at once; read each, dispute it at its end."""
    made: list[Made] = []
    odd = _odd_creates(api)
    while several := list(islice(odd, AT_ONCE)):
        answers = api.send_together([calls[0] for calls in several])
        for calls, exchange in zip(several, answers, strict=True):
            with suppress(NotReached):
                made.append(_begun(stock, calls, exchange))
    for one in made:
        api.send(again(one.call))
    for one in made:
        api.settle(one.container_id, one.job_id)
        api.send(differing_at_its_end(one.call))
        api.send(again(one.call))
    path = path_to("projects", api.project, "content")
    api.send(api.call("POST", path, {"format": "no_such_format", "brief": {"hook": "x" * hostile.LARGEST}}))
    exchange = api.create(brief={"hook": api.hook() + "\u00e9" * hostile.LONGEST})
    if isinstance(answer_of(exchange).get("containerId"), str):
        api.read(str(answer_of(exchange)["containerId"]))
    sweep(api)


def _odd_creates(api: Api) -> Iterator[tuple[Call, ...]]:
    """Yield for each odd text a create with it in each place that takes one, and plainer ones in case that it breaks a limit of the target."""
    odd_keys = [secrets.token_hex(6) + (key[12:] if len(key) > 100 else key) for key in hostile.KEYS.values() if key]
    for index, (text, (telling, format_)) in enumerate(zip(hostile.TEXTS.values(), KINDS, strict=False)):
        brief = api.telling_brief(telling)
        odd = brief | {
            "hook": f"{text} {brief['hook']}",
            "themeTags": [text, *brief["themeTags"]] if brief["themeTags"] else [],
        }
        plain = api.brief(themeTags=[text, "plain"]) | {"hook": f"{text} {api.hook()}"}
        calls = [api.create_call(None, body, format_, key=api.key()) for body in (odd, plain, brief)]
        if index < len(odd_keys):
            # Nobody has to take such a key, whatever the body.
            calls.insert(0, api.create_call(None, odd, format_, key=odd_keys[index], means_valid=False))
        yield tuple(calls)


def _begun(stock: Stock, calls: tuple[Call, ...], exchange: Exchange) -> Made:
    """Return what the first call has made by its answer, or what the plainer ones make in its place."""
    container_id, job_id = text_in(exchange, "containerId"), text_in(exchange, "jobId")
    if not container_id or not job_id:
        return stock.start(*calls[1:])
    return Made(container_id, job_id, calls[0], answer_of(stock.api.read(container_id)))


@provokes("ERR-1 ERR-2 ERR-3 AUT-1", calls=60)
def test_hostile_ids_in_paths(api: Api) -> None:
    """Read containers, jobs, assets and projects by ids that no target gives."""
    for identifier in map(Encoded, hostile.IDS.values()):
        for path in (path_to("content", identifier), path_to("jobs", identifier)):
            api.send(api.call("GET", path))
    for identifier in map(Encoded, ("a%2Fb", "a%00b", "%ff%fe", "%20")):
        for path in (
            path_to("content", identifier, "progress"),
            path_to("content", identifier, "assets", identifier),
            path_to("projects", identifier, "content"),
        ):
            api.send(api.call("GET", path))
        api.send(api.call("POST", path_to("content", identifier, "regenerate")))
        api.send(api.call("POST", path_to("content", identifier, "reject"), {"reason": "a"}))
        api.send(api.call("POST", path_to("projects", identifier, "content"), {"format": "auto", "brief": api.brief()}))


@provokes("ERR-1 LST-13 LST-14", takes=("first",))
def test_hostile_queries_of_the_list(api: Api, stock: Stock) -> None:
    """Read the list with queries that no sensible client sends."""
    stock.first()
    for query in hostile.QUERIES.values():
        api.page(query=query)


def _odd_headed(api: Api, made: Made) -> tuple[Call, ...]:
    """Return a read, and a create that is invalid."""
    return (
        api.call("GET", path_to("jobs", made.job_id)),
        api.create_call(brief={"hook": 7}, means_valid=False, costs=0),
    )


@provokes("ERR-1", profile="gate", group="tour", takes=("first",), calls=70)
def test_hostile_keys_and_headers(run: Run, api: Api, stock: Stock) -> None:
    """Send odd Idempotency-Keys and other headers with reads and with bodies that are invalid, so that nothing is to be paid for."""
    made = stock.first()
    content = path_to("content", made.container_id)
    for key in hostile.KEYS.values():
        api.create(brief={"hook": 7}, key=key, means_valid=False, costs=0)
        api.send(api.call("POST", f"{content}/regenerate", {"patch": {"hook": 7}}, key=key))
        api.send(api.call("POST", f"{content}/clone-from-post", {"sourcePlatformPostId": 7}, key=key))
        api.send(api.call("POST", f"{content}/reject", {"reason": 7}, key=key))
    for headers in hostile.HEADERS.values():
        for call in _odd_headed(api, made):
            api.send(replace(call, headers=(*call.headers, *headers)))
    api.send(api.call("GET", path_to("jobs", made.job_id), raw=b"{"))
    run.session.send(api.call("GET", path_to("projects", api.project, "content"), headers={"X-Odd": "v" * 7000}))
    run.session.send(
        api.call("GET", path_to("projects", api.project, "content"), headers={"Accept": "text/html;q=0.1"})
    )
    sweep(api)
