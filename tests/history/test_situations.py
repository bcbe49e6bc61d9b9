"""Which situations of the table a history met: each value of a call's factors, and what was looked at afterwards."""

from __future__ import annotations

from histories import FACTS, KEY, LIST, PROJECT, Told

from conformance.contract.document import load
from conformance.contract.factors import reach
from conformance.door.exchange import judging_order
from conformance.history.history import History

OTHER_KEY = "11111111-7425-40de-944b-e07fc1f90ae7"


def met(told: Told) -> list[dict[str, str]]:
    """Return the situations of a history."""
    history = History(load(), FACTS)
    for exchange in sorted(told.exchanges, key=judging_order):
        history.observe(exchange)
    return [dict(each) for each in history.situations.met]


def has(told: Told, **values: str) -> bool:
    return any(values.items() <= each.items() for each in met(told))


def made(key: str | None = KEY) -> Told:
    told = Told()
    told.create(key=key)
    told.read()
    return told


def regenerate(told: Told, n: int = 1, status: int = 409, **more: object) -> None:
    told.error("POST", f"/v1/content/cnt_{n}/regenerate", status, "CONFLICT", **more)


def test_a_read_meets_the_state_that_was_read_before_it() -> None:
    told = made()
    told.job()
    assert has(told, operation="getJob", status="completed", approval="not_required", origin="created")
    assert not has(told, operation="getContent", status="completed"), "nobody knows what the first read meets"


def test_the_state_after_a_write_that_may_have_changed_it_is_not_known() -> None:
    told = made()
    told.call("POST", "/v1/content/cnt_1/approve", 200, {})
    told.job()
    assert not has(told, operation="getJob", status="completed")


def test_callers_are_told_by_whose_project_it_is() -> None:
    told = made()
    for actor in ("other", "anonymous", "made-up-key"):
        told.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", actor=actor)
    told.error("GET", "/v1/projects/prj_other_org/content", 404, "NOT_FOUND")
    for caller in ("another organization", "no API key", "wrong API key"):
        assert has(told, operation="getContent", caller=caller)
    assert has(told, operation="listContent", project="foreign", caller="another organization")


def test_a_key_is_told_by_what_it_was_used_for() -> None:
    told = made()
    told.create(key=KEY)
    told.create(key=KEY, body={"format": "auto", "brief": {"hook": "another"}})
    told.error("POST", "/v1/projects/prj_review/content", 400, "VALIDATION", body={}, headers={"Idempotency-Key": KEY})
    regenerate(told, headers={"Idempotency-Key": KEY}, body={"patch": {"hook": 7}})
    told.create(2, key=KEY, actor="other", project="prj_other_org")
    assert has(told, operation="createContent", key="fresh", body="sound")
    assert has(told, operation="createContent", key="same call", body="sound")
    assert has(told, operation="createContent", key="same call", body="changed")
    assert has(told, operation="createContent", key="other place", project="review")
    assert has(told, operation="regenerateContent", key="other operation", body="broken")
    assert has(told, operation="createContent", key="other organization", project="foreign")


def test_a_key_of_refused_calls_alone_is_none_of_an_accepted_one() -> None:
    told = Told()
    told.error("POST", LIST, 400, "VALIDATION", body={"format": "no"}, headers={"Idempotency-Key": KEY})
    told.create(key=KEY)
    assert has(told, key="refused", body="sound")


def test_a_body_in_other_words_has_the_same_value() -> None:
    told = made()
    told.create(
        key=KEY,
        body=b'{"brief": {"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]},  "format": "video_remix"}',
    )
    assert has(told, key="same call", body="in other words")


def test_what_is_looked_at_belongs_to_the_latest_write_that_named_the_same() -> None:
    told = made()
    regenerate(told, headers={"Idempotency-Key": OTHER_KEY})
    told.read()
    told.list([])
    told.list([], "?status=completed")
    told.job()
    told.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", actor="other")
    regenerate(told, headers={"Idempotency-Key": OTHER_KEY})
    for looks in ("container", "job", "foreign view", "replay"):
        assert has(told, operation="regenerateContent", key="fresh", afterwards=looks), looks
    assert has(told, operation="createContent", afterwards="container")
    assert not has(told, operation="createContent", afterwards="list"), "it was listed after another write"
    assert has(told, operation="regenerateContent", afterwards="list")
    assert has(told, operation="regenerateContent", afterwards="filtered list")


def test_company_is_what_goes_on_meanwhile() -> None:
    told = Told()
    for n in range(1, 6):
        told.create(n)
    told.list([], "?limit=1", cursor="c1")
    regenerate(told, 2)
    told.list([], "?limit=1&cursor=c1")
    at = told.at
    regenerate(told, 3, sent=at)
    regenerate(told, 3, sent=at + 0.05)
    assert has(told, operation="createContent", company="alone")
    assert has(told, operation="createContent", company="generations")
    assert has(told, operation="createContent", company="four generations")
    assert has(told, operation="regenerateContent", company="a walk")
    assert not has(told, operation="createContent", company="a walk")
    assert has(told, operation="regenerateContent", company="at once")


def test_an_ended_generation_is_no_company() -> None:
    told = made()
    told.create(2)
    assert not has(told, operation="createContent", company="generations")


def test_texts_are_told_by_what_is_odd_in_them() -> None:
    told = Told()
    for n, hook in enumerate(("a", "caf\u00e9 ", "x" * 200, ""), 1):
        told.create(n, brief={"hook": hook} if hook else None, body={"brief": {"hook": hook}})
    for text in ("plain", "beyond ASCII", "blanks", "long", "empty"):
        assert has(told, operation="createContent", text=text), text


def test_only_values_of_the_table_are_met() -> None:
    told = made()
    told.call("POST", f"/v1/projects/{PROJECT}/content", 202, {}, body=b"\xff", headers={"Idempotency-Key": KEY})
    told.call("POST", "/_sandbox/clock", 200, {}, actor="harness")
    history = History(load(), FACTS)
    for exchange in told.exchanges:
        history.observe(exchange)
    assert history.situations.covered() <= set(reach())
