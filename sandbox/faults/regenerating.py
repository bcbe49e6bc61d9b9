"""Defects of this family."""

from sandbox.change import Fault

FAULTS: tuple[Fault, ...] = ()
