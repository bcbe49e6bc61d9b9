"""What can be done to the run that a certificate is of, before and after it is signed, and what is then said."""

from __future__ import annotations

from pathlib import Path

from certified_runs import Signed, changed_manifest
from forged_certificates import Forgery
from runs import exchange

from conformance.client.exchange import KEPT, keep
from conformance.reporting import har

KNOWN = {"requirement": "CRE-1", "key": ": It was broken.", "reason": "r", "owner": "o", "until": "2026-07-01"}


def with_smallest(folder: Path, text: str = "") -> Path:
    """Write a smallest history beside a run."""
    path = folder / "repro" / "CRE-1.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def signed_as_it_is(signed: Signed) -> None:
    """Sign what stands in the folder, without looking at it."""
    signed.lie()


OF_RUNS: dict[str, Forgery] = {
    "a run of gate, signed": (
        lambda it: it.lie(profile="gate"),
        "It is a run of the profile gate, and certify alone is certified.",
    ),
    "a part of a run, signed": (
        lambda it: it.lie(only=["CRE"]),
        "It is a part of certify (--only CRE), and a whole run alone is certified.",
    ),
    "a run without some drivers, signed": (
        lambda it: it.lie(deselected=["test_life::test_assets"]),
        "It is a part of certify (pytest left out 1 driver (-m, -k, names or skips)), and a whole run alone is certified.",
    ),
    "a run that was ended, signed": (
        lambda it: it.lie(stopped="the budget of 9 requests is spent"),
        "It is a part of certify (it ended early, the budget of 9 requests is spent), and a whole run alone is certified.",
    ),
    "a run that tolerated failures, signed": (
        lambda it: it.lie(knownFailures=[KNOWN]),
        "It was given a list of known failures, such as CRE-1; run without it.",
    ),
    "a run that left something open, signed": (
        lambda it: it.remade([exchange(1, status=418)]),
        "It left 1 requirement unjudged: ERR-7.",
    ),
    "a run that found a failure, signed": (
        lambda it: it.remade([exchange(1, status=500)]),
        "Its outcome is not conformant: not conformant: 1 failure in 104 of 104 requirements.",
    ),
    "answers that nobody is to judge, signed": (
        lambda it: it.lie(doubted=["main-3", "main-4"]),
        "The answers to 2 calls were doubted, and so not judged.",
    ),
    "a byte of an exchange": (
        lambda it: it.change_lines(lambda lines: [*lines[:3], lines[3].replace(b"cnt_1", b"cnt_2"), *lines[4:]]),
        "The history is not the one that was certified: line 4 was changed after it was recorded.",
    ),
    "a time": (
        lambda it: it.change_lines(lambda lines: [lines[0].replace(b'"sentAt": 1', b'"sentAt": 2'), *lines[1:]]),
        "The history is not the one that was certified: line 1 was changed after it was recorded.",
    ),
    "a missing exchange": (
        lambda it: it.change_lines(lambda lines: [*lines[:4], *lines[5:]]),
        "The history is not the one that was certified: line 5 is missing or moved.",
    ),
    "a missing end": (
        lambda it: it.change_lines(lambda lines: lines[:-1]),
        "certified: it holds 7 of 8 exchanges, the last ones are missing.",
    ),
    "another order": (
        lambda it: it.change_lines(lambda lines: [lines[1], lines[0], *lines[2:]]),
        "certified: line 1 is missing or moved.",
    ),
    "an exchange twice": (
        lambda it: it.change_lines(lambda lines: [*lines, lines[-1]]),
        "certified: line 9 is the one that was recorded as number 8.",
    ),
    "an exchange of nobody": (
        lambda it: it.change_lines(lambda lines: [*lines, b"{}\n"]),
        "certified: line 9 has no link, so that no run has recorded it there.",
    ),
    "a history made anew": (
        lambda it: keep([exchange(number, status=404) for number in range(1, 9)], it.folder),
        "certified: its chain of hashes ends otherwise than was recorded.",
    ),
    "a broken exchange, made anew": (
        lambda it: keep([exchange(number, status=500) for number in range(1, 9)], it.folder),
        "Judged again, the history says something else: CRE-1 was passed and is failed.",
    ),
    "a history compressed anew": (
        lambda it: it.change_lines(lambda lines: lines),
        "history.jsonl.gz is not the one that was certified: its bytes or its version differ.",
    ),
    "a history that is no gzip": (
        lambda it: (it.folder / KEPT).write_bytes(b"\x1f\x8b" + bytes(40)),
        "history.jsonl.gz is not a whole gzip file",
    ),
    "no history": (lambda it: (it.folder / KEPT).unlink(), "There is no history.jsonl in "),
    "a swapped report": (
        lambda it: (it.folder / "report.json").write_text("{}"),
        "report.json is not the one that was certified: its bytes or its version differ.",
    ),
    "a swapped page": (
        lambda it: (it.folder / "report.html").write_text("<h1>All is well</h1>"),
        "report.html is not the one that was certified: its bytes or its version differ.",
    ),
    "a line of the Markdown": (
        lambda it: (it.folder / "report.md").open("a").write("It was strict.\n"),
        "report.md is not the one that was certified: its bytes or its version differ.",
    ),
    "another JUnit file": (
        lambda it: (it.folder / "junit.xml").write_text("<testsuites/>"),
        "junit.xml is not the one that was certified: its bytes or its version differ.",
    ),
    "an archive of other exchanges": (
        lambda it: har.write([exchange(1)], it.folder / "history.har"),
        "history.har is not the one that was certified: its bytes or its version differ.",
    ),
    "a smallest history that nobody signed": (
        lambda it: with_smallest(it.folder),
        "repro/CRE-1.jsonl was not there when the run was certified; take it away, or sign anew.",
    ),
    "a smallest history that was changed": (
        lambda it: (with_smallest(it.folder), signed_as_it_is(it), with_smallest(it.folder, "{}")),
        "repro/CRE-1.jsonl is not the one that was certified: its bytes or its version differ.",
    ),
    "no report": (lambda it: (it.folder / "report.json").unlink(), "There is no report.json in "),
    "a manifest with another target": (
        lambda it: changed_manifest(it.folder, target={"target": {"base_url": "http://other.test"}}),
        "configuration is not the one that was certified: its bytes or its version differ.",
    ),
    "a manifest with another cost": (
        lambda it: changed_manifest(it.folder, spent={"generations": 0, "requests": 4, "seconds": 60}),
        "run.json is not the one that was certified: its bytes or its version differ.",
    ),
    "a manifest that is none": (
        lambda it: (it.folder / "run.json").write_text("{}"),
        "it is not a manifest of this version",
    ),
}
