"""The lines for a CI that repeat a configuration; they name variables, and hold no key and no value of one."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance.run.settings.loading import BASE_URL, CONFIG

WIDTH = 80
REPORTS = "reports/conformance"
WHEEL = "HARNESS_WHEEL"
"""The variable that says what pip installs: nobody holds the name of the package on a public index, and whoever takes it would get the keys."""
INSTALL = f'pip install "${WHEEL}"'


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the target is chosen: the variables that hold keys, those that give settings, and the flags."""

    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    flags: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def of(
        cls,
        secrets: Collection[str],
        variables: Iterable[str],
        config: Path | None,
        base_url: str | None,
        project: str | None,
    ) -> Invocation:
        """Return the invocation of a target of one's own; a base URL among the secrets is given as a variable."""
        flags = (
            ("--config", str(config) if config and config != CONFIG else None),
            ("--base-url", None if BASE_URL in secrets else base_url),
            ("--project-id", project),
        )
        set_flags = tuple((flag, value) for flag, value in flags if value is not None)
        return cls(tuple(secrets), tuple(name for name in variables if name not in secrets), set_flags)

    def command(self, name: str, *more: str) -> str:
        """Return a command of ours on this target, with an option on each line."""
        options = [f"{flag} {shlex.quote(value)}" if value else flag for flag, value in self.flags]
        return " \\\n  ".join([" ".join([f"conformance {name}", *more]), *options])


def shell(invocation: Invocation) -> str:
    """Return the lines for a shell, which end at once where a variable is not set."""
    names = (WHEEL, *invocation.secrets, *invocation.variables)
    return "\n".join(
        [
            *(f': "${{{name}:?is not set}}"' for name in names),
            INSTALL,
            f"{invocation.command('doctor')} &&",
            invocation.command("run", "--profile gate", f"--report-dir {REPORTS}"),
        ]
    )


def github_actions(invocation: Invocation) -> str:
    """Return a workflow for GitHub Actions."""
    values = [line for name in invocation.secrets for line in _variable(name, "secrets")]
    values += [line for name in (WHEEL, *invocation.variables) for line in _variable(name, "vars")]
    environment = ["    env:", *values]
    steps = [
        "- uses: actions/checkout@v4",
        "- uses: actions/setup-python@v5",
        '  with: { python-version: "3.13" }',
        f"- run: {INSTALL}",
        *_step(invocation.command("doctor")),
        *_step(invocation.command("run", "--profile gate", f"--report-dir {REPORTS}")),
        "- uses: actions/upload-artifact@v4",
        "  if: always()",
        f"  with: {{ name: conformance, path: {REPORTS} }}",
    ]
    head = [
        "name: conformance",
        "on: [push, workflow_dispatch]",
        "jobs:",
        "  conformance:",
        "    runs-on: ubuntu-latest",
    ]
    return "\n".join([*head, *environment, "    steps:", *(f"      {line}" for line in steps)])


def _variable(name: str, context: str) -> list[str]:
    """Return a variable of a job, in two lines where one is too long."""
    value = f"${{{{ {context}.{name} }}}}"
    line = f"      {name}: {value}"
    return [line] if len(line) <= WIDTH else [f"      {name}:", f"        {value}"]


def _step(command: str) -> list[str]:
    return ["- run: |", *(f"    {line}" for line in command.splitlines())]
