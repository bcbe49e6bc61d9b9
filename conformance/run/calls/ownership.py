"""The marks and ids that a run makes up, what an organization is given in it, and what it had before under ids that the run took for another's.

Where a target counts ids for each organization, or lets two of them choose the same one for a project, an id of the owner's may name what
the other organization had before the run. Nothing is written there: a read by the same caller has to be refused first.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from uuid import uuid4

from conformance.client.actors import OTHER, OWNER
from conformance.client.answers import answer_of, status_of
from conformance.client.call import Call
from conformance.client.exchange import READING, Exchange
from conformance.contract.paths import VERSION, path_to
from conformance.contract.validity import is_uuid
from conformance.run.settings.target import Target

_NO_REFUSALS = frozenset({408, 425, 429})
_LIST = "content?limit=1"
_PROJECTS = path_to("projects", "")
SHOWN = 3
"""The most paths that a sentence names."""


class Ownership:
    """Says whether a write may be sent, and looks where that is not known yet.

    A place is a container, a job or a project, by the beginning of its path.
    """

    def __init__(self, target: Target, base_url: str) -> None:
        named = target.target
        projects = {OWNER: [named.project_id, named.review_project_id, named.archive_project_id]}
        projects[OTHER] = [named.other_project_id]
        self._given = {actor: {path_to("projects", name) for name in ids if name} for actor, ids in projects.items()}
        self._origin = base_url + "/"
        self._refused: set[tuple[str, str]] = set()
        self._shown: dict[tuple[str, str], Exchange] = {}
        self._withheld: dict[str, None] = {}

    def note(self, exchange: Exchange) -> None:
        """Learn from an exchange what its caller was given, what it can read, and what it is refused."""
        actor, status = exchange.actor, status_of(exchange)
        if actor not in self._given or status is None:
            return
        if status == 202:
            named = answer_of(exchange)
            places = (("content", named.get("containerId")), ("jobs", named.get("jobId")))
            self._given[actor].update(path_to(kind, name) for kind, name in places if isinstance(name, str) and name)
        elif exchange.request.method == "GET":
            path = "/" + exchange.request.url.removeprefix(self._origin)
            place = _place_of(path)
            if place is not None and path.partition("?")[0] in {place, f"{place}/content"}:
                self._learn((actor, place), exchange, status)

    def _learn(self, about: tuple[str, str], exchange: Exchange, status: int) -> None:
        if status in range(200, 300):
            self._shown[about] = exchange
        elif status in range(400, 500) and status not in _NO_REFUSALS:
            self._refused.add(about)

    def withheld(self, call: Call, send: Callable[[Call], Exchange]) -> Exchange | None:
        """Return the read by which a write is not to be sent, or None where it may be; `send` sends that read where there was none yet."""
        place = _place_of(call.path)
        if place is None or not self._is_doubtful(call, place):
            return None
        about = call.actor, place
        found = self._shown.get(about)
        if found is None and about not in self._refused:
            path = f"{place}/{_LIST}" if place.startswith(_PROJECTS) else place
            found = send(Call("GET", path, call.actor))
        if about in self._refused and about not in self._shown:
            return None
        self._withheld.setdefault(place)
        return found

    def _is_doubtful(self, call: Call, place: str) -> bool:
        """Return whether a write may reach what is not its caller's in this run."""
        if call.method in READING or call.actor not in self._given:
            return False
        mine = place in self._given[call.actor]
        theirs = place in self._given[OTHER if call.actor == OWNER else OWNER]
        if call.actor == OWNER:
            return theirs and not mine
        # Where both were given an id, only a call that is to be paid for is meant for the caller's own.
        return not mine or (theirs and not call.costs)

    def sentences(self) -> Iterator[str]:
        """Yield a sentence on what was not written to."""
        paths = list(self._withheld)
        if paths:
            first = ", ".join(paths[:SHOWN]) + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")
            yield (
                "Ids that one organization was given are not refused to the other, which may have had something of its own under them before"
                f" this run, so that nothing was written there with its key: {first}. Whether such a write is refused was not looked at."
            )


def _place_of(path: str) -> str | None:
    """Return the beginning of a path that names a container, a job or a project."""
    steps = path.partition("?")[0].split("/")
    known = len(steps) > 3 and f"/{steps[1]}" == VERSION and steps[2] in {"content", "jobs", "projects"}
    return "/".join(steps[:4]) if known and steps[3] else None


class Marks:
    """Makes the marks of one run: unique across its workers, and not guessable."""

    def __init__(self, run: str, worker: str) -> None:
        self._stem = f"lcm-{run}"
        self._worker = worker
        self._count = 0

    def __next__(self) -> str:
        """Return the next mark."""
        self._count += 1
        return f"{self._stem}-{self._worker}{self._count}"


def fresh_id(like: str) -> str:
    """Return a new container id of the form that the target uses: a UUID, or random characters after the same prefix."""
    if is_uuid(like):
        return str(uuid4())
    prefix, mark, _ = like.rpartition("_")
    return f"{prefix}{mark}{secrets.token_hex(12)}"
