"""Every setting with every slip of a user: refused in one sentence that names it, or used as it stands, and then harmless."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from settings import KEY, OTHER, written

from conformance.exceptions import ConfigurationError
from conformance.run.settings.loading import load, tables_of, variable_of
from conformance.run.settings.target import DAY, Target

SETTINGS = {
    f"{table}.{name}": (table, name) for table, model in tables_of(Target).items() for name in model.model_fields
}
NUMBERS = {
    setting
    for setting, (table, name) in SETTINGS.items()
    for annotation in [tables_of(Target)[table].model_fields[name].annotation]
    if {int, float} & {annotation, *get_args(annotation)}
}
SLIPS: dict[str, Any] = {
    "negative": -1,
    "not a number": math.nan,
    "endless": math.inf,
    "endless below zero": -math.inf,
    "huge": 1e300,
    "of 31 digits": 10**30,
    "true": True,
    "a word": "soon",
    "blank": " ",
    "a list": [],
    "a table": {},
    "a list of lists": [[1]],
    "a line end": "a\nb",
    "a line end behind it": "http://a.test\n",
    "a space before it": " a",
    "a tab behind it": "a\t",
}
FITTING = {
    "fixtures.reference_media_ids": ["a list"],
    "fixtures.failing_brief": ["a table"],
    "network.headers": ["a table"],
    "network.verify": ["true"],
}
"""The slips that are right for a setting."""
FREE = {"target.api_key_env", "target.other_api_key_env", "network.proxy_auth_env", "network.client_key_password_env"}
"""Names of variables; those that are not set leave something out, or are told when a run needs them."""


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERS_API_KEY", KEY)
    monkeypatch.setenv("LAYERS_OTHER_KEY", OTHER)


def toml(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return "{}" if value == {} else json.dumps(value)


def given(folder: Path, setting: str, value: Any) -> Path:
    table, name = SETTINGS[setting]
    tables: dict[str, dict[str, Any]] = {"target": {"base_url": "http://a.test", "project_id": "p"}}
    tables.setdefault(table, {})[name] = value
    lines = (
        line for each, rows in tables.items() for line in (f"[{each}]", *(f"{k} = {toml(v)}" for k, v in rows.items()))
    )
    return written(folder, "\n".join(lines))


def refused(path: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load(path)
    return str(raised.value)


def slips() -> Iterator[tuple[str, str]]:
    for setting in SETTINGS:
        for slip, value in SLIPS.items():
            is_word = value == "soon" and setting not in NUMBERS
            if slip not in FITTING.get(setting, ()) and not is_word and setting not in FREE:
                yield setting, slip


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_slip_is_told_in_one_sentence_that_names_the_setting(setting: str, tmp_path: Path) -> None:
    for slip in [slip for each, slip in slips() if each == setting]:
        said = refused(given(tmp_path, setting, SLIPS[slip]))
        assert setting in said, (slip, said)
        assert said.isprintable(), (slip, said)
        assert said.endswith("."), (slip, said)
        assert len(said) < 500, (slip, said)


@pytest.mark.parametrize("setting", sorted(NUMBERS))
def test_a_slip_in_a_variable_names_the_variable(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = variable_of(*SETTINGS[setting])
    for text in ("", "soon", "nan", "1e300", "-1", "5 s"):
        with monkeypatch.context() as patched:
            patched.setenv(variable, text)
            assert variable in refused(written(tmp_path, "[target]\nbase_url = 'http://a.test'\nproject_id = 'p'\n")), (
                text
            )


@pytest.mark.parametrize("setting", sorted(each for each in NUMBERS if each.startswith(("timing.", "network."))))
def test_no_time_is_longer_than_a_day(setting: str, tmp_path: Path) -> None:
    assert "less than or equal to" in refused(given(tmp_path, setting, DAY + 1))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a.test?x=1", "holds a query or a fragment"),
        ("http://a.test/api#content", "holds a query or a fragment"),
        ("http://a.test ", "begins or ends with white space"),
        ("'http://a.test'", "begins with neither https:// nor http://"),
        ("http://a.test:99999", "invalid port number"),
        ("http://a b.test", "invalid international domain name"),
    ],
)
def test_a_base_url_with_more_than_belongs_to_it_is_refused(url: str, said: str, tmp_path: Path) -> None:
    assert said in refused(given(tmp_path, "target.base_url", url))


@pytest.mark.parametrize("url", ["http://a.test/", "http://a.test/api/", "http://a.test/v1"])
def test_a_base_url_may_have_a_path(url: str, tmp_path: Path) -> None:
    assert load(given(tmp_path, "target.base_url", url)).base_url == url.rstrip("/")
