"""A client of a sandbox in this process, with faults in it."""

from typing import Any

import httpx
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.clock import Clock
from sandbox.faults import find
from sandbox.settings import SandboxSettings

GENERATION = 60.0
BEGIN_MS = 1_776_513_851_000


class StandingClock(Clock):
    """A clock that moves by requests alone."""

    def real(self) -> int:
        return BEGIN_MS


class FaultyApi:
    """Calls of one organization; `envelope` is the answer that started a job. Time passes by `wait` alone, however slow the machine is."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.settings = backend.settings
        self.http: httpx.Client = TestClient(
            create_app(backend), headers={"X-Api-Key": backend.settings.api_key}, follow_redirects=False
        )

    def path(self, *, under_review: bool = False) -> str:
        project = self.settings.review_project_id if under_review else self.settings.project_id
        return f"/v1/projects/{project}/content"

    def create(
        self, *, key: str | None = None, under_review: bool = False, format_: str = "video_remix", **brief: object
    ) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"format": format_, "brief": {"hook": "Evenings are yours", **brief}}
        return self.http.post(self.path(under_review=under_review), json=body, headers=headers)

    def started(self, **how: Any) -> Any:
        return self.create(**how).json()

    def completed(self, **how: Any) -> Any:
        envelope = self.started(**how)
        self.wait(self.settings.generation_seconds)
        return envelope

    def rejected(self) -> Any:
        envelope = self.completed(under_review=True)
        assert self.act(envelope, "reject", reason="Off brand").status_code == 200
        return envelope

    def wait(self, seconds: float) -> None:
        self.http.post("/_sandbox/clock", json={"advanceSeconds": seconds})

    def read(self, envelope: Any) -> Any:
        return self.http.get(f"/v1/content/{envelope['containerId']}").json()

    def job(self, envelope: Any, **headers: str) -> httpx.Response:
        return self.http.get(f"/v1/jobs/{envelope['jobId']}", headers=headers)

    def cancel(self, envelope: Any, **headers: str) -> httpx.Response:
        return self.http.post(f"/v1/jobs/{envelope['jobId']}/cancel", headers=headers)

    def act(self, envelope: Any, action: str, **body: object) -> httpx.Response:
        return self.http.post(f"/v1/content/{envelope['containerId']}/{action}", json=body)

    def listing(self, *, under_review: bool = False, **query: Any) -> httpx.Response:
        return self.http.get(self.path(under_review=under_review), params=query)

    def page(self, **query: Any) -> tuple[list[str], str | None]:
        page = self.listing(**query).json()
        return [item["id"] for item in page["items"]], page["nextCursor"]


def api_with(*faults: str, generation_seconds: float = GENERATION) -> FaultyApi:
    backend = build_backend(SandboxSettings(generation_seconds=generation_seconds))
    backend.clock = StandingClock(backend.store)
    for fault in faults:
        find(fault).install(backend)
    return FaultyApi(backend)
