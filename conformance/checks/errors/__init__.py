"""Checks of errors (ERR)."""

from conformance.checks.base import Check
from conformance.checks.errors import breaches, leaks, outages, refusals, unknown_ids

CHECKS: tuple[type[Check], ...] = (
    *outages.CHECKS,
    *refusals.CHECKS,
    *breaches.CHECKS,
    *unknown_ids.CHECKS,
    *leaks.CHECKS,
)
