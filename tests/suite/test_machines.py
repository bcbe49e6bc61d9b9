"""The random exploration on a target that refuses every create: there is no container to move, and it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from client_sessions import BASE, open_session

from conformance.contract.document import load
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.settings.target import Fixtures, Target, TargetSection
from conformance.suite.machines import Life, Purse

MOVES: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("read", "wait", "reject", "approve", "cancel", "clone", "assets")},
    "regenerate": {"text": "t", "rest": {}, "patched": True},
    "reject_and_regenerate": {"text": "t"},
}


@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_tried_on_a_container_that_was_never_made(move: str, tmp_path: Path) -> None:
    target = Target(target=TargetSection(base_url=BASE, project_id="prj_1"), fixtures=Fixtures(source_post_id="post_1"))
    with open_session(tmp_path, lambda _: httpx.Response(413, json={})) as here:
        api = Api(here.session, target, load(), Marks("run", "t"))
        life = type("Bound", (Life,), {"api": api, "purse": Purse(3, [])})()
        handle = life.create(review=False, form="auto", text="t", rest={})
        assert len(here.sent) == 1
        getattr(life, move)(handle=handle, **MOVES[move])
        assert len(here.sent) == 1
