"""Runs that are saved beside this file, and what the installed checks say of them, as text.

A file of `saved/` holds runs: of each the manifest in one line, without what no verdict depends on, then one exchange a line. A file
whose name ends in `-shard1` holds one shard of a run, which is merged with the others before it is judged. A file whose name begins with
`stories` holds short histories that were written by hand, each with a name.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.checks.findings import Finding, Tally
from conformance.cli.saved import merge_runs, saved_run
from conformance.client.exchange import Exchange, from_json, keep, to_json
from conformance.contract.document import load
from conformance.reporting.model import HarnessFacts
from conformance.reporting.report import RequirementResult, Verdict
from conformance.run.conclude import judge_history
from conformance.run.journal import MANIFEST
from conformance.run.verdicts.record import RunRecord
from conformance.run.verdicts.verdict import conclude

FOLDER = Path(__file__).parent
SAVED = FOLDER / "saved"
EXPECTED = FOLDER / "expected.txt"
SHARD = "-shard"
Document = dict[str, Any]
Change = Callable[[Document, list[Document]], tuple[Document, list[Document]]]
_LEFT_OUT = {"harness", "suite", "history", "drivers", "planned", "unreached", "elsewhere", "deselected"}
_SIGNS = {Verdict.FAILED: "!", Verdict.INCONCLUSIVE: "?", Verdict.PASSED: ""}


def names() -> list[str]:
    """Return the names of the saved runs, shards counted as one."""
    return sorted({path.name.partition(".")[0].partition(SHARD)[0] for path in SAVED.glob("*.jsonl.gz")})


def read(name: str) -> list[tuple[Document, list[Document]]]:
    """Return the manifest and the exchanges of each run in a file."""
    found: list[tuple[Document, list[Document]]] = []
    for line in map(json.loads, gzip.decompress((SAVED / f"{name}.jsonl.gz").read_bytes()).splitlines()):
        if "promised" in line:
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return found


def save(name: str, *runs: tuple[dict[str, Any], list[Exchange]]) -> None:
    """Write runs so that the same runs are always the same bytes."""
    lines: list[dict[str, Any]] = []
    for manifest, exchanges in runs:
        kept = {key: value for key, value in manifest.items() if value and key not in _LEFT_OUT}
        lines += [kept | {"promised": [key for key, drivers in manifest["promised"].items() if drivers]}]
        lines += map(to_json, exchanges)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (SAVED / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def restore(name: str, folder: Path, change: Change = lambda *run: run) -> Iterator[tuple[str, Path]]:
    """Write each run of a file into a folder as a run leaves it, but for what `change` changes; shards are merged.

    Yield the name of each run, and its folder.
    """
    folder.mkdir()
    shards = sorted(path.name.partition(".")[0] for path in SAVED.glob(f"{name}{SHARD}*.jsonl.gz"))
    if shards:
        parts = [part for shard in shards for _, part in restore(shard, folder / shard, change)]
        merge_runs(parts, folder / "merged", quiet=True)
        yield "", folder / "merged"
        return
    contract = load()
    harness = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    for number, (manifest, exchanges) in enumerate((change(*run) for run in read(name)), start=1):
        at = folder / str(number)
        at.mkdir()
        promised = {requirement: ["a driver"] for requirement in manifest["promised"]}
        facts = {"configured": []} | manifest | {"harness": harness, "promised": promised, "drivers": promised}
        story = facts.pop("story", "")
        RunRecord.model_validate(facts).write(at / MANIFEST)
        keep([*map(from_json, exchanges)], at)
        yield story, at


def findings(name: str, folder: Path, change: Change = lambda *run: run) -> list[str]:
    """Judge the runs of a file as `conformance judge` does, and return what it finds in lines."""
    lines: list[str] = []
    for story, run in restore(name, folder, change):
        found = judged(run)
        lines += [f"  {story}: {'; '.join(found[1:-1]) or found[-1]}"] if story else [f"  {line}" for line in found]
    return lines


def judged(folder: Path) -> list[str]:
    """Judge the run in a folder; return its outcome, then its findings, then what passed."""
    contract = load()
    record, exchanges, _ = saved_run(folder)
    judge = judge_history(contract, record, exchanges)
    report = conclude(contract, judge, record)
    lines = [f"{report.outcome.value}, exit status {report.exit_status}, {len(exchanges)} exchanges"]
    lines += [crash.sentence for crash in judge.crashes]
    for name, tally in judge.tallies.items():
        lines += [f"{name} {line}" for line in _lines(tally)]
    families: dict[str, list[str]] = {}
    for name, row in report.requirements.items():
        families.setdefault(name.partition("-")[0], []).append(_verdict(row, judge.tallies[name]))
    return [
        *lines,
        " | ".join(f"{family} {' '.join(words)}" for family, words in families.items() if {*words} != {"."}),
    ]


def _verdict(row: RequirementResult, tally: Tally) -> str:
    """Return how often a requirement passed; `!` failed, `?` inconclusive, `-` not exercised though promised, `.` not exercised."""
    if row.verdict is Verdict.NOT_EXERCISED:
        return "-" if row.promised else "."
    return f"{tally.passed}{_SIGNS[row.verdict]}"


def _lines(tally: Tally) -> Iterator[str]:
    # Findings that differ in their place alone share a line.
    kept = [*tally.failures, *tally.inconclusive]
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in kept:
        groups.setdefault((finding.result.value, finding.kind, "+".join(finding.exchanges)), []).append(finding)
    for (result, kind, exchanges), same in groups.items():
        times = sum(tally.times[finding.key] or 1 for finding in same)
        places = ", ".join(dict.fromkeys(finding.place for finding in same if finding.place))
        yield " ".join(filter(None, (result, kind or "-", f"at {places}" if places else "", exchanges, f"({times})")))


def expected() -> dict[str, list[str]]:
    """Return the text that the checks are to reproduce, by the name of the run."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found[name].append(line)
        else:
            name = line
            found[name] = []
    return found
