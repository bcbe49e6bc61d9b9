"""The action, the job for GitLab and the Dockerfile, as far as a machine without those services can exercise them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from conformance.cli.main import app

ROOT = Path(__file__).parents[2]


def shim(folder: Path) -> Path:
    """Put a `conformance` into a folder that is this checkout's, and a `pip` that installs nothing."""
    folder.mkdir()
    command = f"#!/bin/sh\nexec {sys.executable} -c 'from conformance.cli.main import main; main()' \"$@\"\n"
    for name, text in (("conformance", command), ("pip", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a CI service does: by bash, ended by its first command that fails."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONFORMANCE_", "LAYERS_"))}
    return subprocess.run(  # noqa: S603 - our own files
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=clean | {"PATH": f"{shim(folder / 'bin')}:{os.environ['PATH']}"} | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    return found


def test_the_action_hands_its_inputs_to_the_shell_as_variables_alone() -> None:
    story = action()
    assert story["runs"]["using"] == "composite"
    for step in story["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell") == "bash" if "run" in step else re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(story["inputs"])
    assert all(each["description"] and "default" in each for each in story["inputs"].values())


def test_the_action_runs_and_tells_github_what_it_found(tmp_path: Path) -> None:
    story = action()
    (step,) = [each for each in story["runs"]["steps"] if each.get("id") == "run"]
    given = {name: str(each["default"]) for name, each in story["inputs"].items()}
    given |= {"profile": "smoke", "config": "", "arguments": "--only CRE-1 --fault create-answers-201 -q"}
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    files = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    done = bash(step["run"], tmp_path, **variables, **files, GITHUB_ACTIONS="true")
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "output").read_text() == "exit-status=1\n"
    assert "::error title=CRE-1 MUST::A valid create was answered 201 instead of 202." in done.stdout.splitlines()[1]
    assert (tmp_path / "summary").read_text().startswith("# ❌ Not conformant (the embedded sandbox)")
    assert (tmp_path / "reports" / "conformance" / "junit.xml").is_file()


def test_the_job_for_gitlab_keeps_what_its_commands_write(tmp_path: Path) -> None:
    job = yaml.safe_load((ROOT / "docs" / "gitlab-ci.yml").read_text())["conformance"]
    folder = job["variables"]["REPORT_DIR"]
    assert job["artifacts"]["paths"] == [folder]
    assert job["artifacts"]["reports"]["junit"] == f"{folder}/junit.xml"
    assert job["artifacts"]["when"] == "always"
    # On the sandbox, and no more of it than is needed: what is tried here are the lines of the job.
    lines = [
        line.replace("--profile gate", "--profile smoke --only CRE-9").replace("doctor", "doctor --sandbox")
        for line in job["before_script"] + job["script"]
    ]
    done = bash("\n".join(lines), tmp_path, **job["variables"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / folder / "junit.xml").is_file()


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_image_holds_the_wheel_alone_and_its_user_has_no_rights() -> None:
    story = instructions()
    last = max(place for place, (name, _) in enumerate(story) if name == "FROM")
    image = story[last:]
    assert {name for name, _ in image} == {"FROM", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}, "nothing is copied"
    runs = [text for name, text in image if name == "RUN"]
    assert any("/wheels/*.whl" in text and "--mount=from=build" in text for text in runs)
    (user,) = [text for name, text in image if name == "USER"]
    assert int(user) > 0
    names = [name for name, _ in image]
    assert max(place for place, name in enumerate(names) if name == "RUN") < names.index("USER")
    assert [json.loads(text) for name, text in image if name in {"ENTRYPOINT", "CMD"}] == [["conformance"], ["--help"]]
    assert "ENV" not in {name for name, _ in story}
    assert "ARG" not in {name for name, _ in story}


def test_what_the_image_is_built_from_is_what_the_wheel_needs() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert set(kept) >= {"conformance", "strategies", "sandbox", "openapi", "pyproject.toml", "constraints.txt"}
    assert all((ROOT / name).exists() for name in kept)
    assert (ROOT / ".dockerignore").read_text().splitlines()[0] == "*", "no key beside them reaches the image"


@pytest.mark.parametrize("page", ["docs/ci.md", "docs/trust.md"])
def test_the_commands_of_a_page_have_their_options(page: str) -> None:
    group = typer.main.get_group(app)
    for line in re.findall(
        r"^(?:conformance|docker run .* layers-conformance) (.+)$", (ROOT / page).read_text(), re.MULTILINE
    ):
        words = line.split()
        known = {option for each in group.get_command(typer.Context(group), words[0]).params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
