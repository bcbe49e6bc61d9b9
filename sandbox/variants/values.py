"""Variants of the form of values: JSON, numbers, texts, moments, links and URLs."""

import base64
import hashlib
import json
import re
import secrets
from datetime import UTC, datetime
from functools import cached_property
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import put_before, together, using
from sandbox.clock import Clock
from sandbox.generation import Generation
from sandbox.records import Answer, Asset, Container, Job, Snapshot
from sandbox.rendering import SIGNED_FOR_SECONDS, Json, Rendering

VARIANTS = """
json-pretty: JSON is indented and ends with a line feed.
json-escaped: JSON escapes slashes and all that is not ASCII.
json-sorted: JSON members are sorted by name.
json-reversed: JSON members stand in the other order.
timestamps-in-seconds: Timestamps have no fraction.
timestamps-in-microseconds: Timestamps have six digits.
timestamps-in-nanoseconds: Timestamps have nine digits.
timestamps-trimmed: Fractions end at their last digit.
timestamps-with-offset: Timestamps end in +00:00.
timestamps-lower-case: Timestamps have t and z (RFC 3339, 5.6).
timestamps-in-two-forms: Lists and reads write one instant in two ways.
views-count-as-updates: Every read moves updatedAt.
views-count-as-updates-in-seconds: Every read moves updatedAt, which is kept in seconds and written as .000Z.
numbers-as-floats: 1080 is written as 1080.0.
json-escaped-throughout: Each character is an escape.
clock-years-behind: The clock is five years behind.
successes-say-more: Successes have error, code and message.
members-deep: Unknown members are deep and large.
assets-of-other-kinds: Sounds and subtitles are assets.
urls-with-upload-times: Permanent URLs hold a time.
expiry-in-policy: Only a policy in the URL shows the expiry.
locations-of-its-own: locationUrl is an address that no page names.
"""

YEARS_MS = 5 * 365 * 24 * 3600 * 1000


def whole_seconds(moment: int) -> str:
    """Return milliseconds since the epoch as a date and time of day in UTC."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class JsonPretty(Rendering):
    def encode(self, value: object) -> bytes:
        return (json.dumps(value, ensure_ascii=False, indent=4) + "\n").encode()


class JsonEscaped(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=True).replace("/", "\\/").encode()


class JsonSorted(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(member) for name, member in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


class JsonReversed(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_reversed(value))


class TimestampsInSeconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}Z"


class TimestampsInMicroseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000Z"


class TimestampsInNanoseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000000Z"


class TimestampsTrimmed(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}".rstrip("0").rstrip(".") + "Z"


class TimestampsWithOffset(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}+00:00"


class TimestampsLowerCase(Rendering):
    def timestamp(self, moment: int) -> str:
        return super().timestamp(moment).lower()


class TimestampsInTwoForms(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return shown | {name: str(shown[name]).replace("Z", "000+00:00") for name in ("createdAt", "updatedAt")}


class ViewsCountAsUpdates(Generation):
    def updated_at(self, container: Container, job: Job, now: int) -> int:
        return max(now, super().updated_at(container, job, now))


class NumbersAsFloats(Rendering):
    def encode(self, value: object) -> bytes:
        text = super().encode(value).decode()
        text = re.sub(r'("(?:width|height)":)(\d+)', r"\1\2.0", text)
        return re.sub(r'("durationMs":)(\d+)(\d\d\d)\b', r"\1\g<2>.\3E+3", text).encode()


class JsonEscapedThroughout(Rendering):
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


def clock_years_behind(backend: Backend) -> None:
    backend.clock = _YearsBehind(backend.store)


class SuccessesSayMore(Rendering):
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


class MembersDeep(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        nested: object = {}
        for _ in range(300):
            nested = {"layer": [nested]}
        return {**super().container(snapshot), "timeline": nested, "preview": "QUJD" * 12_000}


class UrlsWithUploadTimes(Rendering):
    def asset_url(self, asset: Asset) -> str:
        day = int(hashlib.sha256(asset.id.encode()).hexdigest()[:6], 16)
        return f"HTTPS://Media.Layers.example:8443/2026/12/03/{1_764_720_000 + day}/caf%C3%A9%20{asset.id}.bin?updated={1_764_720_000_000 + day}"

    def signed_asset(self, asset: Asset, now: int) -> Json:
        signed = super().signed_asset(asset, now)
        return {**signed, "url": str(signed["url"]).replace("?expires", "&expires")}


class ExpiryInPolicy(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        url = self.asset_url(asset)
        end = {"DateLessThan": {"AWS:EpochTime": now // 1000 + SIGNED_FOR_SECONDS}}
        policy = base64.b64encode(json.dumps({"Statement": [{"Resource": url, "Condition": end}]}).encode()).decode()
        policy = policy.replace("+", "-").replace("=", "_").replace("/", "~")
        return {**self.asset(asset), "url": f"{url}?Policy={policy}&Signature={'Ab~-' * 20}&Key-Pair-Id=K1"}


class _PaddedSeconds(Rendering):
    """Timestamps are kept in seconds, and written with three digits for all that."""

    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.000Z"


views_count_as_updates_in_seconds = using(ViewsCountAsUpdates, _PaddedSeconds)


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


assets_of_other_kinds = using(_OtherKinds, _WithoutZero)


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


locations_of_its_own = together(using(_OwnLocations), put_before(_OwnLocationsRouted))
