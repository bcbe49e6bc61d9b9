"""Targets that lack something, or hold very much: the run ends well, and names what it could not exercise, and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from whole_runs import backend, run_against

from conformance.contract.document import load
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.target import SETTING_OF_NEED
from conformance.run.settings.target import load as load_target
from sandbox.records import Job
from sandbox.rendering import Rendering
from sandbox.variants import find

pytestmark = pytest.mark.matrix
ALWAYS = {"ERR-7"}
"""What the gate leaves to certify."""
SHOWN_BY_OTHER_MEANS = {"LST-8", "LIF-12"}
"""A list keeps to its own project also beside the other organization's; archiving cancels as well."""
LINES = {
    "review_project": ("review_project_id",),
    "archive_project": ("archive_project_id",),
    "other_key": ("other_api_key_env", "other_project_id"),
    "source_post": ("source_post_id",),
    "failing_brief": ("failing_brief",),
    "clock": ("clock_url",),
}


def rarely(values: Iterable[Any], often: str) -> list[Any]:
    """Return parameters of which `often` is tried in every run of the tests, the others in exhaustive ones: each is a whole gate."""
    return [
        each
        if often in each
        else pytest.param(*([each] if isinstance(each, str) else each), marks=pytest.mark.exhaustive)
        for each in values
    ]


def needing(*needs: str) -> set[str]:
    return {name for name, requirement in load().requirements.items() if set(needs) & set(requirement.needs)}


@pytest.mark.parametrize("need", rarely(LINES, "review_project"))
def test_what_is_not_configured_takes_its_requirements_out_of_the_promise(
    need: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run_against(backend(), tmp_path, "--profile", "gate", lacking=LINES[need])
    assert ran.status == 0, ran.out + ran.err
    expected = needing(need) - SHOWN_BY_OTHER_MEANS
    assert set(ran.not_exercised) == expected | ALWAYS
    for name in expected:
        assert ran.not_exercised[name] == f"The target's configuration gives no {SETTING_OF_NEED[need]}."
        assert ran.report["requirements"][name]["promised"] is False
    monkeypatch.setenv("LAYERS_OTHER_KEY", "other")
    plan = plan_run(PROFILES["gate"], (), load_target(tmp_path / "conformance.toml", needs_key=False))
    assert ran.report["spent"]["generations"] <= plan.generations
    promised = {name for name, row in ran.report["requirements"].items() if row["promised"]}
    assert promised == set(plan.requirements)


@pytest.mark.parametrize(
    ("need", "variant"),
    rarely(
        [
            ("approve", "no-approve-501"),
            ("approve", "approve-needs-a-note"),
            ("cancel", "no-cancel-405"),
            ("archive", "no-archive-501"),
        ],
        "cancel",
    ),
)
def test_what_a_target_lacks_takes_its_requirements_out_of_the_promise(need: str, variant: str, tmp_path: Path) -> None:
    served = backend()
    find(variant).install(served)
    ran = run_against(served, tmp_path, "--profile", "gate")
    assert ran.status == 0, ran.out + ran.err
    expected = needing(need) - SHOWN_BY_OTHER_MEANS
    assert set(ran.not_exercised) == expected | ALWAYS
    for name in expected:
        assert ran.not_exercised[name].startswith(f"The target lacks the optional capability {need}: it answers ")
    assert [capability for capability, found in ran.report["capabilities"].items() if found is False] == [need]


def test_every_setting_that_a_requirement_needs_can_be_left_out() -> None:
    assert set(LINES) == set(SETTING_OF_NEED)
    assert all(needing(need) for need in LINES)


class _Elsewhere(Rendering):
    """Gives locations on another host, where no key may be sent."""

    def location(self, job: Job) -> str:
        return f"http://elsewhere.test{super().location(job)}"


def test_a_location_that_no_key_may_be_sent_to_costs_one_requirement_alone(tmp_path: Path) -> None:
    served = backend()
    served.rendering = _Elsewhere(served)
    ran = run_against(served, tmp_path, "--profile", "smoke", "--only", "CRE,AST")
    assert ran.verdicts["CRE-3"] in {"not exercised", "failed"}
    assert ran.verdicts["CRE-4"] == ran.verdicts["AST-1"] == "passed"
    sent = {exchange.request.url.partition("/v1/")[0] for exchange in ran.history}
    assert sent == {ran.report["target"]["target"]["base_url"]}


@pytest.mark.parametrize("profile", rarely(["smoke", "gate"], "smoke"))
def test_a_project_that_holds_thousands_of_containers_is_judged_within_the_budget(profile: str, tmp_path: Path) -> None:
    served = backend()
    find("full-project").install(served)
    ran = run_against(served, tmp_path, "--profile", profile)
    assert ran.status == 0, ran.out + ran.err


def test_a_project_that_an_earlier_run_has_archived_is_out_of_reach_and_no_promise(tmp_path: Path) -> None:
    served = backend()
    first = run_against(served, tmp_path / "first", "--profile", "gate", "--only", "LIF-1,LIF-11")
    row = first.report["requirements"]["LIF-11"]
    assert (row["verdict"], row["promised"]) == ("passed", True), first.out
    second = run_against(served, tmp_path / "second", "--profile", "gate", "--only", "LIF-1,LIF-11")
    row = second.report["requirements"]["LIF-11"]
    assert (second.status, row["verdict"], row["promised"]) == (0, "not exercised", False), second.out
    assert row["reason"].startswith("target.archive_project_id names a project that takes no creates")
    assert "LIF-11" in second.report["scope"]["gaps"]
