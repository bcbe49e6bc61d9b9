"""The settings of a sandbox."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

OWNER = "org_owner"
OTHER = "org_other"


def new_key() -> str:
    """Return a fresh API key."""
    return f"lp_{secrets.token_urlsafe(24)}"


@dataclass(frozen=True)
class SandboxSettings:
    """Keys, fixtures and timing of one sandbox.

    `generation_seconds` is how long a generation takes. `requests_per_second` limits each organization and
    `polls_per_second` the reads of one job; 0 means no limit. `database` is a file that keeps the data, or None for
    memory. Keys are random unless they are given.
    """

    api_key: str = field(default_factory=new_key, repr=False)
    other_api_key: str = field(default_factory=new_key, repr=False)
    project_id: str = "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"
    review_project_id: str = "5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8"
    archive_project_id: str = "8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10"
    other_project_id: str = "c2b8e6d4-91a3-47f5-b6c7-3e0f1d2a5b94"
    influencer_id: str = "inf_01HX9Y6K7EJ4T2ABCDEF"
    reference_media_ids: tuple[str, ...] = ("med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA")
    source_post_id: str = "7358219046120934574"
    failing_hook: str = "A brief whose generation ends badly [fail]"
    generation_seconds: float = 0.3
    requests_per_second: float = 0
    polls_per_second: int = 120
    database: str | None = None

    def projects(self) -> tuple[tuple[str, str, bool], ...]:
        """Return every project as (id, organization, whether its policy requires review)."""
        return (
            (self.project_id, OWNER, False),
            (self.review_project_id, OWNER, True),
            (self.archive_project_id, OWNER, False),
            (self.other_project_id, OTHER, False),
        )


ENVIRONMENT = {
    f"SANDBOX_{spec.name.upper()}": spec.name for spec in fields(SandboxSettings) if spec.type in {"str", str}
}


def from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings from `SANDBOX_…` variables, by field name. An empty variable counts as absent."""
    return {name: environ[variable] for variable, name in ENVIRONMENT.items() if environ.get(variable)}
