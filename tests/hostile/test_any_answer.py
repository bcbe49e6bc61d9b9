"""Whatever stands anywhere in an answer, no check crashes, and the run has a report."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_values import ODD, places, replaced
from whole_runs import Ran, backend, once, run_against

from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, Response, from_json, to_json
from conformance.contract.document import load
from conformance.history.observation import TargetFacts
from conformance.run.conclude import concluded, links_of, write_reports
from conformance.run.verdicts.record import RunRecord

TEXTS = st.text(st.characters(codec=None), max_size=20)
"""Any text, lone surrogates too."""
MOMENTS = st.from_regex(r"\d{1,9}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,30})?(Z|[+-]\d{2,22}:?\d\d)", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | MOMENTS | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
JSON = (("content-type", "application/json"),)
REST = pytest.mark.exhaustive
HEADERS = ("Retry-After", "Date", "ETag", "Content-Type", "Location", "Set-Cookie", "Content-Length")


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return once(tmp_path_factory, "hostile-smoke", lambda folder: run_against(backend(), folder, "--profile", "smoke"))


@st.composite
def changes(draw: st.DrawFn, answered: list[Exchange]) -> dict[str, Exchange]:
    """Change several answers of a history: a value anywhere in the body, a header, the status, or the bytes of the body."""
    found: dict[str, Exchange] = {}
    for exchange in draw(st.lists(st.sampled_from(answered), min_size=1, max_size=12, unique_by=lambda each: each.id)):
        response = exchange.response
        assert response
        status, headers, body = response.status, list(response.headers), response.body
        what = draw(st.sampled_from(("body", "body", "body", "header", "status", "bytes")))
        if what == "header":
            value = draw(st.text(st.characters(max_codepoint=255), max_size=30) | MOMENTS | st.just("9" * 400))
            headers = [(draw(st.sampled_from(HEADERS)), value), *headers]
        elif what == "status":
            status = draw(st.integers(100, 999))
        elif what == "bytes":
            body = draw(st.binary(max_size=40))
        else:
            value = json.loads(body)
            body = json.dumps(replaced(value, draw(st.sampled_from(places(value))), draw(VALUES))).encode()
        found[exchange.id] = replace(exchange, response=Response(status, tuple(headers), body))
    return found


@pytest.mark.parametrize("examples", [4, pytest.param(40, marks=REST)])
def test_no_answer_breaks_a_check_or_a_report(examples: int, smoke: Ran, tmp_path: Path) -> None:
    answered = [each for each in smoke.history if each.response and is_json(each.response.body)]
    record = RunRecord.model_validate_json((smoke.folder / "run.json").read_text())

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=[*HealthCheck]
    )
    @given(changed=changes(answered))
    def breaks_nothing(changed: dict[str, Exchange]) -> None:
        history = [changed.get(each.id, each) for each in smoke.history]
        require_reports([from_json(json.loads(json.dumps(to_json(each)))) for each in history], record, tmp_path)

    breaks_nothing()


def require_reports(exchanges: list[Exchange], record: RunRecord, folder: Path) -> Judge:
    judge = Judge(load(), TargetFacts.of(record.target))
    for exchange in exchanges:
        judge.observe(exchange)
    judge.finish()
    assert judge.crashes == []
    links = links_of(exchanges, record)
    report = concluded(load(), judge, record, links)
    assert report.exit_status != 3
    write_reports(report, exchanges, links, folder)
    return judge


@pytest.mark.parametrize("value", [{"of": "another kind"}, *(pytest.param(odd, marks=REST) for odd in ([[]], 1e400))])
@pytest.mark.parametrize(
    "names", [("id", "jobId"), ("containerId", "nextCursor"), ("status", "format", "approvalStatus")]
)
def test_members_of_another_kind_break_nothing_wherever_they_stand(
    names: tuple[str, ...], value: object, smoke: Ran, tmp_path: Path
) -> None:
    """Every other answer is left as it was, so that there is something to compare with."""
    exchanges = [
        replace(each, response=replace(each.response, body=of_another_kind(each.response.body, names, value)))
        if number % 2 and each.response and is_json(each.response.body)
        else each
        for number, each in enumerate(smoke.history)
    ]
    record = RunRecord.model_validate_json((smoke.folder / "run.json").read_text())
    assert require_reports(exchanges, record, tmp_path).tallies["SCH-1"].failed


def of_another_kind(body: bytes, names: tuple[str, ...], value: object) -> bytes:
    written = json.dumps(value)
    return re.sub(
        rb'"(%b)": ?"[^"]*"' % "|".join(names).encode(), lambda found: b'"%b": %b' % (found[1], written.encode()), body
    )


def is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def test_any_change_is_one_that_the_checks_see(smoke: Ran) -> None:
    """A judge that is handed nothing would pass the test above."""
    story = [each for each in smoke.history if each.response and each.response.status == 200]
    judge = Judge(load(), TargetFacts.of(json.loads((smoke.folder / "run.json").read_text())["target"]))
    for exchange in story:
        judge.observe(replace(exchange, response=Response(200, JSON, b"[]")))
    assert judge.tallies["SCH-1"].failed


NINES = b"9" * 5000
UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "two members of one name": lambda body: b'{"x": 1, "x": 2, ' + body[1:],
    "the same member twice": lambda body: body[:-1] + b", " + body[1:],
    "NaN": lambda body: b'{"x": NaN, ' + body[1:],
    "a number of 5,000 digits": lambda body: b'{"x": %b, ' % NINES + body[1:],
    "100,000 levels": lambda body: b'{"x": %b%b, ' % (b"[" * 100_000, b"]" * 100_000) + body[1:],
    "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
}
"""Ways to write a JSON object that parsers read differently, or that some do not take."""


@pytest.mark.parametrize("which", ["all", "those to writes", "those to reads", "some"])
@pytest.mark.parametrize("way", UNREADABLE)
def test_json_that_parsers_read_differently_accuses_nobody_but_by_sch_1(way: str, which: str, smoke: Ran) -> None:
    choice = random.Random(f"{way} {which}")  # noqa: S311 - it is to repeat
    judge = Judge(load(), TargetFacts.of(json.loads((smoke.folder / "run.json").read_text())["target"]))
    for exchange in smoke.history:
        response, is_read = exchange.response, exchange.request.method == "GET"
        chosen = {"all": True, "those to writes": not is_read, "those to reads": is_read, "some": choice.random() < 0.2}
        if response and len(response.body) > 2 and response.body.startswith(b"{") and chosen[which]:
            judge.observe(replace(exchange, response=replace(response, body=UNREADABLE[way](response.body))))
        else:
            judge.observe(exchange)
    judge.finish()
    assert judge.crashes == []
    assert {name for name, tally in judge.tallies.items() if tally.failed} <= {"SCH-1"}
