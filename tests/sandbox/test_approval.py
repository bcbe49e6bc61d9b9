import pytest
from sandbox_api import Api


def pending(api: Api) -> str:
    container_id = api.created(project=api.settings.review_project_id)
    api.wait()
    return container_id


def test_only_a_review_project_asks_for_review(api: Api) -> None:
    plain, reviewed = api.created(), api.created(project=api.settings.review_project_id)
    assert api.read(reviewed)["approvalStatus"] == "not_required"
    api.wait()
    assert api.read(plain)["approvalStatus"] == "not_required"
    assert api.read(reviewed)["approvalStatus"] == "pending"


@pytest.mark.parametrize(
    ("action", "body", "result"), [("approve", {}, "approved"), ("reject", {"reason": "r"}, "rejected")]
)
def test_a_decision_changes_approval_alone_and_holds_once(api: Api, action: str, body: object, result: str) -> None:
    container_id = pending(api)
    before = api.read(container_id)
    answer = api.act(container_id, action, body)
    after = api.read(container_id)
    assert (answer.status_code, answer.json()) == (200, after)
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"updatedAt"} == {"approvalStatus"}
    assert after["approvalStatus"] == result
    for again, content in (("approve", {}), ("reject", {"reason": "r"})):
        assert api.act(container_id, again, content).json()["error"]["code"] == "CONFLICT"
    assert api.read(container_id) == after
    assert container_id in api.walk(api.settings.review_project_id, status="completed")


def test_a_container_without_review_can_not_be_rejected(api: Api) -> None:
    container_id = api.created()
    api.wait()
    assert api.act(container_id, "reject", {"reason": "r"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1025}, {"reason": None}, {"reason": 1}])
def test_a_reject_without_a_proper_reason_changes_nothing(shared_api: Api, body: object) -> None:
    container_id = pending(shared_api)
    assert shared_api.act(container_id, "reject", body).status_code == 422
    assert shared_api.read(container_id)["approvalStatus"] == "pending"


def test_a_reason_of_1024_characters_is_accepted(api: Api) -> None:
    assert api.act(pending(api), "reject", {"reason": "é" * 1024}).status_code == 200


@pytest.mark.parametrize("regenerate", [True, {"language": "de-DE"}])
def test_reject_with_regenerate_does_both(api: Api, regenerate: object) -> None:
    container_id = pending(api)
    answer = api.act(container_id, "reject", {"reason": "r", "regenerate": regenerate})
    assert answer.status_code == 202
    assert answer.json()["containerId"] == container_id
    container = api.read(container_id)
    assert (container["status"], container["approvalStatus"]) == ("queued", "rejected")
    api.wait()
    container = api.read(container_id)
    assert (container["status"], container["approvalStatus"]) == ("completed", "pending")


def test_a_refused_reject_with_regenerate_does_neither(api: Api) -> None:
    container_id = pending(api)
    before = api.read(container_id)
    assert api.act(container_id, "reject", {"reason": "r", "regenerate": {"hook": 1}}).status_code == 422
    api.http.delete(f"/v1/projects/{api.settings.review_project_id}")
    assert api.act(container_id, "reject", {"reason": "r", "regenerate": True}).status_code == 409
    assert api.read(container_id) == before


def test_a_regeneration_keeps_its_approval_until_it_completes(api: Api) -> None:
    container_id = pending(api)
    api.act(container_id, "approve")
    api.act(container_id, "regenerate")
    assert api.read(container_id)["approvalStatus"] == "approved"
    assert api.act(container_id, "reject", {"reason": "r"}).status_code == 409
    api.wait()
    assert api.read(container_id)["approvalStatus"] == "pending"
