"""Seeded defects of the sandbox, by family of requirements: each replaces one small piece of it.

Each module has a table `FAULTS` with a row for each fault: the requirement that it breaks, its depth, its name and what it does.
What installs the fault `second-clone-is-the-first` stands in the same module: either `second_clone_is_the_first`, an install,
or the class `SecondCloneIsTheFirst`, which takes the place of the part that it derives from.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from sandbox.change import Depth, Fault, by_name, install_of, rows

MODULES = (
    "creating",
    "creating_briefs",
    "lifecycle",
    "lifecycle_results",
    "jobs",
    "approval",
    "approval_decisions",
    "schema",
    "errors",
    "access",
    "organizations",
    "idempotency",
    "idempotency_bodies",
    "idempotency_operations",
    "listing",
    "listing_parameters",
    "regenerating",
    "regenerating_patches",
    "cloning",
    "rejecting",
    "assets",
    "races",
)
"""The modules with faults."""

CONTAINERS = {"limit-without-a-cap": 201, "negative-limit-lists-all": 201, "page-of-201": 230}
"""How many containers the project must hold before, for the faults that show in full projects only."""

ROW = re.compile(r"(?P<requirement>\S+) (?P<depth>shallow|stateful|deep) (?P<name>[a-z0-9-]+): (?P<summary>.*)")


def faults_of(module: str) -> Iterator[Fault]:
    """Yield the faults of a module of this package. Raises ValueError if a row of its table has another form."""
    names: dict[str, Any] = vars(import_module(f"sandbox.faults.{module}"))
    for row in rows(names["FAULTS"]):
        found = ROW.fullmatch(row)
        if found is None:
            raise ValueError(f"not a row of a fault: {row}")
        requirement, depth, name, summary = found.groups()
        install = install_of(name, names)
        yield Fault(name, requirement, cast("Depth", depth), summary, install, CONTAINERS.get(name, 0))


@lru_cache(maxsize=1)
def all_faults() -> dict[str, Fault]:
    """Return every fault by its name."""
    return by_name(fault for module in MODULES for fault in faults_of(module))


def find(name: str) -> Fault:
    """Return a fault by its name. Raises LookupError if there is none."""
    return all_faults()[name]
