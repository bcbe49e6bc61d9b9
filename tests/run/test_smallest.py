"""The smallest history of a finding: what it drops, what it keeps, and that it accuses nobody because something was dropped."""

from __future__ import annotations

import pytest
from histories import BRIEF, FACTS, REVIEW, HistoryBuilder, envelope, job, judge_of
from lists import item

from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.replay import smallest
from conformance.replay.dependencies import Dependencies
from conformance.replay.smallest import Shrinker, Smallest

ACUTE, COMBINED = "caf\u00e9", "cafe\u0301"


def shrunk(story: HistoryBuilder, requirement: str) -> Smallest:
    judge, exchanges = judge_of(story)
    return Shrinker(load(), FACTS, Dependencies(exchanges, FACTS.clock_url), judge.tallies).smallest(
        judge.tallies[requirement].failures[0]
    )


def ids(found: Smallest) -> list[str]:
    return [each.id for each in found.exchanges]


def crowd(story: HistoryBuilder, first: int, count: int) -> None:
    for n in range(first, first + count):
        story.create(n)
        story.read(n)
        story.job(n)


def test_exchanges_of_other_containers_are_dropped() -> None:
    story = HistoryBuilder()
    crowd(story, 2, 5)
    create = story.create(1, brief=BRIEF | {"hook": ACUTE})
    story.read(1, brief=BRIEF | {"hook": ACUTE})
    crowd(story, 10, 5)
    read = story.read(1, brief=BRIEF | {"hook": "another"})
    crowd(story, 20, 5)
    found = shrunk(story, "CRE-5")
    assert found.is_confirmed
    assert ids(found) == [create, read]


def test_what_triggers_a_finding_is_kept() -> None:
    story = HistoryBuilder()
    create = story.create(1)
    before = story.read(1)
    crowd(story, 5, 3)
    again = story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(9, container_id="cnt_1"), body={})
    after = story.read(1, createdAt="2026-04-18T13:00:00.000Z", status="generating", assets=[], captions=[])
    found = shrunk(story, "REG-4")
    assert found.is_confirmed
    assert ids(found) == [create, before, again, after]


def test_the_archiving_of_its_project_is_a_trigger() -> None:
    story = HistoryBuilder()
    create, before = story.create(1), story.read(1)
    archive = story.call("DELETE", f"/v1/projects/{FACTS.project_id}", 200, {})
    after = story.read(1, createdAt="2026-04-18T13:00:00.000Z")
    assert ids(shrunk(story, "LIF-8")) == [create, before, archive, after]


def test_the_archiving_of_another_project_is_no_trigger() -> None:
    story = HistoryBuilder()
    create, before = story.create(1), story.read(1)
    story.call("DELETE", "/v1/projects/prj_9", 200, {})
    after = story.read(1, createdAt="2026-04-18T13:00:00.000Z")
    assert ids(shrunk(story, "LIF-8")) == [create, before, after]


def test_what_began_the_last_generation_is_kept_beside_a_later_call_that_changed_nothing() -> None:
    story = HistoryBuilder()
    create = story.create(1)
    again = story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(9, container_id="cnt_1"), body={})
    story.read(1)
    idle = story.call("POST", "/v1/jobs/job_9/cancel", 200, job(9, containerId="cnt_1"), body={})
    before = story.read(1)
    after = story.read(1, projectId="prj_9")
    assert ids(shrunk(story, "LIF-8")) == [create, again, idle, before, after]


def test_the_last_call_of_each_operation_is_a_state_that_a_history_begins_in() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, approvalStatus="pending")
    decided = story.call("POST", "/v1/content/cnt_1/approve", 200, {"id": "cnt_1", "approvalStatus": "approved"})
    for n in (8, 9):
        answer = envelope(n, container_id="cnt_1")
        story.call("POST", "/v1/content/cnt_1/regenerate", 202, answer, body={})
    story.read(1, approvalStatus="approved")
    story.read(1, approvalStatus="approved", projectId="prj_9")
    assert ids(shrunk(story, "LIF-8")) == ["x1", decided, "x5", "x6", "x7"]


def test_a_refused_call_is_no_trigger() -> None:
    story = HistoryBuilder()
    create = story.create(1)
    first = story.read(1)
    story.error("POST", "/v1/content/cnt_1/regenerate", 409, "CONFLICT", body={})
    story.read(1)
    second = story.read(1, createdAt="2026-04-18T13:00:00.000Z")
    found = shrunk(story, "LIF-8")
    assert found.is_confirmed
    assert ids(found)[0] == create
    assert ids(found)[-1] == second
    assert first in ids(found) or len(ids(found)) == 3


def test_a_refused_call_is_shown_where_nothing_else_explains_a_change() -> None:
    story = HistoryBuilder()
    create = story.create(1)
    first = story.read(1, approvalStatus="pending")
    refused = story.error("POST", "/v1/content/cnt_1/reject", 409, "CONFLICT", body={"reason": "No."})
    wrong = story.read(1, createdAt="2026-04-18T13:00:00.000Z", approvalStatus="pending")
    assert ids(shrunk(story, "LIF-8")) == [create, first, refused, wrong]


def test_what_was_done_to_a_clone_is_shown_where_its_source_changed() -> None:
    story = HistoryBuilder()
    create = story.create(100001)
    story.read(100001)
    answer = envelope(200002, kind="content_clone")
    clone = story.call(
        "POST", "/v1/content/cnt_100001/clone-from-post", 202, answer, body={"sourcePlatformPostId": "1"}
    )
    before = story.read(100001)
    answer = envelope(9, container_id="cnt_200002", kind="content_regenerate")
    on_clone = story.call("POST", "/v1/content/cnt_200002/regenerate", 202, answer, body={})
    wrong = story.read(100001, createdAt="2026-04-18T13:00:00.000Z")
    assert ids(shrunk(story, "LIF-8")) == [create, clone, before, on_clone, wrong]


def test_a_refused_call_is_no_suspect_where_an_accepted_one_came_at_the_same_time() -> None:
    story = HistoryBuilder()
    create = story.create(1)
    before = story.read(1, approvalStatus="pending")
    answer = {"id": "cnt_1", "approvalStatus": "rejected"}
    reject = story.call("POST", "/v1/content/cnt_1/reject", 200, answer, body={"reason": "No."}, sent=1_010.0)
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT", sent=1_010.05)
    wrong = story.read(1, approvalStatus="rejected", captions=[])
    assert ids(shrunk(story, "APR-2")) == [create, before, reject, wrong]


def test_a_refused_call_under_the_same_key_is_no_part_of_another_story() -> None:
    story = HistoryBuilder()
    story.create(1, key="one-key-for-both", status=422, answer={}, body={"format": 1})
    create = story.create(1, key="one-key-for-both")
    wrong = story.read(1, status="odd")
    assert ids(shrunk(story, "LIF-1")) == [create, wrong]


def test_the_call_that_used_a_key_first_is_kept() -> None:
    story = HistoryBuilder()
    crowd(story, 5, 3)
    first = story.create(1, key="one-key-for-both")
    crowd(story, 10, 3)
    second = story.create(2, key="one-key-for-both")
    found = shrunk(story, "IDM-1")
    assert ids(found) == [first, second]
    assert found.is_confirmed


def test_a_finding_that_cannot_be_confirmed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smallest, "MOST_JUDGED", 0)
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="odd")
    assert not shrunk(story, "LIF-1").is_confirmed


def test_a_number_in_a_sentence_may_fall_with_what_is_dropped() -> None:
    said = [
        smallest.words(
            Finding("CRE-10", Result.FAILED, f"{count} containers that no answer named, such as {name}.", ())
        )
        for count, name in ((27, "cnt_17"), (3, "cnt_17"), (3, "cnt_18"))
    ]
    assert said[0] == said[1] != said[2]


def test_a_reservation_that_another_container_has_removed_is_not_missed() -> None:
    story = HistoryBuilder()
    story.create(1, project=REVIEW)
    story.read(1, projectId=REVIEW, approvalStatus="pending")
    create = story.create(2, project=REVIEW)
    wrong = story.read(2, projectId=REVIEW)
    judge, _ = judge_of(story)
    assert "; if its policy" not in judge.tallies["APR-3"].failures[0].message
    found = shrunk(story, "APR-3")
    assert found.is_confirmed
    assert ids(found) == [create, wrong]
    assert "; if its policy" in judged_alone(found)[0].tallies["APR-3"].failures[0].message


def test_what_shares_a_key_alone_is_a_trigger_until_what_was_made_is_shown() -> None:
    story = HistoryBuilder()
    hook = "Evenings lcm-1a2b3c4d-main7"
    first = story.create(1, key="one-key-for-both")
    refused = story.create(
        2, key="one-key-for-both", status=422, answer={}, body={"format": "none", "brief": {"hook": hook}}
    )
    made_it = story.create(1, key="one-key-for-both")
    shown = story.list([item(700001)])
    for _ in range(12):
        story.create(1, key="one-key-for-both")
    wrong = story.read(700001, brief={"hook": hook})
    found = shrunk(story, "CRE-10")
    assert found.is_confirmed
    assert ids(found) == [first, refused, made_it, shown, wrong]


def test_no_other_failure_may_appear_because_something_was_dropped() -> None:
    # Without the decision before it another failure of the requirement would come first.
    story = HistoryBuilder()
    story.create(1)
    story.read(1, approvalStatus="pending")
    story.call(
        "POST", "/v1/content/cnt_1/reject", 200, {"id": "cnt_1", "approvalStatus": "rejected"}, body={"reason": "No."}
    )
    story.read(1, approvalStatus="rejected")
    story.read(1, approvalStatus="approved")
    judge, exchanges = judge_of(story)
    for finding_ in judge.tallies["APR-5"].failures:
        found = Shrinker(load(), FACTS, Dependencies(exchanges, FACTS.clock_url), judge.tallies).smallest(finding_)
        alone, _ = judged_alone(found)
        assert [each.message for each in alone.tallies["APR-5"].failures] == [finding_.message]


def judged_alone(found: Smallest) -> tuple[Judge, list[Exchange]]:
    story = HistoryBuilder()
    story.exchanges.extend(found.exchanges)
    return judge_of(story)


def test_a_walk_of_many_pages_is_cut_to_a_readable_size() -> None:
    story = HistoryBuilder()
    story.create(1)
    for page in range(20):
        query = f"?limit=1&cursor=cursor-{page}" if page else "?limit=1"
        story.list([{"id": f"cnt_{page + 2}", "status": "odd"}], query, cursor=f"cursor-{page + 1}")
    assert len(ids(shrunk(story, "LIF-1"))) <= smallest.MOST_SHOWN


def test_a_replay_is_no_state_that_a_history_begins_in() -> None:
    story, key = HistoryBuilder(), {"Idempotency-Key": "r"}
    story.create(1)
    story.read(1)
    patch = {"patch": {"hook": "Mornings"}}
    patched = BRIEF | {"hook": "Mornings"}
    begun = story.call(
        "POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body=patch, headers=key
    )
    story.job(2, container_id="cnt_1")
    story.read(1, brief=patched)
    replay = story.call(
        "POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body=patch, headers=key
    )
    story.at += 10
    story.read(1, brief=patched)
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(3, container_id="cnt_1"))
    story.job(3, container_id="cnt_1")
    story.at += 10
    story.read(1, brief=BRIEF)
    found = ids(shrunk(story, "REG-2"))
    assert begun in found
    assert replay not in found


def test_the_archiving_of_its_project_is_a_state_that_a_history_begins_in() -> None:
    story = HistoryBuilder()
    story.create(1)
    archive = story.call("DELETE", f"/v1/projects/{FACTS.project_id}", 200, {})
    story.read(1, status="canceled", assets=[], captions=[])
    story.at += 100
    story.job(1, status="running")
    assert archive in ids(shrunk(story, "JOB-2"))
