"""What every part of a report is made of, and the parts that the manifest and the report have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


def well_formed(value: object) -> object:
    """Replace lone surrogates, which a target's JSON may hold and which no UTF-8 file can, also within lists and objects."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list() | tuple():
            return [well_formed(each) for each in value]
        case dict():
            return {well_formed(name): well_formed(each) for name, each in value.items()}
    return value


Text = Annotated[str, BeforeValidator(well_formed)]
"""Text that may come from the target."""


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
