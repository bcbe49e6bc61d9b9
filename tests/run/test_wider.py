"""The larger history of a finding: what a target may need to show it that the checks do not."""

from __future__ import annotations

import pytest
from histories import BASE, BRIEF, FACTS, HistoryBuilder, asset, container, envelope_of_error, job, judge_of
from lists import item, items
from moves import regenerate

from conformance.replay.dependencies import Dependencies
from conformance.run.evidence.wider import between_pages, wider


def larger(story: HistoryBuilder, wrong: str) -> list[str]:
    links = Dependencies(judge_of(story)[1])
    return wider(links, [next(each for each in links.exchanges if each.id == wrong)])


def test_a_larger_history_holds_what_another_driver_read_of_the_same() -> None:
    story = HistoryBuilder()
    shown = story.read(1, assets=[asset("med_100001"), asset("med_100002")])
    read = story.call("GET", "/v1/content/cnt_1/assets/med_100001", 200, {}, driver="reads it")
    story.call("GET", "/v1/content/cnt_1/assets/med_100002", 200, {}, driver="reads another")
    wrong = story.call("GET", "/v1/content/cnt_2/assets/med_100001", 200, {}, driver="finds it")
    assert larger(story, wrong) == [shown, read, wrong]


def test_a_larger_history_holds_what_its_driver_sent_before_without_polls() -> None:
    story = HistoryBuilder()
    create = story.create(1, driver="finds it")
    story.read(1, status="queued")
    poll = story.call("GET", "/v1/jobs/job_000001", 200, {}, driver="finds it")
    again = story.call("GET", "/v1/jobs/job_000001", 200, {}, driver="finds it")
    wrong = story.call("GET", "/v1/content/cnt_000002", 200, {}, driver="finds it")
    assert poll not in larger(story, wrong)
    assert larger(story, wrong) == [create, again, wrong]


def test_a_larger_history_of_a_list_holds_what_anyone_made() -> None:
    story = HistoryBuilder()
    create = story.create(1, driver="creates")
    story.create(2, driver="is refused", status=422, answer={})
    wrong = story.list([], driver="finds it")
    assert larger(story, wrong) == [create, wrong]


@pytest.mark.parametrize("odd", [["a list"], {"an": "object"}, 7, None])
def test_ids_of_another_kind_in_a_list_are_no_ids(odd: object) -> None:
    story = HistoryBuilder()
    create = story.create(1, driver="creates")
    story.list([{"id": odd}], driver="looks")
    wrong = story.call("GET", "/v1/content/cnt_1", 200, {}, driver="finds it")
    assert larger(story, wrong) == [create, wrong]


def test_what_was_written_at_one_moment_stays_together() -> None:
    story = HistoryBuilder()
    one = story.create(1, driver="finds it", sent=1_000.0)
    other = story.create(2, driver="another", sent=1_000.05)
    wrong = story.call("GET", "/v1/content/cnt_000009", 200, {}, driver="finds it")
    assert larger(story, wrong) == [one, other, wrong]


def test_a_write_that_was_sent_just_after_the_decisive_one_stays_with_it() -> None:
    story = HistoryBuilder()
    wrong = story.create(1, driver="finds it", sent=1_000.0)
    other = story.create(2, driver="finds it", sent=1_000.05)
    assert larger(story, wrong) == [wrong, other]


def test_what_sent_the_same_brief_before_is_taken() -> None:
    story = HistoryBuilder()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    earlier = story.create(1, driver="creates", brief=marked)
    story.create(2, driver="creates too", brief=BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main2"})
    story.read(1)
    story.read(2)
    wrong = story.create(3, driver="finds it", brief=marked)
    assert larger(story, wrong) == [earlier, wrong]


def test_what_was_sent_under_the_key_is_taken_whoever_sent_much_in_between() -> None:
    story, key = HistoryBuilder(), "key-1"
    first = story.create(1, key=key, driver="disputes")
    refused = story.create(2, key=key, driver="disputes", status=409, answer=envelope_of_error("IDEMPOTENCY_CONFLICT"))
    others = [
        story.create(n, key=f"key-{n}", driver=driver) for driver in ("disputes", "another") for n in range(2, 40)
    ]
    wrong = story.create(1, key=key, driver="finds it")
    found = larger(story, wrong)
    assert {first, refused, wrong} <= set(found)
    assert len(found) < len(others)


def test_a_read_takes_nothing_that_sent_the_same_brief_since_that_costs_a_generation() -> None:
    story = HistoryBuilder()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    story.create(1, driver="creates", brief=marked)
    create = story.create(2, driver="finds it", brief=marked, project="prj_9")
    wrong = story.call("GET", "/v1/content/cnt_2", 200, container(2, projectId="prj_9"), driver="finds it")
    links = Dependencies(judge_of(story)[1])
    assert wider(links, [each for each in links.exchanges if each.id in {create, wrong}]) == []


def test_the_generations_that_were_in_flight_are_taken() -> None:
    story = HistoryBuilder()
    briefs = [BRIEF | {"hook": f"Evenings lcm-run-main{n}"} for n in range(3)]
    story.create(1, driver="has ended", brief=briefs[0])
    story.read(1, status="completed")
    in_flight = story.create(2, driver="goes on", brief=briefs[1])
    story.read(2, status="generating", assets=[], captions=[])
    wrong = story.create(3, driver="finds it", brief=briefs[2])
    assert larger(story, wrong) == [in_flight, wrong]


def test_a_larger_history_holds_what_began_meanwhile() -> None:
    story = HistoryBuilder()
    create = story.create(1, driver="finds it")
    other = story.create(2, driver="another")
    wrong = story.call("GET", "/v1/jobs/job_1", 200, job(1, status="running"), driver="finds it")
    links = Dependencies(judge_of(story)[1])
    assert wider(links, [each for each in links.exchanges if each.id in {create, wrong}]) == [create, other, wrong]


def test_a_larger_history_holds_the_moves_of_the_clock() -> None:
    story = HistoryBuilder()
    move = story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 86_000}, driver="ages keys")
    many = [story.create(n, driver="finds it") for n in range(2, 40)]
    wrong = story.call("GET", "/v1/content/cnt_000002", 200, {}, driver="finds it")
    links = Dependencies(judge_of(story)[1], FACTS.clock_url)
    found = wider(links, [each for each in links.exchanges if each.id == wrong])
    assert found[0] == move
    assert len(found) < len(many)


def test_a_larger_history_holds_what_was_decided_of_the_same_brief() -> None:
    story = HistoryBuilder()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    first = story.create(1, driver="reviews", brief=marked)
    story.create(2, driver="reviews", brief=BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main2"})
    story.read(1)
    story.read(2)
    approve = story.call("POST", "/v1/content/cnt_1/approve", 200, {"id": "cnt_1"}, driver="reviews")
    story.call("POST", "/v1/content/cnt_2/approve", 200, {"id": "cnt_2"}, driver="reviews")
    create = story.create(3, driver="finds it", brief=marked)
    wrong = story.call("GET", "/v1/content/cnt_3", 200, container(3, approvalStatus="approved"), driver="finds it")
    links = Dependencies(judge_of(story)[1])
    found = wider(links, [each for each in links.exchanges if each.id in {create, wrong}])
    assert found == [first, approve, create, wrong]


def test_a_larger_history_holds_the_list_that_showed_a_container_first() -> None:
    story = HistoryBuilder()
    story.create(1, driver="one")
    first = story.list([item(1)], driver="one")
    for _ in range(40):
        story.call("GET", "/v1/content/cnt_1/progress", 200, {"status": "completed"}, driver="two")
        story.error("POST", "/v1/content/cnt_1/reject", 422, "VALIDATION", driver="two")
    wrong = story.call("GET", "/v1/content/cnt_1", 200, {"id": "cnt_1"}, driver="two")
    assert first in larger(story, wrong)


def test_a_replay_long_before_is_taken_with_what_it_replays() -> None:
    story, key = HistoryBuilder(), {"Idempotency-Key": "key-1"}
    create = story.create(1, driver="creates")
    first = regenerate(story, 2, patch={"hook": "Mornings"}, headers=key, driver="regenerates")
    again = regenerate(story, 2, patch={"hook": "Mornings"}, headers=key, driver="replays")
    for n in range(40):
        story.error("POST", "/v1/content/cnt_1/regenerate", 409, "CONFLICT", body={"patch": {"hook": f"Nights {n}"}})
    wrong = story.read(1, driver="finds it")
    assert {create, first, again, wrong} <= set(larger(story, wrong))


def walked(*, moves: bool) -> tuple[HistoryBuilder, list[str]]:
    """Record a walk of three pages, with a regenerate of what the second one shows before the third, and return the calls that belong to it."""
    story = HistoryBuilder()
    story.create(1)
    story.create(2)
    pages = [
        story.list(items(2), "?limit=1", cursor="cursor-of-1"),
        story.list(items(1), "?limit=1&cursor=cursor-of-1"),
    ]
    between = [regenerate(story, 3, answer=envelope_of_error("CONFLICT"), status=202 if moves else 409)]
    last = story.list(items(2), "?limit=1&cursor=cursor-of-2")
    return story, [*pages, last, *between]


@pytest.mark.parametrize("moves", [True, False])
def test_what_was_done_between_the_pages_of_a_walk_goes_with_them(moves: bool) -> None:  # noqa: FBT001 - a column of the table
    story, wanted = walked(moves=moves)
    links = Dependencies(judge_of(story)[1])
    pages = [each for each in links.exchanges if each.id in wanted[:3]]
    assert sorted(between_pages(links, pages)) == (sorted(wanted) if moves else [])
    assert between_pages(links, pages[:1]) == []
