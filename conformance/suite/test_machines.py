"""Random exploration: state machines that spend what the planned drivers have left."""

from __future__ import annotations

from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.stock import Stock

MOST_LIFE, MOST_LISTS, MOST_KEYS = 5, 2, 6
"""Generations that all examples of a machine may start; beyond them they look at what stands, and decide on it."""


@provokes(
    *("CRE-4", "CRE-5", "LIF-2", "LIF-3", "LIF-8", "LIF-9", "APR-2", "APR-5", "APR-7", "JOB-2", "JOB-3", "JOB-4"),
    *("REG-1", "REG-2", "REG-4", "IDM-1", "IDM-3", "SCH-1", "ERR-1"),
    profile="certify",
    generations=MOST_LIFE,
    alone=True,
    calls=360,
)
def test_the_life_of_containers(run: Run, api: Api, stock: Stock) -> None:
    """Explore lives: create, read, regenerate, reject, approve, cancel, clone, replay and dispute at any moment."""
    from conformance.suite.exploring import explore  # noqa: PLC0415 - only certify needs Hypothesis
    from conformance.suite.machines import Life  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Life, run, api, stock, MOST_LIFE)


@provokes(
    *("LST-1", "LST-2", "LST-4", "LST-5", "LST-6", "LST-7", "LST-9", "LST-12", "LST-15", "LST-16"),
    profile="certify",
    generations=MOST_LISTS,
    alone=True,
    calls=160,
)
def test_lists_under_change(run: Run, api: Api, stock: Stock) -> None:
    """Explore lists: walks of any size and filter between creates, and cursors out of their place."""
    from conformance.suite.exploring import explore  # noqa: PLC0415 - only certify needs Hypothesis
    from conformance.suite.machines import Listing  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Listing, run, api, stock, MOST_LISTS)


@provokes(
    *("IDM-1", "IDM-2", "IDM-3", "IDM-4", "IDM-5", "IDM-6", "IDM-8", "IDM-9", "IDM-10", "IDM-11", "IDM-14"),
    profile="certify",
    generations=MOST_KEYS,
    alone=True,
    calls=130,
)
def test_keys_that_meet(run: Run, api: Api, stock: Stock) -> None:
    """Explore idempotency: few keys over bodies, projects, operations and organizations."""
    from conformance.suite.exploring import explore  # noqa: PLC0415 - only certify needs Hypothesis
    from conformance.suite.machines import Keys  # noqa: PLC0415 - only certify needs Hypothesis

    explore(Keys, run, api, stock, MOST_KEYS)
