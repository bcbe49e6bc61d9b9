"""A key that the target no longer accepts ends the run in one sentence; one operation that refuses it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from client_sessions import create, get, ok, open_session

from conformance.client.actors import ANONYMOUS, OWNER
from conformance.client.lockout import MANY
from conformance.exceptions import TargetGone


def refusing(is_refused: Callable[[int, httpx.Request], bool]) -> Callable[[httpx.Request], httpx.Response]:
    number = iter(range(1000))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={}) if is_refused(next(number), request) else ok(request)

    return answer


def test_a_key_that_was_withdrawn_ends_the_run(tmp_path: Path) -> None:
    with open_session(tmp_path, refusing(lambda number, _: number > 0)) as here:
        for _ in range(MANY):
            here.session.send(get())
        sentence = rf"no longer accepts the API key .*: {MANY + 1} answers 401 .* first on GET /v1/content/"
        with pytest.raises(TargetGone, match=sentence):
            here.session.send(get())


def test_one_operation_that_refuses_the_key_ends_nothing(tmp_path: Path) -> None:
    with open_session(tmp_path, refusing(lambda _, request: request.method == "POST")) as here:
        here.session.send(get())
        for _ in range(MANY + 5):
            here.session.send(create())
        assert here.story[-1].response is not None


@pytest.mark.parametrize(("first", "then"), [(OWNER, ANONYMOUS), (ANONYMOUS, OWNER)])
def test_refusals_on_purpose_and_before_the_first_contact_end_nothing(first: str, then: str, tmp_path: Path) -> None:
    with open_session(tmp_path, refusing(lambda number, _: number > 0 or first == ANONYMOUS)) as here:
        here.session.send(get(actor=first))
        for _ in range(MANY + 5):
            here.session.send(get(actor=then))
        assert len(here.story) == MANY + 6
