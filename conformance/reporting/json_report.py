"""`report.json` and the JSON Schema that it follows."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from conformance.exceptions import ConfigurationError
from conformance.reporting.report import Report

SCHEMA_FILE = "report.schema.json"


def schema() -> dict[str, Any]:
    """Derive the JSON Schema of a report from its model."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Report.model_json_schema(
        by_alias=True, mode="serialization"
    )


def schema_text() -> str:
    """Return the schema as the text of the committed file."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def committed_schema() -> dict[str, Any]:
    """Read the schema that is installed with the harness."""
    found: dict[str, Any] = json.loads(files("conformance.reporting").joinpath(SCHEMA_FILE).read_text("utf-8"))
    return found


def write(report: Report, path: Path) -> None:
    """Write the report as JSON."""
    path.write_text(report.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")


def read(path: Path) -> Report:
    """Read a report, also one of version 1; raises ConfigurationError for a file that is none."""
    try:
        text = path.read_text(encoding="utf-8")
        value = json.loads(text)
        if isinstance(value, dict) and value.get("schemaVersion") == 1:
            # Version 1 had one member more.
            text = json.dumps(
                {name: member for name, member in value.items() if name != "situations"} | {"schemaVersion": 2}
            )
        return Report.model_validate_json(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no report"
        raise ConfigurationError(
            f"Cannot read the report {path} ({reason}); give a report.json that a run has written."
        ) from None
