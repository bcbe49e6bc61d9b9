"""`conformance doctor` against real sandboxes: each setting is told by itself, at no generation, and no secret is shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from commands import conformance
from runs import exchange
from whole_runs import backend, settings_without

from conformance.cli.doctor import show_doctor
from conformance.contract.document import load
from conformance.run.contact.doctor import LIMITS, State, clock_skew
from conformance.run.launch import RunOptions
from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.errors import ApiError
from sandbox.records import Answer
from sandbox.rendering import Rendering
from sandbox.server import describe, running
from sandbox.settings import OWNER
from sandbox.variants import find

OPERATIONS = ("getContentProgress", "approveContent", "cancelJob", "archiveProject")
FIXTURES = ("influencer_id", "reference_media_ids", "source_post_id", "failing_brief")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@contextmanager
def configured(
    monkeypatch: pytest.MonkeyPatch, *lacking: str, served: Backend | None = None, **facts: Any
) -> Iterator[Backend]:
    """Serve a sandbox that the conformance.toml of the current folder describes; `facts` are told wrongly."""
    served = served or backend()
    with running(served) as url:
        monkeypatch.setenv("LAYERS_API_KEY", served.settings.api_key)
        monkeypatch.setenv("LAYERS_OTHER_KEY", served.settings.other_api_key)
        Path("conformance.toml").write_text(settings_without(describe(served.settings, url) | facts, *lacking))
        yield served


def story(capsys: pytest.CaptureFixture[str], **options: Any) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Return the exit status, the JSON, and what was found by subject."""
    status = show_doctor(RunOptions(**options), as_json=True)
    facts = json.loads(capsys.readouterr().out)
    return status, facts, {each["subject"]: each for each in facts["examined"]}


def states(found: dict[str, Any], state: str) -> set[str]:
    return {subject for subject, each in found.items() if each["state"] == state}


def test_a_target_with_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(monkeypatch):
        status, facts, found = story(capsys)
    assert (status, facts["works"], facts["problems"]) == (0, True, [])
    assert states(found, "does not work") == states(found, "not given") == set()
    assert states(found, "cannot be told") == {*(f"fixtures.{name}" for name in FIXTURES), "dialect.clone_id"}
    assert {found[name]["found"] for name in OPERATIONS} == {"the operation is there"}
    assert found["target.base_url"]["origin"] == "file"
    assert found["approveContent"]["origin"] is None
    assert found["timing.generation_timeout"]["found"] == "32 seconds"
    assert "budget.generations" not in found
    assert [str(path) for path in Path().iterdir()] == ["conformance.toml"]


def test_nothing_is_started_or_changed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(monkeypatch) as served:
        before = served.store.connection.total_changes
        story(capsys)
        # The advance of the test clock by nothing is written down.
        assert served.store.connection.total_changes - before <= 1
    assert LIMITS.generations == 0


def test_the_policy_is_told_by_what_has_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with configured(monkeypatch) as served:
        first = story(capsys)[2]
        assert "cannot be told without a generation, since nothing" in first["target.project_id"]["found"]
        settings = served.settings
        url = story(capsys)[1]["target"]
        with httpx.Client(base_url=url, headers={"X-Api-Key": settings.api_key}) as client:
            for project in (settings.project_id, settings.review_project_id):
                body = {"format": "auto", "brief": {"hook": "Evenings"}}
                made = client.post(f"/v1/projects/{project}/content", json=body).json()["containerId"]
                while client.get(f"/v1/content/{made}").json()["status"] != "completed":
                    time.sleep(0.02)
        found = story(capsys)[2]
        assert found["target.project_id"]["found"] == "found; its policy requires no review (1 not_required)"
        assert found["target.review_project_id"]["found"] == "found; its policy requires review (1 pending)"
        assert {found[name]["state"] for name in OPERATIONS} == {"works"}
        Path("conformance.toml").unlink()
        monkeypatch.setenv("CONFORMANCE_TARGET__REVIEW_PROJECT_ID", settings.project_id)
        status, facts, found = story(
            capsys, base_url=url, overrides={"CONFORMANCE_TARGET__PROJECT_ID": settings.archive_project_id}
        )
    assert status == 2
    assert (
        "The only completed container in the project of target.review_project_id is not_required"
        in facts["problems"][0]
    )
    assert [
        found[f"target.{name}"]["origin"] for name in ("base_url", "api_key_env", "project_id", "review_project_id")
    ] == [*("flag", "default", "flag", "variable")]


def test_a_wrong_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(monkeypatch):
        monkeypatch.setenv("LAYERS_API_KEY", "lp_wrong-key-of-nobody")
        status, facts, found = story(capsys)
    assert status == 2
    assert facts["problems"] == [
        "The target refused the key in the variable LAYERS_API_KEY with 401; export a key that is valid there."
    ]
    assert found["target.base_url"]["state"] == "works"
    assert found["target.review_project_id"]["found"] == "not looked at (see above)"
    assert found["target.other_project_id"]["state"] == "works"
    assert not set(OPERATIONS) & set(found)


@pytest.mark.parametrize("name", ["LAYERS_API_KEY", "LAYERS_OTHER_KEY"])
def test_a_key_that_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(monkeypatch):
        monkeypatch.delenv(name)
        status, facts, found = story(capsys)
    assert status == 2
    assert len(facts["problems"]) == 1
    assert f"The variable {name}" in facts["problems"][0]
    assert found["target.base_url"]["state"] == "works"
    if name == "LAYERS_OTHER_KEY":
        assert found["target.other_api_key_env"]["requirements"] == ["IDM-8", "AUT-4"]
        assert found["target.other_project_id"]["state"] == "cannot be told"


class _OneOrganization(Access):
    """Every key is one of the owner."""

    def organization_of(self, key: bytes) -> str | None:  # noqa: ARG002 - any key will do
        return OWNER


def test_a_second_key_of_the_same_organization(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = backend()
    served.access = _OneOrganization(served)
    with configured(monkeypatch, "other_project_id", served=served):
        monkeypatch.setenv("LAYERS_OTHER_KEY", served.settings.api_key + "x")
        status, facts, _ = story(capsys)
    assert status == 2
    assert "The key in the variable LAYERS_OTHER_KEY" in facts["problems"][0]


@pytest.mark.parametrize(
    ("setting", "fact"),
    [
        ("project_id", "projectId"),
        ("review_project_id", "reviewProjectId"),
        ("archive_project_id", "archiveProjectId"),
        ("other_project_id", "otherProjectId"),
    ],
)
def test_a_project_that_is_not_there(
    setting: str, fact: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with configured(monkeypatch, **{fact: "nothing"}):
        status, facts, found = story(capsys)
    assert status == 2
    assert states(found, "does not work") == {f"target.{setting}"}
    assert f"target.{setting}" in facts["problems"][0]
    assert found["target.api_key_env"]["state"] == "works"


def test_a_bare_target_is_told_what_each_setting_would_add(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    optional = ("review_project_id", "archive_project_id", "other_api_key_env", "other_project_id", "clock_url")
    with configured(monkeypatch, *optional, *FIXTURES):
        status, _, found = story(capsys)
    assert status == 0
    assert len(states(found, "not given")) == len(optional) + len(FIXTURES)
    assert found["fixtures.source_post_id"]["requirements"] == ["CLO-1", "CLO-2", "CLO-3"]
    assert found["hooks.clock_url"]["requirements"] == ["IDM-12"]


@pytest.mark.parametrize("variant", ["nothing-optional", "no-approve-404", "no-approve-405", "no-approve-501"])
def test_a_target_without_optional_operations(
    variant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = backend()
    find(variant).install(served)
    with configured(monkeypatch, served=served):
        status, _, found = story(capsys)
    assert status == 0, "an optional operation is nobody's setting"
    absent = set(OPERATIONS[1:]) if variant == "nothing-optional" else {"approveContent"}
    assert states(found, "not given") == absent
    needing = [each.id for each in load().requirements.values() if "approve" in each.needs]
    assert found["approveContent"]["requirements"] == needing
    assert "probably not there" in found["approveContent"]["found"]


class _CurtRendering(Rendering):
    """Says the same of whatever is not there."""

    def error(self, error: ApiError) -> Answer:
        return super().error(ApiError(404, "NOT_FOUND", "Not found.") if error.status == 404 else error)


def test_what_cannot_be_told_of_an_operation_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = backend()
    served.rendering = _CurtRendering(served)
    with configured(monkeypatch, served=served):
        status, _, found = story(capsys)
    assert status == 0
    assert {found[name]["state"] for name in OPERATIONS} == {"cannot be told"}


@pytest.mark.parametrize(
    ("date", "state", "found"),
    [
        ("Sat, 18 Apr 2026 12:00:01 GMT", State.WORKS, "agrees with ours within 5 s"),
        ("Sat, 18 Apr 2026 12:02:01 GMT", State.OPEN, "120 s ahead of ours"),
        ("Sat, 18 Apr 2026 11:59:01 GMT", State.OPEN, "60 s behind ours"),
        ("yesterday", State.OPEN, "no answer has a valid header Date"),
        (None, State.OPEN, "no answer has a valid header Date"),
    ],
)
def test_the_clock_of_the_target_beside_ours(date: str | None, state: State, found: str) -> None:
    diagnosis = clock_skew(exchange(1, answer_headers=(("Date", date),) if date else ()))
    assert (diagnosis.state, diagnosis.found) == (state, found)


def test_a_brief_that_no_create_may_have(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(monkeypatch, failingBrief={"hook": 7}, clockUrl="http://127.0.0.1:9/clock"):
        status, facts, found = story(capsys)
    assert status == 2
    assert states(found, "does not work") == {"fixtures.failing_brief", "hooks.clock_url"}
    assert all(sentence.endswith(".") for sentence in facts["problems"])


def test_a_target_that_cannot_be_reached(tmp_path: Path) -> None:
    done = conformance(
        *("doctor", "--base-url", "http://127.0.0.1:9", "--project-id", "prj"),
        cwd=tmp_path,
        env={"LAYERS_API_KEY": "lp_key", "COLUMNS": "80"},
    )
    assert done.returncode == 2, done.stderr
    assert "Cannot reach the target at http://127.0.0.1:9" in " ".join(done.stdout.split())
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_the_sandbox_is_examined_where_it_is_asked_for(tmp_path: Path) -> None:
    done = conformance("doctor", "--sandbox", cwd=tmp_path, env={"NO_COLOR": "1", "COLUMNS": "80"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("The settings of the embedded sandbox\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text('[target]\nbase_url = "http://127.0.0.1:9"\nprojct_id = "prj"\n')
    done = conformance("doctor", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("The setting target.projct_id ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_no_secret_is_shown(
    as_json: bool,  # noqa: FBT001 - the column of a table
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with configured(monkeypatch) as served:
        url = next(line for line in Path("conformance.toml").read_text().splitlines() if line.startswith("base_url"))
        base_url = url.partition('"')[2].rstrip('"').replace("//", "//me:hush@")
        show_doctor(RunOptions(base_url=base_url), as_json=as_json)
        said = capsys.readouterr()
    for secret in (served.settings.api_key, served.settings.other_api_key, "hush"):
        assert secret not in said.out + said.err
    assert "secrets.CONFORMANCE_TARGET__BASE_URL" in said.out


def test_it_fits_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CONFORMANCE_BUDGET__GENERATIONS", "3")
    served = backend()
    find("no-cancel-405").install(served)
    with configured(monkeypatch, "source_post_id", "clock_url", served=served, reviewProjectId="nothing"):
        show_doctor(RunOptions())
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    shown = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", out)
    expected = Path(__file__).with_name("doctor_in_80_columns.txt").read_text(encoding="utf-8")
    assert [line.rstrip() for line in shown.splitlines()] == expected.splitlines()


def test_the_lines_for_a_ci_do_what_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with configured(monkeypatch):
        monkeypatch.setenv("CONFORMANCE_BUDGET__REQUESTS", "50")
        Path("conformance.toml").rename("the target.toml")
        ci = story(capsys, config=Path("the target.toml"))[1]["ci"]
        job = yaml.safe_load(ci["githubActions"])["jobs"]["conformance"]
        assert job["env"] == {
            "LAYERS_API_KEY": "${{ secrets.LAYERS_API_KEY }}",
            "LAYERS_OTHER_KEY": "${{ secrets.LAYERS_OTHER_KEY }}",
            "HARNESS_WHEEL": "${{ vars.HARNESS_WHEEL }}",
            "CONFORMANCE_BUDGET__REQUESTS": "${{ vars.CONFORMANCE_BUDGET__REQUESTS }}",
        }
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert "--config 'the target.toml'" in commands[-1]
        # A shell takes the lines as they are: stand-ins note how they were called.
        for name in ("pip", "conformance"):
            stand_in = tmp_path / "bin" / name
            stand_in.parent.mkdir(exist_ok=True)
            stand_in.write_text('#!/bin/sh\nprintf "%s|" "$(basename "$0")" "$@"; echo\n')
            stand_in.chmod(0o755)
        path = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "HARNESS_WHEEL": "our own.whl"}
        script = ["sh", "-e", "-c", ci["shell"]]
        done = subprocess.run(script, env=os.environ | path, capture_output=True, text=True, check=True)  # noqa: S603 - our own lines
        assert done.stdout.splitlines() == [
            "pip|install|our own.whl|",
            "conformance|doctor|--config|the target.toml|",
            "conformance|run|--profile|gate|--report-dir|reports/conformance|--config|the target.toml|",
        ]
        monkeypatch.delenv("LAYERS_API_KEY")
        done = subprocess.run(script, env=os.environ | path, capture_output=True, text=True, check=False)  # noqa: S603 - our own lines
        assert done.returncode
        assert "LAYERS_API_KEY: is not set" in done.stderr
