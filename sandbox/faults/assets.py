"""Faults of assets (AST)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import ApiError, not_found
from sandbox.faults.installers import Doc, before, container_shown, fresh, replacing, snapshot_of
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Job, Project, Snapshot
from sandbox.rendering import MEDIA_URL, Json, Rendering

FAULTS = """
AST-1 deep later-assets-answer-404: Only the first asset can be read by its id.
AST-1 shallow asset-without-url: getAsset names no URL.
AST-1 stateful assets-unreadable-once-rejected: The assets of a rejected container cannot be read by their ids.
AST-2 shallow asset-url-is-relative: An asset's URL is a path.
AST-2 shallow asset-url-without-scheme: An asset's URL begins with two slashes.
AST-2 shallow asset-url-is-signed: An asset's permanent URL carries an expiring signature.
AST-2 deep image-url-is-signed: An image's permanent URL carries an expiring signature; a video's does not.
AST-2 stateful asset-url-changes-with-every-read: Every read shows another URL of the same asset.
AST-2 deep asset-url-changes-every-minute: An asset's URL is another one every minute.
AST-3 deep asset-of-other-container-answered: An asset is answered under any container of its project.
AST-3 deep asset-id-cut-short-answered: The beginning of an asset's id is enough.
AST-3 stateful assets-of-a-clone-source-answered: A clone answers for the assets of the container that it was cloned
    from.
AST-3 deep asset-id-read-up-to-its-extension: What follows a dot in an asset's id is ignored, so that an unknown id
    such as med_1.mp4 is answered.
AST-4 shallow signed-url-is-the-permanent-one: getAsset gives the permanent URL and no expiry.
AST-4 deep image-url-of-get-asset-is-permanent: getAsset gives the permanent URL of an image and no expiry; a video's
    is signed.
AST-5 shallow width-is-zero: Every asset is 0 wide.
AST-5 deep video-without-duration: The shorter videos, which only ugc_remix renders, have no durationMs.
AST-5 deep image-of-no-duration: An image has a durationMs of 0.
AST-5 deep image-of-negative-height: An image has a height of -1.
AST-5 deep get-asset-of-no-width: Only getAsset shows an asset as 0 wide.
AST-5 deep duration-lost-when-regenerated: The videos of a regeneration have no durationMs in their container.
"""

MINUTE_MS = 60_000
FEWEST_CHARACTERS = 6
SIGNATURE = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=5d41402abc4b2a76b9719d911017c592"


def finding(found: Callable[[Backend, Snapshot, str], Asset | None]) -> Install:
    """Return an install that answers getAsset for some ids that the container does not have."""

    class _Finding(Operations):
        backend: Backend

        def get_asset(self, call: Call) -> Answer:
            try:
                return super().get_asset(call)
            except ApiError:
                snapshot = self.backend.access.container(call.org, call.path["container_id"])
                asset = found(self.backend, snapshot, call.path["asset_id"])
                if asset is None:
                    raise
                return self.backend.rendering.answer(200, self.backend.rendering.signed_asset(asset, snapshot.now))

    return using(_Finding)


def addressed(address: Callable[[Backend, Asset, str], str]) -> Install:
    """Return an install that changes the permanent URL of assets."""

    class _Addressed(Rendering):
        backend: Backend

        def asset_url(self, asset: Asset) -> str:
            return address(self.backend, asset, super().asset_url(asset))

    return using(_Addressed)


def shown_with(members: Callable[[Asset], Mapping[str, object]]) -> Install:
    """Return an install that changes some members of an asset; None removes a member."""

    class _Shown(Rendering):
        def asset(self, asset: Asset) -> Json:
            shown = super().asset(asset) | dict(members(asset))
            return {name: value for name, value in shown.items() if value is not None}

    return using(_Shown)


def signed_with(change: Callable[[Rendering, Asset, Json], Mapping[str, object]]) -> Install:
    """Return an install that changes some members in the answer of getAsset; None removes a member."""

    class _Signed(Rendering):
        def signed_asset(self, asset: Asset, now: int) -> Json:
            signed = super().signed_asset(asset, now)
            changed = signed | dict(change(self, asset, signed))
            return {name: value for name, value in changed.items() if value is not None}

    return using(_Signed)


def assets_of(backend: Backend, snapshot: Snapshot) -> list[Asset]:
    """Return the assets that a container shows."""
    return backend.generation.assets_at(snapshot)


def refusing(refused: Callable[[Backend, Snapshot, str], bool]) -> Install:
    """Return an install that answers getAsset with 404 for some existing assets."""

    class _Refusing(Operations):
        backend: Backend

        def get_asset(self, call: Call) -> Answer:
            snapshot = self.backend.access.container(call.org, call.path["container_id"])
            if refused(self.backend, snapshot, call.path["asset_id"]):
                raise not_found("asset")
            return super().get_asset(call)

    return using(_Refusing)


@refusing
def later_assets_answer_404(backend: Backend, snapshot: Snapshot, asset_id: str) -> bool:
    return asset_id in [asset.id for asset in assets_of(backend, snapshot)[1:]]


@before("get_asset")
def assets_unreadable_once_rejected(call: Call, backend: Backend) -> Answer | None:
    snapshot = snapshot_of(backend, call)
    if snapshot is not None and backend.approval.status_at(snapshot) == "rejected":
        raise not_found("asset")
    return None


@finding
def asset_of_other_container_answered(backend: Backend, snapshot: Snapshot, asset_id: str) -> Asset | None:
    listing = backend.listing
    neighbours = listing.candidates(snapshot.container.project_id, None, snapshot.now)
    assets = [asset for item in neighbours for asset in assets_of(backend, item)]
    return next((asset for asset in assets if asset.id == asset_id), None)


@finding
def asset_id_cut_short_answered(backend: Backend, snapshot: Snapshot, asset_id: str) -> Asset | None:
    long_enough = len(asset_id) >= FEWEST_CHARACTERS
    assets = assets_of(backend, snapshot) if long_enough else []
    return next((asset for asset in assets if asset.id.startswith(asset_id) or asset_id.startswith(asset.id)), None)


@fresh
def assets_of_a_clone_source_answered() -> Install:
    sources: dict[str, str] = {}

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        sources[job.container_id] = source.container.id
        return job

    def answer(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return answer(call)
        except ApiError:
            source = sources.get(call.path["container_id"])
            if source is None:
                raise
            path = {**call.path, "container_id": source}
            return answer(Call(call.org, path, call.query_string, call.headers, call.content))

    return together(replacing("lifecycle", "clone")(clone), replacing("operations", "get_asset")(answer))


@replacing("operations", "get_asset")
def asset_id_read_up_to_its_extension(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    asset_id = call.path["asset_id"].partition(".")[0]
    return answer(replace(call, path={**call.path, "asset_id": asset_id}))


@container_shown
def duration_lost_when_regenerated(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    if snapshot.job.kind != "content_regenerate":
        return doc
    assets = [{name: value for name, value in asset.items() if name != "durationMs"} for asset in doc["assets"]]
    return {**doc, "assets": assets}


asset_without_url = signed_with(lambda *_: {"url": None})
asset_url_is_relative = addressed(lambda _, __, url: url.removeprefix(MEDIA_URL))
asset_url_without_scheme = addressed(lambda _, __, url: url.removeprefix("https:"))
asset_url_is_signed = addressed(lambda _, __, url: f"{url}?{SIGNATURE}")
image_url_is_signed = addressed(lambda _, asset, url: f"{url}?{SIGNATURE}" if asset.kind == "image" else url)
asset_url_changes_with_every_read = addressed(lambda _, __, url: f"{url}?v={secrets.token_hex(4)}")
asset_url_changes_every_minute = addressed(lambda backend, _, url: f"{url}?v={backend.clock.now() // MINUTE_MS}")
signed_url_is_the_permanent_one = signed_with(
    lambda rendering, asset, _: {"url": rendering.asset_url(asset), "expiresAt": None}
)
image_url_of_get_asset_is_permanent = signed_with(
    lambda rendering, asset, _: {"url": rendering.asset_url(asset), "expiresAt": None} if asset.kind == "image" else {}
)
width_is_zero = shown_with(lambda _: {"width": 0})
video_without_duration = shown_with(lambda asset: {"durationMs": None} if asset.duration_ms == 18_000 else {})
image_of_no_duration = shown_with(lambda asset: {"durationMs": 0} if asset.kind == "image" else {})
image_of_negative_height = shown_with(lambda asset: {"height": -1} if asset.kind == "image" else {})
get_asset_of_no_width = signed_with(lambda *_: {"width": 0})
