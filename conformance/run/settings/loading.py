"""How the settings of a target are found and read: flags override variables, and these override `conformance.toml`.

What is wrong with them is told in one sentence that names the setting, its place and what to do. The names of tables and settings, and so
the nearest right name, come from the models themselves.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from conformance.exceptions import ConfigurationError
from conformance.run.settings.reach import route_of
from conformance.run.settings.target import DELIMITER, OF_SETTING, PREFIX, VARIABLES, Target, may_be_sent

CONFIG = Path("conformance.toml")
BASE_URL = "CONFORMANCE_TARGET__BASE_URL"
_KEYS = "LAYERS_"
_ALIKE = 0.75
"""How much the name of a file must resemble `conformance.toml` to be a misspelt or renamed one (`difflib`'s ratio)."""
FLAGS = {
    "target.base_url": "--base-url",
    "target.project_id": "--project-id",
    "budget.generations": "--generations",
    "budget.requests": "--requests",
    "budget.seconds": "--seconds",
}
"""Settings that `conformance run` takes as a flag too."""
_NOT_A_TABLE = frozenset({"model_type", "model_attributes_type", "dict_type"})
FILES = ("ca_bundle", "client_cert", "client_key")
"""The settings that name a file; a relative one of conformance.toml is below the folder of that file."""


def is_on_sandbox(asked_by: str, named_by: Iterable[str], environment: Mapping[str, str]) -> bool:
    """Return whether a run is on the embedded sandbox: it was asked for, or nothing points to a target of the user's own.

    `asked_by` is the flag that asks for the sandbox, or empty; `named_by` are the flags that say something of a target. Raises
    ConfigurationError if both were given, and if something points to a target whose base URL nothing gives.
    """
    flags = list(named_by)
    if asked_by:
        if flags:
            raise ConfigurationError(f"{asked_by} means the embedded sandbox; leave out {_listed(flags)} to use it.")
        return True
    if {"--config", "--base-url"} & set(flags) or CONFIG.is_file():
        return False
    if any(value for name, value in environment.items() if name.upper() == BASE_URL):
        return False
    # A file with a name like that of the settings, and the variables of settings and keys.
    files = get_close_matches(str(CONFIG), [path.name for path in Path().glob("*.toml*")], cutoff=_ALIKE)
    keys = sorted(name for name in environment if name.startswith(_KEYS))
    hints = [*flags, *files, *ours(environment), *keys]
    if not hints:
        return True
    raise ConfigurationError(
        f"A target of your own is meant, since there {'is' if len(hints) == 1 else 'are'} {_listed(hints)}, but nothing gives its "
        f"base URL: there is no {CONFIG} in this folder, no --config, no --base-url and no {BASE_URL}; give one of them, or "
        "--sandbox to run on the embedded sandbox."
    )


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


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


def ours(environment: Iterable[str]) -> list[str]:
    """Return the variables with our prefix, in any case."""
    return sorted(name for name in environment if name.upper().startswith(PREFIX))


def load(config: Path | None = None, overrides: dict[str, Any] | None = None, *, needs_key: bool = True) -> Target:
    """Return the target of a TOML file, overridden by the environment and then by `overrides` (`{"target": {"base_url": …}}`).

    Raises ConfigurationError if the file is missing, is not TOML or holds an invalid value, if a variable gives no setting, if two
    settings name the same project or key, and if the environment does not hold the key of the owner, unless
    nothing will be sent and so none is needed.
    """
    file, environment = (_read_toml(config) if config else {}), _environment()
    merged = _overridden(file, environment)
    merged.setdefault("target", {})
    refuse_unknown_variables(merged)
    for table, entries in (overrides or {}).items():
        merged = _overridden(merged, {table: {name: value for name, value in entries.items() if value is not None}})
    try:
        target = Target.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError(_Sources(config, environment, merged).sentence(error)) from None
    _require_keys(target, needs_key=needs_key)
    if needs_key:
        route_of(target.network)
    return target


def _require_keys(target: Target, *, needs_key: bool) -> None:
    """Refuse a variable of the owner that is not set, and keys that cannot be used."""
    if needs_key and target.key("owner") is None:
        raise ConfigurationError(no_key(target.target.api_key_env))
    for actor, setting in VARIABLES.items():
        key, name = target.key(actor), getattr(target.target, setting)
        if key is not None and not may_be_sent(key.get_secret_value()):
            raise ConfigurationError(
                f"The variable {name} holds an API key that is not a valid header value, such as one with a line break; "
                f"export {name}=… and run again."
            )
    if target.key("owner") is not None and target.key("owner") == target.key("other"):
        raise ConfigurationError(
            f"The variables {target.target.api_key_env} and {target.target.other_api_key_env} hold the same API key; "
            "target.other_api_key_env needs the key of another organization."
        )


def no_key(variable: str) -> str:
    """Return the sentence on a variable that holds no key of the owner."""
    return f"The variable {variable} holds no API key; export {variable}=… and run again."


def origins(config: Path | None = None, overrides: dict[str, Any] | None = None) -> dict[str, str]:
    """Return what gives each setting that is given: `flag`, `variable` or `file`; every other one has its default.

    The arguments are those of `load`, which has refused what this cannot read.
    """
    layers = (
        (_read_toml(config) if config else {}, "file"),
        (_environment(), "variable"),
        (overrides or {}, "flag"),
    )
    return {
        f"{section}.{name}": origin
        for values, origin in layers
        for section, entries in values.items()
        for name, value in entries.items()
        if origin != "flag" or value is not None
    }


def refuse_unknown_variables(settings: Mapping[str, Any] | None = None) -> None:
    """Raise ConfigurationError for a `CONFORMANCE_…` variable that gives no setting; it is ignored otherwise, and a target with it.

    `settings` may name variables that hold secrets, whose names their owner chose.
    """
    fields, secrets = fields_of(Target), {*_named(settings or {})}
    tables = {variable_of(table) for table in Target.model_fields}
    # A setting that is a table is given as JSON, or member by member.
    members = tuple(f"{field}{DELIMITER}" for field in fields)
    for name in ours(os.environ):
        upper = name.upper()
        if name in secrets or upper in fields or upper in tables or upper.startswith(members):
            continue
        written = {variable.removeprefix(PREFIX): variable for variable in fields}
        written |= {field: variable for variable, field in fields.items()}
        near = get_close_matches(upper.removeprefix(PREFIX), written, n=1)
        if near:
            advice = f"the nearest one that does is {written[near[0]]}: rename it, or unset it."
        else:
            advice = f"unset it, or name it {PREFIX}SECTION{DELIMITER}SETTING after a setting of `conformance init`."
        raise ConfigurationError(f"The variable {name} gives no setting; {advice}")


def _named(values: Any) -> Iterator[str]:
    """Return every text in the tables of settings that were not yet validated; a few of them name variables."""
    for value in values.values():
        if isinstance(value, Mapping):
            yield from _named(value)
        elif isinstance(value, str):
            yield value


class _Variables(Target, BaseSettings):
    """The target as variables give it, of which `EnvSettingsSource` reads the names and the kinds of the settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER)


def _environment() -> dict[str, Any]:
    """Return the settings that variables give, by table."""
    try:
        return EnvSettingsSource(_Variables)()
    except SettingsError as error:
        # It names the table, and nothing of what the variable holds.
        named = re.search(r'"(\w+)"', str(error))
        variable = variable_of(named[1] if named else "target")
        raise ConfigurationError(
            f"The variable {variable} is not a JSON object; set one variable a setting instead, such as {variable}__NAME."
        ) from None


def _overridden(values: dict[str, Any], environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a file, overridden by the environment table by table."""
    laid = {section: dict(entries) if isinstance(entries, dict) else entries for section, entries in values.items()}
    for section, entries in environment.items():
        if isinstance(entries, dict) and isinstance(laid.get(section, {}), dict):
            laid[section] = laid.get(section, {}) | entries
    return laid


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give --config a conformance.toml.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}; correct it or write a new one with `conformance init`."
        ) from None
    network = tables.get("network")
    if isinstance(network, dict):
        for name in FILES:
            if isinstance(network.get(name), str):
                network[name] = str(path.parent / Path(network[name]).expanduser())
    return tables


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where settings come from: a file and variables; `values` are those of both and of the flags together."""

    config: Path | None
    environment: Mapping[str, Any]
    values: Mapping[str, Any]

    def sentence(self, error: ValidationError) -> str:
        """Return what is wrong; a name that does not exist comes before what is missing for its sake."""
        problems = error.errors(include_url=False, include_input=False)
        first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
        table, *rest = [str(step) for step in first["loc"]]
        name, kind, message = (rest[0] if rest else None), first["type"], first["msg"]
        if kind == "extra_forbidden":
            return self._unknown(table, name)
        if kind == "missing":
            return self._missing(table, str(name))
        subject = f"The setting {'.'.join([table, *rest])} in {self._place(table, name)}"
        if kind in _NOT_A_TABLE and name is None:
            return f"{subject} is not a table; write [{table}] on a line of its own, and its settings below it."
        if kind == OF_SETTING:
            return f"{subject} {message}"
        return f"{subject} is not valid: {message}; `conformance init` writes a valid file."

    def _place(self, table: str, name: str | None) -> str:
        """Return where a setting was given."""
        entries = self.environment.get(table)
        is_variable = entries is not None if name is None else isinstance(entries, dict) and name in entries
        if is_variable:
            flag = FLAGS.get(f"{table}.{name}")
            return f"{flag} or the variable {variable_of(table, name)}" if flag else variable_of(table, name)
        return str(self.config) if self.config else "the flags and the environment"

    def _missing(self, table: str, name: str) -> str:
        where = f"{table}.{name}"
        ways = [f"give {FLAGS[where]}"] if where in FLAGS else []
        ways += [f"set {variable_of(table, name)}"]
        if self.config is None:
            return f"The setting {where} is missing; {', '.join(ways)}, or write a conformance.toml with `conformance init`."
        return f"The setting {where} is missing in {self.config}; write it below [{table}], or {' or '.join(ways)}."

    def _unknown(self, table: str, name: str | None) -> str:
        tables, place = tables_of(Target), self._place(table, name)
        if name is None and isinstance(self.values.get(table), dict):
            near = _nearest(table, tables)
            right = f"the nearest right one is [{near}]" if near else f"the tables are {', '.join(tables)}"
            return f"The table [{table}] in {place} does not exist; {right}."
        wrong, home = (table, None) if name is None else (name, table)
        near = _nearest_setting(wrong, home, tables)
        if near is None:
            right = f"the settings of [{home}] are {', '.join(tables[home].model_fields)}" if home else ""
            right = right or f"the tables are {', '.join(tables)}"
        else:
            right = f"the nearest right one is {near}"
            right += ", which takes the name of a variable, never a key" if near.endswith("_env") else ""
        return f"The setting {f'{home}.' if home else ''}{wrong} in {place} does not exist; {right}."


def _nearest_setting(wrong: str, home: str | None, tables: Mapping[str, type[BaseModel]]) -> str | None:
    """Return the nearest setting with its table: the same name in another table, else one of its own table, else any."""
    places = {name: table for table, model in reversed([*tables.items()]) for name in model.model_fields}
    own = dict.fromkeys(tables[home].model_fields, home) if home else {}
    near = wrong if wrong in places else _nearest(wrong, own) or _nearest(wrong, places)
    return f"{own.get(near) or places[near]}.{near}" if near else None


def _nearest(wrong: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like a wrong one; None if none is like it."""
    plain = re.sub(r"\W+", "_", wrong.lower())
    return next(iter(get_close_matches(plain, list(names), 1)), None)
