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
    """Yield the title of each source of a requirement, with what is quoted of it; of a page that is not at hand nothing is."""
    page = tuple(Quote(row["anchor"], row["text"]) for row in _rows()["passages"] if requirement in row["requirements"])
    letters = contract.requirements[requirement].sources
    for letter in dict.fromkeys((*letters, PAGE) if page else letters):
        yield contract.sources[letter], page if letter == PAGE else ()
    document = tuple(_of_document(row["at"]) for row in _rows()["document"] if requirement in row["requirements"])
    if document:
        yield DOCUMENT_TITLE, document


def quoted_requirements() -> frozenset[str]:
    """Return every requirement that a passage names."""
    return frozenset(name for rows in _rows().values() for row in rows for name in row["requirements"])


def _of_document(pointer: str) -> Quote:
    value: Any = load().document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return Quote(f"{DOCUMENT}#{pointer}", value if isinstance(value, str) else json.dumps(value))
