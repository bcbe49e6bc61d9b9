"""A target that goes away is waited for, and then the run ends in one sentence; what was never sent costs nothing."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from client_sessions import KEYED, RecordedSession, create, get, ok, one_after_the_other, open_session

from conformance.client.budget import Budget, Limits
from conformance.client.outage import FEW
from conformance.exceptions import TargetGone

LIST = "/v1/projects/prj_1/content?limit=1"
REFUSED = httpx.ConnectError("refused")
LATE = httpx.ReadTimeout("late")


def failures(here: RecordedSession) -> list[str | None]:
    return [str(exchange.failure.error) if exchange.failure else None for exchange in here.story]


def answering(path: Callable[[str], bool], otherwise: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if path(request.url.path):
            return ok(request)
        raise otherwise

    return answer


def test_a_call_that_found_no_connection_is_sent_when_the_target_is_back(tmp_path: Path) -> None:
    accepted = httpx.Response(202, json={"jobId": "job_1", "containerId": "cnt_1"})
    with open_session(tmp_path, one_after_the_other(REFUSED, REFUSED, accepted), outage_timeout=600) as here:
        exchange = here.session.send(create())
        assert exchange.response is not None
        assert failures(here) == ["connect", "connect", None]
        assert exchange.tags == {"retry_of": here.story[1].id}
        assert here.spent.generations == 1
        assert here.spent.waiting is None


def test_what_was_never_sent_is_no_generation(tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(REFUSED)) as here:
        with pytest.raises(TargetGone):
            here.session.send(create())
        assert here.spent.generations == 0
    (tmp_path / "late").mkdir()
    with open_session(tmp_path / "late", one_after_the_other(LATE)) as here:
        here.session.send(create())
        assert here.spent.generations == 1, "what was sent may have begun"


def test_a_target_that_stays_away_ends_the_run_in_one_sentence(tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(httpx.Response(200, json={}), REFUSED)) as here:
        here.session.send(get("/v1/content/cnt_9"))
        began = time.monotonic()
        with pytest.raises(TargetGone) as gone:
            here.session.send(get())
        assert time.monotonic() - began >= 0.4
        tries = len(here.story) - 1
        assert re.fullmatch(
            rf"the target has not answered since \d\d:\d\d:\d\d UTC, first on GET /v1/content/cnt_1, in {tries} tries "
            r"\(connect: refused\)",
            str(gone.value),
        )


def test_nobody_asks_again_once_the_target_is_gone(tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(REFUSED)) as here:
        with pytest.raises(TargetGone) as first:
            here.session.send(get())
        tries = len(here.sent)
        for call in (get(), create(headers=KEYED)):
            with pytest.raises(TargetGone, match=re.escape(str(first.value))):
                here.session.send(call)
        with pytest.raises(TargetGone):
            here.session.send_together([get(), get()])
        assert len(here.sent) == tries
        other = Budget(tmp_path / "budget.sqlite", Limits(5, 100, 600))
        with pytest.raises(TargetGone):
            other.reserve(0)
        other.close()


def test_whoever_follows_the_run_sees_that_it_waits(tmp_path: Path) -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(here.spent.waiting)
        if len(seen) < 3:
            raise REFUSED
        return ok(request)

    with open_session(tmp_path, answer, outage_timeout=600) as here:
        here.session.send(get())
    assert seen[0] is None
    assert all(
        re.fullmatch(r"waiting for the target, which has not answered since .* UTC", text or "") for text in seen[1:]
    )


def test_an_operation_that_hangs_is_no_outage(tmp_path: Path) -> None:
    with open_session(tmp_path, answering(lambda path: "/jobs/" not in path, LATE)) as here:
        here.session.send(get("/v1/content/cnt_1"))
        for _ in range(2 * FEW):
            here.session.send(get("/v1/jobs/job_1"))
        paths = [request.url.path for request in here.sent]
        assert paths[1:] == (["/v1/jobs/job_1"] * FEW + ["/v1/content/cnt_1"]) * 2


def test_a_target_that_never_answers_in_time_is_gone(tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(LATE), probe=LIST) as here:
        for _ in range(FEW - 1):
            here.session.send(get())
        with pytest.raises(TargetGone, match=r"first on GET /v1/content/cnt_1, in \d+ tries \(timeout: ReadTimeout\)"):
            here.session.send(get())
        assert [request.url.path for request in here.sent][FEW:][0] == LIST.partition("?")[0]


@pytest.mark.parametrize("problem", [httpx.ReadError("reset"), httpx.RemoteProtocolError("gone")])
def test_a_target_that_breaks_connections_is_there(problem: Exception, tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(problem)) as here:
        for _ in range(3 * FEW):
            here.session.send(get())
        assert set(failures(here)) == {"broken"}


def test_a_server_that_comes_back_is_found_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    def come_back() -> None:
        time.sleep(0.8)
        with socket.create_server(("127.0.0.1", port)) as listening:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=come_back)
    thread.start()
    with open_session(tmp_path, base_url=f"http://127.0.0.1:{port}", outage_timeout=600) as here:
        assert here.session.send(get()).response
    thread.join()
