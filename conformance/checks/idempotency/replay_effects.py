"""What a replay of a create, a regenerate or a clone must not do behind its answer (IDM-2, IDM-11)."""

from __future__ import annotations

from typing import ClassVar

from conformance.checks.base import Check
from conformance.checks.repeats import RepeatsStartNothing


class ReplaysStartNothing(RepeatsStartNothing):
    """IDM-2 and IDM-11: a replay starts nothing."""

    judges = ("IDM-2", "IDM-11")
    requirements: ClassVar = {"createContent": "IDM-2", "regenerateContent": "IDM-11", "cloneFromPost": "IDM-11"}


CHECKS: tuple[type[Check], ...] = (ReplaysStartNothing,)
