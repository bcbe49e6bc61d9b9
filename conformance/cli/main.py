"""The command line: which commands there are, and how each error reaches the user.

`conformance --help` loads typer and nothing else; a command loads its module, and so the packages that it needs.
"""

from __future__ import annotations

import errno
import sys
import tempfile
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from conformance.exceptions import ConformanceError, HarnessDefect

COMMANDS = {
    "run": ("run", "Run the suite against a target and judge it."),
    "judge": ("saved", "Judge a saved run again."),
    "merge": ("saved", "Join runs of one target and judge them as one."),
    "compare": ("compare", "Compare two runs."),
    "sign": ("certificate", "Sign a certificate of a whole, conformant certification."),
    "verify": ("certificate", "Verify a certificate, and judge its run again."),
    "sandbox": ("sandbox", "Serve the reference backend until Ctrl-C."),
    "selftest": ("sandbox", "Measure which faults of the sandbox a profile detects."),
    "requirements": ("requirements", "List every requirement with its checks and drivers."),
    "init": ("doctor", "Write a commented conformance.toml."),
    "plan": ("plan", "Show what a run would do and cost."),
    "doctor": ("doctor", "Look whether each setting of the target works."),
    "diagram": ("requirements", "Draw the legal transitions as a Mermaid diagram."),
    "repro": ("repro", "Send the smallest history of a failure again."),
    "show": ("saved", "Print one exchange of a run."),
    "explain": ("requirements", "Explain a requirement: its source, what judges it and more."),
}
"""Each command with its module and the first sentence of its help."""


class Commands(TyperGroup):
    """The group of all commands, whose modules are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """Return a command, None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"conformance.cli.{COMMANDS[cmd_name][0]}")
        return typer.main.get_group(module.app).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        """Write the list of the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


app = typer.Typer(
    name="conformance",
    cls=Commands,
    help="Contract tests and a conformance harness for the content part of the Layers Partner API.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Typer's rich help imports a Markdown parser and a highlighter, which takes longer than all the rest of `--help`.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        from conformance import __version__  # noqa: PLC0415 - reads the metadata of the package

        typer.echo(f"layers-conformance {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; every error reaches the user as one sentence."""
    try:
        app()
    except ConformanceError as error:
        status = error.exit_status
        sentence = _on_one_line(error)
    except Exception as error:  # noqa: BLE001 - no other place can turn it into a sentence
        status, sentence = _explained(error)
    else:
        return
    print(sentence, file=sys.stderr)  # noqa: T201 - errors go to stderr
    sys.exit(status)


def _on_one_line(error: BaseException) -> str:
    """Return the text of an error, which may quote the target or a file, as a terminal may show it."""
    from conformance.reporting.text import printable  # noqa: PLC0415 - help must not wait for it

    return printable(" ".join(str(error).split()))


def _explained(error: Exception) -> tuple[int, str]:
    """Return the exit status and one sentence: 2 for a disk that takes no more, else 3, a defect with its traceback in a file."""
    text = _on_one_line(error)
    full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
    if isinstance(error, OSError) and (error.errno in full or "temporary directory" in str(error)):
        where = f" {error.filename}" if error.filename else ""
        return ConformanceError.exit_status, f"Cannot write{where}: {text}; free space there, or name another folder."
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="conformance-", suffix="-traceback.txt", delete=False, encoding="utf-8", errors="replace"
        ) as file:
            traceback.print_exception(error, file=file)
        what_to_do = f"please report it with the file {file.name}"
    except OSError:
        what_to_do = "please report it; no file could be written with more about it"
    what = f"{type(error).__name__}: {text}"[:300]
    return HarnessDefect.exit_status, f"This is a defect of layers-conformance: {what}; {what_to_do}."


if __name__ == "__main__":
    main()
