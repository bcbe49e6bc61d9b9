"""Fuzz cases: what one is, and those that are stored, so that a gate need not generate them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from conformance.client.exchange import Headers, body_from_json, body_to_json
from conformance.contract.document import load

WRITES = ("createContent", "regenerateContent", "cloneFromPost", "rejectContent", "approveContent", "cancelJob")
"""The writes that are fuzzed; no project is archived by chance."""
PARAMETERS = ("projectId", "containerId", "jobId", "assetId")
"""The parameters of paths that take real ids."""
STORED = "fuzz_cases.json"
STORED_SEED, STORED_EXAMPLES = 0, 4
"""The seed of the stored random cases, and their number for each operation and kind of data: those of `gate`."""
STORED_BORDERS = 20
"""The number of stored cases at the borders of the schemas, for each operation and kind of data."""


@dataclass(frozen=True, slots=True)
class FuzzCase:
    """One request without a caller; the texts of `slot` in its path are placeholders of real ids."""

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the case as a JSON object."""
        headers = [list(pair) for pair in self.headers]
        return {"method": self.method, "path": self.path, "headers": headers, "body": body_to_json(self.body)}


def slot(name: str) -> str:
    """Return the placeholder of a path parameter's real id, which no URL escapes."""
    return f"~{name}~"


def document_digest() -> str:
    """Return the SHA-256 digest of the document that cases are generated from."""
    return sha256(json.dumps(load().document, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def stored() -> dict[str, list[FuzzCase]]:
    """Read the stored cases by name; return none where they were generated from another document."""
    found = json.loads(files("conformance.suite").joinpath(STORED).read_text("utf-8"))
    if found["document"] != document_digest():
        return {}
    return {
        name: [
            FuzzCase(
                case["method"],
                case["path"],
                tuple((header, value) for header, value in case["headers"]),
                body_from_json(case["body"]),
            )
            for case in cases
        ]
        for name, cases in found["cases"].items()
    }


def name_of(operation_id: str, kind: str, *, positive: bool) -> str:
    """Return the name under which cases of a kind (`random`, `borders`) are stored."""
    return f"{operation_id} {'positive' if positive else 'negative'} {kind}"
