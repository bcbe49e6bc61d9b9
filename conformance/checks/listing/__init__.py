"""Checks of listing (LST)."""

from conformance.checks.base import Check
from conformance.checks.listing import (
    completeness,
    cursors,
    filter_values,
    filters,
    in_flight,
    items,
    order,
    page_sizes,
    refused_lists,
)

CHECKS: tuple[type[Check], ...] = (
    *completeness.CHECKS,
    *refused_lists.CHECKS,
    *page_sizes.CHECKS,
    *cursors.CHECKS,
    *order.CHECKS,
    *filters.CHECKS,
    *in_flight.CHECKS,
    *filter_values.CHECKS,
    *items.CHECKS,
)
