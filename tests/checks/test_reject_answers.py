"""Which container the answer to a reject speaks of: REJ-1 and REJ-2."""

from typing import Any

import pytest
from histories import REVIEW, HistoryBuilder, container, envelope, failures
from moves import pending, reject

KEYED = {"headers": {"Idempotency-Key": "k"}}


def two(**answer: Any) -> HistoryBuilder:
    """Record a keyed reject of one container, and one of another under the same key and body."""
    story = pending()
    story.create(3, project=REVIEW)
    story.read(3, projectId=REVIEW, approvalStatus="pending")
    reject(story, **KEYED)
    call = {"body": {"reason": "Too loud."}, **KEYED, **answer}
    story.call("POST", "/v1/content/cnt_3/reject", **call)
    return story


@pytest.mark.parametrize(
    ("requirement", "status", "answer"),
    [
        ("REJ-1", 200, {"id": "cnt_1", "approvalStatus": "rejected"}),
        ("REJ-1", 200, container(1, projectId=REVIEW, approvalStatus="rejected")),
        ("REJ-2", 202, envelope(1, REVIEW)),
    ],
)
def test_a_reject_that_is_answered_with_another_container_is_accused(
    requirement: str, status: int, answer: Any
) -> None:
    message = "Rejecting container cnt_3 was answered with container cnt_1."
    assert message in failures(two(status=status, answer=answer))[requirement]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, {"id": "cnt_3", "approvalStatus": "rejected"}),
        (200, {"id": "dec_1", "approvalStatus": "rejected"}),
        (200, {"id": ["cnt_1"]}),
        (200, {}),
        (409, {"error": {"code": "IDEMPOTENCY_CONFLICT", "message": "Used.", "requestId": "r"}}),
    ],
)
def test_a_reject_that_names_its_container_or_none_is_not_accused(status: int, answer: Any) -> None:
    found = failures(two(status=status, answer=answer))
    assert not [
        message for messages in found.values() for message in messages if "was answered with container" in message
    ]
