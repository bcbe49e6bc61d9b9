"""How a command ends on SIGINT and SIGTERM: once, in order, and soon."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from conformance.client.holding import interrupt

INTERRUPTED = 130
PATIENCE = 5.0
"""Seconds in which a second signal changes nothing: a user presses Ctrl-C twice, and a CI service sends SIGTERM after SIGINT."""


class _Ending:
    """What a signal does: the first ends the command in order, one that comes much later ends the process at once."""

    def __init__(self) -> None:
        self._since: float | None = None

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._since is None:
            self._since = now
            interrupt()
        elif now - self._since > PATIENCE:
            os._exit(INTERRUPTED)


@contextmanager
def terminated_gently() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that its sandboxes are stopped and its reports are written.

    Does nothing inside such a block, and nothing in another thread than the main one, which gets no signals.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or isinstance(signal.getsignal(signal.SIGTERM), _Ending):
        yield
        return
    ending = _Ending()
    before = {number: signal.signal(number, ending) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def obey_controller() -> None:
    """Let SIGTERM alone end a worker: Ctrl-C reaches it too, but its controller decides."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _Ending())
