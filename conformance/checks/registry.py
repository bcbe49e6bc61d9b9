"""Every check there is, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import access, assets, cloning, regenerating, rejecting, schema
from conformance.checks.approval import states as approval
from conformance.checks.creating import answers, reads
from conformance.checks.errors import breaches, leaks, outages, refusals, unknown_ids
from conformance.checks.idempotency import fresh_requests, replay_effects, replaying
from conformance.checks.jobs import reads as jobs
from conformance.checks.lifecycle import states as lifecycle
from conformance.checks.listing import completeness, filters, in_flight, items, odd_queries, order, paging
from conformance.checks.refused_calls import effects, orphans, unnamed

if TYPE_CHECKING:
    from conformance.checks.findings import Check

MODULES = (
    *(schema, refusals, breaches, outages, unknown_ids, leaks, access),
    *(answers, reads, lifecycle, jobs, approval),
    *(replaying, replay_effects, fresh_requests, orphans, unnamed),
    *(completeness, order, items, paging, filters, in_flight, odd_queries),
    *(regenerating, cloning, rejecting, assets, effects),
)
"""The modules that judge; each has a tuple `CHECKS` of the classes in it."""


def check_classes() -> list[type[Check]]:
    """Return the class of every check, in the order of the families."""
    return [check for module in MODULES for check in module.CHECKS]


def all_checks() -> list[Check]:
    """Make every check anew, for one history."""
    return [check() for check in check_classes()]
