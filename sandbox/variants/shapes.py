"""Variants of answers with more or fewer members than the documents show."""

import json
import time
from random import sample

from sandbox.backend import Backend
from sandbox.change import Variant
from sandbox.errors import ApiError
from sandbox.generation import Generation
from sandbox.listing import Page
from sandbox.operations import Operations
from sandbox.records import Answer, Asset, Job, Snapshot
from sandbox.rendering import Json, Rendering
from sandbox.variants.mixing import mixed_in

ITEM = ("id", "status", "format", "approvalStatus", "createdAt")


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _extended(value: object) -> object:
    """Return a value with undocumented members in its objects, except in briefs."""
    if isinstance(value, list):
        return [_extended(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {name: member if name == "brief" else _extended(member) for name, member in value.items()}
    return {**shown, "_links": {"self": {"href": "/v1"}}, "labels": ["a", None], "cost": 0.25, "schedule": None}


class _Extended(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_extended(value))


class _Ticking(Rendering):
    """Containers and pages have the time of the answer, which differs at every read."""

    def list_item(self, snapshot: Snapshot) -> Json:
        return {**super().list_item(snapshot), "servedAt": time.time_ns()}

    def page(self, page: Page) -> Json:
        return {**super().page(page), "servedAt": time.time_ns(), "total": None}


class _NullsAbsent(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_without_nulls(value))


class _AbsentNull(Rendering):
    """An absent member of a brief or an asset is null."""

    def container(self, snapshot: Snapshot) -> Json:
        fields = ("hook", "targetPlatforms", "influencerId", "themeTags", "referenceMediaIds", "language")
        brief = dict.fromkeys(fields) | json.loads(snapshot.container.brief)
        return {**super().container(snapshot), "brief": brief}

    def asset(self, asset: Asset) -> Json:
        return {"durationMs": None, **super().asset(asset)}


class _MinimalItems(Rendering):
    def page(self, page: Page) -> Json:
        items = [self.list_item(snapshot) for snapshot in page.items]
        return {**super().page(page), "items": [{name: item[name] for name in ITEM} for item in items]}


class _WholeItems(Rendering):
    def page(self, page: Page) -> Json:
        return {**super().page(page), "items": [self.container(snapshot) for snapshot in page.items]}


class _SmallDecisions(Operations):
    def decided(self, snapshot: Snapshot) -> Answer:
        whole = self.backend.rendering.container(snapshot)
        return self.backend.rendering.answer(200, {name: whole[name] for name in ("id", "approvalStatus")})


class _TextualErrors(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return shown if shown["lastError"] is None else {**shown, "lastError": "The renderer gave up."}

    def job(self, job: Job, now: int) -> Json:
        shown = super().job(job, now)
        return shown if shown["error"] is None else {**shown, "error": "The renderer gave up."}


class _DetailedErrors(Rendering):
    """Every error has details, which are an object."""

    def error(self, error: ApiError) -> Answer:
        details = [*(error.details or ()), {"hint": "See the documentation."}]
        answer = super().error(error)
        envelope = json.loads(answer.body)["error"]
        return answer._replace(body=self.encode({"error": {**envelope, "details": {"problems": details}}}))


class _Defaults(Rendering):
    """A brief is returned with default values for absent members."""

    def container(self, snapshot: Snapshot) -> Json:
        defaults = {"targetPlatforms": ["tiktok"], "themeTags": [], "language": "en-US", "tone": "friendly"}
        return {**super().container(snapshot), "brief": defaults | json.loads(snapshot.container.brief)}


class _ChosenInfluencer(Rendering):
    """The server chooses an influencer if the brief has none."""

    backend: Backend

    def influencer(self, snapshot: Snapshot) -> object:
        return super().influencer(snapshot) or self.backend.settings.influencer_id


class _SchedulingErrors(Rendering):
    """The error of a failure has other members and a nested object."""

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        reason = {"reason": {"kind": "render", "frames": [1, 2]}, "retryable": True}
        return shown if shown["lastError"] is None else {**shown, "lastError": reason}


class _Unordered(Generation):
    """Assets and captions are in another order at every read."""

    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        found = super().assets_at(snapshot)
        return sample(found, len(found))

    def captions_at(self, snapshot: Snapshot) -> list[dict[str, str]]:
        found = super().captions_at(snapshot)
        return sample(found, len(found))


class _Renditions(Rendering):
    """No asset has a width or a height, and captions have their hashtags in a separate member."""

    def asset(self, asset: Asset) -> Json:
        return {name: value for name, value in super().asset(asset).items() if name not in {"width", "height"}}

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        captions = [{**caption, "hashtags": ["#launch"]} for caption in self.backend.generation.captions_at(snapshot)]
        return {**shown, "captions": captions}


VARIANTS: tuple[Variant, ...] = (
    Variant("extra-fields", "Objects everywhere, errors too, hold unknown members.", mixed_in("rendering", _Extended)),
    Variant("extra-field-that-ticks", "An unknown member differs at every read.", mixed_in("rendering", _Ticking)),
    Variant("nulls-left-out", "What is null is left out, nextCursor too.", mixed_in("rendering", _NullsAbsent)),
    Variant("absent-fields-null", "What a brief or an asset lacks is null.", mixed_in("rendering", _AbsentNull)),
    Variant("list-items-minimal", "List items have the five fields.", mixed_in("rendering", _MinimalItems)),
    Variant("list-items-whole", "List items are whole containers.", mixed_in("rendering", _WholeItems)),
    Variant("decisions-small", "Reject and approve answer a small object.", mixed_in("operations", _SmallDecisions)),
    Variant("failure-as-text", "lastError and a job's error are strings.", mixed_in("rendering", _TextualErrors)),
    Variant("failure-nested", "lastError is an object with objects in it.", mixed_in("rendering", _SchedulingErrors)),
    Variant("errors-detailed", "Every error has an object of details.", mixed_in("rendering", _DetailedErrors)),
    Variant("brief-with-defaults", "A brief comes back with defaults.", mixed_in("rendering", _Defaults)),
    Variant("influencer-chosen", "The server picks an influencer.", mixed_in("rendering", _ChosenInfluencer)),
    Variant("assets-in-any-order", "Assets and captions have no order.", mixed_in("generation", _Unordered)),
    Variant("assets-without-size", "Assets have no width and height.", mixed_in("rendering", _Renditions)),
)
