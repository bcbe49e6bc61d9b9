"""What the state machines have in common: the containers that they know, what they may spend, and how they are run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from conformance.client.answers import answer_of
from conformance.client.call import Call
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.process import Run
from conformance.suite.stock import Stock, sweep


@dataclass(slots=True)
class Handle:
    """A container in a model: the call that was meant to create it, and its ids once they are known."""

    call: Call
    container_id: str = ""
    jobs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class KeyRing:
    """A few keys and bodies, where each key was `used` (by the project or the operation, with its number), and a container to regenerate."""

    keys: list[str]
    bodies: list[dict[str, Any]]
    source: str | None
    used: set[tuple[str, int]] = field(default_factory=set)

    def is_fresh(self, where: str, key: int) -> bool:
        """Return whether a key was not used somewhere yet, so that a call costs a generation."""
        return (where, key) not in self.used


@dataclass(slots=True)
class Purse:
    """What all examples of a machine have in common: the generations that they may still start, and containers that nobody else needs.

    No draw and no choice of a rule depends on it, since Hypothesis takes what follows the same draws for the same: a rule that cannot pay
    any more looks at what stands.
    """

    generations: int
    finished: list[Handle]
    ring: KeyRing | None = None
    _taken: int = 0

    def pays(self, costs: int = 1) -> bool:
        """Pay for generations; return whether there were enough left."""
        if self.generations < costs:
            return False
        self.generations -= costs
        return True

    def take(self) -> Handle | None:
        """Return one of the containers, each in its turn, or None where there is none."""
        self._taken += 1
        return self.finished[self._taken % len(self.finished)] if self.finished else None


class Machine(RuleBasedStateMachine):
    """The base of the machines: the calls of the API, and what the examples may spend."""

    api: Api
    purse: Purse

    def __init__(self) -> None:
        super().__init__()
        self.handles: list[Handle] = []

    def start(self, call: Call) -> Handle:
        """Send a call that may create a container, and keep its ids."""
        handle = Handle(call)
        answer = answer_of(self.api.send(call))
        if isinstance(answer.get("containerId"), str):
            handle.container_id = answer["containerId"]
        if isinstance(answer.get("jobId"), str):
            handle.jobs.append(answer["jobId"])
        self.handles.append(handle)
        return handle

    def project(self, *, review: bool) -> str:
        """Return a project: the plain one where none with review is configured."""
        target = self.api.target.target
        return target.review_project_id if review and target.review_project_id else target.project_id

    def body(self, text: str, rest: dict[str, Any]) -> dict[str, Any]:
        """Return a brief with a mark of its own."""
        return {"hook": self.api.hook(text)} | rest

    def teardown(self) -> None:
        """Let everything end, and look for containers that no answer named."""
        for handle in self.handles:
            if handle.container_id:
                try:
                    self.api.settle(handle.container_id, handle.jobs[-1] if handle.jobs else None)
                except NotReached:
                    continue
        self.purse.finished += [each for each in self.handles if each.container_id and each not in self.purse.finished]
        sweep(self.api)


def explore(machine: type[Machine], run: Run, api: Api, stock: Stock, generations: int) -> None:
    """Run a state machine under the run's profile and seed; nothing is shrunk, since every call may cost."""
    profile = run.spec.profile
    finished = [Handle(made.call, made.container_id, [made.job_id]) for made in stock.finished]
    bound = type(machine.__name__, (machine,), {"api": api, "purse": Purse(generations, finished)})
    run_state_machine_as_test(
        seed(run.spec.seed)(bound),
        settings=settings(
            max_examples=profile.stateful_examples,
            stateful_step_count=profile.stateful_steps,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
