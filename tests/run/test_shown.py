"""A whole run against a target whose codes and statuses are commands of CI services: none of them is one in what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.reporting.text import is_command
from sandbox.change import using
from sandbox.errors import ApiError
from sandbox.records import Answer, Snapshot
from sandbox.rendering import Json, Rendering
from tests.helpers.whole_runs import COMMAND, SUITE, backend, run_against

EVIL = "\n::error::owned\r\n##vso[task.complete result=Succeeded;]x\n##teamcity[buildStop]\n##[add-mask]y\x1b]0;title\x07\x9b31m\u202e"


class _Commanding(Rendering):
    def error(self, error: ApiError) -> Answer:
        return super().error(ApiError(error.status, error.code + EVIL, error.message + EVIL, headers=error.headers))

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return {**shown, "approvalStatus": f"not_required{EVIL}", "updatedAt": EVIL}


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (COMMAND, ("--profile", "smoke", "--only", "CRE-1,APR")),
        (SUITE, ("-rA", "--conformance-profile", "smoke", "--conformance-only", "CRE-1,APR")),
    ],
    ids=["conformance", "pytest"],
)
def test_nothing_that_is_printed_is_a_command(
    command: tuple[str, ...], arguments: tuple[str, ...], tmp_path: Path
) -> None:
    served = backend()
    using(_Commanding)(served)
    ran = run_against(served, tmp_path, *arguments, command=command)
    assert ran.status == 1, ran.err
    printed = ran.out + ran.err
    assert "owned" in printed
    files = "".join(
        (ran.folder / name).read_text(encoding="utf-8") for name in ("report.md", "report.html", "junit.xml")
    )
    for text in (printed, files):
        assert text.replace("\n", "").isprintable()
        assert not [line for line in text.split("\n") if line.strip().startswith("::") or re.search(r"##\w*\[", line)]
    assert not is_command(printed)
