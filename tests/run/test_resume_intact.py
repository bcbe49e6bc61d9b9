"""What a resumed run takes over: a history that is all there, the writes that were lost, its known failures, and no second twice."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certified_runs
import pytest
from runs import exchange

from conformance.client.exchange import KEPT, Exchange, Recorder, Request, Response, keep, lines_of, saved_in, to_json
from conformance.client.hash_chain import unlinked
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import SpentFacts
from conformance.reporting.report import Part
from conformance.run.journal import (
    KILLED,
    MANIFEST,
    NOTES,
    PARTS,
    end_of_chain,
    read_record,
    remains_in,
    require_intact,
)
from conformance.run.resume import keep_notes, taken_from

BEGAN = datetime(2026, 9, 17, 20, 0, tzinfo=UTC)
PART = Part(
    started_at=BEGAN,
    finished_at=BEGAN + timedelta(seconds=50),
    spent=SpentFacts(generations=3, requests=8, seconds=50.0),
    stopped="the budget of 8 requests is spent",
)


def at(moment: datetime, number: int) -> Exchange:
    return replace(exchange(number), sent_at=moment.timestamp(), received_at=moment.timestamp() + 1)


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """Return a run that spent its budget of requests."""
    exchanges = [at(BEGAN + timedelta(seconds=number), number) for number in range(1, 9)]
    stopped = "the budget of 8 requests is spent"
    folder = certified_runs.write(tmp_path / "run", exchanges, stopped=stopped, started_at=BEGAN, spent=PART.spent)
    (folder / NOTES).write_text("")
    return folder


@pytest.fixture
def killed(ended: Path) -> Path:
    """Return a run that was killed in its second part, when that had recorded two exchanges."""
    return second_part(ended, 2)


def second_part(folder: Path, exchanges: int) -> Path:
    began = BEGAN + timedelta(hours=8)
    second = PART.model_copy(update={"started_at": began, "finished_at": began, "stopped": None})
    (folder / PARTS).mkdir()
    record = read_record(folder / MANIFEST).model_copy(update={"parts": [PART, second], "history": None})
    record.write(folder / PARTS / MANIFEST)
    recorder = Recorder(folder / PARTS / "part2main.history.jsonl")
    for number in range(1, exchanges + 1):
        recorder.record(at(began + timedelta(seconds=number), 100 + number))
    recorder.close()
    return folder


def taken(folder: Path) -> int:
    return len(list(taken_from(folder, read_record(folder / MANIFEST)).exchanges))


def rewrite(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = change(list(lines_of(path)))
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        file.writelines(lines)


CHANGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "changed": (lambda lines: [lines[0].replace(b"GET", b"PUT"), *lines[1:]], "line 1 was changed"),
    "without its first": (lambda lines: lines[1:], "line 1 is missing or moved"),
    "without a chain": (lambda lines: [unlinked(line).encode() + b"\n" for line in lines], "chain of hashes"),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=list(CHANGES))
def test_a_run_whose_history_is_not_all_there_does_not_go_on(
    change: Callable[[list[bytes]], list[bytes]], said: str, ended: Path
) -> None:
    assert taken(ended) == 8
    rewrite(ended / KEPT, change)
    with pytest.raises(ConfigurationError, match=said):
        taken(ended)


def test_a_run_without_its_last_exchanges_does_not_go_on(ended: Path) -> None:
    rewrite(ended / KEPT, lambda lines: lines[:-2])
    with pytest.raises(ConfigurationError, match="it holds 6 of 8 exchanges"):
        taken(ended)


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=list(CHANGES))
def test_what_a_killed_part_has_left_is_to_be_all_there_too(
    change: Callable[[list[bytes]], list[bytes]], said: str, killed: Path
) -> None:
    rewrite(killed / PARTS / "part2main.history.jsonl", change)
    with pytest.raises(ConfigurationError, match=said):
        taken(killed)


def test_the_parts_before_the_killed_one_are_to_be_all_there(killed: Path) -> None:
    rewrite(killed / KEPT, lambda lines: lines[:-2])
    with pytest.raises(ConfigurationError, match="it holds 6 of 8 exchanges"):
        taken(killed)


def test_what_is_taken_over_is_recorded_as_all_there(killed: Path) -> None:
    assert taken(killed) == 10
    kept = read_record(killed / MANIFEST).history
    assert kept == end_of_chain(killed)
    assert require_intact(saved_in(killed), kept) == []
    assert taken(killed) == 10, "it was not resumed, and may still be"


def test_a_part_that_was_killed_while_it_ended_goes_on(killed: Path) -> None:
    left = remains_in(killed)
    assert left is not None
    keep(list(left.exchanges), killed)
    assert taken(killed) == 10, "each exchange stands in two places"


def test_a_part_that_was_killed_before_its_first_answer_took_no_time(ended: Path) -> None:
    left = remains_in(second_part(ended, 0))
    assert left is not None
    assert [(part.spent.seconds, part.stopped) for part in left.record.parts] == [(50.0, PART.stopped), (0.0, KILLED)]
    assert left.record.spent.seconds == 50.0
    assert left.record.finished_at >= left.record.parts[-1].started_at
    assert taken(ended) == 8


def test_writes_are_told_from_each_other_by_the_id_that_they_were_announced_with(tmp_path: Path) -> None:
    parts = tmp_path / PARTS
    recorder = Recorder(parts / "main.history.jsonl", parts / "main.sent.jsonl")
    # Released at one instant, on a clock that is too coarse to part them.
    twins = [
        Exchange(name, "owner", Request("POST", "http://target.test/v1/content"), None, 5.0, 5.0)
        for name in ("main-1", "main-2")
    ]
    for twin in twins:
        recorder.announce(twin)
    recorder.record(twins[1])
    recorder.close()
    keep_notes(tmp_path, [twins[1]])
    (note,) = [json.loads(line) for line in (tmp_path / NOTES).read_text().splitlines()]
    assert (note["kind"], note["exchange"]["id"]) == ("lost", "main-1")


def test_a_large_history_is_taken_over_and_never_held(tmp_path: Path) -> None:
    """The exchanges of earlier parts stand on the disk; no more than one of them is in memory."""
    body, moments = b'{"id": "' + b"x" * 500_000 + b'"}', range(1, 13)
    large = [
        replace(at(BEGAN + timedelta(seconds=number), number), response=Response(200, (), body)) for number in moments
    ]
    folder = certified_runs.write(tmp_path / "run", large, stopped="it stopped", started_at=BEGAN, spent=PART.spent)
    lost = {"kind": "lost", "exchange": to_json(replace(at(BEGAN, 13), response=None))}
    (folder / NOTES).write_text(json.dumps(lost) + "\n")
    tracemalloc.start()
    try:
        earlier = taken_from(folder, read_record(folder / MANIFEST))
        assert sum(1 for _ in earlier.exchanges) == 13
        assert tracemalloc.get_traced_memory()[1] < 8 * len(body)
    finally:
        tracemalloc.stop()
    assert earlier.ended_at == large[-1].received_at


def test_what_was_lost_is_linked_in_the_next_part(ended: Path) -> None:
    lost = {"kind": "lost", "exchange": json.loads(unlinked(next(lines_of(ended / KEPT)))) | {"id": "main-9"}}
    (ended / NOTES).write_text(json.dumps(lost) + "\n")
    earlier = taken_from(ended, read_record(ended / MANIFEST))
    parts = second_part(ended, 2) / PARTS
    earlier.copy_into(parts)
    assert require_intact(parts / "earlier.history.jsonl", None)[0].startswith("The manifest does not tell")
    assert taken(ended) == 11
