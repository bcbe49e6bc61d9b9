"""Strict parsing of request bodies (requirements CRE-9, REG-6, REJ-3, ERR-1, ERR-4, ERR-5)."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, NoReturn, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.errors import ApiError, validation
from sandbox.part import Part
from sandbox.records import Brief

LONGEST_HOOK = 20_000
LONGEST_REASON = 1024
MOST_DETAILS = 20
LONGEST_NAME = 64

# Language, script and region of BCP 47.
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"

Text = Annotated[str, Field(min_length=1)]
Hook = Annotated[str, Field(min_length=1, max_length=LONGEST_HOOK)]
Language = Annotated[str, Field(pattern=LANGUAGE)]


class Body(BaseModel):
    """A JSON object whose members are typed strictly; unknown members are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class BriefPatch(Body):
    """The brief fields that a regeneration replaces. None of them may be null; a default means that the field is absent."""

    hook: Hook = ""
    target_platforms: list[Text] = []
    influencer_id: Text = ""
    theme_tags: list[Text] = []
    reference_media_ids: list[Text] = []
    language: Language = ""

    def sent(self) -> Brief:
        """Return only the fields that were sent, under their JSON names."""
        return cast("Brief", self.model_dump(by_alias=True, exclude_unset=True))


class BriefBody(BriefPatch):
    """The brief of a new container; its hook is required."""

    hook: Hook


class CreateBody(Body):
    """Body of createContent."""

    format: Literal["video_remix", "slideshow_remix", "ugc_remix", "auto"]
    brief: BriefBody


class RegenerateBody(Body):
    """Body of regenerateContent; it is optional."""

    patch: BriefPatch = BriefPatch()


class CloneBody(Body):
    """Body of cloneFromPost."""

    source_platform_post_id: Text
    mode: Literal["fork", "reimagine"] = "fork"
    project_id: Text = ""


class RejectBody(Body):
    """Body of rejectContent: `regenerate` is a boolean, or a patch for the new generation."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
    regenerate: bool | BriefPatch = False


class ApproveBody(Body):
    """Body of approveContent; it is optional."""

    note: str = ""


class ClockBody(Body):
    """Body of the sandbox's own clock hook."""

    advance_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


def brief_of(body: object) -> BriefPatch:
    """Return the brief fields that a body carries."""
    found: object = None
    if isinstance(body, CreateBody):
        found = body.brief
    elif isinstance(body, RegenerateBody):
        found = body.patch
    elif isinstance(body, RejectBody):
        found = body.regenerate
    return found if isinstance(found, BriefPatch) else BriefPatch()


Model = TypeVar("Model", bound=Body)


class Bodies(Part[object]):
    """Parses bytes into models. Raises a refusal for what is not valid."""

    def ensure_json(self, content_type: str | None) -> None:
        """Raise 415 unless the media type is JSON; parameters are allowed."""
        kind = (content_type or "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise ApiError(415, "VALIDATION", "The request body must be sent as application/json.")

    def unique_members(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Return an object's members. Raises a refusal when a name occurs twice (RFC 8259, section 4)."""
        members = dict(pairs)
        if len(members) != len(pairs):
            raise validation("The request body names a member twice.")
        return members

    def no_constant(self, _: str) -> NoReturn:
        """Refuse NaN and Infinity, which JSON does not have."""
        raise ValueError

    def parse(self, content: bytes) -> object:
        """Return the JSON value of a body. Raises 400 for invalid JSON, 422 for text that is not valid Unicode."""
        try:
            value: object = json.loads(
                content.decode(), object_pairs_hook=self.unique_members, parse_constant=self.no_constant
            )
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise validation("The request body has half of a surrogate pair.", status=422) from error
        except (ValueError, RecursionError) as error:
            raise validation("The request body is not valid JSON.") from error
        return value

    def details(self, error: ValidationError) -> list[Mapping[str, str]]:
        """Return the fields that break the schema and the reasons, without the values that were sent."""
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return [
            {
                "field": ".".join(str(part)[:LONGEST_NAME] for part in problem["loc"]) or "body",
                "message": problem["msg"],
            }
            for problem in problems[:MOST_DETAILS]
        ]

    def validated(self, model: type[Model], value: object) -> Model:
        """Return a value as a model. Raises 422."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise validation("The request body breaks the schema.", status=422, details=self.details(error)) from error

    def read(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        """Return a required body as (model, plain value)."""
        self.ensure_json(content_type)
        value = self.parse(content)
        return self.validated(model, value), value

    def read_optional(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        """Return an optional body as (model, plain value); an absent body counts as an empty object."""
        return self.read(model, content, content_type) if content else (self.validated(model, {}), {})
