"""Conformant variants of the sandbox: each replaces one small piece of it."""

from functools import lru_cache
from importlib import import_module

from sandbox.change import Variant, by_name

MODULES = (
    "ids",
    "encoding",
    "shapes",
    "jobs",
    "assets",
    "refusals",
    "approvals",
    "listing",
    "timing",
    "capabilities",
    "transport",
    "company",
    "unsaid",
    "renders",
    "gates",
    "copies",
    "habits",
    "strict",
    "forms",
    "pace",
)
"""The modules of this package; each has a tuple `VARIANTS`."""


@lru_cache(maxsize=1)
def all_variants() -> dict[str, Variant]:
    """Return every variant by its name."""
    return by_name(variant for module in MODULES for variant in import_module(f"sandbox.variants.{module}").VARIANTS)


def find(name: str) -> Variant:
    """Return a variant by its name. Raises LookupError if there is none."""
    return all_variants()[name]
