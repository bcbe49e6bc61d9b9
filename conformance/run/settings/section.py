"""What every table of `conformance.toml` has in common, and the kinds of texts in them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

_ODD = re.compile(r"\s|.*\s\Z|.*[\x00-\x1f\x7f]", re.DOTALL)


class Section(BaseModel):
    """A table: unknown settings are refused, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false but for a switch, since a number would be made of them."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise ValueError(f"it is {str(value).lower()}, and a number or a text is needed")
        return value


def _as_written(text: str) -> str:
    if _ODD.match(text):
        raise ValueError("it begins or ends with white space, or holds a line end or another control character")
    return text


Plain = Annotated[str, AfterValidator(_as_written)]
"""A text that somebody may have copied with more around it than belongs to it, such as an id."""
