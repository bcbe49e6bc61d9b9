"""Write the terminal sessions of docs/outcomes.md anew, each by running its commands, or check that the page is current.

A session is a fenced block of the kind `console`: lines that begin with `$ ` are commands, the rest is what they print. Words after
`console` say more of it: `slow` is tested under `exhaustive` alone, `varies` prints other figures each time, `planted` has a defect in one
check.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path

from shell_session import environment, run_session

PAGE = Path(__file__).parent.parent / "docs" / "outcomes.md"
BLOCK = re.compile(r"^```console(?P<words>[ \w]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
PROMPT = "$ "
STATUS = "echo $?"
PLANTED = """\
from conformance.checks.creating.answers import CreateAnswers

def broken(check, fact):
    raise KeyError("containerId")

CreateAnswers.create = broken
"""
CHANGING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b(?:cnt|job|med)_[0-9A-Z]{20,}"), "ID"),
    (re.compile(r"lcm-[0-9a-f]+-\w+"), "MARK"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"\d\d:\d\d:\d\d\.\d+ UTC"), "TIME"),
    (re.compile(r"\b\d+ ms\b|\b\d+(?:\.\d+)? s\b"), "SPAN"),
    (re.compile(r"\b\d+ requests\b"), "REQUESTS"),
    (re.compile(r"\S*reports/[\w-]+"), "FOLDER"),
    (re.compile(r"\S*/pytest\.log\b"), "LOG"),
    # A wrapped line breaks elsewhere where a figure in it is longer.
    (re.compile(r"\s+"), " "),
)
"""What differs from run to run, and what stands for it when two are compared."""
VARYING = (
    # A busy machine may read a job too slowly for the limit of which ERR-7 is judged.
    (re.compile(r"in 103 of 104 requirements; 1 of what the target lacks"), "in 104 of 104 requirements"),
    (re.compile(r"Requirements by family.*?┘", re.DOTALL), "FAMILIES"),
    (re.compile(r"Operations by state of the container.*?(?=Target )", re.DOTALL), "STATES"),
    (re.compile(r"\b[A-Z]{3}-\d+(?:, [A-Z]{3}-\d+)*(?: …)?"), "NAMES"),
    (re.compile(r"\d+"), "N"),
)
"""What differs besides, in a session that `varies`."""


@dataclass(frozen=True, slots=True)
class Session:
    """One terminal session of the page."""

    words: frozenset[str]
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands in their order, but for those that show the exit status."""
        lines = [line.removeprefix(PROMPT) for line in self.text.splitlines() if line.startswith(PROMPT)]
        return [line for line in lines if line != STATUS]

    def again(self) -> str:
        """Run the commands and return the text that the session should have."""
        with tempfile.TemporaryDirectory(prefix="outcomes-") as folder:
            more = {}
            if "planted" in self.words:
                path = Path(folder) / "planted"
                path.mkdir()
                (path / "sitecustomize.py").write_text(PLANTED, encoding="utf-8")
                more["PYTHONPATH"] = os.pathsep.join(filter(None, [str(path), os.environ.get("PYTHONPATH")]))
            ended = run_session(self.commands, Path(folder), environment(**more))
        shown = [line for done in ended for line in (PROMPT + done.command, *done.output.splitlines())]
        return "\n".join(line.rstrip() for line in [*shown, PROMPT + STATUS, str(ended[-1].status)]) + "\n"

    def is_like(self, text: str) -> bool:
        """Return whether another text says the same, but for what differs from run to run."""
        return self._compared(self.text) == self._compared(text)

    def difference(self, text: str) -> str:
        """Return in one line which lines of the session went, and which came."""
        lines = ndiff(self.text.splitlines(), text.splitlines())
        return " | ".join(line for line in lines if line.startswith(("- ", "+ ")))

    def _compared(self, text: str) -> str:
        for pattern, name in (*CHANGING, *(VARYING if "varies" in self.words else ())):
            text = pattern.sub(name, text)
        return text


def sessions(page: str) -> list[Session]:
    """Return the terminal sessions of a page."""
    return [Session(frozenset(found["words"].split()), found["text"]) for found in BLOCK.finditer(page)]


def rewritten(page: str) -> str:
    """Return the page with every session that says something else now as it is now."""

    def again(found: re.Match[str]) -> str:
        session = Session(frozenset(found["words"].split()), found["text"])
        text = session.again()
        return found[0] if session.is_like(text) else f"```console{found['words']}\n{text}```"

    return BLOCK.sub(again, page)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is not current")
    arguments = parser.parse_args(argv)
    text = PAGE.read_text(encoding="utf-8")
    new = rewritten(text)
    if arguments.check:
        return int(text != new)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
