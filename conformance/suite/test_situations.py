"""What no other driver has met of the table of factors, as far as it costs nothing, on the containers that stand."""

from __future__ import annotations

from contextlib import suppress

from conformance.client.answers import answer_of, status_of, text_in
from conformance.client.call import Call
from conformance.contract import factors as table
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.run.verdicts.situations import missing_of, standing_of
from conformance.suite.situations import Callers, Covering, Standing, looks
from conformance.suite.stock import Made, Stock, accepted, sweep


@provokes("AUT-3 IDM-4 CRE-10 REG-6 ERR-2", profile="gate", takes=("first",), alone=True, calls=150)
def test_pairs_that_cost_nothing(run: Run, api: Api, stock: Stock) -> None:
    """Meet the pairs of factors that are left, and under `certify` the triples of the contract, by calls that start nothing."""
    stock.first()
    refused = _refused_key(api)
    _meet_all(run, api, Callers(api, _standing(run, api, stock), _keyed(stock), refused))
    sweep(api)


def _meet_all(run: Run, api: Api, callers: Callers) -> None:
    """Meet what is left, as far as the containers that stand allow."""
    missing = missing_of(api.target, run.judge.ledger.capabilities)
    if api.target.dialect.clone_id == "fresh":
        missing |= {"source_post"}
    covering = Covering(
        frozenset(stands for _, stands in callers.standing.values()),
        callers.places(),
        missing,
        run.judge.history.situations.covered(),
        triples=run.spec.profile.name == "certify",
    )
    for situation in covering.situations():
        with suppress(NotReached):
            _meet(api, callers, dict(situation))


def _standing(run: Run, api: Api, stock: Stock) -> dict[str, tuple[Made, Standing]]:
    """Read what stands, and return it by the ids of its containers."""
    found: dict[str, tuple[Made, Standing]] = {}
    for made in (*stock.made(), *stock.further):
        if made.container_id not in found:
            made.shape = answer_of(api.read(made.container_id, actor=made.call.actor))
            stands = standing_of(run.judge, made.container_id)
            if stands is not None:
                found[made.container_id] = (made, stands)
    return found


def _keyed(stock: Stock) -> list[Made]:
    return [made for made in (*stock.made(), *stock.further) if made.key is not None]


def _refused_key(api: Api) -> str:
    """Return a key that a refused create alone has used."""
    key = api.key()
    api.create(brief=api.brief(targetPlatforms="tiktok"), key=key, means_valid=False, costs=0)
    return key


def _meet(api: Api, callers: Callers, situation: dict[str, str]) -> None:
    made = callers.container(situation)
    call = callers.call(situation, made)
    company = situation.get(table.COMPANY)
    if company == "a walk":
        _during_a_walk(api, callers, situation, call)
    elif company == "at once":
        exchanges = api.send_together([call, call])
        _see(api, made, *(accepted(status_of(exchange)) for exchange in exchanges))
    else:
        _see(api, made, accepted(status_of(api.send(call))) and call.method != "GET")
    look = looks(api, situation, made, call)
    if look is not None:
        api.send(look)


def _see(api: Api, made: Made, *are_accepted: bool) -> None:
    """Read a container after a call that was accepted, since nobody knows how it stands now."""
    if any(are_accepted):
        api.read(made.container_id, actor=made.call.actor)


def _during_a_walk(api: Api, callers: Callers, situation: dict[str, str], call: Call) -> None:
    """Send a call between two pages of the list."""
    holder = callers.actor({**situation, table.CALLER: table.ITS_OWN})
    projects = {"review": api.target.target.review_project_id, "foreign": api.target.target.other_project_id}
    project = projects.get(situation[table.PROJECT]) or api.project
    cursor = text_in(api.page(project, {"limit": 1}, actor=holder), "nextCursor")
    exchange = api.send(call)
    if cursor:
        api.page(project, {"limit": 1, "cursor": cursor}, actor=holder)
    _see(api, callers.container(situation), accepted(status_of(exchange)))
