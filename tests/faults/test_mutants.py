"""Faults of the kinds that mutants of the sandbox had shown."""

import pytest
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


@pytest.mark.parametrize(
    ("fault", "query"),
    [
        ("target-longer-than-16-kib-crashes", {"x": "y" * 16_384}),
        ("limit-of-5000-digits-crashes", {"limit": "9" * 5000}),
    ],
)
def test_queries_that_crash(fault: str, query: dict[str, str]) -> None:
    assert api_with(fault).listing(**query).status_code == 500
    assert api_with(fault).listing(limit="1").status_code == 200


def test_a_regenerate_that_crashes_where_the_format_was_left_open() -> None:
    api = api_with("regenerate-of-auto-crashes")
    for format_, status in (("auto", 500), ("video_remix", 202)):
        made = api.completed(format_=format_)
        assert api.act(made, "regenerate").status_code == status


def test_lists_that_are_refused() -> None:
    assert api_with("lists-refused-as-archived").listing().status_code == 409
