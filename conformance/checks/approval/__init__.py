"""Checks of approval (APR)."""

from conformance.checks.approval import answers, decisions, filters, policy, values
from conformance.checks.base import Check

CHECKS: tuple[type[Check], ...] = (
    *values.CHECKS,
    *policy.CHECKS,
    *filters.CHECKS,
    *decisions.CHECKS,
    *answers.CHECKS,
)
