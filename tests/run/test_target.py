"""The settings of a target: where they come from, what is refused, and that no key is ever in them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from settings import KEY, OTHER, WHOLE, written

from conformance.contract.validity import Known
from conformance.exceptions import ConfigurationError
from conformance.history.observation import TargetFacts
from conformance.run.settings.loading import load
from conformance.run.settings.target import SETTING_OF_NEED


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LAYERS_API_KEY", KEY)
    monkeypatch.setenv("LAYERS_OTHER_KEY", OTHER)


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
