"""The settings of a target: where they come from, what is refused, and that no key is ever in them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conformance.contract.validity import Known
from conformance.exceptions import ConfigurationError
from conformance.history.observation import TargetFacts
from conformance.run.target import SETTING_OF_NEED, load, reason_of_unmet

KEY, OTHER = "lk_secret-of-the-owner", "lk_secret-of-the-other"
WHOLE = """
[target]
base_url = "https://api.example.com/"
project_id = "prj_1"
review_project_id = "prj_2"
archive_project_id = "prj_3"
other_api_key_env = "LAYERS_OTHER_KEY"
other_project_id = "prj_4"
[fixtures]
influencer_id = "inf_1"
reference_media_ids = ["med_1", "med_2"]
source_post_id = "post_1"
failing_brief = { hook = "fail", language = "en" }
[dialect]
clone_id = "fresh"
[timing]
generation_timeout = 90
poll_interval = 0.5
[hooks]
clock_url = "https://api.example.com/clock"
[budget]
generations = 7
requests_per_second = 3.5
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LAYERS_API_KEY", KEY)
    monkeypatch.setenv("LAYERS_OTHER_KEY", OTHER)


def written(folder: Path, text: str = WHOLE) -> Path:
    path = folder / "conformance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_every_setting(tmp_path: Path) -> None:
    target = load(written(tmp_path))
    assert target.base_url == "https://api.example.com"
    assert target.fixtures.failing_brief == {"hook": "fail", "language": "en"}
    assert (target.dialect.clone_id, target.timing.generation_timeout, target.budget.generations) == ("fresh", 90, 7)
    assert target.configured() == set(SETTING_OF_NEED)


def test_what_is_not_given_has_a_default(tmp_path: Path) -> None:
    target = load(written(tmp_path, '[target]\nbase_url = "http://127.0.0.1:1"\nproject_id = "p"\n'))
    assert target.target.api_key_env == "LAYERS_API_KEY"
    assert target.dialect.clone_id == "existing"
    assert target.budget.generations is None
    assert target.configured() == frozenset()


def test_a_flag_beats_the_environment_and_the_environment_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    monkeypatch.setenv("CONFORMANCE_TARGET__BASE_URL", "https://environment.example.com")
    monkeypatch.setenv("CONFORMANCE_BUDGET__GENERATIONS", "9")
    monkeypatch.setenv("CONFORMANCE_FIXTURES__FAILING_BRIEF", '{"hook": "from the environment"}')
    target = load(path)
    assert target.base_url == "https://environment.example.com"
    assert target.budget.generations == 9
    assert target.budget.requests_per_second == 3.5, "the rest of the section stays the file's"
    assert target.fixtures.failing_brief == {"hook": "from the environment"}
    flags = {"target": {"base_url": "https://flag.example.com", "project_id": None}, "budget": {"generations": 0}}
    target = load(path, flags)
    assert target.base_url == "https://flag.example.com"
    assert target.target.project_id == "prj_1", "a flag that was not given changes nothing"
    assert target.budget.generations == 0


def test_flags_and_environment_do_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_TARGET__PROJECT_ID", "from_environment")
    target = load(None, {"target": {"base_url": "http://127.0.0.1:8080"}})
    assert (target.base_url, target.target.project_id) == ("http://127.0.0.1:8080", "from_environment")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[target", "is not valid TOML"),
        ("[target]\nproject_id = 'p'\n", "target.base_url"),
        ("[target]\nbase_url = 'http://a.test'\n", "target.project_id"),
        ("[target]\nbase_url = 'http://a.test'\nproject_id = ''\n", "target.project_id"),
        ("[target]\nbase_url = 'http://a.test'\nproject_id = 7\n", "target.project_id"),
        ("[target]\nbase_url = 'a.test'\nproject_id = 'p'\n", "target.base_url"),
        ("[target]\nbase_url = 'ftp://a.test'\nproject_id = 'p'\n", "target.base_url"),
        ("target = 7\n", "target"),
        ("[targets]\n", "target"),
        (WHOLE + "sleep = 1\n", "budget.sleep"),
        (WHOLE + "[extra]\n", "extra"),
        (WHOLE.replace('"fresh"', '"both"'), "dialect.clone_id"),
        (WHOLE.replace("= 90", "= 0"), "timing.generation_timeout"),
        (WHOLE.replace("generations = 7", "generations = -1"), "budget.generations"),
        (WHOLE.replace("= 3.5", "= nan"), "budget.requests_per_second"),
        (WHOLE.replace("= 90", "= inf"), "timing.generation_timeout"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(written(tmp_path, text))
    sentence = str(raised.value)
    assert said in sentence
    assert "conformance.toml" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Cannot read .*none\.toml: No such file.*give --config"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigurationError, match=r"Cannot read .*: Is a directory"):
        load(tmp_path)
    path = tmp_path / "conformance.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="it is not UTF-8 text"):
        load(path)


def test_a_wrong_variable_is_told_by_the_setting_that_it_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_BUDGET__GENERATIONS", "many")
    with pytest.raises(ConfigurationError, match=r"budget\.generations"):
        load(written(tmp_path))


LEAST = "[target]\nbase_url = 'http://a.test'\nproject_id = 'p'\n"


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
            "The table [zzz] in {file} does not exist; the tables are target, fixtures, dialect, timing, hooks, budget.",
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
        with pytest.raises(
            ConfigurationError, match=r"target\.projct_id in CONFORMANCE_TARGET__PROJCT_ID does not exist"
        ):
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
        ("prj_2", "prj_1", "target.project_id and target.review_project_id .* a project whose policy requires review"),
        ("prj_3", "prj_1", "target.project_id and target.archive_project_id .* a project of its own"),
        ("prj_3", "prj_2", "target.review_project_id and target.archive_project_id "),
        ("prj_4", "prj_3", "target.archive_project_id and target.other_project_id .* of the other organization"),
    ],
)
def test_two_settings_that_name_one_project_are_refused(one: str, two: str, meant: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"The settings {meant}") as raised:
        load(written(tmp_path, WHOLE.replace(f'"{one}"', f'"{two}"')))
    assert "name the same project" in str(raised.value)
    assert str(raised.value).endswith("or leave it out.")


def test_two_variables_that_hold_one_key_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERS_OTHER_KEY", KEY)
    with pytest.raises(
        ConfigurationError, match="LAYERS_API_KEY and LAYERS_OTHER_KEY hold the same API key; .* another organization"
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


@pytest.mark.parametrize("value", ["not JSON", "{", ""])
def test_a_variable_that_should_be_json_and_is_not_is_told_too(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORMANCE_FIXTURES__FAILING_BRIEF", value)
    with pytest.raises(ConfigurationError, match="fixtures"):
        load(written(tmp_path))


@pytest.mark.parametrize("name", ["LAYERS_API_KEY", "LAYERS_STAGING_KEY"])
def test_a_key_that_is_not_there_is_told_by_its_variable(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    text = WHOLE.replace("[target]\n", f'[target]\napi_key_env = "{name}"\n')
    with pytest.raises(ConfigurationError, match=f"The variable {name} holds no API key; export {name}=…"):
        load(written(tmp_path, text))
    monkeypatch.setenv(name, "")
    with pytest.raises(ConfigurationError, match="holds no API key"):
        load(written(tmp_path, text))


@pytest.mark.parametrize("name", ["LAYERS_API_KEY", "LAYERS_OTHER_KEY"])
@pytest.mark.parametrize("key", ["lk_1\n", " lk_1", "lk_\u00e9", "lk\r\n_1", "lk_1\x7f"])
def test_a_key_that_no_header_can_carry_is_told_without_the_key(
    key: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, key)
    with pytest.raises(
        ConfigurationError, match=f"The variable {name} holds an API key that is not a valid header value"
    ) as raised:
        load(written(tmp_path))
    assert "lk" not in str(raised.value)


def test_a_second_organization_without_its_key_is_not_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAYERS_OTHER_KEY")
    target = load(written(tmp_path))
    assert target.key("other") is None
    assert "other_key" not in target.configured()


def test_no_key_is_in_anything_that_can_be_shown(tmp_path: Path) -> None:
    target = load(written(tmp_path))
    owner, other = target.key("owner"), target.key("other")
    assert owner
    assert other
    assert (owner.get_secret_value(), other.get_secret_value()) == (KEY, OTHER)
    for shown in (
        repr(target),
        str(target),
        json.dumps(target.public_facts()),
        repr(owner),
        f"{other}",
        repr(vars(target)),
    ):
        assert KEY not in shown
        assert OTHER not in shown


def test_a_key_in_the_place_of_a_setting_is_not_repeated_by_the_error(tmp_path: Path) -> None:
    text = WHOLE.replace("generations = 7", f'generations = "{KEY}"')
    with pytest.raises(ConfigurationError) as raised:
        load(written(tmp_path, text))
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_key_that_is_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"target\.api_key ") as raised:
        load(written(tmp_path, WHOLE.replace("[target]\n", f'[target]\napi_key = "{KEY}"\n')))
    assert KEY not in str(raised.value)


def test_the_facts_of_a_judge_are_those_of_the_target(tmp_path: Path) -> None:
    public = json.loads(json.dumps(load(written(tmp_path)).public_facts()))
    assert TargetFacts.of(public) == TargetFacts(
        base_url="https://api.example.com",
        project_id="prj_1",
        review_project_id="prj_2",
        archive_project_id="prj_3",
        other_project_id="prj_4",
        clone_id="fresh",
        generation_timeout=90,
        clock_url="https://api.example.com/clock",
        known=Known("inf_1", ("med_1", "med_2"), "post_1", "fail"),
    )


def test_the_facts_of_a_target_with_nothing_optional(tmp_path: Path) -> None:
    public = load(written(tmp_path, '[target]\nbase_url = "http://a.test"\nproject_id = "p"\n')).public_facts()
    assert TargetFacts.of(public) == TargetFacts(base_url="http://a.test", project_id="p")
