"""Variants of refusals, and of which requests are refused (open readings 7, 8, 18 and 22)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from pydantic import ValidationError

from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, CreateBody, Model, brief_of
from sandbox.errors import ApiError, not_found, validation
from sandbox.idempotency import Idempotency
from sandbox.records import Answer, Job, Project, Snapshot
from sandbox.rendering import Rendering

VARIANTS = """
invalid-always-400: Invalid input is 400.
invalid-always-422: Invalid input is 422, malformed JSON too.
other-media-400: A body that is not JSON is 400.
challenge-on-401: A 401 has WWW-Authenticate.
foreign-is-403: What is another organization's is 403.
unknown-members-ignored: Unknown body members are ignored.
create-filled-in: Format and hook may be left out.
hooks-at-most-500: A longer hook is 422.
hooks-plain: A hook with emoji, control characters or blanks around it is 422.
influencers-known: An unknown influencer is 422.
media-known: Unknown reference media are 422.
platforms-known: An unknown target platform is 422.
keys-at-most-64: A longer Idempotency-Key is 400.
keys-are-uuids: Any other Idempotency-Key is 400.
body-of-regenerate-wanted: A regenerate without a body is 415.
decisions-never-replayed: A key on a decision is ignored.
replays-marked: A replay has headers of its own.
archived-project-404: An archived project is 404.
"""


LONGEST_HOOK = 500
LONGEST_KEY = 64
LAST_OF_THE_PLANE = 0xFFFF


class InvalidAlways400(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=400) if answer.status == 422 else answer


class InvalidAlways422(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=422) if answer.status == 400 else answer


class OtherMedia400(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=400) if answer.status == 415 else answer


class ChallengeOn401(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        challenge = {"WWW-Authenticate": 'Bearer realm="layers", ApiKey realm="layers"'} if answer.status == 401 else {}
        return answer._replace(headers={**answer.headers, **challenge})


class ForeignIs403(Access):
    def forbidden(self) -> ApiError:
        """Return the refusal of a resource of another organization."""
        return ApiError(403, "FORBIDDEN_SCOPE", "This key has no access here.")

    def may_use_project(self, org: str, project: Project) -> bool:
        if not super().may_use_project(org, project):
            raise self.forbidden()
        return True

    def may_use_container(self, org: str, snapshot: Snapshot) -> bool:
        if not super().may_use_container(org, snapshot):
            raise self.forbidden()
        return True

    def may_use_job(self, org: str, job: Job) -> bool:
        if not super().may_use_job(org, job):
            raise self.forbidden()
        return True


def _without(value: object, place: Sequence[int | str]) -> object:
    """Return a JSON value without the member at a path; what is nested elsewhere, however deep, is not copied."""
    if not isinstance(value, dict):
        return value
    name, *rest = place
    if not rest:
        return {each: within for each, within in value.items() if each != name}
    # A path into a union also contains the name of the branch, which is not a member.
    return value | {name: _without(value[name], rest)} if name in value else _without(value, rest)


class UnknownMembersIgnored(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        try:
            model.model_validate(value)
        except ValidationError as error:
            for problem in error.errors():
                if problem["type"] == "extra_forbidden":
                    value = _without(value, problem["loc"])
        return super().validated(model, value)


class CreateFilledIn(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        if model is CreateBody and isinstance(value, dict):
            brief = value.get("brief", {})
            filled = {"hook": "Made for you", **brief} if isinstance(brief, dict) else brief
            value = {"format": "auto", **value, "brief": filled}
        return super().validated(model, value)


class _Picky(Bodies):
    """Refuses briefs for an undocumented reason."""

    backend: Backend

    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        """Return the field and the message of a refusal, or None."""
        raise NotImplementedError

    def validated(self, model: type[Model], value: object) -> Model:
        body = super().validated(model, value)
        refused = self.reason(brief_of(body))
        if refused:
            field, sentence = refused
            raise validation("The brief can't be used.", status=422, details=[{"field": field, "message": sentence}])
        return body


class HooksAtMost500(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        return ("hook", f"More than {LONGEST_HOOK} characters.") if len(brief.hook) > LONGEST_HOOK else None


class HooksPlain(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        is_odd = any(ord(char) < ord(" ") or ord(char) > LAST_OF_THE_PLANE for char in brief.hook)
        is_odd |= brief.hook != brief.hook.strip()
        return ("hook", "No emoji, no control characters, no blanks around it.") if is_odd else None


class InfluencersKnown(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = {"", self.backend.settings.influencer_id}
        return None if brief.influencer_id in known else ("influencerId", "There is no such influencer.")


class MediaKnown(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = set(self.backend.settings.reference_media_ids)
        return None if known.issuperset(brief.reference_media_ids) else ("referenceMediaIds", "Not in the library.")


class PlatformsKnown(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = {"tiktok", "instagram", "youtube"}
        return None if known.issuperset(brief.target_platforms) else ("targetPlatforms", "Not connected.")


class KeysAtMost64(Idempotency):
    def ensure_usable(self, key: str) -> None:
        super().ensure_usable(key)
        if len(key) > LONGEST_KEY:
            raise validation(f"The Idempotency-Key has more than {LONGEST_KEY} characters.")


class KeysAreUuids(Idempotency):
    def ensure_usable(self, key: str) -> None:
        try:
            UUID(key)
        except ValueError as error:
            raise validation("The Idempotency-Key must be a UUID.") from error


class BodyOfRegenerateWanted(Bodies):
    def read_optional(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        return self.read(model, content, content_type)


class DecisionsNeverReplayed(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        ignored = scope[1] in {"rejectContent", "approveContent"}
        return super().answer(scope, None if ignored else key, body, make)


class ReplaysMarked(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        fresh: list[Answer] = []

        def noted() -> Answer:
            fresh.append(make())
            return fresh[0]

        answer = super().answer(scope, key, body, noted)
        marks = {} if fresh else {"Idempotency-Replayed": "true"}
        return answer._replace(headers={**answer.headers, **marks})


class ArchivedProject404(Access):
    def may_use_project(self, org: str, project: Project) -> bool:
        if project.archived_at is not None and super().may_use_project(org, project):
            raise not_found("project")
        return super().may_use_project(org, project)
