"""Faults of status codes and refusals show, and a conformant backend does not show them."""

from collections.abc import Callable

import pytest
from faulty_api import FaultyApi, api_with


def status_of_create(api: FaultyApi, content: bytes) -> int:
    return api.http.post(api.path(), content=content, headers={"Content-Type": "application/json"}).status_code


def partial(api: FaultyApi) -> bool:
    api.completed()
    api.completed()
    return api.listing(limit=1).status_code == 206


def no_retry_after(api: FaultyApi) -> bool:
    answers = [api.http.get("/v1/jobs/job_unknown") for _ in range(50)]
    return any(answer.status_code == 429 and "Retry-After" not in answer.headers for answer in answers)


SHOWS: dict[str, Callable[[FaultyApi], bool]] = {
    "list-answers-206-when-more": partial,
    "bad-utf-8-crashes": lambda api: status_of_create(api, b'{"format": "auto", "brief": {"hook": "\xff"}}') == 500,
    "trailing-comma-accepted": lambda api: status_of_create(api, b'{"format": "auto", "brief": {"hook": "a",}}') == 202,
    "rate-limit-without-retry-after": no_retry_after,
}


@pytest.mark.parametrize("name", SHOWS)
def test_shows(name: str) -> None:
    assert SHOWS[name](api_with(name))


@pytest.mark.parametrize("name", SHOWS)
def test_a_conformant_backend_does_not_behave_so(name: str) -> None:
    assert not SHOWS[name](api_with())
