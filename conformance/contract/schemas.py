"""JSON Schemas of the document: valid values are recognised by jsonschema-rs, invalid ones are explained by jsonschema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError


class Breach(NamedTuple):
    """A place of a JSON value that breaks a keyword of its schema, and what stands there."""

    keyword: object
    path: list[str | int]
    instance: Any


_NOTHING = Breach(None, [], None)


class Schema:
    """One JSON Schema of draft 2020-12; formats are annotations, which reject nothing."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    @cached_property
    def _recognises(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(dict(self.schema), validate_formats=False)

    @cached_property
    def _explains(self) -> Draft202012Validator:
        # Loads slowly, and most runs meet no invalid value.
        from jsonschema import Draft202012Validator  # noqa: PLC0415

        return Draft202012Validator(self.schema)

    def breaches(self, value: Any) -> Iterator[Breach]:
        """Yield where a JSON value breaks the schema and which keyword; raises RecursionError where it is nested too deep to tell."""
        try:
            found = [
                Breach(error.schema_path[-1], error.instance_path, error.instance)
                for error in self._recognises.iter_errors(value)
            ]
        except (ValueError, TypeError, OverflowError, RecursionError):
            # A lone surrogate or a number beyond 64 bits is a value that jsonschema-rs cannot take.
            found = [_NOTHING]
        # jsonschema-rs takes a number beyond the range of a double for null.
        if all(breach.instance is not None for breach in found):
            yield from found
            return
        for error in self._explains.iter_errors(value):
            yield Breach(error.validator, list(error.absolute_path), error.instance)

    def iter_errors(self, value: Any) -> Iterator[ValidationError]:
        """Yield every way in which a JSON value breaks the schema; raises RecursionError where it is nested too deep to tell."""
        try:
            if self._recognises.is_valid(value):
                return
        except (ValueError, TypeError, OverflowError, RecursionError):
            # A lone surrogate or a number beyond 64 bits is a value that jsonschema-rs cannot take.
            pass
        yield from self._explains.iter_errors(value)
