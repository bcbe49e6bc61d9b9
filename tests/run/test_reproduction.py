"""What a script sends of a history, and what may be called fixed of what came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from histories import BASE, BRIEF, FACTS, LIST, HistoryBuilder, asset, envelope, envelope_of_error, job, judge_of
from lists import item
from runs import TARGET, record

from conformance.client.exchange import to_json
from conformance.client.renewing import by_outcome
from conformance.client.resending import FIXED, STILL_BROKEN, UNDECIDED
from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.run.conclude import concluded
from conformance.run.evidence.reproduction import plan_of
from conformance.run.evidence.retrial import retried

KEY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
FIXTURES = {"influencer_id": None, "reference_media_ids": [], "source_post_id": None, "failing_brief": None}
SECTIONS = {
    "fixtures": FIXTURES,
    "dialect": {"clone_id": "existing"},
    "timing": {"generation_timeout": 60},
    "hooks": {"clock_url": None},
}


def plan(story: HistoryBuilder, requirement: str, **sections: Any) -> dict[str, Any]:
    judge, exchanges = judge_of(story)
    target = (
        TARGET | SECTIONS | sections | {"target": TARGET["target"] | {"base_url": BASE, "project_id": FACTS.project_id}}
    )
    links = Dependencies(exchanges, FACTS.clock_url)
    report = concluded(load(), judge, record(target=target), links)
    return plan_of(report, requirement, report.requirements[requirement].findings[0], links, load())


def steps(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for group in part["groups"] for step in group]


def ids(part: dict[str, Any]) -> list[str]:
    return [step["id"] for step in steps(part)]


def verdict(broken: dict[str, Any], answers: HistoryBuilder) -> str:
    """Return what is said where the steps of a script were answered as in a history, in their order."""
    lines = [to_json(replace(each, id=f"repro-{n}")) for n, each in enumerate(answers.exchanges, start=1)]
    sent = {name: f"repro-{n}" for n, name in enumerate(ids(broken), start=1)}
    return retried(broken, BASE, lines, {"owner": "lk_1"}, sent, {})[0]


def replayed_otherwise(*, between: int, made: int = 0) -> HistoryBuilder:
    """Return a history in which a key brings another answer than at first, after calls under other keys."""
    story = HistoryBuilder()
    story.create(1, key=KEY)
    for n in range(between):
        story.error(
            "POST",
            "/v1/content/cnt_1/reject",
            422,
            "VALIDATION",
            body={},
            headers={"Idempotency-Key": f"another-{n:03}"},
        )
    for n in range(made):
        story.create(100 + n, key=f"made-{n:03}")
    story.call(
        "POST",
        LIST,
        202,
        envelope(1) | {"startedAt": "2026-04-18T12:09:00.000Z"},
        body=created(),
        headers={"Idempotency-Key": KEY},
    )
    return story


def created() -> dict[str, Any]:
    return {"format": "video_remix", "brief": BRIEF}


def test_a_crowd_of_other_keys_is_a_step_with_a_count() -> None:
    found = plan(replayed_otherwise(between=60, made=5), "IDM-1")
    assert len(found["crowd"]) == 2
    assert [step["crowd"] for step in steps(found) if "crowd" in step] == [[[0, 60], [1, 5]]]
    assert (found["crowded"], found["crowdPrice"]) == (65, 5)


def test_a_crowd_before_an_earlier_call_under_the_key_is_not_sent_again() -> None:
    story = replayed_otherwise(between=60)
    story.call(
        "POST",
        LIST,
        202,
        envelope(1) | {"startedAt": "2026-04-18T12:10:00.000Z"},
        body=created(),
        headers={"Idempotency-Key": KEY},
    )
    counts = [step.get("crowd", []) for step in steps(plan(story, "IDM-1"))]
    assert sum(count for each in counts for _, count in each) == 60


def test_the_id_of_a_project_is_no_text_that_an_answer_gave() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.read(1, projectId="prj_9")
    assert plan(story, "LIF-8")["expected"] == FACTS.project_id


def another_hook(hook: str = "another") -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, brief=BRIEF | {"hook": hook})
    return story


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_another_status_than_in_the_run_is_no_repair(status: int) -> None:
    now = HistoryBuilder()
    now.create(1)
    now.error("GET", "/v1/content/cnt_1", status, "ERROR")
    assert verdict(plan(another_hook(), "CRE-5"), now) == UNDECIDED


def test_a_history_that_archives_is_not_sent_again_in_a_crowd() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.call("DELETE", f"/v1/projects/{FACTS.project_id}", 200, {})
    story.read(1, status="canceled", assets=[], captions=[])
    for n in range(2, 60):
        story.create(n, key=f"another-{n}", status=409, answer=envelope_of_error("CONFLICT"))
    story.at += 100
    story.job(1, status="running")
    found = plan(story, "JOB-2")
    assert (found["crowd"], found["crowded"]) == ([], 0)


def test_what_was_seen_kept_there_is_fixed_and_what_fails_is_broken() -> None:
    assert verdict(plan(another_hook(), "CRE-5"), another_hook(BRIEF["hook"])) == FIXED
    assert verdict(plan(another_hook(), "CRE-5"), another_hook("a third")) == STILL_BROKEN


def test_what_was_kept_before_only_is_not_fixed() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.error("GET", "/v1/content/cnt_1/assets/med_999999", 404, "NOT_FOUND")
    story.call("GET", "/v1/content/cnt_1/assets/med_unknown", 200, {"id": "med_1", "url": "https://media.test/1"})
    broken = plan(story, "AST-3")
    now = HistoryBuilder()
    for step in steps(broken):
        is_last = step is steps(broken)[-1]
        now.error("GET", step["url"], 503 if is_last else 404, "NOT_FOUND")
    assert verdict(broken, now) == UNDECIDED


def test_a_list_that_was_wrong_is_compared_with_nothing() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.call("GET", "/v1/content/cnt_1", 200, ["no", "object"])
    broken = plan(story, "SCH-1")
    now = HistoryBuilder()
    now.create(1)
    now.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND")
    assert verdict(broken, now) == UNDECIDED


def tag_after_its_end(*tags: str, status: int = 200) -> HistoryBuilder:
    """Return a history in which a job bears one tag while it runs, and another, or the same, once it has ended."""
    story = HistoryBuilder()
    story.create(1)
    running, ended = job(1, status="running", finishedAt=None), job(1)
    for answer, tag in zip((running, ended), tags, strict=True):
        story.call("GET", "/v1/jobs/job_1", status, answer, answer_headers={"ETag": tag})
    return story


def test_what_was_shown_again_though_it_should_not_is_fixed_where_it_differs() -> None:
    broken = plan(tag_after_its_end('"job_11"', '"job_11"'), "JOB-8")
    assert broken["compared"] == {"with": "x2", "how": "other"}
    assert verdict(broken, tag_after_its_end('"job_21"', '"job_22"')) == FIXED
    assert verdict(broken, tag_after_its_end('"job_21"', '"job_21"')) == STILL_BROKEN
    assert verdict(broken, tag_after_its_end('"job_21"', '"job_22"', status=503)) == UNDECIDED


def two_sizes(first: list[int], second: list[int]) -> HistoryBuilder:
    story = HistoryBuilder()
    for n in (1, 2):
        story.create(n)
    story.list([item(n) for n in first], "?limit=50")
    story.list([item(n) for n in second], "?limit=100")
    return story


def test_what_should_be_as_it_was_shown_before_is_fixed_where_it_is_the_same() -> None:
    broken = plan(two_sizes([2, 1], [1, 2]), "LST-3")
    assert broken["compared"]["how"] == "same"
    assert verdict(broken, two_sizes([2, 1], [2, 1])) == FIXED
    assert verdict(broken, two_sizes([], [])) == UNDECIDED


def test_a_word_of_the_documents_is_compared_with_no_earlier_one() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, approvalStatus="pending")
    story.call("POST", "/v1/content/cnt_1/reject", 200, {"id": "cnt_1", "approvalStatus": "rejected"}, body={})
    story.read(1, approvalStatus="pending")
    assert plan(story, "APR-7")["compared"] is None


def test_a_script_waits_longer_than_a_target_may_take_to_settle() -> None:
    target = SECTIONS["timing"] | {"settling": 4.0, "read_lag": 3.0}
    assert plan(another_hook(), "CRE-5")["pause"] == 1.0
    assert plan(another_hook(), "CRE-5", timing=target)["pause"] == 8.0


@pytest.mark.parametrize(("at", "turns"), [(0.0, False), (59.0, True)])
def test_a_script_waits_for_the_end_of_the_minute_where_that_was_between_what_is_compared(
    at: float,
    turns: bool,  # noqa: FBT001 - a column of the table
) -> None:
    story = HistoryBuilder()
    story.create(1)
    story.at += 60.0 - story.at % 60.0 + at
    story.read(1, assets=[asset("med_100001", url="https://media.test/1")])
    story.at += 5.0
    story.read(1, assets=[asset("med_100001", url="https://media.test/2")])
    assert plan(story, "AST-2")["turns"] is turns


def test_a_read_that_repeats_the_one_before_it_comes_as_much_later_as_in_the_run() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.at += 0.3
    story.read(1)
    story.error("POST", "/v1/content/cnt_1/regenerate", 422, "VALIDATION", body={"patch": 7})
    story.read(1, updatedAt="2026-04-18T13:00:00.000Z")
    found = steps(plan(story, "REG-6"))
    assert [step["method"] for step in found] == ["POST", "GET", "GET", "POST", "GET"]
    assert [step.get("gap", 0.0) > 0.3 for step in found] == [False, False, True, True, False]


@pytest.mark.parametrize(("after", "told_gap"), [(0.25, 0.25), (45.0, 30.0)])
def test_a_cancel_comes_as_long_after_what_it_stops_as_in_the_run(after: float, told_gap: float) -> None:
    story = HistoryBuilder()
    story.create(1)
    story.call(
        "POST", "/v1/jobs/job_1/cancel", 202, job(1, status="canceled"), sent=story.exchanges[-1].received_at + after
    )
    story.job(1, status="completed")
    story.read(1, status="completed")
    story.at += 100
    story.read(1, status="generating")
    cancel = next(step for step in steps(plan(story, "LIF-2")) if step["url"].endswith("/cancel"))
    assert cancel["gap"] == pytest.approx(told_gap)


def test_a_write_comes_no_later_than_the_last_one_on_the_same_container_has_settled() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.at += 100
    story.error("POST", "/v1/content/cnt_1/regenerate", 500, "INTERNAL", body={"patch": {"hook": "Mornings"}})
    found = steps(plan(story, "ERR-1"))
    assert [step.get("gap") for step in found] == [None, 1.0]


def test_what_has_a_wrong_timestamp_begins_at_the_same_moment_of_a_second() -> None:
    story = HistoryBuilder()
    story.create(1, sent=story.at + 0.25)
    story.job(1, startedAt="2026-04-18T12:04:11.7Z", finishedAt="2026-04-18T12:04:11.307Z")
    create, *reads = steps(plan(story, "JOB-6"))
    assert create["moment"] == pytest.approx(story.exchanges[0].sent_at % 1, abs=0.001)
    assert [step.get("moment") for step in reads] == [None] * len(reads)
    assert {step.get("moment") for step in steps(plan(another_hook(), "CRE-5"))} == {None}


def test_a_container_that_only_a_page_has_shown_is_taken_from_that_page() -> None:
    story = HistoryBuilder()
    story.create(10_001)
    first = story.list([item(10_001)], "?limit=1&status=completed", cursor="cursor-of-1")
    story.call(
        "POST",
        "/v1/content/cnt_10001/regenerate",
        202,
        envelope(3, kind="content_regenerate", container_id="cnt_10001"),
    )
    story.list([item(10_001)], "?limit=1&status=completed&cursor=cursor-of-1", cursor="cursor-of-1")
    amid = plan(story, "LST-1")["amid"]
    page = next(step for step in steps(amid) if step["id"] == first)
    assert ["body", "items", 0, "id"] in [where for _, where in page["gives"]]
    assert [step["method"] for step in steps(amid)] == ["GET", "POST", "GET"]


def test_refused_creates_that_are_counted_come_apart() -> None:
    story = HistoryBuilder()
    story.create()
    times = []
    for _ in range(9):
        times.append(story.at + 0.05)
        story.error("POST", LIST, 422, "VALIDATION", body={"format": "video", "brief": {"hook": "Evenings"}})
    story.at += 100
    moments = {1: 1_000.05} | dict(enumerate(times, start=10))
    created = {n: datetime.fromtimestamp(each, UTC).isoformat(timespec="milliseconds") for n, each in moments.items()}
    story.list([item(n, createdAt=created[n]) for n in sorted(moments, reverse=True, key=lambda n: moments[n])])
    found = steps(plan(story, "CRE-10"))
    assert [step["method"] for step in found] == ["POST"] * 10 + ["GET"]
    assert [step.get("gap") for step in found[1:-1]] == [1.0] * 9


def test_an_id_that_is_like_one_that_the_caller_had_stays_as_it_is() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    like = f"{FACTS.project_id[:-1]}7"
    body = {"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": like}
    story.error("POST", "/v1/content/cnt_1/clone-from-post", 500, "INTERNAL", body=body)
    found = plan(story, "ERR-1")
    assert found["derived"] == []
    assert steps(found)[0]["url"] == LIST
    assert like in steps(found)[-1]["body"]["text"]


def test_a_script_waits_as_long_as_the_last_write_was_ago() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.at += 11
    story.read(1, brief={"hook": "another"})
    assert plan(story, "CRE-5")["pause"] == 11.9


def test_a_read_that_was_answered_429_is_sent_until_it_is_so_again() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.error("GET", "/v1/jobs/job_1", 429, "RATE_LIMITED")
    assert steps(plan(story, "ERR-7"))[-1]["repeats"] == 130


def test_of_calls_at_one_moment_a_step_takes_from_the_answer_that_is_as_its_own_was() -> None:
    url = "/v1/content/{{id1}}/regenerate"
    refused = {"id": "x1", "method": "POST", "url": url, "answered": 409}
    accepted = {"id": "x2", "method": "POST", "url": url, "answered": 202}
    other = {"id": "x3", "method": "POST", "url": "/v1/content/{{id1}}/reject", "answered": 200}
    answers = {"x1": httpx.Response(202), "x2": httpx.Response(409), "x3": httpx.Response(409)}
    taken = {step["id"]: answer for step, answer in by_outcome([refused, accepted, other], answers)}
    assert taken == {"x1": answers["x2"], "x2": answers["x1"], "x3": answers["x3"]}
    as_before = {"x1": answers["x2"], "x2": answers["x1"], "x3": None}
    assert {step["id"]: answer for step, answer in by_outcome([refused, accepted, other], as_before)} == as_before


def test_what_the_check_names_alone_lacks_what_was_done_before() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, approvalStatus="pending")
    before = story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body={})
    story.at += 60
    story.read(1, approvalStatus="pending")
    answer = {"id": "cnt_1", "approvalStatus": "pending"}
    reject = story.call("POST", "/v1/content/cnt_1/reject", 200, answer, body={"reason": "No."})
    story.read(1, approvalStatus="pending")
    broken = plan(story, "REJ-1")
    assert before in ids(broken)
    assert reject in ids(broken["fewer"])
    assert before not in ids(broken["fewer"])
    assert plan(another_hook(), "CRE-5")["fewer"] is None
