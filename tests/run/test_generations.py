"""What a run knows of its generations: how many there may be at once, when to poll one, and when the target has said "too many"."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from conformance.client.exchange import Exchange, Request, Response
from conformance.contract.document import load
from conformance.run.calls.generations import Generations, is_one_too_many

OPERATIONS = load().operations
NUMBERS = itertools.count(100)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def known(clock: Clock, most: int = 8, *, begun: int = 0) -> Generations:
    made = Generations(most, clock)
    for number in range(begun):
        made.begin(f"job_{number}", f"cnt_{number}", "owner")
    return made


def test_so_many_may_be_under_way_and_no_more(clock: Clock) -> None:
    generations = known(clock, 3, begun=2)
    assert generations.has_room(1)
    assert not generations.has_room(2)


def test_where_none_is_under_way_any_number_may_begin(clock: Clock) -> None:
    assert known(clock, 1).has_room(4)


def test_a_replay_begins_nothing(clock: Clock) -> None:
    generations = known(clock, begun=1)
    generations.see({"jobId": "job_0", "status": "completed"})
    generations.begin("job_0", "cnt_0", "owner")
    assert generations.under_way == []


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ({"jobId": "job_0", "status": "running"}, 2),
        ({"jobId": "job_0", "status": "canceled"}, 1),
        ({"id": "cnt_1", "status": "generating"}, 2),
        ({"id": "cnt_1", "status": "failed"}, 1),
        ({"id": "cnt_9", "status": "completed"}, 2),
        ({"jobId": "job_0", "status": ["completed"]}, 2),
        ({"id": "cnt_1", "status": {"of": "completed"}}, 2),
        ({}, 2),
    ],
)
def test_a_generation_ends_where_its_job_or_its_container_shows_it(
    shown: dict[str, Any], left: int, clock: Clock
) -> None:
    generations = known(clock, begun=2)
    generations.see(shown)
    assert len(generations.under_way) == left


def test_a_target_that_refuses_one_more_lowers_the_limit_to_what_it_bears(clock: Clock) -> None:
    generations = known(clock, 8, begun=3)
    generations.lower()
    assert generations.most == 3
    for number in range(3):
        generations.see({"jobId": f"job_{number}", "status": "completed"})
    generations.lower()
    assert generations.most == 1


def accepted(generations: Generations, count: int) -> int:
    """Let generations begin and end, one after the other, and return how many may be under way then."""
    for _ in range(count):
        name = f"job_{next(NUMBERS)}"
        generations.begin(name, f"cnt of {name}", "owner")
        generations.see({"jobId": name, "status": "completed"})
    return generations.most


def test_a_limit_that_was_lowered_grows_by_one_after_as_many_as_it_bears(clock: Clock) -> None:
    generations = known(clock, 6, begun=2)
    generations.lower()
    assert [accepted(generations, 1) for _ in range(16)] == [2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6]
    assert accepted(generations, 100) == 6, "no more than were allowed"


def test_a_limit_that_grew_too_early_takes_twice_as_long(clock: Clock) -> None:
    generations = known(clock, 8, begun=2)
    generations.lower()
    assert accepted(generations, 2) == 3
    generations.lower()
    assert [accepted(generations, each) for each in (3, 1)] == [2, 3]
    generations.lower()
    assert [accepted(generations, each) for each in (7, 1)] == [2, 3]


def test_several_refusals_in_a_row_are_one(clock: Clock) -> None:
    generations = known(clock, 8, begun=2)
    for _ in range(4):
        generations.lower()
    assert accepted(generations, 2) == 3


def test_a_replay_raises_no_limit(clock: Clock) -> None:
    generations = known(clock, 8, begun=2)
    generations.lower()
    for _ in range(10):
        generations.begin("job_0", "cnt_0", "owner")
    assert generations.most == 2


def polls(generations: Generations, clock: Clock, ends_after: float, container: str, first: float = 3.0) -> list[float]:
    """Poll a generation that begins now until it has ended; return when it was polled."""
    began, pause, at = clock.now, None, []
    generations.begin(f"job of {container}", container, "owner")
    while True:
        at.append(clock.now - began)
        ended = at[-1] >= ends_after
        generations.see({"id": container, "status": "completed" if ended else "generating"})
        if ended:
            return at
        pause = generations.pause(container, at[-1], first, pause)
        clock.now += pause


@pytest.mark.parametrize("seconds", [0.3, 10.0, 60.0, 200.0])
def test_polls_grow_apart_and_later_ones_aim_at_the_end_that_the_first_showed(seconds: float, clock: Clock) -> None:
    generations, first = known(clock), seconds / 20
    blind = polls(generations, clock, seconds, "cnt_a", first)
    assert blind[-1] <= 1.25 * seconds
    assert len(blind) <= 22
    polls(generations, clock, seconds, "cnt_b", first)
    aimed = polls(generations, clock, seconds, "cnt_c", first)
    assert aimed[-1] <= 1.1 * seconds
    assert len(aimed) <= 12
    gaps = [later - earlier for earlier, later in itertools.pairwise(aimed)]
    assert gaps[:4] == sorted(gaps[:4])


def test_the_progress_that_the_target_shows_is_taken_for_the_first_one(clock: Clock) -> None:
    generations = known(clock, begun=1)
    clock.now += 15
    generations.see({"jobId": "job_0", "status": "running", "progress": 0.25})
    clock.now += 40
    assert generations.pause("cnt_0", 55.0, 3.0, 20.0) == pytest.approx(5.3)


@pytest.mark.parametrize("progress", [None, "0.5", 0, 1, 1.0, 50, -0.5, True])
def test_a_progress_that_says_nothing_is_not_believed(progress: object, clock: Clock) -> None:
    generations = known(clock, begun=1)
    clock.now += 15
    generations.see({"jobId": "job_0", "status": "running", "progress": progress})
    assert generations.pause("cnt_0", 15.0, 1.0, 100.0) == 3.0


def test_a_generation_that_takes_longer_than_expected_is_polled_at_growing_pauses_again(clock: Clock) -> None:
    generations = known(clock)
    for name in ("cnt_a", "cnt_b"):
        polls(generations, clock, 60.0, name)
    at = polls(generations, clock, 150.0, "cnt_c")
    late = [each for each in at if each > 62]
    gaps = [later - earlier for earlier, later in itertools.pairwise(late)]
    assert gaps == sorted(gaps)
    assert gaps[-1] <= 30
    assert at[-1] <= 180


def answered(status: int, code: str = "") -> Exchange:
    body = json.dumps({"error": {"code": code, "message": "No."}}).encode()
    return Exchange(
        id="main-1",
        actor="owner",
        request=Request("POST", "http://t.test/v1/projects/p/content", (), b"{}"),
        response=Response(status, (), body),
        sent_at=1.0,
        received_at=2.0,
    )


@pytest.mark.parametrize(
    ("status", "code", "operation", "is_too_many"),
    [
        (429, "RATE_LIMITED", "createContent", True),
        (429, "RATE_LIMITED", "regenerateContent", True),
        (409, "TOO_MANY_GENERATIONS", "createContent", True),
        (409, "too many generations", "createContent", True),
        (409, "concurrency limit", "cloneFromPost", True),
        (409, "IDEMPOTENCY_CONFLICT", "createContent", False),
        (409, "a generation is in progress", "regenerateContent", False),
        (202, "too many", "createContent", False),
    ],
)
def test_too_many_is_told_from_other_refusals(status: int, code: str, operation: str, *, is_too_many: bool) -> None:
    assert is_one_too_many(answered(status, code), OPERATIONS[operation]) is is_too_many
