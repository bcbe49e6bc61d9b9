"""A project whose policy is not what its setting says: told before anything is spent, and only where nothing else explains it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from whole_runs import COMMAND, backend, run, settings_without

from conformance.contract.document import load
from conformance.exceptions import TargetError
from conformance.run.contact.preflight import take_stock
from conformance.run.contact.probes import approvals_of, contradiction, review_shown
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import Run, RunSpec
from conformance.run.settings.loading import load as load_target
from sandbox.approval import Approval
from sandbox.backend import Backend
from sandbox.records import Snapshot
from sandbox.server import describe, running

PLAIN, REVIEW = "project_id", "review_project_id"
ADVICE = "(if the policy was changed since, create a container there first)."


def fill(served: Backend, url: str, project: str, *hooks: str) -> list[str]:
    """Make containers in a project, as its owner would, and wait until they have completed."""
    headers = {"X-Api-Key": served.settings.api_key}
    with httpx.Client(base_url=url, headers=headers) as client:
        path = f"/v1/projects/{project}/content"
        made = [
            client.post(path, json={"format": "auto", "brief": {"hook": hook}}).json()["containerId"] for hook in hooks
        ]
        while {client.get(f"/v1/content/{each}").json()["status"] for each in made} - {"completed", "failed"}:
            time.sleep(0.02)
    return made


@contextmanager
def looking(served: Backend, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[Run]:
    """Open a run against a sandbox whose two projects may be named by each other's setting."""
    monkeypatch.setenv("LAYERS_API_KEY", served.settings.api_key)
    target = {"base_url": url, "project_id": "none"} | settings
    spec = RunSpec(load_target(None, {"target": target}), PROFILES["smoke"], folder, "run")
    one = Run(spec, load(), "main")
    try:
        yield one
    finally:
        one.close()


def swapped(served: Backend) -> dict[str, str]:
    return {PLAIN: served.settings.review_project_id, REVIEW: served.settings.project_id}


def named(served: Backend) -> dict[str, str]:
    return {PLAIN: served.settings.project_id, REVIEW: served.settings.review_project_id}


def items(*shown: tuple[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": f"cnt_{n}", "status": status, "approvalStatus": approval} for n, (status, approval) in enumerate(shown)
    ]


@pytest.mark.parametrize(
    ("shown", "review"),
    [
        ([("completed", "not_required"), ("failed", "pending")], False),
        ([("completed", "pending"), ("generating", "not_required"), ("canceled", "not_required")], True),
        ([("completed", "pending"), ("completed", "approved"), ("completed", "rejected")], True),
        # A call may have decided them where no review is required.
        ([("completed", "approved"), ("completed", "rejected")], None),
        # The policy was changed at some time.
        ([("completed", "pending"), ("completed", "not_required")], None),
        ([("completed", "not_required"), ("completed", "approved")], None),
        ([("queued", "pending"), ("generating", "not_required"), ("failed", "not_required")], None),
        ([("completed", None), ("completed", 7)], None),
        ([], None),
    ],
)
def test_what_existing_containers_tell_of_a_policy(shown: list[tuple[str, Any]], review: bool | None) -> None:  # noqa: FBT001 - a column of the table
    assert review_shown(approvals_of(items(*shown))) is review


def refused(served: Backend, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return why a run on swapped projects is refused."""
    with looking(served, url, folder, monkeypatch, **swapped(served)) as one, pytest.raises(TargetError) as raised:
        take_stock(one)
    return str(raised.value)


def test_swapped_projects_are_told_each_with_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    with running(served) as url:
        fill(served, url, served.settings.project_id, "One", "Two")
        assert refused(served, url, tmp_path / "a", monkeypatch) == (
            "All 2 completed containers in the project of target.review_project_id are not_required, as under a policy that "
            f"requires no review; give a project whose policy requires review {ADVICE}"
        )
        fill(served, url, served.settings.review_project_id, "One")
        assert refused(served, url, tmp_path / "b", monkeypatch) == (
            "The only completed container in the project of target.project_id is pending, as under a policy that requires review; "
            f"give a project whose policy requires no review {ADVICE}"
        )
        with looking(served, url, tmp_path / "c", monkeypatch, **named(served)) as one:
            take_stock(one)


def test_containers_of_an_earlier_run_stop_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may show a defect that is mended since; whoever mended it must get on."""
    served = backend()
    with running(served) as url:
        fill(served, url, served.settings.project_id, "One", "Evenings lcm-1a2b-main7")
        with looking(served, url, tmp_path, monkeypatch, **swapped(served)) as one:
            take_stock(one)


def test_one_container_of_the_right_policy_lets_the_run_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    with running(served) as url:
        (old,) = fill(served, url, served.settings.project_id, "Before the policy was changed")

        class Late(Approval):
            """The policy requires review of what is made from now on."""

            def status_at(self, snapshot: Snapshot) -> str:
                return super().status_at(snapshot._replace(requires_review=snapshot.container.id != old))

        served.approval = Late(served)
        with (
            looking(served, url, tmp_path / "a", monkeypatch, **swapped(served)) as one,
            pytest.raises(TargetError, match="if the policy was changed since"),
        ):
            take_stock(one)
        fill(served, url, served.settings.project_id, "After it")
        with looking(served, url, tmp_path / "b", monkeypatch, **swapped(served)) as one:
            take_stock(one)


def test_a_list_that_a_read_contradicts_shows_no_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    with running(served) as url:
        made = fill(served, url, served.settings.review_project_id, "One")
        listed = [{"id": made[0], "status": "completed", "approvalStatus": "not_required"}]
        with looking(served, url, tmp_path, monkeypatch, **named(served)) as one:
            assert contradiction(one.api, REVIEW, listed) is None
            assert contradiction(one.api, REVIEW, [listed[0] | {"id": "cnt_unknown"}]) is None


def test_a_wrong_policy_ends_the_command_before_anything_is_spent(tmp_path: Path) -> None:
    served = backend()
    with running(served) as url:
        fill(served, url, served.settings.project_id, "One")
        facts = describe(served.settings, url)
        facts |= {"projectId": served.settings.archive_project_id, "reviewProjectId": served.settings.project_id}
        (tmp_path / "conformance.toml").write_text(settings_without(facts, "archive_project_id"))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        ran = run(tmp_path, "--profile", "smoke", command=COMMAND, environment=keys)
        assert ran.status == 2
        assert ran.err.startswith(
            "The only completed container in the project of target.review_project_id is not_required"
        )
        assert len(ran.err.strip().splitlines()) == 1
        assert ran.report["spent"]["generations"] == 0
        assert set(ran.verdicts.values()) == {"not exercised"}
        page = httpx.get(
            f"{url}/v1/projects/{served.settings.archive_project_id}/content",
            headers={"X-Api-Key": keys["LAYERS_API_KEY"]},
        )
        assert page.json()["items"] == []
