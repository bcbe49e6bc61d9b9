"""The pre-commit hooks run the same commands as tox's lint and types environments."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent


def tox_commands(*environments: str) -> list[str]:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    return [
        command for name in environments for command in settings[f"testenv:{name}"]["commands"].strip().splitlines()
    ]


def test_the_hooks_run_the_commands_of_tox() -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in settings["repos"] for hook in repository["hooks"]]
    assert [hook["entry"] for hook in hooks] == tox_commands("lint", "types")


def test_the_hooks_need_no_network_and_check_the_whole_project() -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    for repository in settings["repos"]:
        assert repository["repo"] == "local"
        for hook in repository["hooks"]:
            assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)
