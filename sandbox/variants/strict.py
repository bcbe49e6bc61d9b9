"""Variants that ask more of a request than others, or refuse in words and codes of their own (open readings 6, 7, 12 and 18)."""

import json
import time
from collections.abc import Sequence

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, CreateBody, Model, brief_of
from sandbox.change import using
from sandbox.errors import ApiError, validation
from sandbox.listing import Filters, Listing
from sandbox.operations import Call, Operations
from sandbox.records import Answer
from sandbox.rendering import Rendering

VARIANTS = """
formats-need-material: A video needs media, a voice an influencer.
briefs-narrow: Hooks, tags and languages have close limits.
list-refusals-of-its-own: 410, 416 and 404 for odd parameters.
errors-in-plain-words: Errors point, quote and link.
wrong-keys-limited: Calls without a key are 429 for a while.
writes-by-the-minute: Thirty generations in twenty seconds.
strict-in-all: Material, close limits and codes of its own.
"""


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


class _CodesOfItsOwn(Rendering):
    """Codes that no page lists stand where none is named: for what is in flight (readings 6 and 12) and for odd methods."""

    def error(self, error: ApiError) -> Answer:
        if "in flight" in error.message:
            error.code = "GENERATION_IN_FLIGHT"
        if error.status == 405:
            error.code = "NO_SUCH_METHOD"
        return super().error(error)


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


strict_in_all = using(FormatsNeedMaterial, BriefsNarrow, _CodesOfItsOwn)
