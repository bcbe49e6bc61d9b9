"""Faults of the kinds that mutants of the sandbox had shown."""

from faulty_api import api_with

REASON = "Off brand"


def test_a_reject_that_answers_for_another_container() -> None:
    api = api_with("reject-answers-for-another-container")
    one, two = (api.completed(under_review=True) for _ in range(2))
    answers = [
        api.http.post(
            f"/v1/content/{each['containerId']}/reject",
            json={"reason": REASON, "regenerate": True},
            headers={"Idempotency-Key": "k"},
        )
        for each in (one, two)
    ]
    assert [each.json()["containerId"] for each in answers] == [one["containerId"]] * 2
    assert api.read(two)["approvalStatus"] == "pending"


def test_lists_that_are_refused() -> None:
    assert api_with("lists-refused-as-archived").listing().status_code == 409
