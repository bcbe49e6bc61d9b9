"""`python -m sandbox`: see sandbox.command."""

import signal
from types import FrameType
from typing import NoReturn


def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """End the process with success: it was asked to stop before it served."""
    raise SystemExit(0)


def main() -> None:
    """Run the command line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    # What follows takes a fifth of a second, in which Ctrl-C must be as quiet as later.
    from sandbox.command import main as run  # noqa: PLC0415  # the handlers come first

    run()


if __name__ == "__main__":
    main()
