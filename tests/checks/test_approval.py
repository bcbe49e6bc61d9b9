"""Judges of approval: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import BRIEF, PROJECT, REVIEW, HistoryBuilder, asset, envelope, failures, results
from moves import LATER, approve, cancel, created_in, decided, item, pending, regenerate, reject, shown


@pytest.mark.parametrize("approval", ["none", "APPROVED", None, 1, {}])
def test_an_approval_outside_the_four_is_accused(approval: Any) -> None:
    read, listed = HistoryBuilder(), HistoryBuilder()
    shown(read, approval)
    listed.list([item(approvalStatus=approval)])
    assert "shows the approvalStatus" in failures(read)["APR-1"][0]
    assert "shows the approvalStatus" in failures(listed)["APR-1"][0]


def test_what_a_list_does_not_show_is_not_judged_and_what_it_shows_is_judged_one_by_one() -> None:
    silent, mixed = HistoryBuilder(), HistoryBuilder()
    silent.list([{"id": "cnt_1"}, "cnt_2", 7, None])
    mixed.list([item(), item(id="cnt_2", approvalStatus="none"), item(id="cnt_3", approvalStatus="odd")])
    assert results(silent, "APR-1") == []
    assert results(mixed, "APR-1") == ["failed", "failed"]


@pytest.mark.parametrize(("status", "actor"), [(200, "anonymous"), (202, "owner"), (422, "owner")])
def test_only_a_decision_that_was_carried_out_shows_what_it_made(status: int, actor: str) -> None:
    story = pending()
    reject(story, status, answer={"id": "cnt_1", "approvalStatus": "denied"}, actor=actor)
    assert "APR-1" not in failures(story)


def test_an_approval_outside_the_four_is_accused_in_the_answer_to_a_reject() -> None:
    story = pending()
    reject(story, answer={"id": "cnt_1", "approvalStatus": "denied"})
    assert failures(story)["APR-1"] == ['Container "cnt_1" shows the approvalStatus "denied".']


@pytest.mark.parametrize("approval", ["not_required", "pending", "approved", "rejected"])
def test_the_four_approvals_pass(approval: Any) -> None:
    story = HistoryBuilder()
    shown(story, approval)
    assert results(story, "APR-1") == ["passed"]


@pytest.mark.parametrize("decide", [approve, reject])
@pytest.mark.parametrize(
    "fields",
    [
        {"captions": []},
        {"assets": [asset("med_9")]},
        {"assets": [asset("med_1", width=1)]},
        {"brief": {"hook": "Another lcm-run-1"}},
        {"status": "canceled"},
    ],
)
def test_a_decision_that_changes_anything_else_is_accused(decide: Any, fields: Any) -> None:
    story = pending()
    decide(story)
    shown(story, "approved" if decide is approve else "rejected", **fields)
    assert "changed the" in failures(story)["APR-2"][0]


@pytest.mark.parametrize("decide", [approve, reject])
def test_a_decision_that_changes_nothing_else_passes(decide: Any) -> None:
    story = pending()
    decide(story)
    shown(story, "approved" if decide is approve else "rejected", updatedAt=LATER)
    assert results(story, "APR-2") == ["passed"]


def test_a_url_that_moves_is_not_held_against_the_decision() -> None:
    story = pending()
    reject(story)
    shown(story, "rejected", assets=[asset(url="https://elsewhere.test/1")])
    assert set(failures(story)) == {"AST-2"}


def test_what_a_decision_and_a_generation_changed_together_is_left_alone() -> None:
    story = pending()
    reject(story)
    regenerate(story)
    shown(story, "rejected", status="generating", assets=[])
    assert "APR-2" not in failures(story)


def test_a_decision_in_flight_leaves_the_brief_alone() -> None:
    story = created_in()
    shown(story, "pending", status="generating")
    reject(story)
    shown(story, "pending", brief={"hook": "Another"})
    assert "changed the brief" in failures(story)["APR-2"][0]


def test_a_review_project_makes_what_completes_pending() -> None:
    wrong = created_in()
    shown(wrong, "not_required")
    said = (
        'Container cnt_1 completed in a project that requires review, and is "not_required" instead of pending; '
        "if its policy says otherwise, target.review_project_id is wrong."
    )
    assert failures(wrong) == {"APR-3": [said]}
    assert results(pending(), "APR-3") == ["passed"]


def test_a_policy_that_nothing_bore_out_may_be_a_wrong_setting() -> None:
    story = created_in(PROJECT)
    shown(story, "not_required", PROJECT, status="generating")
    shown(story, "pending", PROJECT)
    (said,) = failures(story)["APR-4"]
    assert said.endswith("; if its policy says otherwise, target.project_id is wrong.")


@pytest.mark.parametrize(
    ("project", "right", "wrong"), [(PROJECT, "not_required", "pending"), (REVIEW, "pending", "not_required")]
)
def test_a_policy_that_another_container_bore_out_is_what_the_setting_says(
    project: str, right: str, wrong: str
) -> None:
    story = created_in(project)
    shown(story, right, project)
    story.create(2, project=project)
    story.read(2, approvalStatus=wrong, projectId=project)
    (said,) = [*failures(story).get("APR-3", []), *failures(story).get("APR-4", [])]
    assert "target." not in said


@pytest.mark.parametrize("approval", ["not_required", "pending"])
def test_a_review_project_may_show_either_before_completion(approval: Any) -> None:
    story = created_in()
    shown(story, approval, status="generating")
    assert failures(story) == {}


def test_a_decided_container_says_nothing_of_completion() -> None:
    story = created_in()
    reject(story)
    shown(story, "rejected")
    assert results(story, "APR-3") == []


@pytest.mark.parametrize("approval", ["pending", "approved", "rejected"])
def test_a_project_without_review_leaves_what_completes_alone(approval: Any) -> None:
    story = created_in(PROJECT)
    shown(story, approval, PROJECT)
    assert "in a project that requires no review" in failures(story)["APR-4"][0]


@pytest.mark.parametrize("status", ["queued", "failed"])
def test_nothing_is_pending_where_no_review_is_required(status: Any) -> None:
    story = created_in(PROJECT)
    shown(story, "pending", PROJECT, status=status, lastError="why" if status == "failed" else None)
    assert list(failures(story)) == ["APR-4"]


def test_a_reject_that_was_accepted_explains_an_approval_where_no_review_is_required() -> None:
    for regenerates in (None, True):
        story = created_in(PROJECT)
        shown(story, "not_required", PROJECT)
        reject(story, 200, regenerates=regenerates)
        shown(story, "rejected", PROJECT)
        assert "APR-4" not in failures(story)


def test_not_required_passes_where_no_review_is_required() -> None:
    story = created_in(PROJECT)
    shown(story, "not_required", PROJECT)
    assert results(story, "APR-4") == ["passed"]


def test_a_container_that_the_run_did_not_make_may_have_been_decided_before() -> None:
    story = HistoryBuilder()
    shown(story, "approved", PROJECT)
    assert failures(story) == {}


@pytest.mark.parametrize("approval", ["approved", "rejected"])
def test_completion_alone_neither_approves_nor_rejects(approval: Any) -> None:
    story = created_in()
    shown(story, "pending", status="generating")
    shown(story, approval)
    assert failures(story)["APR-5"] == [f"Container cnt_1 is {approval} although no call has {approval} it."]


def test_a_list_that_shows_what_nobody_decided_is_accused() -> None:
    story = created_in()
    story.list([item(approvalStatus="approved")], project=REVIEW)
    assert list(failures(story)) == ["APR-5"]


@pytest.mark.parametrize("call", [reject, cancel, regenerate])
def test_a_call_of_another_kind_approves_nothing(call: Any) -> None:
    story = pending()
    call(story)
    shown(story, "approved")
    assert failures(story)["APR-5"] == ["Container cnt_1 is approved although no call has approved it."]


def test_a_move_that_nobody_made_is_accused_where_the_status_stays_as_well() -> None:
    story = decided("approved")
    shown(story, "pending")
    shown(story, "approved")
    assert "although no call in between has approved it" in failures(story)["APR-5"][0]


def test_what_a_list_shows_to_a_caller_without_a_key_is_a_matter_of_access() -> None:
    story = created_in()
    story.list([item(approvalStatus="approved")], project=REVIEW, actor="anonymous")
    assert "APR-5" not in failures(story)


def test_a_later_move_that_nobody_made_is_accused() -> None:
    story = pending()
    approve(story)
    shown(story, "approved")
    regenerate(story, project=REVIEW)
    shown(story, "pending", status="generating")
    shown(story, "approved", updatedAt=LATER)
    assert "although no call in between has approved it" in failures(story)["APR-5"][0]


@pytest.mark.parametrize(("status", "error"), [(200, None), (None, "timed out"), (503, None)])
def test_a_decision_that_may_have_happened_explains_the_move(status: Any, error: Any) -> None:
    story = pending()
    approve(story, status, error=error)
    shown(story, "approved")
    assert "APR-5" not in failures(story)


@pytest.mark.parametrize("unreadable", [None, 1, {}])
def test_a_decision_seen_first_behind_an_unreadable_approval_is_not_nobodys(unreadable: Any) -> None:
    story = pending()
    reject(story)
    shown(story, unreadable)
    shown(story, "rejected")
    assert "APR-5" not in failures(story)


def test_a_move_of_status_that_decides_nothing_passes() -> None:
    story = created_in()
    shown(story, "pending", status="generating")
    shown(story, "pending")
    assert results(story, "APR-5") == ["passed"]


def walk(story: HistoryBuilder, *items: Any, query: Any = "?status=completed") -> str:
    return story.list(items, query, project=REVIEW)


@pytest.mark.parametrize("approval", ["pending", "rejected"])
def test_a_filter_by_status_that_hides_what_is_not_approved_is_accused(approval: Any) -> None:
    hidden, listed = pending(), pending()
    for story, items in ((hidden, []), (listed, [item(approvalStatus=approval)])):
        if approval == "rejected":
            reject(story)
            shown(story, "rejected")
        walk(story, *items)
    assert f"is completed and {approval}, but a list with status=completed omits it" in failures(hidden)["APR-6"][0]
    assert results(listed, "APR-6") == ["passed"]


@pytest.mark.parametrize(("fmt", "verdicts"), [("video_remix", ["failed"]), ("ugc_remix", [])])
def test_a_filter_by_format_narrows_what_must_be_listed(fmt: Any, verdicts: Any) -> None:
    story = pending()
    walk(story, query=f"?status=completed&format={fmt}")
    assert results(story, "APR-6") == verdicts


def test_a_walk_that_is_not_over_leaves_nothing_out() -> None:
    story = pending()
    story.list([], "?status=completed", project=REVIEW, cursor="c2")
    assert results(story, "APR-6") == []


def test_a_container_that_was_regenerated_meanwhile_may_be_missing() -> None:
    story = pending()
    regenerate(story)
    walk(story)
    assert results(story, "APR-6") == []


def again(approval: Any, **fields: Any) -> HistoryBuilder:
    story = decided("rejected")
    regenerate(story)
    shown(story, "rejected", status="generating")
    shown(story, approval, **fields)
    return story


def test_a_regeneration_that_completes_is_pending_again() -> None:
    assert failures(again("rejected")) == {
        "APR-10": [
            'Container cnt_1 completed again in a project that requires review, and is "rejected" instead of pending.'
        ]
    }
    assert results(again("pending"), "APR-10") == ["passed"]


@pytest.mark.parametrize(("approval", "expected"), [("rejected", ["failed"]), ("pending", ["passed"])])
def test_a_reject_that_regenerates_decides_nothing_on_what_it_makes(approval: str, expected: list[str]) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, "rejected", status="generating")
    shown(story, approval, updatedAt=LATER)
    assert results(story, "APR-10") == expected


@pytest.mark.parametrize(
    ("status", "seconds", "expected"),
    [(200, 0, ["failed"]), (504, 0, []), (None, 0, []), (504, 65, ["failed"]), (None, 65, ["failed"])],
)
def test_an_approve_that_may_still_have_been_on_its_way_explains_an_approval(
    status: Any, seconds: int, expected: list[str]
) -> None:
    story = pending()
    approve(story, status)
    story.at += seconds
    regenerate(story)
    shown(story, "approved", status="generating")
    shown(story, "approved", updatedAt=LATER)
    assert results(story, "APR-10") == expected


def test_an_approve_beside_a_regenerate_may_come_after_it() -> None:
    story = pending()
    approve(story, sent=1_010.0, took=5)
    regenerate(story, sent=1_012.0, took=1)
    story.at = 1_020.0
    shown(story, "approved", status="generating")
    shown(story, "approved", updatedAt=LATER)
    assert results(story, "APR-10") == []


def test_what_a_regeneration_without_an_answer_has_made_is_not_judged() -> None:
    story = again("pending")
    regenerate(story, 3, 504)
    story.at += 65
    shown(story, "rejected", status="generating")
    shown(story, "rejected", updatedAt=LATER)
    assert results(story, "APR-10") == ["passed"]


def test_a_read_too_early_to_show_the_regeneration_is_not_judged() -> None:
    story = decided("rejected")
    regenerate(story)
    shown(story, "rejected")
    assert results(story, "APR-10") == []


def test_an_approval_long_after_a_refused_one_is_nobodys_doing() -> None:
    story = HistoryBuilder()
    story.create(project=REVIEW)
    story.read(projectId=REVIEW, approvalStatus="pending")
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    story.read(projectId=REVIEW, approvalStatus="pending")
    story.read(projectId=REVIEW, approvalStatus="approved")
    assert failures(story)["APR-5"] == ["Container cnt_1 is approved although no call has approved it."]


def test_a_regeneration_that_keeps_an_approval_is_accused_also_after_a_refused_one() -> None:
    story = HistoryBuilder()
    story.create(project=REVIEW)
    story.read(projectId=REVIEW, approvalStatus="pending")
    story.call("POST", "/v1/content/cnt_1/approve", 200, {"id": "cnt_1", "approvalStatus": "approved"})
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    story.read(projectId=REVIEW, approvalStatus="approved")
    regenerate(story)
    story.at += 10
    story.read(projectId=REVIEW, approvalStatus="approved")
    assert "completed again in a project that requires review" in failures(story)["APR-10"][0]


@pytest.mark.parametrize(("brief", "accused"), [({"language": "en"}, False), ({"hook": "Other"}, True)])
def test_a_brief_may_gain_a_default_while_what_is_decided_on_generates(brief: Any, accused: Any) -> None:
    story = created_in()
    shown(story, "pending", status="generating")
    approve(story)
    shown(story, "approved", brief=BRIEF | brief)
    assert ("APR-2" in failures(story)) == accused


@pytest.mark.parametrize(("limit", "accused"), [("0", False), ("1", True)])
def test_a_list_without_room_leaves_out_nothing(limit: Any, accused: Any) -> None:
    story = pending()
    story.list([], f"?status=completed&limit={limit}", project=REVIEW)
    assert ("APR-6" in failures(story)) == accused


def test_a_create_is_of_the_project_in_its_path_whatever_its_answer_names() -> None:
    story = HistoryBuilder()
    story.create(answer=envelope(1, REVIEW))
    story.read()
    assert results(story, "APR-4") == ["passed"]
    assert "APR-3" not in failures(story)
