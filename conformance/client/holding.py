"""Signals that end a run, held back where half of a step would be worse than none: a line of the history, and its judgement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Holding:
    """Whether a signal is held back, and whether one has come meanwhile; signals reach the main thread alone."""

    depth = 0
    came = False


def interrupt() -> None:
    """End the run by a KeyboardInterrupt: at once, or as soon as what must not be cut short is over."""
    if _Holding.depth:
        _Holding.came = True
    else:
        raise KeyboardInterrupt


def is_interrupted() -> bool:
    """Return whether an interruption waits for what must not be cut short."""
    return _Holding.came


@contextmanager
def uncut() -> Iterator[None]:
    """Let the block come to its end before an interruption takes effect; one never ends another thread than the main one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _Holding.depth += 1
    try:
        yield
    finally:
        _Holding.depth -= 1
        if _Holding.came and not _Holding.depth:
            _Holding.came = False
            raise KeyboardInterrupt
