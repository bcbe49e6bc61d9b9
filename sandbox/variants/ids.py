"""Variants of ids, which are opaque strings."""

import base64
import hmac
import itertools
import re
import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import Install, put_before, together, using
from sandbox.ids import Ids
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Job
from sandbox.rendering import Rendering
from sandbox.settings import OTHER

VARIANTS = """
ids-bare-uuids: Every id is a UUID without a prefix.
ids-upper-case-uuids: Ids are UUIDs in upper case.
ids-counted: Ids are integers as strings, counted for each kind.
ids-long: Ids have over 100 characters, dots, tildes and colons.
ids-short: Ids have eight characters.
ids-base64: Ids are Base64 with padding.
ids-with-separators: Ids hold what separates the parts of a URL.
ids-as-paths: Ids are relative paths with dots and blanks.
ids-percent-encoded: Ids look percent-encoded, well and badly.
ids-in-other-scripts: Ids are not ASCII.
ids-with-controls: Ids hold control characters.
ids-quoted: Ids hold quotes and marks of other languages.
ids-shared-with-first-job: A container and its first job have one id.
ids-count-per-organization: Each organization counts its own containers, jobs and assets, so that both have a
    container 17.
one-project-id-in-two-organizations: Both organizations have a project of the same id.
"""

INTERNAL = re.compile(rb"(?<![0-9A-Za-z_])(?:cnt|job)_[0-9A-Z]{26}(?![0-9A-Za-z_])|(?<=\")med_[0-9A-Z]{26}(?=\")")
"""The sandbox's own ids in an answer, but for those in the URLs of assets."""
KINDS = {"cnt": "container_id", "job": "job_id", "med": "asset_id"}
"""The path parameter of each prefix."""
SLASH = "\ue000"
"""What stands for a slash of an id where paths are routed by their slashes."""


class _QuotedLocations(Rendering):
    """The locationUrl of a job holds its id percent-encoded."""

    def location(self, job: Job) -> str:
        return f"/v1/jobs/{quote(job.id, safe='')}"


class _RoutedByRawPath:
    """Splits a path into its steps before it decodes them."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path", b"").decode("latin-1")
        steps = [unquote(step).replace("/", SLASH) for step in raw.split("/")]
        await self.app({**scope, "path": "/".join(steps)}, receive, send)


class _SlashesInIds(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        path = {name: value.replace(SLASH, "/") for name, value in call.path.items()}
        return await super().perform(operation, replace(call, path=path))


def _written(form: str) -> type[Ids]:
    """Return ids with more characters around the usual ones; `form` holds `{}` where these stand."""

    class Written(Ids):
        """Ids with more characters."""

        def fresh(self, prefix: str, now: int) -> str:
            return form.replace("{}", super().fresh(prefix, now))

        def asset(self, job_id: str, index: int) -> str:
            return form.replace("{}", super().asset(job_id, index))

    return Written


def _with_ids(form: str) -> Install:
    """Return an install of ids with any characters, and of the routing that they need."""
    return together(using(_written(form)), using(_QuotedLocations), using(_SlashesInIds), put_before(_RoutedByRawPath))


class IdsBareUuids(Ids):
    def fresh(self, prefix: str, now: int) -> str:  # noqa: ARG002  # a UUID depends on neither
        return str(uuid.uuid4())

    def asset(self, job_id: str, index: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.backend.store.secret.hex()}:{job_id}:{index}"))


class IdsUpperCaseUuids(IdsBareUuids):
    def fresh(self, prefix: str, now: int) -> str:
        return super().fresh(prefix, now).upper()


class IdsCounted(Ids):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._counts = {kind: itertools.count(1) for kind in ("cnt", "job", "med")}
        self._assets: dict[tuple[str, int], str] = {}

    def fresh(self, prefix: str, now: int) -> str:  # noqa: ARG002  # a counter depends on neither
        """Return the next number of a kind."""
        return str(next(self._counts[prefix]))

    def asset(self, job_id: str, index: int) -> str:
        """Return the number of a job's asset."""
        return self._assets.setdefault((job_id, index), self.fresh("med", 0))


class IdsLong(Ids):
    def fresh(self, prefix: str, now: int) -> str:
        return f"{prefix}.v2~eu-west-1:{super().fresh(prefix, now)}:{secrets.token_hex(32)}~rev.0"

    def asset(self, job_id: str, index: int) -> str:
        return f"{super().asset(job_id, index)}.of~{index}:{'0' * 60}"


class IdsShort(Ids):
    def fresh(self, prefix: str, now: int) -> str:
        return super().fresh(prefix, now)[-8:].lower()

    def asset(self, job_id: str, index: int) -> str:
        return super().asset(job_id, index)[-8:].lower()


class IdsBase64(Ids):
    def fresh(self, prefix: str, now: int) -> str:  # noqa: ARG002  # random bytes depend on neither
        return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()

    def asset(self, job_id: str, index: int) -> str:
        digest = hmac.digest(self.backend.store.secret, f"{job_id}:{index}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:16]).decode()


class IdsSharedWithFirstJob(Ids):
    _last: str | None = None

    def container(self, now: int) -> str:
        self._last = self.fresh("itm", now)
        return self._last

    def job(self, now: int) -> str:
        last, self._last = self._last, None
        return last or self.fresh("itm", now)


class IdsCountPerOrganization(Operations):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._counts: dict[tuple[str, str], Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._shown: dict[tuple[str, str], str] = {}
        self._meant: dict[tuple[str, str], str] = {}

    async def perform(self, operation: str, call: Call) -> Answer:
        meant = {
            name: value if name == "project_id" else self._meant.get((call.org, f"{name} {value}"), "of nothing")
            for name, value in call.path.items()
        }
        answer = await super().perform(operation, replace(call, path=meant))
        return answer._replace(body=INTERNAL.sub(lambda found: self._number(call.org, found), answer.body))

    def _number(self, org: str, found: re.Match[bytes]) -> bytes:
        """Return the number of an id, the next one of its kind where it has none yet."""
        internal = found[0].decode()
        kind = KINDS[internal[:3]]
        if (org, internal) not in self._shown:
            self._shown[org, internal] = number = str(next(self._counts[org, kind]))
            self._meant[org, f"{kind} {number}"] = internal
        return self._shown[org, internal].encode()


class OneProjectIdInTwoOrganizations(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        if call.org != OTHER:
            return await super().perform(operation, call)
        settings = self.backend.settings
        ids = {settings.project_id: settings.other_project_id, settings.other_project_id: "of nothing"}
        path = {name: ids.get(value, value) if name == "project_id" else value for name, value in call.path.items()}
        internal, shown = settings.other_project_id.encode(), settings.project_id.encode()
        meant = replace(call, path=path, content=call.content.replace(shown, internal))
        answer = await super().perform(operation, meant)
        return answer._replace(body=answer.body.replace(internal, shown))


ids_with_separators = _with_ids("a/b?c=d&e#f;g:{}@h+i%2Fj,=")
ids_as_paths = _with_ids(" ../.. /./{}/../~ ")
ids_percent_encoded = _with_ids("%41%2e%2E%25%{}%zz%C3%")
ids_in_other_scripts = _with_ids("\u00e9\u65e5\u202e\U0001f680 {}\u0130\u00df\u200b")
ids_with_controls = _with_ids("\t\x01\x1b[31m\r\n::error::{}\x7f\x85\u2028\x9b")
ids_quoted = _with_ids("'\"`<b>${{{}}}|\\n*_[a](b)^-- ")
