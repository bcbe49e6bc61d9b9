"""The smallest history of a failure as two files: exchanges to be sent again, and curl commands to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from conformance.client.exchange import Exchange, read, to_json
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.replay.dependencies import Dependencies
from conformance.reporting import Bearing
from conformance.reporting.calls import seen
from conformance.reporting.curl import curl
from conformance.reporting.model import Evidence
from conformance.reporting.report import Report, Verdict
from conformance.reporting.view import COSTS

FOLDER = "repro"
ENDED = "ended"
"""The tag with the containers and jobs, as JSON, whose end the run had seen before it sent a request."""
_HEADER = """\
# {finding}: {message}
# The smallest history that shows it, to be read: ids, cursors and keys are those of the run.
# `conformance repro {finding}` sends it again with new ones.
"""


def story_of(finding: Evidence, dependencies: Dependencies) -> list[Exchange]:
    """Return the smallest history in the order of sending; each request is tagged with the ends that the run had seen before it."""
    wanted = set(finding.smallest)
    story = sorted((each for each in dependencies.exchanges if each.id in wanted), key=lambda each: each.sent_at)
    return [
        replace(exchange, tags=exchange.tags | {ENDED: json.dumps(ends)}) if ends else exchange
        for exchange, ends in dependencies.with_ends(story)
    ]


def read_story(folder: Path, finding: Evidence) -> list[Exchange]:
    """Read the smallest history of a failure; raises ConfigurationError where the folder of the run does not hold it."""
    path = folder / FOLDER / f"{finding.id}.jsonl"
    try:
        return list(read(path))
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}: {error.strerror}; write the reports again with `conformance judge --write {folder}`."
        ) from None


def ended_before(exchange: Exchange) -> list[tuple[str, str, str]]:
    """Return the containers and jobs whose end the run had seen before it sent a request (see `Dependencies.with_ends`)."""
    return [(kind, name, actor) for kind, name, actor in json.loads(exchange.tags.get(ENDED, "[]"))]


def write_stories(
    report: Report, dependencies: Dependencies, folder: Path, bear: Bearing = lambda _: nullcontext()
) -> None:
    """Write the smallest history of each failure below the folder of a run, and delete those of an earlier report.

    One that breaks within `bear` is left out. Raises ConfigurationError where the folder cannot be written.
    """
    place = folder / FOLDER
    try:
        for old in (*place.glob("*.jsonl"), *place.glob("*.txt")):
            old.unlink()
        for row in report.with_verdict(Verdict.FAILED).values():
            for finding in (each for each in row.findings if each.smallest):
                with bear(f"Writing {FOLDER}/{finding.id}.jsonl"):
                    place.mkdir(parents=True, exist_ok=True)
                    story = story_of(finding, dependencies)
                    lines = (json.dumps(to_json(each)) + "\n" for each in story)
                    (place / f"{finding.id}.jsonl").write_text("".join(lines), encoding="utf-8")
                    page = "\n".join(_page(report, finding, story))
                    (place / f"{finding.id}.txt").write_bytes(page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigurationError(f"Cannot write {place}: {error.strerror}; give another folder.") from None


def _page(report: Report, finding: Evidence, story: list[Exchange]) -> Iterator[str]:
    yield _HEADER.format(finding=finding.id, message=" ".join(finding.message.split()))
    for exchange in story:
        answer = exchange.response.status if exchange.response else exchange.failure or "no answer"
        yield f"# {exchange.id} -> {answer}"
        if seen(exchange, load(), report.target["target"]["base_url"]).may_cost:
            yield COSTS
        yield curl(exchange, report.target) + "\n"
