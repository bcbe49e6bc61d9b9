"""Faults of assets: unreadable, moved, leaked or with wrong measures (requirements AST)."""

import secrets
from collections.abc import Callable, Mapping

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found
from sandbox.faults.parts import using
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Snapshot
from sandbox.rendering import MEDIA_URL, Json, Rendering

MINUTE_MS = 60_000
FEWEST_CHARACTERS = 6
SIGNATURE = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=5d41402abc4b2a76b9719d911017c592"


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


def of_project(backend: Backend, snapshot: Snapshot, asset_id: str) -> Asset | None:
    """Return an asset of any container of the project."""
    listing = backend.listing
    neighbours = listing.candidates(snapshot.container.project_id, None, snapshot.now)
    assets = [asset for item in neighbours for asset in assets_of(backend, item)]
    return next((asset for asset in assets if asset.id == asset_id), None)


def beginning_alike(backend: Backend, snapshot: Snapshot, asset_id: str) -> Asset | None:
    """Return an asset whose id is a prefix of the requested id, or the reverse."""
    long_enough = len(asset_id) >= FEWEST_CHARACTERS
    assets = assets_of(backend, snapshot) if long_enough else []
    return next((asset for asset in assets if asset.id.startswith(asset_id) or asset_id.startswith(asset.id)), None)


def is_not_first(backend: Backend, snapshot: Snapshot, asset_id: str) -> bool:
    """Return whether an id belongs to an asset after the first."""
    return asset_id in [asset.id for asset in assets_of(backend, snapshot)[1:]]


FAULTS: tuple[Fault, ...] = (
    Fault(
        "later-assets-answer-404",
        "AST-1",
        "deep",
        "Only the first asset can be read by its id.",
        refusing(is_not_first),
    ),
    Fault("asset-without-url", "AST-1", "shallow", "getAsset names no URL.", signed_with(lambda *_: {"url": None})),
    Fault(
        "asset-url-is-relative",
        "AST-2",
        "shallow",
        "An asset's URL is a path.",
        addressed(lambda _, __, url: url.removeprefix(MEDIA_URL)),
    ),
    Fault(
        "asset-url-without-scheme",
        "AST-2",
        "shallow",
        "An asset's URL begins with two slashes.",
        addressed(lambda _, __, url: url.removeprefix("https:")),
    ),
    Fault(
        "asset-url-is-signed",
        "AST-2",
        "shallow",
        "An asset's permanent URL carries an expiring signature.",
        addressed(lambda _, __, url: f"{url}?{SIGNATURE}"),
    ),
    Fault(
        "image-url-is-signed",
        "AST-2",
        "deep",
        "An image's permanent URL carries an expiring signature; a video's does not.",
        addressed(lambda _, asset, url: f"{url}?{SIGNATURE}" if asset.kind == "image" else url),
    ),
    Fault(
        "asset-url-changes-with-every-read",
        "AST-2",
        "stateful",
        "Every read shows another URL of the same asset.",
        addressed(lambda _, __, url: f"{url}?v={secrets.token_hex(4)}"),
    ),
    Fault(
        "asset-url-changes-every-minute",
        "AST-2",
        "deep",
        "An asset's URL is another one every minute.",
        addressed(lambda backend, _, url: f"{url}?v={backend.clock.now() // MINUTE_MS}"),
    ),
    Fault(
        "asset-of-other-container-answered",
        "AST-3",
        "deep",
        "An asset is answered under any container of its project.",
        finding(of_project),
    ),
    Fault(
        "asset-id-cut-short-answered",
        "AST-3",
        "deep",
        "The beginning of an asset's id is enough.",
        finding(beginning_alike),
    ),
    Fault(
        "signed-url-is-the-permanent-one",
        "AST-4",
        "shallow",
        "getAsset gives the permanent URL and no expiry.",
        signed_with(lambda rendering, asset, _: {"url": rendering.asset_url(asset), "expiresAt": None}),
    ),
    Fault(
        "image-url-of-get-asset-is-permanent",
        "AST-4",
        "deep",
        "getAsset gives the permanent URL of an image and no expiry; a video's is signed.",
        signed_with(
            lambda rendering, asset, _: (
                {"url": rendering.asset_url(asset), "expiresAt": None} if asset.kind == "image" else {}
            )
        ),
    ),
    Fault(
        "width-is-zero",
        "AST-5",
        "shallow",
        "Every asset is 0 wide.",
        shown_with(lambda _: {"width": 0}),
    ),
    Fault(
        "video-without-duration",
        "AST-5",
        "deep",
        "The shorter videos, which only ugc_remix renders, have no durationMs.",
        shown_with(lambda asset: {"durationMs": None} if asset.duration_ms == 18_000 else {}),
    ),
    Fault(
        "image-of-no-duration",
        "AST-5",
        "deep",
        "An image has a durationMs of 0.",
        shown_with(lambda asset: {"durationMs": 0} if asset.kind == "image" else {}),
    ),
    Fault(
        "image-of-negative-height",
        "AST-5",
        "deep",
        "An image has a height of -1.",
        shown_with(lambda asset: {"height": -1} if asset.kind == "image" else {}),
    ),
    Fault(
        "get-asset-of-no-width",
        "AST-5",
        "deep",
        "Only getAsset shows an asset as 0 wide.",
        signed_with(lambda *_: {"width": 0}),
    ),
)
