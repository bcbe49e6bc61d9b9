"""What the drivers of the earlier parts of a run have made, kept for the drivers that go on."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from typing import Any

from conformance.client.answers import answer_of, status_of
from conformance.client.call import Call
from conformance.client.exchange import READING, body_from_json, body_to_json, path_and_query
from conformance.contract.lifecycle import is_terminal
from conformance.exceptions import NotReached, RunStopped
from conformance.run.planning.drivers import catalogue
from conformance.run.process import Run
from conformance.suite.stock import Made

RESUMPTION = "resumption"
"""What stands in place of a driver's name in the history."""
OLDEST = 23 * 3_600.0
"""Seconds after which nothing is taken over: its key may soon be free again, so that a replay would start a generation."""


class Shelf:
    """Notes what the stock has made, and finds again what an earlier part of the run has noted."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def keep(self, name: str, made: Made, is_begun: bool) -> None:  # noqa: FBT001 - called as a callable without keywords
        """Note something that was made, under its name; one whose call holds what is a secret to us cannot be sent again, and is not kept."""
        call = asdict(made.call) | {"body": body_to_json(made.call.body)}
        facts = {"container": made.container_id, "job": made.job_id, "call": call, "madeAt": made.made_at}
        line = json.dumps(facts)
        if self._run.session.redacted(line) == line:
            self._run.note("stock", name=name, begun=is_begun, **facts)

    def found(self, *, begun: bool) -> dict[str, Made]:
        """Return what still is as the history has shown it last, by its name; each is read once more.

        What has only begun may have come to its end by itself.
        """
        run = self._run
        if run.earlier is None or self._is_clock_halfway:
            return {}
        label, run.session.driver = run.session.driver, RESUMPTION
        notes = {note["name"]: note for note in run.earlier.of_kind("stock") if note["begun"] is begun}
        found: dict[str, Made] = {}
        # Whoever asks for something meets the end of the budget himself.
        with suppress(RunStopped):
            for name, note in notes.items():
                made = _made_of(note)
                if self._may_be_used(made, begun=begun):
                    found[name] = made
        run.session.driver = label
        return found

    @property
    def _is_clock_halfway(self) -> bool:
        """Whether a driver that moves the clock has begun and not ended, so that it needs keys of an age that it knows."""
        movers = {driver.name for driver in catalogue() if "clock" in driver.needs}
        return bool(self._run.judge.ledger.clock_offset) and not movers.isdisjoint(self._run.unfinished)

    def _may_be_used(self, made: Made, *, begun: bool) -> bool:
        run = self._run
        container = run.judge.ledger.containers.get(made.container_id)
        known = container.read if container else None
        soon = time.time() + run.spec.limits.seconds
        if known is None or soon - made.made_at > OLDEST or self._is_half_changed(made):
            return False
        before = known.fields
        try:
            exchange = run.api.read(made.container_id)
        except NotReached:
            return False
        made.shape = answer_of(exchange)
        if begun:
            return status_of(exchange) == 200 and made.shape.get("status") != "canceled"
        same = all(made.shape.get(name) == before.get(name) for name in ("status", "approvalStatus"))
        return status_of(exchange) == 200 and is_terminal(made.shape.get("status")) and same

    def _is_half_changed(self, made: Made) -> bool:
        """Return whether a driver that will run again from its start may have changed it before."""
        return not self._half_changed.isdisjoint({made.container_id, made.job_id})

    @cached_property
    def _half_changed(self) -> frozenset[str]:
        """What stands in the paths of the writes of drivers that had not ended, and that were not refused."""
        return frozenset(
            step
            for exchange in (self._run.earlier.exchanges if self._run.earlier else ())
            if exchange.request.method not in READING
            and exchange.driver in self._run.unfinished
            and status_of(exchange) not in range(400, 500)
            for step in path_and_query(exchange.request.url)[0].split("/")
        )


def _made_of(note: dict[str, Any]) -> Made:
    call = note["call"]
    headers = tuple((name, value) for name, value in call["headers"])
    sent = Call(**call | {"headers": headers, "body": body_from_json(call["body"])})
    return Made(note["container"], note["job"], sent, {}, note["madeAt"])
