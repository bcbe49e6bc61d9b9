"""The gap between two parts of a run: nobody knows what became of the target in it, and what happened before is judged on."""

from __future__ import annotations

import pytest
from histories import KEY, LIST, HistoryBuilder, asset, container, envelope, failures, results
from moves import cancel, item, life

from conformance.client.exchange import RESUMED

NIGHT = 8 * 3_600.0
DAY = 24 * 3_600.0
CLOCK = "/_sandbox/clock"


def resume(story: HistoryBuilder, after: float = NIGHT) -> None:
    """Let a later part begin, as every one does, with the first page of the list."""
    ended = story.exchanges[-1].received_at
    story.at += after
    story.list([], "?limit=1", cursor="c1", tags={RESUMED: str(ended)})


def wait(story: HistoryBuilder, seconds: float) -> None:
    """Let as much time pass without a gap."""
    story.at += seconds


@pytest.mark.parametrize(("pause", "found"), [(resume, []), (wait, ["failed"])])
def test_a_generation_is_not_late_by_the_gap(pause: object, found: list[str]) -> None:
    story = life("generating")
    pause(story, NIGHT)  # type: ignore[operator]
    story.read(status="generating")
    assert results(story, "LIF-7") == found


def test_a_generation_that_never_ends_after_the_gap_is_late_all_the_same() -> None:
    story = life("generating")
    resume(story)
    story.read(status="generating")
    story.at += 61
    story.read(status="generating")
    assert results(story, "LIF-7") == ["failed"]


@pytest.mark.parametrize(("pause", "found"), [(resume, []), (wait, ["failed"])])
def test_a_job_need_not_follow_its_container_in_the_gap(pause: object, found: list[str]) -> None:
    story = life("completed")
    pause(story, NIGHT)  # type: ignore[operator]
    story.read()
    story.job(status="running")
    assert [each for each in results(story, "JOB-2") if each != "inconclusive"] == found


@pytest.mark.parametrize(("pause", "found"), [(resume, []), (wait, ["failed"])])
def test_a_cancel_need_not_take_effect_in_the_gap(pause: object, found: list[str]) -> None:
    story = life("generating")
    cancel(story)
    pause(story, NIGHT)  # type: ignore[operator]
    story.read(status="generating")
    assert [each for each in results(story, "LIF-10") if each == "failed"] == found


@pytest.mark.parametrize(("pause", "found"), [(resume, False), (wait, True)])
def test_a_duration_need_not_become_known_in_the_gap(pause: object, found: bool) -> None:  # noqa: FBT001 - a parameter
    story = life()
    story.create(2)
    story.read(2)
    story.read(assets=[asset(durationMs=None)])
    pause(story, NIGHT)  # type: ignore[operator]
    story.read(assets=[asset(durationMs=None)])
    assert ("AST-5" in failures(story)) is found


@pytest.mark.parametrize(("pause", "found"), [(resume, False), (wait, True)])
def test_what_was_removed_in_the_gap_is_not_missed(pause: object, found: bool) -> None:  # noqa: FBT001 - a parameter
    story = life("completed")
    story.list([item()])
    pause(story, NIGHT)  # type: ignore[operator]
    story.list([])
    assert ("LST-1" in failures(story)) is found


def test_a_read_of_what_was_removed_in_the_gap_is_not_accused() -> None:
    story = life("completed")
    resume(story)
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND")
    story.error("GET", "/v1/jobs/job_1", 404, "NOT_FOUND")
    story.list([])
    assert failures(story) == {}


def test_what_a_read_has_shown_since_the_gap_is_missed() -> None:
    story = life("completed")
    resume(story)
    story.read()
    story.list([])
    assert "LST-1" in failures(story)


def test_what_differs_after_the_gap_is_accused() -> None:
    story = life("completed")
    resume(story)
    story.read(createdAt="2026-04-19T12:04:11.000Z")
    assert "LIF-8" in failures(story)


def test_a_key_holds_over_the_gap() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.read()
    resume(story)
    story.read()
    story.create(2, key=KEY)
    assert "IDM-1" in failures(story)


def test_a_key_is_free_after_a_gap_of_a_day() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.read()
    resume(story, DAY + 60)
    story.read()
    story.create(2, key=KEY)
    story.read(2)
    assert failures(story) == {}


def test_no_key_is_judged_over_a_gap_in_which_a_test_clock_may_have_been_set_back() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.read()
    story.call("POST", CLOCK, 200, {"now": "2026-04-20T12:00:00Z"}, body={"advanceSeconds": DAY + 60}, actor="harness")
    resume(story)
    story.read()
    story.create(key=KEY)
    assert failures(story) == {}, "the target was started anew, so that its key still holds"


def test_a_write_that_was_cut_off_may_have_taken_effect() -> None:
    story = life("completed")
    story.call(
        "POST",
        "/v1/content/cnt_1/regenerate",
        None,
        headers={"Idempotency-Key": KEY},
        took=NIGHT,
        error="abandoned: the run ended before it was answered",
    )
    resume(story, 0)
    story.read(status="generating")
    story.read(assets=[asset("med_9")])
    assert failures(story) == {}
    assert "inconclusive" not in results(story, "ERR-1"), "nobody has waited for its answer"


def test_a_create_that_was_cut_off_explains_a_container() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    story.call(
        "POST",
        LIST,
        None,
        body={"format": "video_remix", "brief": {"hook": "Evenings lcm-run-9"}},
        took=NIGHT,
        error="abandoned: the run ended before it was answered",
    )
    resume(story, 0)
    story.read()
    story.list([item(), item() | {"id": "cnt_9"}])
    story.call("GET", "/v1/content/cnt_9", answer=container(9, brief={"hook": "Evenings lcm-run-9"}))
    assert failures(story) == {}


def test_an_envelope_of_another_container_is_accused_after_the_gap() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.read()
    resume(story)
    story.read()
    story.create(key=KEY, answer=envelope(3, container_id="cnt_3"))
    assert "IDM-1" in failures(story) or "IDM-2" in failures(story)
