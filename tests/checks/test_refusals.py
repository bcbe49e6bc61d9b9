"""The judge of refused calls: what it must accuse, and what it must leave alone."""

from typing import Any

import pytest
from histories import BRIEF, CREATED, FOREIGN, REVIEW, Told, asset, failures, results
from moves import EARLIER, LATER, approve, clone, regenerate, reject

EXACT = "2026-04-18T12:04:12.482Z"


def made(project: Any = "prj_plain", **fields: Any) -> Told:
    told = Told()
    told.create(project=project)
    told.read(**({"projectId": project} | fields))
    return told


REFUSED = [
    (lambda told: regenerate(told, status=401, actor="anonymous"), "AUT-3"),
    (lambda told: regenerate(told, status=404, actor="other"), "AUT-4"),
    (lambda told: regenerate(told, status=422, body={"patch": 3}), "REG-6"),
    (lambda told: regenerate(told, status=409, answer={"error": {"code": "IDEMPOTENCY_CONFLICT"}}), "IDM-11"),
    (lambda told: clone(told, status=404, post="post_9"), "CLO-4"),
    (lambda told: clone(told, status=404, body={"sourcePlatformPostId": "post_1", "projectId": FOREIGN}), "AUT-3"),
    (lambda told: reject(told, 422, body={}), "REJ-3"),
    (lambda told: approve(told, 409, answer={"error": {"code": "IDEMPOTENCY_CONFLICT"}}), "IDM-4"),
    (lambda told: reject(told, 409), "APR-9"),
    (lambda told: reject(told, 409, regenerates=True), "REJ-2"),
    (lambda told: approve(told, 409), "AUT-3"),
]


@pytest.mark.parametrize(("call", "requirement"), REFUSED)
def test_a_refused_call_that_changed_something_is_accused_by_its_kind(call: Any, requirement: Any) -> None:
    told = made()
    call(told)
    told.read(captions=[{"platform": "x", "text": "y"}])
    found = failures(told)
    assert "changed its captions from" in found[requirement][0]
    assert [name for name in found if name not in {"REG-1", "SCH-1", "ERR-2", "IDM-7"}] == [requirement]


@pytest.mark.parametrize(("call", "requirement"), REFUSED)
def test_a_refused_call_that_changed_nothing_passes_by_its_kind(call: Any, requirement: Any) -> None:
    told = made()
    call(told)
    told.read()
    assert "passed" in results(told, requirement)


def test_an_updated_at_that_stood_still_and_moves_by_a_refused_call_is_accused() -> None:
    told = made(updatedAt=EXACT)
    told.read(updatedAt=EXACT)
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=LATER)
    assert "changed its updatedAt" in failures(told)["REG-6"][0]


def test_an_updated_at_that_stood_still_for_longer_than_its_unit_is_accused() -> None:
    told = made(updatedAt="2026-04-18T12:04:12.000Z")
    told.at += 1
    told.read(updatedAt="2026-04-18T12:04:12.000Z")
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=LATER)
    assert "changed its updatedAt" in failures(told)["REG-6"][0]


def test_an_updated_at_that_stands_still_passes() -> None:
    told = made()
    told.read()
    regenerate(told, status=422, body={"patch": 3})
    told.read()
    assert failures(told) == {}
    assert results(told, "REG-6") == ["passed"]


@pytest.mark.parametrize(("status", "told_of_it"), [("completed", ["passed"]), ("generating", [])])
def test_an_updated_at_that_has_moved_by_itself_may_move_again(status: str, told_of_it: list[str]) -> None:
    told = made(status=status, createdAt=EARLIER, updatedAt=EARLIER)
    told.read(status=status, createdAt=EARLIER, updatedAt=CREATED if status == "completed" else EARLIER)
    regenerate(told, status=422, body={"patch": 3})
    told.read(status=status, createdAt=EARLIER, updatedAt=LATER)
    assert results(told, "REG-6") == told_of_it


def test_an_updated_at_that_may_move_by_itself_is_left_alone() -> None:
    told = made()
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=LATER)
    assert results(told, "REG-6") == []


def test_members_that_no_page_names_may_differ_at_every_read() -> None:
    told = made()
    regenerate(told, status=401, actor="anonymous")
    told.read(assets=[asset(servedAt=1)], captions=[{"platform": "tiktok", "text": "…", "servedAt": 2}], servedAt=3)
    assert results(told, "AUT-3") == ["passed"]


def test_a_refused_regenerate_that_generates_is_accused_once() -> None:
    told = made()
    regenerate(told, status=401, actor="anonymous")
    told.read(status="generating", assets=[asset()])
    assert list(failures(told)) == ["AUT-3"]


def test_a_refused_reject_that_rejects_is_accused_once() -> None:
    told = made(REVIEW, approvalStatus="pending")
    reject(told, 401, actor="anonymous")
    told.read(projectId=REVIEW, approvalStatus="rejected")
    assert list(failures(told)) == ["AUT-3"]


def test_several_refused_calls_are_accused_together() -> None:
    told = made()
    reject(told, 422, body={})
    clone(told, status=404, post="post_9")
    told.read(captions=[{"text": "y"}])
    assert list(failures(told)) == ["AUT-3"]


@pytest.mark.parametrize(("status", "error"), [(202, None), (None, "timed out"), (503, None)])
def test_a_call_that_may_have_happened_beside_it_explains_the_change(status: Any, error: Any) -> None:
    told = made()
    regenerate(told, status=401, actor="anonymous")
    regenerate(told, status=status, error=error)
    told.read(status="generating", assets=[])
    assert "AUT-3" not in failures(told)


def test_what_a_generation_does_by_itself_is_not_held_against_a_refused_call() -> None:
    told = made(status="generating", approvalStatus="not_required", brief=BRIEF)
    regenerate(told, status=401, actor="anonymous")
    told.read(brief=BRIEF | {"language": "en"})
    assert failures(told) == {}


@pytest.mark.parametrize("status", [{"of": "generating"}, "GENERATING", 7, None])
def test_what_changes_where_the_status_cannot_be_read_may_have_been_in_flight(status: Any) -> None:
    told = made(status=status, assets=[], captions=[])
    regenerate(told, status=401, actor="anonymous")
    reject(told, 409)
    told.read(status=status, assets=[asset()], captions=[{"text": "y"}])
    assert not {"AUT-3", "APR-9"} & failures(told).keys()


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
    told = made(REVIEW, **old)
    reject(told, 401, actor="anonymous")
    told.read(**({"projectId": REVIEW} | new))
    assert f"changed its {name}" in failures(told)["AUT-3"][0]


@pytest.mark.parametrize("approvals", [("not_required", "pending"), ("rejected", "rejected")])
def test_an_approval_that_a_generation_may_show_is_left_alone(approvals: tuple[str, str]) -> None:
    told = made(REVIEW, status="generating", approvalStatus=approvals[0])
    reject(told, 401, actor="anonymous")
    told.read(projectId=REVIEW, status="generating", approvalStatus=approvals[1])
    assert "AUT-3" not in failures(told)


def test_a_url_that_moves_is_not_held_against_a_refused_call() -> None:
    told = made()
    regenerate(told, status=401, actor="anonymous")
    told.read(assets=[asset(url="https://elsewhere.test/1")])
    assert list(failures(told)) == ["AST-2"]


def test_a_container_of_unknown_callers_is_left_alone() -> None:
    told = Told()
    told.read()
    regenerate(told, status=401, actor="anonymous")
    told.read(captions=[{"text": "y"}])
    assert "AUT-3" not in failures(told)


def test_a_read_that_overlaps_the_refused_call_shows_nothing_that_passed() -> None:
    told = made()
    regenerate(told, status=401, actor="anonymous", sent=1010, took=5)
    told.read(sent=1011)
    assert results(told, "AUT-3") == []


@pytest.mark.parametrize(("actor", "requirement"), [("anonymous", "AUT-3"), ("other", "AUT-4")])
def test_a_cancel_that_was_refused_and_cancels_is_accused(actor: str, requirement: str) -> None:
    told = Told()
    told.create()
    told.read(status="queued")
    told.error("POST", "/v1/jobs/job_1/cancel", 401, "UNAUTHENTICATED", actor=actor)
    told.read(status="canceled")
    assert "changed its status from" in failures(told)[requirement][0]


def test_a_cancel_that_was_accepted_after_a_refused_one_is_in_order() -> None:
    told = Told()
    told.create()
    told.read(status="queued")
    told.error("POST", "/v1/jobs/job_1/cancel", 401, "UNAUTHENTICATED", actor="anonymous")
    told.call("POST", "/v1/jobs/job_1/cancel", 202, {"jobId": "job_1", "status": "canceled"})
    told.read(status="canceled")
    assert "AUT-3" not in failures(told)


def test_a_cancel_of_an_earlier_job_explains_no_cancel_of_the_next() -> None:
    told = made()
    told.call("POST", "/v1/jobs/job_1/cancel", 200, {"jobId": "job_1", "status": "completed"})
    regenerate(told)
    told.read(status="generating")
    told.error("POST", "/v1/jobs/job_2/cancel", 401, "UNAUTHENTICATED", actor="anonymous")
    told.read(status="canceled")
    assert "changed its status from" in failures(told)["AUT-3"][0]


ARCHIVED = "/v1/projects/prj_archive/content"


def archiving(status: int = 401, actor: str = "anonymous", before: int = 200, after: int = 409) -> Told:
    told = Told()
    told.call("GET", ARCHIVED, before, {"items": []} if before == 200 else {"error": {"code": "CONFLICT"}})
    told.call("DELETE", "/v1/projects/prj_archive", status, {}, actor=actor)
    told.call("GET", f"{ARCHIVED}?limit=5", after, {"items": []} if after == 200 else {"error": {"code": "CONFLICT"}})
    return told


@pytest.mark.parametrize("after", [404, 409, 410])
@pytest.mark.parametrize(("actor", "requirement"), [("anonymous", "AUT-3"), ("other", "AUT-4")])
def test_a_list_that_is_gone_after_a_refused_archiving_is_accused(actor: str, requirement: str, after: int) -> None:
    told = archiving(404 if actor == "other" else 401, actor, after=after)
    assert "Archiving project prj_archive was refused" in failures(told)[requirement][0]


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
    told = archiving(after=500)
    told.error("DELETE", "/v1/projects/prj_archive", 401, "UNAUTHENTICATED", actor="anonymous")
    told.error(method, ARCHIVED + query, 404, "NOT_FOUND", actor=actor, body=b"{}" if method == "POST" else None)
    assert "AUT-3" not in failures(told)


def test_a_list_that_was_asked_for_during_a_refused_archiving_is_left_alone() -> None:
    told = Told()
    told.call("GET", ARCHIVED, 200, {"items": []})
    told.error("DELETE", "/v1/projects/prj_archive", 401, "UNAUTHENTICATED", actor="anonymous", sent=1010, took=5)
    told.error("GET", ARCHIVED, 409, "CONFLICT", sent=1011)
    assert "AUT-3" not in failures(told)


def test_an_archiving_by_its_owner_explains_every_later_answer() -> None:
    told = archiving(after=200)
    told.call("DELETE", "/v1/projects/prj_archive", 200, {})
    told.call("DELETE", "/v1/projects/prj_archive", 401, {}, actor="anonymous")
    told.call("GET", ARCHIVED, 409, {"error": {"code": "CONFLICT"}})
    assert "AUT-3" not in failures(told)


@pytest.mark.parametrize(("other", "accused"), [("job_1", set()), ("job_2", {"AUT-3"})])
def test_a_cancel_that_takes_a_while_may_refuse_another_one_meanwhile(other: str, accused: set[str]) -> None:
    told = Told()
    told.create()
    told.create(2, key="k")
    told.call("POST", f"/v1/jobs/{other}/cancel", 202, {"jobId": other})
    told.read(status="generating")
    told.error("POST", "/v1/jobs/job_1/cancel", 409, "CONFLICT")
    told.read(status="canceled")
    assert set(failures(told)) - {"CRE-7"} == accused


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
    told = made(updatedAt=first)
    told.read(updatedAt=first)
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=second)
    regenerate(told, status=401, actor="anonymous")
    told.read(updatedAt=second)
    reject(told, 409)
    told.read(updatedAt=second)
    assert failures(told) == {}


def test_an_updated_at_may_move_with_every_read_within_a_tick_of_the_clock() -> None:
    told = made(updatedAt=EXACT)
    told.at -= 0.89
    told.read(updatedAt=EXACT)
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=LATER)
    assert "REG-6" not in failures(told)


def test_an_updated_at_that_has_moved_without_a_call_means_nothing() -> None:
    told = made(updatedAt=EXACT)
    told.read(updatedAt="2026-04-18T12:04:14.500Z")
    told.read(updatedAt="2026-04-18T12:04:14.500Z")
    regenerate(told, status=422, body={"patch": 3})
    told.read(updatedAt=LATER)
    assert set(results(told, "REG-6")) == {"passed"}


def test_an_updated_at_that_moves_without_a_call_later_means_nothing_earlier() -> None:
    told = made(updatedAt=EXACT)
    told.read(updatedAt=EXACT)
    reject(told, 409)
    told.read(updatedAt="2026-04-18T12:04:13.982Z")
    told.read(updatedAt=LATER)
    assert "APR-9" not in failures(told)
