"""Run a command, and write the most memory in KiB that it held to a file.

A process of its own measures it: to Linux, what a process held before it turned into another program counts as well, and the tests hold much.
"""

import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run the command, and end as it ends."""
    process = subprocess.Popen(sys.argv[2:])  # noqa: S603 - the command of a test
    _, status, used = os.wait4(process.pid, 0)
    Path(sys.argv[1]).write_text(str(used.ru_maxrss), encoding="ascii")
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
