"""Checks of listing (LST)."""

from conformance.checks.base import Check
from conformance.checks.listing import completeness, filters, in_flight, items, odd_queries, order, paging

CHECKS: tuple[type[Check], ...] = (
    *completeness.CHECKS,
    *paging.CHECKS,
    *order.CHECKS,
    *filters.CHECKS,
    *in_flight.CHECKS,
    *odd_queries.CHECKS,
    *items.CHECKS,
)
