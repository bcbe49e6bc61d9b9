"""Checks of the lifecycle (LIF)."""

from conformance.checks.base import Check
from conformance.checks.lifecycle import constants, contents, ending, status

CHECKS: tuple[type[Check], ...] = (*status.CHECKS, *contents.CHECKS, *constants.CHECKS, *ending.CHECKS)
