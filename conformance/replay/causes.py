"""Which findings have one cause: those that end in one exchange, that another one implies, or that show at one member of answers."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.document import LEVELS
from conformance.reporting.model import Cause, Evidence
from conformance.reporting.report import RequirementResult, Verdict

IMPLIES: Mapping[str, tuple[str, ...]] = {
    "APR-7": ("REJ-1",),
    "REJ-1": ("APR-7",),
    "AUT-1": ("AUT-2",),
    "CRE-9": ("ERR-4",),
    "IDM-1": ("IDM-2", "IDM-6", "IDM-11", "IDM-12"),
    "IDM-2": ("IDM-1",),
    "JOB-2": ("LIF-10",),
    "LIF-7": ("CLO-2", "JOB-2", "LIF-10", "REG-4"),
    "LIF-8": ("REG-4",),
    "LST-1": ("LST-3", "LST-4", "LST-5", "LST-6"),
    "REG-6": ("ERR-4",),
}
"""The requirements that are broken too where one is, as far as both findings share an exchange, or show at the same member of an answer."""
BODY = "/response/body/"


def causes_of(rows: Mapping[str, RequirementResult]) -> tuple[dict[str, str], list[Cause]]:
    """Return the id of the cause of each failure, and the causes, the gravest first.

    Of the failures of one cause that one stands for it which is of the gravest level, then the one that implies others, then the one with the
    fewest exchanges.
    """
    found = [
        (name, row, finding)
        for name, row in rows.items()
        if row.verdict is Verdict.FAILED
        for finding in row.findings
        if finding.exchanges
    ]
    found.sort(key=lambda each: (LEVELS.index(each[1].level), len(_history(each[2]))))
    groups: list[list[tuple[str, Evidence]]] = []
    for name, _, finding in found:
        joined = [group for group in groups if any(_is_one(name, finding, other, each) for other, each in group)]
        merged = [each for group in joined for each in group]
        groups = [group for group in groups if group not in joined]
        groups.append([*merged, (name, finding)])
    causes = [_cause(group, rows) for group in groups]
    caused = {finding.id: cause.id for cause, group in zip(causes, groups, strict=True) for _, finding in group}
    causes.sort(key=lambda each: (LEVELS.index(rows[each.requirement].level), -len(each.consequences)))
    return caused, causes


def _history(finding: Evidence) -> list[str]:
    return finding.smallest or finding.exchanges


def _is_one(name: str, finding: Evidence, other: str, each: Evidence) -> bool:
    if _history(finding)[-1] == _history(each)[-1]:
        return True
    is_implied = name in IMPLIES.get(other, ()) or other in IMPLIES.get(name, ())
    shares = is_implied and not set(_history(finding)).isdisjoint(_history(each))
    return shares or ((is_implied or name == other) and _is_same_member(finding, each))


def _is_same_member(finding: Evidence, each: Evidence) -> bool:
    """Return whether both show at the same member of an answer, which is no list: a list may be wrong in many ways."""
    pointer = finding.pointer or ""
    return pointer.startswith(BODY) and pointer == each.pointer and not isinstance(finding.actual, (list, dict))


def _cause(group: list[tuple[str, Evidence]], rows: Mapping[str, RequirementResult]) -> Cause:
    names = {name for name, _ in group}

    def rank(member: tuple[str, Evidence]) -> tuple[int, int, int]:
        name, finding = member
        implied = len(names & set(IMPLIES.get(name, ())))
        return LEVELS.index(rows[name].level), -implied, len(_history(finding))

    name, root = min(group, key=rank)
    return Cause(
        id=root.id,
        requirement=name,
        message=root.message,
        exchanges=_history(root),
        consequences=[finding.id for _, finding in group if finding is not root],
    )
