"""The drivers over the ASGI interface come to the verdicts that they come to over HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
from whole_runs import SUITE, Ran, backend, on_path, run_against

from sandbox.app import create_app
from sandbox.backend import Backend

PLUGIN = '''
import asyncio
import os
import threading

import httpx

from conformance.run import process as running
from conformance.client.session import Session
from sandbox.app import create_app
from sandbox.backend import build_backend
from sandbox.settings import SandboxSettings


class InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI application that lives in a loop of its own."""

    def __init__(self):
        settings = SandboxSettings(
            generation_seconds=0.1,
            polls_per_second=0,
            api_key=os.environ["LAYERS_API_KEY"],
            other_api_key=os.environ["LAYERS_OTHER_KEY"],
        )
        self.app = httpx.ASGITransport(create_app(build_backend(settings)))
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def handle_request(self, request):
        return asyncio.run_coroutine_threadsafe(self.answer(request), self.loop).result(60)

    async def answer(self, request):
        answer = await self.app.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)


class Inside(Session):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more, transport=InProcess())


running.Session = Inside
'''


def test_smoke_says_the_same_in_process_and_over_http(smoke: Ran, tmp_path: Path) -> None:
    (tmp_path / "inside.py").write_text(PLUGIN)
    served = backend()
    ran = run_against(
        served,
        tmp_path,
        *("--conformance-profile", "smoke"),
        command=(*SUITE[:2], "-p", "inside", *SUITE[2:]),
        environment=on_path(tmp_path),
    )
    assert ran.status == smoke.status == 0, ran.out + ran.err
    assert ran.verdicts == smoke.verdicts
    assert ran.report["spent"]["generations"] == smoke.report["spent"]["generations"]
    # Nothing of it went over the network: the backend that serves has seen no create.
    listed = asyncio.run(first_page(served))
    assert listed == []


async def first_page(served: Backend) -> list[object]:
    """Read the list of the project of a backend that may have served over HTTP."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(served)), base_url="http://inside.test"
    ) as client:
        path = f"/v1/projects/{served.settings.project_id}/content"
        answer = await client.get(path, headers={"X-Api-Key": served.settings.api_key})
    items: list[object] = answer.json()["items"]
    return items
