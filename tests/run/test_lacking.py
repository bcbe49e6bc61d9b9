"""Targets that lack something: the run ends well, and names what it could not exercise, and why."""

from __future__ import annotations

import json
from pathlib import Path

import inside
import pytest
from whole_runs import backend, run_against

from conformance.contract.document import load
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import SETTING_OF_NEED
from sandbox.records import Job
from sandbox.rendering import Rendering

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


def needing(*needs: str) -> set[str]:
    return {name for name, requirement in load().requirements.items() if set(needs) & set(requirement.needs)}


def require_out_of_the_promise(ran: inside.Job, need: str, why: str) -> None:
    """Compare what a run did not exercise with what its target lacks."""
    assert ran["status"] == 0, ran
    rows = json.loads((Path(ran["folder"]) / "report" / "report.json").read_text())["requirements"]
    expected = needing(need) - SHOWN_BY_OTHER_MEANS
    assert {name for name, row in rows.items() if row["verdict"] == "not exercised"} == expected | ALWAYS
    for name in expected:
        assert rows[name]["reason"].startswith(why)
        assert rows[name]["promised"] is False


def without(need: str) -> str:
    return f"The target's configuration gives no {SETTING_OF_NEED[need]}."


def incapable_of(need: str) -> str:
    return f"The target lacks the optional capability {need}: it answers "


def test_what_is_not_configured_and_what_a_target_cannot_do_take_their_requirements_out_of_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {name: tmp_path / name for name in ("lacking", "incapable")}
    for folder in folders.values():
        folder.mkdir()
    ran, incapable = inside.runs(
        [
            {"profile": "gate", "lacking": LINES["review_project"], "folder": str(folders["lacking"])},
            {"profile": "gate", "changes": ["no-cancel-405"], "folder": str(folders["incapable"])},
        ]
    )
    require_out_of_the_promise(ran, "review_project", without("review_project"))
    require_out_of_the_promise(incapable, "cancel", incapable_of("cancel"))
    monkeypatch.setenv("LAYERS_OTHER_KEY", "other")
    plan = plan_run(PROFILES["gate"], (), load_target(folders["lacking"] / "conformance.toml", needs_key=False))
    assert ran["generations"] <= plan.generations


@pytest.mark.exhaustive
@pytest.mark.parametrize("need", LINES)
def test_each_setting_that_is_not_configured(need: str, tmp_path: Path) -> None:
    (ran,) = inside.runs([{"profile": "gate", "lacking": LINES[need], "folder": str(tmp_path)}])
    require_out_of_the_promise(ran, need, without(need))


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("need", "variant"),
    [
        ("approve", "no-approve-501"),
        ("approve", "approve-needs-a-note"),
        ("cancel", "no-cancel-405"),
        ("archive", "no-archive-501"),
    ],
)
def test_each_capability_that_a_target_lacks(need: str, variant: str, tmp_path: Path) -> None:
    (ran,) = inside.runs([{"profile": "gate", "changes": [variant], "folder": str(tmp_path)}])
    require_out_of_the_promise(ran, need, incapable_of(need))


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
