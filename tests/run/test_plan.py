"""The plan of a run on one target: what it can reach, what it may spend, and what naming a setting would add."""

from __future__ import annotations

import json
import os
from math import ceil
from pathlib import Path

import pytest

from conformance.cli.plan import show_plan
from conformance.contract.document import load
from conformance.run.launch import RunOptions
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import SETTING_OF_NEED, Target

BARE = '[target]\nbase_url = "http://target.test"\nproject_id = "prj"\n[budget]\nrequests_per_second = 10\n'
GIVEN = {
    "target.review_project_id": '[target]\nreview_project_id = "r"',
    "target.archive_project_id": '[target]\narchive_project_id = "a"',
    "target.other_api_key_env": '[target]\nother_api_key_env = "LAYERS_OTHER_KEY"',
    "fixtures.source_post_id": '[fixtures]\nsource_post_id = "p"',
    "fixtures.failing_brief": '[fixtures]\nfailing_brief = { hook = "f" }',
    "hooks.clock_url": '[hooks]\nclock_url = "http://target.test/clock"',
}
GATE = PROFILES["gate"]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAYERS_API_KEY", "CONFORMANCE_TARGET__BASE_URL", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LAYERS_OTHER_KEY", "other")


def settings(folder: Path, *names: str) -> Path:
    """Write a configuration with some of the optional settings."""
    lines: dict[str, list[str]] = {name: [] for name in ("target", "fixtures", "hooks", "budget")}
    section = ""
    for line in "\n".join([BARE, *(GIVEN[name] for name in names)]).splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        else:
            lines[section].append(line)
    path = folder / "conformance.toml"
    path.write_text("\n".join("\n".join([f"[{name}]", *held]) for name, held in lines.items()))
    return path


def target(folder: Path, *names: str) -> Target:
    return load_target(settings(folder, *names), needs_key=False)


def test_every_setting_that_a_requirement_needs_has_a_row_here() -> None:
    assert set(GIVEN) == set(SETTING_OF_NEED.values())


@pytest.mark.parametrize("profile", list(PROFILES))
def test_a_target_that_names_everything_is_planned_like_the_sandbox(profile: str, tmp_path: Path) -> None:
    whole, sandbox = plan_run(PROFILES[profile], (), target(tmp_path, *GIVEN)), plan_run(PROFILES[profile])
    assert (whole.drivers, whole.requirements, whole.price) == (sandbox.drivers, sandbox.requirements, sandbox.price)
    assert whole.out_of_reach == ()


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("setting", list(GIVEN))
def test_naming_a_setting_adds_what_was_told(setting: str, profile: str, tmp_path: Path) -> None:
    without = plan_run(PROFILES[profile], (), target(tmp_path, *(name for name in GIVEN if name != setting)))
    whole = plan_run(PROFILES[profile])
    story = {each.setting: each for each in without.out_of_reach}
    assert set(story) <= {setting}
    price, requirements = (story[setting].price, story[setting].requirements) if story else (0, ())
    assert without.price + price == whole.price
    assert {*without.requirements, *requirements} == set(whole.requirements)
    assert without.drivers == whole.drivers


def test_a_run_limited_to_a_requirement_is_planned_for_that_one(tmp_path: Path) -> None:
    plan = plan_run(GATE, ("CLO-1",), target(tmp_path))
    assert plan.requirements == ()
    assert [(each.setting, each.requirements) for each in plan.out_of_reach] == [
        ("fixtures.source_post_id", ("CLO-1",))
    ]
    assert plan.price == 0
    assert plan_run(GATE, ("CRE-1",)).requirements == ("CRE-1",)
    assert "for 1 requirement, at most" in plan_run(GATE, ("CRE-1",)).sentence()


def test_a_driver_out_of_reach_has_nothing_but_its_first_requirement_to_say_so() -> None:
    needs = {name: set(row.needs) & set(SETTING_OF_NEED) for name, row in load().requirements.items()}
    for driver in catalogue():
        # A driver all of whose requirements need a setting names first one that does.
        if all(needs[name] for name in driver.requirements):
            assert needs[driver.requirements[0]], driver.name


def test_the_budget_of_the_target_bounds_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_BUDGET__GENERATIONS", "3")
    plan = plan_run(GATE, (), target(tmp_path, *GIVEN))
    assert plan.price > plan.generations == 3
    assert "at most 3 generations of a budget of 3, about " in plan.sentence()
    assert plan.limits.generations == 3
    monkeypatch.setenv("CONFORMANCE_BUDGET__SECONDS", "60")
    assert plan_run(GATE, (), target(tmp_path)).limits.seconds == 60


def test_the_plan_of_a_bare_target_fits_on_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    config = settings(tmp_path)
    show_plan(RunOptions(config=config, profile="certify"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert all(setting in text for setting in GIVEN)
    assert "http://target.test" in text
    assert "generations of 30 s (assumed, see timing.generation_seconds)" in " ".join(text.split())
    assert "at 10 requests a second" in " ".join(text.split())
    assert "than 20,000 requests and 60 minutes" in text
    show_plan(RunOptions(config=config, profile="certify"), verbose=True)
    assert "out of reach" in capsys.readouterr().out


def test_the_plan_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_plan(RunOptions(config=settings(tmp_path, "fixtures.source_post_id"), only="CLO,APR-2"), as_json=True)
    found = json.loads(capsys.readouterr().out)
    plan = plan_run(GATE, ("CLO", "APR-2"), target(tmp_path, "fixtures.source_post_id"))
    assert (found["target"], found["profile"], found["only"]) == ("http://target.test", "gate", ["CLO", "APR-2"])
    assert found["requirements"] == ["CLO-1", "CLO-2", "CLO-3", "CLO-4"]
    assert (found["generations"], found["generationsBudget"], found["requests"]) == (plan.price, 25, 4000)
    about = plan.estimate
    assert (found["about"]["requests"], found["about"]["seconds"]) == (about.requests, ceil(about.seconds))
    assert (found["about"]["generationSeconds"], found["about"]["assumed"]) == (30, True)
    assert [each["name"] for each in found["drivers"]] == [driver.name for driver in plan.drivers]
    assert [each["setting"] for each in found["outOfReach"]] == ["target.review_project_id"]
    assert {each["outOfReach"] for each in found["drivers"]} == {None, "target.review_project_id"}


def test_without_a_target_the_sandbox_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    show_plan(RunOptions())
    said = capsys.readouterr().out
    assert "Plan of certify" in said
    assert "the built-in sandbox" in said
    show_plan(RunOptions(base_url="http://other.test"), "prj")
    said = capsys.readouterr().out
    assert "Plan of gate" in said
    assert "http://other.test" in said
