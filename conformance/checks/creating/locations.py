"""CRE-3: the locationUrl of a create reads its job."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.document import load
from conformance.history.facts import Called, CreateSent
from conformance.history.ledger import ACCEPTED
from conformance.history.messages import ABOUT_THE_CALLER, accepts_json, is_redirected, reach
from conformance.history.observation import Observation
from conformance.history.owners import plain


@dataclass(slots=True, eq=False)
class _Location:
    """A locationUrl: the create that was answered with it, its job, and the URLs that it may mean and that were not refused yet."""

    seen: Observation
    job_id: str
    meant: set[str]


class LocationReadsJob(Check):
    """CRE-3: the locationUrl reads the job of the envelope that gave it.

    Where the base URL has a path, a location that is a path may be relative to the origin or to the base URL.
    """

    judges = ("CRE-3",)

    def __init__(self) -> None:
        self._locations: dict[tuple[str, str], _Location] = {}

    @on(CreateSent)
    def create(self, fact: CreateSent) -> None:
        """Judge the location of a create by itself, and note it."""
        seen = fact.seen
        url, job_id = seen.fields.get("locationUrl"), seen.fields.get("jobId")
        if seen.status != ACCEPTED or not seen.authorized:
            return
        if not isinstance(url, str) or not url or not isinstance(job_id, str) or not job_id:
            return
        base_url = self.ledger.facts.base_url
        try:
            meant = _meant(url, base_url)
            hosts = {urlsplit(target).hostname or "" for target in meant}
            schemes = {urlsplit(target).scheme for target in meant}
            below_base = [urlsplit(target).path.removeprefix(urlsplit(base_url).path) for target in meant]
        except ValueError:
            message = f"The locationUrl {short(url)} of job {job_id[:80]} is not a valid URL."
            self.failed("CRE-3", "not a URL", message, seen)
            return
        if not schemes & {"http", "https"}:
            message = f"The locationUrl {short(url)} of job {job_id[:80]} cannot be read over HTTP."
            self.failed("CRE-3", "not a URL", message, seen)
            return
        if any(_is_out_of_reach(host, base_url) for host in hosts):
            message = f"The locationUrl {short(url)} of job {job_id[:80]} names a host that can only be reached inside the target's network."
            self.failed("CRE-3", "internal host", message, seen)
        elif _names_another(below_base, plain(job_id)):
            message = f"The locationUrl {short(url)} does not point to the job {job_id[:80]} of its envelope."
            self.failed("CRE-3", "another resource", message, seen)
        else:
            location = _Location(seen.evidence, job_id, meant)
            for target in meant:
                self._locations.setdefault((seen.actor, target), location)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the read of a location."""
        seen = fact.seen
        location = self._locations.get((seen.actor, seen.exchange.request.url))
        if location is None or seen.exchange.request.method != "GET" or is_redirected(seen.exchange.request):
            return
        if location.job_id in self.ledger.unclear:
            return
        if location.seen.precedes(seen):
            self._judge(seen, location)

    def _judge(self, seen: Observation, location: _Location) -> None:
        url, job_id = seen.exchange.request.url, location.job_id[:80]
        # Any other success is judged where the call asks for the job itself and nothing less.
        if (seen.status == 200 or (seen.ok and seen.is_ordinary)) and accepts_json(seen.exchange.request):
            told = seen.fields.get("jobId")
            shown = "no jobId" if told is None else f"the jobId {short(told)}"
            self.verify(
                "CRE-3",
                "reads another job",
                told == location.job_id,
                lambda: f"The locationUrl of job {job_id} was answered with {shown}.",
                location.seen,
                seen,
            )
        elif seen.refused and seen.status not in ABOUT_THE_CALLER and seen.is_ordinary:
            location.meant.discard(url)
            if not location.meant:
                message = f"The locationUrl of job {job_id} was answered {seen.status}."
                if self.lagged("CRE-3", message, location.seen, seen):
                    location.meant.add(url)
                else:
                    self.failed("CRE-3", "refused", message, location.seen, seen)


def _meant(url: str, base_url: str) -> set[str]:
    """Return the absolute URLs that a location may mean."""
    below_base = {base_url + url} if url.startswith("/") and not url.startswith("//") else set()
    return {urljoin(f"{base_url}/", url)} | below_base


def _names_another(paths: list[str], job_id: str) -> bool:
    """Return whether the contract defines some of the paths, and each of these reads something other than the job."""
    found = [match for path in paths if (match := load().match("GET", path))]
    return bool(found) and all(
        operation.id not in {"getJob", "getContentProgress"} or (operation.id == "getJob" and params["jobId"] != job_id)
        for operation, params in found
    )


def _is_out_of_reach(host: str, base_url: str) -> bool:
    """Return whether a host cannot be reached from outside of the target's network, while the base URL can."""
    own = urlsplit(base_url).hostname or ""
    return host != own and reach(own) != "inside" and reach(host) not in {"anywhere", reach(own)}


CHECKS: tuple[type[Check], ...] = (LocationReadsJob,)
