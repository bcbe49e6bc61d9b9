"""What is refused: unknown ids, bodies that break the schema, other methods and media types."""

from __future__ import annotations

from conformance.client.call import ABSENT
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import READS, WRITES, ResourceIds, altered, by_other_methods, calls_of, ids_of_nothing
from conformance.suite.stock import Stock, sweep
from strategies.bodies import HALF_A_PAIR, MALFORMED, broken_creates

ALIKE = 3
"""How often each body that is no JSON is sent: what it leaves behind bears no mark, and is only told by its time."""


@provokes("ERR-3", "ERR-2", "SCH-4", takes=("first",))
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


@provokes("CRE-9", "CRE-10", "ERR-4", "ERR-2", takes=("first",), calls=80)
def test_creates_that_break_the_schema(api: Api, stock: Stock) -> None:
    """Send creates with a wrong format or type, one at a time and each twice, and look whether anything came of them."""
    stock.first()
    # What bears no mark is only told by its time, for which a few are not enough.
    for body in (*broken_creates(api.full_brief), *broken_creates(api.full_brief)):
        api.send(api.call("POST", path_to("projects", api.project, "content"), body, key=api.key()))
    sweep(api, whole=True)


@provokes("ERR-4", "ERR-1", "CRE-9", "CRE-10", takes=("first",), calls=60)
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


@provokes("ERR-5", "ERR-1", "ERR-2", "ERR-6", "CRE-10", takes=("first",))
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
