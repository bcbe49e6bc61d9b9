"""Fuzzing by the OpenAPI document: positive and negative data of every operation, and the borders of every schema."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest

from conformance.contract.document import GENERATING_OPERATIONS
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import READS, ResourceIds, by_other_methods, ids_of_nothing
from conformance.suite.cases import WRITES, FuzzCase
from conformance.suite.fuzzing import borders, is_documented, random_cases, send
from conformance.suite.stock import Stock, sweep

BORDERS, FIRST_BORDERS = 150, 12
"""Cases of the coverage phase of one operation at most, and under `gate`."""


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
    sent = list(cases)
    ids = ids_of(api, stock)
    spare = ids if all(is_documented(api, case) for case in sent) else spare_ids(api, stock)
    for case in sent:
        send(api, operation, case, ids, spare, positive=positive)


@provokes("ERR-5", "ERR-1", "ERR-2", "ERR-6", profile="gate", group="fuzz", generations=1)
def test_other_methods_on_a_container_that_is_made_for_it(api: Api, stock: Stock) -> None:
    """Call the paths of a container of its own, and of its job, by methods that no page documents."""
    spare = stock.spare()
    nothing = ids_of_nothing(api, ResourceIds(api.project, spare.container_id, spare.job_id, spare.asset_id))
    for call in by_other_methods(api, ResourceIds(nothing.project, spare.container_id, spare.job_id, spare.asset_id)):
        api.send(call)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9", profile="gate", group="fuzz")
def test_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send negative data and the first negative borders of an operation: only what cannot be accepted."""
    if operation not in GENERATING_OPERATIONS:
        send_random(run, api, stock, operation, positive=False)
    send_all(api, stock, operation, borders(operation, positive=False, most=FIRST_BORDERS), positive=False)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes(*("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9"), profile="certify", group="fuzz", generations=20)
def test_more_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send the other negative borders of an operation, and negative data of those that cost, which a target may accept."""
    if operation in GENERATING_OPERATIONS:
        send_random(run, api, stock, operation, positive=False)
    rest = islice(borders(operation, positive=False, most=BORDERS), FIRST_BORDERS, None)
    send_all(api, stock, operation, rest, positive=False)
    sweep(api)


@pytest.mark.parametrize("operation", READS)
@provokes("SCH-1", "SCH-2", "SCH-4", "ERR-1", "ERR-2", profile="gate", group="fuzz")
def test_reads_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a read."""
    send_random(run, api, stock, operation, positive=True)
    send_all(api, stock, operation, borders(operation, positive=True, most=20), positive=True)


@pytest.mark.parametrize("operation", ["createContent", "regenerateContent"])
@provokes(
    "CRE-1", "CRE-5", "CRE-6", "REG-1", "REG-2", "SCH-1", "ERR-1", profile="certify", group="fuzz", generations=60
)
def test_writes_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a write that costs, and read back what it made."""
    send_random(run, api, stock, operation, positive=True)
    most = run.spec.profile.fuzz_examples
    send_all(api, stock, operation, borders(operation, positive=True, most=most), positive=True)
    for item in api.walk(query={"limit": 50})[:50]:
        api.read(str(item.get("id")))
    api.settle(stock.first().container_id)
