"""What of ours breaks while a run is reported is told in a sentence, and everything else is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder
from runs import TARGET, record

from conformance import reporting
from conformance.cli.saved import judge_again
from conformance.client.exchange import KEPT, judging_order, keep
from conformance.replay import story as stories
from conformance.reporting import DEFECTS, FORMS, json_report
from conformance.reporting.report import Report
from conformance.run import conclude
from conformance.run.journal import MANIFEST

SAID = "broke down: TypeError: unhashable type: 'list'; please report it with the file defects.log"
PLACES: dict[str, tuple[Any, str, str]] = {
    "repro/LIF-1.jsonl": (stories, "story_of", "Writing repro/LIF-1.jsonl"),
    "report.html": (reporting, "page", "Writing report.html"),
    "report.md": (reporting, "markdown", "Writing report.md"),
    "junit.xml": (reporting, "tree", "Writing junit.xml"),
    "history.har": (reporting.har, "write", "Writing history.har"),
    "": (conclude, "with_evidence", "The evidence of the report"),
}
"""What is missing where a function of ours breaks, the function, and what is said of it."""


STORY_OF = stories.story_of


def breaking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that breaks; of the smallest histories, one alone breaks."""

    def broken(*given: Any, **named: Any) -> Any:
        if function is STORY_OF and given[0].id != "LIF-1":
            return function(*given, **named)
        raise TypeError("unhashable type: 'list'")

    return broken


def written(folder: Path, status: str) -> Path:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status=status)
    folder.mkdir()
    keep(sorted(story.exchanges, key=judging_order), folder)
    where = {"base_url": FACTS.base_url, "project_id": FACTS.project_id}
    run = record(target=TARGET | {"target": TARGET["target"] | where}, promised={"LIF-1": ["d"]})
    run.write(folder / MANIFEST)
    return folder


@pytest.mark.parametrize("missing", PLACES)
def test_what_breaks_is_told_and_everything_else_is_written(
    missing: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = written(tmp_path / "run", "odd")
    (folder / "report.html").write_text("an earlier report")
    module, name, what = PLACES[missing]
    monkeypatch.setattr(module, name, breaking(getattr(module, name)))
    assert judge_again(folder, write=True) == 1, "the failure of the target stays what counts"
    report = json_report.read(folder / "report.json")
    assert report.defects == [f"{what} {SAID}"]
    assert report.requirements["LIF-1"].verdict == "failed"
    # Without evidence there is no smallest history, so no file of it.
    gone = {missing} if missing else {"repro/LIF-1.jsonl"}
    assert {each for each in (KEPT, *FORMS.values(), "repro/LIF-1.jsonl") if not (folder / each).exists()} == gone
    assert f"{what} broke down" in (folder / ("report.html" if missing == "report.md" else "report.md")).read_text()
    assert (folder / DEFECTS).read_text().count("Traceback") == 1
    assert f"Defect of the harness: {what} broke down" in " ".join(capsys.readouterr().out.split())


def test_where_nothing_of_the_target_failed_the_exit_status_is_that_of_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "page", breaking(reporting.page))
    folder = written(tmp_path / "run", "completed")
    assert judge_again(folder, write=True, quiet=True) == 3
    report: Report = json_report.read(folder / "report.json")
    assert (report.exit_status, report.outcome) == (3, "incomplete")
