"""Text of a target made safe to show: nothing of it commands a terminal or the log of a CI service, or breaks an XML file or a page.

Log readers take a line for a command where it begins with `::` (GitHub Actions) or holds `##[`, `##vso[` (Azure Pipelines) or
`##teamcity[`. A line that is wrapped begins anywhere, so that these signs are written as escapes wherever they stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from conformance.client.exchange import Exchange, path_and_query

_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)|::(?=[A-Za-z])(?!test_)")
"""What begins a command of a CI service; none of them is called `test_`, as the drivers are."""
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, such as `1 request` or `2 requests`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def printable(text: str, limit: int = 2000) -> str:
    r"""Return a text on one line: what is no visible character and no blank as an escape, `\n` or `\u202e`; cut after `limit` characters.

    What a CI service would take for a command is broken by an escape too. A text that was made printable stays as it is.
    """
    kept = text[:limit]
    if not kept.isprintable():
        kept = "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
            for character in kept
        )
    kept = _COMMAND.sub(lambda found: f"\\x{ord(found.group()[0]):02x}{found.group()[1:]}", kept)
    return kept if len(text) <= limit else f"{kept}… ({counted(len(text) - limit, 'character')} more)"


def is_command(text: str) -> bool:
    """Return whether a CI service would take a part of the text for a command."""
    return _COMMAND.search(text) is not None


def xml_text(text: str) -> str:
    """Replace the characters that XML 1.0 (section 2.2) allows nowhere, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def markdown_text(text: str, limit: int = 500) -> str:
    """Return one line of text, escaped so that Markdown and HTML show it unchanged."""
    return _MARKDOWN.sub(r"\\\1", html.escape(printable(text, limit), quote=False))


def exchange_line(exchange: Exchange) -> str:
    """Return an exchange in one line: id, method, path, status or error, time, duration, and caller."""
    path, query = path_and_query(exchange.request.url)
    path += f"?{query}" if query else ""
    answer = str(exchange.response.status) if exchange.response else f"no answer ({exchange.failure or 'unknown'})"
    sent = datetime.fromtimestamp(exchange.sent_at, UTC).strftime("%H:%M:%S.%f")[:-3]
    took = (exchange.received_at - exchange.sent_at) * 1000
    actor = "" if exchange.actor == "owner" else f", as {exchange.actor}"
    return printable(
        f"{exchange.id} {exchange.request.method} {path} → {answer} (at {sent} UTC, {took:.0f} ms{actor})", 300
    )


def compact_ids(ids: Iterable[str]) -> str:
    """Return the numbers of one family's ids, runs as `1-4`."""
    numbers = sorted(int(name.partition("-")[2]) for name in ids)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def compact_by_family(ids: Iterable[str]) -> str:
    """Return ids of any families in the form `CRE 1-4 8, LST 1`."""
    families: dict[str, list[str]] = {}
    for name in ids:
        families.setdefault(name.partition("-")[0], []).append(name)
    return ", ".join(f"{family} {compact_ids(names)}" for family, names in families.items())
