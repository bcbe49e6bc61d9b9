"""A target with very many containers is judged within the budget, and the report says which walks were cut short."""

from __future__ import annotations

import pytest
from inside import runs

from conformance.run.calls.long_lists import (
    HUGE,
    LONGEST_IN_A_CROWD,
    LONGEST_IN_A_HUGE_PROJECT,
    LONGEST_WALK,
    LongLists,
)
from sandbox.backend import build_backend
from sandbox.earlier import fill
from sandbox.settings import SandboxSettings


def test_walks_of_long_lists_are_cut_short_and_named() -> None:
    lists = LongLists()
    lists.know("short", 400)
    lists.know("crowded", 3_000)
    lists.know("huge", 8_000)
    for project, small, whole in (
        ("short", LONGEST_WALK, LONGEST_WALK),
        ("crowded", LONGEST_IN_A_CROWD, LONGEST_WALK),
        ("huge", LONGEST_IN_A_CROWD, LONGEST_IN_A_HUGE_PROJECT),
    ):
        assert lists.longest_walk(project, 1) == small
        assert lists.longest_walk(project, 200) == lists.longest_walk(project, 100) == whole
    lists.cut["huge", "200"] = 20
    lists.cut["huge", "1"] = 12
    (sentence,) = lists.sentences()
    assert sentence.endswith("after so many pages: 20 of limit=200, 12 of limit=1.")


def test_a_sandbox_is_filled_to_a_number_of_containers_once() -> None:
    backend = build_backend(SandboxSettings())
    project = backend.settings.project_id
    for wanted, there in ((300, 300), (200, 300), (400, 400)):
        fill(backend, project, wanted)
        assert backend.store.count(project) == there


@pytest.mark.parametrize(
    ("containers", "only"), [(HUGE + 1, "LST-2"), pytest.param(100_000, "", marks=pytest.mark.exhaustive)]
)
def test_a_gate_on_a_huge_project_is_conformant_and_says_what_was_cut_short(containers: int, only: str) -> None:
    (ran,) = runs([{"profile": "gate", "containers": containers, "only": only}])
    assert (ran["status"], ran["failed"], ran["stopped"]) == (0, [], None)
    assert any("walks of it were cut short" in warning for warning in ran["warnings"])
    assert ran["generations"] <= 25
