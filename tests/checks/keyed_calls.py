"""Histories of calls with one key, and the failures of the family IDM in them."""

from typing import Any

from histories import BRIEF, KEY, HistoryBuilder, envelope, envelope_of_error, failures

FIRST = {"format": "video_remix", "brief": BRIEF}
SECOND = {"format": "auto", "brief": {"hook": "Mornings lcm-run-2"}}
SAME_IN_OTHER_BYTES = (
    b'{ "brief": {"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]}, "format": "video_remix" }'
)
CONFLICT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}


def again(story: HistoryBuilder, n: int = 1, **more: Any) -> str:
    """Record a create with the key `k`, answered as the create of container `cnt_n` unless `more` says otherwise."""
    return story.create(n, key=KEY, **more)


def first() -> HistoryBuilder:
    story = HistoryBuilder()
    again(story)
    return story


def idempotency(story: HistoryBuilder) -> dict[str, list[str]]:
    """Return the failures of the family alone."""
    return {name: messages for name, messages in failures(story).items() if name.startswith("IDM")}


def parallel(**more: Any) -> HistoryBuilder:
    """Record a create, and of another that is sent before the first is answered."""
    story = HistoryBuilder()
    again(story, sent=1000.0, took=1.0)
    again(story, sent=1000.5, took=1.0, **more)
    return story


def refusing_each_other(*statuses: int | None, gap: float = 0.1) -> HistoryBuilder:
    story = HistoryBuilder()
    for number, status in enumerate(statuses):
        again(story, sent=1000.0 + gap * number, took=1.0, status=status, answer=envelope_of_error("CONFLICT"))
    return story


def regenerate(story: HistoryBuilder, job: int = 2, **more: Any) -> str:
    more = {"status": 202, "answer": envelope(job, container_id="cnt_1")} | more
    headers = more.pop("headers", {"Idempotency-Key": "r"})
    return story.call("POST", "/v1/content/cnt_1/regenerate", headers=headers, **more)
