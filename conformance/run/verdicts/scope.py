"""What an outcome holds for: the whole contract, or a part of it that is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from conformance.reporting.model import TOLERATED, KnownResult, KnownState
from conformance.reporting.report import (
    EMBEDDED,
    JUDGED,
    Figures,
    Outcome,
    RequirementResult,
    Scope,
    Share,
    Verdict,
)
from conformance.reporting.text import counted
from conformance.run.planning.profiles import ORDER
from conformance.run.verdicts.record import RunRecord

SHOWN = 6
"""Requirements that a sentence names; the report lists all of them with the reasons."""


def figures(results: Mapping[str, RequirementResult]) -> Figures:
    """Return the two figures of a run. Neither can improve by a skip: what was not judged is no part of the first, and lacks in the second."""
    judged = [row for row in results.values() if row.verdict in JUDGED]
    return Figures(
        divergence=Share(count=sum(row.verdict is Verdict.FAILED for row in judged), of=len(judged)),
        coverage=Share(count=len(judged), of=len(results)),
    )


def restriction(record: RunRecord) -> str | None:
    """Return what kept a run from the whole of its profile, other than the configuration and the target."""
    shards = record.shards
    parts = [str(shards)] if shards is not None and shards.missing else []
    parts += [f"--only {','.join(record.only)}"] if record.only else []
    if parts:
        return ", ".join(parts)
    if record.deselected:
        return f"pytest left out {counted(len(record.deselected), 'driver')} (-m, -k, names or skips)"
    return f"it ended early, {record.stopped}" if record.stopped else None


def scope_of(
    record: RunRecord,
    results: Mapping[str, RequirementResult],
    lacking: Collection[str],
    outcome: Outcome,
    known: Sequence[KnownResult] = (),
) -> Scope:
    """Return the scope of an outcome; `lacking` are the requirements that need an optional capability that the target has not.

    `known` is what became of the known failures.
    """
    open_ones = [name for name, row in results.items() if row.verdict not in JUDGED]
    gaps = [name for name in open_ones if name not in lacking]
    restricted = restriction(record)
    decided = outcome is not Outcome.INCOMPLETE
    complete = decided and record.profile == ORDER[-1] and restricted is None and not gaps
    title = _title(outcome, record, restricted, complete=complete)
    return Scope(
        complete=complete,
        profile=record.profile,
        only=record.only,
        restriction=restricted,
        gaps=gaps,
        lacking=[name for name in open_ones if name in lacking],
        title=title,
        sentence=_sentence(title, results, gaps, restricted, mild=outcome is Outcome.CONFORMANT) + _of_known(known),
    )


def _title(outcome: Outcome, record: RunRecord, restricted: str | None, *, complete: bool) -> str:
    """Return the outcome in a few words; `conformant` alone is that of a whole run."""
    if outcome is not Outcome.CONFORMANT or complete:
        title = str(outcome)
    else:
        title = f"partial: {restricted}" if restricted else f"{record.profile} passed"
    return f"{title} (the embedded sandbox)" if record.target.get(EMBEDDED) else title


def _sentence(
    title: str, results: Mapping[str, RequirementResult], gaps: Iterable[str], restricted: str | None, *, mild: bool
) -> str:
    rows = {name: results[name] for name in gaps}
    unsettled = [name for name, row in rows.items() if row.verdict is Verdict.INCONCLUSIVE]
    owed = [name for name, row in rows.items() if row.promised and name not in unsettled]
    beyond = [name for name in rows if name not in owed and name not in unsettled]
    lacking = sum(row.verdict not in JUDGED for row in results.values()) - len(rows)
    counts = figures(results)
    failures, judged = counts.divergence.count, counts.divergence.of
    of_what = " (no MUST)" if failures and mild else ""
    words = [f"{counted(failures, 'failure')}{of_what} in {judged} of {counts.coverage.of} requirements"]
    if restricted and not title.startswith("partial"):
        words.append(f"partial: {restricted}")
    if not any(row.promised and row.verdict in JUDGED for row in results.values()):
        words.append("nothing that it promised was judged" if owed or unsettled else "it promised nothing")
    words += _named(owed, "promised and not exercised") + _named(unsettled, "inconclusive")
    # A restriction says already what was not asked for.
    words += [] if restricted else _named(beyond, "not asked for or not possible")
    words += [f"{lacking} of what the target lacks"] if lacking else []
    return f"{title}{';' if ': ' in title else ':'} {'; '.join(words)}"


def _of_known(known: Iterable[KnownResult]) -> str:
    """Return what a sentence has to say of known failures; nothing where none was listed."""
    states: dict[str, list[str]] = {}
    for failure in known:
        named = f"{failure.requirement} until {failure.until}" if failure.state in TOLERATED else failure.requirement
        states.setdefault("known" if failure.state in TOLERATED else _OF_LIST.get(failure.state, ""), []).append(named)
    return "".join(
        f"; {len(names)} {what}: {', '.join(names[:SHOWN])}{' …' if len(names) > SHOWN else ''}"
        for what, names in states.items()
        if what
    )


_OF_LIST = {
    KnownState.EXPIRED: "of the known failures past the date",
    KnownState.PASSES: "of the known failures to be taken out of the list, passing now",
    KnownState.OPEN: "of the known failures not exercised",
    KnownState.UNKNOWN: "of the known failures to be taken out of the list, of no requirement",
}


def _named(names: list[str], what: str) -> list[str]:
    more = " …" if len(names) > SHOWN else ""
    return (
        [f"{len(names)} {'was' if len(names) == 1 else 'were'} {what}: {', '.join(names[:SHOWN])}{more}"]
        if names
        else []
    )
