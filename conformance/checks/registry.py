"""Every check there is: each family of the register has a folder or a module here that bears the name of its marker."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from conformance.checks.base import Check
from conformance.contract.document import load

CROSSING = "refused_calls"
"""The one folder whose checks judge requirements of several families: all that say of some refused call that it changes nothing."""


@lru_cache(maxsize=1)
def check_classes() -> tuple[type[Check], ...]:
    """Return the class of every check, in the order of the families."""
    homes = [*(family["marker"] for family in load().families.values()), CROSSING]
    return tuple(check for home in homes for check in import_module(f"conformance.checks.{home}").CHECKS)


def all_checks() -> list[Check]:
    """Make every check anew, for one history."""
    return [check() for check in check_classes()]
