"""A driver that somebody else keeps from running promises nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from whole_runs import SUITE, backend, run_against

ONLY = ("--conformance-profile", "smoke", "--conformance-only", "CRE-1,LST-2")
FIRST = "test_life::test_one_container_from_create_to_completion"


@pytest.mark.parametrize(
    ("skipped", "status", "outcome"), [("", 0, "conformant"), (FIRST, 0, "conformant"), ("::", 2, "incomplete")]
)
def test_what_a_conftest_skips_is_left_out_of_the_promise(
    skipped: str, status: int, outcome: str, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        f"        if {skipped!r} and {skipped!r} in f'{{item.path.stem}}::{{item.name}}':\n"
        "            item.add_marker(pytest.mark.skip(reason='not today'))\n"
    )
    ran = run_against(backend(), tmp_path, *ONLY, command=SUITE)
    assert ran.status == status, ran.out + ran.err
    report = ran.report
    assert report["outcome"] == outcome
    assert report["requirements"]["CRE-1"]["promised"] is not bool(skipped)
    left_out = json.loads((ran.folder / "run.json").read_text())["deselected"]
    assert (FIRST in left_out) is bool(skipped)


@pytest.mark.parametrize("distribution", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_tests_of_others_run_beside_the_suite_and_count(distribution: tuple[str, ...], tmp_path: Path) -> None:
    own = tmp_path / "test_life.py"
    own.write_text(
        "def test_one_container_from_create_to_completion(tmp_path): (tmp_path.parent / 'ran').touch()\n"
        "def test_that_fails(): raise AssertionError('an error of their own')\n"
    )
    ran = run_against(backend(), tmp_path, str(own), *ONLY, *distribution, command=SUITE)
    assert ran.status == 1, ran.out + ran.err
    assert "an error of their own" in ran.out
    assert "1 failed" in ran.out
    assert ran.report["outcome"] == "conformant"
    assert ran.report["requirements"]["CRE-1"]["verdict"] == "passed"
