"""What the manifest and the report of a run are made of: facts, evidence of a finding, known failures."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


def well_formed(value: object) -> object:
    """Replace lone surrogates, which a target's JSON may hold and which no UTF-8 file can, also within lists and objects."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list() | tuple():
            return [well_formed(item) for item in value]
        case dict():
            return {well_formed(name): well_formed(item) for name, item in value.items()}
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


Value = Annotated[Any, BeforeValidator(well_formed)]
"""A JSON value that may come from the target."""


class Quote(Model):
    """One passage of the documentation, word for word, with its page and heading."""

    anchor: str
    text: str


class Source(Model):
    """One page that a requirement follows from; of a page that is not quoted only the title is given."""

    title: str
    quotes: list[Quote] = Field(default_factory=list)


class Reading(Model):
    """How an open place of the documentation is read; `setting` names the setting that tells which side the target chose, `chosen` its value."""

    number: int
    text: str
    setting: str | None = None
    chosen: Value = None


class SentRequest(Model):
    """The request of the decisive exchange as it is recorded, without secrets.

    `headers` have names in lower case. `body` is the value of a body that is JSON, else its text, or its bytes in base64 where it is no
    text. What is long is cut, but for the place that the finding is about; `is_cut` says so.
    """

    exchange: str
    actor: str
    method: Text
    url: Text
    headers: dict[str, Text] = Field(default_factory=dict)
    body: Value = None
    is_cut: bool = False


class GivenResponse(Model):
    """The answer of the decisive exchange as it is recorded, without secrets; `status` is None where none came, and `failure` says why."""

    exchange: str
    status: int | None
    headers: dict[str, Text] = Field(default_factory=dict)
    body: Value = None
    failure: Text | None = None
    is_cut: bool = False


class TextPart(Model):
    """The surroundings of the first difference in one of two texts, and the code points there, such as U+0065 U+0301."""

    before: Text
    differs: Text
    after: Text
    code_points: list[str]


class TextDifference(Model):
    """Where two texts differ first: an index that counts code points, and each text around it."""

    index: int
    expected: TextPart
    actual: TextPart


class Evidence(Model):
    """One finding: a sentence about the target, and the ids of the exchanges that show it, the decisive one last.

    `id` is the requirement's, with a number from the second finding on; `key` tells this defect from others of the requirement in every
    run. `kind` and `operation` tell it from other findings of the
    requirement; `times` is how often it was seen. `pointer` is a JSON Pointer (RFC 6901) into `{"request": …, "response": …}` of this
    object, at the offending place. There `actual` stands (nothing, if `is_absent`), where `expected` should; `rule` says in words what
    else would do, or what would. `smallest` are the exchanges of the smallest history that still shows it, with what triggers it;
    `is_confirmed` says whether the checks find the same in these alone. `cause` is the id of the finding that brings this one about, or its own.
    """

    id: str = ""
    key: Text = ""
    message: Text
    exchanges: list[str]
    kind: str = ""
    operation: str = ""
    times: int = Field(1, ge=0)
    request: SentRequest | None = None
    response: GivenResponse | None = None
    pointer: str | None = None
    expected: Value = None
    actual: Value = None
    rule: Text | None = None
    is_absent: bool = False
    text_difference: TextDifference | None = None
    smallest: list[str] = Field(default_factory=list)
    is_confirmed: bool = False
    cause: str | None = None


class Cause(Model):
    """What is wrong once: a finding, and the other findings that come of it.

    `exchanges` are the smallest history of the finding that stands for the cause.
    """

    id: str
    requirement: str
    message: Text
    exchanges: list[str]
    consequences: list[str] = Field(default_factory=list)


class KnownFailure(Model):
    """A failure that its owner knows: the requirement, the key of the finding, why it is tolerated, who mends it, and until when."""

    requirement: str = Field(min_length=1)
    key: str = Field(min_length=1)
    reason: str
    owner: str = ""
    issue: str = ""
    until: date

    @property
    def whose(self) -> str:
        """Who mends it, or where that is told."""
        return self.owner or self.issue


class KnownState(StrEnum):
    """What became of a known failure in a run."""

    FAILS = "fails as listed"
    DUE = "fails as listed, and is soon due"
    EXPIRED = "fails after its date"
    PASSES = "no longer fails"
    OPEN = "was not exercised"
    UNKNOWN = "names no requirement"
    NOT_ASKED = "was not asked for"


TOLERATED = frozenset({KnownState.FAILS, KnownState.DUE})
"""The states in which a known failure does not fail the run."""
OUTDATED = frozenset({KnownState.PASSES, KnownState.OPEN, KnownState.UNKNOWN})
"""The states in which the list is out of date, so that the run is red whatever else it found."""


class KnownResult(KnownFailure):
    """A known failure, and what became of it, in a word and in a sentence."""

    state: KnownState
    sentence: str
