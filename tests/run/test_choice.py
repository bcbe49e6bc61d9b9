"""Which target a run has: nobody certifies the embedded sandbox by mistake, and a misspelt variable is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from forked import python
from whole_runs import COMMAND, clean_environment

from conformance.exceptions import ConfigurationError
from conformance.run.settings.loading import fields_of, is_on_sandbox, refuse_unknown_variables
from conformance.run.settings.target import Target

URL = "CONFORMANCE_TARGET__BASE_URL"


@pytest.fixture(autouse=True)
def _nothing_points_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_sandbox_is_used_where_nothing_points_to_a_target_or_where_it_is_asked_for() -> None:
    assert is_on_sandbox("", [], {"PATH": "/bin"})
    assert is_on_sandbox("--sandbox", [], {"LAYERS_API_KEY": "key", URL: "http://a.test"})
    Path("conformance.toml").write_text("")
    assert is_on_sandbox("--fault", [], {})


@pytest.mark.parametrize("flag", ["--config", "--base-url"])
def test_a_target_that_is_named_is_used(flag: str) -> None:
    assert not is_on_sandbox("", [flag], {})


def test_the_file_of_this_folder_and_a_variable_name_a_target_too() -> None:
    assert not is_on_sandbox("", [], {URL: "http://a.test"})
    assert not is_on_sandbox("", [], {URL.lower(): "http://a.test"})
    Path("conformance.toml").write_text("")
    assert not is_on_sandbox("", [], {})


@pytest.mark.parametrize(
    ("flags", "variables", "said"),
    [
        ([], {"LAYERS_API_KEY": "lk_secret"}, "since there is LAYERS_API_KEY, but"),
        ([], {"LAYERS_OTHER_KEY": ""}, "LAYERS_OTHER_KEY"),
        ([], {URL: ""}, URL),
        ([], {"CONFORMANCE_BUDGET__REQUESTS": "9"}, "CONFORMANCE_BUDGET__REQUESTS"),
        (
            ["--project-id"],
            {"CONFORMANCE_TARGET__PROJECT_ID": "p", "LAYERS_API_KEY": "lk_secret"},
            "since there are --project-id, CONFORMANCE_TARGET__PROJECT_ID and LAYERS_API_KEY, but",
        ),
    ],
)
def test_what_points_to_a_target_without_a_base_url_is_an_error(
    flags: list[str], variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no conformance\.toml.*--base-url.*--sandbox") as raised:
        is_on_sandbox("", flags, variables)
    assert said in str(raised.value)
    assert "lk_secret" not in str(raised.value)


@pytest.mark.parametrize("name", ["confromance.toml", "conformance.toml.txt", "conformance-staging.toml"])
def test_a_file_with_a_name_like_that_of_the_settings_points_to_a_target(name: str) -> None:
    Path(name).write_text("")
    Path("pyproject.toml").write_text("")
    with pytest.raises(ConfigurationError, match=f"since there is {name}, but"):
        is_on_sandbox("", [], {})


@pytest.mark.parametrize("flag", ["--config", "--base-url", "--project-id"])
def test_the_sandbox_and_a_target_at_once_are_an_error(flag: str) -> None:
    with pytest.raises(ConfigurationError, match=f"--sandbox means the embedded sandbox; leave out {flag}"):
        is_on_sandbox("--sandbox", [flag], {})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("CONFORMANCE_TARGET_BASE_URL", URL),
        ("CONFORMANCE_BASE_URL", URL),
        ("conformance_target_base_url", URL),
        ("CONFORMANCE_TARGET__PROJCT_ID", "CONFORMANCE_TARGET__PROJECT_ID"),
        ("CONFORMANCE_BUDGET_GENERATIONS", "CONFORMANCE_BUDGET__GENERATIONS"),
        ("CONFORMANCE_API_KEY", "CONFORMANCE_TARGET__API_KEY_ENV"),
    ],
)
def test_a_variable_that_gives_no_setting_is_told_with_the_nearest_right_name(
    name: str, nearest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "lk_secret")
    with pytest.raises(ConfigurationError, match=f"The variable {name} gives no setting; the nearest .* is {nearest}:"):
        refuse_unknown_variables()


def test_a_variable_that_resembles_none_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_ZZZ", "1")
    with pytest.raises(ConfigurationError, match="The variable CONFORMANCE_ZZZ gives no setting; unset it"):
        refuse_unknown_variables()


def test_every_setting_has_a_variable_and_a_key_may_stand_in_one_of_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in fields_of(Target):
        monkeypatch.setenv(name, "1")
    for name in ("CONFORMANCE_FIXTURES", "CONFORMANCE_FIXTURES__FAILING_BRIEF__HOOK", "CONFORMANCE_MY_KEY"):
        monkeypatch.setenv(name, "1")
    refuse_unknown_variables({"api_key_env": "CONFORMANCE_MY_KEY"})
    assert URL in fields_of(Target)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LAYERS_API_KEY": "lk_secret"}, "A target of your own is meant"),
        ({"CONFORMANCE_TARGET_BASE_URL": "http://127.0.0.1:9"}, f"the nearest one that does is {URL}"),
    ],
)
def test_a_run_whose_target_is_not_certain_ends_with_2_and_one_sentence(
    variables: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = python(*COMMAND, cwd=tmp_path, env=clean_environment(**variables))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_on_the_sandbox_says_so_first_and_last_and_in_every_report(tmp_path: Path) -> None:
    command = (*COMMAND, "--sandbox", "--profile", "smoke", "--only", "AST-1", "--report-dir", "here")
    done = python(*command, cwd=tmp_path, env=clean_environment(LAYERS_API_KEY="lk_secret"))
    named = "the embedded sandbox"
    shown = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(named in line for line in (done.stderr.splitlines()[0], shown[0], shown[-1]))
    folder = tmp_path / "here"
    assert named in (folder / "report.md").read_text().splitlines()[0]
    assert named in (folder / "junit.xml").read_text().partition("<testsuite ")[0]
    assert json.loads((folder / "report.json").read_text())["target"]["embeddedSandbox"] is True
