"""A barrier for calls: each is sent except for the last byte of its body, and all last bytes follow at the same instant.

A target can finish none of them before the others have arrived, however slowly they were sent. Tests for race conditions call this
last-byte synchronization.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

import httpx

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds that a call waits for the others before it goes alone."""


class Meeting:
    """Lets requests wait for each other; one that ends before it has come, since it fails or is refused early, is waited for no longer."""

    def __init__(self, requests: Iterable[httpx.Request]) -> None:
        self._coming = {id(request) for request in requests}
        self._changed = threading.Condition()

    def hold(self, request: httpx.Request) -> None:
        """Let a request wait before the last byte of its body, or here where it has no body."""
        body = request.content
        if body:
            request.stream = _Held(body, lambda: self._wait(request))
        else:
            self._wait(request)

    def leave(self, request: httpx.Request) -> None:
        """Let nobody wait for a request that has ended."""
        with self._changed:
            self._coming.discard(id(request))
            self._changed.notify_all()

    def _wait(self, request: httpx.Request) -> None:
        self.leave(request)
        with self._changed:
            self._changed.wait_for(lambda: not self._coming, PATIENCE)


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make calls in threads of their own, and return what they return, in their order; raises what the first of them raises.

    Nobody waits for the threads of an interrupted run: they end with the process.
    """
    futures: list[Future[T]] = [Future() for _ in calls]

    def make(future: Future[T], call: Callable[[], T]) -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(error)

    for future, call in zip(futures, calls, strict=True):
        threading.Thread(target=make, args=(future, call), daemon=True).start()
    wait(futures)
    return [future.result() for future in futures]


class _Held(httpx.SyncByteStream):
    def __init__(self, body: bytes, wait: Callable[[], None]) -> None:
        self._body = body
        self._wait = wait

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[:-1]
        self._wait()
        yield self._body[-1:]
