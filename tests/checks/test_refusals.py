"""The judge of refused calls: what it must accuse, and what it must leave alone."""

from typing import Any

import pytest
from histories import BRIEF, CREATED, FOREIGN, REVIEW, HistoryBuilder, asset, failures, results
from moves import EARLIER, LATER, approve, clone, regenerate, reject

EXACT = "2026-04-18T12:04:12.482Z"


def made(project: Any = "prj_plain", **fields: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(project=project)
    story.read(**({"projectId": project} | fields))
    return story


REFUSED = [
    (lambda story: regenerate(story, status=401, actor="anonymous"), "AUT-3"),
    (lambda story: regenerate(story, status=404, actor="other"), "AUT-4"),
    (lambda story: regenerate(story, status=422, body={"patch": 3}), "REG-6"),
    (lambda story: regenerate(story, status=409, answer={"error": {"code": "IDEMPOTENCY_CONFLICT"}}), "IDM-11"),
    (lambda story: clone(story, status=404, post="post_9"), "CLO-4"),
    (lambda story: clone(story, status=404, body={"sourcePlatformPostId": "post_1", "projectId": FOREIGN}), "AUT-3"),
    (lambda story: reject(story, 422, body={}), "REJ-3"),
    (lambda story: approve(story, 409, answer={"error": {"code": "IDEMPOTENCY_CONFLICT"}}), "IDM-4"),
    (lambda story: reject(story, 409), "APR-9"),
    (lambda story: reject(story, 409, regenerates=True), "REJ-2"),
    (lambda story: approve(story, 409), "AUT-3"),
]


@pytest.mark.parametrize(("call", "requirement"), REFUSED)
def test_a_refused_call_that_changed_something_is_accused_by_its_kind(call: Any, requirement: Any) -> None:
    story = made()
    call(story)
    story.read(captions=[{"platform": "x", "text": "y"}])
    found = failures(story)
    assert "changed its captions from" in found[requirement][0]
    assert [name for name in found if name not in {"REG-1", "SCH-1", "ERR-2", "IDM-7"}] == [requirement]


@pytest.mark.parametrize(("call", "requirement"), REFUSED)
def test_a_refused_call_that_changed_nothing_passes_by_its_kind(call: Any, requirement: Any) -> None:
    story = made()
    call(story)
    story.read()
    assert "passed" in results(story, requirement)


def test_an_updated_at_that_stood_still_and_moves_by_a_refused_call_is_accused() -> None:
    story = made(updatedAt=EXACT)
    story.read(updatedAt=EXACT)
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=LATER)
    assert "changed its updatedAt" in failures(story)["REG-6"][0]


def test_an_updated_at_that_stood_still_for_longer_than_its_unit_is_accused() -> None:
    story = made(updatedAt="2026-04-18T12:04:12.000Z")
    story.at += 1
    story.read(updatedAt="2026-04-18T12:04:12.000Z")
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=LATER)
    assert "changed its updatedAt" in failures(story)["REG-6"][0]


def test_an_updated_at_that_stands_still_passes() -> None:
    story = made()
    story.read()
    regenerate(story, status=422, body={"patch": 3})
    story.read()
    assert failures(story) == {}
    assert results(story, "REG-6") == ["passed"]


@pytest.mark.parametrize(("status", "told_of_it"), [("completed", ["passed"]), ("generating", [])])
def test_an_updated_at_that_has_moved_by_itself_may_move_again(status: str, told_of_it: list[str]) -> None:
    story = made(status=status, createdAt=EARLIER, updatedAt=EARLIER)
    story.read(status=status, createdAt=EARLIER, updatedAt=CREATED if status == "completed" else EARLIER)
    regenerate(story, status=422, body={"patch": 3})
    story.read(status=status, createdAt=EARLIER, updatedAt=LATER)
    assert results(story, "REG-6") == told_of_it


def test_an_updated_at_that_may_move_by_itself_is_left_alone() -> None:
    story = made()
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=LATER)
    assert results(story, "REG-6") == []


def test_members_that_no_page_names_may_differ_at_every_read() -> None:
    story = made()
    regenerate(story, status=401, actor="anonymous")
    story.read(assets=[asset(servedAt=1)], captions=[{"platform": "tiktok", "text": "…", "servedAt": 2}], servedAt=3)
    assert results(story, "AUT-3") == ["passed"]


def test_a_refused_regenerate_that_generates_is_accused_once() -> None:
    story = made()
    regenerate(story, status=401, actor="anonymous")
    story.read(status="generating", assets=[asset()])
    assert list(failures(story)) == ["AUT-3"]


def test_a_refused_reject_that_rejects_is_accused_once() -> None:
    story = made(REVIEW, approvalStatus="pending")
    reject(story, 401, actor="anonymous")
    story.read(projectId=REVIEW, approvalStatus="rejected")
    assert list(failures(story)) == ["AUT-3"]


def test_several_refused_calls_are_accused_together() -> None:
    story = made()
    reject(story, 422, body={})
    clone(story, status=404, post="post_9")
    story.read(captions=[{"text": "y"}])
    assert list(failures(story)) == ["AUT-3"]


@pytest.mark.parametrize(("status", "error"), [(202, None), (None, "timed out"), (503, None)])
def test_a_call_that_may_have_happened_beside_it_explains_the_change(status: Any, error: Any) -> None:
    story = made()
    regenerate(story, status=401, actor="anonymous")
    regenerate(story, status=status, error=error)
    story.read(status="generating", assets=[])
    assert "AUT-3" not in failures(story)


def test_what_a_generation_does_by_itself_is_not_held_against_a_refused_call() -> None:
    story = made(status="generating", approvalStatus="not_required", brief=BRIEF)
    regenerate(story, status=401, actor="anonymous")
    story.read(brief=BRIEF | {"language": "en"})
    assert failures(story) == {}


@pytest.mark.parametrize("status", [{"of": "generating"}, "GENERATING", 7, None])
def test_what_changes_where_the_status_cannot_be_read_may_have_been_in_flight(status: Any) -> None:
    story = made(status=status, assets=[], captions=[])
    regenerate(story, status=401, actor="anonymous")
    reject(story, 409)
    story.read(status=status, assets=[asset()], captions=[{"text": "y"}])
    assert not {"AUT-3", "APR-9"} & failures(story).keys()


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ({"status": "generating"}, {"status": "queued"}, "status"),
        ({"status": "generating"}, {"status": "generating", "brief": {"hook": "Other"}}, "brief"),
        (
            {"status": "generating", "approvalStatus": "pending"},
            {"status": "generating", "approvalStatus": "rejected"},
            "approvalStatus",
        ),
        (
            {"status": "generating", "approvalStatus": "pending"},
            {"status": "generating", "approvalStatus": "approved"},
            "approvalStatus",
        ),
    ],
)
def test_what_no_generation_does_is_accused_in_flight_too(old: Any, new: Any, name: Any) -> None:
    story = made(REVIEW, **old)
    reject(story, 401, actor="anonymous")
    story.read(**({"projectId": REVIEW} | new))
    assert f"changed its {name}" in failures(story)["AUT-3"][0]


@pytest.mark.parametrize("approvals", [("not_required", "pending"), ("rejected", "rejected")])
def test_an_approval_that_a_generation_may_show_is_left_alone(approvals: tuple[str, str]) -> None:
    story = made(REVIEW, status="generating", approvalStatus=approvals[0])
    reject(story, 401, actor="anonymous")
    story.read(projectId=REVIEW, status="generating", approvalStatus=approvals[1])
    assert "AUT-3" not in failures(story)


def test_a_url_that_moves_is_not_held_against_a_refused_call() -> None:
    story = made()
    regenerate(story, status=401, actor="anonymous")
    story.read(assets=[asset(url="https://elsewhere.test/1")])
    assert list(failures(story)) == ["AST-2"]


def test_a_container_of_unknown_callers_is_left_alone() -> None:
    story = HistoryBuilder()
    story.read()
    regenerate(story, status=401, actor="anonymous")
    story.read(captions=[{"text": "y"}])
    assert "AUT-3" not in failures(story)


def test_a_read_that_overlaps_the_refused_call_shows_nothing_that_passed() -> None:
    story = made()
    regenerate(story, status=401, actor="anonymous", sent=1010, took=5)
    story.read(sent=1011)
    assert results(story, "AUT-3") == []


@pytest.mark.parametrize(("actor", "requirement"), [("anonymous", "AUT-3"), ("other", "AUT-4")])
def test_a_cancel_that_was_refused_and_cancels_is_accused(actor: str, requirement: str) -> None:
    story = HistoryBuilder()
    story.create()
    story.read(status="queued")
    story.error("POST", "/v1/jobs/job_1/cancel", 401, "UNAUTHENTICATED", actor=actor)
    story.read(status="canceled")
    assert "changed its status from" in failures(story)[requirement][0]


def test_a_cancel_that_was_accepted_after_a_refused_one_is_in_order() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(status="queued")
    story.error("POST", "/v1/jobs/job_1/cancel", 401, "UNAUTHENTICATED", actor="anonymous")
    story.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1", "status": "canceled"})
    story.read(status="canceled")
    assert "AUT-3" not in failures(story)


def test_a_cancel_of_an_earlier_job_explains_no_cancel_of_the_next() -> None:
    story = made()
    story.call("POST", "/v1/jobs/job_1/cancel", 200, {"jobId": "job_1", "status": "completed"})
    regenerate(story)
    story.read(status="generating")
    story.error("POST", "/v1/jobs/job_2/cancel", 401, "UNAUTHENTICATED", actor="anonymous")
    story.read(status="canceled")
    assert "changed its status from" in failures(story)["AUT-3"][0]


ARCHIVED = "/v1/projects/prj_archive/content"


def archiving(status: int = 401, actor: str = "anonymous", before: int = 200, after: int = 409) -> HistoryBuilder:
    story = HistoryBuilder()
    story.call("GET", ARCHIVED, before, {"items": []} if before == 200 else {"error": {"code": "CONFLICT"}})
    story.call("DELETE", "/v1/projects/prj_archive", status, {}, actor=actor)
    story.call("GET", f"{ARCHIVED}?limit=5", after, {"items": []} if after == 200 else {"error": {"code": "CONFLICT"}})
    return story


@pytest.mark.parametrize("after", [404, 409, 410])
@pytest.mark.parametrize(("actor", "requirement"), [("anonymous", "AUT-3"), ("other", "AUT-4")])
def test_a_list_that_is_gone_after_a_refused_archiving_is_accused(actor: str, requirement: str, after: int) -> None:
    story = archiving(404 if actor == "other" else 401, actor, after=after)
    assert "Archiving project prj_archive was refused" in failures(story)[requirement][0]


def test_a_list_that_stays_after_a_refused_archiving_passes() -> None:
    assert "passed" in results(archiving(after=200), "AUT-3")


@pytest.mark.parametrize(
    "more",
    [
        {"status": 200, "actor": "owner"},
        {"status": None},
        {"status": 500},
        {"before": 409},
        {"after": 429},
        {"after": 403},
        {"status": 409, "actor": "owner"},
        {"after": 503},
    ],
)
def test_a_list_that_another_cause_may_have_closed_is_left_alone(more: Any) -> None:
    assert [name for name in failures(archiving(**more)) if name in {"AUT-3", "AUT-4"}] == []


@pytest.mark.parametrize(
    ("method", "query", "actor"),
    [("GET", "?cursor=c1", "owner"), ("GET", "", "anonymous"), ("GET", "", "other"), ("POST", "", "owner")],
)
def test_only_the_list_that_was_shown_tells_of_an_archiving(method: str, query: str, actor: str) -> None:
    story = archiving(after=500)
    story.error("DELETE", "/v1/projects/prj_archive", 401, "UNAUTHENTICATED", actor="anonymous")
    story.error(method, ARCHIVED + query, 404, "NOT_FOUND", actor=actor, body=b"{}" if method == "POST" else None)
    assert "AUT-3" not in failures(story)


def test_a_list_that_was_asked_for_during_a_refused_archiving_is_left_alone() -> None:
    story = HistoryBuilder()
    story.call("GET", ARCHIVED, 200, {"items": []})
    story.error("DELETE", "/v1/projects/prj_archive", 401, "UNAUTHENTICATED", actor="anonymous", sent=1010, took=5)
    story.error("GET", ARCHIVED, 409, "CONFLICT", sent=1011)
    assert "AUT-3" not in failures(story)


def test_an_archiving_by_its_owner_explains_every_later_answer() -> None:
    story = archiving(after=200)
    story.call("DELETE", "/v1/projects/prj_archive", 200, {})
    story.call("DELETE", "/v1/projects/prj_archive", 401, {}, actor="anonymous")
    story.call("GET", ARCHIVED, 409, {"error": {"code": "CONFLICT"}})
    assert "AUT-3" not in failures(story)


@pytest.mark.parametrize(("other", "accused"), [("job_1", set()), ("job_2", {"AUT-3"})])
def test_a_cancel_that_takes_a_while_may_refuse_another_one_meanwhile(other: str, accused: set[str]) -> None:
    story = HistoryBuilder()
    story.create()
    story.create(2, key="k")
    story.call("POST", f"/v1/jobs/{other}/cancel", 202, {"jobId": other})
    story.read(status="generating")
    story.error("POST", "/v1/jobs/job_1/cancel", 409, "CONFLICT")
    story.read(status="canceled")
    assert set(failures(story)) - {"CRE-7"} == accused


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-04-18T12:04:12Z", "2026-04-18T12:04:13Z"),
        ("2026-04-18T12:04:12.000Z", "2026-04-18T12:04:13.000Z"),
        ("2026-04-18T12:04:12.000000Z", "2026-04-18T12:04:13.000000Z"),
        ("2026-04-18T12:05:00Z", "2026-04-18T12:06:00Z"),
    ],
)
def test_an_updated_at_that_is_coarse_may_move_with_every_read(first: str, second: str) -> None:
    story = made(updatedAt=first)
    story.read(updatedAt=first)
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=second)
    regenerate(story, status=401, actor="anonymous")
    story.read(updatedAt=second)
    reject(story, 409)
    story.read(updatedAt=second)
    assert failures(story) == {}


def test_an_updated_at_may_move_with_every_read_within_a_tick_of_the_clock() -> None:
    story = made(updatedAt=EXACT)
    story.at -= 0.89
    story.read(updatedAt=EXACT)
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=LATER)
    assert "REG-6" not in failures(story)


def test_an_updated_at_that_has_moved_without_a_call_means_nothing() -> None:
    story = made(updatedAt=EXACT)
    story.read(updatedAt="2026-04-18T12:04:14.500Z")
    story.read(updatedAt="2026-04-18T12:04:14.500Z")
    regenerate(story, status=422, body={"patch": 3})
    story.read(updatedAt=LATER)
    assert set(results(story, "REG-6")) == {"passed"}


def test_an_updated_at_that_moves_without_a_call_later_means_nothing_earlier() -> None:
    story = made(updatedAt=EXACT)
    story.read(updatedAt=EXACT)
    reject(story, 409)
    story.read(updatedAt="2026-04-18T12:04:13.982Z")
    story.read(updatedAt=LATER)
    assert "APR-9" not in failures(story)
