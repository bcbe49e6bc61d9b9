"""Paths of the API: an id reaches the target, and is read back from the history, as it is."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.client.exchange import Exchange, Request
from conformance.contract.document import load
from conformance.contract.paths import Encoded, path_to, quoted, unquoted
from conformance.history.observation import TargetFacts, understand

CONTRACT = load()
BASE = "http://target.test/below"
IDS = st.text(st.characters(exclude_categories=[]), min_size=1)
ODD = (
    ".",
    "..",
    "...",
    "../..",
    "/",
    "a?b#c",
    "%",
    "%2F",
    "%252F",
    "%2e%2e",
    "\x00",
    "\r\n",
    " ",
    "+",
    "\u00e9",
    "\ud800",
)


@pytest.mark.parametrize("identifier", ODD)
def test_an_odd_id_comes_back(identifier: str) -> None:
    assert unquoted(quoted(identifier)) == identifier


@given(IDS)
@example("..")
@example("%2F")
@example("\ud800")
@settings(deadline=None)
def test_every_id_is_sent_and_read_back_as_it_is(identifier: str) -> None:
    for operation, steps, name in (
        ("getContent", ("content", identifier), "containerId"),
        ("getAsset", ("content", "c", "assets", identifier), "assetId"),
        ("getJob", ("jobs", identifier), "jobId"),
        ("listContent", ("projects", identifier, "content"), "projectId"),
    ):
        request = httpx.Client().build_request("GET", BASE + path_to(*steps))
        assert request.url.raw_path.decode("ascii") == "/below" + path_to(*steps), "the client changes nothing"
        exchange = Exchange("t-1", "owner", Request("GET", str(request.url)), None, 0.0, 1.0)
        seen = understand(exchange, CONTRACT, TargetFacts(base_url=BASE))
        assert (seen.operation_id, seen.params[name]) == (operation, identifier)
        assert not seen.query


@given(IDS, IDS)
@settings(deadline=None)
def test_two_ids_never_have_one_path(one: str, other: str) -> None:
    assert (path_to("content", one) == path_to("content", other)) == (one == other)


@given(st.text(st.characters(codec="ascii")))
def test_any_step_is_read_as_something(step: str) -> None:
    assert isinstance(unquoted(step), str)


def test_a_step_is_decoded_once() -> None:
    assert unquoted("%252e") == "%2e"


def test_a_step_that_is_encoded_already_is_left_alone() -> None:
    assert path_to("content", Encoded("%ff%2F"), "progress") == "/v1/content/%ff%2F/progress"
