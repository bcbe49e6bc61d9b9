"""The JSON form of rows (requirements SCH, JOB, AST)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Protocol

from sandbox.approval import Approval
from sandbox.errors import ApiError
from sandbox.generation import Generation
from sandbox.ids import Ids
from sandbox.listing import Page
from sandbox.part import Part
from sandbox.records import Answer, Asset, Job, Project, Snapshot
from sandbox.store import Store

MEDIA_URL = "https://media.layers.example"
EXTENSIONS = {"video": "mp4", "image": "jpg"}
SIGNED_FOR_SECONDS = 900

Json = dict[str, object]


class RenderingNeeds(Protocol):
    """What the rendering asks of the backend."""

    store: Store
    ids: Ids
    generation: Generation
    approval: Approval


class Rendering(Part[RenderingNeeds]):
    """Turns snapshots, jobs, pages and refusals into JSON."""

    def encode(self, value: object) -> bytes:
        """Return a JSON document in UTF-8."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def answer(self, status: int, value: object) -> Answer:
        """Return a JSON response."""
        return Answer(status, self.encode(value))

    def headers(self, answer: Answer) -> dict[str, str]:
        """Return the headers of a response; only an answer with a body has a Content-Type."""
        return {**({"content-type": "application/json"} if answer.body else {}), **answer.headers}

    def timestamp(self, moment: int) -> str:
        """Return milliseconds since the epoch as RFC 3339 in UTC."""
        return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment % 1000:03d}Z"

    def influencer(self, snapshot: Snapshot) -> object:
        """Return the influencer that the brief names, or None."""
        return json.loads(snapshot.container.brief).get("influencerId")

    def list_item(self, snapshot: Snapshot) -> Json:
        """Return a container as a list shows it."""
        container, job, _, now = snapshot
        generation = self.backend.generation
        return {
            "id": container.id,
            "projectId": container.project_id,
            "status": generation.status_at(job, now),
            "approvalStatus": self.backend.approval.status_at(snapshot),
            "format": generation.format_at(container, job, now),
            "influencerId": self.influencer(snapshot),
            "createdAt": self.timestamp(container.created_at),
            "updatedAt": self.timestamp(generation.updated_at(container, job, now)),
        }

    def container(self, snapshot: Snapshot) -> Json:
        """Return a whole container."""
        generation = self.backend.generation
        return {
            **self.list_item(snapshot),
            "brief": json.loads(snapshot.container.brief),
            "assets": [self.asset(asset) for asset in generation.assets_at(snapshot)],
            "captions": generation.captions_at(snapshot),
            "lastError": generation.error_at(snapshot.job, snapshot.now),
        }

    def page(self, page: Page) -> Json:
        """Return one page of a list."""
        return {"items": [self.list_item(item) for item in page.items], "nextCursor": page.next_cursor}

    def job(self, job: Job, now: int) -> Json:
        """Return a job, which is also the envelope that starts one."""
        generation = self.backend.generation
        finished_at = generation.finished_at(job, now)
        completed = generation.status_at(job, now) == "completed"
        return {
            "jobId": job.id,
            "kind": job.kind,
            "status": generation.job_status_at(job, now),
            "stage": generation.stage_at(job, now),
            "progress": generation.progress_at(job, now),
            "projectId": job.project_id,
            "containerId": job.container_id,
            "locationUrl": self.location(job),
            "startedAt": self.timestamp(job.started_at),
            "finishedAt": None if finished_at is None else self.timestamp(finished_at),
            "result": {"containerId": job.container_id} if completed else None,
            "error": generation.error_at(job, now),
        }

    def location(self, job: Job) -> str:
        """Return the URL path of a job."""
        return f"/v1/jobs/{job.id}"

    def etag(self, body: bytes) -> str:
        """Return the entity tag of a body."""
        return f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    def asset_url(self, asset: Asset) -> str:
        """Return an asset's permanent URL."""
        return f"{MEDIA_URL}/{asset.id}.{EXTENSIONS[asset.kind]}"

    def asset(self, asset: Asset) -> Json:
        """Return an asset as a container shows it."""
        shown: Json = {
            "id": asset.id,
            "kind": asset.kind,
            "url": self.asset_url(asset),
            "width": asset.width,
            "height": asset.height,
        }
        return shown if asset.duration_ms is None else {**shown, "durationMs": asset.duration_ms}

    def signed_asset(self, asset: Asset, now: int) -> Json:
        """Return an asset with a URL that expires."""
        expires = now // 1000 + SIGNED_FOR_SECONDS
        url = f"{self.asset_url(asset)}?expires={expires}"
        signature = hmac.digest(self.backend.store.secret, b"url:" + url.encode(), "sha256").hex()
        return {**self.asset(asset), "url": f"{url}&signature={signature}", "expiresAt": self.timestamp(expires * 1000)}

    def archived(self, project: Project, archived_at: int) -> Json:
        """Return an archived project."""
        return {"id": project.id, "status": "archived", "archivedAt": self.timestamp(archived_at)}

    def error(self, error: ApiError) -> Answer:
        """Return a refusal in the error envelope (ERR-2)."""
        request_id = self.backend.ids.request()
        envelope: Json = {"code": error.code, "message": error.message, "requestId": request_id}
        if error.details:
            envelope["details"] = error.details
        return Answer(error.status, self.encode({"error": envelope}), {**error.headers, "X-Request-Id": request_id})
