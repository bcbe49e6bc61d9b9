"""About how much a run sends and how long it takes: the measured figures are those of the drivers as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whole_runs import run

from conformance.cli.pages import write_template
from conformance.run.planning.drivers import Driver
from conformance.run.planning.estimate import (
    PREFLIGHT,
    Measured,
    Pace,
    Work,
    duration,
    estimate,
    measured_work,
    rounds_of,
)
from conformance.run.planning.plan import chosen, plan_run
from conformance.run.planning.price import SHARED, Bill
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.target import Target
from conformance.run.settings.target import load as load_target

AGAIN = "measure again with python scripts/measure_work.py"
NARROW = ("CRE-5", "APR-2", "APR-6", "IDM-11", "LST", "REG-6", "CLO")


def driver(name: str, **more: Any) -> Driver:
    return Driver(name, ("CRE-1",), "gate", **more)


@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_driver_of_a_profile_was_measured(profile: str) -> None:
    measured, there = measured_work()[profile].work, {each.name for each in chosen(PROFILES[profile])}
    assert there <= set(measured), AGAIN
    assert set(measured) <= there | set(SHARED) | {PREFLIGHT}, AGAIN


@pytest.mark.matrix
@pytest.mark.parametrize(("profile", "only"), [("smoke", ""), ("gate", ""), *(("gate", only) for only in NARROW)])
def test_the_measured_requests_are_those_of_a_fresh_run(tmp_path: Path, profile: str, only: str) -> None:
    """Over HTTP, as it was measured: how often a job is polled depends on how long an answer takes."""
    selection = ["--only", only] if only else []
    sent = run(tmp_path, "--sandbox", "--profile", profile, *selection, environment={}).report["spent"]["requests"]
    story = plan_run(PROFILES[profile], [only] if only else []).estimate.requests
    assert abs(story - sent) <= max(20, (0.25 if only else 0.1) * sent), (story, sent, AGAIN)


def test_the_estimate_adds_what_is_shared_to_the_work_of_the_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    work = {
        "preflight": Work(5, few=5),
        "first": Work(20, 1, few=20),
        "a": Work(30, 2, 10, 2.0, few=30),
        "b": Work(1000, 9),
    }
    monkeypatch.setattr("conformance.run.planning.estimate.measured_work", lambda: {"gate": Measured(24, work)})
    bill, three, one = Bill({"a": 2}, ("first",)), [driver("a", depth=3)], [driver("a", depth=1)]
    found = estimate("gate", three, bill, 25, Pace(60, 0.1, 2.0))
    assert found.requests == 55
    assert found.seconds == pytest.approx(3 * 60 + 5.5 + 10 * 2.0 + 2.0)
    slower = estimate("gate", three, bill, 25, Pace(60, 0.1, 2.0, requests_per_second=1))
    assert slower.seconds == pytest.approx(3 * 60 + 55 + 22)
    beside = estimate("gate", one, bill, 25, Pace(60, 0.1, 2.0, in_flight=2))
    assert beside.seconds == pytest.approx(2 * 60 + 5.5), "it pauses while another generation is waited for"
    alone = estimate("gate", [driver("a", depth=1, alone=True)], bill, 25, Pace(60, 0.1, 2.0, in_flight=2))
    assert alone.seconds == pytest.approx((1 + 2) * 60 + 5.5 + 22), "it waits in turn, after what is shared"
    assert estimate("gate", three, bill, 1, Pace(60, 0, 0)).seconds == 62, "one generation is all it gets"


def test_a_driver_that_reads_what_others_made_sends_less_in_a_narrow_run() -> None:
    work = Work(100, few=20, narrow=4)
    assert [work.requests_of(generations, 24) for generations in (1, 4, 14, 24, 30)] == [20, 20, 60, 100, 100]
    assert Work(7, few=7, narrow=24).requests_of(3, 24) == 7


@pytest.mark.parametrize(
    ("generations", "chain", "in_flight", "rounds"),
    [(12, 12, 1, 12), (12, 3, 4, 3), (12, 6, 4, 6), (13, 3, 4, 4), (0, 0, 1, 0)],
)
def test_generations_side_by_side_take_as_long_as_their_longest_chain(
    generations: int, chain: int, in_flight: int, rounds: int
) -> None:
    assert rounds_of(generations, chain, in_flight) == rounds


def target(folder: Path, more: str = "", base_url: str = "https://api.example.com") -> Target:
    path = folder / "conformance.toml"
    path.write_text(f'[target]\nbase_url = "{base_url}"\nproject_id = "p"\n{more}')
    return load_target(path, needs_key=False)


def test_the_pace_is_the_targets_own_or_says_what_it_assumes(tmp_path: Path) -> None:
    assumed = Pace.of(target(tmp_path))
    assert (assumed.generation_seconds, assumed.assumed) == (30, True)
    given = Pace.of(target(tmp_path, "[timing]\ngeneration_seconds = 4\npoll_interval = 1\n"))
    assert (given.generation_seconds, given.assumed, given.poll_interval) == (4, False, 1)
    near = [Pace.of(target(tmp_path, base_url=f"http://{host}:8080")) for host in ("localhost", "127.0.0.1", "[::1]")]
    assert all(each.request_seconds < given.request_seconds for each in near)
    assert not Pace.of(None).assumed


def test_a_plan_that_its_budget_is_unlikely_to_last_for_says_so(tmp_path: Path) -> None:
    slow = plan_run(
        PROFILES["certify"], (), target(tmp_path, "[timing]\ngeneration_seconds = 202\n[budget]\nseconds = 3600\n")
    )
    assert "3600 seconds, of about " in slow.shortage
    assert "raise it in [budget], or narrow the run" in slow.shortage
    few = plan_run(PROFILES["gate"], (), target(tmp_path, "[budget]\ngenerations = 3\nrequests = 99\n"))
    assert "3 generations, of about " in few.shortage
    assert "99 requests, of about " in few.shortage
    assert plan_run(PROFILES["gate"]).shortage == plan_run(PROFILES["certify"]).shortage == ""


def test_the_seconds_of_a_profile_follow_from_what_a_generation_takes(tmp_path: Path) -> None:
    slow = plan_run(PROFILES["gate"], (), target(tmp_path, "[timing]\ngeneration_seconds = 202\n"))
    assert slow.limits.seconds >= 1.5 * 3 * 202 > PROFILES["gate"].seconds
    assert slow.shortage == ""
    quick = plan_run(PROFILES["gate"], (), target(tmp_path, "[timing]\ngeneration_seconds = 1\n"))
    assert quick.limits.seconds == PROFILES["gate"].seconds
    assert plan_run(PROFILES["gate"], (), target(tmp_path)).limits.seconds == PROFILES["gate"].seconds


def test_the_setting_stands_in_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    write_template(path, "https://api.example.com", "p", force=False)
    text = path.read_text()
    path.write_text(text.replace("# generation_seconds", "generation_seconds"))
    assert load_target(path, needs_key=False).timing.generation_seconds == 30


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (71, "71 seconds"), (120, "2 minutes"), (901, "16 minutes")]
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
