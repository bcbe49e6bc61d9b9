"""`conformance init` and `doctor`: a new conformance.toml, whether each setting of a target works, and the lines for a CI."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from conformance.cli.options import BaseUrlOption, ConfigOption, ProjectOption, SandboxOption, group
from conformance.cli.snippets import Invocation, github_actions, shell
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting.console import console_for, plain_table
from conformance.reporting.text import compact_by_family, printable
from conformance.run.contact.doctor import Diagnosis, State, examine
from conformance.run.contact.trouble import without_password
from conformance.run.embedded import config_of, keys_of, running_sandbox
from conformance.run.launch import RunOptions, environment_with
from conformance.run.settings.loading import BASE_URL, origins, ours, refuse_unknown_variables
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import Target

EMBEDDED_SANDBOX = "the embedded sandbox"
MARKS = {State.WORKS: "✓", State.FAILS: "✗", State.OPEN: "?", State.MISSING: "-"}
STYLES = {State.WORKS: "green", State.FAILS: "bold red", State.OPEN: "yellow", State.MISSING: "dim"}
"""The colour of each mark; the mark alone says the same."""


app = group()


@app.command()
def init(
    *,
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("conformance.toml"),
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Base URL of the target.")
    ] = "https://staging.example.com",
    project_id: Annotated[str, typer.Option(metavar="ID", help="A project of the target.")] = "put-a-project-id-here",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented conformance.toml."""
    write_template(path, base_url, project_id, force=force)
    typer.echo(f"Wrote {path}. Edit it, export LAYERS_API_KEY=…, and run `conformance run`.")


@app.command()
def doctor(
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    project_id: ProjectOption = None,
    sandbox: SandboxOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Look whether each setting of the target works.

    Asks the target, but starts no generation, changes nothing and writes nothing. Shows where each setting comes from, what each
    missing one would add, and the lines for a CI. The exit status is 0 if everything that is configured works, else 2.
    """
    overrides = {"CONFORMANCE_TARGET__PROJECT_ID": project_id}
    options = RunOptions(base_url=base_url, config=config, overrides=overrides, sandbox=sandbox)
    raise typer.Exit(show_doctor(options, as_json=as_json))


@dataclass(frozen=True, slots=True)
class _Choice:
    """The target that the options choose, what gives each of its settings, and how a CI chooses it."""

    target: Target
    origins: dict[str, str]
    invocation: Invocation
    name: str

    def origin_of(self, found: Diagnosis) -> str | None:
        """Return what gives a setting, None for one that is missing and for what is no setting."""
        settings = {f"{table}.{name}" for table, values in self.target for name, _ in values}
        if found.subject not in settings or found.state is State.MISSING:
            return None
        return self.origins.get(found.subject, "default")


def show_doctor(options: RunOptions, *, as_json: bool = False) -> int:
    """Examine the target, print what was found, and return the exit status."""
    with _chosen(options) as choice:
        examined = examine(choice.target, load())
    problems = list(dict.fromkeys(printable(found.problem) for found in examined if found.problem))
    works = not any(found.state is State.FAILS for found in examined)
    snippets = {"githubActions": github_actions(choice.invocation), "shell": shell(choice.invocation)}
    if as_json:
        facts = {
            "schemaVersion": 1,
            "target": choice.name,
            "works": works,
            "problems": problems,
            "examined": [_facts(found, choice) for found in examined],
            "ci": snippets,
        }
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return 0 if works else 2
    console = console_for()
    console.print(Text(f"The settings of {printable(choice.name)}", "bold"))
    console.print(_table(examined, choice))
    if problems:
        console.print()
        console.print(Text("What does not work", "bold red"))
        for problem in problems:
            console.print(Text(f"- {problem}"))
    for title, lines in zip(("GitHub Actions", "Any other CI"), snippets.values(), strict=True):
        console.print()
        console.print(Text(title, "bold"))
        # A line that is wrapped cannot be pasted.
        console.print(Text(lines), soft_wrap=True)
    return 0 if works else 2


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
        sources, name = origins(options.config_file, flags), without_password(target.base_url)
        if name != target.base_url and sources["target.base_url"] != "file":
            keys.append(BASE_URL)
        invocation = Invocation.of(keys, ours(os.environ), options.config_file, options.base_url, project)
        yield _Choice(target, sources, invocation, name)
        return
    with running_sandbox(options.changes) as description:
        tables = tomllib.loads(config_of(description))
        with environment_with(dict.fromkeys(ours(os.environ)) | keys_of(description)):
            sources = dict.fromkeys(origins(None, tables), "sandbox")
            yield _Choice(
                load_target(None, tables), sources, Invocation(flags=(("--sandbox", None),)), EMBEDDED_SANDBOX
            )


def _facts(found: Diagnosis, choice: _Choice) -> dict[str, Any]:
    """Return a setting, or something else of the target: what gives it, its state, and the requirements that need it or that it would add."""
    return {
        "subject": found.subject,
        "origin": choice.origin_of(found),
        "state": found.state,
        "found": printable(found.found),
        "problem": printable(found.problem) if found.problem else None,
        "requirements": found.requirements,
    }


def _table(examined: Sequence[Diagnosis], choice: _Choice) -> Table:
    table = plain_table(None, "", "setting", "from", "what was found", whole={"setting", "from"})
    for found in examined:
        origin, words = choice.origin_of(found), printable(found.found)
        if found.requirements:
            what = "it would add" if origin is None and "." in found.subject else "needed by"
            words += f"; {what} {compact_by_family(found.requirements)}"
        table.add_row(Text(MARKS[found.state], STYLES[found.state]), found.subject, origin or "", words)
    return table


def write_template(path: Path, base_url: str, project_id: str, *, force: bool) -> None:
    """Write a new conformance.toml; raises ConfigurationError if it exists or cannot be written."""
    text = template().replace("BASE-URL", _toml_text(base_url)).replace("PROJECT-ID", _toml_text(project_id))
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigurationError(f"{path} exists already; give --force to overwrite it.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror}; give another path.") from None


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def template() -> str:
    """Return the commented conformance.toml, with BASE-URL and PROJECT-ID to replace."""
    return files("conformance.data").joinpath("conformance.toml").read_text("utf-8")
