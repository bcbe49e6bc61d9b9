"""Faults of filters: too many items, too few, or a filter ignored (requirements LST-4 to LST-6, LST-14, LST-15 and APR-6)."""

from collections.abc import Callable, Mapping, Sequence

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import validation
from sandbox.faults.parts import using
from sandbox.listing import FILTERS, Filters, Listing
from sandbox.records import Snapshot

STATUS_LAG_MS = 1_500

Query = Sequence[tuple[str, str]]


def seeing(seen: Callable[[Backend, Snapshot], Mapping[str, str]]) -> Install:
    """Return an install that lets filters compare other values of a container; `seen` returns the changed ones."""

    class _Seeing(Listing):
        backend: Backend

        def filter_values(self, snapshot: Snapshot) -> Mapping[str, str]:
            return {**super().filter_values(snapshot), **seen(self.backend, snapshot)}

    return using(_Seeing)


def matching(matches: Callable[[Mapping[str, str], Filters], bool]) -> Install:
    """Return an install that changes whether the values of a container pass the filters."""

    class _Matching(Listing):
        def filter_matches(self, snapshot: Snapshot, filters: Filters) -> bool:
            return matches(self.filter_values(snapshot), filters)

    return using(_Matching)


def hiding(name: str, hidden: Callable[[Backend, Snapshot], bool]) -> Install:
    """Return an install that hides some containers from a filtered list."""

    class _Hiding(Listing):
        backend: Backend

        def filter_matches(self, snapshot: Snapshot, filters: Filters) -> bool:
            return super().filter_matches(snapshot, filters) and not (
                name in filters and hidden(self.backend, snapshot)
            )

    return using(_Hiding)


def forgetting_after_first_page(*forgotten: str) -> Install:
    """Return an install that applies some filters on the first page only."""

    class _Forgetting(Listing):
        def binding(self, project_id: str, filters: Filters) -> object:
            return super().binding(project_id, {name: filters[name] for name in filters if name not in forgotten})

        def filters(self, query: Query) -> Filters:
            later = any(name == "cursor" for name, _ in query)
            found = super().filters(query)
            return {name: found[name] for name in found if not (later and name in forgotten)}

    return using(_Forgetting)


def repeated(chosen: Callable[[list[str]], Sequence[str]]) -> Install:
    """Return an install that uses only some values of a repeated filter."""

    class _Repeated(Listing):
        def filters(self, query: Query) -> Filters:
            super().filters(query)
            kept = [(name, value) for name in FILTERS for value in chosen([v for n, v in query if n == name])]
            return super().filters(kept)

    return using(_Repeated)


def ignoring_unknown(ignored: str) -> Install:
    """Return an install that ignores a filter with an unknown value."""

    class _Ignoring(Listing):
        def filters(self, query: Query) -> Filters:
            return super().filters([(n, v) for n, v in query if n != ignored or v in FILTERS[ignored]])

    return using(_Ignoring)


class _RepeatedRefused(Listing):
    def filters(self, query: Query) -> Filters:
        found = super().filters(query)
        if any(len(values) > 1 for values in found.values()):
            raise validation("A filter may be given once.")
        return found


def approval(backend: Backend, snapshot: Snapshot) -> str:
    """Return the approval status of a container."""
    return backend.approval.status_at(snapshot)


def status(backend: Backend, snapshot: Snapshot, moment: int) -> str:
    """Return the status of a container at another time."""
    return backend.generation.status_at(snapshot.job, moment)


def videos_alike(values: Mapping[str, str], filters: Filters) -> bool:
    """Match as usual, but treat the two video formats as the same."""
    videos = {"video_remix", "ugc_remix"}
    return all(
        values[name] in wanted or (values[name] in videos and wanted & videos) for name, wanted in filters.items()
    )


FAULTS: tuple[Fault, ...] = (
    Fault(
        "status-filter-of-last-write",
        "LST-4",
        "stateful",
        "The status filter looks at a column that only writes update, so what ended by itself stays queued.",
        seeing(lambda backend, found: {"status": status(backend, found, found.container.updated_at)}),
    ),
    Fault(
        "status-filter-lags",
        "LST-4",
        "deep",
        "The status filter looks at a copy that is a second and a half old.",
        seeing(lambda backend, found: {"status": status(backend, found, found.now - STATUS_LAG_MS)}),
    ),
    Fault(
        "status-filter-leaves-pending-out",
        "APR-6",
        "deep",
        "Under a status filter containers that wait for review are left out.",
        hiding("status", lambda backend, found: approval(backend, found) == "pending"),
    ),
    Fault(
        "format-filter-misses-resolved-auto",
        "LST-5",
        "deep",
        "The format filter looks at what was asked for, so a resolved auto is not found under its format.",
        seeing(lambda _, found: {"format": found.container.format}),
    ),
    Fault(
        "format-filter-takes-videos-alike",
        "LST-5",
        "stateful",
        "Under format=video_remix containers of ugc_remix are listed too.",
        matching(videos_alike),
    ),
    Fault(
        "format-filter-leaves-regenerated-out",
        "LST-5",
        "deep",
        "Under a format filter regenerated containers are left out.",
        hiding("format", lambda _, found: found.job.kind == "content_regenerate"),
    ),
    Fault(
        "filters-combine-as-or",
        "LST-6",
        "stateful",
        "A container that passes one of two filters is listed.",
        matching(
            lambda values, filters: not filters or any(values[name] in wanted for name, wanted in filters.items())
        ),
    ),
    Fault(
        "filters-forgotten-after-first-page",
        "LST-6",
        "deep",
        "Pages after the first one are not filtered.",
        forgetting_after_first_page("status", "format"),
    ),
    Fault(
        "unknown-status-is-no-filter",
        "LST-14",
        "deep",
        "A status filter with an unknown value is ignored.",
        ignoring_unknown("status"),
    ),
    Fault(
        "unknown-format-is-no-filter",
        "LST-14",
        "deep",
        "A format filter with an unknown value is ignored.",
        ignoring_unknown("format"),
    ),
    Fault(
        "repeated-filter-takes-last",
        "LST-15",
        "deep",
        "Of a repeated filter only the last value counts.",
        repeated(lambda values: values[-1:]),
    ),
    Fault("repeated-filter-refused", "LST-15", "deep", "A repeated filter answers 400.", using(_RepeatedRefused)),
)
