"""Seeded defects of the sandbox, by family: each replaces one small piece of it."""

from functools import lru_cache
from importlib import import_module

from sandbox.change import Fault, by_name

MODULES = (
    "creating",
    "creating_briefs",
    "creating_refusals",
    "lifecycle",
    "lifecycle_results",
    "lifecycle_stops",
    "jobs",
    "jobs_details",
    "approval",
    "approval_decisions",
    "schema",
    "schema_times",
    "errors",
    "errors_validation",
    "errors_crashes",
    "access",
    "organizations",
    "idempotency",
    "idempotency_bodies",
    "idempotency_calls",
    "idempotency_keys",
    "listing",
    "listing_filters",
    "listing_items",
    "listing_parameters",
    "regenerating",
    "cloning",
    "rejecting",
    "assets",
    "afterwards",
    "at_once",
    "sequences",
    "callers",
    "mutants",
    "at_one_moment",
    "third_steps",
    "remembered",
    "after_ends",
    "earlier_jobs",
    "borders",
    "clone_lines",
    "unlucky_states",
    "unlucky_calls",
    "clone_relations",
    "forgotten_branches",
    "kept_too_coarsely",
    "written_over",
)
"""The modules of this package; each has a tuple `FAULTS`."""


@lru_cache(maxsize=1)
def all_faults() -> dict[str, Fault]:
    """Return every fault by its name."""
    return by_name(fault for module in MODULES for fault in import_module(f"sandbox.faults.{module}").FAULTS)


def find(name: str) -> Fault:
    """Return a fault by its name. Raises LookupError if there is none."""
    return all_faults()[name]
