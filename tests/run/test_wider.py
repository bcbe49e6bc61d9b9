"""The larger history of a finding: what a target may need to show it that the checks do not."""

from __future__ import annotations

import pytest
from histories import BASE, BRIEF, FACTS, Told, asset, container, envelope_of_error, job, judge_of
from lists import item, items
from moves import regenerate

from conformance.run.evidence.links import Links
from conformance.run.evidence.wider import between_pages, wider


def larger(told: Told, wrong: str) -> list[str]:
    links = Links(judge_of(told)[1])
    return wider(links, [next(each for each in links.exchanges if each.id == wrong)])


def test_a_larger_history_holds_what_another_driver_read_of_the_same() -> None:
    told = Told()
    shown = told.read(1, assets=[asset("med_100001"), asset("med_100002")])
    read = told.call("GET", "/v1/content/cnt_1/assets/med_100001", 200, {}, driver="reads it")
    told.call("GET", "/v1/content/cnt_1/assets/med_100002", 200, {}, driver="reads another")
    wrong = told.call("GET", "/v1/content/cnt_2/assets/med_100001", 200, {}, driver="finds it")
    assert larger(told, wrong) == [shown, read, wrong]


def test_a_larger_history_holds_what_its_driver_sent_before_without_polls() -> None:
    told = Told()
    create = told.create(1, driver="finds it")
    told.read(1, status="queued")
    poll = told.call("GET", "/v1/jobs/job_000001", 200, {}, driver="finds it")
    again = told.call("GET", "/v1/jobs/job_000001", 200, {}, driver="finds it")
    wrong = told.call("GET", "/v1/content/cnt_000002", 200, {}, driver="finds it")
    assert poll not in larger(told, wrong)
    assert larger(told, wrong) == [create, again, wrong]


def test_a_larger_history_of_a_list_holds_what_anyone_made() -> None:
    told = Told()
    create = told.create(1, driver="creates")
    told.create(2, driver="is refused", status=422, answer={})
    wrong = told.list([], driver="finds it")
    assert larger(told, wrong) == [create, wrong]


@pytest.mark.parametrize("odd", [["a list"], {"an": "object"}, 7, None])
def test_ids_of_another_kind_in_a_list_are_no_ids(odd: object) -> None:
    told = Told()
    create = told.create(1, driver="creates")
    told.list([{"id": odd}], driver="looks")
    wrong = told.call("GET", "/v1/content/cnt_1", 200, {}, driver="finds it")
    assert larger(told, wrong) == [create, wrong]


def test_what_was_written_at_one_moment_stays_together() -> None:
    told = Told()
    one = told.create(1, driver="finds it", sent=1_000.0)
    other = told.create(2, driver="another", sent=1_000.05)
    wrong = told.call("GET", "/v1/content/cnt_000009", 200, {}, driver="finds it")
    assert larger(told, wrong) == [one, other, wrong]


def test_a_write_that_was_sent_just_after_the_decisive_one_stays_with_it() -> None:
    told = Told()
    wrong = told.create(1, driver="finds it", sent=1_000.0)
    other = told.create(2, driver="finds it", sent=1_000.05)
    assert larger(told, wrong) == [wrong, other]


def test_what_sent_the_same_brief_before_is_taken() -> None:
    told = Told()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    earlier = told.create(1, driver="creates", brief=marked)
    told.create(2, driver="creates too", brief=BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main2"})
    told.read(1)
    told.read(2)
    wrong = told.create(3, driver="finds it", brief=marked)
    assert larger(told, wrong) == [earlier, wrong]


def test_what_was_sent_under_the_key_is_taken_whoever_sent_much_in_between() -> None:
    told, key = Told(), "key-1"
    first = told.create(1, key=key, driver="disputes")
    refused = told.create(2, key=key, driver="disputes", status=409, answer=envelope_of_error("IDEMPOTENCY_CONFLICT"))
    others = [told.create(n, key=f"key-{n}", driver=driver) for driver in ("disputes", "another") for n in range(2, 40)]
    wrong = told.create(1, key=key, driver="finds it")
    found = larger(told, wrong)
    assert {first, refused, wrong} <= set(found)
    assert len(found) < len(others)


def test_a_read_takes_nothing_that_sent_the_same_brief_since_that_costs_a_generation() -> None:
    told = Told()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    told.create(1, driver="creates", brief=marked)
    create = told.create(2, driver="finds it", brief=marked, project="prj_9")
    wrong = told.call("GET", "/v1/content/cnt_2", 200, container(2, projectId="prj_9"), driver="finds it")
    links = Links(judge_of(told)[1])
    assert wider(links, [each for each in links.exchanges if each.id in {create, wrong}]) == []


def test_the_generations_that_were_in_flight_are_taken() -> None:
    told = Told()
    briefs = [BRIEF | {"hook": f"Evenings lcm-run-main{n}"} for n in range(3)]
    told.create(1, driver="has ended", brief=briefs[0])
    told.read(1, status="completed")
    in_flight = told.create(2, driver="goes on", brief=briefs[1])
    told.read(2, status="generating", assets=[], captions=[])
    wrong = told.create(3, driver="finds it", brief=briefs[2])
    assert larger(told, wrong) == [in_flight, wrong]


def test_a_larger_history_holds_what_began_meanwhile() -> None:
    told = Told()
    create = told.create(1, driver="finds it")
    other = told.create(2, driver="another")
    wrong = told.call("GET", "/v1/jobs/job_1", 200, job(1, status="running"), driver="finds it")
    links = Links(judge_of(told)[1])
    assert wider(links, [each for each in links.exchanges if each.id in {create, wrong}]) == [create, other, wrong]


def test_a_larger_history_holds_the_moves_of_the_clock() -> None:
    told = Told()
    move = told.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 86_000}, driver="ages keys")
    many = [told.create(n, driver="finds it") for n in range(2, 40)]
    wrong = told.call("GET", "/v1/content/cnt_000002", 200, {}, driver="finds it")
    links = Links(judge_of(told)[1], FACTS.clock_url)
    found = wider(links, [each for each in links.exchanges if each.id == wrong])
    assert found[0] == move
    assert len(found) < len(many)


def test_a_larger_history_holds_what_was_decided_of_the_same_brief() -> None:
    told = Told()
    marked = BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main1"}
    first = told.create(1, driver="reviews", brief=marked)
    told.create(2, driver="reviews", brief=BRIEF | {"hook": "Evenings lcm-1a2b3c4d-main2"})
    told.read(1)
    told.read(2)
    approve = told.call("POST", "/v1/content/cnt_1/approve", 200, {"id": "cnt_1"}, driver="reviews")
    told.call("POST", "/v1/content/cnt_2/approve", 200, {"id": "cnt_2"}, driver="reviews")
    create = told.create(3, driver="finds it", brief=marked)
    wrong = told.call("GET", "/v1/content/cnt_3", 200, container(3, approvalStatus="approved"), driver="finds it")
    links = Links(judge_of(told)[1])
    found = wider(links, [each for each in links.exchanges if each.id in {create, wrong}])
    assert found == [first, approve, create, wrong]


def test_a_larger_history_holds_the_list_that_showed_a_container_first() -> None:
    told = Told()
    told.create(1, driver="one")
    first = told.list([item(1)], driver="one")
    for _ in range(40):
        told.call("GET", "/v1/content/cnt_1/progress", 200, {"status": "completed"}, driver="two")
        told.error("POST", "/v1/content/cnt_1/reject", 422, "VALIDATION", driver="two")
    wrong = told.call("GET", "/v1/content/cnt_1", 200, {"id": "cnt_1"}, driver="two")
    assert first in larger(told, wrong)


def test_a_replay_long_before_is_taken_with_what_it_replays() -> None:
    told, key = Told(), {"Idempotency-Key": "key-1"}
    create = told.create(1, driver="creates")
    first = regenerate(told, 2, patch={"hook": "Mornings"}, headers=key, driver="regenerates")
    again = regenerate(told, 2, patch={"hook": "Mornings"}, headers=key, driver="replays")
    for n in range(40):
        told.error("POST", "/v1/content/cnt_1/regenerate", 409, "CONFLICT", body={"patch": {"hook": f"Nights {n}"}})
    wrong = told.read(1, driver="finds it")
    assert {create, first, again, wrong} <= set(larger(told, wrong))


def walked(*, moves: bool) -> tuple[Told, list[str]]:
    """Record a walk of three pages, with a regenerate of what the second one shows before the third, and return the calls that belong to it."""
    told = Told()
    told.create(1)
    told.create(2)
    pages = [told.list(items(2), "?limit=1", cursor="cursor-of-1"), told.list(items(1), "?limit=1&cursor=cursor-of-1")]
    between = [regenerate(told, 3, answer=envelope_of_error("CONFLICT"), status=202 if moves else 409)]
    last = told.list(items(2), "?limit=1&cursor=cursor-of-2")
    return told, [*pages, last, *between]


@pytest.mark.parametrize("moves", [True, False])
def test_what_was_done_between_the_pages_of_a_walk_goes_with_them(moves: bool) -> None:  # noqa: FBT001 - a column of the table
    told, wanted = walked(moves=moves)
    links = Links(judge_of(told)[1])
    pages = [each for each in links.exchanges if each.id in wanted[:3]]
    assert sorted(between_pages(links, pages)) == (sorted(wanted) if moves else [])
    assert between_pages(links, pages[:1]) == []
