"""The commands on saved runs: judge, merge, compare, sign, verify.

Like `main`, every command imports what it needs in its own body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.exceptions import ConfigurationError
from conformance.trust import MOST_DAYS

SIGN_HELP = """\
Sign a certificate of a whole, conformant certification.

The run is judged again first. Every other run is refused, with the reason and the exit status 1.

\b
A key of your own, and what you publish of it:
  openssl genpkey -algorithm ed25519 -out signing.pem
  openssl pkey -in signing.pem -pubout -out signing.pub.pem
"""
VERIFY_HELP = """\
Verify a certificate, and judge its run again.

Looks at the signature, the dates, every file of the run and its reports, the chain of hashes of its history, the contract, the verdicts
and, with --base-url, the target. Nothing is sent. The exit status is 0 if all of it holds, else 1, with a sentence for each thing that does not.
"""
COMPARE_HELP = """\
Compare two runs.

Shows what is newly failing, newly passing or gone silent, cost and time.

Nothing is sent. The exit status is 1 if the later run is worse than the earlier one, else 0.
"""
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The report folder of the run.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to a command line."""
    app.command()(judge)
    app.command()(merge)
    app.command(help=COMPARE_HELP)(compare)
    app.command(help=SIGN_HELP)(sign)
    app.command(help=VERIFY_HELP)(verify)


def judge(
    *,
    report_dir: Annotated[Path, typer.Argument(help="The report folder of a run, with run.json and history.jsonl.gz.")],
    write: Annotated[bool, typer.Option("--write", help="Replace the reports in the folder.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the outcome only.")] = False,
) -> None:
    """Judge a saved run again.

    Nothing is sent. The exit status is that of `run`.
    """
    from conformance.cli.judge import judge_again  # noqa: PLC0415 - help must not wait for the checks

    raise typer.Exit(judge_again(report_dir, quiet=quiet, write=write))


def merge(
    *,
    runs: Annotated[list[Path], typer.Argument(help="The report folders of the runs, such as those of all shards.")],
    report_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder for the reports.", show_default="reports/<time>")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the outcome only.")] = False,
) -> None:
    """Join runs of one target and judge them as one.

    Such as the shards of a CI matrix. Nothing is sent.

    The runs need the same target, profile, options and version. The exit status is that of `run`.
    """
    from conformance.cli.merge import merge_runs  # noqa: PLC0415 - help must not wait for the checks

    raise typer.Exit(merge_runs(runs, report_dir, quiet=quiet))


def compare(
    *,
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="EARLIER LATER", help="The report folders of the two runs.")
    ] = None,
    trend: Annotated[str | None, typer.Option(hidden=True)] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the tables as Markdown too.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them as a page too.")] = None,
) -> None:
    """Compare two runs."""
    if trend is not None:
        raise ConfigurationError("--trend is gone; compare two runs with `conformance compare EARLIER LATER`.")
    from conformance.cli.compare import show_comparison  # noqa: PLC0415 - help must not wait for it

    raise typer.Exit(show_comparison(runs or [], markdown_file=markdown, html_file=html))


def sign(
    *,
    folder: FolderArgument,
    key: Annotated[
        Path, typer.Option(metavar="FILE", envvar="CERTIFICATE_KEY", help="The private key: ed25519, in PEM.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it.", show_default="FOLDER/certificate.json")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="For how many days it holds.")] = 90,
) -> None:
    """Sign a certificate of a whole, conformant certification."""
    from conformance.trust.signing import sign as write  # noqa: PLC0415 - help must not wait for the checks

    path, statement, name = write(folder, key, out=out, days=days)
    certified = statement.certified
    typer.echo(
        f"Wrote {path}: {_told(certified.scope)}, until {certified.valid_until:%Y-%m-%d}, signed with {name[:16]}."
    )


def verify(
    *,
    certificate: Annotated[Path, typer.Argument(metavar="CERT", help="The certificate.")],
    folder: FolderArgument,
    key: Annotated[
        Path,
        typer.Option(metavar="FILE", envvar="CERTIFICATE_PUBLIC_KEY", help="The public key of who signed, in PEM."),
    ],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The target that it has to be of; any, if it is not given.")
    ] = None,
) -> None:
    """Verify a certificate, and judge its run again."""
    from conformance.trust.verifying import notes, verified  # noqa: PLC0415 - help must not wait for the checks

    statement = verified(certificate, folder, key, base_url=base_url)
    certified = statement.certified
    typer.echo(
        f"Verified: {_told(certified.target)} was {_told(certified.scope)}, on {certified.finished_at:%Y-%m-%d}; "
        f"it holds until {certified.valid_until:%Y-%m-%d}."
    )
    for line in notes(statement, certificate, folder):
        typer.echo(f"Note: {_told(line)}")


def _told(text: str) -> str:
    from conformance.reporting.text import printable  # noqa: PLC0415 - help must not wait for it

    return printable(text)
