"""Faults that let one organization reach another one's resources (AUT-4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import CloneBody, CreateBody
from sandbox.change import Install, together
from sandbox.errors import ApiError
from sandbox.faults.installers import Doc, edited, fresh, refusing, replacing
from sandbox.listing import Page
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Job, Project, Snapshot

FAULTS = """
AUT-4 deep other-organization-reads-content: The other organization's key is good for a container of this one's.
AUT-4 deep other-organization-lists-content: The other organization's key is good for a list of this one's.
AUT-4 deep other-organization-approves-content: The other organization's key is good for an approve of this one's.
AUT-4 deep other-organization-cancels-jobs: The other organization's key is good for a cancel of this one's.
AUT-4 deep other-organization-clones-into-project: A clone goes to whatever project its body names, whosever it is.
AUT-4 deep canceled-job-read-by-another-organization: Another organization can read a job that was canceled.
AUT-4 deep details-show-the-last-callers-hook: The details of a schema breach show the hook of the latest create that
    was read, whoever sent it.
AUT-4 deep conflict-shows-the-last-callers-hook: The details of a conflict show the hook of the latest create that was
    read, whoever sent it.
AUT-4 deep cursor-leads-to-another-organization: A cursor of one organization's list brings its containers in another
    organization's list.
AUT-4 deep asset-once-read-is-everybodys: An asset that its owner has read is answered to another organization too.
AUT-4 deep regeneration-jobs-open-to-all: Another organization can read and cancel the job of a regeneration; the
    other kinds of job are closed to it.
"""


def owner_of(backend: Backend, call: Call) -> str:
    """Return the owner of the resource in a path, or the caller's organization if there is no such resource."""
    store = backend.store
    container = store.container(call.path.get("container_id", ""), backend.clock.now())
    job = store.job(call.path.get("job_id", ""))
    project = store.project(call.path.get("project_id", ""))
    owners = [found.org for found in (container and container.container, job, project) if found]
    return owners[0] if owners else call.org


def as_owner(operation: str) -> Install:
    """Return an install that answers an operation as if the owner had called it."""

    def install(backend: Backend) -> None:
        original: Callable[[Call], Answer] = getattr(backend.operations, operation)
        setattr(backend.operations, operation, lambda call: original(replace(call, org=owner_of(backend, call))))

    return install


def _with_details(texts: list[str]) -> Callable[[Doc], Doc]:
    def change(document: Doc) -> Doc:
        details = [{"field": "brief.hook", "message": f"The last value was {text}"} for text in texts]
        return {"error": {**document["error"], "details": details}}

    return change


def _last_body_in_details(*, conflicts: bool) -> Install:
    """Return an install that shows the last valid body of any caller beside the reasons of a refusal."""
    seen: list[str] = []

    def read(_: Backend, read: Callable[..., Any], model: Any, content: bytes, media_type: str | None) -> Any:
        body, raw = read(model, content, media_type)
        if isinstance(body, CreateBody):
            seen[:] = [body.brief.hook]
        return body, raw

    def refuse(answer: Answer, error: ApiError, _: Backend) -> Answer:
        wanted = error.status == 409 if conflicts else error.status == 422
        return edited(answer, _with_details(seen)) if wanted and seen else answer

    return together(replacing("bodies", "read")(read), refusing(refuse))


class OtherOrganizationClonesIntoProject(Operations):
    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        named = self.backend.store.project(body.project_id)
        return named or super().clone_project(source, body, org)


@replacing("access", "may_use_job")
def canceled_job_read_by_another_organization(
    _: Backend, may_use_job: Callable[[str, Job], bool], org: str, job: Job
) -> bool:
    return may_use_job(org, job) or job.canceled_at is not None


@fresh
def cursor_leads_to_another_organization() -> Install:
    homes: dict[str, Project] = {}

    def page(_: Backend, page: Callable[..., Page], project: Project, query: list[tuple[str, str]]) -> Page:
        home = next((homes[value] for name, value in query if name == "cursor" and value in homes), project)
        found = page(home if home.org != project.org else project, query)
        if found.next_cursor is not None:
            homes[found.next_cursor] = home
        return found

    return replacing("listing", "page")(page)


@replacing("access", "may_use_job")
def regeneration_jobs_open_to_all(_: Backend, may_use: Callable[[str, Job], bool], org: str, job: Job) -> bool:
    return may_use(org, job) or job.kind == "content_regenerate"


other_organization_reads_content = as_owner("get_content")
other_organization_lists_content = as_owner("list_content")
other_organization_approves_content = as_owner("approve_content")
other_organization_cancels_jobs = as_owner("cancel_job")
details_show_the_last_callers_hook = fresh(lambda: _last_body_in_details(conflicts=False))
conflict_shows_the_last_callers_hook = fresh(lambda: _last_body_in_details(conflicts=True))


def _asset_once_read(name: Callable[[Call], str], *, owned: bool) -> Install:
    """Return an install that answers an asset from a cache, under what `name` says of the call."""

    def install() -> Install:
        cached: dict[str, Answer] = {}

        def get_asset(backend: Backend, get_asset: Callable[[Call], Answer], call: Call) -> Answer:
            if owned:
                backend.access.container(call.org, call.path["container_id"])
            if name(call) not in cached:
                cached[name(call)] = get_asset(call)
            return cached[name(call)]

        return replacing("operations", "get_asset")(get_asset)

    return fresh(install)


asset_once_read_is_everybodys = _asset_once_read(
    lambda call: f"{call.path['container_id']} {call.path['asset_id']}", owned=False
)
