"""What the report looks like on every kind of terminal, and where there is none."""

from __future__ import annotations

import io
import re
import sys

import pytest
from runs import exchange, failed, inconclusive, passed, record, report

from conformance.contract.document import load
from conformance.reporting import terminal
from conformance.reporting.console import console_for, takes_redrawing
from conformance.reporting.report import Coverage, CoveredCombination, Report
from conformance.reporting.view import View
from conformance.run.verdicts.record import Unreached

SITUATIONS = ("queued/not_required", "generating/not_required", "completed/approved", "completed/pending")
HISTORY = [
    exchange(1),
    exchange(2, "POST", "/v1/content/cnt_1/reject", status=500, body=b'{"reason": "none"}', answer=b"{}"),
    exchange(3, status=None, error="timeout: ReadTimeout"),
]
NARROW, USUAL, WIDE = "80", "120", "200"


class Screen(io.StringIO):
    """A stream that is a terminal, or not."""

    def __init__(self, *, tty: bool) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CI", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def coverage() -> Coverage:
    operations = list(load().operations)
    combinations = [
        CoveredCombination(
            situation=situation,
            operation=operation,
            planned=operation != "archiveProject",
            count=(row * 5 + column * 3) % 14,
        )
        for row, situation in enumerate(SITUATIONS)
        for column, operation in enumerate(operations)
        if (row + column) % 5
    ]
    return Coverage(planned=40, reached=sum(item.count > 0 for item in combinations), combinations=combinations)


def troubled() -> Report:
    """Return a report with something of everything."""
    run = record(
        promised={"CRE-2": ["d"], "CRE-4": ["d"], "REG-5": ["d"]},
        unreached=[Unreached(driver="d", requirements=["CRE-4"], reason="No container was made.")],
        stopped="the budget of 9 requests is spent",
    )
    made = report(
        *(failed("APR-1", f"Container cnt_{n} changed in way {n}.", "main-1", "main-2") for n in range(5)),
        failed(
            "CRE-8",
            "A brief came back changed in a place that takes a longer sentence to describe than fits.",
            "main-2",
        ),
        inconclusive("LIF-1", "No answer came.", "main-3"),
        passed("CRE-1", "main-1"),
        *(passed(f"LST-{n}", "main-1") for n in range(1, 14, 2)),
        run=run,
        exchanges=HISTORY,
    )
    return made.model_copy(update={"coverage": coverage(), "detection": None})


def shown(stream: Screen, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    text = terminal.render(View(troubled(), HISTORY)).replace("\x1b", "␛")
    return "\n".join(line.rstrip() for line in text.splitlines())


GOLDEN = [
    "Not conformant",
    "Requirements by family",
    "failed (2) ───",
    "APR-1 MUST  A container's approvalStatus is always",
    "  Container cnt_0 changed in way 0.",
    "    main-2 POST /v1/content/cnt_1/reject → 500 (at 12:00:02.000 UTC, 250 ms)",
    "    curl -sS -i -X POST http://target.test/v1/content/cnt_1/reject",
    "  …2 more findings in report.json",
    "CRE-8 SHOULD  The influencerId",
    "inconclusive (1) ───",
    "    main-3 GET /v1/content/cnt_1 → no answer (timeout: ReadTimeout)",
    "not exercised (93, of which 3 promised) ───",
    "CRE-4 MUST, promised  The run ended early: the budget of 9 requests is spent.",
    "REG-5 SHOULD, promised",
    "LIF-5  The target's configuration gives no fixtures.failing_brief.",
    "Operations by state of the container: 36 of 40 planned combinations reached",
    "Target http://target.test, profile gate, seed 0",
    "Spent 4 requests, 1 generation, 60.0 s",
    "Divergence 2 of 10 (failed of judged), coverage 10 of 104 (judged of all)",
    "The run ended early: the budget of 9 requests is spent.",
    "not conformant: 2 failures in 10 of 104 requirements",
]
"""How lines of the report begin, in their order, whatever the terminal."""


def assert_golden(text: str) -> None:
    lines = iter(re.sub(r"␛\[[\d;]*m", "", text).splitlines())
    missing = [start for start in GOLDEN if not any(line.startswith(start) for line in lines)]
    assert missing == [], text


@pytest.mark.parametrize("columns", [NARROW, USUAL, WIDE])
def test_a_terminal_of_this_width(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    text = shown(Screen(tty=True), monkeypatch)
    assert_golden(text)
    assert "␛[1;31mAPR-1 MUST␛[0m  A container's" in text
    is_wide = re.search(r"status/approvalStatus +create +get ", re.sub(r"␛\[[\d;]*m", "", text))
    assert bool(is_wide) is (columns == WIDE), "a column an operation, or a row a state"


@pytest.mark.parametrize(
    ("variables", "tty"),
    [
        ({}, False),
        ({"COLUMNS": NARROW, "NO_COLOR": "1"}, True),
        ({"COLUMNS": NARROW, "TERM": "dumb"}, True),
        ({"CI": "true"}, False),
    ],
    ids=["no-tty", "no-color", "dumb", "ci"],
)
def test_where_no_code_may_be_written(
    variables: dict[str, str],
    tty: bool,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for force in ({}, {"FORCE_COLOR": "1"}):
        for name, value in (variables | force).items():
            monkeypatch.setenv(name, value)
        text = shown(Screen(tty=tty), monkeypatch)
        assert "␛" not in text
        assert_golden(text)


@pytest.mark.parametrize("columns", [NARROW, USUAL, WIDE])
def test_no_name_is_cut_and_no_line_of_a_table_is_too_long(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(Screen(tty=True), monkeypatch)
    words = set(re.findall(r"\w+", text))
    short = {operation.replace("Content", "") for operation in load().operations if operation != "archiveProject"}
    assert short | {"passed", "failed", "inconclusive", "exercised", "approvalStatus"} <= words
    lines = text.partition("Requirements by family")[2].partition("failed (2)")[0].splitlines()
    lines += text.partition("Operations by state")[2].partition("Target ")[0].splitlines()
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.parametrize(
    ("variables", "tty", "redrawn"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"CI": "false"}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_where_a_line_can_be_drawn_over(
    variables: dict[str, str],
    tty: bool,  # noqa: FBT001 - a column of the table
    redrawn: bool,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert takes_redrawing(Screen(tty=tty)) is redrawn


@pytest.mark.parametrize(("columns", "width"), [(None, 120), ("90", 90), ("wide", 120), ("0", 120)])
def test_the_width_where_there_is_no_terminal(columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert console_for(Screen(tty=False)).width == width
