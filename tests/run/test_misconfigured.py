"""Mistakes in the settings: each is told in one sentence that names it, the nearest right name, and no key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from settings import KEY, OTHER, WHOLE, written

from conformance.exceptions import ConfigurationError
from conformance.run.settings.loading import load
from conformance.run.settings.target import reason_of_unmet

LEAST = "[target]\nbase_url = 'http://a.test'\nproject_id = 'p'\n"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LAYERS_API_KEY", KEY)
    monkeypatch.setenv("LAYERS_OTHER_KEY", OTHER)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            LEAST.replace("project_id", "projct_id"),
            "The setting target.projct_id in {file} does not exist; the nearest right one is target.project_id.",
        ),
        (
            LEAST.replace("[target]", "[targt]"),
            "The table [targt] in {file} does not exist; the nearest right one is [target].",
        ),
        (
            LEAST + "api_key = 'lk_live_1'\n",
            (
                "The setting target.api_key in {file} does not exist; the nearest right one is target.api_key_env, "
                "which takes the name of a variable, never a key."
            ),
        ),
        (
            LEAST + "poll_interval = 3\n",
            "The setting target.poll_interval in {file} does not exist; the nearest right one is timing.poll_interval.",
        ),
        (
            LEAST.removeprefix("[target]\n"),
            "The setting base_url in {file} does not exist; the nearest right one is target.base_url.",
        ),
        (
            LEAST + "[zzz]\n",
            "The table [zzz] in {file} does not exist; the tables are target, fixtures, dialect, timing, limits, network, hooks, budget.",
        ),
        (
            LEAST + "[dialect]\nzzz = 1\n",
            "The setting dialect.zzz in {file} does not exist; the settings of [dialect] are clone_id.",
        ),
        (
            "[target]\nbase_url = 'http://a.test'\n",
            (
                "The setting target.project_id is missing in {file}; write it below [target], or give --project-id "
                "or set CONFORMANCE_TARGET__PROJECT_ID."
            ),
        ),
        (
            "target = 7\n",
            "The setting target in {file} is not a table; write [target] on a line of its own, and its settings below it.",
        ),
        (
            LEAST.replace("http://", ""),
            (
                "The setting target.base_url in {file} has no scheme; write https:// before it, "
                "or http:// where the server has no TLS."
            ),
        ),
        (
            LEAST.replace("http://a.test", "localhost:8080"),
            (
                "The setting target.base_url in {file} has no scheme; write https:// before it, "
                "or http:// where the server has no TLS."
            ),
        ),
        (
            LEAST.replace("http:", "ftp:"),
            "The setting target.base_url in {file} begins with neither https:// nor http://; use one.",
        ),
    ],
)
def test_a_mistake_is_told_with_the_nearest_right_name(text: str, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as raised:
        load(path, {"target": {"base_url": None}})
    assert str(raised.value) == said.format(file=path)


def test_a_mistake_in_a_variable_is_told_by_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("CONFORMANCE_TARGET__PROJCT_ID", "p")
        with pytest.raises(ConfigurationError, match=r"CONFORMANCE_TARGET__PROJCT_ID gives no setting.*PROJECT_ID"):
            load(written(tmp_path))
    with monkeypatch.context() as patched:
        patched.setenv("CONFORMANCE_TARGET__BASE_URL", "a.test")
        with pytest.raises(
            ConfigurationError, match=r"in --base-url or the variable CONFORMANCE_TARGET__BASE_URL has no scheme"
        ):
            load(written(tmp_path))
    with monkeypatch.context() as patched:
        patched.setenv("CONFORMANCE_FIXTURES", "lk_no-json")
        with pytest.raises(
            ConfigurationError, match=r"^The variable CONFORMANCE_FIXTURES is not a JSON object"
        ) as raised:
            load(written(tmp_path))
    assert "lk_" not in str(raised.value)


def test_what_is_missing_without_a_file_is_told_with_every_way_to_give_it() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(None, {"target": {"base_url": "http://a.test"}})
    assert str(raised.value) == (
        "The setting target.project_id is missing; give --project-id, set CONFORMANCE_TARGET__PROJECT_ID, "
        "or write a conformance.toml with `conformance init`."
    )


@pytest.mark.parametrize(
    ("one", "two", "meant"),
    [
        ("prj_2", "prj_1", "review_project_id .* as target.project_id; give a project whose policy requires review"),
        ("prj_3", "prj_1", "archive_project_id .* as target.project_id; give a project of its own"),
        ("prj_3", "prj_2", "archive_project_id .* as target.review_project_id; "),
    ],
)
def test_two_settings_that_name_one_project_are_refused(one: str, two: str, meant: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"The setting target.{meant}") as raised:
        load(written(tmp_path, WHOLE.replace(f'"{one}"', f'"{two}"')))
    assert "names the same project" in str(raised.value)
    assert str(raised.value).endswith("or leave it out.")


def test_two_organizations_may_have_a_project_of_one_id(tmp_path: Path) -> None:
    target = load(written(tmp_path, WHOLE.replace('"prj_4"', '"prj_1"'))).target
    assert target.project_id == target.other_project_id == "prj_1"


def test_two_variables_that_hold_one_key_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERS_OTHER_KEY", KEY)
    with pytest.raises(
        ConfigurationError, match=r"LAYERS_API_KEY and LAYERS_OTHER_KEY hold the same API key; .* another organization"
    ) as raised:
        load(written(tmp_path))
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("setting", ["api_key_env", "other_api_key_env"])
@pytest.mark.parametrize(
    "key", ["lk_live_51Hxyz", "lk_live_abcdef", "LK_LIVE_8F3A9C1B", "AKIAIOSFODNN7EXAMPLE", "aa-bb", "a b"]
)
def test_a_key_in_the_place_of_a_variables_name_is_never_shown(setting: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"The setting target\.{setting} in .* takes the name of a variable"
    ) as raised:
        load(written(tmp_path, f'{LEAST}{setting} = "{key}"\n'))
    assert key not in str(raised.value)
    assert key not in repr(raised.value.__cause__)


def test_a_variable_with_an_odd_name_that_is_set_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("my_layers_key_4f", KEY)
    key = load(written(tmp_path, f'{LEAST}api_key_env = "my_layers_key_4f"\n')).key("owner")
    assert key
    assert key.get_secret_value() == KEY


def test_a_named_variable_that_is_not_set_is_the_reason_of_what_it_makes_impossible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAYERS_OTHER_KEY")
    target = load(written(tmp_path))
    assert reason_of_unmet("other_key", target.public_facts()) == (
        "The variable LAYERS_OTHER_KEY, which target.other_api_key_env names, is not set or is empty."
    )
    least = load(written(tmp_path, LEAST)).public_facts()
    assert reason_of_unmet("other_key", least) == "The target's configuration gives no target.other_api_key_env."
    assert reason_of_unmet("clock", least) == "The target's configuration gives no hooks.clock_url."
