"""A small client for the sandbox's own tests, without checks of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from sandbox.backend import Backend, build_backend
from sandbox.server import running
from sandbox.settings import SandboxSettings

GENERATION = 60.0


@dataclass
class Api:
    """A client of one running sandbox whose generations take a minute of the test clock."""

    backend: Backend
    http: httpx.Client
    other: httpx.Client
    anonymous: httpx.Client
    brief: dict[str, object] = field(default_factory=lambda: {"hook": "Evenings are yours"})

    @property
    def settings(self) -> SandboxSettings:
        return self.backend.settings

    def content(self, project: str | None = None) -> str:
        return f"/v1/projects/{project or self.settings.project_id}/content"

    def create(
        self, *, project: str | None = None, key: str | None = None, format_: str = "video_remix", **brief: object
    ) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"format": format_, "brief": {**self.brief, **brief}}
        return self.http.post(self.content(project), json=body, headers=headers)

    def created(self, **how: object) -> str:
        answer = self.create(**how)  # type: ignore[arg-type]
        assert answer.status_code == 202, answer.text
        container_id: str = answer.json()["containerId"]
        return container_id

    def read(self, container_id: str) -> dict[str, object]:
        shown: dict[str, object] = self.http.get(f"/v1/content/{container_id}").json()
        return shown

    def act(self, container_id: str, action: str, body: object = None, **headers: str) -> httpx.Response:
        return self.http.post(
            f"/v1/content/{container_id}/{action}", json={} if body is None else body, headers=headers
        )

    def job(self, job_id: str) -> dict[str, object]:
        shown: dict[str, object] = self.http.get(f"/v1/jobs/{job_id}").json()
        return shown

    def wait(self, seconds: float = GENERATION) -> None:
        assert self.anonymous.post("/_sandbox/clock", json={"advanceSeconds": seconds}).status_code == 200

    def walk(self, project: str | None = None, **query: object) -> list[str]:
        found: list[str] = []
        while True:
            page = self.http.get(self.content(project), params=query).json()  # type: ignore[arg-type]
            found += [item["id"] for item in page["items"]]
            if page["nextCursor"] is None:
                return found
            query["cursor"] = page["nextCursor"]


@contextmanager
def sandbox_running(settings: SandboxSettings | None = None) -> Iterator[Api]:
    backend = build_backend(settings or SandboxSettings(generation_seconds=GENERATION))
    with (
        running(backend) as url,
        httpx.Client(base_url=url, headers={"X-Api-Key": backend.settings.api_key}) as owner,
        httpx.Client(base_url=url, headers={"X-Api-Key": backend.settings.other_api_key}) as other,
        httpx.Client(base_url=url) as anonymous,
    ):
        yield Api(backend, owner, other, anonymous)
