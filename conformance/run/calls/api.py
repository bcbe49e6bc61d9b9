"""The calls of the API, as drivers make them; each returns the exchange and judges nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import uuid4

from conformance.client.actors import OWNER
from conformance.client.answers import answer_of, items_in, items_of, status_of
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.client.session import Session
from conformance.contract.document import Contract
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.history.ledger import REFUSED_FOR_THE_BODY
from conformance.history.windows import UNANSWERED_FOR
from conformance.run.calls.generations import Generations, is_one_too_many
from conformance.run.calls.long_lists import MOST_OF_A_PAGE, MOST_WALKED, WHOLE, LongLists
from conformance.run.calls.ownership import Marks, Ownership, fresh_id
from conformance.run.settings.target import Target
from strategies.samples import TELLING

JSON = ("Content-Type", "application/json")
UNCHANGED = 25
"""The most pages in a row without a new item that a walk follows under a cursor that was given before."""


class Api:
    """Every call of the contract, with the marks of the run and fresh keys."""

    def __init__(self, session: Session, target: Target, contract: Contract, marks: Marks) -> None:
        self.session = session
        self.target = target
        self.contract = contract
        self._marks = marks
        self._known: set[str] = set()
        self.jobs: dict[str, None] = {}
        self.lists = LongLists()
        self.ownership = Ownership(target, session.base_url)
        self._outlasted = False
        self._approves_with: dict[str, Any] | None = None
        self.generations = Generations(target.budget.max_in_flight)

    @property
    def project(self) -> str:
        """The project without review."""
        return self.target.target.project_id

    @property
    def review_project(self) -> str:
        """The project with review; raises NotReached if none is configured."""
        if self.target.target.review_project_id is None:
            raise NotReached("no review project is configured (target.review_project_id)")
        return self.target.target.review_project_id

    def hook(self, text: str = "Evenings that are yours") -> str:
        """Return a hook with a fresh mark."""
        return f"{text} {next(self._marks)}"

    def brief(self, **fields: Any) -> dict[str, Any]:
        """Return a minimal brief with a fresh mark; `fields` are added to it."""
        return {"hook": self.hook()} | fields

    def full_brief(self) -> dict[str, Any]:
        """Return a brief that uses every field for which the target has a fixture."""
        fixtures = self.target.fixtures
        brief = self.brief(targetPlatforms=["tiktok", "instagram"], themeTags=["launch", "calendar"], language="en-US")
        if fixtures.influencer_id:
            brief["influencerId"] = fixtures.influencer_id
        if fixtures.reference_media_ids:
            brief["referenceMediaIds"] = list(fixtures.reference_media_ids)
        return brief

    def telling_brief(self, name: str) -> dict[str, Any]:
        """Make a brief of every field with the values of one of `strategies.samples.TELLING`."""
        fields = TELLING[name]
        return self.full_brief() | fields | {"hook": self.hook(fields["hook"])}

    def failing_brief(self) -> dict[str, Any]:
        """Return the brief whose generation fails; raises NotReached if none is configured."""
        if self.target.fixtures.failing_brief is None:
            raise NotReached("no failing brief is configured (fixtures.failing_brief)")
        return dict(self.target.fixtures.failing_brief)

    @staticmethod
    def key() -> str:
        """Return a fresh Idempotency-Key: a UUID, as in the documentation."""
        return str(uuid4())

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        key: str | None = None,
        actor: str = OWNER,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Call:
        """Return a call; `body` is sent as JSON, `raw` as it is, and `more` are further fields of Call."""
        all_headers = tuple((headers or {}).items()) + ((("Idempotency-Key", key),) if key is not None else ())
        content = (
            raw if raw is not None else json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        )
        return Call(method, path, actor, all_headers, content, **more)

    def create_call(
        self,
        project: str | None = None,
        brief: dict[str, Any] | None = None,
        format: str = "video_remix",  # noqa: A002 - the API's own name
        **more: Any,
    ) -> Call:
        """Return a create that is valid and starts one generation unless `more` says otherwise."""
        path = path_to("projects", project or self.project, "content")
        body = {"format": format, "brief": brief if brief is not None else self.full_brief()}
        return self.call("POST", path, body, **({"means_valid": True, "costs": 1} | more))

    def send(self, call: Call) -> Exchange:
        """Send a call through the session, and note the container that it made.

        A call that starts a generation waits until there is room for it. Where the target refuses it for all that, it is sent again once
        another one has ended. A write that may reach what the run has not made is not sent, and the read that shows that is returned.
        """
        if withheld := self.ownership.withheld(call, self.send):
            return withheld
        self._make_room(call.costs)
        exchange = self.session.send(call)
        operation = self.session.operation_of(call) if call.costs and not call.once else None
        while operation and is_one_too_many(exchange, operation) and self.generations.under_way:
            self.generations.lower()
            self._make_room(call.costs)
            exchange = self.session.send(replace(call, tags=call.tags | {"retry_of": exchange.id}))
        self.note(exchange)
        if call.path.endswith(("/approve", "/reject")) and status_of(exchange) in range(200, 300):
            self.wait_for_replicas()
        return exchange

    def wait_for_replicas(self) -> None:
        """Wait until a read must show what was written, where the target is configured to lag."""
        if self.target.timing.read_lag:
            self.session.pause(self.target.timing.read_lag)

    def wait_for_doubtful_writes(self) -> None:
        """Wait until no write that got no answer or a 5xx can still take effect, so that what is read from then on stands still."""
        left = UNANSWERED_FOR - self.session.since_doubtful_write
        if left > 0:
            self.session.pause(left)

    def _make_room(self, generations: int) -> None:
        """Wait until so many generations may begin; poll the oldest meanwhile, and count one no longer that does not end in time."""
        known, pause = self.generations, None
        while generations and not known.has_room(generations):
            oldest = known.under_way[0]
            if known.age(oldest) > self.target.timing.generation_timeout:
                known.forget(oldest)
                continue
            pause = known.pause(oldest.container_id, 0.0, self.target.timing.poll_interval, pause)
            self.session.pause(pause, unless=lambda: known.has_room(generations))
            if oldest in known.under_way and not known.has_room(generations):
                self.job(oldest.job_id, actor=oldest.actor)

    def send_together(self, calls: list[Call]) -> list[Exchange]:
        """Send calls at the same instant; those that are refused with 429 for all that, once another generation has ended."""
        withheld = {n: found for n, call in enumerate(calls) if (found := self.ownership.withheld(call, self.send))}
        if withheld:
            rest = [call for n, call in enumerate(calls) if n not in withheld]
            others = iter(self.send_together(rest) if rest else ())
            return [withheld.get(n) or next(others) for n in range(len(calls))]
        self._make_room(sum(call.costs for call in calls))
        exchanges = self.session.send_together(calls)
        for exchange in exchanges:
            self.note(exchange)
        refused = [n for n, exchange in enumerate(exchanges) if status_of(exchange) == 429 and calls[n].costs]
        if refused and self.generations.under_way and not any(calls[n].once for n in refused):
            self.generations.lower()
            tags = ({"retry_of": exchanges[n].id} for n in refused)
            again = self.send_together(
                [replace(calls[n], tags=calls[n].tags | tag) for n, tag in zip(refused, tags, strict=True)]
            )
            for n, exchange in zip(refused, again, strict=True):
                exchanges[n] = exchange
        return exchanges

    def note(self, exchange: Exchange) -> None:
        """Remember the container and the job that an accepted call named, so that a sweep can recognise an orphan container."""
        self.ownership.note(exchange)
        if status_of(exchange) == 200 and exchange.request.method == "GET":
            self.generations.see(answer_of(exchange))
        if status_of(exchange) != 202:
            return
        container_id, job_id = (answer_of(exchange).get(name) for name in ("containerId", "jobId"))
        if isinstance(job_id, str):
            self.generations.begin(job_id, str(container_id), exchange.actor)
        if isinstance(container_id, str):
            self._known.add(container_id)
        if isinstance(job_id, str) and exchange.actor == OWNER:
            self.jobs.setdefault(job_id)

    def know(self, *container_ids: str) -> None:
        """Remember containers that existed before the run, or that were read."""
        self._known.update(container_ids)

    def is_known(self, container_id: str) -> bool:
        """Return whether an answer named a container, or `know` was told of it."""
        return container_id in self._known

    def create(self, project: str | None = None, brief: dict[str, Any] | None = None, **more: Any) -> Exchange:
        """Create a container."""
        return self.send(self.create_call(project, brief, **more))

    def read_call(self, container_id: str, **more: Any) -> Call:
        """Return a read of a container."""
        return self.call("GET", path_to("content", container_id), **more)

    def read(self, container_id: str, **more: Any) -> Exchange:
        """Read a container; one that an answer has named is read again where the target may not show it yet."""
        call = self.read_call(container_id, **more)
        exchange = self.send(call)
        timing, waited = self.target.timing, 0.0
        while waited < timing.read_lag and status_of(exchange) == 404 and self.is_known(container_id):
            self.session.pause(timing.poll_interval)
            waited += timing.poll_interval
            exchange = self.send(call)
        return exchange

    def job(self, job_id: str, **more: Any) -> Exchange:
        """Read a job."""
        return self.send(self.call("GET", path_to("jobs", job_id), **more))

    def job_at(self, location: str) -> Exchange:
        """Read the job at a locationUrl, resolved against the base URL (RFC 3986, section 5); raises NotReached where it is not a URL."""
        try:
            url = urljoin(self.session.base_url + "/", location)
        except ValueError:
            raise NotReached(f"the locationUrl {self.session.redacted(location)[:80]} is not a valid URL") from None
        return self.send(self.call("GET", url))

    def progress(self, container_id: str, **more: Any) -> Exchange:
        """Read a container's progress."""
        return self.send(self.call("GET", path_to("content", container_id, "progress"), **more))

    def asset(self, container_id: str, asset_id: str, **more: Any) -> Exchange:
        """Read an asset with its signed URL."""
        path = path_to("content", container_id, "assets", asset_id)
        return self.send(self.call("GET", path, **more))

    def regenerate_call(self, container_id: str, patch: dict[str, Any] | None = None, **more: Any) -> Call:
        """Return a regenerate that is valid and starts one generation unless `more` says otherwise."""
        path = path_to("content", container_id, "regenerate")
        body = None if patch is None else {"patch": patch}
        return self.call("POST", path, body, **({"means_valid": True, "costs": 1} | more))

    def regenerate(self, container_id: str, patch: dict[str, Any] | None = None, **more: Any) -> Exchange:
        """Regenerate a container."""
        return self.send(self.regenerate_call(container_id, patch, **more))

    def clone_call(
        self, container_id: str, source_post: str | None = None, project: str | None = None, **more: Any
    ) -> Call:
        """Return a clone into a project; raises NotReached if no source post is configured and none is given."""
        source = source_post or self.target.fixtures.source_post_id
        if source is None:
            raise NotReached("no source post is configured (fixtures.source_post_id)")
        path_id = container_id if self.target.dialect.clone_id == "existing" else fresh_id(container_id)
        body = {"sourcePlatformPostId": source, "mode": "fork", "projectId": project or self.project}
        path = path_to("content", path_id, "clone-from-post")
        return self.call("POST", path, body, **({"means_valid": True, "costs": 1} | more))

    def reject_call(self, container_id: str, reason: str = "Off brand", regenerate: Any = None, **more: Any) -> Call:
        """Return a reject, with a regeneration if `regenerate` is given."""
        body: dict[str, Any] = {"reason": reason}
        if regenerate is not None:
            body["regenerate"] = regenerate
        path = path_to("content", container_id, "reject")
        return self.call("POST", path, body, **({"means_valid": True, "costs": 1 if regenerate else 0} | more))

    def reject(self, container_id: str, reason: str = "Off brand", regenerate: Any = None, **more: Any) -> Exchange:
        """Reject a container."""
        return self.send(self.reject_call(container_id, reason, regenerate, **more))

    def approve_call(self, container_id: str, **more: Any) -> Call:
        """Return an approve, with a body where the target has refused one without."""
        return self.call("POST", path_to("content", container_id, "approve"), self._approves_with, **more)

    def approve(self, container_id: str, **more: Any) -> Exchange:
        """Approve a container; no page speaks of a body, so that an empty object is sent where a call without one is refused for that."""
        exchange = self.send(self.approve_call(container_id, **more))
        if self._approves_with is None and status_of(exchange) in REFUSED_FOR_THE_BODY:
            self._approves_with = {}
            exchange = self.send(self.approve_call(container_id, **more))
        return exchange

    def cancel_call(self, job_id: str, **more: Any) -> Call:
        """Return a cancel of a job."""
        return self.call("POST", path_to("jobs", job_id, "cancel"), **more)

    def cancel(self, job_id: str, **more: Any) -> Exchange:
        """Cancel a job."""
        return self.send(self.cancel_call(job_id, **more))

    def archive(self, project: str, **more: Any) -> Exchange:
        """Archive a project."""
        return self.send(self.call("DELETE", path_to("projects", project), **more))

    def page(self, project: str | None = None, query: Any = (), **more: Any) -> Exchange:
        """Read one page of a list; `query` is a mapping or pairs."""
        # Half of a surrogate pair, which has no UTF-8 form, goes back as if it had one.
        text = query if isinstance(query, str) else urlencode(query, errors="surrogatepass")
        path = path_to("projects", project or self.project, "content")
        return self.send(self.call("GET", path + (f"?{text}" if text else ""), **more))

    def pages(
        self, project: str | None = None, query: Mapping[str, Any] | None = None, **more: Any
    ) -> Iterator[Exchange]:
        """Walk a list along its cursors and yield its pages; a walk that is too long, or makes no headway, is abandoned.

        A cursor may stay the same while pages bring new items (open reading 29).
        """
        home = project or self.project
        filters = ({"limit": WHOLE} if home in self.lists.crowded else {}) | dict(query or {})
        parameters = [(name, value) for name, values in filters.items() for value in _each(values)]
        cursor: str | None = None
        cursors: set[str] = set()
        ids: set[str] = set()
        unchanged = walked = 0
        longest = self.lists.longest_walk(home, filters.get("limit"))
        for _ in range(longest):
            exchange = self.page(project, [*parameters, *([("cursor", cursor)] if cursor else [])], **more)
            yield exchange
            answer = answer_of(exchange) if status_of(exchange) == 200 else {}
            cursor = answer.get("nextCursor")
            if not isinstance(cursor, str) or not cursor:
                return
            items = [str(item.get("id")) for item in items_in(answer)]
            # The page may be large, and is not needed while the next one is asked for.
            del exchange, answer
            walked += len(items)
            if walked >= MOST_WALKED:
                return
            unchanged = 0 if not ids.issuperset(items) else unchanged + 1
            if cursor in cursors and unchanged and (items or unchanged > UNCHANGED):
                return
            cursors.add(cursor)
            ids.update(items)
        self.lists.cut[home, str(filters.get("limit", "none"))] = longest

    @property
    def walkable(self) -> str:
        """The project whose whole list can be walked: the plain one, unless it is huge and the one with review is not."""
        review = self.target.target.review_project_id
        return review if review and self.project in self.lists.huge and review not in self.lists.huge else self.project

    def walk(
        self, project: str | None = None, query: Mapping[str, Any] | None = None, **more: Any
    ) -> list[dict[str, Any]]:
        """Walk a list to its end and return the items of its pages; of a page that is far too long, its first ones."""
        return [item for page in self.pages(project, query, **more) for item in items_of(page)[:MOST_OF_A_PAGE]]

    def settle(self, container_id: str, job_id: str | None = None) -> dict[str, Any]:
        """Poll a container, and its job if given, until its generation has ended; return its last representation.

        Where the job runs on after its container, both are polled until it is certain that it never ends; once in a run, since that takes long.
        Raises NotReached if the generation has not ended within the configured time.
        """
        timing = self.target.timing
        waited, alone, pause = 0.0, 0.0, None
        while True:
            runs = job_id is not None and answer_of(self.job(job_id)).get("status") == "running"
            shape = answer_of(self.read(container_id))
            if is_terminal(shape.get("status")):
                if job_id is not None and runs and not self._outlasted:
                    runs = answer_of(self.job(job_id)).get("status") == "running"
                if not runs or self._outlasted:
                    return shape
                self._outlasted = alone > timing.generation_timeout
                alone += pause or 0.0
            elif waited > timing.generation_timeout:
                raise NotReached(f"container {container_id} had not ended after {timing.generation_timeout:g} seconds")
            pause = self.generations.pause(container_id, waited, timing.poll_interval, pause)
            self.session.pause(pause)
            waited += pause


def _each(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (list, tuple)) else (values,)
