"""Every check there is, by family."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from conformance.checks.base import Check

FAMILIES = (
    *("schema", "errors", "access", "creating", "lifecycle", "jobs", "approval", "idempotency", "listing"),
    *("regenerating", "cloning", "rejecting", "assets", "refused_calls"),
)


@lru_cache(maxsize=1)
def check_classes() -> tuple[type[Check], ...]:
    """Return the class of every check, in the order of the families."""
    found: list[type[Check]] = []
    for name in FAMILIES:
        try:
            found.extend(import_module(f"conformance.checks.{name}").CHECKS)
        except (ImportError, AttributeError) as error:  # PORTING: goes with the last family
            print("not ported:", name, error)  # noqa: T201
    return tuple(found)


def all_checks() -> list[Check]:
    """Make every check anew, for one history."""
    return [check() for check in check_classes()]
