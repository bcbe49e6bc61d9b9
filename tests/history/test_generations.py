"""Who made which container, and by which job."""

from __future__ import annotations

from typing import Any

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, envelope
from ledgers import folded, ids, known
from moves import approve, clone, created_in, regenerate, reject


def made_of(story: HistoryBuilder) -> tuple[Any, ...]:
    """Return the jobs, the owner and the project of `cnt_1`, and the operation that made it."""
    one = known(story).container("cnt_1")
    made = one.made_by
    return [each.job_id for each in one.generations], one.owner, one.project_id, made and made.operation_id


def test_a_create_makes_a_container_of_its_caller_in_the_project_of_its_path() -> None:
    story = HistoryBuilder()
    story.create(project=REVIEW, answer=envelope(1, PROJECT), actor="other")
    assert made_of(story) == (["job_1"], "other", REVIEW, "createContent")
    ledger = known(story)
    assert list(ledger.jobs) == ["job_1"]
    assert ledger.started is ledger.jobs["job_1"]
    assert ids(ledger.attempts["lcm-run-1"]) == ["x1"]


def test_a_clone_makes_a_container_in_the_project_that_its_answer_names() -> None:
    story = HistoryBuilder()
    clone(story, 1, path="/v1/content/cnt_7/clone-from-post")
    assert made_of(story) == (["job_1"], "owner", PROJECT, "cloneFromPost")


def test_a_regeneration_of_a_container_of_others_makes_none() -> None:
    story = HistoryBuilder()
    regenerate(story, project=REVIEW)
    story.read(projectId=PROJECT)
    assert made_of(story) == (["job_2"], "owner", REVIEW, None)


def test_the_first_that_is_known_of_a_container_stays() -> None:
    story = HistoryBuilder()
    story.create()
    regenerate(story, project=REVIEW, actor="other")
    story.read(projectId=REVIEW)
    assert made_of(story) == (["job_1", "job_2"], "owner", PROJECT, "createContent")


def test_a_read_tells_the_project_of_what_others_made() -> None:
    story = HistoryBuilder()
    story.read(projectId=7)
    story.read(projectId=REVIEW)
    assert made_of(story) == ([], None, REVIEW, None)


def test_a_caller_without_a_right_key_owns_nothing_that_it_makes() -> None:
    story = HistoryBuilder()
    story.create(actor="anonymous")
    regenerate(story)
    assert made_of(story) == (["job_1", "job_2"], "owner", PROJECT, "createContent")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, envelope(2, container_id="cnt_1")),
        (202, envelope(1, container_id="cnt_1")),
        (202, envelope(2, container_id="cnt_1") | {"jobId": 2}),
        (202, {}),
        (202, None),
        (None, None),
    ],
)
def test_only_a_202_with_a_new_job_starts_a_generation(status: Any, answer: Any) -> None:
    story = HistoryBuilder()
    story.create()
    regenerate(story, status=status, answer=answer)
    assert made_of(story)[0] == ["job_1"]
    assert known(story).started is None


@pytest.mark.parametrize("named", [None, 7])
def test_a_regeneration_whose_answer_names_no_container_is_one_of_the_container_in_its_path(named: Any) -> None:
    for call in (regenerate, reject):
        story = created_in(PROJECT)
        call(story, status=202, answer={"jobId": "job_2", "containerId": named})
        assert made_of(story)[0] == ["job_1", "job_2"]


def test_a_create_or_a_clone_whose_answer_names_no_container_makes_none() -> None:
    story = created_in(PROJECT)
    clone(story, answer={"jobId": "job_2"})
    story.create(3, answer={"jobId": "job_3"})
    ledger = known(story)
    assert list(ledger.jobs) == ["job_1"]
    assert list(ledger.containers) == ["cnt_1"]


def test_an_approve_starts_no_generation_whatever_it_answers() -> None:
    story = created_in(PROJECT)
    approve(story, 202, answer=envelope(2, container_id="cnt_1"))
    assert made_of(story)[0] == ["job_1"]


def test_the_first_202_that_names_a_job_is_a_generation_and_a_replay_is_none() -> None:
    story = HistoryBuilder()
    made = story.create(1, key="k")
    story.create(1, key="k")
    story.create(2, key="l")
    ledger, _, seen = folded(story)
    assert list(ledger.jobs) == ["job_1", "job_2"]
    assert ledger.jobs["job_1"].accepted is seen[made]
    assert ledger.jobs["job_1"].operation_id == "createContent"
    one = ledger.containers["cnt_1"]
    assert (one.project_id, one.owner, one.made_by) == (PROJECT, "owner", ledger.jobs["job_1"])
    assert ledger.container_of_job("job_2") is ledger.containers["cnt_2"]
    assert ledger.container_of_job("job_9") is None


def test_each_generation_of_a_container_is_kept_in_order() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    story.call("POST", "/v1/content/cnt_1/reject", 202, {"jobId": "job_3"}, body={"reason": "a", "regenerate": True})
    story.call("POST", "/v1/content/cnt_1/clone-from-post", 202, envelope(4, container_id="cnt_4"), body={})
    ledger, _, _ = folded(story)
    assert [each.operation_id for each in ledger.containers["cnt_1"].generations] == [
        "createContent",
        "regenerateContent",
        "rejectContent",
    ]
    assert [each.operation_id for each in ledger.containers["cnt_4"].generations] == ["cloneFromPost"]
    assert ledger.containers["cnt_4"].made_by


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, envelope()),
        (201, envelope()),
        (400, envelope()),
        (202, {"containerId": "cnt_1"}),
        (202, {"jobId": "job_1"}),
        (202, {"jobId": 7, "containerId": "cnt_1"}),
        (202, []),
        (202, b"no JSON"),
        (None, None),
    ],
)
def test_what_names_no_job_and_container_in_a_202_starts_nothing(status: int | None, answer: Any) -> None:
    story = HistoryBuilder()
    story.create(status=status, answer=answer)
    ledger, _, _ = folded(story)
    assert (ledger.started, ledger.jobs) == (None, {})
    assert "cnt_1" not in ledger.containers


def test_a_container_that_the_history_did_not_see_made_has_no_maker() -> None:
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    story.read()
    ledger, _, _ = folded(story)
    assert ledger.containers["cnt_1"].made_by is None
    assert ledger.containers["cnt_1"].project_id == PROJECT


def test_the_attempts_of_a_mark_are_all_kept() -> None:
    story = HistoryBuilder()
    tries = [
        story.create(key="k"),
        story.create(key="k", status=409, answer={}),
        story.create(actor="anonymous", status=401),
    ]
    other = story.create(2, brief={"hook": "no mark"})
    ledger, _, _ = folded(story)
    assert [seen.exchange.id for seen in ledger.attempts["lcm-run-1"]] == tries
    assert [seen.exchange.id for seen in ledger.attempts["no mark"]] == [other]
