"""Every check there is, by family."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.checks.findings import Check

MODULES = (
    "schema",
    "errors",
    "breaches",
    "outages",
    "unknown_ids",
    "leaks",
    "access",
    "creating",
    "created",
    "lifecycle",
    "jobs",
    "approval",
    "idempotency",
    "replay_effects",
    "fresh_requests",
    "strays",
    "unnamed",
    "listing",
    "list_order",
    "list_items",
    "paging",
    "filters",
    "list_in_flight",
    "odd_queries",
    "regenerating",
    "cloning",
    "rejecting",
    "assets",
    "refusals",
)
"""The modules of this package that judge; each has a tuple `CHECKS` of the classes in it."""


def check_classes() -> list[type[Check]]:
    """Give the class of every check, in the order of the families."""
    found: list[type[Check]] = []
    for name in MODULES:
        found.extend(import_module(f"conformance.checks.{name}").CHECKS)
    return found


def all_checks() -> list[Check]:
    """Make every check anew, for one history."""
    return [check() for check in check_classes()]
