"""Variants of this kind."""

from sandbox.change import Variant

VARIANTS: tuple[Variant, ...] = ()
