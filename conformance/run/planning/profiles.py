"""How deep a run goes and what it may spend, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProfileName = Literal["smoke", "gate", "certify"]
ORDER: tuple[ProfileName, ...] = ("smoke", "gate", "certify")
DEFAULT: ProfileName = "gate"
"""The profile of a run that names none."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One depth of a run.

    `generations`, `requests` and `seconds` are the most that a run spends unless the target's configuration says otherwise;
    `fuzz_examples` is the number of examples for each operation and kind of data, `stateful_examples` and `stateful_steps`
    limit the state machines, `parallel` lists how many duplicates are sent at once.
    """

    name: ProfileName
    generations: int
    requests: int
    seconds: float
    fuzz_examples: int
    stateful_examples: int
    stateful_steps: int
    parallel: tuple[int, ...]

    def includes(self, name: str) -> bool:
        """Return whether this profile runs the drivers that are marked for profile `name`."""
        return ORDER.index(self.name) >= ORDER.index(name)


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("smoke", 1, 800, 120, fuzz_examples=0, stateful_examples=0, stateful_steps=0, parallel=()),
        Profile("gate", 25, 4000, 900, fuzz_examples=4, stateful_examples=0, stateful_steps=0, parallel=(4,)),
        Profile(
            "certify", 200, 20000, 3600, fuzz_examples=15, stateful_examples=8, stateful_steps=20, parallel=(2, 8, 16)
        ),
    )
}
