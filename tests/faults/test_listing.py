"""Faults of lists show."""

from faulty_api import api_with


def test_offset_paging_shows_an_item_twice() -> None:
    api = api_with("offset-paging", generation_seconds=0)
    for _ in range(3):
        api.create()
    first, cursor = api.page(limit=2)
    api.create()
    assert api.page(limit=2, cursor=cursor)[0][0] == first[1]


def test_filters_forgotten_after_the_first_page() -> None:
    api = api_with("filters-forgotten-after-first-page", generation_seconds=0)
    other = api.started(format_="ugc_remix")["containerId"]
    for _ in range(2):
        api.create()
    first, cursor = api.page(format="video_remix", limit=1)
    assert first != [other]
    assert other in api.page(format="video_remix", limit=2, cursor=cursor)[0]


def test_a_list_of_all_projects_with_a_cursor() -> None:
    api = api_with("list-of-all-projects-with-cursor", generation_seconds=0)
    stranger = api.started(under_review=True)["containerId"]
    for _ in range(2):
        api.create()
    first, cursor = api.page(limit=1)
    assert stranger not in first
    assert stranger in api.page(limit=9, cursor=cursor)[0]
