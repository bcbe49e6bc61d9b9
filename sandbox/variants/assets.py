"""Variants of the results of generations and of their URLs."""

import hashlib
import json
from datetime import UTC, datetime

from sandbox.backend import Backend
from sandbox.generation import Generation
from sandbox.records import Asset, Job, Snapshot
from sandbox.rendering import SIGNED_FOR_SECONDS, Json, Rendering
from sandbox.store import JOB_WIDTH

VARIANTS = """
expiry-in-amazon-url: Only the URL shows the expiry, as Amazon's do.
expiry-in-azure-url: Only the URL shows the expiry, as Azure's do.
expiry-in-path: Only a part of the URL's path shows the expiry.
expiry-in-body: Only the body shows the expiry, as expiresIn.
signed-url-beside: signedUrl stands beside the permanent url.
permanent-url-beside: permanentUrl stands beside the signed.
permanent-url-with-query: Permanent URLs have a query.
permanent-url-with-token: Permanent URLs have a token and a time.
assets-shared: Containers of the same media share asset ids.
assets-many: A generation brings images and videos together.
assets-kept: Old assets show while a container regenerates.
assets-come-back: Earlier assets show again after a failure.
"""


class ExpiryInAmazonUrl(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        date = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        query = f"X-Amz-Date={date}&X-Amz-Expires={SIGNED_FOR_SECONDS}&X-Amz-Signature={'0f' * 32}"
        return {**self.asset(asset), "url": f"{self.asset_url(asset)}?{query}"}


class ExpiryInAzureUrl(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        end = self.timestamp(now + SIGNED_FOR_SECONDS * 1000)
        return {"url": f"{self.asset_url(asset)}?sv=2024-11-04&se={end}&sp=r&sig=c2lnbmF0dXJl"}


class ExpiryInPath(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        end = now // 1000 + SIGNED_FOR_SECONDS
        opaque = hashlib.sha256(f"{asset.id}{end}".encode()).hexdigest()
        return {**self.asset(asset), "url": f"https://cdn.layers.example/{end}/{opaque}"}


class ExpiryInBody(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        opaque = hashlib.sha256(f"{asset.id}{now}".encode()).hexdigest()
        return {
            **self.asset(asset),
            "url": f"https://cdn.layers.example/once/{opaque}",
            "expiresIn": SIGNED_FOR_SECONDS,
        }


class SignedUrlBeside(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        signed = super().signed_asset(asset, now)
        return {**signed, "url": self.asset_url(asset), "signedUrl": signed["url"]}


class PermanentUrlBeside(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        return {**super().signed_asset(asset, now), "permanentUrl": self.asset_url(asset)}


class PermanentUrlWithQuery(Rendering):
    def asset_url(self, asset: Asset) -> str:
        return f"{super().asset_url(asset)}?v=3&format=original"

    def signed_asset(self, asset: Asset, now: int) -> Json:
        signed = super().signed_asset(asset, now)
        return {**signed, "url": str(signed["url"]).replace("?expires", "&expires")}


class PermanentUrlWithToken(Rendering):
    def asset_url(self, asset: Asset) -> str:
        token = hashlib.sha256(asset.id.encode()).hexdigest()[:32]
        return f"{super().asset_url(asset)}?t=1776514000&token={token}"

    def signed_asset(self, asset: Asset, now: int) -> Json:
        signed = super().signed_asset(asset, now)
        return {**signed, "url": str(signed["url"]).replace("?expires", "&expires")}


class AssetsShared(Generation):
    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        media = json.loads(snapshot.container.brief).get("referenceMediaIds", [])
        return [
            asset._replace(id=f"med_{hashlib.sha256(f'{media}{asset.kind}{index}'.encode()).hexdigest()[:24]}")
            for index, asset in enumerate(super().assets_at(snapshot))
        ]


class AssetsMany(Generation):
    def assets_for(self, format_: str, job: Job) -> list[Asset]:
        ids = self.backend.ids
        cuts = [Asset(ids.asset(job.id, 10 + index), "video", 720, 1280, 3_000) for index in range(6)]
        return [Asset(ids.asset(job.id, 9), "image", 1, 1, None), *super().assets_for(format_, job), *cuts]


class AssetsKept(Generation):
    backend: Backend

    def shown_job(self, snapshot: Snapshot) -> Job:
        """Return the latest completed job, or else the latest job."""
        if self.status_at(snapshot.job, snapshot.now) == "completed":
            return snapshot.job
        store = self.backend.store
        query = "SELECT * FROM jobs WHERE container_id = ? AND started_at <= ? ORDER BY started_at DESC, id DESC"
        with store.lock:
            rows = store.connection.execute(query, (snapshot.container.id, snapshot.now)).fetchall()
        jobs = [Job._make(row[:JOB_WIDTH]) for row in rows]
        done = (job for job in jobs if job.id != snapshot.job.id and self.status_at(job, snapshot.now) == "completed")
        return next(done, snapshot.job)

    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        return super().assets_at(snapshot._replace(job=self.shown_job(snapshot)))

    def captions_at(self, snapshot: Snapshot) -> list[dict[str, str]]:
        return super().captions_at(snapshot._replace(job=self.shown_job(snapshot)))


class AssetsComeBack(AssetsKept):
    def assets_at(self, snapshot: Snapshot) -> list:  # type: ignore[type-arg]
        return [] if self.in_flight(snapshot.job, snapshot.now) else super().assets_at(snapshot)

    def captions_at(self, snapshot: Snapshot) -> list:  # type: ignore[type-arg]
        return [] if self.in_flight(snapshot.job, snapshot.now) else super().captions_at(snapshot)
