"""Whether the run that writes into a folder is still going on: its first process holds a lock there for as long as it lives."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO

LOCK = "running.lock"


def hold(parts: Path) -> IO[bytes] | None:
    """Take the lock in the folder of a run's parts, until what is returned is closed; None where another process holds it."""
    file = (parts / LOCK).open("ab")
    # Where the platform has no such lock, or the file system no locks at all, nobody knows.
    with suppress(ImportError):
        import fcntl  # noqa: PLC0415 - no module of Windows

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        except OSError:
            return file
    return file
