"""What can go wrong, by the step at which it does.

| step | exception | exit status |
| --- | --- | --- |
| reading the configuration | `ConfigurationError` | 2 |
| first contact with the target | `TargetError` | 2 |
| a driver cannot go on | `NotReached` | none: verdict *not exercised* |
| the budget is spent | `BudgetSpent` | none: the run ends, *incomplete* |
| the disk takes no more | `CannotWrite` | 2 |
| the target has gone away | `TargetGone` | none: the run ends, *incomplete*, whatever was shown before |
| a run is not one that is certified | `NotCertified` | 1 |
| a certificate is not what its run shows | `NotVerified` | 1 |
| the harness itself is wrong | `HarnessDefect` | 3 |
"""

from __future__ import annotations


class ConformanceError(Exception):
    """An error whose text is one sentence for the user: what is wrong, where, and what to do."""

    exit_status = 2


class ConfigurationError(ConformanceError):
    """The settings of the target or of the run cannot be used."""


class TargetError(ConformanceError):
    """The target cannot be judged: unreachable, wrong key, unknown project, or some other web server."""


class NotCertified(ConformanceError):  # noqa: N818 - it is an answer, not an error
    """A run gets no certificate; its text says why."""

    exit_status = 1

    def __init__(self, why: str) -> None:
        super().__init__(f"This run is not certified. {why}")


class NotVerified(ConformanceError):  # noqa: N818 - it is an answer, not an error
    """A certificate is not to be trusted; its text says why, in a sentence for each reason."""

    exit_status = 1

    def __init__(self, why: str) -> None:
        super().__init__(f"This certificate is not verified. {why}")


class HarnessDefect(ConformanceError):  # noqa: N818 - a defect is what it is
    """A request that a driver meant to be valid is not, or a check contradicts itself: our fault, never the target's."""

    exit_status = 3


class NotReached(Exception):  # noqa: N818 - it is an outcome of a driver, not an error
    """A driver did not get what it needs to go on; its text is the reason shown beside *not exercised*."""


class RunStopped(BaseException):
    """Nothing more is sent in this run. A BaseException, so that Hypothesis neither shrinks nor retries on it."""


class BudgetSpent(RunStopped):
    """The next request would pass the budget."""


class TargetGone(RunStopped):
    """The target has not answered for as long as a run waits for it."""


class CannotWrite(RunStopped):
    """What a run has to keep cannot be written; its text is one sentence for the user."""

    def __init__(self, path: object, reason: object) -> None:
        super().__init__(f"Cannot write {path}: {reason}; free space there, or give --report-dir another folder.")
