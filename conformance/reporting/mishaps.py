"""What of ours breaks while a run is reported: it is told, and everything else of the report is kept."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from conformance.exceptions import ConformanceError

Bearing = Callable[[str], AbstractContextManager[None]]
"""Lets a block break that does what is named."""
LONGEST = 300
"""Characters of what an exception says that a sentence shows."""
FILE = "defects.log"
"""The file in the folder of a run that holds the tracebacks."""


class Mishaps:
    """Defects of ours that ended a part of a report, in the order in which they came."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    @contextmanager
    def bear(self, what: str) -> Iterator[None]:
        """Go on after the block where it raises, unless that says what a user can mend, as of a full disk."""
        try:
            yield
        except (ConformanceError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest of the report is worth more
            said = f"{what} broke down: {type(error).__name__}: {error}"[:LONGEST]
            self._found.setdefault(f"{said}; please report it with the file {FILE}", traceback.format_exc())

    @property
    def sentences(self) -> list[str]:
        """What broke, a sentence each."""
        return list(self._found)

    def write(self, folder: Path) -> None:
        """Write the tracebacks into the folder of a run."""
        (folder / FILE).write_text("\n".join(self._found.values()), encoding="utf-8", errors="backslashreplace")
