"""The options that several commands have, and what a shell completes for them.

It loads typer and nothing else, so that `conformance --help` does not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from conformance.exceptions import ConfigurationError

BaseUrlOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Base URL of the target, whatever the file says.")
]
ConfigOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The target's settings.", show_default="conformance.toml")
]
OnlyOption = Annotated[
    str, typer.Option(metavar="LIST", help="Requirements, families or their markers, such as LST-4,IDM,creating.")
]
DriverOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Run this driver alone, such as test_life::test_assets_of_a_completed_container."
    ),
]
ProjectOption = Annotated[str | None, typer.Option(metavar="ID", help="A project whose policy requires no review.")]
ReportDirOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The folder for the reports.", show_default="reports/<time>")
]
ResumeOption = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Go on with the run in this folder, which did not come to its end."),
]
ShardOption = Annotated[
    str, typer.Option(metavar="N/M", help="Run the part N of M, such as 2/5; `conformance merge` joins the parts.")
]
KnownFailuresOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Failures that are listed in it are shown and do not fail the run.")
]
UpdateKnownFailuresOption = Annotated[
    bool,
    typer.Option(
        "--update-known-failures",
        help="Write the list anew: add what fails, take out what passes.",
        show_default="known-failures.toml",
    ),
]
SandboxOption = Annotated[
    bool, typer.Option("--sandbox", help="Use the embedded sandbox; the default where nothing points to a target.")
]


QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print the outcome only.")]


class ProfileOption(StrEnum):
    """How deep a run goes."""

    SMOKE = "smoke"
    GATE = "gate"
    CERTIFY = "certify"


ProfileChoice = Annotated[
    ProfileOption | None,
    typer.Option(help="How deep the run goes and what it may spend.", show_default="gate; certify for the sandbox"),
]


def group() -> typer.Typer:
    """Return an empty group, to which a module adds its commands."""
    return typer.Typer(rich_markup_mode=None, callback=lambda: None)


def _changes(kind: str) -> Mapping[str, object]:
    """Return the faults or the variants of the sandbox by name."""
    from sandbox.faults import all_faults  # noqa: PLC0415 - only who names one waits for it
    from sandbox.variants import all_variants  # noqa: PLC0415

    return all_faults() if kind == "fault" else all_variants()


def _completion(kind: str) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [name for name in _changes(kind) if name.startswith(incomplete)]

    return complete


FaultOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        autocompletion=_completion("fault"),
        help="Give the sandbox a defect, to see a failure; `sandbox --list` names them. May be repeated.",
    ),
]
VariantOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        autocompletion=_completion("variant"),
        help="Let the sandbox be another conformant backend; `sandbox --list` names them. May be repeated.",
    ),
]


def sandbox_arguments(faults: list[str] | None, variants: list[str] | None) -> tuple[str, ...]:
    """Return the arguments of the sandbox; raises ConfigurationError for a name that it does not have."""
    named = [("fault", name) for name in faults or ()] + [("variant", name) for name in variants or ()]
    for kind, name in named:
        if name not in _changes(kind):
            near = get_close_matches(name, _changes(kind), n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise ConfigurationError(
                f"The sandbox has no {kind} {name!r}; {guess}`conformance sandbox --list` names its faults and variants."
            )
    return tuple(word for kind, name in named for word in (f"--{kind}", name))


def workers_of(text: str) -> str:
    """Return the number of processes, or auto; raises typer.BadParameter for anything else."""
    if text != "auto" and not text.isdigit():
        raise typer.BadParameter("give a number of processes, or auto")
    return text
