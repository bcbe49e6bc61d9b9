"""Variants of the form of values: numbers, letters, moments, links and URLs."""

import base64
import hashlib
import json
import re
import secrets
from functools import cached_property
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import Variant, put_before, together
from sandbox.clock import Clock
from sandbox.generation import Generation
from sandbox.records import Answer, Asset, Job, Snapshot
from sandbox.rendering import SIGNED_FOR_SECONDS, Json, Rendering
from sandbox.variants.mixing import mixed_in

YEARS_MS = 5 * 365 * 24 * 3600 * 1000


class _FloatNumbers(Rendering):
    """Whole numbers are written as 1080.0, and durations with an exponent: JSON has one kind of number (RFC 8259, section 6)."""

    def encode(self, value: object) -> bytes:
        text = super().encode(value).decode()
        text = re.sub(r'("(?:width|height)":)(\d+)', r"\1\2.0", text)
        return re.sub(r'("durationMs":)(\d+)(\d\d\d)\b', r"\1\g<2>.\3E+3", text).encode()


class _AllEscaped(Rendering):
    """Each character of each string is an escape, in the names of members too, as RFC 8259 allows in section 7."""

    def encode(self, value: object) -> bytes:
        def escaped(text: str) -> str:
            units = text.encode("utf-16-be", "surrogatepass")
            return "".join(f"\\u{int.from_bytes(units[i : i + 2], 'big'):04X}" for i in range(0, len(units), 2))

        def written(each: object) -> str:
            if isinstance(each, str):
                return f'"{escaped(each)}"'
            if isinstance(each, dict):
                return "{" + ",".join(f"{written(name)}:{written(member)}" for name, member in each.items()) + "}"
            if isinstance(each, (list, tuple)):
                return "[" + ",".join(map(written, each)) + "]"
            return json.dumps(each)

        return written(value).encode()


class _YearsBehind(Clock):
    """The clock of the machine is five years behind; no page says that it is right, and its times stay in order (LIF-9, JOB-6)."""

    def real(self) -> int:
        return super().real() - YEARS_MS


class _SuccessesSayMore(Rendering):
    """Each answer says whether it has an error, and under which status: unknown extra fields are allowed in a response (V)."""

    def answer(self, status: int, value: object) -> Answer:
        more: dict[str, object] = {
            "error": None,
            "errors": [],
            "code": status,
            "message": "OK",
            "ok": True,
            "requestId": "req_1",
            "data": None,
        }
        return super().answer(status, {**more, **value} if isinstance(value, dict) else value)


class _Deep(Rendering):
    """A container has an unknown member of great depth and one of great size, which V allows as extra fields."""

    def container(self, snapshot: Snapshot) -> Json:
        nested: object = {}
        for _ in range(300):
            nested = {"layer": [nested]}
        return {**super().container(snapshot), "timeline": nested, "preview": "QUJD" * 12_000}


class _OtherKinds(Generation):
    """A generation also makes a sound, subtitles and a poster, each without what it has not: no page lists the kinds (reading 32)."""

    def assets_for(self, format_: str, job: Job) -> list[Asset]:
        made = super().assets_for(format_, job)
        kinds = (("audio", 0, 0, 18_000), ("subtitles", 0, 0, None), ("thumbnail", 320, 568, None))
        return [*(Asset(self.backend.ids.asset(job.id, 20 + n), *kind) for n, kind in enumerate(kinds)), *made]


class _WithoutZero(Rendering):
    def asset(self, asset: Asset) -> Json:
        return {name: value or None for name, value in super().asset(asset).items()}

    def asset_url(self, asset: Asset) -> str:
        return f"https://media.layers.example/{asset.kind}/{asset.id}"


class _UploadTimes(Rendering):
    """Permanent URLs hold the time of the upload and a port; they are absolute, and a time that is past is no expiry (reading 31)."""

    def asset_url(self, asset: Asset) -> str:
        day = int(hashlib.sha256(asset.id.encode()).hexdigest()[:6], 16)
        return f"HTTPS://Media.Layers.example:8443/2026/12/03/{1_764_720_000 + day}/caf%C3%A9%20{asset.id}.bin?updated={1_764_720_000_000 + day}"

    def signed_asset(self, asset: Asset, now: int) -> Json:
        signed = super().signed_asset(asset, now)
        return {**signed, "url": str(signed["url"]).replace("?expires", "&expires")}


class _PolicyUrl(Rendering):
    """The expiry stands in a policy of CloudFront, a moment in the URL as reading 31 asks for."""

    def signed_asset(self, asset: Asset, now: int) -> Json:
        url = self.asset_url(asset)
        end = {"DateLessThan": {"AWS:EpochTime": now // 1000 + SIGNED_FOR_SECONDS}}
        policy = base64.b64encode(json.dumps({"Statement": [{"Resource": url, "Condition": end}]}).encode()).decode()
        policy = policy.replace("+", "-").replace("=", "_").replace("/", "~")
        return {**self.asset(asset), "url": f"{url}?Policy={policy}&Signature={'Ab~-' * 20}&Key-Pair-Id=K1"}


class _OwnLocations(Rendering):
    """The locationUrl of a job is an address of its own; CRE-3 says only that it reads the same job."""

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of jobs in their addresses."""
        return {}

    def location(self, job: Job) -> str:
        name = self.names.setdefault(job.id, secrets.token_hex(8))
        return f"/v1/operations/{name}"


class _OwnLocationsRouted:
    """Serves a job under the address of its locationUrl too."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/v1/operations/"):
            names = {name: job for job, name in cast("_OwnLocations", self.backend.rendering).names.items()}
            path = f"/v1/jobs/{names.get(path.rpartition('/')[2], 'none')}"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


VARIANTS: tuple[Variant, ...] = (
    Variant("numbers-as-floats", "1080 is written as 1080.0.", mixed_in("rendering", _FloatNumbers)),
    Variant("json-escaped-throughout", "Each character is an escape.", mixed_in("rendering", _AllEscaped)),
    Variant(
        "clock-years-behind",
        "The clock is five years behind.",
        lambda backend: setattr(backend, "clock", _YearsBehind(backend.store)),
    ),
    Variant("successes-say-more", "Successes have error, code and message.", mixed_in("rendering", _SuccessesSayMore)),
    Variant("members-deep", "Unknown members are deep and large.", mixed_in("rendering", _Deep)),
    Variant(
        "assets-of-other-kinds",
        "Sounds and subtitles are assets.",
        together(mixed_in("generation", _OtherKinds), mixed_in("rendering", _WithoutZero)),
    ),
    Variant("urls-with-upload-times", "Permanent URLs hold a time.", mixed_in("rendering", _UploadTimes)),
    Variant("expiry-in-policy", "Only a policy in the URL shows the expiry.", mixed_in("rendering", _PolicyUrl)),
    Variant(
        "locations-of-its-own",
        "locationUrl is an address that no page names.",
        together(mixed_in("rendering", _OwnLocations), put_before(_OwnLocationsRouted)),
    ),
)
