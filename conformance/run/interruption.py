"""What a run does when its user ends it: the generations in flight are canceled where the target can, and workers end soon."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from conformance.client.answers import status_of
from conformance.client.call import Call
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached, RunStopped
from conformance.run.process import Run

INTERRUPTION = "interruption"
"""What stands in place of a driver's name in the history."""
PATIENCE = 1.0
"""Seconds that the cancels may take, all together."""
TO_END = 2 * PATIENCE
"""Seconds after which a worker is killed that has not ended by then; it has cancels to send, too."""
ABSENT = {404, 405, 501}


def cancel_in_flight(run: Run) -> None:
    """Cancel the jobs that this process has started and not seen to end, the latest first, as long as the time allows."""
    run.session.end()
    run.session.driver = INTERRUPTION
    deadline = time.monotonic() + PATIENCE
    for job_id in reversed(list(_in_flight(run))):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return
        try:
            answer = run.session.send(Call("POST", path_to("jobs", job_id, "cancel"), once=True, within=remaining))
        except (NotReached, RunStopped):
            return
        if status_of(answer) is None or status_of(answer) in ABSENT:
            return  # the target has no such operation, or is away


def _in_flight(run: Run) -> Iterator[str]:
    ledger = run.judge.ledger
    for job_id in run.api.jobs:
        container = ledger.container_of_job(job_id)
        read = container.read if container else None
        is_over = read is not None and is_terminal(read.fields.get("status"))
        if container is None or not is_over or container.regenerating:
            yield job_id


def end_workers(config: Any) -> None:
    """Let the workers of xdist end as this process does, and wait for them no longer than `TO_END`."""
    nodes = getattr(config.pluginmanager.get_plugin("dsession"), "nodemanager", None)
    if nodes is None:
        return
    nodes.EXIT_TIMEOUT = TO_END
    for pid in _workers(nodes.group):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _workers(gateways: Iterable[Any]) -> Iterator[int]:
    for gateway in gateways:
        # execnet offers no public way to the process of a gateway.
        pid = getattr(getattr(getattr(gateway, "_io", None), "popen", None), "pid", None)
        if isinstance(pid, int):
            yield pid
