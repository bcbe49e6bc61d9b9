"""Idempotency-Keys that are nearly alike, for calls that are sent again with another key where a target refuses the form of these."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from conformance.run.api import Api


@dataclass(frozen=True, slots=True)
class AlikeKeys:
    """Three long keys: the second differs from the first in its last character, the third in the case of its letters."""

    _stem: str = field(default_factory=lambda: f"ab{secrets.token_hex(8)}" * 13)

    @property
    def first(self) -> str:
        """The key that the others are nearly like."""
        return f"{self._stem}-1"

    @property
    def ending_otherwise(self) -> str:
        """The key that is the same up to its last character."""
        return f"{self._stem}-2"

    @property
    def in_upper_case(self) -> str:
        """The key that is the same but for its case."""
        return self.first.upper()


def used_in_vain(api: Api, key: str, project: str | None = None) -> str:
    """Return a key after a create with it was refused as invalid (IDM-14)."""
    api.create(project, api.brief(targetPlatforms="tiktok"), key=key, means_valid=False, costs=0)
    return key
