"""The manifest of a run, `run.json`; with the history, it is all that a report is made from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from conformance.reporting.model import HarnessFacts, KnownFailure, Model, SpentFacts, Text
from conformance.reporting.report import Part

INTERRUPTED = "it was interrupted"
"""Why a run ended early that its user ended: Ctrl-C, or the SIGTERM of a CI job that is cut off."""
UNWRITABLE = "the disk took no more of its history"
"""Why a run ended early that could not keep what it saw."""


class Unreached(Model):
    """A driver that could not go on, the requirements that it was to provoke, and why."""

    driver: str
    requirements: list[str]
    reason: Text


class Combination(Model):
    """One state of a container and one operation tried in it; `situation` is `status/approvalStatus`."""

    situation: Text
    operation: str


class Shards(Model):
    """Which of the shards of a run there are: one, or those that were merged."""

    numbers: list[int]
    of: int

    @property
    def missing(self) -> list[int]:
        """The numbers of the others."""
        return [number for number in range(1, self.of + 1) if number not in self.numbers]

    def __str__(self) -> str:
        if len(self.numbers) == 1:
            return f"--shard {self.numbers[0]}/{self.of}"
        return f"merged without {', '.join(f'shard {number}/{self.of}' for number in self.missing)}"


class Kept(Model):
    """The end of the chain of hashes that the history is: its last link, and how many exchanges it holds."""

    head: str
    length: int


class RunRecord(Model):
    """The manifest of one run.

    `target` is the configuration without keys; `configured` are the needs of requirements that it meets; `promised` maps each requirement
    that the profile promises to its drivers; `drivers` does so for all drivers of the suite, also those outside the profile; `deselected`
    are the drivers of the profile that pytest was told to leave out, `elsewhere` those of other shards; `parts` are those of a run that was
    resumed, the last one included, and there are none of a run in one go; `planned` are the combinations of
    state and operation in the plan; `stopped` says why the run ended early, if it did; `target_gone` that it did because the target
    stopped answering; `began` whether it came past the first contact. `defects` are sentences about the harness itself (exit status 3), `cut`
    those about walks that were cut short. `doubted` are the exchanges whose answers may be those of other calls.
    `suite` is the digest of the files that judged and provoked; `history` is None before the end, and where a history has no chain.
    """

    schema_version: int = 1
    harness: HarnessFacts
    target: dict[str, Any]
    configured: list[str]
    profile: str
    strict: bool = False
    only: list[str] = Field(default_factory=list)
    seed: int = 0
    workers: int = 1
    started_at: datetime
    finished_at: datetime
    spent: SpentFacts
    promised: dict[str, list[str]]
    drivers: dict[str, list[str]]
    shards: Shards | None = None
    parts: list[Part] = Field(default_factory=list)
    elsewhere: list[str] = Field(default_factory=list)
    deselected: list[str] = Field(default_factory=list)
    unreached: list[Unreached] = Field(default_factory=list)
    planned: list[Combination] = Field(default_factory=list)
    stopped: Text | None = None
    target_gone: bool = False
    began: bool = True
    defects: list[Text] = Field(default_factory=list)
    cut: list[Text] = Field(default_factory=list)
    doubted: list[str] = Field(default_factory=list)
    known_failures: list[KnownFailure] = Field(default_factory=list)
    suite: str = ""
    history: Kept | None = None

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the run."""
        return self.stopped is not None and self.stopped.endswith(INTERRUPTED)

    def write(self, path: Path) -> None:
        """Write the manifest as JSON; it appears when it is whole."""
        unfinished = path.with_name(f"unfinished-{path.name}")
        unfinished.write_text(self.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(path)
