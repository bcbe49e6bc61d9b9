"""A crowd of containers: more than the greatest page holds, where that is affordable, and else what stands."""

from __future__ import annotations

from conformance.client.answers import answer_of, status_of
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.stock import sweep

CROWD = 201
"""One page holds 200 at most (LST-11)."""
STANDING = 26
"""A page holds 25 where no limit is given (LST-11)."""
AT_ONCE = 8
BEYOND = (201, 500, 10_000)


@provokes(
    "LST-1 LST-2 LST-3 LST-10 LST-11 CRE-7 CRE-4 CRE-5", profile="certify", up_to=STANDING, crowd=CROWD, alone=True
)
def test_more_containers_than_a_page_holds(run: Run, api: Api) -> None:
    """Ask for more than a page may hold; where that is granted, fill the project beyond it if the budget allows; read pages of great sizes."""
    there = len({str(item.get("id")) for item in api.walk(query={"limit": 200})})
    wanted = STANDING
    if there < CROWD and not all(_is_refused(api, limit) for limit in BEYOND):
        wanted = CROWD if run.spec.plan.bill.crowd else STANDING
        if not run.spec.plan.bill.crowd:
            run.note("cut", sentence=_not_looked_at(max(there, wanted), run.spec.plan.for_crowd))
    _fill(api, wanted - there)
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
    api.walk()
    api.walk(query={"status": "completed", "limit": 9})
    api.walk(query={"status": "completed", "format": "slideshow_remix"})
    sweep(api)


def _is_refused(api: Api, limit: int) -> bool:
    return status_of(api.page(query={"limit": limit})) in range(400, 500)


def _fill(api: Api, missing: int) -> None:
    """Create so many containers, several at once, so that many share a createdAt, and read each."""
    last = None
    while missing > 0:
        calls = [api.create_call(brief=api.brief(), format="slideshow_remix") for _ in range(min(AT_ONCE, missing))]
        for exchange in api.send_together(calls):
            last = answer_of(exchange).get("containerId") or last
            if isinstance(last, str):
                api.read(last)
        missing -= len(calls)
    if isinstance(last, str):
        api.settle(last)


def _not_looked_at(there: int, budget: int | None) -> str:
    """Return the sentence that says what of LST-11 a run of so many containers leaves open, and what it takes to look at it."""
    buy = f"--generations {budget}" if budget else "a larger --generations"
    return (
        f"LST-11 was judged on pages without a limit alone: whether a limit above 200 brings more than 200 items was not looked at, since the "
        f"project holds {there} containers and more than 200 are needed; {buy} pays for them, and a project that holds them already needs none."
    )
