"""Faults of creates, lifecycles, approval and jobs show, and a conformant backend does not show them."""

from collections.abc import Callable

import pytest
from faulty_api import GENERATION, FaultyApi, api_with


def decomposed(api: FaultyApi) -> bool:
    return bool(api.read(api.completed(hook="Cafe\u0301"))["brief"]["hook"] != "Cafe\u0301")


def sixth_tag_missing(api: FaultyApi) -> bool:
    return len(api.read(api.completed(themeTags=list("abcdef")))["brief"]["themeTags"]) < 6


def left_behind(api: FaultyApi) -> bool:
    assert api.create(themeTags=[1]).status_code == 422
    return bool(api.listing().json()["items"])


def moves_after_cancel(api: FaultyApi) -> bool:
    envelope = api.started()
    api.cancel(envelope)
    api.wait(GENERATION)
    return bool(api.read(envelope)["status"] != "canceled")


def fails_after_completion(api: FaultyApi) -> bool:
    envelope = api.completed()
    assert api.read(envelope)["status"] == "completed"
    api.wait(1)
    return bool(api.read(envelope)["status"] == "failed")


def fifth_stays_queued(api: FaultyApi) -> bool:
    last = [api.started() for _ in range(5)][-1]
    api.wait(GENERATION)
    return bool(api.read(last)["status"] == "queued")


def updated_at_goes_back(api: FaultyApi) -> bool:
    envelope = api.started()
    api.wait(GENERATION / 2)
    earlier = api.read(envelope)["updatedAt"]
    api.wait(GENERATION)
    return bool(api.read(envelope)["updatedAt"] < earlier)


def forgets_rejection(api: FaultyApi) -> bool:
    envelope = api.completed(under_review=True)
    assert api.act(envelope, "reject", reason="Too loud").status_code == 200
    api.listing(under_review=True)
    return bool(api.read(envelope)["approvalStatus"] != "rejected")


def rejected_despite_refusal(api: FaultyApi) -> bool:
    envelope = api.completed(under_review=True)
    api.act(envelope, "approve")
    assert api.act(envelope, "reject", reason="Too late").status_code == 409
    return bool(api.read(envelope)["approvalStatus"] == "rejected")


def answers_304_after_the_end(api: FaultyApi) -> bool:
    envelope = api.started()
    etag = api.job(envelope).headers["ETag"]
    api.wait(GENERATION)
    return api.job(envelope, **{"If-None-Match": etag}).status_code == 304


def keeps_old_error(api: FaultyApi) -> bool:
    envelope = api.completed(hook=api.settings.failing_hook)
    api.act(envelope, "regenerate", patch={"hook": "Better"})
    api.wait(GENERATION)
    shown = api.read(envelope)
    return bool(shown["status"] == "completed" and shown["lastError"])


SHOWS: dict[str, Callable[[FaultyApi], bool]] = {
    "create-answers-201": lambda api: api.create().status_code == 201,
    "hook-nfc-normalised": decomposed,
    "theme-tags-cut-at-5": sixth_tag_missing,
    "container-invisible-for-a-moment": lambda api: "error" in api.read(api.started()),
    "refused-list-item-leaves-a-container": left_behind,
    "canceled-completes-later": moves_after_cancel,
    "completed-turns-failed": fails_after_completion,
    "fifth-in-flight-never-ends": fifth_stays_queued,
    "updated-at-goes-back-on-completion": updated_at_goes_back,
    "last-error-left-after-success": keeps_old_error,
    "rejected-reset-by-a-list": forgets_rejection,
    "refused-rejection-is-written": rejected_despite_refusal,
    "etag-never-changes": answers_304_after_the_end,
    "finished-at-naive": lambda api: not (api.job(api.completed()).json()["finishedAt"] or "Z").endswith("Z"),
}


@pytest.mark.parametrize("name", SHOWS)
def test_shows(name: str) -> None:
    assert SHOWS[name](api_with(name))


@pytest.mark.parametrize("name", SHOWS)
def test_a_conformant_backend_does_not_behave_so(name: str) -> None:
    assert not SHOWS[name](api_with())
