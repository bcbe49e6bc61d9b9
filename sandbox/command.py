"""The command line: serve a sandbox until Ctrl-C or SIGTERM."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol, cast

from sandbox.backend import Backend, build_backend
from sandbox.earlier import fill
from sandbox.errors import SandboxError
from sandbox.server import config_toml, describe, serve
from sandbox.settings import SandboxSettings, from_environment

EPILOG = "Settings may also come from variables: SANDBOX_API_KEY, SANDBOX_OTHER_API_KEY, SANDBOX_PROJECT_ID and so on."


class Change(Protocol):
    """A fault or a variant: it replaces a part of a backend."""

    def install(self, backend: Backend) -> None:
        """Change the backend in place."""


class Arguments(argparse.ArgumentParser):
    """A parser that reports an error as one sentence on stderr, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit."""
        complain(f"{message[:1].upper()}{message[1:].rstrip('.')}. See python -m sandbox --help.")


def complain(sentence: str) -> NoReturn:
    """Print one sentence on stderr and exit with status 2."""
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201  # errors go to stderr
    raise SystemExit(2)


def seconds(text: str) -> float:
    """Return a duration or rate that is not negative. Raises ValueError."""
    value = float(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 1000000")
    return value


def number(text: str) -> int:
    """Return a number of containers. Raises ValueError."""
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 1000000")
    return value


def port(text: str) -> int:
    """Return a TCP port. Raises ValueError."""
    value = int(text)
    if not 0 <= value <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 65535")
    return value


def parser() -> Arguments:
    """Return the parser of the command line."""
    arguments = Arguments(prog="python -m sandbox", description=__doc__, epilog=EPILOG, allow_abbrev=False)
    add = arguments.add_argument
    add("--host", default="127.0.0.1", help="loopback address to serve on")
    add("--port", type=port, default=0, help="port to serve on; 0 takes a free one")
    add("--db", metavar="FILE", help="keep the data in this SQLite file instead of memory")
    add("--containers", type=number, default=0, help="let the project hold so many earlier containers")
    add("--generation-seconds", type=seconds, default=0.3, help="how long a generation takes")
    add("--requests-per-second", type=seconds, default=0.0, help="limit of each organization; 0 is none")
    add("--fault", action="append", default=[], metavar="NAME", help="install a seeded fault; may be repeated")
    add("--variant", action="append", default=[], metavar="NAME", help="install a variant; may be repeated")
    add("--json", action="store_true", help="print one line of JSON when ready instead of a conformance.toml")
    return arguments


def find(package: str, name: str) -> Change:
    """Return a fault or variant by its name. Raises SandboxError if there is none."""
    try:
        look_up = getattr(importlib.import_module(f"sandbox.{package}"), "find", None)
    except ModuleNotFoundError:
        look_up = None
    if look_up is None:
        raise SandboxError(f"This installation has no {package}.")
    try:
        found: object = look_up(name)
    except LookupError as error:
        raise SandboxError(f"There is no {name!r} among the {package}.") from error
    return cast("Change", found)


def settings_of(options: argparse.Namespace) -> SandboxSettings:
    """Return the settings from the options and the environment."""
    return SandboxSettings(
        database=options.db,
        generation_seconds=options.generation_seconds,
        requests_per_second=options.requests_per_second,
        **from_environment(os.environ),  # type: ignore[arg-type]  # it holds text fields only
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Serve with the options of the command line. Exits 0 when it is stopped, 2 when it can't start."""
    options = parser().parse_args(argv)
    settings = settings_of(options)

    chosen: dict[str, str] = {}
    timing: dict[str, float] = {}
    named: dict[str, str] = {}

    def ready(base_url: str) -> None:
        description = describe(settings, base_url)
        description["dialect"] = {**cast("dict[str, str]", description["dialect"]), **chosen}
        description["timing"] = timing
        description.update(named)
        text = json.dumps(description) if options.json else config_toml(description)
        print(text, flush=True)  # noqa: T201  # stdout is the output of this command

    try:
        backend = build_backend(settings)
        fill(backend, settings.project_id, options.containers)
        for package, names in (("faults", options.fault), ("variants", options.variant)):
            for name in names:
                change = find(package, name)
                change.install(backend)
                chosen.update(getattr(change, "dialect", ()))
                timing.update(getattr(change, "timing", ()))
                named.update(getattr(change, "named", lambda _: {})(settings))
        serve(backend, options.host, options.port, ready)
    except SandboxError as error:
        complain(str(error))
