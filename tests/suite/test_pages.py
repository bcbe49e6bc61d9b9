"""How a driver walks a list: along every cursor that brings something, and not for ever along one that brings nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_sessions import BASE, one_after_the_other, open_session

from conformance.contract.document import load
from conformance.run.calls.api import UNCHANGED, Api
from conformance.run.calls.ownership import Marks
from conformance.run.settings.target import Target, TargetSection


def page(ids: Iterable[str], cursor: str | None) -> httpx.Response:
    return httpx.Response(200, json={"items": [{"id": each} for each in ids], "nextCursor": cursor})


def walked(folder: Path, *pages: httpx.Response) -> tuple[list[Any], int]:
    """Walk a list; return the ids of the items, and how many pages were asked for."""
    target = Target(target=TargetSection(base_url=BASE, project_id="prj_1"))
    with open_session(folder, one_after_the_other(*pages)) as here:
        api = Api(here.session, target, load(), Marks("run", "t"))
        return [item["id"] for item in api.walk()], len(here.sent)


def test_a_cursor_that_stays_is_followed_while_pages_bring_new_items(tmp_path: Path) -> None:
    pages = page("a", "c"), page("b", "c"), page("", "c"), page("d", "c"), page("e", None)
    assert walked(tmp_path, *pages) == (["a", "b", "d", "e"], 5)


@pytest.mark.parametrize("last", [page("a", "c"), page("b", "c")])
def test_a_cursor_that_stays_is_left_where_a_page_brings_nothing_new(tmp_path: Path, last: httpx.Response) -> None:
    assert walked(tmp_path, page("a", "c"), page("b", "c"), last)[1] == 3


def test_a_cursor_that_stays_on_empty_pages_is_left_after_some_of_them(tmp_path: Path) -> None:
    assert walked(tmp_path, page("a", "c"), page("", "c"))[1] == UNCHANGED + 2
