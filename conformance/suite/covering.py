"""Covering arrays over the cheap part of the table of factors: what costs no generation once containers stand.

Of the libraries, allpairspy leaves more than half of the pairs out under these constraints, and covertable takes most of a minute; neither
takes what a run has met already as covered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from conformance.contract import factors as table
from conformance.contract.factors import Combination

STANDING = (table.PROJECT, table.STATUS, table.APPROVAL, table.ORIGIN)
"""The factors of a container."""
Standing = tuple[str, ...]
Place = tuple[str, Standing]
"""An operation, and the standing of a container on which an accepted call of it had a key."""


@dataclass(slots=True)
class Covering:
    """Situations that cover what was not met, as far as containers of some `standings` allow and no generation is needed.

    `replayed` are the places whose call can be sent again. `triples`: those that the contract names too.
    """

    standings: frozenset[Standing]
    replayed: frozenset[Place]
    missing: frozenset[str] = frozenset()
    met: Collection[Combination] = ()
    triples: bool = False
    _left: dict[Combination, None] = field(init=False)

    def situations(self) -> Iterator[Combination]:
        """Yield whole situations, each of which meets something new (greedy, in the order of the table)."""
        free = (each for each, how in table.reach(self.missing).items() if how is table.Reach.FREE)
        wanted = (each for each in free if self.triples or len(each) == 2)
        self._left = dict.fromkeys(each for each in wanted if each not in self.met)
        while self._left:
            seed = next(iter(self._left))
            del self._left[seed]
            if not self._completes(dict(seed)):
                continue
            situation = self._completed(dict(seed))
            for each in table.combinations_in(situation):
                self._left.pop(each, None)
            yield situation

    def _completed(self, situation: dict[str, str]) -> Combination:
        """Complete a situation, with that value of each factor that meets most of what is left."""
        while True:
            operation = situation.get(table.OPERATION)
            names = (table.OPERATION,) if operation is None else tuple(table.APPLIES[operation])
            factor = next((name for name in names if name not in situation), None)
            if factor is None:
                return table.in_order(situation)
            values = table.FACTORS[factor] if operation is None else table.APPLIES[operation][factor]
            by_gain = sorted(values, key=lambda value: -self._gain(situation, factor, value))
            situation[factor] = next(value for value in by_gain if self._completes({**situation, factor: value}))

    def _gain(self, situation: Mapping[str, str], factor: str, value: str) -> int:
        """Return how much of what is left a value would meet beside those that are chosen."""
        given = table.in_order({**situation, factor: value})
        pairs = sum((factor, value) in each and each in self._left for each in combinations(given, 2))
        return pairs + sum(each in self._left for each in table.combinations_in(given) if len(each) > 2)

    def _completes(self, situation: dict[str, str]) -> bool:
        if any(table.NEEDS.get(each) in self.missing for each in situation.items()):
            return False
        begun = table.is_possible(situation) and not table.price_of(situation) and self._allows(situation)
        return begun and table.can_be_met(situation, self.missing, free=True, allows=self._allows)

    def _allows(self, situation: Mapping[str, str]) -> bool:
        """Return whether some container may stand as is asked, and the call was made there where it is to be sent again."""
        operation = situation.get(table.OPERATION)
        if operation == table.ARCHIVE:
            return False
        names = STANDING[:1] if operation in {table.LIST, table.CREATE} else STANDING
        if not any(_fits(situation, names, each) for each in self.standings):
            return False
        if operation is None or situation.get(table.KEY) != "same call":
            return True
        return any(name == operation and _fits(situation, names, each) for name, each in self.replayed)


def _fits(situation: Mapping[str, str], names: tuple[str, ...], standing: Standing) -> bool:
    return all(situation.get(name, value) == value for name, value in zip(names, standing, strict=False))
