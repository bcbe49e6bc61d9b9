"""Idempotency-Keys that are nearly alike, for calls that are sent again with another key where a target refuses the form of these."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from conformance.run.calls.api import Api
from conformance.suite.calls import strangers

SEPARATORS = "-_.:/|"
"""Where a target may cut a key, or part it: of keys that share what is behind these, or before, it may see one alone."""


@dataclass(slots=True)
class AlikeKeys:
    """Long keys that differ behind all their separators, in their last character, or in the case of their letters alone.

    `are_parted` says whether they have more separators than a hyphen, which a target may refuse.
    """

    are_parted: bool = True
    _stem: str = field(default_factory=lambda: f"ab{secrets.token_hex(8)}" * 13)

    def ending(self, end: int) -> str:
        """Return the key with this number at its end, which alone tells it from the others."""
        return f"{self._stem}{SEPARATORS if self.are_parted else '-'}{end}"

    def both_ending(self, end: int) -> tuple[str, str]:
        """Return the key with this number at its end with all separators, and with a hyphen alone."""
        return f"{self._stem}{SEPARATORS}{end}", f"{self._stem}-{end}"

    @property
    def in_upper_case(self) -> str:
        """The first key in another case."""
        return self.ending(1).upper()


def tried_by_strangers(api: Api, key: str, project: str | None = None) -> str:
    """Return a key after creates with it were refused to callers without a right (AUT-3): what follows is the first call of who has one."""
    for actor in strangers(api):
        api.create(project, api.brief(), key=key, actor=actor, costs=0)
    return key


def used_in_vain(api: Api, key: str, project: str | None = None) -> str:
    """Return a key after creates with it were refused: those of callers without a right, and then an invalid one (IDM-14)."""
    tried_by_strangers(api, key, project)
    api.create(project, api.brief(targetPlatforms="tiktok"), key=key, means_valid=False, costs=0)
    return key
