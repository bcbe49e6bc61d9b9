"""The judges of CRE-1, 2, 3, 7 and 9, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import (
    BRIEF,
    FOREIGN,
    KEY,
    PROJECT,
    REVIEW,
    HistoryBuilder,
    container,
    envelope,
    envelope_of_error,
    failures,
    results,
)
from moves import create

PLAIN = {"hook": "Evenings lcm-run-1", "targetPlatforms": ["tiktok"], "influencerId": "inf_1", "themeTags": ["launch"]}
OTHER_BRIEF = {"hook": "Mornings lcm-run-2"}


def refused(status: int, code: str = "X", **more: Any) -> list[str]:
    return results(create(**{"status": status, "fmt": "auto", "answer": {"error": {"code": code}}} | more), "CRE-1")


def test_a_good_create_passes() -> None:
    story = create(brief=PLAIN)
    story.create(2, project=REVIEW, brief=OTHER_BRIEF)
    story.create(3, project=FOREIGN, brief={"hook": "Nights"}, actor="other")
    assert failures(story) == {}
    for requirement in ("CRE-1", "CRE-2", "CRE-7"):
        assert results(story, requirement) == ["passed"] * 3


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        ({"stage": None, "startedAt": None}, "lacks stage, startedAt"),
        ({"jobId": 7}, "has no non-empty string in jobId"),
        ({"containerId": ""}, "has no non-empty string in containerId"),
        ({"kind": "content"}, 'has the kind "content" instead of content_generate'),
        ({"kind": None, "status": 5}, "lacks kind and has no non-empty string in status"),
        ({"jobId": 7, "stage": 5}, "has no non-empty string in jobId, stage"),
    ],
)
def test_an_envelope_that_misses_something_fails(change: dict[str, Any], fragment: str) -> None:
    assert failures(create(answer=envelope() | change))["CRE-1"] == [f"The envelope of a create {fragment}."]


@pytest.mark.parametrize("answer", [[], b"ok", None, 5])
def test_an_answer_that_is_no_envelope_at_all_fails(answer: Any) -> None:
    assert "lacks jobId, kind" in failures(create(answer=answer))["CRE-1"][0]


def test_another_2xx_fails_for_a_valid_create_only() -> None:
    assert failures(create(status=200))["CRE-1"] == ["A valid create was answered 200 instead of 202."]
    assert "CRE-1" not in failures(create(status=200, body={"format": "auto"}))
    assert results(create(status=200, actor="anonymous"), "CRE-1") == []


@pytest.mark.parametrize("status", [400, 404, 405, 409, 415, 422])
def test_a_plain_create_may_not_be_refused(status: int) -> None:
    assert refused(status, brief=PLAIN) == ["failed"]


@pytest.mark.parametrize("status", [401, 402, 403, 406, 429, 431, 500, 503])
def test_a_refusal_of_the_caller_is_no_observation(status: int) -> None:
    assert refused(status, brief=PLAIN) == []


@pytest.mark.parametrize(
    "brief",
    [
        {"hook": "   "},
        {"hook": " Evenings"},
        {"hook": "..."},
        {"hook": "ü"},
        {"hook": "a", "themeTags": []},
        {"hook": "a", "themeTags": ["b", "b"]},
        {"hook": "a", "themeTags": list("abcdefghi")},
        {"hook": "a", "influencerId": "inf_9"},
        {"hook": "a", "more": 1},
    ],
)
def test_a_brief_that_an_unstated_limit_could_hit_may_be_refused(brief: Any) -> None:
    assert refused(400, brief=brief) == []


@pytest.mark.parametrize(
    ("fmt", "material"), [("video_remix", {"referenceMediaIds": ["med_r1"]}), ("ugc_remix", {"influencerId": "inf_1"})]
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_create_without_what_its_format_is_made_of_may_be_refused(fmt: str, material: Any, status: int) -> None:
    brief = {"hook": BRIEF["hook"]}
    assert refused(status, fmt=fmt, brief=brief) == []
    assert refused(status, fmt=fmt, brief=brief | material) == ["failed"]
    story = create(fmt=fmt, brief=brief)
    assert failures(story) == {}


def test_eight_tags_are_no_reason_to_refuse() -> None:
    assert refused(400, brief=BRIEF | {"themeTags": list("abcdefgh")}) == ["failed"]


def test_a_hook_of_few_characters_is_a_reason_to_refuse() -> None:
    assert refused(400, brief={"hook": "Nine ones"}) == []
    assert refused(400, brief={"hook": "Ten signs."}) == ["failed"]


def test_what_stands_around_a_create_may_explain_a_refusal() -> None:
    assert refused(409, key=KEY) == []
    assert refused(400, key=KEY) == ["failed"]
    assert refused(400, key="k") == refused(422, key="k" * 129) == refused(400, key="a,b") == []
    assert refused(404, project="prj_unknown") == []
    assert refused(404, project="prj_archive") == []
    assert refused(404, project=FOREIGN, actor="other") == []
    path, body = f"/v1/projects/{PROJECT}/content", {"format": "auto", "brief": BRIEF}
    story = HistoryBuilder()
    story.call("POST", path, 400, body=body, headers={"X-Odd": "\x80"})
    story.call("POST", f"{path}?x=1", 400, body=body)
    assert results(story, "CRE-1") == []


@pytest.mark.parametrize(("status", "expected"), [(200, []), (None, []), (500, []), (404, ["failed"])])
def test_an_archived_project_takes_no_more_creates(status: int | None, expected: list[str]) -> None:
    story = HistoryBuilder()
    story.call("DELETE", f"/v1/projects/{PROJECT}", status)
    story.create(status=404, answer={})
    assert results(story, "CRE-1") == expected


@pytest.mark.parametrize("status", [200, 404])
def test_a_project_that_changes_on_its_way_may_be_another_one(status: int) -> None:
    assert results(create(project="prj%2Fplain", status=status), "CRE-1") == []


def test_what_a_used_key_is_answered_belongs_to_idempotency() -> None:
    story = create(key="k")
    story.create(key="k", status=200)
    story.create(key="k", status=202, project=REVIEW, answer=envelope())
    story.create(key="k", body={"format": 5})
    assert set(failures(story)) & {"CRE-1", "CRE-2", "CRE-7", "CRE-9"} == set()


@pytest.mark.parametrize("first", [None, 429, 500, 503])
def test_a_call_that_met_no_answer_is_fresh_when_it_is_sent_again(first: int | None) -> None:
    story = create(key="k", status=first, answer=None)
    story.create(key="k")
    story.create(2, key="k", status=200)
    assert results(story, "CRE-1") == ["passed"]


def test_a_refused_request_leaves_its_key_free_to_be_accepted_or_to_be_refused_again() -> None:
    story = create(key="k", body={"format": 5}, status=400, answer=None)
    story.create(key="k", status=400, answer=None)
    story.create(key="k", answer=envelope() | {"stage": None})
    assert results(story, "CRE-1") == ["failed"]
    assert results(story, "CRE-7") == ["passed"]


def test_whatever_a_used_key_stands_for_no_success_of_another_project_is_a_200() -> None:
    story = create(key="k")
    story.create(key="k", project=REVIEW, status=200, answer=envelope())
    assert results(story, "CRE-1") == ["passed", "failed"]


def test_a_conflict_does_not_make_a_lost_call_another_one() -> None:
    story = create(key="k", status=None, answer=None)
    story.create(key="k", brief=OTHER_BRIEF, status=409, answer=None)
    story.create(key="k")
    assert results(story, "CRE-1") == ["passed"]


def test_the_envelope_of_another_project_fails() -> None:
    story = create(answer=envelope(project="prj_elsewhere"))
    assert failures(story)["CRE-2"] == ["A create in project prj_plain was answered with the project prj_elsewhere."]
    assert results(create(answer=envelope(project="PRJ_PLAIN")), "CRE-2") == ["failed"]
    assert results(create(answer=envelope() | {"projectId": 5}), "CRE-2") == []


INVALID = [{"format": "gif", "brief": BRIEF}, {"format": "auto", "brief": {"hook": 5}}, [], b"{", b"\xff"]


@pytest.mark.parametrize("body", INVALID)
def test_an_invalid_create_must_not_be_accepted(body: Any) -> None:
    assert "A create was answered 202 although" in failures(create(body=body))["CRE-9"][0]
    assert results(create(body=body, status=200), "CRE-9") == ["failed"]
    for status in (400, 413, 415, 422):
        assert results(create(body=body, status=status, answer=None), "CRE-9") == ["passed"]
    for status in (401, 404, 429, 500):
        assert results(create(body=body, status=status, answer=None), "CRE-9") == []


@pytest.mark.parametrize(
    "body", [{"brief": BRIEF}, {"format": None, "brief": BRIEF}, {"format": "auto", "brief": {}, "x": 1}]
)
def test_what_no_page_forbids_may_be_accepted_or_refused(body: Any) -> None:
    assert "CRE-9" not in failures(create(body=body))
    assert refused(400, body=body) == []


@pytest.mark.parametrize("more", [{"status": 200}, {"status": 400, "fmt": "auto"}, {"actor": "anonymous"}])
def test_only_the_envelope_of_an_accepted_create_locates_a_job(more: Any) -> None:
    story = create(answer=envelope() | {"locationUrl": "/v1/jobs/job_2"}, **more)
    assert results(story, "CRE-3") == []


@pytest.mark.parametrize(
    ("container_id", "job_id", "named"), [("cnt_1", "job_2", "containerId cnt_1"), ("cnt_2", "job_1", "jobId job_1")]
)
def test_a_fresh_create_that_is_given_old_ids_fails(container_id: str, job_id: str, named: str) -> None:
    story = create(key="k1")
    story.create(2, brief=OTHER_BRIEF, key="k2", answer=envelope(2) | {"containerId": container_id, "jobId": job_id})
    assert failures(story)["CRE-7"] == [f"A new create was answered with the {named}, which was in use before."]


def test_the_same_body_again_belongs_to_idempotency_and_so_does_a_used_key() -> None:
    story = create()
    story.create()
    story.create(key="k1")
    story.create(key="k1", brief=OTHER_BRIEF)
    assert results(story, "CRE-7") == ["passed"]


@pytest.mark.parametrize("ids", [{"jobId": 7}, {"containerId": ""}, {"jobId": None, "containerId": None}])
def test_what_is_no_id_can_not_be_given_twice(ids: Any) -> None:
    story = create(answer=envelope() | ids)
    story.create(2, brief=OTHER_BRIEF, answer=envelope(2) | ids)
    assert "failed" not in results(story, "CRE-7")


def test_what_a_caller_without_a_key_is_given_is_a_matter_of_access() -> None:
    story = create()
    story.create(brief=OTHER_BRIEF, actor="anonymous")
    assert results(story, "CRE-7") == ["passed"]


def test_an_id_that_was_read_or_given_to_a_clone_before_is_taken() -> None:
    story = HistoryBuilder()
    story.read()
    story.create()
    assert "containerId cnt_1" in failures(story)["CRE-7"][0]
    story = HistoryBuilder()
    story.call("POST", "/v1/content/cnt_9/clone-from-post", 202, envelope(kind="content_clone"), body={"x": 1})
    story.create()
    assert len(failures(story)["CRE-7"]) == 2


def test_a_read_that_had_not_ended_shows_no_earlier_container() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", 200, container(), sent=1_000.0, took=0.1)
    story.create(sent=1_000.05)
    assert "CRE-7" not in failures(story)


@pytest.mark.parametrize(("first", "expected"), [(None, []), (500, []), (429, ["failed"])])
def test_a_retry_may_be_given_what_its_lost_call_has_made(first: int | None, expected: list[str]) -> None:
    story = create(key="k", status=first, answer=None)
    story.read()
    story.create(key="k")
    assert results(story, "CRE-7") == expected


@pytest.mark.parametrize(
    ("asked", "told_id", "expected"), [(str.upper, str.lower, "passed"), (str.lower, str.upper, "failed")]
)
def test_a_uuid_may_come_back_in_lower_case_alone(asked: Any, told_id: Any, expected: str) -> None:
    uuid = "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"
    assert results(create(project=asked(uuid), answer=envelope(project=told_id(uuid))), "CRE-2") == [expected]


def test_the_same_body_in_another_project_is_another_create() -> None:
    story = create()
    story.create(project=REVIEW, answer=envelope(1, REVIEW))
    assert "containerId cnt_1" in failures(story)["CRE-7"][0]


CONFLICT = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}


@pytest.mark.parametrize(
    "before",
    [
        {"actor": "other", "project": FOREIGN},
        {"actor": "anonymous", "status": 401, "answer": envelope_of_error("UNAUTHENTICATED")},
        {"actor": "other", "project": FOREIGN, **CONFLICT},
    ],
)
def test_a_key_that_only_others_have_used_is_new_to_its_caller(before: dict[str, Any]) -> None:
    story = HistoryBuilder()
    story.create(2, key=KEY, **before)
    story.create(1, key=KEY, **CONFLICT)
    assert "under a key that its caller had never used was refused with 409" in failures(story)["CRE-1"][0]


def test_a_fresh_key_of_a_driver_meets_no_conflict() -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY, driver="suite::test", **CONFLICT)
    assert list(failures(story)) == ["CRE-1"]
    unknown = HistoryBuilder()
    unknown.create(1, key=KEY, **CONFLICT)
    assert failures(unknown) == {}, "the key may be older than the history"


def test_a_fresh_key_of_an_unusual_form_may_be_refused_and_is_no_conflict() -> None:
    story = HistoryBuilder()
    story.create(1, key="ab12" * 50 + "-1", driver="suite::test")
    story.create(2, key="ab12" * 50 + "-2", driver="suite::test", **CONFLICT)
    assert list(failures(story)) == ["CRE-1"]
    refused = HistoryBuilder()
    refused.create(1, key="ab12" * 50, driver="suite::test", status=400, answer=envelope_of_error("VALIDATION"))
    assert failures(refused) == {}


@pytest.mark.parametrize(
    "before",
    [
        {"project": REVIEW},
        {"status": 503, "answer": None},
        {"status": None, "answer": None, "error": "timed out"},
        {"sent": 1_000.9, "took": 0.05},
    ],
)
def test_a_key_that_its_caller_has_used_may_meet_one(before: dict[str, Any]) -> None:
    story = HistoryBuilder()
    story.create(2, key=KEY, driver="suite::test", **before)
    story.create(1, key=KEY, driver="suite::test", **CONFLICT)
    assert "CRE-1" not in failures(story)


def test_a_key_that_is_sent_twice_at_once_may_be_locked_for_either() -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY, driver="suite::test", sent=1_000.0, took=2, **CONFLICT)
    story.create(1, key=KEY, driver="suite::test", sent=1_000.5, took=1)
    assert "CRE-1" not in failures(story)


def test_a_plain_conflict_of_an_archived_project_is_none_of_a_key() -> None:
    story = HistoryBuilder()
    story.call("DELETE", f"/v1/projects/{PROJECT}", answer={})
    story.create(1, key=KEY, driver="suite::test", **CONFLICT)
    assert "CRE-1" not in failures(story)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_of_a_create_is_not_explained_by_what_others_used_its_key_for(status: int) -> None:
    story = HistoryBuilder()
    story.create(2, key=KEY, actor="other", project=FOREIGN)
    story.create(1, key=KEY, fmt="auto", status=status, answer=envelope_of_error("X"))
    assert f"was refused with {status} X." in failures(story)["CRE-1"][0]
