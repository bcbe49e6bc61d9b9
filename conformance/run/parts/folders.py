"""The folder of a run: made before the first request, and gone again where the run never began."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conformance.exceptions import ConfigurationError


def make(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that were not there, the innermost first.

    Raises ConfigurationError where it cannot be made.
    """
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {folder}: {error.strerror}; give --report-dir another folder."
        ) from None
    return missing


def remove_empty(made: Iterable[Path]) -> None:
    """Remove folders, the innermost first, up to one that holds something."""
    for folder in made:
        try:
            folder.rmdir()
        except OSError:
            return
