"""`conformance sign` and `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.options import group
from conformance.reporting.text import printable
from conformance.trust import MOST_DAYS
from conformance.trust.signing import sign as write_certificate
from conformance.trust.verifying import notes, verified

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
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The report folder of the run.")]

app = group()


@app.command(help=SIGN_HELP)
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
    path, statement, name = write_certificate(folder, key, out=out, days=days)
    certified = statement.certified
    typer.echo(
        f"Wrote {path}: {printable(certified.scope)}, until {certified.valid_until:%Y-%m-%d}, signed with {name[:16]}."
    )


@app.command(help=VERIFY_HELP)
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
    statement = verified(certificate, folder, key, base_url=base_url)
    certified = statement.certified
    typer.echo(
        f"Verified: {printable(certified.target)} was {printable(certified.scope)}, on {certified.finished_at:%Y-%m-%d}; "
        f"it holds until {certified.valid_until:%Y-%m-%d}."
    )
    for line in notes(statement, certificate, folder):
        typer.echo(f"Note: {printable(line)}")
