"""What of a container the documents name: members that they do not name never count as a change, for whatever check."""

from typing import Any

import pytest
from histories import HistoryBuilder, asset, failures, results
from moves import approve, pending, regenerate, shown

HOOK = "Evenings lcm-run-1"
FAILED = {"status": "failed", "lastError": {"code": "RENDER", "shownAt": 1}}


def around_a_refusal(before: dict[str, Any], after: dict[str, Any]) -> HistoryBuilder:
    """Record a container that is read before and after a call that was refused, and so changed nothing."""
    story = HistoryBuilder()
    story.create()
    story.read(**before)
    regenerate(story, status=401, actor="anonymous")
    story.read(**before | after)
    return story


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FAILED, {"lastError": {"code": "RENDER", "shownAt": 2}}),
        (FAILED, {"lastError": "It did not render."}),
        ({"brief": {"hook": HOOK}}, {"brief": {"hook": HOOK, "shownAt": 2}}),
        ({"brief": {"hook": HOOK, "shownAt": 1}}, {"brief": {"hook": HOOK, "shownAt": 2, "language": None}}),
    ],
)
def test_what_a_container_at_rest_shows_beyond_the_documents_may_differ(before: Any, after: Any) -> None:
    assert results(around_a_refusal(before, after), "AUT-3") == ["passed"]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (FAILED, {"lastError": None}, "lastError"),
        ({"brief": {"hook": HOOK, "language": "en"}}, {"brief": {"hook": HOOK, "language": None}}, "brief"),
        ({"brief": {"hook": HOOK}}, {"brief": {"hook": HOOK, "themeTags": ["night"]}}, "brief"),
    ],
)
def test_what_the_documents_name_must_not_come_or_go_at_rest(before: Any, after: Any, name: str) -> None:
    assert f"changed its {name} from" in failures(around_a_refusal(before, after))["AUT-3"][0]


@pytest.mark.parametrize(
    ("brief", "later"),
    [
        ({"hook": HOOK, "shownAt": 1}, {"hook": HOOK, "shownAt": 2}),
        ({"hook": HOOK, "language": None}, {"hook": HOOK, "language": "en"}),
        ({"hook": HOOK}, None),
        (None, {"hook": HOOK}),
        ("odd", {"hook": HOOK}),
    ],
)
def test_a_brief_in_flight_may_take_defaults_and_what_is_no_brief_is_left_to_the_schema(brief: Any, later: Any) -> None:
    story = around_a_refusal({"status": "generating", "brief": brief}, {"brief": later})
    assert set(results(story, "AUT-3")) <= {"passed"}


@pytest.mark.parametrize("later", [{"hook": HOOK}, {"hook": HOOK, "language": None}, {"hook": HOOK, "language": "de"}])
def test_a_brief_in_flight_must_not_lose_what_it_had(later: Any) -> None:
    story = around_a_refusal({"status": "generating", "brief": {"hook": HOOK, "language": "en"}}, {"brief": later})
    assert "changed its brief from" in failures(story)["AUT-3"][0]


@pytest.mark.parametrize("name", ["assets", "captions"])
def test_no_page_promises_an_order_of_assets_or_captions(name: str) -> None:
    kinds: dict[str, Any] = {
        "assets": [asset("med_a"), asset("med_b")],
        "captions": [{"platform": "tiktok", "text": "a"}, {"platform": "instagram", "text": "b"}],
    }
    for after, accused in ((kinds[name][::-1], False), (kinds[name][:1], True)):
        story = pending()
        shown(story, "pending", **{name: kinds[name]})
        approve(story)
        shown(story, "approved", **{name: after})
        assert ("APR-2" in failures(story)) == accused
