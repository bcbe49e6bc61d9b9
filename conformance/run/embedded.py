"""A sandbox in a process of its own, the target of a run that names none."""

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
"""Seconds in which a sandbox has to report that it serves."""
OWNER_KEY, OTHER_KEY = "LAYERS_API_KEY", "LAYERS_OTHER_KEY"


@contextmanager
def running_sandbox(arguments: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Serve a sandbox on a free loopback port while the block runs; yields its description of itself, keys included.

    Raises TargetError, with the sandbox's own sentence, if it does not start.
    """
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--json", *arguments]
    # In a session of its own, so that Ctrl-C reaches the run only, and the drivers end while the target still answers.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603 - the interpreter and our own module, no shell
            command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        ) as process,
    ):
        try:
            yield _description(process, errors)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _description(process: subprocess.Popen[str], errors: Any) -> dict[str, Any]:
    timer = threading.Timer(START_TIMEOUT, process.kill)
    timer.start()
    line = process.stdout.readline() if process.stdout else ""
    timer.cancel()
    if not line.strip():
        process.wait()
        errors.seek(0)
        lines = errors.read().strip().splitlines()
        raise TargetError(lines[-1] if lines else "The sandbox did not start; run `conformance sandbox` to see why.")
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        raise HarnessDefect(f"The description that the sandbox printed is not JSON: {line[:80]!r}.") from None
    return found


def keys_of(description: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables with the keys of the sandbox."""
    return {OWNER_KEY: description["apiKey"], OTHER_KEY: description["otherApiKey"]}


def config_of(description: Mapping[str, Any]) -> str:
    """Return the conformance.toml of a running sandbox, without its keys."""
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
        "timing": {
            "generation_timeout": 30,
            "poll_interval": 0.02,
            "generation_seconds": description.get("generationSeconds"),
            **description.get("timing", {}),
        },
        "hooks": {"clock_url": description.get("clockUrl")},
    }
    lines: list[str] = []
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """Return a value in TOML, which takes the strings, numbers and arrays of JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_toml(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)
