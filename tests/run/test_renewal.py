"""What a replay sends in place of the ids, cursors, tags, keys and marks of a recorded history."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from histories import HistoryBuilder

from conformance.client.exchange import Exchange, Response
from conformance.exceptions import NotReached
from conformance.replay.renewal import Renewal
from conformance.replay.replayer import _groups

OLD, NEW = "cnt_1a2b3c4d5e", "cnt_9z8y7x6w5v"


def read(path: str, answer: object, tag: str | None = None) -> Exchange:
    story = HistoryBuilder()
    story.call("GET", path, 200, answer, answer_headers={"ETag": tag} if tag else {})
    return story.exchanges[0]


def learned(old: object, new: object, settings: Any = None) -> Renewal:
    renewal = Renewal(settings or {})
    exchange = read("/v1/projects/p/content", old)
    assert exchange.response is not None
    answer = Response(200, exchange.response.headers, json.dumps(new).encode())
    renewal.prepare(exchange)
    renewal.learn(exchange, replace(exchange, response=answer))
    return renewal


def test_an_id_becomes_what_stands_in_its_place_now() -> None:
    renewal = learned(
        {"items": [{"id": OLD}], "nextCursor": "page-2"}, {"items": [{"id": NEW}], "nextCursor": "p-77/x"}
    )
    assert renewal.path(f"/v1/content/{OLD}") == f"/v1/content/{NEW}"
    assert (
        renewal.path("/v1/projects/p/content?limit=1&cursor=page-2") == "/v1/projects/p/content?limit=1&cursor=p-77%2Fx"
    )
    assert renewal.body(b'{"ids": ["' + OLD.encode() + b'"]}') == b'{"ids": ["' + NEW.encode() + b'"]}'
    assert renewal.body(b"\xff") == b"\xff"


def test_the_first_answer_that_gives_an_id_counts() -> None:
    renewal = learned([{"id": OLD}, {"id": OLD}], [{"id": NEW}, {"id": "cnt_another1"}])
    assert renewal[OLD] == NEW


def test_what_the_target_was_configured_with_stays() -> None:
    renewal = learned({"projectId": "prj_12345"}, {"projectId": "prj_other9"}, {"target": {"project_id": "prj_12345"}})
    assert renewal["prj_12345"] == "prj_12345"


def test_an_id_that_no_answer_gives_any_more_stops_the_replay() -> None:
    renewal = learned({"items": [{"id": OLD}]}, {"items": []})
    with pytest.raises(NotReached, match=f"no answer gave what was {OLD} in the run"):
        renewal.prepare(read(f"/v1/content/{OLD}", {}))


@pytest.mark.parametrize(
    ("made", "now"),
    [(OLD.upper(), NEW.upper()), (OLD[:-1], NEW[:-1]), (OLD[:-1] + "0", NEW[:-1] + "0"), ("else_123", "else_123")],
)
def test_an_id_that_was_made_from_another_is_made_again(made: str, now: str) -> None:
    renewal = learned({"id": OLD}, {"id": NEW})
    renewal.prepare(read(f"/v1/content/{made}", {}))
    assert renewal[made] == now


def test_keys_are_new_alike_and_differ_where_they_did() -> None:
    renewal, key = Renewal({}), str(uuid.UUID("8a6e0804-2bd0-4672-b79d-d97027f9071a"))
    fresh = renewal.header("Idempotency-Key", key)
    assert fresh == renewal.header("idempotency-key", key) != key
    assert uuid.UUID(fresh).version == 4
    assert renewal.header("Idempotency-Key", key.upper()) == fresh.upper()
    assert len(renewal.header("Idempotency-Key", "k" * 255)) == 255


def test_marks_are_new_and_as_long_as_they_were() -> None:
    renewal, body = Renewal({}), b'{"brief": {"hook": "Evenings lcm-1a2b3c4d-main7"}}'
    fresh = renewal.body(body)
    assert fresh is not None
    assert fresh != body
    assert len(fresh) == len(body)
    assert fresh == renewal.body(body)


def test_a_made_up_id_that_was_taken_is_made_up_again() -> None:
    story = HistoryBuilder()
    story.call("POST", f"/v1/content/{uuid.UUID(int=7)}/clone-from-post", 202, {}, body={})
    renewal = Renewal({})
    renewal.prepare(story.exchanges[0])
    assert uuid.UUID(renewal[str(uuid.UUID(int=7))]).int != 7


def test_what_overlapped_is_sent_together_unless_one_needs_the_other() -> None:
    story = HistoryBuilder()
    for sent in (1_000.0, 1_000.1):
        story.call("POST", "/v1/content/cnt_12345/approve", 200, {"id": "cnt_12345"}, body={}, sent=sent, took=1.0)
    story.call("GET", "/v1/content/cnt_12345", 200, {"etc": "cnt_99999"}, sent=1_010.0, took=1.0)
    story.call("GET", "/v1/content/cnt_99999", 200, {}, sent=1_010.5, took=1.0)
    assert [len(group) for group in _groups(story.exchanges)] == [2, 1, 1]
