"""Calls that meet before the last byte of their bodies."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import conformance.door.barrier
from conformance.door.barrier import Meeting

BODY = b'{"format": "auto"}'


def post(body: bytes = BODY) -> httpx.Request:
    return httpx.Request("POST", "http://target.test/", content=body)


def test_no_body_is_whole_before_every_call_is_on_its_way() -> None:
    meeting, begun = Meeting(3), threading.Semaphore(0)

    def send(delay: float) -> tuple[bytes, float]:
        request = post()
        meeting.hold(request)
        time.sleep(delay)
        begun.release()
        assert isinstance(request.stream, httpx.SyncByteStream)
        return b"".join(request.stream), time.monotonic()

    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(send, (0.0, 0.1, 0.3)))
    assert [body for body, _ in sent] == [BODY] * 3
    assert min(ended for _, ended in sent) - began >= 0.3
    assert all(begun.acquire(blocking=False) for _ in range(3))


def test_what_was_held_has_the_length_that_it_tells() -> None:
    request = post()
    Meeting(1).hold(request)
    assert request.headers["content-length"] == str(len(BODY))
    assert "transfer-encoding" not in request.headers


def test_a_call_without_a_body_waits_before_it_is_sent() -> None:
    meeting = Meeting(2)
    other = threading.Thread(target=lambda: (time.sleep(0.2), meeting.hold(post(b""))))
    began = time.monotonic()
    other.start()
    meeting.hold(post(b""))
    assert time.monotonic() - began >= 0.2
    other.join()


def test_a_call_that_ended_early_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance.door.barrier, "PATIENCE", 60.0)
    meeting, request = Meeting(2), post()
    meeting.hold(request)
    threading.Timer(0.1, meeting.leave).start()
    began = time.monotonic()
    assert isinstance(request.stream, httpx.SyncByteStream)
    assert b"".join(request.stream) == BODY
    assert time.monotonic() - began < 30


def test_a_call_whose_partner_never_comes_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance.door.barrier, "PATIENCE", 0.1)
    request = post()
    Meeting(2).hold(request)
    assert isinstance(request.stream, httpx.SyncByteStream)
    assert b"".join(request.stream) == BODY
