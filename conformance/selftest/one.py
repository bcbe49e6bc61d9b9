"""One run of the matrix, in a process of its own: what `conformance run` does, with its output in a file."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NoReturn

from conformance.exceptions import ConformanceError, HarnessDefect
from conformance.run.launch import RunOptions, execute
from conformance.run.settings.loading import ours

OUTPUT = "said.txt"
"""The file in the folder of the run with its output."""


def harness(folder: Path, environment: Mapping[str, str], profile: str, seed: int, stop_on: str) -> NoReturn:
    """Run a profile against the target that the folder's conformance.toml describes, and exit with its status.

    `environment` holds the keys; `fatal` is the requirement whose failure ends the run, or empty.
    """
    for name in ours(os.environ):
        del os.environ[name]
    os.environ.update(environment)
    # A run is over soon, and looking for cycles takes an eighth of its time.
    gc.disable()
    options = RunOptions(
        config=folder / "conformance.toml",
        profile=profile,
        report_dir=folder,
        seed=seed,
        quiet=True,
        stop_on=stop_on,
    )
    with (
        (folder / OUTPUT).open("w", encoding="utf-8", errors="replace") as output,
        redirect_stdout(output),
        redirect_stderr(output),
    ):
        status = _execute(options)
    sys.exit(status)


def _execute(options: RunOptions) -> int:
    try:
        return execute(options)
    except ConformanceError as error:
        print(error)  # noqa: T201 - goes to the file
        return error.exit_status
    except Exception:  # noqa: BLE001 - one broken run must not end the others
        traceback.print_exc()
        return HarnessDefect.exit_status
