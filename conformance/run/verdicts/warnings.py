"""What a report warns of: the tolerance that a target was given, and calls that it put off for as long as they were repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.checks.findings import Tally
from conformance.contract.lifecycle import MOMENT
from conformance.reporting.text import counted


def lags(target: Mapping[str, Any]) -> float:
    """Return the seconds for which a read may show what was before a write, as a target is configured."""
    return float(target.get("timing", {}).get("read_lag") or 0.0)


def is_lenient(target: Mapping[str, Any]) -> bool:
    """Return whether a target is configured to be given more time than another one."""
    return lags(target) > 0 or _settling(target) > MOMENT


def _settling(target: Mapping[str, Any]) -> float:
    return float(target.get("timing", {}).get("settling", MOMENT))


def settling_warnings(target: Mapping[str, Any]) -> list[str]:
    """Return what a reader has to know where `timing.settling` is longer than it is by itself."""
    settling = _settling(target)
    if settling <= MOMENT:
        return []
    sentence = (
        f"A job and its container were allowed to differ for {settling:g} s (timing.settling, by itself {MOMENT:g} s)."
    )
    return [
        f"{sentence} A difference that ends within them is not found, and the published figures of detection do not hold."
    ]


def lag_warnings(target: Mapping[str, Any], tallies: Mapping[str, Tally]) -> list[str]:
    """Return what a reader has to know where `timing.read_lag` is set: how often it excused something, and what can then not be found."""
    lag = lags(target)
    if not lag:
        return []
    excused = {name: tally.lagged for name, tally in tallies.items() if tally.lagged}
    which = ", ".join(f"{name} {times}" for name, times in excused.items())
    used = (
        f"that excused {counted(sum(excused.values()), 'read')} ({which})"
        if excused
        else "no read was seen to lack one"
    )
    sentence = f"Reads were allowed to lack what was written up to {lag:g} s before them (timing.read_lag), and {used}."
    cost = f"A defect that shows in the first {lag:g} s after a write alone is not found, and the published figures of detection do not hold."
    return [f"{sentence} {cost}"]


def put_off_warnings(calls: Iterable[str]) -> list[str]:
    """Return what a reader has to know where calls, given by their names, were never answered otherwise than by 408 or 429."""
    times = Counter(calls)
    if not times:
        return []
    which = ", ".join(f"{name} {number}" for name, number in sorted(times.items()))
    sentence = f"The target put off {counted(times.total(), 'call')} with 408 or 429 for as long as they were repeated ({which})."
    return [f"{sentence} What they were to show was not looked at, and what passed was seen on others."]
