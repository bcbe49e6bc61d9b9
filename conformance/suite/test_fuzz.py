"""Fuzzing by the OpenAPI document: positive and negative data of every operation, and the borders of every schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, zip_longest

import pytest

from conformance.client.answers import asset_ids_of, status_of
from conformance.client.call import Call
from conformance.contract.document import GENERATING_OPERATIONS
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import READS, ResourceIds, by_other_methods, ids_of_nothing
from conformance.suite.cases import WRITES, FuzzCase
from conformance.suite.fuzzing import borders, call_of, is_documented, random_cases, unacceptable
from conformance.suite.stock import Stock, sweep
from conformance.suite.stock import accepted as is_accepted

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


@provokes("ERR-5", "ERR-1", "ERR-2", "ERR-6", profile="gate", takes=("spare",), depth=1)
def test_other_methods_on_a_container_that_is_made_for_it(api: Api, stock: Stock) -> None:
    """Call the paths of a container of its own, and of its job, by methods that no page documents."""
    spare = stock.spare()
    ids = ResourceIds(api.project, spare.container_id, spare.job_id, *asset_ids_of(spare.shape)[:1])
    for call in by_other_methods(api, replace(ids, project=ids_of_nothing(api, ids).project)):
        api.send(call)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9", profile="gate", takes=("first",), alone=True, calls=170)
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
    *("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9"),
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
@provokes("SCH-1", "SCH-2", "SCH-4", "ERR-1", "ERR-2", profile="gate", takes=("first",), alone=True, calls=70)
def test_reads_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a read."""
    send_random(run, api, stock, operation, positive=True)
    send_all(api, stock, operation, borders(operation, positive=True, most=20), positive=True)


@pytest.mark.parametrize("operation", ["createContent", "regenerateContent"])
@provokes(
    "CRE-1",
    "CRE-5",
    "CRE-6",
    "REG-1",
    "REG-2",
    "SCH-1",
    "ERR-1",
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
