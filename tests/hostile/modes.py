"""The table of hostile modes: what each does, and what must come out of a run against it.

To add one, write what it does to a `Talk` as a function in one of the modules `modes_…`, and put it into a `Mode`. What holds for all of
them (no traceback, no key in any file, memory, a report that can be read) is asserted by the test; a mode says the rest.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hostile_server import HostileServer, Talk

SMOKE = ("--profile", "smoke")
SESSION = "s3cr3t-session-of-the-owner"
"""A token that a mode hands out and that no file may hold."""
SEVERAL_SECONDS = (*SMOKE, "--seconds", "5")
MIB = 1024 * 1024
PROJECT = b"Content-Length: 0\r\n\r\n"
QUICK = {"timing": {"request_timeout": 2, "outage_timeout": 2, "generation_timeout": 5, "poll_interval": 0.02}}
GONE = r"the target has not answered since \d\d:\d\d:\d\d UTC, first on [A-Z]+ /v1/\S+, in \d+ tries"


@dataclass(frozen=True)
class Mode:
    """One mode.

    `status` is the exit status, or those of which one must come out; `says` and `never` are regular expressions over what the command
    prints; `report` is False where the run ends in first contact and judges nothing, and None where it may judge some; `settings` are
    added to the configuration, by table.
    """

    name: str
    does: Callable[[Talk], None]
    status: int | tuple[int, ...]
    says: str
    never: str | None = None
    report: bool | None = True
    arguments: tuple[str, ...] = SMOKE
    settings: dict[str, dict[str, Any]] | None = None
    greets: Callable[[HostileServer, socket.socket], None] | None = None
    tls: bool = False
    file_bytes: int | None = None

    @property
    def ends_in_first_contact(self) -> bool:
        """Whether the run never comes to its first driver, so that all profiles send the same."""
        return self.report is False


MODES: list[Mode] = []


def timing(**more: float) -> dict[str, dict[str, Any]]:
    """Return the settings of time that a mode needs beside the quick ones."""
    return {"timing": QUICK["timing"] | more}


def mode(
    status: int | tuple[int, ...], says: str, **more: Any
) -> Callable[[Callable[[Talk], None]], Callable[[Talk], None]]:
    """Put a function into the table, under its own name."""

    def put(does: Callable[[Talk], None]) -> Callable[[Talk], None]:
        MODES.append(Mode(does.__name__.replace("_", "-"), does, status, says, **more))
        return does

    return put


def first_contact(says: str, **more: Any) -> Callable[[Callable[[Talk], None]], Callable[[Talk], None]]:
    """Put a mode into the table whose run ends in first contact: exit status 2, and a report that judges nothing, if any."""
    return mode(2, says, report=False, **more)
