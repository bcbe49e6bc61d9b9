"""Variants of refusals, and of which requests are refused (open readings 6, 7, 8, 12, 18 and 22)."""

import json
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from pydantic import ValidationError

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, CreateBody, Model, brief_of
from sandbox.change import using
from sandbox.errors import ApiError, conflict, not_found, validation
from sandbox.idempotency import Idempotency
from sandbox.lifecycle import Lifecycle
from sandbox.listing import Filters, Listing
from sandbox.operations import Call, Operations
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
ended-stays-ended: What failed or was canceled is 409.
archived-project-410: An archived project is 410.
formats-need-material: A video needs media, a voice an influencer.
briefs-narrow: Hooks, tags and languages have close limits.
list-refusals-of-its-own: 410, 416 and 404 for odd parameters.
errors-in-plain-words: Errors point, quote and link.
wrong-keys-limited: Calls without a key are 429 for a while.
writes-by-the-minute: Thirty generations in twenty seconds.
strict-in-all: Material, close limits and codes of its own.
"""

LONGEST_HOOK = 500
LONGEST_KEY = 64
LAST_OF_THE_PLANE = 0xFFFF
LANGUAGES = frozenset({"en", "en-US", "en-GB", "de", "de-DE", "fr-FR", "es-ES", "pt-BR", "ja-JP"})
SHORTEST_HOOK, LONGEST_HOOK = 10, 200
MOST_TAGS = 8
ADVICE = (
    "Please select from the documented list where you insert a value, then update your request and delete it from the"
    " queue: line 1, column 17 of #/brief/targetPlatforms/0 (in body)."
)
"""Words of SQL and of traces in plain English."""
WRITES, WINDOW_SECONDS = 30, 20.0
WRONG_KEYS, LOCKED_SECONDS = 12, 2.0


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


class EndedStaysEnded(Lifecycle):
    backend: Backend

    def ensure_whole(self, snapshot: Snapshot) -> None:
        """Raise a conflict unless the container has completed or is in flight."""
        if self.backend.generation.status_at(snapshot.job, snapshot.now) in {"failed", "canceled"}:
            raise conflict("The container has no result.")

    def ensure_at_rest(self, snapshot: Snapshot) -> None:
        super().ensure_at_rest(snapshot)
        self.ensure_whole(snapshot)

    def clone(self, source: Snapshot, project: Project) -> Job:
        self.ensure_whole(source)
        return super().clone(source, project)


class ArchivedProject410(Access):
    def may_use_project(self, org: str, project: Project) -> bool:
        may_use = super().may_use_project(org, project)
        if may_use and project.archived_at is not None:
            raise ApiError(410, "GONE", "The project is archived.")
        return may_use


class FormatsNeedMaterial(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        body = super().validated(model, value)
        if isinstance(body, CreateBody):
            sent = body.brief.sent()
            if body.format == "video_remix" and not sent.get("referenceMediaIds"):
                raise validation("A video_remix needs referenceMediaIds.", status=422)
            if body.format == "ugc_remix" and not sent.get("influencerId"):
                raise validation("A ugc_remix needs an influencerId.", status=422)
        return body


class BriefsNarrow(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        body = super().validated(model, value)
        self.ensure_narrow(brief_of(body))
        return body

    def ensure_narrow(self, brief: BriefPatch) -> None:
        """Raise a refusal for a brief beyond the limits."""
        sent = brief.sent()
        if (
            not SHORTEST_HOOK <= len(sent.get("hook", " " * SHORTEST_HOOK).strip() or "") <= LONGEST_HOOK
            and "hook" in sent
        ):
            raise validation("brief.hook has 10 to 200 characters.", status=422)
        tags = sent.get("themeTags", [])
        if len(tags) > MOST_TAGS or any(not tag.isascii() for tag in tags):
            raise validation("brief.themeTags has up to 8 tags of ASCII.", status=422)
        if sent.get("language", "en-US") not in LANGUAGES:
            raise validation("brief.language is not supported.", status=422)


class ListRefusalsOfItsOwn(Listing):
    def bad_cursor(self) -> ApiError:
        return ApiError(410, "CURSOR_GONE", "This cursor is not known any more.")

    def page_limit(self, text: str | None) -> int:
        try:
            return super().page_limit(text)
        except ApiError as error:
            raise ApiError(416, "LIMIT_OUT_OF_RANGE", error.message) from error

    def filters(self, query: Sequence[tuple[str, str]]) -> Filters:
        try:
            return super().filters(query)
        except ApiError as error:
            raise ApiError(404, "NO_SUCH_VALUE", error.message) from error


class ErrorsInPlainWords(Rendering):
    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        envelope = json.loads(answer.body)["error"]
        message = error.message + " " + ADVICE
        link = f"https://docs.layers.example/api/errors/{error.code.lower()}.html?status={error.status}#how-to-fix"
        details = [{"pointer": "/brief/hook", "in": "body", "docs": link, "trace": "0af7651916cd43dd8448eb211c80319c"}]
        return answer._replace(
            body=self.encode({"error": {**envelope, "message": message, "details": details, "docUrl": link}})
        )


class WrongKeysLimited(Access):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._wrong = 0
        self._until = 0.0

    def authenticate(self, headers: RawHeaders) -> str:
        try:
            org = super().authenticate(headers)
        except ApiError:
            now = time.monotonic()
            if now < self._until:
                raise ApiError(
                    429, "RATE_LIMITED", "Too many calls without a key.", headers={"Retry-After": "2"}
                ) from None
            self._wrong += 1
            if self._wrong % WRONG_KEYS == 0:
                self._until = now + LOCKED_SECONDS
            raise
        return org


class WritesByTheMinute(Operations):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._started: list[float] = []

    async def perform(self, operation: str, call: Call) -> Answer:
        if operation not in {"create_content", "regenerate_content", "clone_from_post"}:
            return await super().perform(operation, call)
        now = time.monotonic()
        self._started = [each for each in self._started if each > now - WINDOW_SECONDS]
        if len(self._started) >= WRITES:
            left = int(self._started[0] + WINDOW_SECONDS - now) + 1
            raise self.backend.limits.too_many("Too many generations a minute.", left)
        self._started.append(now)
        return await super().perform(operation, call)


class _CodesOfItsOwn(Rendering):
    """Codes that no page lists stand where none is named: for what is in flight (readings 6 and 12) and for odd methods."""

    def error(self, error: ApiError) -> Answer:
        if "in flight" in error.message:
            error.code = "GENERATION_IN_FLIGHT"
        if error.status == 405:
            error.code = "NO_SUCH_METHOD"
        return super().error(error)


strict_in_all = using(FormatsNeedMaterial, BriefsNarrow, _CodesOfItsOwn)
