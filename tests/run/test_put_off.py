"""A target that puts calls off to the end is told of, since nobody has looked at what they were to show."""

from __future__ import annotations

from dataclasses import replace

from runs import exchange, passed, report

from conformance.client.exchange import Exchange


def job_read(number: int, status: int, *, again: int | None = None) -> Exchange:
    found = exchange(number, path="/v1/jobs/job_1", status=status)
    return replace(found, tags={} if again is None else {"retry_of": f"main-{again}"})


def warnings(*exchanges: Exchange) -> list[str]:
    return report(passed("CRE-1"), exchanges=exchanges).warnings


def test_a_call_that_was_put_off_for_as_long_as_it_was_repeated_is_told() -> None:
    (story,) = warnings(job_read(1, 429), job_read(2, 429, again=1), job_read(3, 408, again=2), job_read(4, 200))
    assert story.startswith("The target put off 1 call with 408 or 429 for as long as they were repeated (getJob 1).")


def test_a_call_that_was_answered_at_last_or_not_repeated_is_not() -> None:
    assert warnings(job_read(1, 429), job_read(2, 429, again=1), job_read(3, 200, again=2)) == []
    assert warnings(job_read(1, 429)) == []
