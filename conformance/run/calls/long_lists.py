"""Lists that are so long that walks of them are cut short, and which walks were."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_WALK = 400
"""The most pages of a walk; one that has not ended by then is abandoned."""
WHOLE = 200
"""The page size of walks that have to see a whole list: the largest that is documented."""
CROWDED = 500
"""The number of containers from which on a project counts as crowded.

In a crowded project a walk with small pages ends early, since it would use up the budget of the run, and a walk that names no page
size has the largest.
"""
LONGEST_IN_A_CROWD = 12
"""The most pages of a walk with small pages in a crowded project."""
HUGE = 5_000
"""The number of containers from which on even walks with the largest pages are cut short."""
LONGEST_IN_A_HUGE_PROJECT = 20
"""The most pages of such a walk: a run makes dozens of them."""
FIRST_PAGES = 40
"""The most pages of the walk with which a run looks at what a project holds."""
MOST_WALKED = 100_000
"""The most items of a walk; one that brings more is abandoned."""
MOST_OF_A_PAGE = 25 * WHOLE
"""The most items of a page that a driver looks at."""


class LongLists:
    """The projects whose lists are long; `cut` are the page sizes of walks that were cut short by project, with the pages that they saw."""

    def __init__(self) -> None:
        self.crowded: set[str] = set()
        self.huge: set[str] = set()
        self.cut: dict[tuple[str, str], int] = {}

    def know(self, project: str, containers: int) -> None:
        """Learn how many containers a project holds at least."""
        self.crowded.update({project} if containers > CROWDED else ())
        self.huge.update({project} if containers > HUGE else ())

    def longest_walk(self, project: str, limit: object) -> int:
        """Return the most pages of a walk with a page size."""
        if project in self.crowded and limit not in {WHOLE, WHOLE // 2}:
            return LONGEST_IN_A_CROWD
        return LONGEST_IN_A_HUGE_PROJECT if project in self.huge else LONGEST_WALK

    def sentences(self) -> Iterator[str]:
        """Yield a sentence on each project of which walks were cut short."""
        for project in dict.fromkeys(name for name, _ in self.cut):
            walks = ", ".join(f"{pages} of limit={size}" for (name, size), pages in self.cut.items() if name == project)
            yield f"The list of project {project} is long, so that walks of it were cut short after so many pages: {walks}."
