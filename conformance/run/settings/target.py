"""The settings of a target as one model: where it is, whose keys are sent, which fixtures it has, and which readings it chose.

What is wrong with a setting is said by its validator; `loading` puts the name and the place of the setting before that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from operator import attrgetter
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from conformance.client.actors import KEY_HEADER
from conformance.client.limits import LARGEST_ANSWER
from conformance.client.redaction import SHORTEST
from conformance.client.route import LONGEST_CONNECT

PREFIX, DELIMITER = "CONFORMANCE_", "__"
"""Variables are called CONFORMANCE_TABLE__SETTING."""
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
SHORTEST_PAUSE, HOUR, DAY = 0.001, 3_600, 86_400
"""Seconds; what is beyond is a slip, such as milliseconds in the place of seconds."""
LONGEST_TOLERANCE = 600
"""The most seconds of a tolerance: a run waits for as long, several times, and finds less the longer it is."""
MOST_BYTES = 1024 * 1024 * 1024
OURS = frozenset(
    name.lower()
    for name in (
        *(KEY_HEADER, "X-Api-Token", "Authorization", "Proxy-Authorization", "Idempotency-Key", "If-None-Match"),
        *("Host", "Accept", "Accept-Encoding", "User-Agent", "Connection", "Cookie"),
        *("Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "TE", "Upgrade", "Expect"),
    )
)
"""The headers that the suite or HTTP itself chooses, and that no gateway may have from it."""
OF_SETTING = "setting"
"""The type of the errors of our validators, whose texts go on after "The setting NAME in PLACE"."""
_ODD = re.compile(r"\s|.*\s\Z|.*[\x00-\x1f\x7f]", re.DOTALL)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_VARIABLE_NAME = re.compile(r"[A-Z]{1,16}[0-9]{0,3}(?:_(?:[A-Z]{1,16}[0-9]{0,3}|[0-9]{1,3}))*")


def wrong(said: str) -> PydanticCustomError:
    """Return the error of a validator; `said` goes on after "The setting NAME in PLACE"."""
    return PydanticCustomError(OF_SETTING, "{said}", {"said": said})


def invalid(said: str) -> PydanticCustomError:
    """Return the error of a validator that has nothing better to advise than a new file."""
    return wrong(f"is not valid: {said}; `conformance init` writes a valid file.")


def _as_written(text: str) -> str:
    if _ODD.match(text):
        raise invalid("it begins or ends with white space, or holds a line end or another control character")
    return text


def _url(text: str) -> str:
    """Refuse what is no URL of an HTTP server; what is said does not repeat it, since it may hold a password."""
    scheme, colon, _ = text.partition("://")
    if not colon:
        raise wrong("has no scheme; write https:// before it, or http:// where the server has no TLS.")
    if scheme.lower() not in {"http", "https"}:
        raise wrong("begins with neither https:// nor http://; use one.")
    try:
        TypeAdapter(HttpUrl).validate_python(text)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise wrong(f"is not valid: {reason}; write it as https://host or https://host:port.") from None
    return text


def _base_url(text: str) -> str:
    if "?" in text or "#" in text:
        raise wrong(
            "holds a query or a fragment, below which there are no paths; leave out the ? or # and all behind it."
        )
    return text


def _variable(name: str) -> str:
    """Refuse what names no variable that is set and may be a secret that was put in the place of a name."""
    if os.environ.get(name) or (len(name) <= 64 and _VARIABLE_NAME.fullmatch(name)):
        return name
    raise wrong(
        "takes the name of a variable, and no variable has the name that it gives (which is not shown here, since it may be a key); "
        "export the secret as a variable such as LAYERS_API_KEY, and give that name."
    )


Plain = Annotated[str, AfterValidator(_as_written)]
"""A text that somebody may have copied with more around it than belongs to it, such as an id."""
Url = Annotated[Plain, AfterValidator(_url)]
BaseUrl = Annotated[Url, AfterValidator(_base_url)]
Variable = Annotated[str, AfterValidator(_variable)]
"""The name of a variable that holds a secret."""


class Section(BaseModel):
    """A table: unknown settings are refused, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false but for a switch, since a number would be made of them."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise invalid(f"it is {str(value).lower()}, and a number or a text is needed")
        return value


class TargetSection(Section):
    """Where the target is, and the projects that the run may use. For a key, the name of a variable is given."""

    base_url: BaseUrl
    api_key_env: Variable = "LAYERS_API_KEY"
    project_id: Plain = Field(min_length=1)
    review_project_id: Plain | None = None
    archive_project_id: Plain | None = None
    other_api_key_env: Variable | None = None
    other_project_id: Plain | None = None

    @field_validator("review_project_id", "archive_project_id")
    @classmethod
    def _has_a_project_of_its_own(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse the project of another setting; the other organization may have a project of the same id."""
        twin = next((name for name in PROJECTS if value and info.data.get(name) == value), None)
        if twin:
            meaning = PROJECTS[str(info.field_name)]
            raise wrong(f"names the same project as target.{twin}; give {meaning}, or leave it out.")
        return value


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


class NetworkSection(Section):
    """The way to the target. For each secret, the name of a variable is given; `headers` maps headers to such names."""

    proxy: Url | None = None
    proxy_auth_env: Variable | None = None
    ca_bundle: Plain | None = None
    client_cert: Plain | None = None
    client_key: Plain | None = None
    client_key_password_env: Variable | None = None
    headers: dict[str, Variable] = Field(default_factory=dict)
    verify: bool = True
    connect_timeout: float = Field(LONGEST_CONNECT, gt=0, le=HOUR)
    read_timeout: float | None = Field(None, gt=0, le=HOUR)

    @field_validator("proxy")
    @classmethod
    def _is_a_plain_proxy(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if "@" in parts.netloc:
            raise wrong(
                "holds a user or a password (not shown here); leave them out, export user:password as a variable, and name it in "
                "network.proxy_auth_env."
            )
        if parts.scheme.lower() == "https":
            raise wrong(
                "begins with https://; write http:// and the port at which the proxy takes plain HTTP: what goes to an https:// target is "
                "encrypted all the same."
            )
        return value

    @field_validator("proxy_auth_env", "client_key")
    @classmethod
    def _has_its_other_half(cls, value: str | None, info: ValidationInfo) -> str | None:
        half = "proxy" if info.field_name == "proxy_auth_env" else "client_cert"
        if value and not info.data.get(half):
            raise wrong(f"is given, and no network.{half}; give both.")
        return value

    @field_validator("headers")
    @classmethod
    def _names_headers_of_a_gateway(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not _HEADER_NAME.fullmatch(name):
                raise wrong(f"names {name!r}, which is no name of a header.")
            if name.lower() in OURS:
                raise wrong(f"names {name}, which the suite sends itself or HTTP needs; leave it out.")
        return value

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that hold its secrets."""
        return tuple(filter(None, (self.proxy_auth_env, self.client_key_password_env, *self.headers.values())))


class Hooks(Section):
    """What a test target offers besides the API."""

    clock_url: Url | None = None


class BudgetSection(Section):
    """What the run may spend at most; None leaves it to the profile. `max_in_flight` generations may be under way at once."""

    generations: int | None = Field(None, ge=0, le=100_000)
    requests: int | None = Field(None, ge=1, le=10_000_000)
    seconds: float | None = Field(None, gt=0, le=30 * DAY)
    requests_per_second: float | None = Field(None, ge=0.01, le=100_000)
    max_in_flight: int = Field(8, ge=1, le=1_000)


class Target(BaseModel):
    """The whole configuration of a target, with the sections of `conformance.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    target: TargetSection
    fixtures: Fixtures = Fixtures()
    dialect: Dialect = Dialect()
    timing: Timing = Timing()
    limits: LimitsSection = LimitsSection()
    network: NetworkSection = NetworkSection()
    hooks: Hooks = Hooks()
    budget: BudgetSection = BudgetSection()

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
        values = {need: attrgetter(setting)(self) for need, setting in SETTING_OF_NEED.items()}
        values["other_key"] = self.key("other")
        return frozenset(need for need, value in values.items() if value)


def may_be_sent(secret: str) -> bool:
    """Return whether a text can be the value of a header."""
    return _SENDABLE.fullmatch(secret) is not None


def reason_of_unmet(need: str, facts: Mapping[str, Any]) -> str:
    """Return why a need is not met by a configuration whose public facts are given."""
    setting = SETTING_OF_NEED.get(need, need)
    variable = facts.get("target", {}).get("other_api_key_env") if need == "other_key" else None
    if variable:
        return f"The variable {variable}, which {setting} names, is not set or is empty."
    return f"The target's configuration gives no {setting}."


def short_keys(target: Target) -> list[str]:
    """Return a sentence for each key that is too short to be looked for in what is recorded and shown."""
    keys = {getattr(target.target, setting): target.key(actor) for actor, setting in VARIABLES.items()}
    return [
        f"The key in {name} has fewer than {SHORTEST} characters, as any word may have: in records and reports it is replaced in "
        "the header that carries it, and nowhere else."
        for name, key in keys.items()
        if key is not None and len(key.get_secret_value()) < SHORTEST
    ]
