"""The judge of getAsset: whose reads count, and after which read of the container an asset is its own."""

from typing import Any

import pytest
from histories import HistoryBuilder, asset, container, failures, results
from moves import LATER, SIGNED, fetch, read_once, regenerate, wait


@pytest.mark.parametrize("actor", ["other", "anonymous"])
def test_an_asset_that_is_refused_to_another_is_not_judged(actor: Any) -> None:
    story = read_once()
    fetch(story, status=404, actor=actor)
    assert results(story, "AST-1") == []


def test_an_unknown_asset_that_is_refused_to_a_caller_without_a_right_key_shows_nothing() -> None:
    story = read_once()
    fetch(story, "med_unknown", 404, actor="anonymous")
    assert results(story, "AST-3") == []


@pytest.mark.parametrize("name", ["med_1", "med_unknown"])
def test_an_asset_whose_read_got_no_answer_is_not_judged(name: Any) -> None:
    story = read_once()
    fetch(story, name, None, error="timeout: ReadTimeout")
    assert results(story, "AST-1") == results(story, "AST-3") == []


@pytest.mark.parametrize(("name", "status"), [("med_1", 404), ("med_unknown", 200), ("med_unknown", 404)])
def test_an_asset_of_a_container_that_others_made_is_not_judged(name: Any, status: Any) -> None:
    story = HistoryBuilder()
    story.read()
    fetch(story, name, status)
    assert results(story, "AST-1") == results(story, "AST-3") == []


@pytest.mark.parametrize(("name", "status"), [("med_1", 404), ("med_unknown", 200)])
def test_an_asset_that_was_asked_for_while_its_container_was_read_is_not_judged(name: Any, status: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.read(sent=1010.0, took=2)
    fetch(story, name, status, sent=1011.0, took=2)
    assert results(story, "AST-1") == results(story, "AST-3") == []


@pytest.mark.parametrize("status", ["queued", "generating"])
def test_an_old_asset_may_be_gone_while_a_regeneration_still_shows_it(status: Any) -> None:
    story = read_once()
    regenerate(story)
    story.read(status=status, assets=[asset()])
    fetch(story, status=404)
    assert results(story, "AST-1") == []


def test_an_old_asset_that_a_regeneration_has_replaced_may_be_gone() -> None:
    story = read_once()
    regenerate(story)
    wait(story, 5)
    story.read(assets=[asset("med_2")], updatedAt=LATER)
    fetch(story, status=404)
    assert results(story, "AST-1") == []


def test_another_containers_asset_that_is_forbidden_passes() -> None:
    story = read_once()
    story.create(2)
    story.read(2)
    fetch(story, "med_2", 403)
    assert results(story, "AST-3") == ["passed"]


def test_an_unknown_asset_that_is_answered_after_a_regeneration_was_read_is_accused() -> None:
    story = read_once()
    regenerate(story)
    wait(story, 5)
    story.read(assets=[asset("med_2")], updatedAt=LATER)
    fetch(story, "med_unknown")
    assert "which no container has shown" in failures(story)["AST-3"][0]


def test_an_asset_that_a_lost_regeneration_may_have_made_is_not_judged() -> None:
    story = read_once()
    regenerate(story, status=None, error="timed out")
    wait(story, 100)
    story.read()
    fetch(story, "med_new")
    assert results(story, "AST-3") == []


@pytest.mark.parametrize(
    "brief", [None, "Evenings", {"hook": "Evenings lcm-run-1", "referenceMediaIds": "med_unknown"}]
)
def test_a_brief_without_a_list_of_media_excuses_no_unknown_asset(brief: Any) -> None:
    story = read_once(brief=brief)
    fetch(story, "med_unknown")
    assert "which no container has shown" in failures(story)["AST-3"][0]


def test_a_size_in_an_asset_that_does_not_say_its_id_is_judged_too() -> None:
    story = read_once()
    fetch(story, answer={"url": SIGNED["url"], "width": 0})
    assert failures(story)["AST-5"] == [
        'Asset "med_1" of container cnt_1 has the width 0, which is not a positive number.'
    ]


def test_what_a_caller_without_a_right_key_is_shown_tells_nothing_of_assets() -> None:
    story = read_once()
    story.call("GET", "/v1/content/cnt_1", answer=container(assets=[asset(width=0)]), actor="anonymous")
    fetch(story, answer=SIGNED | {"width": 0}, actor="anonymous")
    assert results(story, "AST-5") == ["passed"]


def test_a_read_of_an_asset_that_announces_a_form_may_be_refused() -> None:
    story = read_once()
    fetch(story, status=400, headers={"Content-Type": "multipart/form-data"})
    story.error("GET", "/v1/content/cnt_1/assets/med_1?size=small", 400, "VALIDATION")
    assert "AST-1" not in failures(story)
    fetch(story, status=400, headers={"Content-Type": "application/json"})
    assert "AST-1" in failures(story)


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_no_query_and_no_header_makes_an_asset_absent(status: int) -> None:
    story = read_once()
    story.error("GET", "/v1/content/cnt_1/assets/med_1?size=small", status, "NOT_FOUND")
    assert "AST-1" in failures(story)
