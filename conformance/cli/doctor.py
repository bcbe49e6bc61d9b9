"""`conformance doctor`: whether each setting of a target works, told at no generation, and the lines for a CI."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from conformance.cli.snippets import Invocation, github_actions, shell
from conformance.contract.document import load
from conformance.reporting.console import console_for
from conformance.reporting.model import Model
from conformance.reporting.text import compact_by_family, printable
from conformance.run.contact.doctor import Diagnosis, State, examine
from conformance.run.contact.preflight import without_password
from conformance.run.embedded import config_of, keys_of, running_sandbox
from conformance.run.launch import RunOptions, environment_with
from conformance.run.settings.loading import BASE_URL, origins, ours, refuse_unknown_variables
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import Target

EMBEDDED_SANDBOX = "the embedded sandbox"
MARKS = {State.WORKS: "✓", State.FAILS: "✗", State.OPEN: "?", State.MISSING: "-"}
STYLES = {State.WORKS: "green", State.FAILS: "bold red", State.OPEN: "yellow", State.MISSING: "dim"}
"""The colour of each mark; the mark alone says the same."""


class Examined(Model):
    """A setting, or something else of the target: `origin` says what gives it, and `requirements` what it would add or what needs it."""

    subject: str
    origin: str | None
    state: State
    found: str
    problem: str | None
    requirements: list[str]


class Snippets(Model):
    """The lines for a CI."""

    github_actions: str
    shell: str


class DoctorFacts(Model):
    """The examination as JSON; `works` says whether everything that is configured does."""

    schema_version: int = 1
    target: str
    works: bool
    problems: list[str]
    examined: list[Examined]
    ci: Snippets


@dataclass(frozen=True, slots=True)
class _Choice:
    """The target that the options choose, what gives each of its settings, and how a CI chooses it."""

    target: Target
    origins: dict[str, str]
    invocation: Invocation
    name: str


def show_doctor(options: RunOptions, *, as_json: bool = False) -> int:
    """Examine the target, print what was found, and return the exit status."""
    with _chosen(options) as choice:
        facts = _facts(choice, examine(choice.target, load()))
    if as_json:
        print(facts.model_dump_json(by_alias=True, indent=2))  # noqa: T201 - the output of this command
    else:
        _show(facts)
    return 0 if facts.works else 2


@contextmanager
def _chosen(options: RunOptions) -> Iterator[_Choice]:
    if options.config_file is None:
        refuse_unknown_variables()
    if not options.is_on_sandbox:
        project = options.overrides.get("CONFORMANCE_TARGET__PROJECT_ID")
        flags = {"target": {"base_url": options.base_url, "project_id": project}}
        # A key that is not set is one of the things to tell.
        target = load_target(options.config_file, flags, needs_key=False)
        keys = [name for name in (target.target.api_key_env, target.target.other_api_key_env) if name]
        keys = list(dict.fromkeys([*keys, *target.network.variables]))
        given, shown = origins(options.config_file, flags), without_password(target.base_url)
        if shown != target.base_url and given["target.base_url"] != "file":
            keys.append(BASE_URL)
        invocation = Invocation.of(keys, ours(os.environ), options.config_file, options.base_url, project)
        yield _Choice(target, given, invocation, shown)
        return
    with running_sandbox(options.changes) as description:
        tables = tomllib.loads(config_of(description))
        with environment_with(dict.fromkeys(ours(os.environ)) | keys_of(description)):
            given = dict.fromkeys(origins(None, tables), "sandbox")
            yield _Choice(load_target(None, tables), given, Invocation(flags=(("--sandbox", None),)), EMBEDDED_SANDBOX)


def _facts(choice: _Choice, found: list[Diagnosis]) -> DoctorFacts:
    settings = {f"{table}.{name}" for table, values in choice.target for name, _ in values}
    examined = [
        Examined(
            subject=each.subject,
            origin=_origin(each, choice.origins) if each.subject in settings else None,
            state=each.state,
            found=printable(each.found),
            problem=printable(each.problem) if each.problem else None,
            requirements=list(each.requirements),
        )
        for each in found
    ]
    problems = list(dict.fromkeys(each.problem for each in examined if each.problem))
    return DoctorFacts(
        target=choice.name,
        works=not any(each.state is State.FAILS for each in found),
        problems=problems,
        examined=examined,
        ci=Snippets(github_actions=github_actions(choice.invocation), shell=shell(choice.invocation)),
    )


def _origin(found: Diagnosis, given: dict[str, str]) -> str | None:
    return None if found.state is State.MISSING else given.get(found.subject, "default")


def _show(facts: DoctorFacts) -> None:
    console = console_for()
    console.print(Text.assemble(("The settings of ", "bold"), (printable(facts.target), "bold")))
    console.print(_table(facts))
    if facts.problems:
        console.print()
        console.print(Text("What does not work", "bold red"))
        for problem in facts.problems:
            console.print(Text(f"- {problem}"))
    for title, lines in (("GitHub Actions", facts.ci.github_actions), ("Any other CI", facts.ci.shell)):
        console.print()
        console.print(Text(title, "bold"))
        # A line that is wrapped cannot be pasted.
        console.print(Text(lines), soft_wrap=True)


def _table(facts: DoctorFacts) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("")
    table.add_column("setting", no_wrap=True)
    table.add_column("from", no_wrap=True)
    table.add_column("what was found")
    for each in facts.examined:
        table.add_row(Text(MARKS[each.state], STYLES[each.state]), each.subject, each.origin or "", _words(each))
    return table


def _words(each: Examined) -> str:
    if not each.requirements:
        return each.found
    what = "it would add" if each.origin is None and "." in each.subject else "needed by"
    return f"{each.found}; {what} {compact_by_family(each.requirements)}"
