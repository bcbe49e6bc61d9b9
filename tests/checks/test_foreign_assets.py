"""getAsset for what a container does not have: AST-3, and AUT-4 where it is another organization's; and for what is another file: AST-1."""

from __future__ import annotations

from typing import Any

import pytest
from histories import FOREIGN, PROJECT, HistoryBuilder, asset, container, failures, job, results
from moves import SIGNED, fetch, read_once, regenerate, wait

THEIRS = SIGNED | {"id": "med_2"}


def two(mine: dict[str, Any] | None = None, theirs: str = "other", **fields: Any) -> HistoryBuilder:
    """Record a container of the owner's, shown with fields, and one of the other organization's, or of the owner's too."""
    story = read_once(**(mine or {}))
    project = FOREIGN if theirs == "other" else PROJECT
    story.create(2, project=project, actor=theirs)
    story.call("GET", "/v1/content/cnt_2", 200, container(2, projectId=project, **fields), actor=theirs)
    return story


IN_FLIGHT = {"status": "generating"}
CANCELED = {"status": "canceled"}


@pytest.mark.parametrize(("theirs", "accused"), [("other", {"AST-3", "AUT-4"}), ("owner", {"AST-3"})])
@pytest.mark.parametrize("mine", [{}, CANCELED])
def test_an_asset_of_another_container_at_rest_is_accused_at_once(
    theirs: str, accused: set[str], mine: dict[str, Any]
) -> None:
    story = two(mine, theirs)
    fetch(story, "med_2", answer=THEIRS)
    assert set(failures(story)) == accused


@pytest.mark.parametrize(("theirs", "accused"), [("other", {"AST-3", "AUT-4"}), ("owner", {"AST-3"})])
def test_an_asset_of_another_container_is_accused_when_the_one_in_flight_shows_that_it_lacks_it(
    theirs: str, accused: set[str]
) -> None:
    story = two(IN_FLIGHT, theirs)
    fetch(story, "med_2", answer=THEIRS)
    assert failures(story) == {}
    story.read()
    assert set(failures(story)) == accused


def test_an_asset_that_two_containers_share_may_be_answered_before_a_read_shows_it() -> None:
    story = two(IN_FLIGHT)
    fetch(story, "med_2", answer=THEIRS)
    story.read(assets=[asset("med_2")])
    assert failures(story) == {}


def test_what_a_generation_that_came_and_went_had_is_not_known() -> None:
    story = two(IN_FLIGHT)
    fetch(story, "med_2", answer=THEIRS)
    regenerate(story, 3)
    wait(story, 5)
    story.read()
    assert failures(story) == {}


def test_an_asset_that_only_the_result_of_an_earlier_job_names_is_the_containers() -> None:
    story = read_once()
    regenerate(story)
    story.job(result={"containerId": "cnt_1", "assets": [{"id": "med_0"}]})
    wait(story, 5)
    story.read()
    fetch(story, "med_0", answer=SIGNED | {"id": "med_0"})
    assert failures(story) == {}


def test_an_asset_that_a_list_has_shown_is_the_containers() -> None:
    story = read_once()
    story.list([container(assets=[asset("med_1"), asset("med_7")])])
    fetch(story, "med_7", answer=SIGNED | {"id": "med_7"})
    assert "AST-3" not in failures(story)


def test_a_known_reference_medium_is_no_foreign_asset() -> None:
    story = two(assets=[asset("med_r1")])
    fetch(story, "med_r1", answer=SIGNED | {"id": "med_r1"})
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("member", "url", "accused"),
    [
        ("url", "https://media.test/med_2.mp4?X-Amz-Expires=900&X-Amz-Signature=ab", True),
        ("signedUrl", "https://media.test/med_2.mp4?X-Amz-Expires=900&X-Amz-Signature=ab", True),
        ("url", "https://media.test/med_1.mp4?X-Amz-Expires=900&X-Amz-Signature=ab", False),
        ("url", "https://signed.test/a81f?X-Amz-Expires=900&X-Amz-Signature=ab", False),
    ],
)
def test_an_asset_is_answered_with_a_url_of_its_own(member: str, url: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = two(theirs="owner")
    fetch(story, answer={"id": "med_1", member: url, "kind": "video"} | ({"url": url} if member == "url" else {}))
    assert ("AST-1" in failures(story)) is accused


def test_two_assets_may_be_one_file() -> None:
    story = two(theirs="owner", assets=[asset("med_2", url=asset("med_1")["url"])])
    fetch(story)
    assert results(story, "AST-1") == ["passed"]


def test_one_path_may_serve_every_file() -> None:
    story = two(
        {"assets": [asset("med_1", url="https://m.test/get?id=1")]},
        "owner",
        assets=[asset("med_2", url="https://m.test/get?id=2")],
    )
    fetch(story, answer={"id": "med_1", "url": "https://m.test/get?id=1&expires=1776514000"})
    assert results(story, "AST-1") == ["passed"]


def test_the_job_of_another_container_does_not_lend_its_assets() -> None:
    story = two(theirs="owner")
    story.call("GET", "/v1/jobs/job_2", 200, job(2, result={"containerId": "cnt_2", "assets": ["med_5"]}))
    fetch(story, "med_5", answer=SIGNED | {"id": "med_5"})
    assert list(failures(story)) == ["AST-3"]
