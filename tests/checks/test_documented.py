"""What the document puts at a path, told by refusals of methods that it does not list there."""

import pytest
from histories import HistoryBuilder, failures, results


def refused(method: str, path: str, status: int = 405) -> list[str]:
    story = HistoryBuilder()
    story.create()
    story.call(method, path, status, b"no", answer_headers={"Allow": "GET"})
    return results(story, "ERR-2")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/content/cnt_1",
        "/v1/content/cnt_1?view=full",
        "/v1/content/cnt_1#assets",
        "/v1/content/cnt_1?view=a?b#assets#1?2",
        "/v1/content/cnt_1#assets?view=full",
        "/v1/projects/prj_plain/content?limit=5",
        "/v1/projects/prj_plain/content#top",
    ],
)
def test_a_documented_path_is_known_whatever_query_or_fragment_follows(path: str) -> None:
    assert refused("PUT", path) == ["failed"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/content",
        "/v1/content/cnt_1/",
        "/v2/content/cnt_1",
        "http://elsewhere.test/v1/content/cnt_1",
        "/v1/content/cnt_1/approve",
    ],
)
def test_elsewhere_and_at_optional_operations_other_software_may_refuse_a_method(path: str) -> None:
    assert refused("PUT", path) == []


@pytest.mark.parametrize("status", [404, 405])
def test_an_optional_operation_may_be_refused_in_any_words_until_the_target_shows_that_it_has_it(status: int) -> None:
    path = "/v1/content/cnt_1/approve"
    assert refused("POST", path, status) == []
    story = HistoryBuilder()
    story.create()
    story.call("POST", path, 200)
    story.call("POST", path, status, b"no")
    assert len(failures(story)["ERR-2"]) == 1
