"""Containers that no answer named, beside the times of refused creates: what must be accused, and what must be left alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from histories import PROJECT, Told, envelope_of_error, failures

PATH = f"/v1/projects/{PROJECT}/content"
BROKEN = {"format": "video", "brief": {"hook": "Evenings"}}


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def item(name: str, created: float) -> dict[str, Any]:
    return {
        "id": name,
        "status": "completed",
        "format": "auto",
        "approvalStatus": "not_required",
        "createdAt": at(created),
    }


def refused(count: int, **more: Any) -> tuple[Told, list[float]]:
    """Tell of an accepted create and of refused ones, and give the middle of the time of each of these."""
    told = Told()
    told.create()
    times = []
    for _ in range(count):
        times.append(told.at + 0.05)
        told.call("POST", PATH, answer=envelope_of_error("VALIDATION"), body=BROKEN, **({"status": 422} | more))
    return told, times


def listed(told: Told, created: list[float]) -> Told:
    times = {f"cnt_of_nobody_{index}": moment for index, moment in enumerate(created)} | {"cnt_1": 1000.05}
    told.list([item(name, times[name]) for name in sorted(times, key=lambda name: -times[name])])
    return told


@pytest.mark.parametrize(
    ("more", "requirement"),
    [({}, "CRE-10"), ({"actor": "anonymous", "status": 401}, "AUT-3"), ({"actor": "other"}, "AUT-4")],
)
def test_containers_that_come_to_be_while_creates_are_refused_are_accused(more: Any, requirement: str) -> None:
    told, times = refused(6, **more)
    sentence = "6 containers that no answer named came to be just while creates were refused, such as cnt_of_nobody_0."
    assert failures(listed(told, times))[requirement] == [sentence]


def test_a_few_may_be_chance() -> None:
    told, times = refused(6)
    assert failures(listed(told, times[:3])) == {}


def test_the_traffic_of_others_falls_into_other_times_too() -> None:
    told, times = refused(6)
    assert failures(listed(told, [*times, *(moment + 0.5 for moment in times)])) == {}


def test_what_was_there_before_is_nobodys_doing() -> None:
    told, _ = refused(6)
    assert failures(listed(told, [500.0 + index for index in range(9)])) == {}


def test_creates_that_fail_on_the_server_are_no_refusals() -> None:
    told, times = refused(6, status=503)
    assert "CRE-10" not in failures(listed(told, times))


def test_after_the_test_clock_was_moved_times_tell_nothing() -> None:
    told, times = refused(6)
    told.call("POST", "http://target.test/_sandbox/clock", 200, {}, body={"advanceSeconds": 5}, actor="harness")
    assert failures(listed(told, times)) == {}


def test_what_falls_into_a_run_of_nothing_but_refused_creates_proves_nothing_until_later_walks_show_no_more() -> None:
    """Refused creates that follow each other at once fill the whole time, so that anything made meanwhile falls into them."""
    told, times = Told(), []
    told.create(sent=1_000.0)
    for index in range(9):
        sent = 1_001.0 + index / 10
        times.append(sent + 0.05)
        told.call("POST", PATH, 422, envelope_of_error("VALIDATION"), body=BROKEN, sent=sent)
    told.at = 1_002.0
    listed(told, times)
    assert failures(told) == {}
    told.at = 1_060.0
    listed(told, times)
    assert set(failures(told)) == {"CRE-10"}


@pytest.mark.parametrize(("lost", "accused"), [(6, set()), (1, {"CRE-10"})])
def test_creates_whose_answers_were_lost_meanwhile_may_have_made_one_each(lost: int, accused: set[str]) -> None:
    told, times = refused(6)
    for moment in times[:lost]:
        brief = {"hook": f"Evenings lcm-lost-{moment:.0f}"}
        told.create(brief=brief, status=None, answer=None, error="timed out", sent=moment - 0.1, took=0.5)
    assert set(failures(listed(told, times))) == accused
