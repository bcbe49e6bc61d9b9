"""The judge: hands the facts of a history to the checks that want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from conformance.checks.base import Check
from conformance.checks.findings import Finding, Findings, Tally
from conformance.client.exchange import Exchange
from conformance.contract.document import Contract, load
from conformance.history.facts import Fact
from conformance.history.history import History
from conformance.history.ledger import Ledger
from conformance.history.observation import TargetFacts

CROSSING = "refused_calls"
"""The one folder whose checks judge requirements of several families: all that say of some refused call that it changes nothing."""


@lru_cache(maxsize=1)
def check_classes() -> tuple[type[Check], ...]:
    """Return the class of every check, in the order of the families.

    Each family of the register has a module or a package here that bears the name of its marker.
    """
    homes = [*(family["marker"] for family in load().families.values()), CROSSING]
    return tuple(check for home in homes for module in _modules_of(home) for check in _checks_in(module))


def _modules_of(home: str) -> Iterator[ModuleType]:
    module = import_module(f"{__package__}.{home}")
    yield module
    for info in iter_modules(getattr(module, "__path__", ())):
        yield import_module(f"{module.__name__}.{info.name}")


def _checks_in(module: ModuleType) -> Iterator[type[Check]]:
    for value in vars(module).values():
        is_own = isinstance(value, type) and issubclass(value, Check) and value.__module__ == module.__name__
        if is_own and vars(value).get("judges"):
            yield value


def all_checks() -> list[Check]:
    """Make every check anew, for one history."""
    return [check() for check in check_classes()]


LONGEST_ERROR = 500
HISTORY = History.__name__
_Handler = Callable[[Fact], None]


@dataclass(frozen=True, slots=True)
class Crashed:
    """A check that raised: our defect, so that nothing that it judges may pass. `exchange` is the one it was asked about, if any.

    Where the history itself raised, `check` is History, and it judges everything.
    """

    check: str
    judges: tuple[str, ...]
    error: str
    exchange: str | None

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        at = f" at exchange {self.exchange}" if self.exchange else ""
        what = "history" if self.check == HISTORY else f"check {self.check}"
        return f"The {what} broke down{at}: {self.error}"


class Judge:
    """Judges exchanges in judging order, each once.

    A check that raises is kept in `crashes` and not asked again; none is asked any more once the history itself has raised, since what it
    would establish from then on may lack what explains it. `listener` is handed every finding, successes too.
    """

    def __init__(
        self,
        contract: Contract,
        target: TargetFacts,
        checks: Iterable[Check] | None = None,
        listener: Callable[[Finding], object] | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.history = History(contract, target)
        self.crashes: list[Crashed] = []
        self._findings = Findings(contract.requirements, listener)
        self._checks = list(all_checks() if checks is None else checks)
        self._handlers: dict[type[Fact], tuple[tuple[Check, _Handler], ...]] = {}
        for check in self._checks:
            check.attach(self.history.ledger, self._findings)

    @property
    def ledger(self) -> Ledger:
        """What the history has established."""
        return self.history.ledger

    @property
    def tallies(self) -> dict[str, Tally]:
        """What the checks have said so far, by requirement."""
        return self._findings.tallies

    def observe(self, exchange: Exchange) -> list[Finding]:
        """Judge one exchange and return what the checks found wrong with it, or could not judge."""
        self._hand_out(self._established(lambda: self.history.observe(exchange), exchange.id))
        self.history.release()
        return self._findings.take_fresh()

    def finish(self) -> list[Finding]:
        """Return what only the end of the history can tell; call it once."""
        self._hand_out(self._established(self.history.finish, None))
        for check in tuple(self._checks):
            try:
                check.finish()
            except Exception as error:  # noqa: BLE001 - whatever a check raises must not pass for a verdict
                self._crash(check, error, None)
        return self._findings.take_fresh()

    def _established(self, facts: Callable[[], list[Fact]], exchange: str | None) -> list[Fact]:
        """Return facts that the history establishes, none where it raises or has raised."""
        if any(crash.check == HISTORY for crash in self.crashes):
            return []
        try:
            return facts()
        except Exception as error:  # noqa: BLE001 - what a target said must not end a run, nor pass for a verdict
            self._checks.clear()
            self._handlers.clear()
            said = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
            self.crashes.append(Crashed(HISTORY, tuple(self.contract.requirements), said, exchange))
            return []

    def _hand_out(self, facts: list[Fact]) -> None:
        for fact in facts:
            kind = type(fact)
            handlers = self._handlers.get(kind)
            if handlers is None:
                handlers = self._handlers[kind] = self._handlers_of(kind)
            for check, handle in handlers:
                if self.crashes and check not in self._checks:
                    continue
                try:
                    handle(fact)
                except Exception as error:  # noqa: BLE001 - whatever a check raises must not pass for a verdict
                    self._crash(check, error, fact.seen.exchange.id)

    def _handlers_of(self, kind: type[Fact]) -> tuple[tuple[Check, _Handler], ...]:
        return tuple(
            (check, getattr(check, name))
            for check in self._checks
            for name, kinds in check.handlers
            if issubclass(kind, kinds)
        )

    def _crash(self, check: Check, error: Exception, exchange: str | None) -> None:
        if check in self._checks:
            self._checks.remove(check)
            self._handlers.clear()
            said = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
            self.crashes.append(Crashed(type(check).__name__, check.judges, said, exchange))
