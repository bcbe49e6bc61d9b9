"""What pytest itself shows of a driver, made safe: no API key, and nothing that a terminal or a CI service takes for a command."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from conformance.reporting.text import printable

LONGEST_LINE = 2000


class ShownSafely:
    """Rewrites the report of each test before anyone sees it; `redact` takes the API keys out of a text."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Replace a traceback, which quotes what the target said, and what a driver printed."""
        report = yield
        if report.failed:
            report.longrepr = self._safe(report.longreprtext)
        report.sections = [(title, self._safe(text)) for title, text in report.sections]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Replace what pytest shows where a plugin breaks, as this one may while it reads an answer."""
        text = self._safe(str(excrepr))
        excrepr.toterminal = lambda writer: writer.line(text)

    def _safe(self, text: str) -> str:
        return "\n".join(printable(line, LONGEST_LINE) for line in self._redact(text).split("\n"))
