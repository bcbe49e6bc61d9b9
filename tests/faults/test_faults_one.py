"""Faults of creates, lifecycles, approval, jobs, shapes and errors: what they are, and that they show."""

from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import httpx
import pytest
import yaml
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.change import Fault
from sandbox.faults import all_faults
from sandbox.settings import SandboxSettings

FAMILIES = ("CRE", "LIF", "APR", "SCH", "JOB", "ERR")
FAULTS = [fault for fault in all_faults().values() if fault.requirement.startswith(FAMILIES)]
REQUIREMENTS = {
    row["id"]: row["level"]
    for row in yaml.safe_load((files("openapi") / "requirements.yaml").read_text())["requirements"]
}
GENERATION = 60.0


class Api:
    """A sandbox in this process, whose generations take a minute of its clock."""

    def __init__(self, backend: Backend) -> None:
        self.settings = backend.settings
        self.http: httpx.Client = TestClient(
            create_app(backend), headers={"X-Api-Key": backend.settings.api_key}, follow_redirects=False
        )

    def create(self, *, under_review: bool = False, format_: str = "video_remix", **brief: object) -> Any:
        project = self.settings.review_project_id if under_review else self.settings.project_id
        body = {"format": format_, "brief": {"hook": "Evenings are yours", **brief}}
        return self.http.post(f"/v1/projects/{project}/content", json=body)

    def made(self, **how: Any) -> Any:
        envelope = self.create(**how).json()
        self.http.post("/_sandbox/clock", json={"advanceSeconds": GENERATION})
        return envelope

    def wait(self, seconds: float) -> None:
        self.http.post("/_sandbox/clock", json={"advanceSeconds": seconds})

    def read(self, envelope: Any) -> Any:
        return self.http.get(f"/v1/content/{envelope['containerId']}").json()

    def job(self, envelope: Any, **headers: str) -> httpx.Response:
        return self.http.get(f"/v1/jobs/{envelope['jobId']}", headers=headers)

    def act(self, envelope: Any, action: str, **body: object) -> httpx.Response:
        return self.http.post(f"/v1/content/{envelope['containerId']}/{action}", json=body)

    def listing(self, *, under_review: bool = False, **query: Any) -> httpx.Response:
        project = self.settings.review_project_id if under_review else self.settings.project_id
        return self.http.get(f"/v1/projects/{project}/content", params=query)


def api_with(*faults: Fault) -> Api:
    backend = build_backend(SandboxSettings(generation_seconds=GENERATION))
    for fault in faults:
        fault.install(backend)
    return Api(backend)


def test_names_are_unique_and_in_kebab_case() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names))
    assert all(name == name.lower() and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)


def test_every_fault_breaks_a_requirement_of_the_register() -> None:
    assert {fault.requirement for fault in FAULTS} <= set(REQUIREMENTS)


def test_every_fault_says_what_it_does_in_one_sentence() -> None:
    assert all(fault.summary.endswith(".") and len(fault.summary) < 140 for fault in FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_installs_on_a_backend(fault: Fault) -> None:
    fault.install(build_backend())


def test_every_requirement_of_the_families_has_its_faults() -> None:
    found = Counter(fault.requirement for fault in FAULTS)
    wanted = {
        requirement: 2 if level == "MUST" else 1
        for requirement, level in REQUIREMENTS.items()
        if requirement.startswith(FAMILIES)
    }
    assert {
        requirement: found[requirement] for requirement, least in wanted.items() if found[requirement] < least
    } == {}


def test_many_faults_hide_from_an_obvious_test() -> None:
    depths = Counter(fault.depth for fault in FAULTS)
    assert sum(depths.values()) >= 90
    assert depths["deep"] >= 35
    assert min(depths["shallow"], depths["stateful"]) >= 15


def test_every_family_has_deep_faults() -> None:
    assert {fault.requirement[:3] for fault in FAULTS if fault.depth == "deep"} == set(FAMILIES)


def decomposed(api: Api) -> bool:
    return bool(api.read(api.made(hook="Cafe\u0301"))["brief"]["hook"] != "Cafe\u0301")


def sixth_tag(api: Api) -> bool:
    return len(api.read(api.made(themeTags=list("abcdef")))["brief"]["themeTags"]) < 6


def left_behind(api: Api) -> bool:
    assert api.create(themeTags=[1]).status_code == 422
    return bool(api.listing().json()["items"])


def moves_after_cancel(api: Api) -> bool:
    envelope = api.create().json()
    api.http.post(f"/v1/jobs/{envelope['jobId']}/cancel")
    api.wait(GENERATION)
    return bool(api.read(envelope)["status"] != "canceled")


def fails_in_the_end(api: Api) -> bool:
    envelope = api.made()
    assert api.read(envelope)["status"] == "completed"
    api.wait(1)
    return bool(api.read(envelope)["status"] == "failed")


def starves(api: Api) -> bool:
    last = [api.create().json() for _ in range(5)][-1]
    api.wait(GENERATION)
    return bool(api.read(last)["status"] == "queued")


def goes_back(api: Api) -> bool:
    envelope = api.create().json()
    api.wait(GENERATION / 2)
    earlier = api.read(envelope)["updatedAt"]
    api.wait(GENERATION)
    return bool(api.read(envelope)["updatedAt"] < earlier)


def forgets_rejection(api: Api) -> bool:
    envelope = api.made(under_review=True)
    assert api.act(envelope, "reject", reason="Too loud").status_code == 200
    api.listing(under_review=True)
    return bool(api.read(envelope)["approvalStatus"] != "rejected")


def rejected_all_the_same(api: Api) -> bool:
    envelope = api.made(under_review=True)
    api.act(envelope, "approve")
    assert api.act(envelope, "reject", reason="Too late").status_code == 409
    return bool(api.read(envelope)["approvalStatus"] == "rejected")


def hides_the_end(api: Api) -> bool:
    envelope = api.create().json()
    etag = api.job(envelope).headers["ETag"]
    api.wait(GENERATION)
    return api.job(envelope, **{"If-None-Match": etag}).status_code == 304


def old_error(api: Api) -> bool:
    envelope = api.made(hook=api.settings.failing_hook)
    api.act(envelope, "regenerate", patch={"hook": "Better"})
    api.wait(GENERATION)
    shown = api.read(envelope)
    return bool(shown["status"] == "completed" and shown["lastError"])


def post(api: Api, content: bytes) -> int:
    path = f"/v1/projects/{api.settings.project_id}/content"
    return api.http.post(path, content=content, headers={"Content-Type": "application/json"}).status_code


def partial(api: Api) -> bool:
    api.made()
    api.made()
    return api.listing(limit=1).status_code == 206


def never_tells_when(api: Api) -> bool:
    answers = [api.http.get("/v1/jobs/job_unknown") for _ in range(50)]
    return any(answer.status_code == 429 and "Retry-After" not in answer.headers for answer in answers)


SHOWS: dict[str, Callable[[Api], bool]] = {
    "create-answers-201": lambda api: api.create().status_code == 201,
    "hook-nfc-normalised": decomposed,
    "theme-tags-cut-at-5": sixth_tag,
    "container-invisible-for-a-moment": lambda api: "error" in api.read(api.create().json()),
    "refused-list-item-leaves-a-container": left_behind,
    "canceled-completes-later": moves_after_cancel,
    "completed-turns-failed": fails_in_the_end,
    "fifth-in-flight-never-ends": starves,
    "updated-at-goes-back-on-completion": goes_back,
    "last-error-left-after-success": old_error,
    "rejected-reset-by-a-list": forgets_rejection,
    "refused-rejection-is-written": rejected_all_the_same,
    "etag-never-changes": hides_the_end,
    "finished-at-naive": lambda api: not (api.job(api.made()).json()["finishedAt"] or "Z").endswith("Z"),
    "list-answers-206-when-more": partial,
    "bad-utf-8-crashes": lambda api: post(api, b'{"format": "auto", "brief": {"hook": "\xff"}}') == 500,
    "trailing-comma-accepted": lambda api: post(api, b'{"format": "auto", "brief": {"hook": "a",}}') == 202,
    "rate-limit-without-retry-after": never_tells_when,
}


@pytest.mark.parametrize("name", SHOWS)
def test_shows(name: str) -> None:
    assert SHOWS[name](api_with(all_faults()[name]))


@pytest.mark.parametrize("name", SHOWS)
def test_a_conformant_backend_does_not_behave_so(name: str) -> None:
    assert not SHOWS[name](api_with())
