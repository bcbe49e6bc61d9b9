"""Faults of the patch of a regenerate (REG-2, REG-6)."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, Model, RegenerateBody
from sandbox.change import Install, together, using
from sandbox.errors import ApiError
from sandbox.faults.installers import Doc, Regenerate, brief_of, canceling, cloning, fresh, replacing, snapshot_of
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Container, Job, Snapshot

FAULTS = """
REG-2 deep patch-adds-to-arrays: A patched array is joined to the earlier one.
REG-2 stateful patch-replaces-the-brief: What a patch does not name is lost.
REG-2 deep patch-drops-language: A patch that does not name the language loses it.
REG-2 deep patch-of-empty-array-ignored: A patch to an empty array changes nothing.
REG-2 deep patch-of-second-field-ignored: Of a patch only the first field is applied.
REG-2 deep regenerate-without-patch-keeps-hook-only: A regeneration without a patch keeps of the brief only the hook.
REG-2 stateful replayed-regenerate-patches-again: A replay of an earlier regenerate writes its patch over a later one.
REG-2 stateful canceled-patch-undone-by-the-next-regenerate: A regenerate after a canceled one starts from the brief
    before the canceled one's patch.
REG-2 stateful patch-of-a-clone-reaches-its-source: A clone shares its brief with its source, so a patch of the clone
    changes the source.
REG-2 deep empty-list-in-a-patch-is-ignored: A patch cannot make a list of the brief empty.
REG-2 deep second-patch-starts-from-the-first-brief: Each patch is laid over the brief of before the first one.
REG-2 deep patched-language-loses-its-region: The language of a patch is stored without its script and region.
REG-2 stateful patch-back-to-the-first-brief-is-lost: A patched field with the value of the create counts as unchanged
    and keeps what an earlier patch gave it.
REG-6 deep refused-patch-is-applied-in-part: A patch that breaks the schema is refused, and its good fields are kept.
REG-6 deep refused-patch-starts-a-job: A patch that breaks the schema is refused, and a regeneration starts.
REG-6 deep refused-patch-moves-updated-at: A patch that breaks the schema is refused, and yet counts as a change.
REG-6 stateful bad-fields-of-patch-dropped: A patch that breaks the schema is accepted without its bad fields.
"""

Patching = Callable[[dict[str, Any], Mapping[str, Any]], Mapping[str, Any]]


def patching(patched: Patching) -> Install:
    """Return an install that applies patches in another way."""

    class _Patching(Lifecycle):
        def patched(self, brief: Brief, patch: Brief) -> Brief:
            return cast("Brief", patched(dict(brief), patch))

    return using(_Patching)


def good_fields(patch: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a patch that are valid alone."""
    known = {field.alias or name for name, field in BriefPatch.model_fields.items()}

    def is_good(name: str) -> bool:
        try:
            BriefPatch.model_validate({name: patch[name]})
        except ValueError:
            return False
        return True

    return {name: value for name, value in patch.items() if name in known and is_good(name)}


@patching
def patch_adds_to_arrays(brief: dict[str, Any], patch: Mapping[str, Any]) -> Mapping[str, Any]:
    joined = {name: [*brief.get(name, ()), *value] for name, value in patch.items() if isinstance(value, list)}
    return {**brief, **patch, **{name: list(dict.fromkeys(value)) for name, value in joined.items()}}


@patching
def patch_drops_language(brief: dict[str, Any], patch: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**{name: value for name, value in brief.items() if name != "language"}, **patch}


@replacing("operations", "regenerate_content")
def replayed_regenerate_patches_again(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    container_id = call.path["container_id"]
    scope = backend.idempotency.scope(call.org, "regenerateContent", container_id)
    known = call.idempotency_key and backend.store.replay(backend.idempotency.slot(scope, call.idempotency_key))
    granted = answer(call)
    snapshot = snapshot_of(backend, call)
    if known and snapshot is not None and call.content:
        brief = {**brief_of(snapshot), **json.loads(call.content).get("patch", {})}
        with backend.store.transaction():
            backend.store.update_container(snapshot.container._replace(brief=json.dumps(brief, ensure_ascii=False)))
    return granted


@fresh
def canceled_patch_undone_by_the_next_regenerate() -> Install:
    earlier: dict[str, str] = {}
    undone: dict[str, str] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        container = snapshot.container
        known = undone.pop(container.id, container.brief)
        job = regenerate(snapshot._replace(container=container._replace(brief=known)), patch)
        earlier[job.id] = container.brief
        return job

    def canceled(job: Job, _: int, __: Backend) -> None:
        if job.id in earlier:
            undone[job.container_id] = earlier[job.id]

    return together(replacing("lifecycle", "regenerate")(regenerate), canceling(canceled))


@fresh
def patch_of_a_clone_reaches_its_source() -> Install:
    sources: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.container_id] = source.container.id

    def regenerate(backend: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        job = regenerate(snapshot, patch)
        source = backend.store.container(sources.get(snapshot.container.id, ""), snapshot.now)
        if source is not None:
            brief = backend.lifecycle.patched(json.loads(source.container.brief), patch)
            backend.store.update_container(source.container._replace(brief=encode_brief(brief)))
        return job

    return together(cloning(cloned), replacing("lifecycle", "regenerate")(regenerate))


@replacing("lifecycle", "patched")
def empty_list_in_a_patch_is_ignored(
    _: Backend, patched: Callable[[Brief, Doc], Brief], brief: Brief, patch: dict[str, Any]
) -> Brief:
    return patched(brief, {name: value for name, value in patch.items() if value})


@fresh
def second_patch_starts_from_the_first_brief() -> Install:
    first: dict[str, str] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        brief = first.setdefault(snapshot.container.id, snapshot.container.brief)
        return regenerate(snapshot._replace(container=snapshot.container._replace(brief=brief)), patch)

    return replacing("lifecycle", "regenerate")(regenerate)


@replacing("lifecycle", "patched")
def patched_language_loses_its_region(
    _: Backend, patched: Callable[[Brief, Brief], Brief], brief: Brief, patch: Brief
) -> Brief:
    language = patch.get("language")
    return patched(brief, patch if language is None else {**patch, "language": language.partition("-")[0]})


@fresh
def patch_back_to_the_first_brief_is_lost() -> Install:
    first: dict[str, Doc] = {}

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        first[container.id] = json.loads(container.brief)
        add(container)

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        known = first.get(snapshot.container.id, {})
        different = {name: value for name, value in patch.items() if known.get(name) != value}
        return regenerate(snapshot, cast("Brief", different))

    return together(
        replacing("store", "add_container")(add_container), replacing("lifecycle", "regenerate")(regenerate)
    )


class RefusedPatchIsAppliedInPart(Operations):
    def regenerate_content(self, call: Call) -> Answer:
        try:
            return super().regenerate_content(call)
        except ApiError as refusal:
            if refusal.code == "VALIDATION" and refusal.details:
                snapshot = self.backend.access.container(call.org, call.path["container_id"])
                with self.backend.store.transaction():
                    self.refused(snapshot, self.good_fields(call))
            raise

    def good_fields(self, call: Call) -> Brief:
        """Return the fields of a patch that would be valid alone."""
        body = json.loads(call.content)
        patch = body.get("patch") if isinstance(body, dict) else None
        return cast("Brief", good_fields(patch) if isinstance(patch, dict) else {})

    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        """Cause the side effect of the refusal."""
        brief = self.backend.lifecycle.patched(json.loads(snapshot.container.brief), good)
        self.backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))


class RefusedPatchStartsAJob(RefusedPatchIsAppliedInPart):
    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        if not self.backend.generation.in_flight(snapshot.job, snapshot.now):
            self.backend.lifecycle.regenerate(snapshot, good)


class RefusedPatchMovesUpdatedAt(RefusedPatchIsAppliedInPart):
    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        if good is not None:
            self.backend.store.update_container(snapshot.container._replace(updated_at=snapshot.now))


class BadFieldsOfPatchDropped(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        try:
            return super().validated(model, value)
        except ApiError:
            patch = value.get("patch") if isinstance(value, dict) else None
            if model is not RegenerateBody or not isinstance(patch, dict):
                raise
            return super().validated(model, {"patch": good_fields(patch)})


patch_replaces_the_brief = patching(lambda brief, patch: patch or brief)
patch_of_empty_array_ignored = patching(
    lambda brief, patch: {**brief, **{name: value for name, value in patch.items() if value}}
)
patch_of_second_field_ignored = patching(lambda brief, patch: {**brief, **dict(list(patch.items())[:1])})
regenerate_without_patch_keeps_hook_only = patching(
    lambda brief, patch: {**brief, **patch} if patch else {"hook": brief["hook"]}
)
