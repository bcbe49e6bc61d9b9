"""The times between the parts of a run that was resumed, in which nobody knows what the target did, nor whether it ran at all."""

from __future__ import annotations

from conformance.client.exchange import RESUMED, Exchange


class Gaps:
    """The gaps of one history, told by the exchanges with which its later parts begin."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []

    def note(self, exchange: Exchange) -> bool:
        """Take in the gap that an exchange ends; return whether there is one."""
        try:
            began = float(exchange.tags[RESUMED])
        except (KeyError, ValueError):
            return False
        self._spans.append((began, exchange.sent_at))
        return True

    def lasted(self, since: float, until: float) -> float:
        """Return the seconds between two moments in which the target surely ran, so that it had the time to do something."""
        spans = ((max(since, began), min(until, ended)) for began, ended in self._spans)
        return until - since - sum(max(0.0, ended - began) for began, ended in spans)
