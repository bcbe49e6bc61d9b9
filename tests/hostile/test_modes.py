"""A run against every hostile mode: it ends in time, in bounds, with the right exit status, and leaves no secret."""

from __future__ import annotations

import gzip
import json
import re
import resource
import ssl
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import modes_answers
import modes_contents
import modes_presence
import modes_sizes
import pytest
from hostile_server import HostileServer, serving
from modes import MODES, QUICK, SESSION, Mode
from whole_runs import COMMAND, backend, clean_environment, settings_without

from conformance.door.exchange import read, saved_in
from sandbox.server import describe, running

TABLES = (modes_presence, modes_answers, modes_contents, modes_sizes)
"""The modules whose modes are in the table once they are imported."""
MEASURED = (sys.executable, str(Path(__file__).parent / "measured.py"))
"""What measures the memory of the command after it."""
START_UP = 25
"""Seconds that a run may take on a busy machine before it sends anything and after it has sent everything."""
MOST_MEMORY = 300 * 1024
"""KiB that a process of a run may hold at once."""


class Ended:
    """What came of a run: its exit status, what it printed, what it held in memory at most, and how long it took."""

    def __init__(self, folder: Path, mode: Mode, environment: dict[str, str]) -> None:
        self.report = folder / "report"

        def bound() -> None:
            if mode.file_bytes:
                resource.setrlimit(resource.RLIMIT_FSIZE, (mode.file_bytes, mode.file_bytes))

        began = time.monotonic()
        with (folder / "printed").open("w+b") as printed:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [
                    *MEASURED,
                    str(folder / "kib"),
                    sys.executable,
                    *COMMAND,
                    "--report-dir",
                    str(self.report),
                    *mode.arguments,
                ],
                cwd=folder,
                env=clean_environment(COLUMNS="250", **environment),
                stdout=printed,
                stderr=subprocess.STDOUT,
                preexec_fn=bound,  # noqa: PLW1509 - it only limits its files
            )
            self.status = process.wait()
        self.seconds = time.monotonic() - began
        self.kib = int((folder / "kib").read_text())
        self.printed = (folder / "printed").read_text("utf-8", "replace")


def settings_of(mode: Mode, description: dict[str, object]) -> str:
    tables: dict[str, dict[str, object]] = {name: dict(values) for name, values in QUICK.items()}
    for name, values in (mode.settings or {}).items():
        tables[name] = dict(values)
    lines = settings_without(description, "generation_timeout", "poll_interval", "request_timeout").splitlines()
    for name, values in tables.items():
        head = f"[{name}]"
        if head not in lines:
            lines.append(head)
        at = lines.index(head) + 1
        lines[at:at] = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_hostile_target_is_survived(mode: Mode, tmp_path: Path) -> None:
    served = backend(seconds=0.05)
    with running(served) as upstream:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if mode.tls else None
        server = HostileServer(upstream, mode.does, mode.greets, tls)
        server.state["key"] = served.settings.api_key
        with serving(server):
            (tmp_path / "conformance.toml").write_text(settings_of(mode, describe(served.settings, server.url)))
            keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
            ended = Ended(tmp_path, mode, keys)
    allowed = mode.status if isinstance(mode.status, tuple) else (mode.status,)
    assert ended.status in allowed, ended.printed
    said = " ".join(ended.printed.split())
    assert re.search(mode.says, said), ended.printed
    assert mode.never is None or not re.search(mode.never, said), ended.printed
    assert "Traceback" not in ended.printed
    assert ended.seconds <= mode.seconds + START_UP
    assert ended.kib <= MOST_MEMORY
    assert_no_secret(tmp_path, [*keys.values(), SESSION])
    assert_reports(ended.report, expected=mode.report)


def assert_no_secret(folder: Path, secrets: list[str]) -> None:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        for secret in secrets:
            assert secret.encode() not in data, path.name


def assert_reports(folder: Path, *, expected: bool | None) -> None:
    """Read each report, where one is expected."""
    if expected is None:
        return
    if expected is False and (folder / "report.json").exists():
        # The server has answered, and may be another than was meant.
        report = json.loads((folder / "report.json").read_text("utf-8"))
        assert report["stopped"].startswith("in the first contact: ")
        assert report["exitStatus"] == 2
        assert {row["verdict"] for row in report["requirements"].values()} == {"not exercised"}
        return
    assert (folder / "report.json").exists() == expected
    if not expected:
        return
    report = json.loads((folder / "report.json").read_text("utf-8"))
    record = json.loads((folder / "run.json").read_text("utf-8"))
    assert report["stopped"] == record["stopped"]
    ET.parse(folder / "junit.xml")  # noqa: S314 - written by us
    assert list(read(saved_in(folder)))
    assert (folder / "report.md").read_text("utf-8")
    assert (folder / "report.html").read_text("utf-8").endswith("</html>\n")
