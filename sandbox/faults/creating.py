"""Faults of the answer of createContent and of the new container (CRE-1 to CRE-4, CRE-6 to CRE-8)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import not_found
from sandbox.faults.replacing import (
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

LAG_MS = 150
DEDUPLICATED_FOR_MS = 60_000


def envelope(change: Callable[[Doc, Doc, Backend], Doc]) -> Install:
    """Change the envelope of a create; `change` gets the envelope, the request body and the backend."""
    return answering(
        "create_content",
        lambda answer, call, backend: edited(answer, lambda doc: change(doc, json.loads(call.content), backend)),
    )


def status_of_create(change: Callable[[Doc, Call, Backend], int]) -> Install:
    """Answer a successful create with another status."""
    return answering(
        "create_content",
        lambda answer, call, backend: answer._replace(status=change(json.loads(call.content), call, backend)),
    )


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


def unreadable(hidden: Callable[[Snapshot, Backend], bool]) -> Install:
    """Let getContent answer 404 while a container is hidden."""

    def look(call: Call, backend: Backend) -> Answer | None:
        snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
        if snapshot is not None and hidden(snapshot, backend):
            raise not_found("container")
        return None

    return before("get_content", look)


def age(snapshot: Snapshot) -> int:
    """Return the age of a container in milliseconds."""
    return snapshot.now - snapshot.container.created_at


def in_first_project(doc: Doc, _snapshot: Snapshot, backend: Backend) -> Doc:
    """Show the organization's first project in place of the container's own."""
    return {**doc, "projectId": backend.settings.project_id}


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

        return replacing("lifecycle", "create", create)

    return make


def influencer_shown(change: Callable[[Any, Snapshot, Backend], Any]) -> Install:
    """Show an influencerId that differs from the one in the brief."""
    return replacing(
        "rendering",
        "influencer",
        lambda backend, influencer, snapshot: change(influencer(snapshot), snapshot, backend),
    )


FAULTS: tuple[Fault, ...] = (
    Fault(
        "create-answers-201",
        "CRE-1",
        "shallow",
        "A create answers 201 Created.",
        status_of_create(lambda *_: 201),
    ),
    Fault(
        "create-without-influencer-answers-200",
        "CRE-1",
        "deep",
        "A create whose brief names no influencer answers 200.",
        status_of_create(lambda sent, *_: 202 if sent["brief"].get("influencerId") else 200),
    ),
    Fault(
        "envelope-of-auto-lacks-stage",
        "CRE-1",
        "deep",
        "The envelope of a create with the format auto has no stage.",
        envelope(
            lambda doc, sent, _: {
                name: value for name, value in doc.items() if name != "stage" or sent["format"] != "auto"
            }
        ),
    ),
    Fault(
        "envelope-kind-names-the-format",
        "CRE-1",
        "deep",
        "The kind of a slideshow's job is slideshow_generate.",
        envelope(
            lambda doc, sent, _: {**doc, "kind": "slideshow_generate"} if sent["format"] == "slideshow_remix" else doc
        ),
    ),
    Fault(
        "envelope-started-at-null-while-queued",
        "CRE-1",
        "shallow",
        "The envelope's startedAt is null, because the worker has not begun.",
        envelope(lambda doc, *_: {**doc, "startedAt": None}),
    ),
    Fault(
        "envelope-names-the-first-project",
        "CRE-2",
        "deep",
        "The envelope always names the organization's first project.",
        envelope(lambda doc, _sent, backend: {**doc, "projectId": backend.settings.project_id}),
    ),
    Fault(
        "envelope-project-id-in-upper-case",
        "CRE-2",
        "shallow",
        "The envelope shows the project's UUID in capitals.",
        envelope(lambda doc, *_: {**doc, "projectId": doc["projectId"].upper()}),
    ),
    Fault(
        "location-without-version",
        "CRE-3",
        "shallow",
        "The envelope's locationUrl leaves out /v1 and leads nowhere.",
        envelope(lambda doc, *_: {**doc, "locationUrl": f"/jobs/{doc['jobId']}"}),
    ),
    Fault(
        "location-of-previous-job",
        "CRE-3",
        "stateful",
        "The envelope's locationUrl is the one of the create before.",
        fresh(previous("locationUrl")),
    ),
    Fault(
        "location-on-an-internal-host",
        "CRE-3",
        "shallow",
        "The envelope's locationUrl is absolute and names a host behind the proxy.",
        envelope(lambda doc, *_: {**doc, "locationUrl": f"http://layers-api.internal:8080{doc['locationUrl']}"}),
    ),
    Fault(
        "container-invisible-for-a-moment",
        "CRE-4",
        "deep",
        "A fresh container answers 404 for 150 ms, until the replica has it.",
        unreadable(lambda snapshot, _: age(snapshot) < LAG_MS),
    ),
    Fault(
        "container-written-when-ended",
        "CRE-4",
        "stateful",
        "A container answers 404 until its first generation has ended.",
        unreadable(
            lambda snapshot, backend: (
                snapshot.job.kind == "content_generate" and backend.generation.in_flight(snapshot.job, snapshot.now)
            )
        ),
    ),
    Fault(
        "container-shows-the-first-project",
        "CRE-4",
        "deep",
        "A container of any project says that it is in the organization's first one.",
        container_shown(in_first_project),
    ),
    Fault(
        "ugc-without-influencer-becomes-video",
        "CRE-6",
        "deep",
        "A pinned ugc_remix without an influencer is made a video_remix.",
        created_with(
            lambda format_, brief: (
                "video_remix" if format_ == "ugc_remix" and not brief.get("influencerId") else format_,
                brief,
            )
        ),
    ),
    Fault(
        "pinned-format-shows-auto-while-in-flight",
        "CRE-6",
        "stateful",
        "Every container shows the format auto until its generation has ended.",
        replacing(
            "generation",
            "format_at",
            lambda backend, format_at, container, job, now: (
                "auto" if backend.generation.in_flight(job, now) else format_at(container, job, now)
            ),
        ),
    ),
    Fault(
        "auto-resolved-to-an-internal-name",
        "CRE-6",
        "stateful",
        "The resolved format of auto is shown without its ending _remix.",
        everywhere_shown(
            lambda doc, snapshot, _: (
                {**doc, "format": doc["format"].removesuffix("_remix")} if snapshot.container.format == "auto" else doc
            )
        ),
    ),
    Fault(
        "identical-creates-share-a-container",
        "IDM-7",
        "stateful",
        "A create without a key that repeats one of the last minute answers with that one's container.",
        fresh(deduplicated(lambda project, format_, brief: [project.id, format_, brief])),
    ),
    Fault(
        "same-hook-in-another-format-shares-a-container",
        "CRE-7",
        "deep",
        "A create with a hook of the last minute answers with the earlier container, whatever else differs.",
        fresh(deduplicated(lambda project, _format, brief: [project.id, brief["hook"]])),
    ),
    Fault(
        "same-brief-in-another-project-shares-a-container",
        "CRE-7",
        "deep",
        "A create that repeats one of another project answers with that project's container.",
        fresh(deduplicated(lambda project, format_, brief: [project.org, format_, brief], only_across_projects=True)),
    ),
    Fault(
        "influencer-never-shown",
        "CRE-8",
        "shallow",
        "A container's influencerId is always null.",
        influencer_shown(lambda *_: None),
    ),
    Fault(
        "influencer-shown-for-ugc-alone",
        "CRE-8",
        "deep",
        "A container's influencerId is null unless its format is ugc_remix.",
        influencer_shown(
            lambda influencer, snapshot, _: influencer if snapshot.container.format == "ugc_remix" else None
        ),
    ),
    Fault(
        "influencer-shown-after-completion",
        "CRE-8",
        "stateful",
        "A container's influencerId is null until a minute after its completion.",
        influencer_shown(
            lambda influencer, snapshot, backend: (
                influencer if backend.generation.status_at(snapshot.job, snapshot.now - 60_000) == "completed" else None
            )
        ),
    ),
)
