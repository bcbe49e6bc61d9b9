"""Checks of this family."""

from __future__ import annotations

from conformance.checks.findings import Check

CHECKS: tuple[type[Check], ...] = ()
