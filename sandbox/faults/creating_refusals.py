"""Faults of creates that should be refused (CRE-9, CRE-10)."""

import copy
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import CreateBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.replacing import Doc, replacing
from sandbox.operations import Call
from sandbox.records import Answer, Project

FORMATS = frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"})


def accepting(change: Callable[[Doc], Doc]) -> Install:
    """Repair the body of a create before it is validated."""

    def validated(_: Backend, validated: Callable[..., Any], model: type, value: object) -> Any:
        repaired = change(copy.deepcopy(value)) if model is CreateBody and isinstance(value, dict) else value
        return validated(model, repaired)

    return replacing("bodies", "validated", validated)


def accepting_in_brief(name: str, change: Callable[[Any], Any]) -> Install:
    """Repair one member of a brief before it is validated; None removes it."""

    def repair(body: Doc) -> Doc:
        brief = body.get("brief")
        if isinstance(brief, dict) and name in brief:
            brief[name] = change(brief[name])
            if brief[name] is None:
                del brief[name]
        return body

    return accepting(repair)


def accepting_format(change: Callable[[str], str]) -> Install:
    """Repair a format that is a string before it is validated."""
    return accepting(
        lambda body: {**body, "format": change(body["format"])} if isinstance(body.get("format"), str) else body
    )


def as_text(value: Any) -> Any:
    """Return a number as a string, and any other value unchanged."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def of_strings(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """Return a changed list, and any other value unchanged."""
    return change(value) if isinstance(value, list) else value


def parsed_text(body: Doc) -> Doc:
    """Treat a brief that is a string as its hook."""
    return {**body, "brief": {"hook": body["brief"]}} if isinstance(body.get("brief"), str) else body


def media_ids(media: Any) -> Any:
    """Replace objects with an id by their ids."""
    return of_strings(
        media, lambda items: [item.get("id", "med") if isinstance(item, dict) else item for item in items]
    )


def leaving(
    matches: Callable[[ApiError], bool], outcome: str = "completed", where: Callable[[Project], bool] = lambda _: True
) -> Install:
    """Let some refused creates leave a container in some projects."""

    def create(backend: Backend, create: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return create(call)
        except ApiError as error:
            project = backend.store.project(call.path["project_id"])
            if project is not None and where(project) and matches(error):
                with backend.store.transaction():
                    job = backend.lifecycle.create(project, "auto", {"hook": "Untitled"})
                    backend.store.connection.execute("UPDATE jobs SET outcome = ? WHERE id = ?", (outcome, job.id))
            raise

    return replacing("operations", "create_content", create)


def about(error: ApiError, *names: str) -> bool:
    """Return whether a refusal is about one of these fields."""
    return any(part in names for detail in error.details or () for part in detail["field"].split("."))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "unknown-format-becomes-auto",
        "CRE-9",
        "shallow",
        "An unknown format is taken for auto.",
        accepting_format(lambda format_: format_ if format_ in FORMATS else "auto"),
    ),
    Fault(
        "format-case-ignored",
        "CRE-9",
        "deep",
        "A format in capitals is accepted.",
        accepting_format(str.lower),
    ),
    Fault(
        "format-number-accepted",
        "CRE-9",
        "deep",
        "A format that is no text is taken for auto.",
        accepting(lambda body: body if isinstance(body.get("format"), str | None) else {**body, "format": "auto"}),
    ),
    Fault(
        "number-as-hook-accepted",
        "CRE-9",
        "deep",
        "A hook that is a number is taken for its digits.",
        accepting_in_brief("hook", as_text),
    ),
    Fault(
        "list-as-hook-accepted",
        "CRE-9",
        "deep",
        "A hook that is a list or an object is taken for an empty draft.",
        accepting_in_brief("hook", lambda hook: "Draft" if isinstance(hook, list | dict) else hook),
    ),
    Fault(
        "single-text-as-platforms-accepted",
        "CRE-9",
        "deep",
        "A text is accepted as the list of target platforms.",
        accepting_in_brief("targetPlatforms", lambda value: [value] if isinstance(value, str) and value else value),
    ),
    Fault(
        "number-in-theme-tags-accepted",
        "CRE-9",
        "deep",
        "A number among the theme tags is taken for its digits.",
        accepting_in_brief("themeTags", lambda tags: of_strings(tags, lambda items: [as_text(tag) for tag in items])),
    ),
    Fault(
        "null-in-theme-tags-dropped",
        "CRE-9",
        "deep",
        "A null among the theme tags is accepted and dropped.",
        accepting_in_brief(
            "themeTags", lambda tags: of_strings(tags, lambda items: [tag for tag in items if tag is not None])
        ),
    ),
    Fault(
        "media-objects-accepted",
        "CRE-9",
        "deep",
        "Objects are accepted where reference media have ids.",
        accepting_in_brief("referenceMediaIds", media_ids),
    ),
    Fault(
        "language-of-another-type-dropped",
        "CRE-9",
        "deep",
        "A language that is no text is accepted and dropped.",
        accepting_in_brief("language", lambda language: language if isinstance(language, str) else None),
    ),
    Fault(
        "influencer-of-another-type-dropped",
        "CRE-9",
        "deep",
        "An influencerId that is no text is accepted and dropped.",
        accepting_in_brief("influencerId", lambda influencer: influencer if isinstance(influencer, str) else None),
    ),
    Fault(
        "text-as-brief-accepted",
        "CRE-9",
        "deep",
        "A text is accepted as the brief.",
        accepting(parsed_text),
    ),
    Fault(
        "refused-create-leaves-a-container",
        "CRE-10",
        "stateful",
        "A create that breaks the schema is refused after its container was inserted.",
        leaving(lambda error: error.status == 422),
    ),
    Fault(
        "refused-list-item-leaves-a-container",
        "CRE-10",
        "deep",
        "A create with a wrong value in a list of its brief is refused after its container was inserted.",
        leaving(lambda error: about(error, "targetPlatforms", "themeTags", "referenceMediaIds")),
    ),
)
