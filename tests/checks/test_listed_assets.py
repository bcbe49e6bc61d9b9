"""Lists whose items show their assets: what P says of `assets[].url` holds there too (AST-2)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, asset, container, failures
from moves import item, read_once, regenerate

ELSEWHERE = "https://cdn.test/med_1.mp4"
EXPIRES = "https://media.test/med_1.mp4?X-Amz-Date=20260418T120000Z&X-Amz-Expires=900&X-Amz-Signature=ab"


def listed(story: HistoryBuilder, **fields: Any) -> HistoryBuilder:
    story.list([item(id="cnt_9", createdAt="2026-04-18T13:00:00.000Z"), container(**fields)])
    return story


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (ELSEWHERE, f'shows the url "{ELSEWHERE}" of asset "med_1" in container cnt_1, which a read showed as'),
        ("/med_1.mp4", "which is not absolute."),
        (EXPIRES, "which expires, as shown by"),
    ],
)
def test_a_wrong_url_in_a_list_is_accused(url: str, message: str) -> None:
    found = failures(listed(read_once(), assets=[asset("med_1", url=url)]))
    assert list(found) == ["AST-2"]
    assert message in found["AST-2"][0]


@pytest.mark.parametrize("assets", [[asset("med_1")], [], None, [asset("med_5")], [{"id": "med_1"}], [7], {"a": 1}])
def test_a_list_may_show_the_same_urls_or_less(assets: Any) -> None:
    assert "AST-2" not in failures(listed(read_once(), assets=assets))


def test_what_a_list_shows_after_a_regeneration_may_be_another_file() -> None:
    story = read_once()
    regenerate(story)
    assert "AST-2" not in failures(listed(story, assets=[asset("med_1", url=ELSEWHERE)]))


def test_a_container_of_others_may_have_been_regenerated_by_them() -> None:
    story = HistoryBuilder()
    story.read()
    assert "AST-2" not in failures(listed(story, assets=[asset("med_1", url=ELSEWHERE)]))


def test_an_item_in_flight_may_show_what_a_read_did_not() -> None:
    story = read_once()
    assert "AST-2" not in failures(listed(story, status="generating", assets=[asset("med_1", url=ELSEWHERE)]))


@pytest.mark.parametrize("status", [["completed"], {"completed": 1}, None])
def test_an_item_without_a_readable_status_is_compared_with_nothing(status: Any) -> None:
    assert "AST-2" not in failures(listed(read_once(), status=status, assets=[asset("med_1", url=ELSEWHERE)]))
