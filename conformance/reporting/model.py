"""What every part of a report is made of, and the parts that the manifest and the report have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A part of a report: snake_case in Python, camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class HarnessFacts(Model):
    """Which harness judged: its version, and the version and SHA-256 digest of the requirements and the document."""

    version: str
    contract_version: str
    contract_digest: str


class SpentFacts(Model):
    """What the run spent: generations, requests and seconds."""

    generations: int
    requests: int
    seconds: float
