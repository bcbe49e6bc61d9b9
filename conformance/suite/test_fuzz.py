"""Random input: fuzzing by the OpenAPI document, state machines, and one job polled without a pause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice, zip_longest

import pytest

from conformance.client.answers import asset_ids_of, status_of
from conformance.client.call import Call
from conformance.client.exchange import Headers, Request
from conformance.contract.document import GENERATING_OPERATIONS
from conformance.contract.paths import quoted
from conformance.contract.validity import Known, Validity, classify, is_uuid, parse
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import READS, ResourceIds, by_other_methods, ids_of_nothing
from conformance.suite.cases import (
    STORED_BORDERS,
    STORED_EXAMPLES,
    STORED_SEED,
    WRITES,
    FuzzCase,
    name_of,
    slot,
    stored,
)
from conformance.suite.stock import Stock, sweep
from conformance.suite.stock import accepted as is_accepted

MOST_LIFE, MOST_LISTS, MOST_KEYS = 5, 2, 6
"""Generations that all examples of a machine may start; beyond them they look at what stands, and decide on it."""


@provokes(
    "CRE-4 CRE-5 LIF-2 LIF-3 LIF-8 LIF-9 APR-2 APR-5 APR-7 JOB-2 JOB-3 JOB-4 REG-1 REG-2 REG-4 IDM-1 IDM-3 SCH-1",
    "ERR-1",
    profile="certify",
    generations=MOST_LIFE,
    alone=True,
    calls=360,
)
def test_the_life_of_containers(run: Run, api: Api, stock: Stock) -> None:
    """Explore lives: create, read, regenerate, reject, approve, cancel, clone, replay and dispute at any moment."""
    from conformance.suite.machines import Life, explore  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Life, run, api, stock, MOST_LIFE)


@provokes(
    "LST-1 LST-2 LST-4 LST-5 LST-6 LST-7 LST-9 LST-12 LST-15 LST-16",
    profile="certify",
    generations=MOST_LISTS,
    alone=True,
    calls=160,
)
def test_lists_under_change(run: Run, api: Api, stock: Stock) -> None:
    """Explore lists: walks of any size and filter between creates, and cursors out of their place."""
    from conformance.suite.machines import Listing, explore  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Listing, run, api, stock, MOST_LISTS)


@provokes(
    "IDM-1 IDM-2 IDM-3 IDM-4 IDM-5 IDM-6 IDM-8 IDM-9 IDM-10 IDM-11 IDM-14",
    profile="certify",
    generations=MOST_KEYS,
    alone=True,
    calls=130,
)
def test_keys_that_meet(run: Run, api: Api, stock: Stock) -> None:
    """Explore idempotency: few keys over bodies, projects, operations and organizations."""
    from conformance.suite.machines import Keys, explore  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Keys, run, api, stock, MOST_KEYS)


POLLS = 400
PACED = 25
"""How many of them a run makes that is paced, and so not meant to find the limit."""


@provokes("ERR-7", profile="certify", takes=("first",), alone=True, calls=120)
def test_one_job_polled_without_a_pause(run: Run, api: Api, stock: Stock) -> None:
    """Read one job over and over until a 429, only some times where the run is paced."""
    made = stock.first()
    for _ in range(PACED if run.spec.target.budget.requests_per_second else POLLS):
        if status_of(api.job(made.job_id, once=True)) == 429:
            break
    api.job(made.job_id)


BREAKS: dict[str, dict[str, object]] = {
    "createContent": {"format": "no_such_format"},
    "regenerateContent": {"patch": 7},
    "cloneFromPost": {"mode": 7},
}
"""Members that make any body of an operation invalid."""


def borders(operation_id: str, *, positive: bool, most: int) -> Iterable[FuzzCase]:
    """Return at most this number of cases at the borders of an operation's schemas."""
    found = stored().get(name_of(operation_id, "borders", positive=positive))
    if found is not None and most <= STORED_BORDERS:
        return found[:most]
    from conformance.suite import generation  # noqa: PLC0415 - schemathesis is slow to import

    return generation.borders(operation_id, positive=positive, most=most)


def random_cases(operation_id: str, *, positive: bool, examples: int, seed: int) -> Iterable[FuzzCase]:
    """Return this number of random cases of an operation."""
    found = stored().get(name_of(operation_id, "random", positive=positive))
    if found is not None and (examples, seed) == (STORED_EXAMPLES, STORED_SEED):
        return found
    from conformance.suite import generation  # noqa: PLC0415 - schemathesis is slow to import

    return generation.random_cases(operation_id, positive=positive, examples=examples, seed=seed)


def is_documented(api: Api, case: FuzzCase) -> bool:
    """Return whether the contract defines an operation for a case's method and path."""
    return api.contract.match(case.method, case.path.partition("?")[0]) is not None


def call_of(
    api: Api, operation_id: str, case: FuzzCase, ids: Mapping[str, str], spare: Mapping[str, str], *, positive: bool
) -> Call:
    """Return the call of a case with real ids; one that could be accepted costs one generation.

    A call that no page documents may exist all the same (open reading 28), so that it gets the `spare` ids of what nobody uses.

    A positive case gets a fresh Idempotency-Key. In any other case a UUID as the key is replaced by a fresh one, since schemathesis repeats
    one key, also in other runs of the same day.
    """
    path = case.path
    for name, value in (ids if is_documented(api, case) else spare).items():
        path = path.replace(slot(name), quoted(value))
    headers = tuple(
        (name, api.key() if name.lower() == "idempotency-key" and is_uuid(value) else value)
        for name, value in case.headers
    )
    if positive and operation_id in GENERATING_OPERATIONS:
        headers += (("Idempotency-Key", api.key()),)
    cost = _possible_cost(api, case.method, path, headers, case.body)
    return Call(case.method, path, headers=headers, body=case.body, costs=cost)


def unacceptable(operation_id: str, call: Call) -> Call | None:
    """Return a call that nobody may accept: as it is, or broken in one more place; None where that would leave nothing of it."""
    if not call.costs:
        return call
    body, broken = parse(call.body), BREAKS[operation_id]
    if not isinstance(body, dict) or body.keys() <= broken.keys():
        return None
    return replace(call, body=json.dumps(body | broken, ensure_ascii=False).encode(), costs=0)


def _possible_cost(api: Api, method: str, path: str, headers: Headers, body: bytes | None) -> int:
    matched = api.contract.match(method, path.partition("?")[0])
    if matched is None or matched[0].id not in GENERATING_OPERATIONS:
        return 0
    request = Request(method, path, (*headers, ("Content-Type", "application/json")), body)
    validity, _ = classify(matched[0], request, parse(body), Known())
    return 0 if validity in {Validity.INVALID, Validity.MALFORMED} else 1


BORDERS, FIRST_BORDERS = 150, 12
"""Cases of the coverage phase of one operation at most, and under `gate`."""
MOST_ACCEPTED = 2
"""Negative cases of one operation that a lenient target may accept, each of which costs a generation, before no more are sent."""
MOST_WRITTEN = 3
"""Positive cases of one operation that start a generation, before no more are sent."""


def ids_of(api: Api, stock: Stock) -> dict[str, str]:
    """Return real ids for the parameters of paths."""
    made = stock.first()
    return {"projectId": api.project, "containerId": made.container_id, "jobId": made.job_id, "assetId": made.asset_id}


def spare_ids(api: Api, stock: Stock) -> dict[str, str]:
    """Return ids for calls that no page documents: of the spare container, where there is one, and else of nothing."""
    made = stock.first()
    nothing = ids_of_nothing(api, ResourceIds(api.project, made.container_id, made.job_id, made.asset_id))
    spare = stock.spare() if stock.has("spare") else None
    return {
        "projectId": nothing.project,
        "containerId": spare.container_id if spare else nothing.container,
        "jobId": spare.job_id if spare else nothing.job,
        "assetId": nothing.asset,
    }


def send_random(run: Run, api: Api, stock: Stock, operation: str, *, positive: bool) -> None:
    """Send as many random cases of an operation as the profile asks for."""
    profile, seed = run.spec.profile, run.spec.seed
    send_all(
        api,
        stock,
        operation,
        random_cases(operation, positive=positive, examples=profile.fuzz_examples, seed=seed),
        positive=positive,
    )


def send_all(api: Api, stock: Stock, operation: str, cases: Iterable[FuzzCase], *, positive: bool) -> None:
    """Send cases of an operation."""
    for call in calls_for(api, stock, operation, cases, positive=positive):
        api.send(call)


def calls_for(api: Api, stock: Stock, operation: str, cases: Iterable[FuzzCase], *, positive: bool) -> list[Call]:
    """Return the calls of cases, with real ids."""
    sent = list(cases)
    ids = ids_of(api, stock)
    spare = ids if all(is_documented(api, case) for case in sent) else spare_ids(api, stock)
    return [call_of(api, operation, case, ids, spare, positive=positive) for case in sent]


@provokes("ERR-5 ERR-1 ERR-2 ERR-6", profile="gate", takes=("spare",), depth=1)
def test_other_methods_on_a_container_that_is_made_for_it(api: Api, stock: Stock) -> None:
    """Call the paths of a container of its own, and of its job, by methods that no page documents."""
    spare = stock.spare()
    ids = ResourceIds(api.project, spare.container_id, spare.job_id, *asset_ids_of(spare.shape)[:1])
    for call in by_other_methods(api, replace(ids, project=ids_of_nothing(api, ids).project)):
        api.send(call)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes("ERR-1 ERR-2 ERR-4 SCH-1 SCH-4 CRE-9", profile="gate", takes=("first",), alone=True, calls=170)
def test_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send negative data and the first negative borders of an operation: only what cannot be accepted."""
    if operation not in GENERATING_OPERATIONS:
        send_random(run, api, stock, operation, positive=False)
    cases = borders(operation, positive=False, most=FIRST_BORDERS)
    for call in calls_for(api, stock, operation, cases, positive=False):
        refused = unacceptable(operation, call)
        if refused is not None:
            api.send(refused)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes(
    "ERR-1 ERR-2 ERR-4 SCH-1 SCH-4 CRE-9",
    profile="certify",
    group="fuzz",
    generations=len(GENERATING_OPERATIONS) * MOST_ACCEPTED,
    takes=("first",),
    alone=True,
    calls=360,
)
def test_more_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send all negative borders of an operation, and negative data of those that cost; a lenient target may accept some of it."""
    accepted = 0
    for call in calls_for(api, stock, operation, negative(run, operation), positive=False):
        if not call.costs or accepted < MOST_ACCEPTED:
            accepted += is_accepted(status_of(api.send(call))) and call.costs
    sweep(api)


def negative(run: Run, operation: str) -> Iterator[FuzzCase]:
    """Yield the negative data of an operation that `gate` does not send as it is."""
    first, rest = FIRST_BORDERS, borders(operation, positive=False, most=BORDERS)
    if operation in GENERATING_OPERATIONS:
        first = 0
        yield from random_cases(operation, positive=False, examples=run.spec.profile.fuzz_examples, seed=run.spec.seed)
    yield from islice(rest, first, None)


@pytest.mark.parametrize("operation", READS)
@provokes("SCH-1 SCH-2 SCH-4 ERR-1 ERR-2", profile="gate", takes=("first",), alone=True, calls=70)
def test_reads_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a read."""
    send_random(run, api, stock, operation, positive=True)
    send_all(api, stock, operation, borders(operation, positive=True, most=20), positive=True)


@pytest.mark.parametrize("operation", ["createContent", "regenerateContent"])
@provokes(
    "CRE-1 CRE-5 CRE-6 REG-1 REG-2 SCH-1 ERR-1",
    profile="certify",
    group="fuzz",
    generations=2 * MOST_WRITTEN,
    takes=("first",),
    alone=True,
    calls=140,
)
def test_writes_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a write that costs, random ones and borders in turn until enough was accepted, and read back what it made."""
    most, seed = run.spec.profile.fuzz_examples, run.spec.seed
    drawn = random_cases(operation, positive=True, examples=most, seed=seed)
    cases = filter(None, chain.from_iterable(zip_longest(drawn, borders(operation, positive=True, most=most))))
    accepted = 0
    for call in calls_for(api, stock, operation, cases, positive=True):
        if not call.costs or accepted < MOST_WRITTEN:
            accepted += is_accepted(status_of(api.send(call))) and call.costs
    for item in api.walk(query={"limit": 50})[:50]:
        api.read(str(item.get("id")))
    api.settle(stock.first().container_id)
