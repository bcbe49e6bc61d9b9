"""Histories on disk: what is written comes back, and what was cut short does no harm."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from client_sessions import get, open_session
from runs import exchange

from conformance.client import saved
from conformance.client.exchange import (
    Exchange,
    Recorder,
    Request,
    Response,
    TransportError,
    TransportFailure,
    from_json,
    judging_order,
    read,
    saved_in,
    to_json,
)
from conformance.client.saved import Saved
from conformance.exceptions import CannotWrite, ConfigurationError


def written(path: Path, *exchanges: Exchange) -> Path:
    recorder = Recorder(path)
    for each in exchanges:
        recorder.record(each)
    recorder.close()
    return path


def test_a_disk_that_takes_no_more_is_told_with_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "h.jsonl", Path("/dev/full"))
    write = replace(exchange(), request=Request("POST", "http://target.test/v1/content/cnt_1/reject"))
    with pytest.raises(CannotWrite, match=r"^Cannot write /dev/full: No space left on device; free space there, or"):
        recorder.announce(write)
    recorder.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\x00",
        b"nul \x00 inside",
        b"\xff\xfe",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b"one\r\ntwo\n\n",
        "line \u2028 and \x85 end".encode(),
        "\U0001f469\u200d\U0001f4bb e\u0301 \u202e".encode(),
        b"x" * 1_000_000,
        bytes(range(256)),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_every_body_comes_back_as_it_was(body: bytes, tmp_path: Path) -> None:
    one = exchange(1, body=body, answer=body)
    two = exchange(2)
    assert list(read(written(tmp_path / "h.jsonl", one, two))) == [one, two]


@pytest.mark.parametrize(
    "one",
    [
        exchange(status=None, error="broken: \u2028 \ud800"),
        exchange(path="/v1/content/a%2Fb?x=\u00e9\x0b\x1c"),
        exchange(headers=(("X-Odd", "\xff\x85"), ("x-odd", "again"), ("X-Odd", ""))),
        exchange(answer_headers=(("set-cookie", "a=1"), ("set-cookie", "b=2"))),
        replace(exchange(), tags={"retry_of": "main-0"}, driver="test_life::test_one", actor="wrong-bearer"),
    ],
    ids=["no answer", "odd URL", "odd headers", "repeated headers", "tags"],
)
def test_every_part_comes_back_as_it_was(one: Exchange, tmp_path: Path) -> None:
    assert list(read(written(tmp_path / "h.jsonl", one, exchange(2)))) == [one, exchange(2)]
    assert from_json(to_json(one)) == one


def test_no_body_and_an_empty_body_are_not_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1, body=None), exchange(2, body=b""))
    assert [each.request.body for each in read(path)] == [None, b""]


def test_a_line_is_one_exchange_in_json(tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1, answer=b"\n\r\n"), exchange(2, answer="\u2028".encode()))
    lines = path.read_bytes().split(b"\n")
    assert [json.loads(line)["id"] for line in lines[:-1]] == ["main-1", "main-2"]
    assert lines[-1] == b""
    assert path.read_bytes().isascii()


def test_headers_are_found_whatever_their_case() -> None:
    assert Request("GET", "u", (("X-Api-KEY", "1"), ("x-api-key", "2"))).header("x-Api-Key") == "1"
    assert Response(200, (("ETag", "a"),)).header("etag") == "a"
    assert Response(200).header("etag") is None


def test_each_line_is_on_disk_before_anyone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk: list[list[str]] = []
    with open_session(tmp_path, lambda _: httpx.Response(503)) as here:
        monkeypatch.setattr(
            here.session, "_listener", lambda one: on_disk.append([*(each.id for each in here.recorded()), one.id])
        )
        monkeypatch.setattr(here.session, "_hold", lambda _: None)
        here.session.send(get())
        here.session.send_together([get()])
    # Each of the two calls is sent again three times.
    ids = [f"t-{number}" for number in range(1, 9)]
    assert on_disk == [[*ids[: place + 1], one] for place, one in enumerate(ids)]


def test_a_listener_that_raises_takes_nothing_from_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Exchange) -> None:
        raise RuntimeError

    with open_session(tmp_path, lambda _: httpx.Response(200)) as here:
        monkeypatch.setattr(here.session, "_listener", refuse)
        with pytest.raises(RuntimeError):
            here.session.send(get())
        assert [each.id for each in here.recorded()] == ["t-1"]


def test_a_history_is_appended_to(tmp_path: Path) -> None:
    path = written(written(tmp_path / "below" / "h.jsonl", exchange(1)), exchange(2))
    assert [each.id for each in read(path)] == ["main-1", "main-2"]


@pytest.mark.parametrize("left", [1, 20, 200, -2])
def test_a_last_line_that_was_cut_short_is_left_out(left: int, tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1), exchange(2, answer="\u00e9\U0001f680".encode()))
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(first + b"\n" + second[:left])
    assert [each.id for each in read(path)] == ["main-1"]


def test_a_last_line_cut_inside_a_character_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1))
    path.write_bytes(path.read_bytes() + b'{"id": "\xc3')
    assert [each.id for each in read(path)] == ["main-1"]


def test_a_last_line_that_is_whole_has_to_be_an_exchange(tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1))
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(ConfigurationError, match="Line 2"):
        list(read(path))


@pytest.mark.parametrize("text", ["", "\n", "\n\n"])
def test_a_history_may_be_empty(text: str, tmp_path: Path) -> None:
    path = tmp_path / "h.jsonl"
    path.write_text(text)
    assert list(read(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b"\xff",
        b"\x00",
        b'{"id": "x", "request": {}}',
        json.dumps(to_json(exchange()) | {"request": 7}).encode(),
        json.dumps(to_json(exchange()) | {"response": []}).encode(),
        json.dumps(to_json(exchange()) | {"sentAt": "noon"}).encode(),
    ],
)
def test_a_broken_line_in_the_middle_is_told_in_one_sentence(line: bytes, tmp_path: Path) -> None:
    path = written(tmp_path / "h.jsonl", exchange(1))
    path.write_bytes(path.read_bytes() + line + b"\n" + path.read_bytes())
    with pytest.raises(ConfigurationError, match=r"^Line 2 of .*h\.jsonl is not an exchange; give a history\.jsonl"):
        list(read(path))


def test_a_history_that_is_not_there_is_told_by_its_reader(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none\.jsonl"):
        list(read(tmp_path / "none.jsonl"))


def timed(name: str, method: str, sent: float, received: float) -> Exchange:
    return replace(exchange(1, method), id=name, sent_at=sent, received_at=received)


def test_a_read_is_judged_when_it_was_answered_and_a_write_when_it_was_sent() -> None:
    assert [judging_order(timed("x", method, 1, 2)) for method in ("GET", "HEAD", "OPTIONS")] == [2, 2, 2]
    assert [judging_order(timed("x", method, 1, 2)) for method in ("POST", "PUT", "PATCH", "DELETE")] == [1, 1, 1, 1]


def test_histories_of_workers_are_merged_in_judging_order(tmp_path: Path) -> None:
    early_read, late_read = timed("gw0-1", "GET", 1, 3), timed("gw0-2", "GET", 5, 6)
    write, slow_write = timed("gw1-1", "POST", 2, 4), timed("gw1-2", "DELETE", 4, 60)
    paths = [written(tmp_path / "a", early_read, late_read), written(tmp_path / "b", write, slow_write)]
    together = Saved(paths)
    together.keep(tmp_path)
    assert [each.id for each in together] == ["gw1-1", "gw0-1", "gw1-2", "gw0-2"]
    assert list(read(saved_in(tmp_path))) == list(together)
    assert (together[-1].id, len(together), [each.id for each in together[1:3]]) == ("gw0-2", 4, ["gw0-1", "gw1-2"])


def test_each_worker_may_have_been_cut_short(tmp_path: Path) -> None:
    one, two = (
        written(tmp_path / "a", timed("gw0-1", "GET", 1, 2)),
        written(tmp_path / "b", timed("gw1-1", "GET", 1, 3)),
    )
    for path in (one, two):
        with path.open("a") as file:
            file.write('{"id": "gw')
    together = Saved([one, two])
    together.keep(tmp_path)
    assert [each.id for each in together] == ["gw0-1", "gw1-1"]
    assert len(list(read(saved_in(tmp_path)))) == 2


def test_exchanges_that_touch_follow_each_other_and_those_that_overlap_do_not() -> None:
    assert timed("a", "GET", 1, 2).precedes(timed("b", "GET", 2, 3))
    assert not timed("a", "GET", 1, 2.5).precedes(timed("b", "GET", 2, 3))
    assert not timed("b", "GET", 2, 3).precedes(timed("a", "GET", 1, 2))


@pytest.mark.parametrize(
    ("text", "error", "detail"),
    [
        ("broken: Server disconnected", TransportError.BROKEN, "Server disconnected"),
        ("timeout: ReadTimeout", TransportError.TIMEOUT, "ReadTimeout"),
        ("connect: [Errno 111] refused: no", TransportError.CONNECT, "[Errno 111] refused: no"),
        ("unsent: Illegal header value", TransportError.UNSENT, "Illegal header value"),
        ("timeout", TransportError.TIMEOUT, ""),
        ("gone with the wind: 1939", TransportError.OTHER, "gone with the wind: 1939"),
    ],
)
def test_a_transport_error_is_read_from_its_line_and_written_back(
    text: str, error: TransportError, detail: str
) -> None:
    line = to_json(exchange(status=None)) | {"error": text}
    found = from_json(line)
    assert found.failure == TransportFailure(error, detail)
    assert [each for each in TransportError if found.failed_with(each)] == [error]
    assert to_json(found)["error"] == text


def test_a_history_of_one_worker_is_kept_byte_for_byte(tmp_path: Path) -> None:
    part = written(tmp_path / "part.jsonl", exchange(1), exchange(2))
    part.write_bytes(part.read_bytes().replace(b", ", b",  "))
    together = Saved([part])
    together.keep(tmp_path)
    assert list(together) == [exchange(1), exchange(2)]
    assert gzip.decompress(saved_in(tmp_path).read_bytes()) == part.read_bytes()


def test_a_history_of_one_worker_loses_a_line_that_was_cut_short(tmp_path: Path) -> None:
    part = written(tmp_path / "part.jsonl", exchange(1), exchange(2))
    part.write_bytes(part.read_bytes()[:-10])
    together = Saved([part])
    together.keep(tmp_path)
    assert list(together) == [exchange(1)]
    assert list(read(saved_in(tmp_path))) == [exchange(1)]
    assert gzip.decompress(saved_in(tmp_path).read_bytes()).endswith(b"\n")


@pytest.mark.parametrize("parts", [1, 2])
def test_a_large_history_is_kept_uncompressed_and_holds_the_same_lines(
    parts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [written(tmp_path / f"{each}.jsonl", exchange(each)) for each in range(parts)]
    together = Saved(paths)
    together.keep(tmp_path)
    assert saved_in(tmp_path) == tmp_path / "history.jsonl.gz"
    lines = gzip.decompress(saved_in(tmp_path).read_bytes())
    assert list(read(saved_in(tmp_path))) == list(Saved([saved_in(tmp_path)])) == list(together)
    monkeypatch.setattr(saved, "LARGEST_COMPRESSED", 0)
    together.keep(tmp_path)
    assert saved_in(tmp_path) == tmp_path / "history.jsonl"
    assert saved_in(tmp_path).read_bytes() == lines
    assert not list(tmp_path.glob("unfinished*")) + list(tmp_path.glob("*.gz"))


def test_reports_hold_a_note_in_place_of_a_large_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = exchange(1, answer=b"x" * 2000), exchange(2, answer=b"x" * 3000)
    history = Saved([written(tmp_path / "part", small, large)])
    assert saved.for_reports(history) == [small, large]
    monkeypatch.setattr(saved, "LARGEST_SHOWN", 2000)
    first, second = saved.for_reports(history)
    assert first == small
    assert second.response is not None
    assert second.response.body == b'"[3000 bytes, which stand in the history alone]"'
    monkeypatch.setattr(saved, "LARGEST_IN_REPORTS", 1500)
    assert all(b"[" in each.response.body for each in saved.for_reports(history) if each.response)
    assert saved.for_reports([exchange(3, answer=b"{}")] * 2) == [exchange(3, answer=b"{}")] * 2


@pytest.mark.parametrize("cut", ["its end", "its middle", "all"])
def test_a_compressed_history_that_is_not_whole_is_told_in_one_sentence(cut: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl.gz"
    Saved([written(tmp_path / "part", *(exchange(each) for each in range(50)))]).keep(tmp_path)
    data = path.read_bytes()
    path.write_bytes({"its end": data[:-6], "its middle": data[:60] + b"\xff" * 40 + data[100:], "all": b"{}\n"}[cut])
    with pytest.raises(ConfigurationError, match=r"history\.jsonl\.gz is not a whole gzip file; give a history"):
        list(read(path))
    with pytest.raises(ConfigurationError, match=r"history\.jsonl\.gz is not a whole gzip file; give a history"):
        Saved([path])
