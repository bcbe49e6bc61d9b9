"""How well the suite detects faults: the model of `detection.json`, and the figure in every report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import Field, ValidationError

from conformance.exceptions import HarnessDefect
from conformance.reporting.model import HarnessFacts, Model
from conformance.reporting.report import JUDGED, Figure, RequirementResult
from conformance.reporting.text import counted
from conformance.run.settings.target import SETTING_OF_NEED
from conformance.run.verdicts.record import RunRecord
from conformance.run.verdicts.scope import restriction
from conformance.run.verdicts.warnings import is_lenient

MEANING = "This is sensitivity to a listed set of faults, not a probability."
JUDGING = (
    *(("conformance", part) for part in ("checks", "contract", "client", "history", "run", "suite")),
    ("strategies",),
    ("openapi",),
)
"""The folders whose files, at any depth, decide what a run detects."""
_KINDS = (".py", ".yaml")
MEASUREMENT = "conformance/run/verdicts/detection.py"
"""This module reports the measurement and does not influence it."""


class Failure(Model):
    """A requirement that failed in a run."""

    requirement: str
    level: Literal["MUST", "SHOULD", "ADVICE"]
    message: str


class RunFacts(Model):
    """The result of one run of the matrix.

    `seconds` is how long the run took, `note` says why it has no verdict or why its verdict is not reliable.
    """

    name: str
    outcome: str
    requests: int = Field(0, ge=0)
    generations: int = Field(0, ge=0)
    seconds: float = Field(0, ge=0)
    note: str | None = None


class FaultRun(RunFacts):
    """A run against a seeded fault; `collateral` are the other requirements that failed.

    A run ends soon after its requirement has failed, so `requests` and `generations` are what was spent until then.
    """

    requirement: str
    depth: Literal["shallow", "stateful", "deep"]
    summary: str
    detected: bool
    collateral: list[str] = Field(default_factory=list)


class ConformantRun(RunFacts):
    """A run against a conformant backend; every failure in `accused` is a false alarm.

    `open` are the promised MUST requirements that did not pass.
    """

    summary: str = ""
    accused: list[Failure] = Field(default_factory=list)
    open: list[str] = Field(default_factory=list)


class Totals(Model):
    """The figures: faults detected of all faults, in all and by depth, and false alarms on variants."""

    faults: int
    detected: int
    by_depth: dict[str, tuple[int, int]]
    collateral: int
    variants: int
    false_alarms: int
    most_generations: int
    seconds: float


class Detection(Model):
    """One profile and seed, measured against the clean sandbox, every fault and every variant.

    `suite_digest` is the digest of the files that decide what a run detects, `complete` says whether every fault and every
    variant took part.
    """

    schema_version: Literal[1] = 1
    harness: HarnessFacts
    suite_digest: str
    profile: str
    seed: int
    complete: bool
    totals: Totals
    clean: ConformantRun
    faults: list[FaultRun]
    variants: list[ConformantRun]


@lru_cache(maxsize=1)
def suite_digest() -> str:
    """Return the SHA-256 digest of the installed files in the folders of `JUDGING`."""
    digest = hashlib.sha256()
    for package, *parts in JUDGING:
        for path, file in _files_below(files(package).joinpath(*parts), "/".join([package, *parts])):
            digest.update(path.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files_below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        below = f"{path}/{file.name}"
        if file.is_dir():
            yield from _files_below(file, below)
        elif file.name.endswith(_KINDS) and below != MEASUREMENT:
            yield below, file


def committed(profile: str) -> Detection | None:
    """Return the measurement of a profile that is installed with the harness; None if it was not measured."""
    file = files("conformance").joinpath("data", f"detection-{profile}.json")
    if not file.is_file():
        return None
    try:
        return Detection.model_validate_json(file.read_bytes())
    except ValidationError:
        raise HarnessDefect(
            f"The installed file {file.name} is not a valid measurement; reinstall the package."
        ) from None


def command_of(profile: str) -> str:
    """Return the command that measures a profile."""
    return f"conformance selftest --profile {profile}"


def figure_of_run(record: RunRecord, results: Mapping[str, RequirementResult]) -> Figure | None:
    """Return the figure of the profile where it says what this run was able to find; None where it does not.

    The measurement was made with everything that a configuration can give and to the end of the profile. A run that was narrowed, ended
    early, was resumed, lacked a setting, allowed its target more time or left open what it was to judge is another one, and nobody knows which
    faults it finds.
    """
    if restriction(record) is not None or record.parts or is_lenient(record.target) or not _has_everything(record):
        return None
    if not all(results[name].verdict in JUDGED for name in record.promised):
        return None
    return figure(record.profile)


def _has_everything(record: RunRecord) -> bool:
    settings = (
        record.target["target"].get("other_project_id"),
        record.target["fixtures"].get("influencer_id"),
        record.target["fixtures"].get("reference_media_ids"),
    )
    return all(settings) and set(SETTING_OF_NEED) <= set(record.configured)


def figure(profile: str) -> Figure | None:
    """Return the figure of a profile; None if it was not measured."""
    measured = committed(profile)
    return None if measured is None else figure_of(measured, current=measured.suite_digest == suite_digest())


def figure_of(measured: Detection, *, current: bool = True) -> Figure:
    """Return the figure of a measurement."""
    totals, command = measured.totals, command_of(measured.profile)
    stale = "" if current else ", measured before the suite was last changed"
    return Figure(
        profile=measured.profile,
        seed=measured.seed,
        faults=totals.faults,
        detected=totals.detected,
        variants=totals.variants,
        false_alarms=totals.false_alarms,
        current=current,
        command=command,
        sentence=(
            f"The profile {measured.profile} finds {totals.detected} of {totals.faults} seeded faults, "
            f"{counted(totals.false_alarms, 'false alarm')} on {totals.variants} variants{stale}; reproduce with `{command}`. {MEANING}"
        ),
    )
