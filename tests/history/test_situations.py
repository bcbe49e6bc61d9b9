"""Which situations of the table a history met: each value of a call's factors, and what was looked at afterwards."""

from __future__ import annotations

from histories import FACTS, KEY, LIST, PROJECT, HistoryBuilder

from conformance.client.exchange import judging_order
from conformance.contract.document import load
from conformance.contract.factors import reach
from conformance.history.history import History

OTHER_KEY = "11111111-7425-40de-944b-e07fc1f90ae7"


def met(story: HistoryBuilder) -> list[dict[str, str]]:
    """Return the situations of a history."""
    history = History(load(), FACTS)
    for exchange in sorted(story.exchanges, key=judging_order):
        history.observe(exchange)
    return [dict(each) for each in history.situations.met]


def has(story: HistoryBuilder, **values: str) -> bool:
    return any(values.items() <= each.items() for each in met(story))


def made(key: str | None = KEY) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(key=key)
    story.read()
    return story


def regenerate(story: HistoryBuilder, n: int = 1, status: int = 409, **more: object) -> None:
    story.error("POST", f"/v1/content/cnt_{n}/regenerate", status, "CONFLICT", **more)


def test_a_read_meets_the_state_that_was_read_before_it() -> None:
    story = made()
    story.job()
    assert has(story, operation="getJob", status="completed", approval="not_required", origin="created")
    assert not has(story, operation="getContent", status="completed"), "nobody knows what the first read meets"


def test_the_state_after_a_write_that_may_have_changed_it_is_not_known() -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/approve", 200, {})
    story.job()
    assert not has(story, operation="getJob", status="completed")


def test_callers_are_told_by_whose_project_it_is() -> None:
    story = made()
    for actor in ("other", "anonymous", "made-up-key"):
        story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", actor=actor)
    story.error("GET", "/v1/projects/prj_other_org/content", 404, "NOT_FOUND")
    for caller in ("another organization", "no API key", "wrong API key"):
        assert has(story, operation="getContent", caller=caller)
    assert has(story, operation="listContent", project="foreign", caller="another organization")


def test_a_key_is_told_by_what_it_was_used_for() -> None:
    story = made()
    story.create(key=KEY)
    story.create(key=KEY, body={"format": "auto", "brief": {"hook": "another"}})
    story.error("POST", "/v1/projects/prj_review/content", 400, "VALIDATION", body={}, headers={"Idempotency-Key": KEY})
    regenerate(story, headers={"Idempotency-Key": KEY}, body={"patch": {"hook": 7}})
    story.create(2, key=KEY, actor="other", project="prj_other_org")
    assert has(story, operation="createContent", key="fresh", body="sound")
    assert has(story, operation="createContent", key="same call", body="sound")
    assert has(story, operation="createContent", key="same call", body="changed")
    assert has(story, operation="createContent", key="other place", project="review")
    assert has(story, operation="regenerateContent", key="other operation", body="broken")
    assert has(story, operation="createContent", key="other organization", project="foreign")


def test_a_key_of_refused_calls_alone_is_none_of_an_accepted_one() -> None:
    story = HistoryBuilder()
    story.error("POST", LIST, 400, "VALIDATION", body={"format": "no"}, headers={"Idempotency-Key": KEY})
    story.create(key=KEY)
    assert has(story, key="refused", body="sound")


def test_a_body_in_other_words_has_the_same_value() -> None:
    story = made()
    story.create(
        key=KEY,
        body=b'{"brief": {"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]},  "format": "video_remix"}',
    )
    assert has(story, key="same call", body="in other words")


def test_what_is_looked_at_belongs_to_the_latest_write_that_named_the_same() -> None:
    story = made()
    regenerate(story, headers={"Idempotency-Key": OTHER_KEY})
    story.read()
    story.list([])
    story.list([], "?status=completed")
    story.job()
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", actor="other")
    regenerate(story, headers={"Idempotency-Key": OTHER_KEY})
    for looks in ("container", "job", "foreign view", "replay"):
        assert has(story, operation="regenerateContent", key="fresh", afterwards=looks), looks
    assert has(story, operation="createContent", afterwards="container")
    assert not has(story, operation="createContent", afterwards="list"), "it was listed after another write"
    assert has(story, operation="regenerateContent", afterwards="list")
    assert has(story, operation="regenerateContent", afterwards="filtered list")


def test_company_is_what_goes_on_meanwhile() -> None:
    story = HistoryBuilder()
    for n in range(1, 6):
        story.create(n)
    story.list([], "?limit=1", cursor="c1")
    regenerate(story, 2)
    story.list([], "?limit=1&cursor=c1")
    at = story.at
    regenerate(story, 3, sent=at)
    regenerate(story, 3, sent=at + 0.05)
    assert has(story, operation="createContent", company="alone")
    assert has(story, operation="createContent", company="generations")
    assert has(story, operation="createContent", company="four generations")
    assert has(story, operation="regenerateContent", company="a walk")
    assert not has(story, operation="createContent", company="a walk")
    assert has(story, operation="regenerateContent", company="at once")


def test_an_ended_generation_is_no_company() -> None:
    story = made()
    story.create(2)
    assert not has(story, operation="createContent", company="generations")


def test_texts_are_told_by_what_is_odd_in_them() -> None:
    story = HistoryBuilder()
    for n, hook in enumerate(("a", "caf\u00e9 ", "x" * 200, ""), 1):
        story.create(n, brief={"hook": hook} if hook else None, body={"brief": {"hook": hook}})
    for text in ("plain", "beyond ASCII", "blanks", "long", "empty"):
        assert has(story, operation="createContent", text=text), text


def test_only_values_of_the_table_are_met() -> None:
    story = made()
    story.call("POST", f"/v1/projects/{PROJECT}/content", 202, {}, body=b"\xff", headers={"Idempotency-Key": KEY})
    story.call("POST", "/_sandbox/clock", 200, {}, actor="harness")
    history = History(load(), FACTS)
    for exchange in story.exchanges:
        history.observe(exchange)
    assert history.situations.covered() <= set(reach())
