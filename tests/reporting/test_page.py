from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace

import pytest
from page_reports import EVIL, container, history, job, large, troubled
from runs import BASE, create, exchange, report

from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.reporting.calls import seen
from conformance.reporting.page import page
from conformance.reporting.page.finding import MOST_LINES, side
from conformance.reporting.page.picture import Picture, duration, picture
from conformance.reporting.view import View

CONTRACT = load()


def drawn(*exchanges: Exchange, decisive: str | None = None) -> Picture:
    return picture([seen(each, CONTRACT, BASE) for each in exchanges], decisive)


def at(each: Exchange, sent: float, received: float) -> Exchange:
    return replace(each, sent_at=sent, received_at=received)


def test_requests_and_answers_stand_in_the_order_of_time() -> None:
    first, second = at(create(1), 10.0, 10.5), at(create(2), 10.1, 10.4)
    made = drawn(first, second)
    assert [(event.is_answer, event.note) for event in made.events] == [
        (False, ""),
        (False, ""),
        (True, "main-2"),
        (True, "main-1"),
    ]
    assert [event.y for event in made.events] == sorted(event.y for event in made.events)
    assert made.waits == []


def test_each_thing_has_a_lane_of_the_states_that_answers_show() -> None:
    made = drawn(create(1), container(2, "queued"), container(3, "queued"), job(4, "completed"), decisive="main-4")
    story = {lane.title: [(chip.state, chip.is_new) for chip in lane.chips] for lane in made.lanes}
    assert story == {
        "container": [("queued", True), ("queued", False)],
        "approval": [("not_required", True), ("not_required", False)],
        "job": [("completed", True)],
    }
    assert [event.label for event in made.events if event.is_decisive] == ["200 completed"]
    assert [words for _, words in made.waits] == []


def test_a_long_wait_is_said_and_a_move_of_the_clock_too() -> None:
    clock = exchange(2, "POST", "/clock", body=b'{"advanceSeconds": 86400}')
    made = drawn(at(create(1), 0.0, 0.1), at(clock, 90.0, 90.1))
    assert [words for _, words in made.waits] == ["89.9 s later"]
    assert made.events[2].note == "clock +86400 s"


@pytest.mark.parametrize(("seconds", "story"), [(1.25, "1.2 s"), (150, "2.5 min"), (9000, "2.5 h"), (200_000, "2.3 d")])
def test_a_time_is_told_in_a_unit_that_fits(seconds: float, story: str) -> None:
    assert duration(seconds) == story


def marked(lines: list[object]) -> list[str]:
    return [line.text for line in lines if line.is_marked]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (("body", "a", "0"), ["    1,"]),
        (("body", "a"), ['  "a": [', "    1,", "    2", "  ],"]),
        (("body", "b/~"), ['  "b/~": null']),
        (("body", "c"), ['  "c": absent']),
        (("body", "a", "7", "x"), ['    "7": absent']),
        (("headers", "x"), ["x: 1"]),
        (("headers", "y"), ["y: absent"]),
        (("status",), ["HTTP 200"]),
        (None, []),
    ],
)
def test_the_place_that_a_pointer_names_is_marked(at: tuple[str, ...] | None, expected: list[str]) -> None:
    shown = {"headers": {"x": "1"}, "body": {"a": [1, 2], "b/~": None}}
    assert marked([*side("HTTP 200", ("status",), shown, at)]) == expected


def test_a_long_body_is_cut_around_its_place() -> None:
    lines = side("HTTP 200", ("status",), {"body": list(range(5000))}, ("body", "4000"))
    assert marked([*lines]) == ["  4000,"]
    assert len(lines) == MOST_LINES + 2


def test_the_heat_map_tells_a_planned_cell_that_was_missed() -> None:
    made = View(troubled()).states
    assert made is not None
    assert made.operations == ["get", "cancelJob"]
    cells = {state.partition("/")[0]: [(cell.count, cell.is_missed) for cell in cells] for state, cells in made.rows}
    assert cells == {"completed": [(70, False), (0, False)], "queued": [(1, False), (0, True)]}
    assert made.rows[0][1][0].level > made.rows[1][1][0].level > 0
    assert View(report()).states is None


def test_the_page_is_the_same_each_time_and_loads_nothing() -> None:
    text = page(View(troubled(), history()))
    assert text == page(View(troubled(), history()))
    assert re.findall(r"(?:src|href)=\"(?!#|data:,)[^\"]*\"", text) == []
    assert "default-src 'none'" in text.partition("</head>")[0].replace("&#39;", "'")
    assert EVIL.partition(" ")[2][:30] not in text


def test_what_is_large_is_compressed_inside_the_page() -> None:
    text = page(View(large(900), history()))
    packs = re.findall(r'<script type="application/gzip" data-first="(\d+)" data-count="(\d+)">(.*?)</script>', text)
    pieces = [piece for *_, data in packs for piece in json.loads(gzip.decompress(base64.b64decode(data)))]
    assert sum(int(count) for _, count, _ in packs) == len(pieces)
    named = {int(number) for number in re.findall(r'data-part="(\d+)"', text + "".join(pieces))}
    assert named == set(range(len(pieces)))
    assert len(text) < 900 * 1500


def test_a_report_without_its_history_is_still_shown() -> None:
    text = page(View(troubled()))
    assert "The history at hand does not hold the exchanges" in text
