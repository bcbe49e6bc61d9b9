"""About how much a run sends and how long it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whole_runs import run

from conformance.cli.doctor import write_template
from conformance.run.planning.drivers import Driver
from conformance.run.planning.plan import Pace, duration, estimate, plan_run
from conformance.run.planning.price import Bill
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import Target


def driver(name: str, **more: Any) -> Driver:
    return Driver(name, ("CRE-1",), "gate", **more)


def test_the_estimate_follows_from_the_marks_of_the_drivers() -> None:
    bill, pace = Bill({"a": 4}, ("first",)), Pace(60, 0.1, 2.0)
    found = estimate([driver("a", depth=3, calls=30), driver("out of reach", depth=9, calls=900)], bill, 25, pace)
    assert found.requests == 50
    assert found.seconds == pytest.approx(3 * 62 + 5)
    one = [driver("a", depth=1, calls=30)]
    assert estimate(one, bill, 25, Pace(60, 0.1, 2.0, requests_per_second=1)).seconds == pytest.approx(62 + 50)
    assert estimate(one, bill, 25, Pace(60, 0.1, 2.0, in_flight=2)).seconds == pytest.approx(2 * 62 + 5)
    assert estimate(one, bill, 1, Pace(60, 0, 0)).seconds == 60, "one generation is all it gets"
    wide = [driver("a", depth=1, alone=True), driver("b", depth=2, alone=True)]
    assert estimate(wide, Bill({"a": 1, "b": 2}, ()), 25, Pace(60, 0, 0)).seconds == 180, "each waits in turn"


@pytest.mark.matrix
@pytest.mark.parametrize("profile", ["smoke", "gate"])
def test_the_estimate_is_near_what_a_run_sends(tmp_path: Path, profile: str) -> None:
    sent = run(tmp_path, "--sandbox", "--profile", profile, environment={}).report["spent"]["requests"]
    assert plan_run(PROFILES[profile]).estimate.requests == pytest.approx(sent, rel=0.25)


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
