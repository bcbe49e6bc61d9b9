"""Variants that ask more of a request than others, or refuse in words and codes of their own (open readings 6, 7, 12 and 18)."""

import json
import time
from collections.abc import Sequence

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, CreateBody, Model, brief_of
from sandbox.change import Variant, together
from sandbox.errors import ApiError, validation
from sandbox.listing import Filters, Listing
from sandbox.operations import Call, Operations
from sandbox.records import Answer
from sandbox.rendering import Rendering
from sandbox.variants.mixing import mixed_in

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


class _FormatsNeedMaterial(Bodies):
    """A video needs reference media, and a voice an influencer: which fields a create needs is not stated (reading 22)."""

    def validated(self, model: type[Model], value: object) -> Model:
        body = super().validated(model, value)
        if isinstance(body, CreateBody):
            sent = body.brief.sent()
            if body.format == "video_remix" and not sent.get("referenceMediaIds"):
                raise validation("A video_remix needs referenceMediaIds.", status=422)
            if body.format == "ugc_remix" and not sent.get("influencerId"):
                raise validation("A ugc_remix needs an influencerId.", status=422)
        return body


class _NarrowBriefs(Bodies):
    """Hooks, tags and languages are limited more closely than any page says; a clean 422 is no failure (reading 18)."""

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


class _CodesOfItsOwn(Rendering):
    """Codes that no page lists stand where none is named: for what is in flight (readings 6 and 12) and for odd methods."""

    def error(self, error: ApiError) -> Answer:
        if "in flight" in error.message:
            error.code = "GENERATION_IN_FLIGHT"
        if error.status == 405:
            error.code = "NO_SUCH_METHOD"
        return super().error(error)


class _LostCursors(Listing):
    """A cursor that is not valid is 410, an odd limit 416 and an unknown filter 404: LST-12 to LST-14 ask for a 4xx."""

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


class _PlainWords(Rendering):
    """Errors point into the body and link to a page about them: `details` and extra fields are allowed, and ERR-6 names other things."""

    def error(self, error: ApiError) -> Answer:
        answer = super().error(error)
        envelope = json.loads(answer.body)["error"]
        message = error.message + " " + ADVICE
        link = f"https://docs.layers.example/api/errors/{error.code.lower()}.html?status={error.status}#how-to-fix"
        details = [{"pointer": "/brief/hook", "in": "body", "docs": link, "trace": "0af7651916cd43dd8448eb211c80319c"}]
        return answer._replace(
            body=self.encode({"error": {**envelope, "message": message, "details": details, "docUrl": link}})
        )


class _WrongKeysLimited(Access):
    """After a dozen calls without a valid key, calls without one are 429 with Retry-After for two seconds (T, ERR-7)."""

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


class _WritesByTheMinute(Operations):
    """Thirty calls for generations are let through in twenty seconds; one more is 429 with Retry-After (T, ERR-7)."""

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


VARIANTS: tuple[Variant, ...] = (
    Variant(
        "formats-need-material", "A video needs media, a voice an influencer.", mixed_in("bodies", _FormatsNeedMaterial)
    ),
    Variant("briefs-narrow", "Hooks, tags and languages have close limits.", mixed_in("bodies", _NarrowBriefs)),
    Variant("list-refusals-of-its-own", "410, 416 and 404 for odd parameters.", mixed_in("listing", _LostCursors)),
    Variant("errors-in-plain-words", "Errors point, quote and link.", mixed_in("rendering", _PlainWords)),
    Variant("wrong-keys-limited", "Calls without a key are 429 for a while.", mixed_in("access", _WrongKeysLimited)),
    Variant(
        "writes-by-the-minute", "Thirty generations in twenty seconds.", mixed_in("operations", _WritesByTheMinute)
    ),
    Variant(
        "strict-in-all",
        "Material, close limits and codes of its own.",
        together(
            mixed_in("bodies", _FormatsNeedMaterial),
            mixed_in("bodies", _NarrowBriefs),
            mixed_in("rendering", _CodesOfItsOwn),
        ),
    ),
)
