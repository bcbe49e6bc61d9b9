"""Keys in answers, and errors that show what another organization has said: AUT-5 and AUT-4.

What they say of AUT-1, AUT-2 is approved too.
"""

from __future__ import annotations

from typing import Any

import pytest
from histories import (
    BRIEF,
    FOREIGN,
    LIST,
    HistoryBuilder,
    container,
    envelope,
    failures,
    job,
    results,
)

PLACEHOLDER = "[secret:owner]"


def test_a_key_in_an_answer_fails_and_is_not_written_into_the_message() -> None:
    story = HistoryBuilder()
    story.call(
        "GET",
        "/v1/x",
        403,
        {"seen": f"key {PLACEHOLDER}"},
        answer_headers={"X-Key": PLACEHOLDER},
        headers={"X-Api-Key": PLACEHOLDER},
    )
    story.call("GET", "/v1/x", 403, {"seen": "[secret:other]"}, actor="anonymous")
    both, body = failures(story)["AUT-5"]
    assert both.endswith("answered 403 and returned the API key in the header X-Key and in the body.")
    assert body.endswith("in the body.")
    assert "secret" not in both + body


def test_answers_that_hold_no_key_pass_with_or_without_one() -> None:
    story = HistoryBuilder()
    story.read()
    story.call("GET", "/v1/x", 401, {"seen": "[secret:]"}, actor="anonymous", headers={"X-Api-Key": PLACEHOLDER})
    story.call("GET", "/v1/x", None)
    assert results(story, "AUT-5") == ["passed", "passed"]


def test_text_that_looks_like_a_placeholder_may_be_given_back() -> None:
    story = HistoryBuilder()
    story.create(brief={"hook": PLACEHOLDER})
    story.read(brief={"hook": PLACEHOLDER})
    assert "AUT-5" not in failures(story)


@pytest.mark.parametrize("path", [f"/v1/content/{PLACEHOLDER}", "/v1/content/x?a=%5Bsecret%3Aother%5D"])
def test_a_placeholder_sent_in_a_url_may_be_given_back_then_and_later(path: str) -> None:
    story = HistoryBuilder()
    story.call("GET", path, 404, {"path": PLACEHOLDER})
    story.call("GET", "/v1/x", 404, {"last": PLACEHOLDER})
    assert results(story, "AUT-5") == []


def test_a_key_between_bytes_that_are_no_text_is_found() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/x", 400, b"\xff" + PLACEHOLDER.encode() + b"\xfe", body=b"\xff[secret:]")
    assert failures(story)["AUT-5"] == ["GET /v1/x answered 400 and returned the API key in the body."]


def test_each_header_that_repeats_a_key_is_named() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/x", 400, answer_headers={"X-A": f"k={PLACEHOLDER}", "X-B": "1", "X-C": PLACEHOLDER})
    (message,) = failures(story)["AUT-5"]
    assert message.endswith("in the header X-A and in the header X-C.")


THEIRS = "cnt_foreign01"


THEIR_BRIEF = {"hook": "Mornings lcm-run-2"}


def overheard(message: str, body: Any = BRIEF, said: Any = THEIR_BRIEF, actor: str = "owner") -> HistoryBuilder:
    """Return a history in which the other organization creates, and then a create of the owner is refused with a message."""
    story = HistoryBuilder()
    story.create(2, project=FOREIGN, actor="other", brief=said, answer=envelope(2, FOREIGN, container_id=THEIRS))
    error = {"code": "VALIDATION", "message": "No.", "requestId": "req_1", "details": [{"message": message}]}
    story.call("POST", LIST, 422, {"error": error}, body={"format": "no", "brief": body}, actor=actor)
    return story


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("The last value was Mornings lcm-run-2", "the mark lcm-run-2 of a hook"),
        (f"The key belongs to {THEIRS}.", f"the id {THEIRS}"),
    ],
)
def test_an_error_that_shows_what_another_organization_sent_or_made_fails(message: str, shown: str) -> None:
    sentence = f"createContent answered 422 to the key of the owner and showed {shown} of the other organization."
    assert failures(overheard(message))["AUT-4"] == [sentence]


@pytest.mark.parametrize(
    "story",
    [
        overheard("The last value was Evenings lcm-run-1"),
        overheard("The hook is Mornings lcm-run-2", body=THEIR_BRIEF),
        overheard("The hook is Evenings lcm-run-1", said=BRIEF),
        overheard("The hook is Mornings lcm-run-2", actor="other"),
        overheard("The hook begins with lcm-run-2", body={"hook": "Evenings lcm-run-21"}),
        overheard("The hook is Noons lcm-run-9, of nobody here"),
        overheard(f"There is no container {THEIRS}", body={"hook": f"As {THEIRS}"}),
        overheard("A hook has 20000000 characters at most, or cnt_foreign02."),
    ],
    ids=["own", "own too", "of both", "its own", "cut short", "nobody's", "named", "unknown"],
)
def test_an_error_may_show_what_its_caller_has_sent_itself(story: HistoryBuilder) -> None:
    assert "AUT-4" not in failures(story)


@pytest.mark.parametrize(("key", "accused"), [("k-1", False), ("k-2", True)])
def test_a_conflict_may_name_an_id_that_its_caller_has_named_under_the_same_key(key: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = overheard("No.")
    path = f"/v1/content/{THEIRS}/regenerate"
    story.error("POST", path, 404, "NOT_FOUND", headers={"Idempotency-Key": "k-1"})
    error = {"code": "CONFLICT", "message": f"The key was used for {path}.", "requestId": "req_2"}
    story.call("POST", LIST, 409, {"error": error}, body={"format": "no"}, headers={"Idempotency-Key": key})
    assert ("AUT-4" in failures(story)) is accused


def told_of_its_own(answer: dict[str, Any], path: str = "/v1/jobs/job_1") -> HistoryBuilder:
    """Return a history in which both organizations create, and the owner is then answered about what it made itself."""
    story = HistoryBuilder()
    story.create(1)
    story.create(2, project=FOREIGN, actor="other", brief=THEIR_BRIEF)
    story.call("GET", path, 200, answer)
    return story


def test_an_answer_about_ones_own_that_shows_what_another_organization_sent_fails() -> None:
    story = told_of_its_own(job(1, status="failed", error={"message": "The hook Mornings lcm-run-2 was refused."}))
    sentence = (
        "getJob answered 200 to the key of the owner and showed the mark lcm-run-2 of a hook of the other organization."
    )
    assert failures(story) == {"AUT-4": [sentence]}


def test_an_answer_about_ones_own_that_shows_what_one_has_sent_passes() -> None:
    assert (
        failures(told_of_its_own(job(1, status="failed", error={"message": "Evenings lcm-run-1 was refused."}))) == {}
    )


@pytest.mark.parametrize(
    ("path", "answer", "named"),
    [
        ("/v1/content/cnt_1/progress", job(2), "jobId"),
        ("/v1/jobs/job_1", job(1, containerId="cnt_2"), "containerId"),
        ("/v1/content/cnt_1", container(1, id="cnt_2"), "id"),
    ],
)
def test_a_read_of_ones_own_that_names_what_another_organization_made_fails(
    path: str, answer: dict[str, Any], named: str
) -> None:
    assert f"with the {named} " in failures(told_of_its_own(answer, path))["AUT-4"][0]


@pytest.mark.parametrize("answer", [job(1), job(1, containerId=None), job(1, containerId=["cnt_2"]), job(9)])
def test_a_read_of_ones_own_that_names_ones_own_or_nothing_known_is_not_accused(answer: dict[str, Any]) -> None:
    assert "AUT-4" not in failures(told_of_its_own(answer))


def test_a_read_that_names_nothing_is_not_the_container_whose_id_is_empty() -> None:
    story = HistoryBuilder()
    story.create(2, project=FOREIGN, actor="other", answer=envelope(2, FOREIGN) | {"containerId": ""})
    story.create(1)
    story.call("GET", "/v1/jobs/job_1", 200, {"status": "running"})
    assert "AUT-4" not in failures(story)
