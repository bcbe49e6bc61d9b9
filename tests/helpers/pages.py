"""The commands on the pages of the project, in blocks of shell and in the text."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/detection.md",
    "docs/evidence.md",
    "docs/lifecycle.md",
    "docs/live.md",
    "docs/mutation.md",
    "docs/performance.md",
    "docs/running.md",
)
"""The pages with commands, but for docs/outcomes.md, whose sessions have a test of their own."""
TOOLS = ("conformance", "pytest", "python", "tox", ".venv/bin/tox")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands_of(page: str) -> list[str]:
    """Return the command lines of a page in their order, each once, without the comments behind them."""
    text = text_of(page)
    found: list[str] = []
    for block, inline in re.findall(r"^```sh\n(.*?)^```|^```.*?^```|`([^`\n]+)`", text, re.DOTALL | re.MULTILINE):
        lines = block.splitlines() if block else [inline] if inline.startswith(TOOLS) and " " in inline else []
        found += [re.sub(r"\s+# .*", "", line) for line in lines]
    return list(dict.fromkeys(found))
