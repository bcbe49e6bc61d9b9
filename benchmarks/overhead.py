"""Measure what a run costs its own machine: CPU seconds of `conformance run` over those of the bare requests.

A sandbox is served by a process of its own. `conformance run` is started against it as a user starts it, and the CPU time of that
process (user and system, start-up, judging and reports included) is taken. Then a second process sends exactly the requests of the
run's history again, one after the other, by one plain `httpx.Client` with keep-alive; its time includes its start-up and the import of
httpx, but not the reading of the history. A third process imports the modules that the run has imported, and nothing else. The
sandbox's own time counts in none of them.
"""

from __future__ import annotations

import argparse
import base64
import compileall
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx

_IMPORTED = re.compile(r"^import time:.*\| +(\S+)$", re.MULTILINE)
_IMPORT_ALL = """
import contextlib, importlib, sys
for name in sys.stdin.read().split():
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""


class Figures(NamedTuple):
    """What one run and the replay of its requests cost, in CPU seconds; `imports` is the run's share of start-up and imports."""

    run: float
    plain: float
    imports: float
    requests: int


def _timed(
    command: list[str], keys: Mapping[str, str], given: str = ""
) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run a command to its end; return the CPU seconds that it took, too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(  # noqa: S603 - the interpreter and our own code, no shell
        [sys.executable, *command], env=os.environ | keys, input=given, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        raise SystemExit(f"{command[:4]} ended with exit status {ended.returncode}:\n{ended.stdout[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, ended


def measure(profile: str) -> Figures:
    """Run a profile once against a new sandbox, and send its requests again."""
    import conformance  # noqa: PLC0415 - the replay needs httpx alone
    import openapi  # noqa: PLC0415
    import strategies  # noqa: PLC0415

    # An installation has bytecode, which a fresh clone and an environment that forbids to write it have not.
    for package in (conformance, openapi, strategies):
        compileall.compile_dir(str(Path(str(package.__file__)).parent), quiet=1)
    from conformance.run.embedded import config_of, keys_of, running_sandbox  # noqa: PLC0415 - the replay needs httpx alone

    with tempfile.TemporaryDirectory(prefix="overhead-") as name, running_sandbox() as sandbox:
        folder, keys = Path(name), keys_of(sandbox)
        config = folder / "conformance.toml"
        config.write_text(config_of(sandbox), encoding="utf-8")
        command = ["-X", "importtime", "-m", "conformance", "run", "--profile", profile]
        took, ended = _timed([*command, "--config", str(config), "--report-dir", str(folder)], keys)
        imports, _ = _timed(["-c", _IMPORT_ALL], keys, "\n".join(_IMPORTED.findall(ended.stderr)))
        _, answer = _timed([str(Path(__file__).resolve()), "--replay", str(folder / "history.jsonl.gz")], keys)
        replayed = json.loads(answer.stdout)
    return Figures(took, replayed["seconds"], imports, replayed["requests"])


def _restored(text: str, secrets: Mapping[str, str]) -> str:
    for placeholder, secret in secrets.items():
        text = text.replace(placeholder, secret)
    return text


def _requests(
    history: Path, secrets: Mapping[str, str]
) -> Iterator[tuple[str, str, list[tuple[bytes, bytes]], bytes | None]]:
    """Yield method, URL, headers and body of every request that reached the wire, with the keys put back."""
    with gzip.open(history, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    for line in lines:
        exchange: dict[str, Any] = json.loads(_restored(line, secrets))
        request, body = exchange["request"], exchange["request"]["body"]
        if (exchange["error"] or "").startswith("unsent"):
            continue
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]]
        content = None
        if body is not None:
            content = body["text"].encode() if "text" in body else base64.b64decode(body["base64"])
        yield request["method"], request["url"], headers, content


def replay(history: Path) -> dict[str, float]:
    """Send the requests of a history again; return how many there were, and the CPU seconds of this process without the reading."""
    began = time.process_time()
    secrets = {"[secret:owner]": os.environ["LAYERS_API_KEY"], "[secret:other]": os.environ["LAYERS_OTHER_KEY"]}
    requests = list(_requests(history, secrets))
    reading = time.process_time() - began
    with httpx.Client(trust_env=False) as client:
        for method, url, headers, content in requests:
            try:
                client.send(client.build_request(method, url, headers=headers, content=content))
            except httpx.HTTPError:
                continue  # some requests of a run are meant to break, and cost what they cost
    return {"requests": len(requests), "seconds": time.process_time() - reading}


def main() -> int:
    """Print the figures of each repetition and the least ratio; return 1 where that is above `--at-most`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=("smoke", "gate", "certify"), default="gate", help="default: gate")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="measure so often; the least ratio counts")
    parser.add_argument("--at-most", type=float, metavar="RATIO", help="exit with status 1 where the ratio is above")
    parser.add_argument("--replay", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replay:
        print(json.dumps(replay(options.replay)))
        return 0
    ratios = []
    for _ in range(options.repeat):
        figures = measure(options.profile)
        ratios.append(figures.run / figures.plain)
        print(
            f"{options.profile}: {figures.run:.2f} s of CPU for {figures.requests} requests, of which start-up and imports "
            f"{figures.imports:.2f} s ({figures.imports / figures.run:.0%}); the same requests by a plain client "
            f"{figures.plain:.2f} s; ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"least ratio: {min(ratios):.2f}")
    return int(options.at_most is not None and min(ratios) > options.at_most)


if __name__ == "__main__":
    sys.exit(main())
