"""What a measurement runs against: the clean sandbox, the seeded faults and the conformant variants, or a part of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from sandbox.change import Fault, Variant
from sandbox.faults import all_faults
from sandbox.variants import all_variants

Kind = Literal["clean", "fault", "variant"]
CLEAN = "clean"
EVERYTHING = ("*",)
SAMPLED_VARIANTS = 6
MEASURED_VARIANTS = tuple(
    """
    ids-bare-uuids timestamps-in-seconds timestamps-in-nanoseconds timestamps-with-offset extra-fields
    nulls-left-out list-items-minimal decisions-small brief-with-defaults job-lean etag-absent assets-shared
    assets-kept invalid-always-400 foreign-is-403 unknown-members-ignored create-filled-in hooks-at-most-500
    pending-from-creation pending-on-regenerate reject-never-regenerates regenerate-supersedes auto-kept
    empty-page-ends-walk large-limit-refused unknown-filter-matches-nothing creation-ties-shuffled
    generations-slow generations-instant cancel-takes-time container-follows-job clock-of-window-alone
    nothing-optional clone-path-names-the-clone bodies-gzipped answers-jittery duplicates-in-flight-409
    rate-limited-for-seconds one-outage full-project in-company
    """.split()  # noqa: SIM905 - a list of forty quoted names reads worse
)
"""The variants for the published figures: one for each way in which backends differ."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of the matrix: a profile and seed against one sandbox, whose project holds so many `containers` before."""

    kind: Kind
    name: str
    profile: str
    seed: int
    requirement: str = ""
    containers: int = 0

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of `python -m sandbox` for it."""
        change = () if self.kind == CLEAN else (f"--{self.kind}", self.name)
        return (*change, "--containers", str(self.containers)) if self.containers else change

    @property
    def label(self) -> str:
        """The name of its folder."""
        return CLEAN if self.kind == CLEAN else f"{self.kind}-{self.name}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A part of the faults and variants; `complete` says whether it is the part for the published figures."""

    faults: tuple[Fault, ...]
    variants: tuple[Variant, ...]
    complete: bool

    def jobs(self, profile: str, seed: int) -> list[Job]:
        """Return the runs; those that end early, at a failure, come last, so that no core is idle at the end."""
        jobs = [Job("clean", CLEAN, profile, seed)]
        jobs += [Job("variant", variant.name, profile, seed) for variant in self.variants]
        jobs += [Job("fault", fault.name, profile, seed, fault.requirement, fault.containers) for fault in self.faults]
        return jobs


def chosen(faults: Iterable[str] = EVERYTHING, variants: Iterable[str] = EVERYTHING) -> Matrix:
    """Return the faults whose name or requirement, and the variants whose name, matches a pattern (`replay-*`, `IDM-*`)."""
    fault_patterns, variant_patterns = tuple(faults), tuple(variants)
    # Without a pattern a kind is not loaded, so that it can be edited while the other is measured.
    every_fault = tuple(all_faults().values()) if fault_patterns else ()
    every_variant = tuple(all_variants().values()) if variant_patterns else ()
    kept_faults = tuple(fault for fault in every_fault if _matches(fault_patterns, fault.name, fault.requirement))
    kept_variants = tuple(variant for variant in every_variant if _matches(variant_patterns, variant.name))
    return Matrix(kept_faults, kept_variants, complete=False)


def for_figures(matrix: Matrix) -> Matrix:
    """Return the part for the published figures: the first fault of each requirement and depth, and `MEASURED_VARIANTS`."""
    chosen: dict[tuple[str, str], Fault] = {}
    for fault in matrix.faults:
        chosen.setdefault((fault.requirement, fault.depth), fault)
    variants = tuple(variant for variant in matrix.variants if variant.name in MEASURED_VARIANTS)
    return Matrix(tuple(chosen.values()), variants, complete=True)


def _matches(patterns: Iterable[str], *names: str) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names)


def sampled(matrix: Matrix, variants: int = SAMPLED_VARIANTS) -> Matrix:
    """Return one fault of each family and depth, and that many variants, spread evenly over the list."""
    chosen: dict[tuple[str, str], Fault] = {}
    for fault in matrix.faults:
        chosen.setdefault((fault.requirement.partition("-")[0], fault.depth), fault)
    count = len(matrix.variants)
    picked = (
        [matrix.variants[at * count // variants] for at in range(variants)] if count > variants else matrix.variants
    )
    return Matrix(tuple(chosen.values()), tuple(picked), complete=False)
