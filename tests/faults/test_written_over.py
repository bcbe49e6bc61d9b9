"""Faults of a write over another one."""

from faulty_api import GENERATION, api_with
from test_sequences import together


def test_progress_that_takes_back_a_decision() -> None:
    api = api_with("rejected-reset-by-reading-progress")
    made = api.rejected()
    assert api.read(made)["approvalStatus"] == "rejected"
    api.http.get(f"/v1/content/{made['containerId']}/progress")
    assert api.read(made)["approvalStatus"] == "pending"


def test_a_bad_body_that_frees_its_key() -> None:
    api = api_with("bad-body-frees-its-key")
    first = api.create(key="k").json()
    assert api.create(key="k").json() == first
    assert api.create(key="k", hook=3).status_code == 422
    assert api.create(key="k").json()["containerId"] != first["containerId"]


def test_a_second_cancel() -> None:
    api = api_with("second-cancel-takes-back-the-first")
    made = api.started()
    shown = []
    for _ in range(2):
        api.cancel(made)
        shown.append(api.read(made)["status"])
    assert shown == ["canceled", "queued"]


def test_a_cancel_in_the_last_stage() -> None:
    api = api_with("cancel-in-the-last-stage-never-ends")
    made = api.started()
    api.wait(GENERATION * 0.9)
    assert api.cancel(made).status_code == 202
    api.wait(GENERATION)
    assert (api.read(made)["status"], api.job(made).json()["status"]) == ("generating", "running")
    early = api.started()
    api.cancel(early)
    assert api.read(early)["status"] == "canceled"


def test_a_patch_back_to_the_first_brief() -> None:
    api = api_with("patch-back-to-the-first-brief-is-lost")
    made = api.completed(hook="one")
    for hook, shown in (("two", "two"), ("one", "two"), ("three", "three")):
        api.act(made, "regenerate", patch={"hook": hook})
        assert api.read(made)["brief"]["hook"] == shown
        api.wait(GENERATION)


def test_patches_at_once() -> None:
    api = api_with("regenerates-at-once-mix-their-patches")
    made = [api.completed(), api.completed()]
    calls = [
        (f"/v1/content/{each['containerId']}/regenerate", {"patch": {"hook": str(number)}}, None)
        for number, each in enumerate(made)
    ]
    assert [each.status_code for each in together(api, *calls)] == [202, 202]
    assert [api.read(each)["brief"]["hook"] for each in made] == ["0", "0"]
