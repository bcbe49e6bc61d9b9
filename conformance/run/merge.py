"""What the manifests of several runs say together, and which runs are no parts of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from conformance.client.exchange import Exchange
from conformance.client.saved import Saved
from conformance.client.skew import ahead_of_ours
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import EMBEDDED
from conformance.run.planning.drivers import by_requirement, catalogue, promise_of
from conformance.run.planning.profiles import PROFILES
from conformance.run.verdicts.record import RunRecord, Shards

OF_A_MACHINE = {"network", "budget"}
"""The tables of the settings in which the runs of one target may differ."""
LARGEST_SKEW = 1.5
"""Seconds by which the clocks of two machines may differ, told by a header that gives whole seconds."""
Runs = Mapping[Path, RunRecord]


def join(runs: Runs, now: HarnessFacts) -> RunRecord:
    """Return the manifest of all runs together, by their folders; raises ConfigurationError for runs that are no parts of one.

    `now` is the harness that is installed.
    """
    require_parts_of_one(runs, now)
    records = list(runs.values())
    first = records[0]
    chosen = {driver.name for driver in catalogue() if driver.chosen(PROFILES[first.profile], first.only)}
    selected = {name for record in records for name in chosen.difference(record.elsewhere, record.deselected)}
    elsewhere = chosen.intersection(*(record.elsewhere for record in records))
    deselected = chosen - selected - elsewhere
    numbers = sorted(number for record in records if record.shards for number in record.shards.numbers)
    return first.model_copy(
        update={
            "workers": sum(record.workers for record in records),
            "started_at": min(record.started_at for record in records),
            "finished_at": max(record.finished_at for record in records),
            "spent": SpentFacts(
                generations=sum(record.spent.generations for record in records),
                requests=sum(record.spent.requests for record in records),
                seconds=round(sum(record.spent.seconds for record in records), 3),
            ),
            "promised": promise_of(selected, deselected, elsewhere),
            "drivers": by_requirement(catalogue()),
            "parts": [],
            "shards": Shards(numbers=numbers, of=first.shards.of) if first.shards else None,
            "elsewhere": sorted(elsewhere),
            "deselected": sorted(deselected),
            "unreached": [item for record in records for item in record.unreached],
            "planned": list(
                {(item.situation, item.operation): item for record in records for item in record.planned}.values()
            ),
            "stopped": next(iter(_endings(runs)), None),
            "target_gone": any(record.target_gone for record in records),
            "began": any(record.began for record in records),
            "cut": list(dict.fromkeys(sentence for record in records for sentence in record.cut)),
            "history": None,
            "defects": list(dict.fromkeys(sentence for record in records for sentence in record.defects)),
        }
    )


def _endings(runs: Runs) -> list[str]:
    """Return what each run that did not come to its end says of it, those whose target was gone first."""
    ended = sorted((run for run in runs.items() if run[1].stopped), key=lambda run: not run[1].target_gone)
    return [f"{_name(folder, record)}: {record.stopped}" for folder, record in ended]


def _name(folder: Path, record: RunRecord) -> str:
    shards = record.shards
    return (
        f"shard {shards.numbers[0]}/{shards.of}" if shards and len(shards.numbers) == 1 else f"the run in {folder.name}"
    )


def require_parts_of_one(runs: Runs, now: HarnessFacts) -> None:
    """Raise ConfigurationError for runs that cannot be judged as one."""
    if len(runs) < 2:
        raise ConfigurationError("There is only one run to merge; give the folders of two or more.")
    for folder, record in runs.items():
        if record.target.get(EMBEDDED):
            raise ConfigurationError(
                f"The run in {folder} was on an embedded sandbox of its own, so that no other was on the same target; serve one with "
                "`conformance sandbox`, and run on that."
            )
        if record.harness != now:
            raise ConfigurationError(
                f"The run in {folder} was made by layers-conformance {record.harness.version} with the contract "
                f"{record.harness.contract_version}, which is not the one that is installed; merge with that one, or run again."
            )
    for what, fact in _FACTS.items():
        _require_same(runs, what, fact)
    _require_different_shards(runs)
    for (folder, record), (other, later) in combinations(runs.items(), 2):
        if record.history is not None and record.history == later.history:
            raise ConfigurationError(f"The folders {folder} and {other} hold one run; give each run once.")


def _of_target(record: RunRecord) -> dict[str, Any]:
    return {
        f"{table}.{name}": value
        for table, settings in record.target.items()
        if table not in OF_A_MACHINE and isinstance(settings, dict)
        for name, value in settings.items()
    }


def unlike_target(one: RunRecord, other: RunRecord) -> str | None:
    """Return the first setting of the target in which two runs differ, None where they agree."""
    mine, theirs = _of_target(one), _of_target(other)
    return next((name for name in mine | theirs if mine.get(name) != theirs.get(name)), None)


_FACTS: dict[str, Callable[[RunRecord], Any]] = {
    "profile": lambda record: record.profile,
    "restriction (--only)": lambda record: record.only,
    "option --strict": lambda record: record.strict,
    "number of shards": lambda record: record.shards and record.shards.of,
    "seed": lambda record: record.shards and record.seed,
    "settings that are given": lambda record: record.configured,
}
"""What all runs have to have in common beside their target. Runs that are no shards may have had different seeds, to find more."""


def _require_same(runs: Runs, what: str, fact: Callable[[RunRecord], Any]) -> None:
    (first, one), *others = runs.items()
    for folder, record in others:
        if fact(record) != fact(one):
            raise ConfigurationError(
                f"The runs in {first} and {folder} are no parts of one: they differ in their {what} ({_shown(fact(one))} and "
                f"{_shown(fact(record))}); merge runs that were made alike."
            )
        unlike = unlike_target(one, record)
        if unlike:
            raise ConfigurationError(
                f"The runs in {first} and {folder} are no parts of one: they differ in {unlike}; merge runs of the same target."
            )


def _shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return "none" if value in (None, [], "") else text


def _require_different_shards(runs: Runs) -> None:
    seen: dict[int, Path] = {}
    for folder, record in runs.items():
        for number in record.shards.numbers if record.shards else ():
            if number in seen:
                raise ConfigurationError(
                    f"The runs in {seen[number]} and {folder} are both shard {number}; give each shard once."
                )
            seen[number] = folder


class Joined(Iterable[Exchange]):
    """The exchanges of several runs in judging order, each read when its turn comes.

    Where two have the same id, those of each run get a prefix.
    """

    def __init__(self, histories: Mapping[Path, Saved]) -> None:
        self._histories = list(histories.values())
        self._ahead: dict[Path, list[float]] = {folder: [] for folder in histories}
        places = [
            (moment, run, place, name)
            for run, history in enumerate(self._histories)
            for place, (moment, name) in enumerate(history.moments)
        ]
        self._are_unique = len({name for *_, name in places}) == len(places)
        # By their moments alone, so that those of one run keep their order.
        self._places = [(run, place) for _, run, place, _ in sorted(places, key=lambda place: place[0])]

    def __iter__(self) -> Iterator[Exchange]:
        """Read the exchanges one by one."""
        ahead = list(self._ahead.values())
        for told in ahead:
            told.clear()
        for run, place in self._places:
            exchange = self._histories[run][place]
            seconds = ahead_of_ours(exchange)
            if seconds is not None:
                ahead[run].append(seconds)
            yield exchange if self._are_unique else _renamed(exchange, self._prefix(run))

    def names(self, doubted: Mapping[Path, Sequence[str]]) -> list[str]:
        """Return the ids that exchanges of the runs have here."""
        runs = enumerate(map(doubted.__getitem__, self._ahead))
        return [name if self._are_unique else self._prefix(run) + name for run, names in runs for name in names]

    def require_like_clocks(self) -> None:
        """Raise ConfigurationError where the clocks of the machines differ by so much that nobody knows what came before what.

        That is known once the exchanges were read.
        """
        ahead = {folder: median(told) for folder, told in self._ahead.items() if told}
        if not ahead:
            return
        least, most = min(ahead, key=lambda folder: ahead[folder]), max(ahead, key=lambda folder: ahead[folder])
        skew = ahead[most] - ahead[least]
        if skew > LARGEST_SKEW:
            raise ConfigurationError(
                f"The clocks of the machines that made the runs in {most} and {least} differ by about {skew:.0f} seconds, so that nobody "
                "knows what came before what; set them (NTP), and run again."
            )

    @staticmethod
    def _prefix(run: int) -> str:
        return f"run{run + 1}-"


def _renamed(exchange: Exchange, prefix: str) -> Exchange:
    tags = exchange.tags
    if "retry_of" in tags:
        tags = tags | {"retry_of": prefix + tags["retry_of"]}
    return replace(exchange, id=prefix + exchange.id, tags=tags)
