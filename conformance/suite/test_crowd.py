"""A crowd of containers: more than the greatest page holds, made so quickly that many share a createdAt."""

from __future__ import annotations

from conformance.run.answers import answer_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.suite.stock import sweep

CROWD = 205
"""One page holds 200 at most (LST-11)."""
AT_ONCE = 8


@provokes(
    *("LST-1", "LST-2", "LST-3", "LST-10", "LST-11", "CRE-7", "CRE-4", "CRE-5"),
    profile="certify",
    group="crowd",
    up_to=CROWD,
    alone=True,
)
def test_more_containers_than_a_page_holds(api: Api) -> None:
    """Create several at once and read each, until the project has more containers than a page may hold, then read pages of every great size."""
    there = len({str(item.get("id")) for item in api.walk(query={"limit": 200})})
    last = None
    while there < CROWD:
        calls = [
            api.create_call(brief=api.brief(), format="slideshow_remix") for _ in range(min(AT_ONCE, CROWD - there))
        ]
        for exchange in api.send_together(calls):
            last = answer_of(exchange).get("containerId") or last
            if isinstance(last, str):
                api.read(last)
        there += len(calls)
    if isinstance(last, str):
        api.settle(last)
    sizes: tuple[dict[str, int], ...] = (
        {},
        {"limit": 200},
        {"limit": 201},
        {"limit": 500},
        {"limit": 26},
        {"limit": 199},
        {"limit": 10_000},
    )
    for size in sizes:
        api.page(query=size)
    for limit in (10, 200, 25, 3):
        api.walk(query={"limit": limit})
    api.walk(query={"status": "completed", "limit": 9})
    api.walk(query={"status": "completed", "format": "slideshow_remix"})
    sweep(api)
