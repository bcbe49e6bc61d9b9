"""The environment variables that give settings: their names, and what to say of one that gives none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from pydantic import BaseModel

from conformance.exceptions import ConfigurationError

PREFIX, DELIMITER = "CONFORMANCE_", "__"


def variable_of(table: str, name: str | None = None) -> str:
    """Return the variable that gives a setting."""
    return PREFIX + DELIMITER.join(part for part in (table, name) if part).upper()


def tables_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the tables of a configuration."""
    return {
        name: field.annotation
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def fields_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the variable of every setting in the sections of a configuration, with the name of the field that it gives."""
    return {
        variable_of(table, field): field.upper()
        for table, settings in tables_of(model).items()
        for field in settings.model_fields
    }


def refuse_unknown(model: type[BaseModel], environment: Mapping[str, str], keys: Collection[str | None] = ()) -> None:
    """Raise ConfigurationError for a variable with our prefix that gives no setting; it is ignored otherwise, and a target with it.

    `keys` are the variables that hold API keys, whose names their owner chose.
    """
    fields = fields_of(model)
    sections = {variable_of(section) for section in model.model_fields}
    for name in sorted(environment):
        asked = name.upper()
        if not asked.startswith(PREFIX) or name in keys or asked in fields or asked in sections:
            continue
        # A field that holds a table is given as JSON, or member by member.
        if not asked.startswith(tuple(f"{field}{DELIMITER}" for field in fields)):
            raise ConfigurationError(f"The variable {name} gives no setting{_nearest(asked, fields)}")


def _nearest(name: str, fields: Mapping[str, str]) -> str:
    """Return the rest of the sentence: the variable that was probably meant."""
    written = {variable.removeprefix(PREFIX): variable for variable in fields}
    written |= {field: variable for variable, field in fields.items()}
    found = get_close_matches(name.removeprefix(PREFIX), written, n=1)
    if found:
        return f"; the nearest one that does is {written[found[0]]}: rename it, or unset it."
    return f"; unset it, or name it {PREFIX}SECTION{DELIMITER}SETTING after a setting of `conformance init`."


def ours(environment: Iterable[str]) -> list[str]:
    """Return the variables with our prefix, in any case."""
    return sorted(name for name in environment if name.upper().startswith(PREFIX))
