"""A line of a history that was changed, moved, added or taken out is noticed by the chain of its hashes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import exchange, record

from conformance.client.exchange import KEPT, Recorder, keep, lines_of, read, to_json
from conformance.client.hash_chain import Chain, examine
from conformance.client.saved import Saved
from conformance.exceptions import ConfigurationError
from conformance.run.journal import NO_CHAIN, NO_END, end_of_chain, require_intact
from conformance.run.verdicts.record import Kept

Lines = list[bytes]


def recorded(path: Path, *numbers: int) -> Path:
    recorder = Recorder(path)
    for number in numbers:
        recorder.record(exchange(number))
    recorder.close()
    return path


def test_a_recorded_history_is_a_chain_that_ends_where_its_last_line_does(tmp_path: Path) -> None:
    path = recorded(tmp_path / "part", 1, 2, 3)
    found = examine(lines_of(path))
    assert (found.length, found.linked, found.flaw) == (3, True, None)
    assert found.head in path.read_text().splitlines()[-1]
    assert [each.id for each in read(path)] == ["main-1", "main-2", "main-3"]


def test_a_recorder_goes_on_with_the_chain_that_it_finds(tmp_path: Path) -> None:
    recorded(tmp_path / "part", 1, 2)
    recorded(tmp_path / "part", 3)
    assert (tmp_path / "part").read_bytes() == recorded(tmp_path / "whole", 1, 2, 3).read_bytes()


def test_merged_and_kept_histories_are_chains_of_their_own(tmp_path: Path) -> None:
    parts = [recorded(tmp_path / "a", 1, 3), recorded(tmp_path / "b", 2, 4)]
    chain = Chain()
    Saved(parts).keep(tmp_path, chain)
    merged = end_of_chain(tmp_path)
    assert merged == Kept(head=chain.head, length=4)
    keep([exchange(number) for number in (1, 2, 3, 4)], tmp_path)
    assert end_of_chain(tmp_path) == merged


def test_a_merge_of_one_history_tells_where_it_ends(tmp_path: Path) -> None:
    chain = Chain()
    Saved([recorded(tmp_path / "a", 1, 2, 3)]).keep(tmp_path, chain)
    assert end_of_chain(tmp_path) == Kept(head=chain.head, length=3)
    Saved([recorded(tmp_path / "empty")]).keep(tmp_path, Chain())


def test_a_line_that_a_killed_run_cut_short_is_left_out(tmp_path: Path) -> None:
    path = recorded(tmp_path / "part", 1, 2)
    path.write_bytes(path.read_bytes()[:-20])
    assert (examine(lines_of(path)).length, examine(lines_of(path)).flaw) == (1, None)


def without(*places: int) -> Callable[[Lines], Lines]:
    return lambda lines: [line for place, line in enumerate(lines, start=1) if place not in places]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda lines: [lines[0].replace(b"cnt_1", b"cnt_2"), *lines[1:]], "line 1 was changed after it was recorded"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b'"sentAt": 1', b'"sentAt": 2'), *lines[3:]],
            "line 3 was changed",
        ),
        (lambda lines: [*lines[:2], lines[2].replace(b'"3 ', b'"4 '), *lines[3:]], "line 3 is missing or moved"),
        (without(2), "line 2 is missing or moved"),
        (without(1), "line 1 is missing or moved"),
        (without(2, 3), "lines 2 to 3 are missing or moved"),
        (without(5), "it holds 4 of 5 exchanges, the last ones"),
        (without(4, 5), "it holds 3 of 5 exchanges, the last ones"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1 is missing or moved"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "line 3 is the one that was recorded as number 2"),
        (lambda lines: [*lines, b"{}\n"], "line 6 has no link"),
        (lambda lines: [b"{}\n", *lines], "line 1 has no link"),
        (lambda _: [], "it is empty"),
    ],
)
def test_what_was_done_to_a_history_is_named(damage: Callable[[Lines], Lines], said: str, tmp_path: Path) -> None:
    keep([exchange(number) for number in range(1, 6)], tmp_path)
    kept, path = end_of_chain(tmp_path), tmp_path / KEPT
    assert require_intact(path, kept) == []
    path.write_bytes(gzip.compress(b"".join(damage(list(lines_of(path))))))
    with pytest.raises(ConfigurationError, match=said):
        require_intact(path, kept)


def test_a_history_that_was_written_anew_is_not_the_one_of_the_manifest(tmp_path: Path) -> None:
    keep([exchange(1), exchange(2)], tmp_path)
    kept = end_of_chain(tmp_path)
    for numbers, said in (((1, 3), "ends otherwise"), ((1, 2, 3), "1 exchange more than the 2 that were recorded")):
        keep([exchange(number) for number in numbers], tmp_path)
        with pytest.raises(ConfigurationError, match=said):
            require_intact(tmp_path / KEPT, kept)
    (tmp_path / KEPT).write_bytes(gzip.compress(json.dumps(to_json(exchange(1))).encode() + b"\n"))
    with pytest.raises(ConfigurationError, match="it has lost its chain of hashes"):
        require_intact(tmp_path / KEPT, kept)


def test_a_history_without_a_chain_is_judged_and_said(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(json.dumps(to_json(exchange(1))) + "\n")
    assert require_intact(tmp_path / "history.jsonl", None) == [NO_CHAIN]
    keep([exchange(1)], tmp_path)
    assert require_intact(tmp_path / KEPT, None) == [NO_END]
    assert record().history is None
