"""What a command that fails tells its user: one sentence, and an exit status."""

from __future__ import annotations

import errno
import sys
import tempfile
import traceback

from conformance.exceptions import ConformanceError, HarnessDefect
from conformance.reporting.text import printable


def on_one_line(error: BaseException) -> str:
    """Return the text of an error, which may quote the target or a file, as a terminal may show it."""
    return printable(" ".join(str(error).split()))


def explain(error: Exception) -> int:
    """Print what broke the command, in one sentence, and return the exit status: 2 for a disk that takes no more, else 3."""
    what = f"{type(error).__name__}: {on_one_line(error)}"[:300]
    if _is_of_the_disk(error):
        where = f" {error.filename}" if isinstance(error, OSError) and error.filename else ""
        print(f"Cannot write{where}: {on_one_line(error)}; free space there, or name another folder.", file=sys.stderr)  # noqa: T201 - errors go to stderr
        return ConformanceError.exit_status
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="conformance-", suffix="-traceback.txt", delete=False, encoding="utf-8", errors="replace"
        ) as file:
            traceback.print_exception(error, file=file)
        told = f"please report it with the file {file.name}"
    except OSError:
        told = "please report it; no file could be written with more about it"
    print(f"This is a defect of layers-conformance: {what}; {told}.", file=sys.stderr)  # noqa: T201 - errors go to stderr
    return HarnessDefect.exit_status


def _is_of_the_disk(error: Exception) -> bool:
    """Return whether an error says that the disk, or the folder of temporary files, takes nothing more."""
    if not isinstance(error, OSError):
        return False
    return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS} or "temporary directory" in str(error)
