"""What the answer that shows a finding has to do with an earlier one, so that a repair is told where the values are new each time.

A finding may say that an answer shows what an earlier one had shown, such as a tag or a job, although it should not; or that it shows
something else, such as another order of the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conformance.client.exchange import Exchange
from conformance.contract.validity import parse_answer
from conformance.replay.dependencies import looks_like_id
from conformance.replay.findings import LONGEST_VALUE
from conformance.reporting.excerpts import shortened, steps_of
from conformance.reporting.model import Evidence

SAME, OTHER = "same", "other"


def comparison(finding: Evidence, steps: Sequence[Exchange]) -> dict[str, str] | None:
    """Return which earlier exchange that a finding names shows at the same place what the last one should, or should not; None if none does."""
    pointer = finding.pointer or ""
    later = value_at(steps[-1], pointer)
    for exchange in [each for each in reversed(steps[:-1]) if each.id in finding.exchanges]:
        earlier = value_at(exchange, pointer)
        if isinstance(earlier, list | dict) or (isinstance(earlier, str) and looks_like_id(earlier)):
            if finding.expected is not None and finding.expected == shortened(earlier, LONGEST_VALUE):
                return {"with": exchange.id, "how": SAME}
            if finding.expected is None and _repeats(earlier, later):
                return {"with": exchange.id, "how": OTHER}
    return None


def is_as_it_should(how: str, earlier: Any, later: Any) -> bool:
    """Return whether of two values that are shown the later one is the same, or has nothing of the earlier one."""
    if not earlier or not later:
        return False
    return bool(earlier == later) if how == SAME else not _repeats(earlier, later)


def value_at(exchange: Exchange, pointer: str) -> Any:
    """Return what an answer shows at the JSON Pointer of a finding; None where it shows nothing, or the place is an item of a list."""
    response, steps = exchange.response, steps_of(pointer, "response")
    if response is None or not steps:
        return None
    side, *way = steps
    if side != "body":
        return response.status if side == "status" else response.header("/".join(way))
    shown: Any = parse_answer(response.body)
    for step in way:
        shown = shown.get(step) if isinstance(shown, dict) else None
    return shown


def _repeats(earlier: Any, later: Any) -> bool:
    """Return whether a value shows what an earlier one had shown: a text that only one thing bears, or an item of a list."""
    if isinstance(earlier, list) and isinstance(later, list):
        return not _ids(earlier).isdisjoint(_ids(later))
    return isinstance(later, str) and earlier == later


def _ids(items: list[Any]) -> set[str]:
    return {item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)}
