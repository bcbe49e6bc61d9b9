"""Measure what each driver sends and how long it pauses, on the embedded sandbox, and write it where `conformance plan` reads it."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.client.session import Session
from conformance.contract.document import load
from conformance.run.calls.api import Api
from conformance.run.launch import RunOptions, execute
from conformance.run.overlap import Overlap
from conformance.run.planning.plan import chosen
from conformance.run.planning.price import SHARED
from conformance.run.planning.profiles import PROFILES
from conformance.suite.stock import Stock

DATA = Path(__file__).parent.parent / "conformance" / "data" / "work.json"
LONG = 1.0
"""Seconds from which on a pause is one of its own, and not a number of poll intervals."""
POLL = 0.02
IN_STOCK = {"twin": "twins", "canceled twin": "twins", "begun": "first"}

Row = list[float]


class Meter:
    """Notes requests, generations that were waited for, and pauses under the name of the driver, or of what it makes to share."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = defaultdict(lambda: [0, 0, 0.0, 0.0])
        self._settling = self._waited = False

    def install(self) -> None:
        """Put itself around what sends, pauses, polls and makes, and let no drivers overlap, of which each would wait for others."""
        meter, reserve, pause, settle, once = self, Session._reserve, Session.pause, Api.settle, Stock.once  # noqa: SLF001

        def reserved(session: Session, *given: Any) -> Any:
            meter.rows[session.driver][0] += 1
            return reserve(session, *given)

        def paused(session: Session, seconds: float, *given: Any, **named: Any) -> None:
            row = meter.rows[session.driver]
            if meter._settling:
                row[1] += not meter._waited
                meter._waited = True
            else:
                row[3 if seconds >= LONG else 2] += seconds if seconds >= LONG else seconds / POLL
            pause(session, seconds, *given, **named)

        def settled(api: Api, *given: Any) -> Any:
            meter._settling, meter._waited = True, False
            try:
                return settle(api, *given)
            finally:
                meter._settling = False

        def made(stock: Stock, name: str, make: Callable[[], Any], *given: Any) -> Any:
            shared, before = IN_STOCK.get(name, name), stock.api.session.driver
            stock.api.session.driver = shared if shared in SHARED and not stock.has(shared) else before
            try:
                return once(stock, name, make, *given)
            finally:
                stock.api.session.driver = before

        for owner, name, value in (
            (Session, "_reserve", reserved),
            (Session, "pause", paused),
            (Api, "settle", settled),
            (Stock, "once", made),
            (Overlap, "call", lambda *_: False),
        ):
            setattr(owner, name, value)


def run(profile: str, only: str) -> tuple[int, dict[str, Row], int]:
    """Return the generations of a run, what it came to, and how many pairs of factors it met at no price."""
    METER.rows.clear()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        execute(RunOptions(profile=profile, only=only, sandbox=True, quiet=True, report_dir=report))
        told = json.loads((report / "report.json").read_text(encoding="utf-8"))
    rows = {name: [round(number, 1) for number in row] for name, row in METER.rows.items()}
    return told["spent"]["generations"], rows, told["situations"]["pairs"]["count"]


def measured(profile: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a whole run came to, with the requests of each driver in the narrowest of the runs of one family.

    Where an earlier measurement is given, the narrow runs are not made anew, but for drivers that it does not hold.
    """
    whole, found, pairs = run(profile, "")
    if before is not None:
        known = before["work"]
        rows = {name: [*row, *known.get(name, [0, 0, 0, 0, row[0], whole])[4:]] for name, row in found.items()}
        idle = [driver.name for driver in chosen(PROFILES[profile]) if driver.name not in rows]
        rows |= {name: known.get(name, [0] * 6) for name in idle}
        return {"generations": whole, "pairs": pairs, "work": dict(sorted(rows.items()))}
    selections = [each for each in (*load().families, "APR-6") if chosen(PROFILES[profile], [each])]
    narrow = sorted((run(profile, only) for only in selections), key=lambda ran: ran[0])
    # A driver that only takes what is shared may send nothing itself.
    nothing: Row = [0, 0, 0, 0]
    rows = {driver.name: [*nothing, 0, 0] for driver in chosen(PROFILES[profile])}
    for name in {name for each in (found, *(rest for _, rest, _ in narrow)) for name in each}:
        few, row = next(
            ((spent, each[name]) for spent, each, _ in narrow if name in each), (whole, found.get(name, nothing))
        )
        rows[name] = [*found.get(name, row), row[0], few]
    return {"generations": whole, "pairs": pairs, "work": dict(sorted(rows.items()))}


def written(data: dict[str, Any]) -> str:
    """Return what was measured as JSON with a line for each driver."""
    profiles = []
    for profile, each in data.items():
        rows = (
            f'   "{name}": {json.dumps([int(n) if n == int(n) else n for n in row])}'
            for name, row in each["work"].items()
        )
        profiles.append(
            f' "{profile}": {{\n  "generations": {each["generations"]},\n{_pairs(each)}  "work": {{\n'
            + ",\n".join(rows)
            + "\n  }\n }"
        )
    return "{\n" + ",\n".join(profiles) + "\n}\n"


def _pairs(each: dict[str, Any]) -> str:
    return f'  "pairs": {each["pairs"]},\n' if "pairs" in each else ""


def main() -> None:
    """Measure profiles, all of them unless some are named, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profiles", nargs="*", help="smoke, gate, certify")
    parser.add_argument(
        "--whole", action="store_true", help="make whole runs only, and keep what narrow ones came to before"
    )
    METER.install()
    arguments = parser.parse_args()
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for profile in arguments.profiles or PROFILES:
        data[profile] = measured(profile, data[profile] if arguments.whole else None)
        DATA.write_text(written(data), encoding="utf-8")


METER = Meter()
if __name__ == "__main__":
    main()
