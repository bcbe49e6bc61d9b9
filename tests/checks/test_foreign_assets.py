"""getAsset for what a container does not have: AST-3, and AUT-4 where it is another organization's; and for what is another file: AST-1."""

from __future__ import annotations

from typing import Any

import pytest
from histories import FOREIGN, PROJECT, Told, asset, container, failures, job, results
from moves import SIGNED, fetch, read_once, regenerate, wait

THEIRS = SIGNED | {"id": "med_2"}


def two(mine: dict[str, Any] | None = None, theirs: str = "other", **fields: Any) -> Told:
    """Record a container of the owner's, shown with fields, and one of the other organization's, or of the owner's too."""
    told = read_once(**(mine or {}))
    project = FOREIGN if theirs == "other" else PROJECT
    told.create(2, project=project, actor=theirs)
    told.call("GET", "/v1/content/cnt_2", 200, container(2, projectId=project, **fields), actor=theirs)
    return told


IN_FLIGHT = {"status": "generating"}
CANCELED = {"status": "canceled"}


@pytest.mark.parametrize(("theirs", "accused"), [("other", {"AST-3", "AUT-4"}), ("owner", {"AST-3"})])
@pytest.mark.parametrize("mine", [{}, CANCELED])
def test_an_asset_of_another_container_at_rest_is_accused_at_once(
    theirs: str, accused: set[str], mine: dict[str, Any]
) -> None:
    told = two(mine, theirs)
    fetch(told, "med_2", answer=THEIRS)
    assert set(failures(told)) == accused


@pytest.mark.parametrize(("theirs", "accused"), [("other", {"AST-3", "AUT-4"}), ("owner", {"AST-3"})])
def test_an_asset_of_another_container_is_accused_when_the_one_in_flight_shows_that_it_lacks_it(
    theirs: str, accused: set[str]
) -> None:
    told = two(IN_FLIGHT, theirs)
    fetch(told, "med_2", answer=THEIRS)
    assert failures(told) == {}
    told.read()
    assert set(failures(told)) == accused


def test_an_asset_that_two_containers_share_may_be_answered_before_a_read_shows_it() -> None:
    told = two(IN_FLIGHT)
    fetch(told, "med_2", answer=THEIRS)
    told.read(assets=[asset("med_2")])
    assert failures(told) == {}


def test_what_a_generation_that_came_and_went_had_is_not_known() -> None:
    told = two(IN_FLIGHT)
    fetch(told, "med_2", answer=THEIRS)
    regenerate(told, 3)
    wait(told, 5)
    told.read()
    assert failures(told) == {}


def test_an_asset_that_only_the_result_of_an_earlier_job_names_is_the_containers() -> None:
    told = read_once()
    regenerate(told)
    told.job(result={"containerId": "cnt_1", "assets": [{"id": "med_0"}]})
    wait(told, 5)
    told.read()
    fetch(told, "med_0", answer=SIGNED | {"id": "med_0"})
    assert failures(told) == {}


def test_an_asset_that_a_list_has_shown_is_the_containers() -> None:
    told = read_once()
    told.list([container(assets=[asset("med_1"), asset("med_7")])])
    fetch(told, "med_7", answer=SIGNED | {"id": "med_7"})
    assert "AST-3" not in failures(told)


def test_a_known_reference_medium_is_no_foreign_asset() -> None:
    told = two(assets=[asset("med_r1")])
    fetch(told, "med_r1", answer=SIGNED | {"id": "med_r1"})
    assert failures(told) == {}


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
    told = two(theirs="owner")
    fetch(told, answer={"id": "med_1", member: url, "kind": "video"} | ({"url": url} if member == "url" else {}))
    assert ("AST-1" in failures(told)) is accused


def test_two_assets_may_be_one_file() -> None:
    told = two(theirs="owner", assets=[asset("med_2", url=asset("med_1")["url"])])
    fetch(told)
    assert results(told, "AST-1") == ["passed"]


def test_one_path_may_serve_every_file() -> None:
    told = two(
        {"assets": [asset("med_1", url="https://m.test/get?id=1")]},
        "owner",
        assets=[asset("med_2", url="https://m.test/get?id=2")],
    )
    fetch(told, answer={"id": "med_1", "url": "https://m.test/get?id=1&expires=1776514000"})
    assert results(told, "AST-1") == ["passed"]


def test_the_job_of_another_container_does_not_lend_its_assets() -> None:
    told = two(theirs="owner")
    told.call("GET", "/v1/jobs/job_2", 200, job(2, result={"containerId": "cnt_2", "assets": ["med_5"]}))
    fetch(told, "med_5", answer=SIGNED | {"id": "med_5"})
    assert list(failures(told)) == ["AST-3"]
