"""What is wrong with the settings of a target, in one sentence that names the setting and what to do.

The names of tables and settings, and so the nearest right name, come from the models themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, HttpUrl, TypeAdapter, ValidationError

from conformance.exceptions import ConfigurationError
from conformance.run.settings.variables import tables_of, variable_of

FLAGS = {
    "target.base_url": "--base-url",
    "target.project_id": "--project-id",
    "budget.generations": "--generations",
    "budget.requests": "--requests",
    "budget.seconds": "--seconds",
}
"""Settings that `conformance run` takes as a flag too."""
_NOT_A_TABLE = frozenset({"model_type", "model_attributes_type", "dict_type"})
_SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_VARIABLE_NAME = re.compile(r"[A-Z]{1,16}[0-9]{0,3}(?:_(?:[A-Z]{1,16}[0-9]{0,3}|[0-9]{1,3}))*")


@dataclass(frozen=True, slots=True)
class Given:
    """The settings and where they come from: a file, variables and flags; `values` are all of them together."""

    config: Path | None
    environment: Mapping[str, Any]
    values: Mapping[str, Any]

    def place(self, table: str, name: str | None = None) -> str:
        """Return where a setting was given, or where it is missing."""
        entries = self.environment.get(table)
        is_variable = entries is not None if name is None else isinstance(entries, dict) and name in entries
        if is_variable:
            flag = FLAGS.get(f"{table}.{name}")
            return f"{flag} or the variable {variable_of(table, name)}" if flag else variable_of(table, name)
        return str(self.config) if self.config else "the flags and the environment"


def sentence(error: ValidationError, model: type[BaseModel], given: Given) -> str:
    """Return what is wrong; a name that does not exist comes before what is missing for its sake."""
    problems = error.errors(include_url=False, include_input=False)
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    table, *rest = [str(step) for step in first["loc"]]
    name = rest[0] if rest else None
    place = given.place(table, name)
    if first["type"] == "extra_forbidden":
        return _unknown(table, name, model, given)
    if first["type"] == "missing":
        return _missing(f"{table}.{name}" if name else table, given)
    if first["type"] in _NOT_A_TABLE and name is None:
        return f"The setting {table} in {place} is not a table; write [{table}] on a line of its own, and its settings below it."
    where = ".".join([table, *rest])
    said = first["msg"].removeprefix("Value error, ")
    return f"The setting {where} in {place} is not valid: {said}; `conformance init` writes a valid file."


def _unknown(table: str, name: str | None, model: type[BaseModel], given: Given) -> str:
    tables, place = tables_of(model), given.place(table, name)
    if name is None and isinstance(given.values.get(table), dict):
        near = nearest(table, tables)
        right = f"the nearest right one is [{near}]" if near else f"the tables are {', '.join(tables)}"
        return f"The table [{table}] in {place} does not exist; {right}."
    wrong, home = (table, None) if name is None else (name, table)
    near = _nearest_setting(wrong, home, tables)
    if near is None:
        known = ", ".join(tables[home].model_fields if home else tables)
        right = f"the settings of [{home}] are {known}" if home else f"the tables are {known}"
    else:
        right = f"the nearest right one is {near}"
        right += ", which takes the name of a variable, never a key" if near.endswith("_env") else ""
    return f"The setting {f'{home}.' if home else ''}{wrong} in {place} does not exist; {right}."


def _nearest_setting(wrong: str, home: str | None, tables: Mapping[str, type[BaseModel]]) -> str | None:
    """Return the nearest setting with its table: the same name in another table, else one of its own table, else any."""
    places = {name: table for table, model in reversed([*tables.items()]) for name in model.model_fields}
    own = dict.fromkeys(tables[home].model_fields, home) if home else {}
    near = wrong if wrong in places else nearest(wrong, own) or nearest(wrong, places)
    return f"{own.get(near) or places[near]}.{near}" if near else None


def nearest(wrong: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like a wrong one; None if none is like it."""
    plain = re.sub(r"\W+", "_", wrong.lower())
    return next(iter(get_close_matches(plain, list(names), 1)), None)


def _missing(where: str, given: Given) -> str:
    table, _, name = where.partition(".")
    ways = [f"give {FLAGS[where]}"] if where in FLAGS else []
    ways += [f"set {variable_of(table, name)}"]
    if given.config is None:
        return (
            f"The setting {where} is missing; {', '.join(ways)}, or write a conformance.toml with `conformance init`."
        )
    return f"The setting {where} is missing in {given.config}; write it below [{table}], or {' or '.join(ways)}."


def require_url(url: str, setting: str, given: Given) -> None:
    """Raise ConfigurationError for what is no URL of an HTTP server; the sentence does not repeat it, since it may hold a password."""
    place = given.place(*setting.split("."))
    scheme, colon, _ = url.partition("://")
    if not colon:
        raise ConfigurationError(
            f"The setting {setting} in {place} has no scheme; write https:// before it, or http:// where the server has no TLS."
        )
    if scheme.lower() not in {"http", "https"}:
        raise ConfigurationError(f"The setting {setting} in {place} begins with neither https:// nor http://; use one.")
    try:
        TypeAdapter(HttpUrl).validate_python(url)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise ConfigurationError(
            f"The setting {setting} in {place} is not valid: {reason}; write it as https://host or https://host:port."
        ) from None


def require_base_url(url: str, given: Given) -> None:
    """Raise ConfigurationError for a base URL below which there are no paths."""
    require_url(url, "target.base_url", given)
    if "?" in url or "#" in url:
        raise ConfigurationError(
            f"The setting target.base_url in {given.place('target', 'base_url')} holds a query or a fragment, below which there are no "
            "paths; leave out the ? or # and all behind it."
        )


def may_be_shown(name: str) -> bool:
    """Return whether a text is the name of a variable and cannot be a key that was put in its place."""
    return len(name) <= 64 and _VARIABLE_NAME.fullmatch(name) is not None


def may_be_sent(secret: str) -> bool:
    """Return whether a text can be the value of a header."""
    return _SENDABLE.fullmatch(secret) is not None
