from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from runs import exchange, failed, inconclusive, passed, record, report

from conformance.checks.findings import Finding
from conformance.exceptions import ConfigurationError
from conformance.reporting import har, json_report, terminal, write_all
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
from conformance.reporting.report import Report
from conformance.reporting.text import compact_ids, exchange_line, printable
from conformance.reporting.view import View
from conformance.run.verdicts.record import Unreached

EVIL = "The hook came back as <b>|`[red]\x1b[31m\x00\u202e\ud800\nnext"
HISTORY = [
    exchange(1),
    exchange(2, "POST", "/v1/content/cnt_1/reject", status=500, body=b'{"reason": "\xff"}', answer=b"\xff\x00"),
    exchange(3, status=None, error="timeout: ReadTimeout"),
]


def troubled() -> Report:
    run = record(
        promised={"CRE-2": ["d"], "CRE-4": ["d"]},
        unreached=[Unreached(driver="d", requirements=["CRE-4"], reason="No container was made.")],
        stopped="the budget of 9 requests is spent",
    )
    return report(
        failed("APR-1", EVIL, "main-1", "main-2"),
        failed("CRE-8", "A SHOULD.", "main-2"),
        inconclusive("LIF-1", "No answer came.", "main-3"),
        passed("CRE-1", "main-1"),
        run=run,
        exchanges=HISTORY,
    )


def test_the_committed_schema_is_that_of_the_model() -> None:
    assert json_report.committed_schema() == json.loads(json_report.schema_text()), (
        "write conformance/reporting/report.schema.json anew from json_report.schema_text()"
    )


def test_a_report_validates_against_the_committed_schema() -> None:
    schema = json_report.committed_schema()
    Draft202012Validator.check_schema(schema)
    for made in (troubled(), report()):
        value = json.loads(made.model_dump_json(by_alias=True))
        assert list(Draft202012Validator(schema).iter_errors(value)) == []


def test_the_schema_refuses_another_verdict() -> None:
    value = json.loads(troubled().model_dump_json(by_alias=True))
    value["requirements"]["CRE-1"]["verdict"] = "fine"
    assert not Draft202012Validator(json_report.committed_schema()).is_valid(value)


def test_report_json_has_the_agreed_members(tmp_path: Path) -> None:
    json_report.write(troubled(), tmp_path / "report.json")
    value = json.loads((tmp_path / "report.json").read_text())
    assert {"schemaVersion", "outcome", "harness", "target", "profile", "seed", "startedAt", "finishedAt"} <= set(value)
    assert value["spent"] == {"generations": 1, "requests": 4, "seconds": 60.0}
    row = value["requirements"]["APR-1"]
    assert {name: row[name] for name in ("level", "verdict", "observations", "reason", "shownBy")} == {
        "level": "MUST",
        "verdict": "failed",
        "observations": 1,
        "reason": None,
        "shownBy": [],
    }
    assert row["findings"][0]["exchanges"] == ["main-1", "main-2"]
    assert json_report.read(tmp_path / "report.json") == troubled()


@pytest.mark.parametrize("content", [None, "", "{}", '{"schemaVersion": 3}'])
def test_what_is_no_report_is_refused_in_one_sentence(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"Cannot read the report .*report\.json"):
        json_report.read(path)


def test_junit_maps_verdicts_and_parses(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    tree(View(troubled(), HISTORY)).write(path, encoding="utf-8", xml_declaration=True)
    suite = ET.parse(path).getroot()[0]  # noqa: S314 - we wrote it
    cases = {case.attrib["name"].split(" ")[0]: case for case in suite.iter("testcase")}
    kinds = {name: [child.tag for child in case] for name, case in cases.items()}
    assert (kinds["CRE-1"], kinds["APR-1"], kinds["CRE-4"]) == ([], ["failure"], ["skipped"])
    assert kinds["CRE-8"] == kinds["LIF-1"] == ["skipped", "system-out"], "neither makes a run not conformant"
    assert (
        cases["CRE-8"][0].attrib["message"] == "A failed SHOULD, which does not make this run not conformant: A SHOULD."
    )
    assert "curl -sS -i" in (cases["CRE-8"][1].text or "")
    assert cases["LIF-1"][0].attrib["message"] == "Inconclusive: No answer came."
    assert cases["APR-1"].attrib["classname"] == "conformance.APR"
    assert "curl -sS -i" in (cases["APR-1"][0].text or "")
    assert cases["CRE-4"][0].attrib["message"] == "The run ended early: the budget of 9 requests is spent."
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": len(cases), "failures": 1, "errors": 0, "skipped": len(cases) - 2}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", ["CRE-1", "CRE-8", "ERR-5"])
@pytest.mark.parametrize("finding", [passed, failed, inconclusive])
def test_junit_is_green_exactly_if_the_exit_status_is_0(
    finding: Callable[[str], Finding],
    name: str,
    strict: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    made = report(passed("LST-1"), finding(name), run=record(strict=strict, promised={"LST-1": ["d"]}))
    root = tree(View(made)).getroot()
    red = [each.tag for each in root.iter() if each.tag in {"failure", "error"}]
    assert bool(red) is (made.exit_status != 0)
    assert ("failure" in red) is (made.exit_status == 1)
    assert int(root.attrib["errors"]) == red.count("error")
    assert int(root.attrib["tests"]) == len(list(root.iter("testcase")))
    for element in (root, root[0]):
        assert int(element.attrib["failures"]) + int(element.attrib["errors"]) == len(red)
        assert int(element.attrib["skipped"]) == len(list(root.iter("skipped")))


def test_markdown_shows_hostile_text_as_text() -> None:
    page = markdown(View(troubled(), HISTORY))
    finding = next(line for line in page.splitlines() if line.startswith("- The hook"))
    assert finding == (r"- The hook came back as &lt;b&gt;\|\`\[red\]\\x1b\[31m\\x00\\u202e?\\nnext")
    assert "# ❌ Not conformant" in page
    assert "| CRE-4 | MUST | **yes** | The run ended early: the budget of 9 requests is spent. |" in page


def test_every_row_of_a_markdown_table_has_the_cells_of_its_head() -> None:
    page = markdown(View(troubled(), HISTORY))
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        rows = [len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()]
        assert len(set(rows)) == 1


def test_har_is_an_archive_of_every_exchange(tmp_path: Path) -> None:
    path = tmp_path / "history.har"
    assert har.write(HISTORY, path)
    log = json.loads(path.read_text())["log"]
    assert log["version"] == "1.2"
    first, second, third = log["entries"]
    assert (first["request"]["method"], first["response"]["status"], first["time"]) == ("GET", 200, 250.0)
    assert base64.b64decode(second["response"]["content"]["text"]) == b"\xff\x00"
    assert second["request"]["postData"]["comment"] == "base64"
    assert (third["response"]["status"], third["response"]["comment"]) == (0, "timeout: ReadTimeout")


def test_a_history_too_large_for_an_archive_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "LARGEST_HISTORY", 3)
    assert "har" not in write_all(View(troubled(), HISTORY), tmp_path)
    assert not (tmp_path / "history.har").exists()


def test_write_all_writes_every_format(tmp_path: Path) -> None:
    paths = write_all(View(troubled(), HISTORY), tmp_path / "new" / "folder")
    assert sorted(paths) == ["har", "html", "json", "junit", "markdown"]
    assert all(path.stat().st_size > 100 for path in paths.values())


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"Cannot write reports into .*--report-dir"):
        write_all(View(troubled(), HISTORY), tmp_path / "file")


def test_terminal_shows_failures_before_what_was_not_exercised_and_the_outcome_last() -> None:
    lines = terminal.render(View(troubled(), HISTORY)).splitlines()
    text = "\n".join(lines)
    places = [text.index(word) for word in ("APR-1 MUST", "CRE-8 SHOULD", "LIF-1 MUST", "CRE-4 MUST, promised")]
    assert places == sorted(places)
    assert lines[0] == "Not conformant"
    assert lines[-1].startswith("not conformant: 2 failures in 3 of 104 requirements; partial: it ended early,")
    assert "(exit status 1:" in lines[-1]
    assert "main-2  POST /v1/content/cnt_1/reject → 500".replace("  ", " ") in text
    assert 'curl -sS -i -X GET http://target.test/v1/content/cnt_1 -H "X-Api-Key: $LAYERS_API_KEY"' in text


SAID = "It changed in way {}."


@pytest.mark.parametrize(
    ("kinds", "times", "said"),
    [
        (3, 1, None),
        (3, 2, "…seen broken 6 times in all"),
        (4, 1, "…1 more finding in report.json"),
        (5, 3, "…2 more findings in report.json; seen broken 15 times in all"),
    ],
)
def test_what_is_said_to_be_in_the_report_is_in_it(kinds: int, times: int, said: str | None) -> None:
    made = report(*(failed("APR-1", SAID.format(kind), "main-1") for kind in range(kinds) for _ in range(times)))
    kept = made.requirements["APR-1"].findings
    assert [finding.message for finding in kept] == [SAID.format(kind) for kind in range(kinds)]
    for text in (terminal.render(View(made, HISTORY)), markdown(View(made, HISTORY))):
        assert text.count("It changed in way") == min(kinds, 3)
        more = [line.strip().removesuffix(".") for line in text.splitlines() if line.strip().startswith("…")]
        assert [line.replace("\\", "") for line in more] == ([] if said is None else [said])


def test_the_hidden_findings_of_what_is_inconclusive_are_counted() -> None:
    made = report(*(inconclusive("APR-1", SAID.format(kind)) for kind in range(5)))
    assert "…2 more findings in report.json\n" in terminal.render(View(made))


def test_no_control_character_of_the_target_reaches_the_terminal() -> None:
    text = terminal.render(View(troubled(), HISTORY))
    assert r"[red]\x1b[31m\x00\u202e" in text
    assert all(character.isprintable() or character == "\n" for character in text)


def test_quiet_prints_the_outcome_alone() -> None:
    console = Console(width=200)
    with console.capture() as captured:
        terminal.show(View(report(passed("CRE-1"), run=record(promised={"CRE-1": ["d"]}))), console, quiet=True)
    assert captured.get() == (
        "gate passed: 0 failures in 1 of 104 requirements; 103 were not asked for or not possible: CRE-2, CRE-3, CRE-4, CRE-5, "
        "CRE-6, CRE-7 … (exit status 0: no MUST failed, and every promised MUST was exercised)\n"
    )


def test_a_defect_of_the_harness_is_shown() -> None:
    text = terminal.render(View(report(run=record(defects=["A body was wrong."]))))
    assert "Defect of the harness: A body was wrong." in text


@pytest.mark.parametrize(
    ("ids", "text"), [([], ""), (["CRE-3"], "3"), (["CRE-1", "CRE-2", "CRE-10"], "1-2 10"), (["A-3", "A-1"], "1 3")]
)
def test_ids_of_a_family_are_written_as_runs(ids: list[str], text: str) -> None:
    assert compact_ids(ids) == text


def test_an_exchange_in_one_line() -> None:
    assert exchange_line(exchange(1, actor="other", path="/v1/content?limit=1")) == (
        "main-1 GET /v1/content?limit=1 → 200 (at 12:00:01.000 UTC, 250 ms, as other)"
    )
    assert "→ no answer (timeout: ReadTimeout)" in exchange_line(HISTORY[2])


def test_long_text_is_cut() -> None:
    assert printable("x" * 30, 10) == "xxxxxxxxxx… (20 characters more)"
