"""Checks of creating (CRE)."""

from conformance.checks.base import Check
from conformance.checks.creating import answers, locations, reads

CHECKS: tuple[type[Check], ...] = (*answers.CHECKS, *locations.CHECKS, *reads.CHECKS)
