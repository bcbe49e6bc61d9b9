"""Which target a run has: one of the user's own, or the embedded sandbox, which nobody may certify by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from conformance.exceptions import ConfigurationError
from conformance.run.settings.variables import ours

CONFIG = Path("conformance.toml")
BASE_URL = "CONFORMANCE_TARGET__BASE_URL"
_KEYS = "LAYERS_"
_ALIKE = 0.75
"""How much the name of a file must resemble `conformance.toml` to be a misspelt or renamed one (`difflib`'s ratio)."""


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
    if {"--config", "--base-url"} & set(flags) or CONFIG.is_file() or _base_url(environment):
        return False
    hints = [*flags, *_files(), *_variables(environment)]
    if not hints:
        return True
    raise ConfigurationError(
        f"A target of your own is meant, since there {'is' if len(hints) == 1 else 'are'} {_listed(hints)}, but nothing gives its "
        f"base URL: there is no {CONFIG} in this folder, no --config, no --base-url and no {BASE_URL}; give one of them, or "
        "--sandbox to run on the embedded sandbox."
    )


def _base_url(environment: Mapping[str, str]) -> bool:
    return any(value for name, value in environment.items() if name.upper() == BASE_URL)


def _variables(environment: Mapping[str, str]) -> list[str]:
    return [*ours(environment), *sorted(name for name in environment if name.startswith(_KEYS))]


def _files() -> list[str]:
    """Return what stands in this folder under a name like that of the settings."""
    return get_close_matches(str(CONFIG), [each.name for each in Path().glob("*.toml*")], cutoff=_ALIKE)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
