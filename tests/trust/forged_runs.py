"""What can be done to the run that a certificate is of, before and after it is signed, and what is then said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from certified_runs import Signed, changed_manifest
from forged_certificates import Forgery
from runs import WHOLE_TARGET, create, exchange

from conformance.client.exchange import KEPT, Exchange, keep
from conformance.reporting import har

KNOWN = {"requirement": "CRE-1", "key": ": It was broken.", "reason": "r", "owner": "o", "until": "2026-07-01"}


def scripted(folder: Path, text: str = "") -> Path:
    """Write a script beside a run."""
    path = folder / "repro" / "CRE-1.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def signed_as_it_is(signed: Signed) -> None:
    """Sign what stands in the folder, without looking at it."""
    signed.lie()


def of_another_run(number: int) -> Exchange:
    """Return an accepted create that bears the mark of another run."""
    made = create(number)
    body = (made.request.body or b"").replace(b"lcm-run-", b"lcm-other-")
    return replace(made, request=replace(made.request, body=body))


OF_RUNS: dict[str, Forgery] = {
    "an old run that is dated anew, signed": (
        lambda it: it.lie(startedAt="2026-11-30T00:00:00Z", finishedAt="2026-11-30T00:01:00Z"),
        "The manifest dates the run from 2026-11-30 00:00 to 2026-11-30 00:01 UTC, and its exchanges were sent from 2026-04-18 12:00 to ",
    ),
    "a run that cost less than was sent, signed": (
        lambda it: it.lie(spent={"generations": 0, "requests": 4, "seconds": 60}),
        "The manifest tells 4 requests, and the history holds 8.",
    ),
    "a run that sent more than its history holds, signed": (
        lambda it: it.lie(spent={"generations": 0, "requests": 9, "seconds": 60}),
        "The manifest tells 9 requests, and the history holds 8.",
    ),
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
    "a run of another server, signed": (
        lambda it: it.lie(target=WHOLE_TARGET | {"target": WHOLE_TARGET["target"] | {"base_url": "https://api.test"}}),
        "main-1 was sent to http://target.test/v1/content/cnt_1, which is not at the target that the manifest names.",
    ),
    "answers that nobody is to judge, signed": (
        lambda it: it.lie(doubted=["main-3", "main-4"]),
        "The manifest doubts the answers to 2 calls, such as main-3, so that what they show is not judged.",
    ),
    "a run without its guilty exchange, signed": (
        lambda it: it.remade(exchange(number) for number in range(1, 9) if number != 4),
        "The history has no exchange main-4, and has later ones of the same process.",
    ),
    "a run spliced of two, signed": (
        lambda it: it.remade([*map(create, range(1, 5)), *(of_another_run(number) for number in range(5, 9))]),
        "What was sent bears the marks of 2 runs (other, run), and the manifest tells of one.",
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
        "history.jsonl.gz holds the certified exchanges, but is another file",
    ),
    "a history that is no gzip": (
        lambda it: (it.folder / KEPT).write_bytes(b"\x1f\x8b" + bytes(40)),
        "history.jsonl.gz is not a whole gzip file",
    ),
    "no history": (lambda it: (it.folder / KEPT).unlink(), "There is no history.jsonl in "),
    "a swapped report": (
        lambda it: (it.folder / "report.json").write_text("{}"),
        "report.json is not the one that was certified: its bytes differ.",
    ),
    "a swapped page": (
        lambda it: (it.folder / "report.html").write_text("<h1>All is well</h1>"),
        "report.html is not the one that was certified: its bytes differ.",
    ),
    "a line of the Markdown": (
        lambda it: (it.folder / "report.md").open("a").write("It was strict.\n"),
        "report.md is not the one that was certified: its bytes differ.",
    ),
    "another JUnit file": (
        lambda it: (it.folder / "junit.xml").write_text("<testsuites/>"),
        "junit.xml is not the one that was certified: its bytes differ.",
    ),
    "an archive of other exchanges": (
        lambda it: har.write([exchange(1)], it.folder / "history.har"),
        "history.har is not the one that was certified: its bytes differ.",
    ),
    "a script that nobody signed": (
        lambda it: scripted(it.folder),
        "repro/CRE-1.py was not there when the run was certified, so that nobody has signed it; take it away, or sign anew.",
    ),
    "a script that was changed": (
        lambda it: (scripted(it.folder), signed_as_it_is(it), scripted(it.folder, "import os")),
        "repro/CRE-1.py is not the one that was certified: its bytes differ.",
    ),
    "no report": (lambda it: (it.folder / "report.json").unlink(), "There is no report.json in "),
    "a manifest with another target": (
        lambda it: changed_manifest(it.folder, target={"target": {"base_url": "http://other.test"}}),
        "The configuration in the manifest is not the one that was certified.",
    ),
    "a manifest with another cost": (
        lambda it: changed_manifest(it.folder, spent={"generations": 0, "requests": 4, "seconds": 60}),
        "The manifest tells another cost than was certified.",
    ),
    "a manifest with another time": (
        lambda it: changed_manifest(it.folder, finishedAt="2027-01-01T00:00:00Z"),
        "The manifest tells another time of the run than was certified.",
    ),
    "a manifest with another end of the history": (
        lambda it: changed_manifest(it.folder, history=None),
        "The manifest tells another end of the history than was certified.",
    ),
    "a manifest that is none": (
        lambda it: (it.folder / "run.json").write_text("{}"),
        "it is not a manifest of this version",
    ),
}
