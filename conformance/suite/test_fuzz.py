"""Fuzzing by the OpenAPI document: positive and negative data of every operation, and the borders of every schema."""

from __future__ import annotations

from itertools import islice

import pytest

from conformance.contract.document import GENERATING_OPERATIONS
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import READS
from conformance.suite.cases import WRITES
from conformance.suite.fuzzing import borders, random_cases, send
from conformance.suite.stock import Stock, sweep

BORDERS, FIRST_BORDERS = 150, 12
"""Cases of the coverage phase of one operation at most, and under `gate`."""


def ids_of(api: Api, stock: Stock) -> dict[str, str]:
    """Return real ids for the parameters of paths."""
    made = stock.first()
    return {"projectId": api.project, "containerId": made.container_id, "jobId": made.job_id, "assetId": made.asset_id}


def send_random(run: Run, api: Api, operation: str, ids: dict[str, str], *, positive: bool) -> None:
    """Send as many random cases of an operation as the profile asks for."""
    profile, seed = run.spec.profile, run.spec.seed
    for case in random_cases(operation, positive=positive, examples=profile.fuzz_examples, seed=seed):
        send(api, operation, case, ids, positive=positive)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9", profile="gate", group="fuzz", alone=True)
def test_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send negative data and the first negative borders of an operation: only what cannot be accepted."""
    ids = ids_of(api, stock)
    if operation not in GENERATING_OPERATIONS:
        send_random(run, api, operation, ids, positive=False)
    for case in borders(operation, positive=False, most=FIRST_BORDERS):
        send(api, operation, case, ids, positive=False)
    sweep(api)


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@provokes(
    *("ERR-1", "ERR-2", "ERR-4", "SCH-1", "SCH-4", "CRE-9"), profile="certify", group="fuzz", generations=20, alone=True
)
def test_more_data_that_breaks_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send the other negative borders of an operation, and negative data of those that cost, which a target may accept."""
    ids = ids_of(api, stock)
    if operation in GENERATING_OPERATIONS:
        send_random(run, api, operation, ids, positive=False)
    for case in islice(borders(operation, positive=False, most=BORDERS), FIRST_BORDERS, None):
        send(api, operation, case, ids, positive=False)
    sweep(api)


@pytest.mark.parametrize("operation", READS)
@provokes("SCH-1", "SCH-2", "SCH-4", "ERR-1", "ERR-2", profile="gate", group="fuzz", alone=True)
def test_reads_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a read."""
    ids = ids_of(api, stock)
    send_random(run, api, operation, ids, positive=True)
    for case in borders(operation, positive=True, most=20):
        send(api, operation, case, ids, positive=True)


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
    generations=60,
    alone=True,
)
def test_writes_that_fit_the_schema(run: Run, api: Api, stock: Stock, operation: str) -> None:
    """Send positive data of a write that costs, and read back what it made."""
    ids = ids_of(api, stock)
    send_random(run, api, operation, ids, positive=True)
    for case in borders(operation, positive=True, most=run.spec.profile.fuzz_examples):
        send(api, operation, case, ids, positive=True)
    for item in api.walk(query={"limit": 50})[:50]:
        api.read(str(item.get("id")))
    api.settle(ids["containerId"])
