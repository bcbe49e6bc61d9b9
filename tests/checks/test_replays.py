"""Which bodies under one key are the same request, which surely are not, and of which nobody can say."""

from __future__ import annotations

from histories import FACTS, HistoryBuilder, envelope_of_error
from keyed_calls import again

from conformance.contract.document import load
from conformance.contract.validity import Unparsed
from conformance.history.keyed_calls import generating_call
from conformance.history.observation import understand


def test_a_call_is_remembered_without_its_bodies() -> None:
    story = HistoryBuilder()
    again(story, status=409, answer=envelope_of_error("CONFLICT"))
    call = generating_call(understand(story.exchanges[0], load(), FACTS), 0.0)
    assert call is not None
    assert call.seen.answer is Unparsed.ABSENT
    assert call.answer is None
    assert call.code == "CONFLICT"
