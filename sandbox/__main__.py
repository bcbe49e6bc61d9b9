"""`python -m sandbox`: see sandbox.command."""

import signal
from types import FrameType
from typing import NoReturn


def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Exit with status 0: the process was asked to stop before it started to serve."""
    raise SystemExit(0)


def main() -> None:
    """Run the command line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    # The import takes about 0.2 seconds; Ctrl-C must not print a traceback during it.
    from sandbox.command import main as run  # noqa: PLC0415  # the handlers come first

    run()


if __name__ == "__main__":
    main()
