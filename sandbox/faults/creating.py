"""Faults of the answer to a create and of what it makes (CRE-1 to CRE-4, CRE-6 to CRE-8)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.errors import not_found
from sandbox.faults.installers import (
    Doc,
    answering,
    before,
    container_shown,
    created_with,
    edited,
    everywhere_shown,
    fresh,
    replacing,
)
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Snapshot

FAULTS = """
CRE-1 shallow create-answers-201: A create answers 201 Created.
CRE-1 deep create-without-influencer-answers-200: A create whose brief names no influencer answers 200.
CRE-1 deep envelope-of-auto-lacks-stage: The envelope of a create with the format auto has no stage.
CRE-1 deep envelope-kind-names-the-format: The kind of a slideshow's job is slideshow_generate.
CRE-1 shallow envelope-started-at-null-while-queued: The envelope's startedAt is null, because the worker has not
    begun.
CRE-2 deep envelope-names-the-first-project: The envelope always names the organization's first project.
CRE-2 shallow envelope-project-id-in-upper-case: The envelope shows the project's UUID in capitals.
CRE-3 shallow location-without-version: The envelope's locationUrl leaves out /v1 and leads nowhere.
CRE-3 stateful location-of-previous-job: The envelope's locationUrl is the one of the create before.
CRE-3 shallow location-on-an-internal-host: The envelope's locationUrl is absolute and names a host behind the proxy.
CRE-4 deep container-invisible-for-a-moment: A fresh container answers 404 for 150 ms, until the replica has it.
CRE-4 stateful container-written-when-ended: A container answers 404 until its first generation has ended.
CRE-4 deep container-shows-the-first-project: A container of any project says that it is in the organization's first
    one.
CRE-4 deep create-beside-a-clone-unreadable: A container that is created while a clone of its project is in flight
    answers 404 until that clone has ended.
CRE-6 deep ugc-without-influencer-becomes-video: A pinned ugc_remix without an influencer is made a video_remix.
CRE-6 stateful pinned-format-shows-auto-while-in-flight: Every container shows the format auto until its generation
    has ended.
CRE-6 stateful auto-resolved-to-an-internal-name: The resolved format of auto is shown without its ending _remix.
CRE-7 deep same-hook-in-another-format-shares-a-container: A create with a hook of the last minute answers with the
    earlier container, whatever else differs.
CRE-7 deep same-brief-in-another-project-shares-a-container: A create that repeats one of another project answers with
    that project's container.
CRE-8 shallow influencer-never-shown: A container's influencerId is always null.
CRE-8 deep influencer-shown-for-ugc-alone: A container's influencerId is null unless its format is ugc_remix.
CRE-8 stateful influencer-shown-after-completion: A container's influencerId is null until a minute after its
    completion.
"""

LAG_MS = 150
DEDUPLICATED_FOR_MS = 60_000


def envelope(change: Callable[[Doc, Doc, Backend], Doc]) -> Install:
    """Change the envelope of a create; `change` gets the envelope, the request body and the backend."""
    return answering("create_content")(
        lambda answer, call, backend: edited(answer, lambda doc: change(doc, json.loads(call.content), backend))
    )


def status_of_create(change: Callable[[Doc, Call, Backend], int]) -> Install:
    """Answer a successful create with another status."""
    return answering("create_content")(
        lambda answer, call, backend: answer._replace(status=change(json.loads(call.content), call, backend))
    )


def unreadable(hidden: Callable[[Snapshot, Backend], bool]) -> Install:
    """Let getContent answer 404 while a container is hidden."""

    def look(call: Call, backend: Backend) -> Answer | None:
        snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
        if snapshot is not None and hidden(snapshot, backend):
            raise not_found("container")
        return None

    return before("get_content")(look)


def deduplicated(
    key: Callable[[Project, str, Doc], object], *, only_across_projects: bool = False
) -> Callable[[], Install]:
    """Answer a create with the job of a similar create of the last minute."""

    def make() -> Install:
        jobs: dict[str, Job] = {}

        def create(
            backend: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Doc, *rest: Any
        ) -> Job:
            if rest:
                return create(project, format_, brief, *rest)
            name = json.dumps(key(project, format_, brief), sort_keys=True)
            known = jobs.get(name)
            elsewhere = known is not None and known.project_id != project.id
            recent = known is not None and backend.clock.now() - known.started_at < DEDUPLICATED_FOR_MS
            if known and recent and (elsewhere or not only_across_projects):
                return backend.store.job(known.id) or known
            jobs[name] = create(project, format_, brief)
            return jobs[name]

        return replacing("lifecycle", "create")(create)

    return make


def influencer_shown(change: Callable[[Any, Snapshot, Backend], Any]) -> Install:
    """Show an influencerId that differs from the one in the brief."""
    return replacing("rendering", "influencer")(
        lambda backend, influencer, snapshot: change(influencer(snapshot), snapshot, backend)
    )


@container_shown
def container_shows_the_first_project(doc: Doc, _snapshot: Snapshot, backend: Backend) -> Doc:
    return {**doc, "projectId": backend.settings.project_id}


@fresh
def create_beside_a_clone_unreadable() -> Install:
    clones: dict[str, Job] = {}

    def create(backend: Backend, create: Callable[..., Job], project: Project, *rest: Any) -> Job:
        running = backend.store.unfinished_jobs(project.id, backend.clock.now())
        job = create(project, *rest)
        for other in running:
            if other.kind == "content_clone" and job.kind == "content_generate":
                clones[job.container_id] = other
        return job

    def look(call: Call, backend: Backend) -> None:
        clone = clones.get(call.path["container_id"])
        if clone is not None and backend.generation.in_flight(clone, backend.clock.now()):
            raise not_found("container")

    return together(replacing("lifecycle", "create")(create), before("get_content")(look))


create_answers_201 = status_of_create(lambda *_: 201)
create_without_influencer_answers_200 = status_of_create(
    lambda sent, *_: 202 if sent["brief"].get("influencerId") else 200
)
envelope_of_auto_lacks_stage = envelope(
    lambda doc, sent, _: {name: value for name, value in doc.items() if name != "stage" or sent["format"] != "auto"}
)
envelope_kind_names_the_format = envelope(
    lambda doc, sent, _: {**doc, "kind": "slideshow_generate"} if sent["format"] == "slideshow_remix" else doc
)
envelope_started_at_null_while_queued = envelope(lambda doc, *_: {**doc, "startedAt": None})
envelope_names_the_first_project = envelope(
    lambda doc, _sent, backend: {**doc, "projectId": backend.settings.project_id}
)
envelope_project_id_in_upper_case = envelope(lambda doc, *_: {**doc, "projectId": doc["projectId"].upper()})
location_without_version = envelope(lambda doc, *_: {**doc, "locationUrl": f"/jobs/{doc['jobId']}"})


def previous(member: str) -> Callable[[], Install]:
    """Show a member of the previous envelope in an envelope."""

    def make() -> Install:
        last: Doc = {}

        def change(doc: Doc, _sent: Doc, _backend: Backend) -> Doc:
            shown = {**doc, member: last.get(member, doc[member])}
            last.update(doc)
            return shown

        return envelope(change)

    return make


location_of_previous_job = fresh(previous("locationUrl"))
location_on_an_internal_host = envelope(
    lambda doc, *_: {**doc, "locationUrl": f"http://layers-api.internal:8080{doc['locationUrl']}"}
)


def age(snapshot: Snapshot) -> int:
    """Return the age of a container in milliseconds."""
    return snapshot.now - snapshot.container.created_at


container_invisible_for_a_moment = unreadable(lambda snapshot, _: age(snapshot) < LAG_MS)
container_written_when_ended = unreadable(
    lambda snapshot, backend: (
        snapshot.job.kind == "content_generate" and backend.generation.in_flight(snapshot.job, snapshot.now)
    )
)
ugc_without_influencer_becomes_video = created_with(
    lambda format_, brief: (
        "video_remix" if format_ == "ugc_remix" and not brief.get("influencerId") else format_,
        brief,
    )
)
pinned_format_shows_auto_while_in_flight = replacing("generation", "format_at")(
    lambda backend, format_at, container, job, now: (
        "auto" if backend.generation.in_flight(job, now) else format_at(container, job, now)
    )
)
auto_resolved_to_an_internal_name = everywhere_shown(
    lambda doc, snapshot, _: (
        {**doc, "format": doc["format"].removesuffix("_remix")} if snapshot.container.format == "auto" else doc
    )
)
same_hook_in_another_format_shares_a_container = fresh(
    deduplicated(lambda project, _format, brief: [project.id, brief["hook"]])
)
same_brief_in_another_project_shares_a_container = fresh(
    deduplicated(lambda project, format_, brief: [project.org, format_, brief], only_across_projects=True)
)
influencer_never_shown = influencer_shown(lambda *_: None)
influencer_shown_for_ugc_alone = influencer_shown(
    lambda influencer, snapshot, _: influencer if snapshot.container.format == "ugc_remix" else None
)
influencer_shown_after_completion = influencer_shown(
    lambda influencer, snapshot, backend: (
        influencer if backend.generation.status_at(snapshot.job, snapshot.now - 60_000) == "completed" else None
    )
)
