"""Checks of errors (ERR)."""

from conformance.checks.base import Check
from conformance.checks.errors import (
    envelope,
    invalid_bodies,
    lapses,
    leaks,
    outages,
    rate_limits,
    undocumented_requests,
    unknown_ids,
)

CHECKS: tuple[type[Check], ...] = (
    *outages.CHECKS,
    *lapses.CHECKS,
    *envelope.CHECKS,
    *unknown_ids.CHECKS,
    *invalid_bodies.CHECKS,
    *undocumented_requests.CHECKS,
    *leaks.CHECKS,
    *rate_limits.CHECKS,
)
