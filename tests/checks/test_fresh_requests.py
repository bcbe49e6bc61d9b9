"""IDM-5, IDM-7 to IDM-10: what must not be taken for a replay."""

from typing import Any

import pytest
from histories import FOREIGN, KEY, PROJECT, REVIEW, HistoryBuilder, envelope, envelope_of_error, failures, results

CONFLICT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}
OTHER_BRIEF = {"hook": "Mornings lcm-run-2"}


def idempotency(story: HistoryBuilder) -> dict[str, list[str]]:
    return {name: messages for name, messages in failures(story).items() if name.startswith("IDM")}


def two(first: dict[str, Any], second: dict[str, Any], n: int = 2) -> HistoryBuilder:
    """Record the create of `cnt_1`, and of another one that is answered with `cnt_n`."""
    story = HistoryBuilder()
    story.create(1, **first)
    story.create(n, **second)
    return story


def test_different_keys_are_different_requests() -> None:
    story = two({"key": "a"}, {"key": "b"})
    assert results(story, "IDM-5") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize("answer", [envelope(1), envelope(1) | {"jobId": "job_2"}])
def test_different_keys_that_share_a_result_fail(answer: Any) -> None:
    story = two({"key": "a"}, {"key": "b", "answer": answer})
    assert list(idempotency(story)) == ["IDM-5"]
    assert "a call with the same body and another key" in idempotency(story)["IDM-5"][0]


def test_a_fresh_key_that_conflicts_with_the_same_body_fails() -> None:
    story = two({"key": "a"}, {"key": KEY, "driver": "suite::test", **CONFLICT})
    assert "a fresh key and the body of job job_1" in idempotency(story)["IDM-5"][0]
    for older in ({"key": KEY}, {"key": "b", "driver": "suite::test"}):
        assert idempotency(two({"key": "a"}, {**older, **CONFLICT})) == {}, "the key may be older than the history"


def test_a_key_whose_other_body_was_refused_at_the_same_moment_is_a_fresh_one() -> None:
    story = HistoryBuilder()
    story.create(key="a")
    story.create(key="b", brief=OTHER_BRIEF, sent=1_001.0, **CONFLICT)
    story.create(2, key="b", sent=1_001.05)
    assert results(story, "IDM-5") == ["passed"]


def test_a_key_under_which_another_body_was_lost_gives_no_result_of_a_third_call() -> None:
    story = HistoryBuilder()
    story.create(key="a")
    story.create(key="b", brief=OTHER_BRIEF, sent=1_001.0, status=503, answer=None)
    story.create(2, key="b", sent=1_001.05)
    assert results(story, "IDM-5") == ["passed"]
    assert results(two({"key": "a"}, {"key": "a"}), "IDM-5") == [], "one key is no other one"


@pytest.mark.parametrize(("sent", "accused"), [(1_001.05, False), (1_002.0, True)])
def test_a_conflict_beside_another_body_that_may_have_come_first_shows_nothing(sent: float, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = two({"key": "a"}, {"key": KEY, "driver": "suite::test", **CONFLICT})
    story.create(2, key=KEY, brief=OTHER_BRIEF, sent=sent)
    assert ("IDM-5" in idempotency(story)) is accused


@pytest.mark.parametrize(
    "second",
    [
        {"key": "b", "brief": OTHER_BRIEF, **CONFLICT},
        {"key": "b", "status": 409, "answer": envelope_of_error("CONFLICT")},
    ],
)
def test_a_fresh_key_may_be_refused_for_something_else(second: dict[str, Any]) -> None:
    assert idempotency(two({"key": "a"}, second)) == {}


def test_bodies_that_differ_show_nothing_of_keys() -> None:
    assert results(two({"key": "a"}, {"key": "b", "brief": OTHER_BRIEF}), "IDM-5") == []
    assert results(two({}, {"brief": OTHER_BRIEF}), "IDM-7") == []


def test_without_a_key_every_call_is_fresh() -> None:
    story = two({}, {})
    assert results(story, "IDM-7") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize("keys", [({}, {}), ({"key": "a"}, {}), ({}, {"key": "a"})])
def test_calls_without_a_key_that_share_a_result_fail(keys: tuple[Any, Any]) -> None:
    story = two(*keys, n=1)
    assert list(idempotency(story)) == ["IDM-7"]


def test_a_call_without_a_key_has_nothing_to_conflict_with() -> None:
    assert "A call without a key was answered 409" in idempotency(two({}, CONFLICT))["IDM-7"][0]


def test_a_key_that_targets_may_read_differently_is_neither() -> None:
    assert idempotency(two({"key": "a b"}, {"key": "a b"}, n=1)) == {}


def test_another_organization_with_the_same_key_gets_its_own() -> None:
    story = two({"key": "a"}, {"key": "a", "actor": "other", "project": FOREIGN})
    assert results(story, "IDM-8") == ["passed"]
    assert "IDM-8" not in failures(story)


@pytest.mark.parametrize("actors", [("owner", "other"), ("other", "owner")])
def test_another_organization_that_gets_the_first_ones_result_fails(actors: tuple[str, str]) -> None:
    story = two(
        {"key": "a", "actor": actors[0], "project": FOREIGN if actors[0] == "other" else PROJECT},
        {
            "key": "a",
            "actor": actors[1],
            "project": FOREIGN if actors[1] == "other" else PROJECT,
            "answer": envelope(1),
        },
    )
    assert list(idempotency(story)) == ["IDM-8"]
    assert "another organization's call with the same key: job job_1" in idempotency(story)["IDM-8"][0]


@pytest.mark.parametrize("second", [{"answer": envelope(2, REVIEW)}, CONFLICT])
def test_another_project_with_the_same_key_gets_its_own_or_a_conflict(second: dict[str, Any]) -> None:
    story = two({"key": "a"}, {"key": "a", "project": REVIEW, **second})
    assert results(story, "IDM-9") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize("answer", [envelope(1), envelope(1) | {"jobId": "job_2", "projectId": REVIEW}])
def test_another_project_that_gets_the_first_ones_container_fails(answer: Any) -> None:
    story = two({"key": "a"}, {"key": "a", "project": REVIEW, "answer": answer})
    assert list(idempotency(story)) == ["IDM-9"]


def other_operation(path: str, status: int, answer: Any, **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(1, key="a")
    story.call("POST", f"/v1/content/cnt_1/{path}", status, answer, headers={"Idempotency-Key": "a"}, **more)
    return story


@pytest.mark.parametrize(
    ("status", "answer"), [(202, envelope(2, container_id="cnt_1")), (409, envelope_of_error("X"))]
)
def test_another_operation_with_the_same_key_gets_its_own_or_a_conflict(status: int, answer: Any) -> None:
    story = other_operation("regenerate", status, answer)
    assert results(story, "IDM-10") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("regenerate", {}),
        ("clone-from-post", {"body": {"sourcePlatformPostId": "post_1"}}),
        ("reject", {"body": {"reason": "Dull.", "regenerate": True}}),
    ],
)
def test_another_operation_that_gets_the_first_ones_result_fails(path: str, more: dict[str, Any]) -> None:
    story = other_operation(path, 202, envelope(1), **more)
    assert list(idempotency(story)) == ["IDM-10"]


def test_a_clone_that_gets_the_container_of_a_create_with_the_same_key_fails() -> None:
    story = other_operation(
        "clone-from-post", 202, envelope(2, container_id="cnt_1"), body={"sourcePlatformPostId": "post_1"}
    )
    assert list(idempotency(story)) == ["IDM-10"]


def test_a_reject_may_show_the_job_of_its_container() -> None:
    story = other_operation("reject", 200, {"id": "cnt_1", "jobId": "job_1"}, body={"reason": "Dull."})
    assert idempotency(story) == {}


def test_a_regeneration_of_another_container_with_the_same_key_gets_its_own() -> None:
    story = HistoryBuilder()
    for n in (1, 2):
        story.create(n)
        answer = envelope(3, container_id=f"cnt_{n}")
        story.call("POST", f"/v1/content/cnt_{n}/regenerate", 202, answer, headers={"Idempotency-Key": "a"})
    assert list(idempotency(story)) == ["IDM-11"]


def test_two_regenerates_without_a_key_are_two() -> None:
    story = HistoryBuilder()
    story.create()
    for _ in range(2):
        story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body={"patch": {}})
    assert "no common key" in failures(story)["IDM-7"][0]


@pytest.mark.parametrize(("keys", "kept"), [((None, None), ["passed"]), ((None, "b"), []), (("a", "b"), [])])
def test_two_regenerates_without_a_key_that_start_two_jobs_are_fresh(
    keys: tuple[str | None, ...], kept: list[str]
) -> None:
    story = HistoryBuilder()
    story.create()
    for job, key in enumerate(keys, start=2):
        headers = {"Idempotency-Key": key} if key else {}
        answer = envelope(job, container_id="cnt_1")
        story.call("POST", "/v1/content/cnt_1/regenerate", 202, answer, body={"patch": {}}, headers=headers)
    assert results(story, "IDM-7") == kept
    assert results(story, "IDM-5") == []


@pytest.mark.parametrize("path", ["/v1/content/cnt_1/approve", "/v1/content/cnt_1/reopen"])
def test_a_key_that_another_call_has_carried_is_no_fresh_one(path: str) -> None:
    story = HistoryBuilder()
    story.create(1, key="k1")
    story.call("POST", path, 409, headers={"Idempotency-Key": "k2"})
    story.create(2, key="k2", status=409, answer=envelope_of_error("IDEMPOTENCY_CONFLICT"))
    assert "IDM-5" not in failures(story)
