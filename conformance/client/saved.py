"""A history that stays on the disk: an exchange of it is in memory only while somebody looks at it."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple, overload

from conformance.client.exchange import COMPRESSION, KEPT, PLAIN, Exchange, from_json, judging_order
from conformance.client.hash_chain import LONGEST_LINK, Chain, unlinked
from conformance.exceptions import ConfigurationError

LARGEST_COMPRESSED = 64 * 1024 * 1024
"""Bytes of a history above which it is not compressed at the end of a run, which would take longer than the run may."""
LARGEST_SHOWN = 1024 * 1024
"""Bytes of an answer's body above which reports hold a note in its place."""
LARGEST_IN_REPORTS, LONG_NOTE = 32 * 1024 * 1024, 1024
"""Bytes of all bodies that reports hold, and of one body that is never left out."""
_HEAD = re.compile(
    rb'\{"id": "([^"\\]*)", "driver": "[^"\\]*", "actor": "[^"\\]*", "sentAt": ([\d.e+-]+), "receivedAt": ([\d.e+-]+), '
    rb'"request": \{"method": "([^"\\]*)"'
)
"""How a line begins that this program has written; it says where the exchange stands, without the rest of the line."""
_READS = {b"GET", b"HEAD", b"OPTIONS"}


class _Place(NamedTuple):
    """Where an exchange stands: its moment in judging order, its id, and its line in a file."""

    order: float
    id: str
    file: int
    number: int
    begin: int
    size: int


class Saved(Sequence[Exchange]):
    """The exchanges of one or more files in judging order, each read when it is asked for; one that several files hold is taken once.

    A last line that a killed run cut short is left out. Raises ConfigurationError for another line that is no exchange, and for a
    file that is compressed and not whole.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = list(paths)
        self._files = [_opened(path) for path in self._paths]
        file_of: dict[str, int] = {}
        self._places = [
            place
            for number, path in enumerate(self._paths)
            for place in self._found(number, path)
            if file_of.setdefault(place.id, place.file) == place.file
        ]
        self._are_in_order = all(one.order <= other.order for one, other in pairwise(self._places))
        self._places.sort(key=lambda place: place.order)
        self.size = sum(place.size for place in self._places)

    def __len__(self) -> int:
        """Return how many exchanges there are."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        """Read an exchange, or several."""
        if isinstance(index, slice):
            return [self._read(place) for place in self._places[index]]
        return self._read(self._places[index])

    def __iter__(self) -> Iterator[Exchange]:
        """Read the exchanges one by one."""
        return map(self._read, self._places)

    @property
    def moments(self) -> list[tuple[float, str]]:
        """The moment in judging order and the id of each exchange."""
        return [(place.order, place.id) for place in self._places]

    def find(self, name: str) -> Exchange | None:
        """Read the exchange with an id, None where there is none."""
        return next((self._read(place) for place in self._places if place.id == name), None)

    def keep(self, folder: Path, chain: Chain | None = None) -> None:
        """Write the whole history into the folder of a run; it appears when it is whole, and replaces that of an earlier run.

        `chain` then tells where its chain ends.
        """
        chain = chain or Chain()
        kept, other = folder / KEPT, folder / PLAIN
        if self.size > LARGEST_COMPRESSED:
            kept, other = other, kept
        unfinished = kept.with_name(f"unfinished-{kept.name}")
        with gzip.open(unfinished, "wb", COMPRESSION) if kept.suffix == ".gz" else unfinished.open("wb") as file:
            if len(self._files) == 1 and self._are_in_order and self.size == _size_of(self._files[0]):
                part = self._files[0]
                part.seek(0)
                shutil.copyfileobj(part, file)
                part.seek(-min(part.tell(), LONGEST_LINK), 2)
                chain.go_on_from(part.read())
            else:
                file.writelines(chain.linked(unlinked(self._line(place))) for place in self._places)
        unfinished.replace(kept)
        other.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def _line(self, place: _Place) -> bytes:
        file = self._files[place.file]
        file.seek(place.begin)
        return file.read(place.size)

    def _read(self, place: _Place) -> Exchange:
        try:
            return from_json(json.loads(self._line(place)))
        except (ValueError, KeyError, TypeError) as error:
            raise self._no_exchange(place.file, place.number) from error

    def _found(self, file: int, path: Path) -> Iterator[_Place]:
        begin = 0
        for number, line in enumerate(_lines(self._files[file], path), start=1):
            if line.strip():
                try:
                    yield _place(line, file, number, begin)
                except (ValueError, KeyError, TypeError) as error:
                    if line.endswith(b"\n"):
                        raise self._no_exchange(file, number) from error
            begin += len(line)

    def _no_exchange(self, file: int, number: int) -> ConfigurationError:
        return ConfigurationError(
            f"Line {number} of {self._paths[file]} is not an exchange; give a history.jsonl that a run has written."
        )


class Passing:
    """A history that is gone through once; what reports hold of it is kept on the way."""

    def __init__(self, history: Iterable[Exchange]) -> None:
        self._history = history
        self._kept: list[Exchange] = []
        self._is_whole = False

    def __iter__(self) -> Iterator[Exchange]:
        """Yield the exchanges as they are."""
        self._kept.clear()
        size = 0
        for exchange in self._history:
            light = _light(exchange, LARGEST_IN_REPORTS - size)
            size += len(light.response.body) if light.response else 0
            self._kept.append(light)
            yield exchange
        self._is_whole = True

    def for_reports(self) -> list[Exchange]:
        """Return the exchanges with a note in place of each large body of an answer, and of all of them past a bound."""
        if not self._is_whole:
            for _ in self:
                pass
        return self._kept


def for_reports(history: Iterable[Exchange]) -> list[Exchange]:
    """Return the exchanges of a history as its reports hold them."""
    return Passing(history).for_reports()


def _light(exchange: Exchange, room: int) -> Exchange:
    response = exchange.response
    length = len(response.body) if response else 0
    if response is None or (length <= LARGEST_SHOWN and (length <= room or length <= LONG_NOTE)):
        return exchange
    note = json.dumps(f"[{length} bytes, which stand in the history alone]").encode()
    return replace(exchange, response=replace(response, body=note))


def _opened(path: Path) -> BinaryIO:
    if path.suffix != ".gz":
        return path.open("rb")
    spread: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - it is open as long as the history is
    try:
        with gzip.open(path) as file:
            shutil.copyfileobj(file, spread)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        spread.close()
        raise ConfigurationError(f"{path} is not a whole gzip file; give a history that a run has written.") from None
    spread.seek(0)
    return spread


def _lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    file.seek(0)
    try:
        yield from file
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from None


def _size_of(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _place(line: bytes, file: int, number: int, begin: int) -> _Place:
    head = _HEAD.match(line)
    if head is None or not line.endswith(b"}\n"):
        exchange = from_json(json.loads(line))
        return _Place(judging_order(exchange), exchange.id, file, number, begin, len(line))
    name, sent_at, received_at, method = head.groups()
    return _Place(float(received_at if method in _READS else sent_at), name.decode(), file, number, begin, len(line))
