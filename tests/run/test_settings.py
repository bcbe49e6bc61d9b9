"""The settings of a target: where they come from, what is refused in one sentence, and that no key is ever in them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from settings import KEY, LEAST, OTHER, WHOLE, written

from conformance.contract.validity import Known
from conformance.exceptions import ConfigurationError
from conformance.history.observation import TargetFacts
from conformance.run.settings.loading import load, tables_of, variable_of
from conformance.run.settings.target import DAY, SETTING_OF_NEED, Target, reason_of_unmet


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERS_API_KEY", KEY)
    monkeypatch.setenv("LAYERS_OTHER_KEY", OTHER)


def refused(path: Path | None, flags: dict[str, Any] | None = None) -> str:
    """Return the sentence that refuses settings, and require that it shows no key."""
    with pytest.raises(ConfigurationError) as raised:
        load(path, flags)
    said = str(raised.value)
    assert said.isprintable()
    assert said.endswith(".")
    assert len(said) < 500
    assert not re.search(r"lk_|swordfish", said + repr(raised.value.__cause__))
    return said


def test_a_file_gives_every_setting(tmp_path: Path) -> None:
    target = load(written(tmp_path))
    assert target.base_url == "https://api.example.com"
    assert target.fixtures.failing_brief == {"hook": "fail", "language": "en"}
    assert (target.dialect.clone_id, target.timing.generation_timeout, target.budget.generations) == ("fresh", 90, 7)
    assert target.configured() == set(SETTING_OF_NEED)
    assert TargetFacts.of(json.loads(json.dumps(target.public_facts()))) == TargetFacts(
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


def test_what_is_not_given_has_a_default(tmp_path: Path) -> None:
    target = load(written(tmp_path, LEAST))
    assert target.target.api_key_env == "LAYERS_API_KEY"
    assert target.dialect.clone_id == "existing"
    assert target.budget.generations is None
    assert target.configured() == frozenset()
    assert TargetFacts.of(target.public_facts()) == TargetFacts(base_url="http://a.test", project_id="p")


def test_a_flag_beats_the_environment_and_the_environment_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    monkeypatch.setenv("CONFORMANCE_TARGET__BASE_URL", "https://environment.example.com")
    monkeypatch.setenv("CONFORMANCE_BUDGET__GENERATIONS", "9")
    monkeypatch.setenv("CONFORMANCE_FIXTURES__FAILING_BRIEF", '{"hook": "from the environment"}')
    target = load(path)
    assert (target.base_url, target.budget.generations) == ("https://environment.example.com", 9)
    assert target.budget.requests_per_second == 3.5, "the rest of the section stays the file's"
    assert target.fixtures.failing_brief == {"hook": "from the environment"}
    flags = {"target": {"base_url": "https://flag.example.com", "project_id": None}, "budget": {"generations": 0}}
    target = load(path, flags)
    assert (target.base_url, target.budget.generations) == ("https://flag.example.com", 0)
    assert target.target.project_id == "prj_1", "a flag that was not given changes nothing"
    monkeypatch.setenv("CONFORMANCE_TARGET__PROJECT_ID", "from_environment")
    assert load(None, {"target": {"base_url": "http://127.0.0.1:8080"}}).target.project_id == "from_environment"


NO_SCHEME = "The setting target.base_url in {file} has no scheme; write https:// before it, or http:// where the server has no TLS."


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
            LEAST + f"api_key = '{KEY}'\n",
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
        (LEAST.replace("http://", ""), NO_SCHEME),
        (LEAST.replace("http://a.test", "localhost:8080"), NO_SCHEME),
        (
            LEAST.replace("http:", "ftp:"),
            "The setting target.base_url in {file} begins with neither https:// nor http://; use one.",
        ),
    ],
)
def test_a_mistake_is_told_with_the_nearest_right_name(text: str, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    assert refused(path, {"target": {"base_url": None}}) == said.format(file=path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[target", "conformance.toml is not valid TOML"),
        ("[target]\nproject_id = 'p'\n", "target.base_url"),
        (LEAST.replace("'p'", "''"), "target.project_id"),
        (LEAST.replace("'p'", "7"), "target.project_id"),
        (WHOLE.replace('"fresh"', '"both"'), "dialect.clone_id"),
        (WHOLE.replace("= 90", "= 0"), "timing.generation_timeout"),
        (WHOLE.replace("generations = 7", f'generations = "{KEY}"'), "budget.generations"),
        (LEAST.replace("a.test", "a.test?x=1"), "holds a query or a fragment"),
        (LEAST.replace("a.test", "a.test/api#content"), "holds a query or a fragment"),
        (LEAST.replace("a.test", "a.test "), "begins or ends with white space"),
        (LEAST.replace("'http://a.test'", "\"'http://a.test'\""), "begins with neither https:// nor http://"),
        (LEAST.replace("a.test", "a.test:99999"), "invalid port number"),
        (LEAST.replace("a.test", "a b.test"), "invalid international domain name"),
        (
            WHOLE.replace('"prj_2"', '"prj_1"'),
            "names the same project as target.project_id; give a project whose policy requires review, or leave it out.",
        ),
        (WHOLE.replace('"prj_3"', '"prj_1"'), "as target.project_id; give a project of its own"),
        (WHOLE.replace('"prj_3"', '"prj_2"'), "names the same project as target.review_project_id; "),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    assert re.match(r"Cannot read .*none\.toml: No such file.*give --config", refused(tmp_path / "none.toml"))
    assert "Is a directory" in refused(tmp_path)
    path = tmp_path / "conformance.toml"
    path.write_bytes(b"\xff\xfe")
    assert "it is not UTF-8 text" in refused(path)
    assert refused(None, {"target": {"base_url": "http://a.test"}}) == (
        "The setting target.project_id is missing; give --project-id, set CONFORMANCE_TARGET__PROJECT_ID, "
        "or write a conformance.toml with `conformance init`."
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CONFORMANCE_BUDGET__GENERATIONS", "many", "budget.generations"),
        ("CONFORMANCE_TARGET__PROJCT_ID", "p", "CONFORMANCE_TARGET__PROJCT_ID gives no setting"),
        ("CONFORMANCE_TARGET__BASE_URL", "a.test", "in --base-url or the variable CONFORMANCE_TARGET__BASE_URL has no"),
        ("CONFORMANCE_FIXTURES", "lk_no-json", "The variable CONFORMANCE_FIXTURES is not a JSON object"),
        *(("CONFORMANCE_FIXTURES__FAILING_BRIEF", value, "fixtures") for value in ("not JSON", "{", "")),
        ("LAYERS_API_KEY", None, "The variable LAYERS_API_KEY holds no API key; export LAYERS_API_KEY=…"),
        ("LAYERS_API_KEY", "", "holds no API key"),
        ("LAYERS_OTHER_KEY", KEY, "LAYERS_API_KEY and LAYERS_OTHER_KEY hold the same API key; "),
        *(
            (name, value, f"The variable {name} holds an API key that is not a valid header value")
            for name in ("LAYERS_API_KEY", "LAYERS_OTHER_KEY")
            for value in ("lk_1\n", " lk_1", "lk_\u00e9", "lk\r\n_1", "lk_1\x7f")
        ),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(
    name: str, value: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    if value is not None:
        monkeypatch.setenv(name, value)
    assert said in refused(written(tmp_path))


@pytest.mark.parametrize("setting", ["api_key_env", "other_api_key_env"])
@pytest.mark.parametrize(
    "key", ["lk_live_51Hxyz", "lk_live_abcdef", "LK_LIVE_8F3A9C1B", "AKIAIOSFODNN7EXAMPLE", "aa-bb", "a b"]
)
def test_a_key_in_the_place_of_a_variables_name_is_never_shown(setting: str, key: str, tmp_path: Path) -> None:
    said = refused(written(tmp_path, f'{LEAST}{setting} = "{key}"\n'))
    assert re.search(rf"The setting target\.{setting} in .* takes the name of a variable", said)
    assert key not in said


def test_a_variable_of_another_name_holds_the_key_or_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = written(tmp_path, f'{LEAST}api_key_env = "LAYERS_STAGING_KEY"\n')
    assert "The variable LAYERS_STAGING_KEY holds no API key; export LAYERS_STAGING_KEY=…" in refused(unset)
    monkeypatch.setenv("my_layers_key_4f", KEY)
    key = load(written(tmp_path, f'{LEAST}api_key_env = "my_layers_key_4f"\n')).key("owner")
    assert key
    assert key.get_secret_value() == KEY


def test_two_organizations_may_have_a_project_of_one_id(tmp_path: Path) -> None:
    target = load(written(tmp_path, WHOLE.replace('"prj_4"', '"prj_1"'))).target
    assert target.project_id == target.other_project_id == "prj_1"


def test_a_second_organization_without_its_key_is_not_configured_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAYERS_OTHER_KEY")
    target = load(written(tmp_path))
    assert target.key("other") is None
    assert "other_key" not in target.configured()
    assert reason_of_unmet("other_key", target.public_facts()) == (
        "The variable LAYERS_OTHER_KEY, which target.other_api_key_env names, is not set or is empty."
    )
    least = load(written(tmp_path, LEAST)).public_facts()
    assert reason_of_unmet("other_key", least) == "The target's configuration gives no target.other_api_key_env."
    assert reason_of_unmet("clock", least) == "The target's configuration gives no hooks.clock_url."


def test_no_key_is_in_anything_that_can_be_shown(tmp_path: Path) -> None:
    target = load(written(tmp_path))
    owner, other = target.key("owner"), target.key("other")
    assert owner
    assert other
    assert (owner.get_secret_value(), other.get_secret_value()) == (KEY, OTHER)
    shown = f"{target!r} {target} {json.dumps(target.public_facts())} {owner!r} {other} {vars(target)!r}"
    assert KEY not in shown
    assert OTHER not in shown


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


def slips_of(setting: str) -> Iterator[str]:
    for slip, value in SLIPS.items():
        is_word = value == "soon" and setting not in NUMBERS
        if slip not in FITTING.get(setting, ()) and not is_word and setting not in FREE:
            yield slip


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_slip_is_told_in_one_sentence_that_names_the_setting(setting: str, tmp_path: Path) -> None:
    for slip in slips_of(setting):
        assert setting in refused(given(tmp_path, setting, SLIPS[slip])), slip


@pytest.mark.parametrize("setting", sorted(NUMBERS))
def test_a_slip_in_a_variable_names_the_variable(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = variable_of(*SETTINGS[setting])
    for text in ("", "soon", "nan", "1e300", "-1", "5 s"):
        with monkeypatch.context() as patched:
            patched.setenv(variable, text)
            assert variable in refused(written(tmp_path, LEAST)), text


@pytest.mark.parametrize("setting", sorted(each for each in NUMBERS if each.startswith(("timing.", "network."))))
def test_no_time_is_longer_than_a_day(setting: str, tmp_path: Path) -> None:
    assert "less than or equal to" in refused(given(tmp_path, setting, DAY + 1))


@pytest.mark.parametrize("url", ["http://a.test/", "http://a.test/api/", "http://a.test/v1"])
def test_a_base_url_may_have_a_path(url: str, tmp_path: Path) -> None:
    assert load(given(tmp_path, "target.base_url", url)).base_url == url.rstrip("/")
