import base64
import time

import pytest
from sandbox_api import Api


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_pages_of_any_size_show_every_container_once_newest_first(api: Api, limit: int) -> None:
    made = [api.created() for _ in range(7)]
    assert api.walk(limit=limit) == made[::-1]


def test_a_create_during_paging_does_not_shift_the_pages(api: Api) -> None:
    made = [api.created() for _ in range(4)]
    first = api.http.get(api.content(), params={"limit": 2}).json()
    api.created()
    rest = api.walk(limit=2, cursor=first["nextCursor"])
    assert [item["id"] for item in first["items"]] + rest == made[::-1]


def test_a_page_with_all_remaining_items_has_no_cursor(api: Api) -> None:
    api.created()
    assert api.http.get(api.content(), params={"limit": 1}).json()["nextCursor"] is None


def test_filters_are_complete_and_combine(api: Api) -> None:
    failed = api.created(hook="[fail]")
    images = api.created(format_="slideshow_remix")
    ended = api.created(format_="auto")
    api.wait()
    running = api.created()
    assert api.walk(status="completed") == [ended, images]
    assert api.walk(status=["failed", "queued"]) == [running, failed]
    assert api.walk(format="slideshow_remix", limit=1) == [ended, images]
    assert api.walk(status="failed", format="slideshow_remix") == []
    assert api.walk(status="completed", format=["slideshow_remix", "ugc_remix"]) == [ended, images]


def test_an_item_agrees_with_its_container(api: Api) -> None:
    container_id = api.created(project=api.settings.review_project_id)
    api.wait()
    (item,) = api.http.get(api.content(api.settings.review_project_id)).json()["items"]
    container = api.read(container_id)
    assert item == {name: container[name] for name in item}


def test_page_sizes_have_a_default_and_a_ceiling(api: Api) -> None:
    for _ in range(201):
        api.created()
    sizes = {
        limit: len(api.http.get(api.content(), params=limit and {"limit": limit}).json()["items"])
        for limit in (None, "200", "201", "9" * 5000, "007")
    }
    assert list(sizes.values()) == [25, 200, 200, 200, 7]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=-1", "limit=NaN", "limit=1.0", "limit=", "limit=%2B5", "limit=%D9%A1", "limit=1&limit=2"),
        *("status=done", "status=", "status=completed&status=x", "format=COMPLETED", "cursor=a&cursor=b"),
        *("cursor=", "cursor=x", "cursor=%00", "cursor=%FF", "cursor=" + "A" * 9000),
    ],
)
def test_an_invalid_query_is_refused(shared_api: Api, query: str) -> None:
    answer = shared_api.http.get(f"{shared_api.content()}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION")


def test_a_cursor_is_valid_only_as_issued_and_for_its_list(api: Api) -> None:
    for project in (None, api.settings.review_project_id):
        for _ in range(3):
            api.created(project=project)
    cursor = api.http.get(api.content(), params={"limit": 1}).json()["nextCursor"]
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=="))
    raw[-1] ^= 1
    forged = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert api.http.get(api.content(), params={"cursor": cursor}).status_code == 200
    for spelled in (forged, cursor + "=", cursor + "!", cursor[:-1]):
        assert api.http.get(api.content(), params={"cursor": spelled}).status_code == 400
    assert api.http.get(api.content(), params={"cursor": cursor, "status": "queued"}).status_code == 400
    assert api.http.get(api.content(api.settings.review_project_id), params={"cursor": cursor}).status_code == 400


def test_thousands_of_containers_stay_quick(api: Api) -> None:
    project = api.backend.store.project(api.settings.project_id)
    assert project is not None
    with api.backend.store.transaction():
        for _ in range(5000):
            api.backend.lifecycle.create(project, "auto", {"hook": "x"})
    begin = time.process_time()
    assert api.walk(status="failed") == []
    assert len(api.walk(limit=200)) == 5000
    assert time.process_time() - begin < 20
