"""What the documentation says word for word, by the requirements that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from conformance.contract.document import Contract, load

FILE = "quotes.yaml"
PAGE = "P"
"""The source that is quoted: the page under test."""
GOOD_PRACTICE = "H"
"""The source of what no page states, of which public standards are quoted."""
NOT_AT_HAND = "not at hand"
"""Said of a page of which nothing is quoted: our document, which was written from the pages, is quoted in its place."""
DOCUMENT = "openapi/layers.yaml"
DOCUMENT_TITLE = "The OpenAPI document of layers-conformance, written by hand from the documentation"


@dataclass(frozen=True, slots=True)
class Quote:
    """One passage, and where it stands: a page and its heading, or a document and the JSON Pointer of the place."""

    anchor: str
    text: str


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, list[dict[str, Any]]]:
    rows: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(files("openapi").joinpath(FILE).read_bytes())
    return rows


def sources_of(contract: Contract, requirement: str) -> Iterator[tuple[str, tuple[Quote, ...]]]:
    """Yield the title of each source of a requirement, with what is quoted of it: nothing of a page that is not at hand, as the title says."""
    quoted = {PAGE: _passages("passages", requirement), GOOD_PRACTICE: _passages("standards", requirement)}
    letters = contract.requirements[requirement].sources
    for letter in dict.fromkeys((*letters, PAGE) if quoted[PAGE] else letters):
        passages = quoted.get(letter, ())
        yield contract.sources[letter] + ("" if passages or letter in quoted else f" ({NOT_AT_HAND})"), passages
    document = tuple(_of_document(row["at"]) for row in _rows()["document"] if requirement in row["requirements"])
    if document:
        yield DOCUMENT_TITLE, document


def _passages(kind: str, requirement: str) -> tuple[Quote, ...]:
    return tuple(Quote(row["anchor"], row["text"]) for row in _rows()[kind] if requirement in row["requirements"])


def _of_document(pointer: str) -> Quote:
    value: Any = load().document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return Quote(f"{DOCUMENT}#{pointer}", value if isinstance(value, str) else json.dumps(value))
