"""Faults of stored briefs and of invalid creates (CRE-5, CRE-9, CRE-10)."""

import copy
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import CreateBody
from sandbox.change import Install
from sandbox.errors import ApiError
from sandbox.faults.installers import Doc, created_with, fresh, replacing, stored_brief, stored_hook, stored_list
from sandbox.idempotency import LONGEST_KEY
from sandbox.operations import Call
from sandbox.records import Answer, Project

FAULTS = """
CRE-5 deep hook-cut-at-255: A hook is cut after 255 code points.
CRE-5 deep hook-nfc-normalised: A hook is brought into the normal form NFC.
CRE-5 deep theme-tags-cut-at-5: Only the first five theme tags are kept.
CRE-5 deep theme-tags-deduplicated: A theme tag that stands twice is kept once.
CRE-5 deep empty-lists-dropped: An empty list in a brief is dropped.
CRE-5 shallow default-platforms-override: The project's default platforms override the ones that are sent.
CRE-5 deep language-script-lost: A language with script and region loses its script.
CRE-5 deep second-reference-medium-lost: Only the first reference medium is kept.
CRE-5 deep reference-media-lost-in-slideshows: A slideshow's reference media are dropped.
CRE-5 deep brief-influencer-lost-unless-ugc: The brief's influencerId is kept for ugc_remix and auto alone.
CRE-5 shallow brief-keeps-the-hook-alone: Of a brief only the hook and the target platforms are kept.
CRE-5 deep language-lost-without-influencer: The language is dropped where the brief names no influencer to speak it.
CRE-9 shallow unknown-format-becomes-auto: An unknown format is taken for auto.
CRE-9 deep format-case-ignored: A format in capitals is accepted.
CRE-9 deep format-number-accepted: A format that is no text is taken for auto.
CRE-9 deep number-as-hook-accepted: A hook that is a number is taken for its digits.
CRE-9 deep list-as-hook-accepted: A hook that is a list or an object is taken for an empty draft.
CRE-9 deep single-text-as-platforms-accepted: A text is accepted as the list of target platforms.
CRE-9 deep number-in-theme-tags-accepted: A number among the theme tags is taken for its digits.
CRE-9 deep null-in-theme-tags-dropped: A null among the theme tags is accepted and dropped.
CRE-9 deep media-objects-accepted: Objects are accepted where reference media have ids.
CRE-9 deep language-of-another-type-dropped: A language that is no text is accepted and dropped.
CRE-9 deep influencer-of-another-type-dropped: An influencerId that is no text is accepted and dropped.
CRE-9 deep text-as-brief-accepted: A text is accepted as the brief.
CRE-10 stateful refused-create-leaves-a-container: A create that breaks the schema is refused after its container was
    inserted.
CRE-10 deep refused-list-item-leaves-a-container: A create with a wrong value in a list of its brief is refused after
    its container was inserted.
CRE-10 stateful refused-draft-revived-by-its-key: A create that was refused under a key is made after all when a good
    create uses the key.
CRE-10 deep create-under-a-long-key-refused-and-made: A create whose Idempotency-Key has more than 255 characters is
    refused, and its container is made.
"""

FORMATS = frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"})


def without(brief: Doc, *names: str) -> Doc:
    """Return a brief without some members."""
    return {name: value for name, value in brief.items() if name not in names}


def accepting(change: Callable[[Doc], Doc]) -> Install:
    """Repair the body of a create before it is validated."""

    def validated(_: Backend, validated: Callable[..., Any], model: type, value: object) -> Any:
        repaired = change(copy.deepcopy(value)) if model is CreateBody and isinstance(value, dict) else value
        return validated(model, repaired)

    return replacing("bodies", "validated")(validated)


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

    return replacing("operations", "create_content")(create)


@accepting
def text_as_brief_accepted(body: Doc) -> Doc:
    return {**body, "brief": {"hook": body["brief"]}} if isinstance(body.get("brief"), str) else body


def _hook_of(content: bytes) -> str | None:
    """Return the hook of a create, as far as it can be read."""
    try:
        hook = json.loads(content)["brief"]["hook"]
    except (ValueError, TypeError, LookupError):
        return None
    return hook if isinstance(hook, str) else None


@fresh
def refused_draft_revived_by_its_key() -> Install:
    drafts: dict[tuple[str, str], str] = {}

    def create(backend: Backend, create: Callable[[Call], Answer], call: Call) -> Answer:
        name = call.path["project_id"], "".join(call.headers.get("idempotency-key", ()))
        try:
            answer = create(call)
        except ApiError as error:
            hook = _hook_of(call.content) if error.code == "VALIDATION" else None
            if name[1] and hook:
                drafts[name] = hook
            raise
        project = backend.store.project(name[0])
        if name in drafts and project is not None:
            with backend.store.transaction():
                backend.lifecycle.create(project, "auto", {"hook": drafts.pop(name)})
        return answer

    return replacing("operations", "create_content")(create)


@replacing("idempotency", "answer")
def create_under_a_long_key_refused_and_made(
    backend: Backend, answer: Callable[..., Answer], scope: tuple[str, ...], key: str | None, *rest: Any
) -> Answer:
    if key is not None and len(key) > LONGEST_KEY and "createContent" in scope:
        with backend.store.transaction():
            rest[-1]()
    return answer(scope, key, *rest)


hook_cut_at_255 = stored_hook(lambda hook: hook[:255])
hook_nfc_normalised = stored_hook(lambda hook: unicodedata.normalize("NFC", hook))
theme_tags_cut_at_5 = stored_list("themeTags", lambda tags: tags[:5])
theme_tags_deduplicated = stored_list("themeTags", lambda tags: list(dict.fromkeys(tags)))
empty_lists_dropped = stored_brief(lambda brief: {name: value for name, value in brief.items() if value != []})
default_platforms_override = stored_list("targetPlatforms", lambda _: ["tiktok", "youtube_shorts"])
language_script_lost = stored_brief(
    lambda brief: (
        {**brief, "language": re.sub(r"^(\w+)-\w{4}", r"\1", brief["language"])} if "language" in brief else brief
    )
)
second_reference_medium_lost = stored_list("referenceMediaIds", lambda media: media[:1])
reference_media_lost_in_slideshows = created_with(
    lambda format_, brief: (format_, without(brief, *["referenceMediaIds"] * (format_ == "slideshow_remix")))
)
brief_influencer_lost_unless_ugc = created_with(
    lambda format_, brief: (format_, brief if format_ in {"ugc_remix", "auto"} else without(brief, "influencerId"))
)
brief_keeps_the_hook_alone = stored_brief(
    lambda brief: without(brief, "influencerId", "themeTags", "referenceMediaIds", "language")
)
language_lost_without_influencer = stored_brief(
    lambda brief: brief if brief.get("influencerId") else without(brief, "language")
)
unknown_format_becomes_auto = accepting_format(lambda format_: format_ if format_ in FORMATS else "auto")
format_case_ignored = accepting_format(str.lower)
format_number_accepted = accepting(
    lambda body: body if isinstance(body.get("format"), str | None) else {**body, "format": "auto"}
)
number_as_hook_accepted = accepting_in_brief("hook", as_text)
list_as_hook_accepted = accepting_in_brief("hook", lambda hook: "Draft" if isinstance(hook, list | dict) else hook)
single_text_as_platforms_accepted = accepting_in_brief(
    "targetPlatforms", lambda value: [value] if isinstance(value, str) and value else value
)
number_in_theme_tags_accepted = accepting_in_brief(
    "themeTags", lambda tags: of_strings(tags, lambda items: [as_text(tag) for tag in items])
)
null_in_theme_tags_dropped = accepting_in_brief(
    "themeTags", lambda tags: of_strings(tags, lambda items: [tag for tag in items if tag is not None])
)


def media_ids(media: Any) -> Any:
    """Replace objects with an id by their ids."""
    return of_strings(
        media, lambda items: [item.get("id", "med") if isinstance(item, dict) else item for item in items]
    )


media_objects_accepted = accepting_in_brief("referenceMediaIds", media_ids)
language_of_another_type_dropped = accepting_in_brief(
    "language", lambda language: language if isinstance(language, str) else None
)
influencer_of_another_type_dropped = accepting_in_brief(
    "influencerId", lambda influencer: influencer if isinstance(influencer, str) else None
)
refused_create_leaves_a_container = leaving(lambda error: error.status == 422)


def about(error: ApiError, *names: str) -> bool:
    """Return whether a refusal is about one of these fields."""
    return any(part in names for detail in error.details or () for part in detail["field"].split("."))


refused_list_item_leaves_a_container = leaving(
    lambda error: about(error, "targetPlatforms", "themeTags", "referenceMediaIds")
)
