"""Run the commands of a page as a reader would type them: one shell, one folder, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

FOREIGN = ("CONFORMANCE_", "LAYERS_", "PYTEST_", "SANDBOX_", "TOX_", "GITHUB_")
"""Prefixes of variables that a reader's shell would not have."""
SERVES = "conformance.toml"
"""The file that a sandbox in the background writes when it is ready."""


@dataclass(frozen=True, slots=True)
class Done:
    """One command, all that it printed on both streams, and its exit status; that of a command in the background is 0."""

    command: str
    output: str
    status: int


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a reader who has this interpreter's programs at hand, on a terminal of 80 columns without colours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return kept | {"PATH": path, "COLUMNS": "80", "NO_COLOR": "1"} | more


def run_session(
    commands: Iterable[str], folder: Path, variables: Mapping[str, str], *, patience: float = 600
) -> list[Done]:
    """Run commands in one shell in a folder, and return what each came to; raises subprocess.TimeoutExpired after `patience` seconds."""
    lines, mark = list(commands), token_hex(8)
    script = [
        # Both streams are one, in the order in which things were said; what still runs at the end is ended.
        "exec 2>&1",
        "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT",
    ]
    for line in lines:
        script += [line, f"status=$?; printf '\\n%s %s\\n' {mark} $status"]
        if line.rstrip().endswith("&"):
            script.append(f"until [ -s {SERVES} ]; do sleep 0.1; done")
    done = subprocess.run(  # noqa: S603 - commands of our own pages
        ["/bin/bash", "-c", "\n".join(script)],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=patience,
        check=False,
    )
    parts = done.stdout.split(f"\n{mark} ")
    found = []
    for index, line in enumerate(lines):
        status, _, after = parts[index + 1].partition("\n")
        found.append(Done(line, parts[index].strip("\n"), int(status)))
        parts[index + 1] = after
    return found
