"""The options that several commands have, and what a shell completes for them.

It loads typer and nothing else, so that `conformance --help` does not wait.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

BaseUrlOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Base URL of the target, whatever the file says.")
]
ConfigOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The target's settings.", show_default="conformance.toml")
]
OnlyOption = Annotated[
    str, typer.Option(metavar="LIST", help="Requirements, families or their markers, such as LST-4,IDM,creating.")
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


class ProfileOption(StrEnum):
    """How deep a run goes."""

    SMOKE = "smoke"
    GATE = "gate"
    CERTIFY = "certify"


def _faults(incomplete: str) -> list[str]:
    from sandbox.faults import all_faults  # noqa: PLC0415 - only a shell that completes a name waits for it

    return [name for name in all_faults() if name.startswith(incomplete)]


def _variants(incomplete: str) -> list[str]:
    from sandbox.variants import all_variants  # noqa: PLC0415 - only a shell that completes a name waits for it

    return [name for name in all_variants() if name.startswith(incomplete)]


FaultOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        autocompletion=_faults,
        help="Give the sandbox a defect, to see a failure; `sandbox --list` names them. May be repeated.",
    ),
]
VariantOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        autocompletion=_variants,
        help="Let the sandbox be another conformant backend; `sandbox --list` names them. May be repeated.",
    ),
]


class Format(StrEnum):
    """The format of the register of requirements."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


def sandbox_arguments(faults: list[str] | None, variants: list[str] | None) -> tuple[str, ...]:
    """Return the arguments of the sandbox; raises ConfigurationError for a name that it does not have."""
    if not faults and not variants:
        return ()
    from conformance.cli import changes  # noqa: PLC0415 - loads every fault

    return changes.arguments(faults or (), variants or ())


def workers_of(text: str) -> str:
    """Return the number of processes, or auto; raises typer.BadParameter for anything else."""
    if text != "auto" and not text.isdigit():
        raise typer.BadParameter("give a number of processes, or auto")
    return text
