"""Run the command many times, each in a process of its own that is forked from this one, which has imported everything already.

Each line of standard input is a JSON object with the `arguments`, the folder (`cwd`), the environment (`env`), the file for what is printed
(`printed`) and the most bytes that a file may have (`file_bytes`, or null). For each, a line tells its exit `status` and the most memory in
KiB that it held (`kib`). A command that does not end is killed by SIGALRM.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from typing import Any, NoReturn

import conformance.selftest.preload  # noqa: F401 - what a run imports
from conformance.cli.main import main as command

PATIENCE = 600
"""Seconds after which a command counts as one that never ends, on however busy a machine."""


def main() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if not pid:
            run(job)
        _, status, used = os.wait4(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "kib": used.ru_maxrss}), flush=True)  # noqa: T201 - what the test reads


def run(job: dict[str, Any]) -> NoReturn:
    status = 1
    signal.alarm(PATIENCE)
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        printed = os.open(job["printed"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.chdir(job["cwd"])
        os.environ.clear()
        os.environ.update(job["env"])
        if job["file_bytes"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_bytes"], job["file_bytes"]))
        sys.argv = ["conformance", *job["arguments"]]
        command()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the test reads it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
