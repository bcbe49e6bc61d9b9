"""A sandbox in a process of its own, as a target that is there whenever none is given."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from conformance.exceptions import HarnessDefect, TargetError

START_TIMEOUT = 30.0
"""Seconds in which a sandbox has to tell that it serves."""
OWNER_KEY, OTHER_KEY = "LAYERS_API_KEY", "LAYERS_OTHER_KEY"


@contextmanager
def running_sandbox(arguments: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Serve a sandbox on a free loopback port for as long as the block runs, and give what it tells of itself, keys included.

    Raises TargetError, with the sandbox's own sentence, where it does not start.
    """
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--json", *arguments]
    # In a session of its own, so that Ctrl-C reaches the run first and the drivers end against a target that still answers.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as complaints,
        subprocess.Popen(  # noqa: S603 - the interpreter and our own module, no shell
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, start_new_session=True
        ) as process,
    ):
        try:
            yield _description(process, complaints)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _description(process: subprocess.Popen[str], complaints: Any) -> dict[str, Any]:
    timer = threading.Timer(START_TIMEOUT, process.kill)
    timer.start()
    line = process.stdout.readline() if process.stdout else ""
    timer.cancel()
    if not line.strip():
        process.wait()
        complaints.seek(0)
        said = complaints.read().strip().splitlines()
        raise TargetError(said[-1] if said else "The sandbox did not start; run `conformance sandbox` to see why.")
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        raise HarnessDefect(f"The sandbox described itself in a line that is no JSON: {line[:80]!r}.") from None
    return found


def keys_of(description: Mapping[str, Any]) -> dict[str, str]:
    """Give the variables that hold the sandbox's keys."""
    return {OWNER_KEY: description["apiKey"], OTHER_KEY: description["otherApiKey"]}


def config_of(description: Mapping[str, Any]) -> str:
    """Write the conformance.toml of a running sandbox, without its keys."""
    tables: dict[str, dict[str, Any]] = {
        "target": {
            "base_url": description["baseUrl"],
            "api_key_env": OWNER_KEY,
            "project_id": description["projectId"],
            "review_project_id": description.get("reviewProjectId"),
            "archive_project_id": description.get("archiveProjectId"),
            "other_api_key_env": OTHER_KEY,
            "other_project_id": description.get("otherProjectId"),
        },
        "fixtures": {
            "influencer_id": description.get("influencerId"),
            "reference_media_ids": description.get("referenceMediaIds"),
            "source_post_id": description.get("sourcePostId"),
            "failing_brief": description.get("failingBrief"),
        },
        "dialect": description.get("dialect", {}),
        "timing": {"generation_timeout": 30, "poll_interval": 0.02},
        "hooks": {"clock_url": description.get("clockUrl")},
    }
    lines: list[str] = []
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """Write a value in TOML, of which JSON's strings, numbers and arrays are a part."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_toml(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)
