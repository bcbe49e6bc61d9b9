"""The target: where it is, whose keys are sent, which fixtures it has, and which readings it chose.

Flags override variables (`CONFORMANCE_<SECTION>__<FIELD>`), and these override `conformance.toml`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from conformance.client.limits import LARGEST_ANSWER
from conformance.client.redaction import SHORTEST
from conformance.exceptions import ConfigurationError
from conformance.run.settings.misconfigured import (
    Given,
    may_be_sent,
    may_be_shown,
    require_base_url,
    require_url,
    sentence,
)
from conformance.run.settings.reach import NetworkSection, require_network, route_of, with_folder
from conformance.run.settings.section import Plain, Section
from conformance.run.settings.variables import DELIMITER, PREFIX, refuse_unknown, variable_of

VARIABLES: dict[Literal["owner", "other"], str] = {"owner": "api_key_env", "other": "other_api_key_env"}
"""The setting that names the variable with the key of each organization."""
PROJECTS = {
    "project_id": "a project whose policy requires no review",
    "review_project_id": "a project whose policy requires review",
    "archive_project_id": "a project of its own, which the run archives",
    "other_project_id": "a project of the other organization",
}
"""The settings that name a project, and what each is to name."""
OPTIONAL_CAPABILITIES = ("approve", "cancel", "archive")


SHORTEST_PAUSE, HOUR, DAY = 0.001, 3_600, 86_400
"""Seconds; what is beyond is a slip, such as milliseconds in the place of seconds."""
LONGEST_TOLERANCE = 600
"""The most seconds of a tolerance: a run waits for as long, several times, and finds less the longer it is."""
MOST_BYTES = 1024 * 1024 * 1024


class TargetSection(Section):
    """Where the target is, and the projects that the run may use. For a key, the name of a variable is given."""

    base_url: Plain
    api_key_env: str = "LAYERS_API_KEY"
    project_id: Plain = Field(min_length=1)
    review_project_id: Plain | None = None
    archive_project_id: Plain | None = None
    other_api_key_env: str | None = None
    other_project_id: Plain | None = None


class Fixtures(Section):
    """Objects that exist at the target, and that requests may refer to."""

    influencer_id: Plain | None = None
    reference_media_ids: tuple[Plain, ...] = ()
    source_post_id: Plain | None = None
    failing_brief: dict[str, Any] | None = None


class Dialect(Section):
    """The readings that the target chose where the documentation is open and no answer shows the choice."""

    clone_id: Literal["existing", "fresh"] = "existing"


class Timing(Section):
    """How long to wait, in seconds, and how long a generation takes, for the plan alone."""

    generation_timeout: float = Field(300, gt=0, le=DAY)
    poll_interval: float = Field(2, ge=SHORTEST_PAUSE, le=HOUR)
    request_timeout: float = Field(30, gt=0, le=HOUR)
    generation_seconds: float | None = Field(None, gt=0, le=DAY)
    outage_timeout: float = Field(60, ge=0, le=DAY)
    settling: float = Field(2, ge=0, le=LONGEST_TOLERANCE)
    read_lag: float = Field(0, ge=0, le=LONGEST_TOLERANCE)


class LimitsSection(Section):
    """What one answer of the target may take."""

    answer_bytes: int = Field(LARGEST_ANSWER, ge=65_536, le=MOST_BYTES)


class Hooks(Section):
    """What a test target offers besides the API."""

    clock_url: Plain | None = None


class BudgetSection(Section):
    """What the run may spend at most; None leaves it to the profile. `max_in_flight` generations may be under way at once."""

    generations: int | None = Field(None, ge=0, le=100_000)
    requests: int | None = Field(None, ge=1, le=10_000_000)
    seconds: float | None = Field(None, gt=0, le=30 * DAY)
    requests_per_second: float | None = Field(None, ge=0.01, le=100_000)
    max_in_flight: int = Field(8, ge=1, le=1_000)


class Target(BaseSettings):
    """The whole configuration of a target, with the sections of `conformance.toml`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    target: TargetSection
    fixtures: Fixtures = Fixtures()
    dialect: Dialect = Dialect()
    timing: Timing = Timing()
    limits: LimitsSection = LimitsSection()
    network: NetworkSection = NetworkSection()
    hooks: Hooks = Hooks()
    budget: BudgetSection = BudgetSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment override the file, whose values are the initial ones."""
        return env_settings, init_settings

    @property
    def base_url(self) -> str:
        """The base URL without a slash at its end."""
        return self.target.base_url.rstrip("/")

    def key(self, actor: Literal["owner", "other"]) -> SecretStr | None:
        """Return the key of an actor from the environment; None if it is not configured or not set."""
        name = self.target.api_key_env if actor == "owner" else self.target.other_api_key_env
        value = os.environ.get(name) if name else None
        return SecretStr(value) if value else None

    def public_facts(self) -> dict[str, Any]:
        """Return all settings; the keys are not among them, so that they may be shown in a report."""
        return self.model_dump(mode="json")

    def configured(self) -> frozenset[str]:
        """Return the needs of requirements that this configuration meets (see `needs` in the register)."""
        given = {
            "review_project": self.target.review_project_id,
            "archive_project": self.target.archive_project_id,
            "other_key": self.key("other"),
            "source_post": self.fixtures.source_post_id,
            "failing_brief": self.fixtures.failing_brief,
            "clock": self.hooks.clock_url,
        }
        return frozenset(name for name, value in given.items() if value)


class _Merged(Target):
    """A target whose sources were merged before."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the given values only, so that a flag overrides the environment."""
        return (init_settings,)


SETTING_OF_NEED = {
    "review_project": "target.review_project_id",
    "archive_project": "target.archive_project_id",
    "other_key": "target.other_api_key_env",
    "source_post": "fixtures.source_post_id",
    "failing_brief": "fixtures.failing_brief",
    "clock": "hooks.clock_url",
}
"""The setting that meets a need, named in the reasons of a report."""
USED_UP = {
    "archive_project": "names a project that takes no creates, as one that an earlier run has archived; name another one."
}
"""What is said of a setting whose fixture can be used once, and was."""


def reason_of_unmet(need: str, facts: Mapping[str, Any]) -> str:
    """Return why a need is not met by a configuration whose public facts are given."""
    setting = SETTING_OF_NEED.get(need, need)
    variable = facts.get("target", {}).get("other_api_key_env") if need == "other_key" else None
    if variable:
        return f"The variable {variable}, which {setting} names, is not set or is empty."
    return f"The target's configuration gives no {setting}."


def load(config: Path | None = None, overrides: dict[str, Any] | None = None, *, needs_key: bool = True) -> Target:
    """Return the target of a TOML file, overridden by the environment and then by `overrides` (`{"target": {"base_url": …}}`).

    Raises ConfigurationError if the file is missing, is not TOML or holds an invalid value, if a variable gives no setting, if two
    settings name the same project or key, and if the environment does not hold the key of the owner, unless
    nothing will be sent and so none is needed.
    """
    values = with_folder(_read_toml(config), config.parent) if config else {}
    environment = _environment()
    merged = _overridden(values, environment)
    merged.setdefault("target", {})
    refuse_unknown_variables(merged)
    for section, entries in (overrides or {}).items():
        merged = _overridden(merged, {section: {name: value for name, value in entries.items() if value is not None}})
    given = Given(config, environment, merged)
    try:
        target = _Merged.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError(sentence(error, Target, given)) from None
    require_base_url(target.base_url, given)
    if target.hooks.clock_url:
        require_url(target.hooks.clock_url, "hooks.clock_url", given)
    _require_projects_of_their_own(target, given)
    _require_keys(target, given, needs_key=needs_key)
    require_network(target.network, given)
    if needs_key:
        route_of(target.network)
    return target


def _require_projects_of_their_own(target: Target, given: Given) -> None:
    """Refuse two settings of the owner that name one project; the other organization may have a project of the same id."""
    named: dict[str, str] = {}
    for setting, meaning in PROJECTS.items():
        project = getattr(target.target, setting)
        if not project or setting == "other_project_id":
            continue
        if project in named:
            raise ConfigurationError(
                f"The settings target.{named[project]} and target.{setting} in {given.place('target', setting)} name the same project; "
                f"give {setting} {meaning}, or leave it out."
            )
        named[project] = setting


def _require_keys(target: Target, given: Given, *, needs_key: bool) -> None:
    """Refuse a key in the place of a variable's name, a variable of the owner that is not set, and keys that cannot be used."""
    for actor, setting in VARIABLES.items():
        name = getattr(target.target, setting)
        if name is None or target.key(actor) is not None or may_be_shown(name):
            continue
        raise ConfigurationError(
            f"The setting target.{setting} in {given.place('target', setting)} takes the name of a variable, and no variable has the "
            "name that it gives (which is not shown here, since it may be a key); export the key as a variable such as LAYERS_API_KEY, "
            "and give that name."
        )
    if needs_key and target.key("owner") is None:
        raise ConfigurationError(no_key(target.target.api_key_env))
    _refuse_unsendable(target)
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
    """Raise ConfigurationError for a `CONFORMANCE_…` variable that gives no setting; `settings` may name those that hold secrets."""
    refuse_unknown(Target, os.environ, [*_named(settings or {})])


def _named(values: Any) -> Iterator[str]:
    """Return every text in the tables of settings that were not yet validated; a few of them name variables."""
    for value in values.values():
        if isinstance(value, Mapping):
            yield from _named(value)
        elif isinstance(value, str):
            yield value


def short_keys(target: Target) -> list[str]:
    """Return a sentence for each key that is too short to be looked for in what is recorded and shown."""
    keys = {getattr(target.target, setting): target.key(actor) for actor, setting in VARIABLES.items()}
    return [
        f"The key in {name} has fewer than {SHORTEST} characters, as any word may have: in records and reports it is replaced in "
        "the header that carries it, and nowhere else."
        for name, key in keys.items()
        if key is not None and len(key.get_secret_value()) < SHORTEST
    ]


def _refuse_unsendable(target: Target) -> None:
    for actor, setting in VARIABLES.items():
        key, name = target.key(actor), getattr(target.target, setting)
        if key is not None and not may_be_sent(key.get_secret_value()):
            raise ConfigurationError(
                f"The variable {name} holds an API key that is not a valid header value, such as one with a line break; "
                f"export {name}=… and run again."
            )


def _environment() -> dict[str, Any]:
    """Return the settings that variables give, by table."""
    try:
        return EnvSettingsSource(Target)()
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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give --config a conformance.toml.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}; correct it or write a new one with `conformance init`."
        ) from None
