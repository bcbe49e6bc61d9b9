"""Checks of refused calls, whatever requirement refuses them: they changed nothing and made nothing."""

from conformance.checks.base import Check
from conformance.checks.refused_calls import changes, orphans, patches, taken_keys, unnamed

CHECKS: tuple[type[Check], ...] = (
    *changes.CHECKS,
    *orphans.CHECKS,
    *patches.CHECKS,
    *taken_keys.CHECKS,
    *unnamed.CHECKS,
)
