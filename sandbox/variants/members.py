"""Variants of answers with more or fewer members than the documents show."""

import json
import time
from random import sample

from sandbox.backend import Backend
from sandbox.errors import ApiError
from sandbox.generation import Generation
from sandbox.listing import Page
from sandbox.operations import Operations
from sandbox.records import Answer, Asset, Job, Snapshot
from sandbox.rendering import Json, Rendering

VARIANTS = """
extra-fields: Objects everywhere, errors too, hold unknown members.
extra-field-that-ticks: An unknown member differs at every read.
nulls-left-out: What is null is left out, nextCursor too.
absent-fields-null: What a brief or an asset lacks is null.
list-items-minimal: List items have the five fields.
list-items-whole: List items are whole containers.
decisions-small: Reject and approve answer a small object.
failure-as-text: lastError and a job's error are strings.
failure-nested: lastError is an object with objects in it.
errors-detailed: Every error has an object of details.
brief-with-defaults: A brief comes back with defaults.
influencer-chosen: The server picks an influencer.
assets-in-any-order: Assets and captions have no order.
assets-without-size: Assets have no width and height.
values-known-later: Influencer and sizes are null at first.
list-items-with-posters: Items show one asset.
"""

ITEM = ("id", "status", "format", "approvalStatus", "createdAt")
UNKNOWN_MS = 120


def _extended(value: object) -> object:
    """Return a value with undocumented members in its objects, except in briefs."""
    if isinstance(value, list):
        return [_extended(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {name: member if name == "brief" else _extended(member) for name, member in value.items()}
    return {**shown, "_links": {"self": {"href": "/v1"}}, "labels": ["a", None], "cost": 0.25, "schedule": None}


class ExtraFields(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_extended(value))


class ExtraFieldThatTicks(Rendering):
    def list_item(self, snapshot: Snapshot) -> Json:
        return {**super().list_item(snapshot), "servedAt": time.time_ns()}

    def page(self, page: Page) -> Json:
        return {**super().page(page), "servedAt": time.time_ns(), "total": None}


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


class NullsLeftOut(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_without_nulls(value))


class AbsentFieldsNull(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        fields = ("hook", "targetPlatforms", "influencerId", "themeTags", "referenceMediaIds", "language")
        brief = dict.fromkeys(fields) | json.loads(snapshot.container.brief)
        return {**super().container(snapshot), "brief": brief}

    def asset(self, asset: Asset) -> Json:
        return {"durationMs": None, **super().asset(asset)}


class ListItemsMinimal(Rendering):
    def page(self, page: Page) -> Json:
        items = [self.list_item(snapshot) for snapshot in page.items]
        return {**super().page(page), "items": [{name: item[name] for name in ITEM} for item in items]}


class ListItemsWhole(Rendering):
    def page(self, page: Page) -> Json:
        return {**super().page(page), "items": [self.container(snapshot) for snapshot in page.items]}


class DecisionsSmall(Operations):
    def decided(self, snapshot: Snapshot) -> Answer:
        whole = self.backend.rendering.container(snapshot)
        return self.backend.rendering.answer(200, {name: whole[name] for name in ("id", "approvalStatus")})


class FailureAsText(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return shown if shown["lastError"] is None else {**shown, "lastError": "The renderer gave up."}

    def job(self, job: Job, now: int) -> Json:
        shown = super().job(job, now)
        return shown if shown["error"] is None else {**shown, "error": "The renderer gave up."}


class FailureNested(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        reason = {"reason": {"kind": "render", "frames": [1, 2]}, "retryable": True}
        return shown if shown["lastError"] is None else {**shown, "lastError": reason}


class ErrorsDetailed(Rendering):
    def error(self, error: ApiError) -> Answer:
        details = [*(error.details or ()), {"hint": "See the documentation."}]
        answer = super().error(error)
        envelope = json.loads(answer.body)["error"]
        return answer._replace(body=self.encode({"error": {**envelope, "details": {"problems": details}}}))


class BriefWithDefaults(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        defaults = {"targetPlatforms": ["tiktok"], "themeTags": [], "language": "en-US", "tone": "friendly"}
        return {**super().container(snapshot), "brief": defaults | json.loads(snapshot.container.brief)}


class InfluencerChosen(Rendering):
    backend: Backend

    def influencer(self, snapshot: Snapshot) -> object:
        return super().influencer(snapshot) or self.backend.settings.influencer_id


class AssetsInAnyOrder(Generation):
    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        found = super().assets_at(snapshot)
        return sample(found, len(found))

    def captions_at(self, snapshot: Snapshot) -> list[dict[str, str]]:
        found = super().captions_at(snapshot)
        return sample(found, len(found))


class AssetsWithoutSize(Rendering):
    def asset(self, asset: Asset) -> Json:
        return {name: value for name, value in super().asset(asset).items() if name not in {"width", "height"}}

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        captions = [{**caption, "hashtags": ["#launch"]} for caption in self.backend.generation.captions_at(snapshot)]
        return {**shown, "captions": captions}


class ValuesKnownLater(Rendering):
    backend: Backend

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        done = self.backend.generation.status_at(snapshot.job, snapshot.now) == "completed"
        finished = self.backend.generation.finished_at(snapshot.job, snapshot.now)
        if not done:
            return {**shown, "influencerId": None}
        if finished is not None and snapshot.now < finished + UNKNOWN_MS:
            return {
                **shown,
                "assets": [self.unmeasured(asset) for asset in self.backend.generation.assets_at(snapshot)],
            }
        return shown

    def unmeasured(self, asset: Asset) -> Json:
        """Return an asset whose file nobody has looked into yet."""
        return {**self.asset(asset), "width": None, "height": None, "durationMs": None}


class ListItemsWithPosters(Rendering):
    backend: Backend

    def list_item(self, snapshot: Snapshot) -> Json:
        first = self.backend.generation.assets_at(snapshot)[:1]
        posters = [f"{self.asset_url(asset)}?poster=1" for asset in first]
        shown = {"assets": [self.asset(asset) for asset in first], "posterUrl": posters[0] if posters else None}
        return {**super().list_item(snapshot), **shown}
