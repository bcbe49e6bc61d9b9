"""Variants of refusals, and of which requests are refused (open readings 7, 8, 18 and 22)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from pydantic import ValidationError

from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, CreateBody, Model, brief_of
from sandbox.change import Variant
from sandbox.errors import ApiError, not_found, validation
from sandbox.idempotency import Idempotency
from sandbox.records import Answer, Job, Project, Snapshot
from sandbox.rendering import Rendering
from sandbox.variants.mixing import mixed_in

LONGEST_HOOK = 500
LONGEST_KEY = 64
LAST_OF_THE_PLANE = 0xFFFF


class _Always400(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=400) if answer.status == 422 else answer


class _Always422(Rendering):
    """A body that is not valid JSON is refused with 422 too."""

    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=422) if answer.status == 400 else answer


class _OddMediaIs400(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        return answer._replace(status=400) if answer.status == 415 else answer


class _Challenging(Rendering):
    """A 401 has the header WWW-Authenticate (RFC 9110, section 11.6.1)."""

    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        challenge = {"WWW-Authenticate": 'Bearer realm="layers", ApiKey realm="layers"'} if answer.status == 401 else {}
        return answer._replace(headers={**answer.headers, **challenge})


class _Forbidding(Access):
    """A resource of another organization is refused with 403 instead of 404."""

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


class _Lenient(Bodies):
    """Unknown members are ignored."""

    def validated(self, model: type[Model], value: object) -> Model:
        try:
            model.model_validate(value)
        except ValidationError as error:
            for problem in error.errors():
                if problem["type"] == "extra_forbidden":
                    value = _without(value, problem["loc"])
        return super().validated(model, value)


class _Filling(Bodies):
    """A create may leave out its format and its hook."""

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


class _ShortHooks(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        return ("hook", f"More than {LONGEST_HOOK} characters.") if len(brief.hook) > LONGEST_HOOK else None


class _PlainHooks(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        is_odd = any(ord(char) < ord(" ") or ord(char) > LAST_OF_THE_PLANE for char in brief.hook)
        is_odd |= brief.hook != brief.hook.strip()
        return ("hook", "No emoji, no control characters, no blanks around it.") if is_odd else None


class _KnownInfluencers(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = {"", self.backend.settings.influencer_id}
        return None if brief.influencer_id in known else ("influencerId", "There is no such influencer.")


class _KnownMedia(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = set(self.backend.settings.reference_media_ids)
        return None if known.issuperset(brief.reference_media_ids) else ("referenceMediaIds", "Not in the library.")


class _FewPlatforms(_Picky):
    def reason(self, brief: BriefPatch) -> tuple[str, str] | None:
        known = {"tiktok", "instagram", "youtube"}
        return None if known.issuperset(brief.target_platforms) else ("targetPlatforms", "Not connected.")


class _ShortKeys(Idempotency):
    def ensure_usable(self, key: str) -> None:
        super().ensure_usable(key)
        if len(key) > LONGEST_KEY:
            raise validation(f"The Idempotency-Key has more than {LONGEST_KEY} characters.")


class _UuidKeys(Idempotency):
    def ensure_usable(self, key: str) -> None:
        try:
            UUID(key)
        except ValueError as error:
            raise validation("The Idempotency-Key must be a UUID.") from error


class _BodiesWanted(Bodies):
    """A regenerate requires a JSON object, which may be empty."""

    def read_optional(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        return self.read(model, content, content_type)


class _NoDecisionReplays(Idempotency):
    """A key on reject or approve is ignored."""

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        ignored = scope[1] in {"rejectContent", "approveContent"}
        return super().answer(scope, None if ignored else key, body, make)


class _MarkedReplays(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        fresh: list[Answer] = []

        def noted() -> Answer:
            fresh.append(make())
            return fresh[0]

        answer = super().answer(scope, key, body, noted)
        marks = {} if fresh else {"Idempotency-Replayed": "true"}
        return answer._replace(headers={**answer.headers, **marks})


class _ArchivedIsGone(Access):
    """The containers of an archived project stay readable, but the project itself is unknown."""

    def may_use_project(self, org: str, project: Project) -> bool:
        if project.archived_at is not None and super().may_use_project(org, project):
            raise not_found("project")
        return super().may_use_project(org, project)


VARIANTS: tuple[Variant, ...] = (
    Variant("invalid-always-400", "Invalid input is 400.", mixed_in("rendering", _Always400)),
    Variant("invalid-always-422", "Invalid input is 422, malformed JSON too.", mixed_in("rendering", _Always422)),
    Variant("other-media-400", "A body that is not JSON is 400.", mixed_in("rendering", _OddMediaIs400)),
    Variant("challenge-on-401", "A 401 has WWW-Authenticate.", mixed_in("rendering", _Challenging)),
    Variant("foreign-is-403", "What is another organization's is 403.", mixed_in("access", _Forbidding)),
    Variant("unknown-members-ignored", "Unknown body members are ignored.", mixed_in("bodies", _Lenient)),
    Variant("create-filled-in", "Format and hook may be left out.", mixed_in("bodies", _Filling)),
    Variant("hooks-at-most-500", "A longer hook is 422.", mixed_in("bodies", _ShortHooks)),
    Variant(
        "hooks-plain",
        "A hook with emoji, control characters or blanks around it is 422.",
        mixed_in("bodies", _PlainHooks),
    ),
    Variant("influencers-known", "An unknown influencer is 422.", mixed_in("bodies", _KnownInfluencers)),
    Variant("media-known", "Unknown reference media are 422.", mixed_in("bodies", _KnownMedia)),
    Variant("platforms-known", "An unknown target platform is 422.", mixed_in("bodies", _FewPlatforms)),
    Variant("keys-at-most-64", "A longer Idempotency-Key is 400.", mixed_in("idempotency", _ShortKeys)),
    Variant("keys-are-uuids", "Any other Idempotency-Key is 400.", mixed_in("idempotency", _UuidKeys)),
    Variant("body-of-regenerate-wanted", "A regenerate without a body is 415.", mixed_in("bodies", _BodiesWanted)),
    Variant("decisions-never-replayed", "A key on a decision is ignored.", mixed_in("idempotency", _NoDecisionReplays)),
    Variant("replays-marked", "A replay has headers of its own.", mixed_in("idempotency", _MarkedReplays)),
    Variant("archived-project-404", "An archived project is 404.", mixed_in("access", _ArchivedIsGone)),
)
