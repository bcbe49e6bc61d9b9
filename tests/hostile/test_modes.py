"""A run against every hostile mode: it ends, in bounds, with the right exit status, and leaves no secret.

Of the modes that expect the same exit status and the same sentence, the first of the table runs by default; the others are `exhaustive`.
"""

from __future__ import annotations

import gzip
import json
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from behaviours import SESSION
from forked import python
from hostile_server import HostileServer, serving
from modes import MODES, QUICK, Mode
from whole_runs import backend, clean_environment, settings_without

from conformance.client.exchange import read, saved_in
from sandbox.server import describe, running

MOST_MEMORY = 300 * 1024
"""KiB that a process of a run may hold at once."""
FIRST = {(mode.status, mode.says): mode for mode in reversed(MODES)}
"""The first mode of each pair of exit status and sentence."""
WORTH_A_GATE = [mode for mode in MODES if not mode.ends_in_first_contact]
"""The modes against which a gate does more than the quick run: before the first driver all profiles do the same."""


COMMAND = """
import gc, resource
gc.enable()
resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
from conformance.cli.main import main
try:
    main()
finally:
    with open("kib", "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""
"""The command as a user runs it, with a bound on the size of its files; it writes how many KiB it held at most."""


@dataclass(frozen=True)
class Ended:
    """What came of a run: its exit status, what it printed, and the folder of its reports."""

    status: int
    printed: str
    report: Path


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


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, id=mode.name, marks=[pytest.mark.exhaustive] * (mode is not FIRST[mode.status, mode.says]))
        for mode in MODES
    ],
)
def test_a_hostile_target_is_survived(mode: Mode, tmp_path: Path) -> None:
    ended = survived(mode, mode.arguments, tmp_path)
    allowed = mode.status if isinstance(mode.status, tuple) else (mode.status,)
    assert ended.status in allowed, ended.printed
    said = " ".join(ended.printed.split())
    assert re.search(mode.says, said), ended.printed
    assert mode.never is None or not re.search(mode.never, said), ended.printed
    assert_reports(ended.report, expected=mode.report)


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", WORTH_A_GATE, ids=lambda mode: mode.name)
def test_a_hostile_target_is_survived_by_a_whole_gate(mode: Mode, tmp_path: Path) -> None:
    ended = survived(mode, ("--profile", "gate", "--seconds", "120"), tmp_path)
    assert ended.status in {0, 1, 2}, ended.printed
    assert mode.never is None or not re.search(mode.never, " ".join(ended.printed.split())), ended.printed
    if (ended.report / "report.json").exists():
        assert_reports(ended.report, expected=True)


def survived(mode: Mode, arguments: tuple[str, ...], folder: Path) -> Ended:
    """Run the command against a mode, and return what came of it, once what holds for every mode is seen to hold."""
    served = backend(seconds=0.05)
    with running(served) as upstream:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if mode.tls else None
        server = HostileServer(upstream, mode.does, mode.greets, tls)
        server.state["key"] = served.settings.api_key
        with serving(server):
            (folder / "conformance.toml").write_text(settings_of(mode, describe(served.settings, server.url)))
            keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
            done = python(
                *("-c", COMMAND.replace("FILE_BYTES", str(mode.file_bytes or -1))),
                *("run", "--report-dir", "report", *arguments),
                cwd=folder,
                env=clean_environment(COLUMNS="250", **keys),
            )
    ended = Ended(done.returncode, done.stdout + done.stderr, folder / "report")
    assert "Traceback" not in ended.printed
    assert "Defect of the harness" not in ended.printed, ended.printed
    assert int((folder / "kib").read_text()) <= MOST_MEMORY
    for secret in (*keys.values(), SESSION):
        assert secret not in ended.printed
        for path in (path for path in folder.rglob("*") if path.is_file()):
            data = path.read_bytes()
            assert secret.encode() not in (gzip.decompress(data) if path.suffix == ".gz" else data), path.name
    return ended


def test_the_names_differ_and_security_md_counts_them() -> None:
    names = [mode.name for mode in MODES]
    assert len(set(names)) == len(names)
    assert f"{len(names)} modes" in (Path(__file__).parents[2] / "SECURITY.md").read_text("utf-8")


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
