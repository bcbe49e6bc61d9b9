"""Faults of keys and organizations show."""

from faulty_api import api_with


def test_a_last_character_that_is_not_compared() -> None:
    api = api_with("last-character-not-compared", generation_seconds=0)
    wrong = api.settings.api_key[:-1] + "~"
    assert api.http.get(api.path(), headers={"X-Api-Key": wrong}).status_code == 200
    assert api.http.get(api.path(), headers={"X-Api-Key": wrong[:-1]}).status_code == 401


def test_a_refused_cancel_that_cancels() -> None:
    api = api_with("refused-cancel-cancels")
    started = api.started()
    assert api.cancel(started, **{"X-Api-Key": "wrong"}).status_code == 401
    assert api.read(started)["status"] == "canceled"


def test_another_organization_cancels_a_job() -> None:
    api = api_with("other-organization-cancels-jobs")
    started = api.started()
    other = {"X-Api-Key": api.settings.other_api_key}
    assert api.job(started, **other).status_code == 404
    assert api.cancel(started, **other).status_code == 202
