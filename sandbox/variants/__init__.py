"""Conformant variants of the sandbox: each replaces one small piece of it.

Each module has a table `VARIANTS` with a row for each variant. The code of a variant has its name, as that of a fault.
"""

from collections.abc import Iterator
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from sandbox.change import Variant, by_name, install_of, rows
from sandbox.settings import SandboxSettings

MODULES = (
    "ids",
    "values",
    "members",
    "jobs",
    "assets",
    "refusals",
    "approvals",
    "listing",
    "timing",
    "generations",
    "replicas",
    "idempotency",
    "capabilities",
    "transport",
    "load",
)
"""The modules with variants."""

DIALECT = {"clone-path-names-the-clone": (("clone_id", "fresh"),)}
"""The settings `dialect` that a client needs."""

READ_LAG = ("reads-by-replica", "lists-by-replica", "assets-by-replica", "jobs-by-turns", "containers-by-turns")
"""The variants whose reads lag behind by up to half a second."""


def named(name: str, settings: SandboxSettings) -> dict[str, str]:
    """Return the parts of `server.describe` that a variant names otherwise."""
    return {"otherProjectId": settings.project_id} if name == "one-project-id-in-two-organizations" else {}


def variants_of(module: str) -> Iterator[Variant]:
    """Yield the variants of a module of this package."""
    names: dict[str, Any] = vars(import_module(f"sandbox.variants.{module}"))
    for row in rows(names["VARIANTS"]):
        name, _, summary = row.partition(": ")
        timing = (("read_lag", 0.5),) if name in READ_LAG else ()
        yield Variant(name, summary, install_of(name, names), DIALECT.get(name, ()), timing, partial(named, name))


@lru_cache(maxsize=1)
def all_variants() -> dict[str, Variant]:
    """Return every variant by its name."""
    return by_name(variant for module in MODULES for variant in variants_of(module))


def find(name: str) -> Variant:
    """Return a variant by its name. Raises LookupError if there is none."""
    return all_variants()[name]
