"""Calls that meet before the last byte of their bodies."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import conformance.client.barrier
from conformance.client.barrier import Meeting

BODY = b'{"format": "auto"}'


def post(body: bytes = BODY) -> httpx.Request:
    return httpx.Request("POST", "http://target.test/", content=body)


def test_no_body_is_whole_before_every_call_is_on_its_way() -> None:
    requests, begun = [post() for _ in range(3)], threading.Semaphore(0)
    meeting = Meeting(requests)

    def send(request: httpx.Request, delay: float) -> tuple[bytes, float]:
        meeting.hold(request)
        time.sleep(delay)
        begun.release()
        assert isinstance(request.stream, httpx.SyncByteStream)
        return b"".join(request.stream), time.monotonic()

    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(send, requests, (0.0, 0.1, 0.3)))
    assert [body for body, _ in sent] == [BODY] * 3
    assert min(ended for _, ended in sent) - began >= 0.3
    assert all(begun.acquire(blocking=False) for _ in range(3))


def test_what_was_held_has_the_length_that_it_tells() -> None:
    request = post()
    Meeting([request]).hold(request)
    assert request.headers["content-length"] == str(len(BODY))
    assert "transfer-encoding" not in request.headers


def test_a_call_without_a_body_waits_before_it_is_sent() -> None:
    first, second = post(b""), post(b"")
    meeting = Meeting([first, second])
    other = threading.Timer(0.2, meeting.hold, [second])
    began = time.monotonic()
    other.start()
    meeting.hold(first)
    assert time.monotonic() - began >= 0.2
    other.join()


def test_a_call_that_ended_early_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance.client.barrier, "PATIENCE", 600.0)
    request, other = post(), post()
    meeting = Meeting([request, other])
    meeting.hold(request)
    threading.Timer(0.1, meeting.leave, [other]).start()
    began = time.monotonic()
    assert isinstance(request.stream, httpx.SyncByteStream)
    assert b"".join(request.stream) == BODY
    assert time.monotonic() - began < 300


def test_a_call_whose_partner_never_comes_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance.client.barrier, "PATIENCE", 0.1)
    request = post()
    Meeting([request, post()]).hold(request)
    assert isinstance(request.stream, httpx.SyncByteStream)
    assert b"".join(request.stream) == BODY


def test_those_who_come_later_still_meet_where_one_was_refused_before_its_body_was_read() -> None:
    refused, *others = [post() for _ in range(3)]
    meeting = Meeting([refused, *others])
    meeting.leave(refused)

    def send(request: httpx.Request, delay: float) -> float:
        meeting.hold(request)
        time.sleep(delay)
        assert isinstance(request.stream, httpx.SyncByteStream)
        assert b"".join(request.stream) == BODY
        return time.monotonic()

    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(send, others, (0.0, 0.3)))
    assert min(ended) - began >= 0.3
