"""Containers that no answer named, beside the times of refused creates: what must be accused, and what must be left alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from histories import PROJECT, HistoryBuilder, envelope, envelope_of_error, failures, judged, results
from lists import items

PATH = f"/v1/projects/{PROJECT}/content"
BROKEN = {"format": "video", "brief": {"hook": "Evenings"}}


def at(seconds: float, precision: str = "milliseconds") -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision)


def item(name: str, created: float, precision: str = "milliseconds") -> dict[str, Any]:
    return {
        "id": name,
        "status": "completed",
        "format": "auto",
        "approvalStatus": "not_required",
        "createdAt": at(created, precision),
    }


def suspected(story: HistoryBuilder) -> dict[str, list[str]]:
    """Return the sentences of all doubts and accusations, by requirement."""
    found: dict[str, list[str]] = {}
    for finding in judged(story):
        if "were being refused" in finding.message:
            found.setdefault(finding.requirement, []).append(finding.message)
    return found


def refused(count: int, **more: Any) -> tuple[HistoryBuilder, list[float]]:
    """Record an accepted create and of refused ones, and give the middle of the time of each of these."""
    story = HistoryBuilder()
    story.create()
    times = []
    for _ in range(count):
        times.append(story.at + 0.05)
        story.call("POST", PATH, answer=envelope_of_error("VALIDATION"), body=BROKEN, **({"status": 422} | more))
    return story, times


def listed(story: HistoryBuilder, created: list[float]) -> HistoryBuilder:
    times = {f"cnt_of_nobody_{index}": moment for index, moment in enumerate(created)} | {"cnt_1": 1000.05}
    story.list([item(name, times[name]) for name in sorted(times, key=lambda name: -times[name])])
    return story


@pytest.mark.parametrize(
    ("more", "requirement"),
    [({}, "CRE-10"), ({"actor": "anonymous", "status": 401}, "AUT-3"), ({"actor": "other"}, "AUT-4")],
)
@pytest.mark.also_fails("AUT-2")
def test_containers_that_come_to_be_while_creates_are_refused_are_accused(more: Any, requirement: str) -> None:
    story, times = refused(6, **more)
    sentence = (
        "6 containers that no answer named were created while creates were being refused, "
        "such as cnt_of_nobody_0, but other callers may have created them."
    )
    assert suspected(listed(story, times))[requirement] == [sentence]


def test_a_dozen_in_the_times_of_refused_creates_alone_prove_that_these_made_them() -> None:
    story, times = refused(12)
    sentence = (
        "12 containers that no answer named were created while creates were being refused, such as cnt_of_nobody_0."
    )
    assert failures(listed(story, times)) == {"CRE-10": [sentence]}


@pytest.mark.parametrize(("listed_at", "result"), [(1_010.0, "failed"), (1_009.3, "inconclusive")])
def test_what_chance_may_explain_is_a_doubt(listed_at: float, result: str) -> None:
    """Eight refused creates take up 0.976 s of 10.1 s, or of 9.4 s."""
    calls = [(1_001.0 + number, 0.1) for number in range(8)]
    story = told_of(calls, [sent + 0.05 for sent, _ in calls], listed_at)
    assert [each.result.value for each in judged(story) if each.requirement == "CRE-10"] == [result]


def test_many_at_once_are_no_proof() -> None:
    story, times = refused(12)
    assert set(suspected(listed(story, [times[0] + number / 1_000 for number in range(12)]))) == {"CRE-10"}
    assert failures(story) == {}


def test_one_container_of_others_leaves_a_doubt() -> None:
    story, times = refused(12)
    assert set(suspected(listed(story, [*times, times[0] + 0.5]))) == {"CRE-10"}
    assert failures(story) == {}


def test_a_few_may_be_chance() -> None:
    story, times = refused(6)
    assert suspected(listed(story, times[:3])) == {}


def test_the_traffic_of_others_falls_into_other_times_too() -> None:
    story, times = refused(6)
    assert suspected(listed(story, [*times, *(moment + 0.5 for moment in times)])) == {}


def test_what_was_there_before_is_nobodys_doing() -> None:
    story, _ = refused(6)
    assert suspected(listed(story, [500.0 + index for index in range(9)])) == {}


@pytest.mark.also_fails("ERR-1")
def test_creates_that_fail_on_the_server_are_no_refusals() -> None:
    story, times = refused(6, status=503)
    assert "CRE-10" not in suspected(listed(story, times))


def test_after_the_test_clock_was_moved_times_tell_nothing() -> None:
    story, times = refused(6)
    story.call("POST", "http://target.test/_sandbox/clock", 200, {}, body={"advanceSeconds": 5}, actor="harness")
    assert suspected(listed(story, times)) == {}


def test_what_falls_into_a_run_of_nothing_but_refused_creates_proves_nothing_until_later_walks_show_no_more() -> None:
    """Refused creates that follow each other at once fill the whole time, so that anything made meanwhile falls into them."""
    story, times = HistoryBuilder(), []
    story.create(sent=1_000.0)
    for index in range(9):
        sent = 1_001.0 + index / 10
        times.append(sent + 0.05)
        story.call("POST", PATH, 422, envelope_of_error("VALIDATION"), body=BROKEN, sent=sent)
    story.at = 1_002.0
    listed(story, times)
    assert suspected(story) == {}
    story.at = 1_060.0
    listed(story, times)
    assert set(suspected(story)) == {"CRE-10"}


@pytest.mark.parametrize(("lost", "accused"), [(6, set()), (1, {"CRE-10"})])
def test_creates_whose_answers_were_lost_meanwhile_may_have_made_one_each(lost: int, accused: set[str]) -> None:
    story, times = refused(6)
    for moment in times[:lost]:
        brief = {"hook": f"Evenings lcm-lost-{moment:.0f}"}
        story.create(brief=brief, status=None, answer=None, error="timed out", sent=moment - 0.1, took=0.5)
    assert set(suspected(listed(story, times))) == accused


CALLS = tuple((1_001.0 + number, 0.1) for number in range(4))
"""When four refused creates are sent, and how long each takes."""
MIDDLES = tuple(sent + took / 2 for sent, took in CALLS)


def told_of(calls: Any = CALLS, created: Any = MIDDLES, listed_at: float = 1_005.0, **more: Any) -> HistoryBuilder:
    """Record an accepted create in second 1,000, of refused ones, and of a list that shows containers that nobody named.

    The target's clock is `skew` seconds ahead, and it writes times to a `precision`.
    """
    skew, precision = more.pop("skew", 0.0), more.pop("precision", "milliseconds")
    story = HistoryBuilder()
    story.create(sent=1_000.0)
    for sent, took in calls:
        refusal: dict[str, Any] = {"status": 422, "answer": envelope_of_error("VALIDATION"), "body": BROKEN} | more
        story.call("POST", PATH, sent=sent, took=took, **refusal)
    times = {f"cnt_of_nobody_{index}": moment for index, moment in enumerate(created)} | {"cnt_1": 1_000.05}
    names = sorted(times, key=lambda name: -times[name])
    story.list([item(name, times[name] + skew, precision) for name in names], sent=listed_at)
    return story


@pytest.mark.parametrize(("count", "accused"), [(4, {"CRE-10"}), (3, set())])
def test_four_are_several(count: int, accused: set[str]) -> None:
    assert set(suspected(told_of(created=MIDDLES[:count], listed_at=1_060.0))) == accused


@pytest.mark.parametrize(("listed_at", "accused"), [(1_004.4, set()), (1_005.0, {"CRE-10"})])
def test_the_shorter_a_run_the_more_of_it_refused_creates_take_up(listed_at: float, accused: set[str]) -> None:
    assert set(suspected(told_of(listed_at=listed_at))) == accused


def test_in_a_run_of_less_than_a_second_little_is_told_by_times() -> None:
    calls = [(1_000.2 + number / 10, 0.016) for number in range(4)]
    story = told_of(calls, [sent + 0.008 for sent, _ in calls], 1_000.6)
    assert suspected(story) == {}


def test_creates_that_are_refused_at_the_same_time_take_it_up_once() -> None:
    story = told_of([*CALLS, *CALLS])
    assert set(suspected(story)) == {"CRE-10"}
    nested = [(sent + start, took) for sent, _ in CALLS for start, took in ((0.0, 0.1), (0.02, 0.01), (0.07, 0.01))]
    assert set(suspected(told_of(nested, [sent + 0.025 for sent, _ in CALLS]))) == {"CRE-10"}


@pytest.mark.parametrize("skew", [3_600.0, -3_600.0])
def test_the_targets_clock_may_be_wrong(skew: float) -> None:
    assert set(suspected(told_of(skew=skew))) == {"CRE-10"}
    early = [*MIDDLES, *(950.0 + number for number in range(9))]
    assert set(suspected(told_of(created=early, skew=skew))) == {"CRE-10"}


@pytest.mark.parametrize(("listed_at", "accused"), [(1_020.0, set()), (1_200.0, {"CRE-10"})])
def test_a_time_in_whole_seconds_fits_calls_up_to_a_second_away(listed_at: float, accused: set[str]) -> None:
    story = told_of(listed_at=listed_at, created=[int(moment) for moment in MIDDLES], precision="seconds")
    assert set(suspected(story)) == accused


@pytest.mark.parametrize(("others", "number"), [(1, 4), (2, None)])
@pytest.mark.parametrize("moment", [1_000.5, 1_001.5, 1_004.5])
def test_four_fifths_have_to_fall_into_the_times_of_refused_creates(
    others: int, number: int | None, moment: float
) -> None:
    created = [*MIDDLES, *(moment + each / 100 for each in range(others))]
    message = (
        f"{number} containers that no answer named were created while creates were being refused, "
        "such as cnt_of_nobody_0, but other callers may have created them."
    )
    assert suspected(told_of(created=created)) == ({"CRE-10": [message]} if number else {})


@pytest.mark.parametrize(("shift", "accused"), [(-0.06, True), (-0.07, False), (0.06, True), (0.07, False)])
def test_a_hundredth_of_a_second_is_forgiven_beside_the_precision(shift: float, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = told_of(created=[moment + shift for moment in MIDDLES])
    assert bool(suspected(story)) is accused


def test_the_earliest_is_named() -> None:
    assert suspected(told_of(created=MIDDLES[::-1]))["CRE-10"][0].endswith(
        "such as cnt_of_nobody_3, but other callers may have created them."
    )


@pytest.mark.parametrize(("moment", "accused"), [(999.98, {"CRE-10"}), (999.99, set())])
def test_what_came_to_be_just_before_the_first_call_may_be_of_the_run(moment: float, accused: set[str]) -> None:
    assert set(suspected(told_of(created=[*MIDDLES, *([moment] * 4)]))) == accused


def test_a_retry_that_is_refused_beside_an_accepted_create_is_no_refused_create() -> None:
    story = told_of(calls=(), created=())
    story.exchanges.pop()
    for number, (sent, took) in enumerate(CALLS, 2):
        story.create(number, key=f"k{number}", sent=sent, took=took)
        conflict: dict[str, Any] = {"status": 409, "answer": envelope_of_error("CONFLICT")}
        story.create(number, key=f"k{number}", sent=sent + 0.05, took=took, **conflict)
    made = {f"cnt_of_nobody_{index}": moment + 0.05 for index, moment in enumerate(MIDDLES)}
    made |= {"cnt_1": 1_000.05} | {f"cnt_{number}": moment for number, moment in enumerate(MIDDLES, 2)}
    story.list([item(name, made[name]) for name in sorted(made, key=lambda name: -made[name])], sent=1_060.0)
    assert suspected(story) == {}


def test_those_of_a_conflict_are_accused_too() -> None:
    more: dict[str, Any] = {
        "status": 409,
        "answer": envelope_of_error("IDEMPOTENCY_CONFLICT"),
        "headers": {"Idempotency-Key": "k"},
    }
    assert "IDM-4" in suspected(told_of(**more))


@pytest.mark.also_fails("LST-10")
def test_without_a_container_that_an_answer_named_the_targets_clock_is_unknown() -> None:
    story = told_of(listed_at=1_005.0)
    story.exchanges.pop()
    story.list([item(f"cnt_of_nobody_{index}", moment) for index, moment in enumerate(MIDDLES)], sent=1_005.0)
    assert "CRE-10" not in suspected(story)


@pytest.mark.also_fails("SCH-1")
def test_only_creates_tell_the_targets_clock() -> None:
    """A decision, a regeneration or a clone may name what is much older than the call, or was made later."""
    story = told_of()
    story.call("POST", "/v1/content/cnt_old_1/approve", 200, {"id": "cnt_old_1", "approvalStatus": "approved"})
    story.call("POST", "/v1/content/cnt_old_2/regenerate", 202, envelope(7, container_id="cnt_old_2"))
    story.call("POST", "/v1/content/cnt_old_3/reject", 200, {"id": "cnt_old_3"}, body={"reason": "No."})
    shown = [item(f"cnt_of_nobody_{index}", moment) for index, moment in enumerate(MIDDLES)]
    old = [item(f"cnt_old_{number}", 400.0 - number) for number in (1, 2, 3)]
    story.list([*shown[::-1], item("cnt_1", 1_000.05), *old])
    assert "CRE-10" in suspected(story)


@pytest.mark.parametrize("member", ["id", "containerId"])
def test_what_a_later_answer_names_is_no_longer_nobodys(member: str) -> None:
    story = told_of()
    story.call("POST", "/v1/content/cnt_of_nobody_3/approve", 200, {member: "cnt_of_nobody_3"})
    assert "CRE-10" not in suspected(story)


@pytest.mark.parametrize(("query", "cursor"), [("?status=failed", None), ("", "more")])
@pytest.mark.also_fails("LST-1")
def test_only_a_whole_walk_shows_that_nothing_came_to_be_later(query: str, cursor: str | None) -> None:
    story = told_of(listed_at=1_004.4)
    story.list([], query, cursor=cursor, sent=1_060.0)
    assert "CRE-10" not in suspected(story)
    story.list([item("cnt_1", 1_000.05)], sent=1_070.0)
    assert "CRE-10" in suspected(story)


@pytest.mark.parametrize("entry", [7, {}, {"id": 7, "createdAt": at(1_002.05)}, {"id": "cnt_8", "createdAt": "now"}])
@pytest.mark.also_fails("LST-1", "LST-3", "SCH-1", "SCH-3")
def test_entries_that_show_no_container_or_no_time_count_for_nothing(entry: Any) -> None:
    story = told_of(created=MIDDLES[:3])
    story.list([entry], "?limit=9", sent=1_006.0)
    assert "CRE-10" not in suspected(story)


@pytest.mark.parametrize("skew", [0.0, 3_600.0])
@pytest.mark.parametrize(
    ("lost_at", "accused"),
    [
        (930.0, True),
        (940.93, True),
        (940.942, False),
        (950.0, False),
        (1_000.5, False),
        (1_004.058, False),
        (1_004.07, True),
    ],
)
def test_a_create_whose_answer_was_lost_may_take_effect_for_a_minute(
    lost_at: float,
    accused: bool,  # noqa: FBT001 - a parameter of the test
    skew: float,
) -> None:
    story = told_of(skew=skew)
    story.create(brief={"hook": "Evenings lcm-lost-1"}, status=None, answer=None, error="timed out", sent=lost_at)
    assert ("CRE-10" in suspected(story)) is accused


def test_of_what_lost_creates_may_have_made_as_much_as_possible_is_left_out() -> None:
    """The first container fits the first of two lost creates alone, the second one fits both."""
    calls = [(sent, 0.1) for sent in (1_001.0, 1_003.0, 1_100.0, 1_101.0, 1_102.0)]
    story = told_of(calls, [1_102.05, 1_101.05, 1_100.05, 1_003.05, 1_001.05], 1_200.0)
    for lost_at in (950.0, 1_002.5):
        brief = {"hook": f"Evenings lcm-lost-{lost_at:.0f}"}
        story.create(brief=brief, status=None, answer=None, error="timed out", sent=lost_at)
    assert "CRE-10" not in suspected(story)


def test_a_clone_whose_answer_was_lost_may_have_made_one_too_and_a_regeneration_none() -> None:
    for path, accused in (("clone-from-post", False), ("regenerate", True)):
        story = told_of()
        body = {"sourcePlatformPostId": "post_1"} if path == "clone-from-post" else {}
        story.call("POST", f"/v1/content/cnt_1/{path}", None, body=body, error="timed out", sent=1_000.5)
        assert ("CRE-10" in suspected(story)) is accused


def refused_clones(count: int, listed_at: float) -> HistoryBuilder:
    """Record clones of an unknown post among many refused creates; a container without a mark comes to be in the time of each."""
    story, _ = refused(30)
    times = []
    for _ in range(count):
        times.append(story.at + 0.05)
        path, body = "/v1/content/cnt_1/clone-from-post", {"sourcePlatformPostId": "post_0"}
        story.call("POST", path, 404, envelope_of_error("NOT_FOUND"), body=body)
    story.at = listed_at
    return listed(story, times)


def test_containers_that_come_to_be_while_clones_are_refused_are_accused() -> None:
    sentence = (
        "8 containers that no answer named were created while clones were being refused, such as cnt_of_nobody_0."
    )
    assert failures(refused_clones(8, 1_060.0))["CLO-4"] == [sentence]
    assert set(suspected(refused_clones(4, 1_040.0))) == {"CLO-4"}
    assert "CLO-4" not in failures(refused_clones(4, 1_040.0))


@pytest.mark.also_fails("LST-1")
def test_one_create_of_others_leaves_a_doubt_of_refused_clones() -> None:
    story = refused_clones(8, 1_060.0)
    story.list([item("cnt_of_others", 1_045.5)])
    assert "CLO-4" not in failures(story)


@pytest.mark.parametrize(("unknown", "expected"), [(50, ["passed"]), (51, [])])
@pytest.mark.also_fails("LST-11")
def test_a_call_waits_for_fifty_containers_at_most(unknown: int, expected: list[str]) -> None:
    story, numbers = HistoryBuilder(), range(10, 10 + unknown)
    story.create(key="k")
    story.read()
    refused = {"status": 422, "answer": envelope_of_error("VALIDATION"), "brief": {"hook": "Mornings lcm-run-2"}}
    story.create(5, fmt="hologram", **refused)
    made = {"createdAt": "2026-04-18T12:04:11.500Z"}
    story.list([*items(*numbers, **made), *items(1)])
    for number in numbers:
        story.read(number, brief={"hook": "Somebody else's"}, updatedAt="2026-04-18T12:04:12.000Z", **made)
    assert results(story, "CRE-10") == expected
