"""The contract as data: operations, schemas and requirements, loaded from the `openapi` package."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from conformance.contract.paths import unquoted
from conformance.contract.schemas import Schema

LEVELS = ("MUST", "SHOULD", "ADVICE")
GENERATING_OPERATIONS = frozenset({"createContent", "regenerateContent", "cloneFromPost"})
"""The operations that start a generation whenever they are accepted; `rejectContent` may, where it regenerates."""
IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
"""The code of an error that refuses a key which another body has used."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the register: an id whose meaning never changes, and what the target needs for it to be met."""

    id: str
    level: str
    sentence: str
    sources: tuple[str, ...]
    operations: tuple[str, ...]
    needs: tuple[str, ...] = ()
    readings: tuple[Mapping[str, Any], ...] = ()

    @property
    def family(self) -> str:
        """The three letters before the number."""
        return self.id.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation, and the validators of what goes in and comes out.

    `capability` names the optional capability that it stands for; `may_be_empty` are the statuses whose answer may have no body.
    """

    id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    statuses: frozenset[int]
    request_schema: Schema | None
    response_schemas: Mapping[int, Schema]
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    capability: str | None = None
    may_be_empty: frozenset[int] = frozenset()

    @property
    def may_generate(self) -> bool:
        """Whether an accepted call can start a generation, which costs the target's owner money."""
        return self.id in GENERATING_OPERATIONS or self.id == "rejectContent"


class Contract:
    """The OpenAPI document and the register of requirements, ready to be asked."""

    def __init__(self, document: dict[str, Any], register: dict[str, Any], digest: str) -> None:
        self.document = document
        self.version: str = register["version"]
        self.digest = digest
        self.sources: dict[str, str] = register["sources"]
        self.families: dict[str, dict[str, str]] = register["families"]
        self.requirements: dict[str, Requirement] = {row["id"]: _requirement(row) for row in register["requirements"]}
        self.operations: dict[str, Operation] = {operation.id: operation for operation in _operations(document)}
        self._by_method: dict[str, list[Operation]] = {}
        for operation in self.operations.values():
            self._by_method.setdefault(operation.method, []).append(operation)

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find the operation of a method and a path below the base URL, with its decoded path parameters."""
        for operation in self._by_method.get(method.upper(), ()):
            found = operation.pattern.fullmatch(path)
            if found:
                return operation, {name: unquoted(value) for name, value in found.groupdict().items()}
        return None

    def operations_at(self, path: str) -> tuple[Operation, ...]:
        """Return the operations that the document defines at a path below the base URL, of whatever method."""
        return tuple(operation for operation in self.operations.values() if operation.pattern.fullmatch(path))

    def family_title(self, family: str) -> str:
        """Return the title of a family of requirements, such as `Listing` for `LST`."""
        return self.families[family]["title"]


def _requirement(row: dict[str, Any]) -> Requirement:
    operations = row["operations"]
    return Requirement(
        id=row["id"],
        level=row["level"],
        sentence=row["sentence"],
        sources=tuple(row["sources"]),
        operations=(operations,) if isinstance(operations, str) else tuple(operations),
        needs=tuple(row.get("needs", ())),
        readings=tuple(row.get("readings", ())),
    )


def _inlined(document: dict[str, Any], value: Any) -> Any:
    """Replace every local `$ref` by what it refers to, since validators resolve references anew for each value.

    The document's schemas are not recursive; one that is raises RecursionError.
    """
    if isinstance(value, list):
        return [_inlined(document, item) for item in value]
    if not isinstance(value, dict):
        return value
    inlined = {name: _inlined(document, item) for name, item in value.items() if name != "$ref"}
    if "$ref" not in value:
        return inlined
    target: Any = document
    for step in value["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return _inlined(document, target) | inlined


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    def content_schema(value: dict[str, Any]) -> Schema | None:
        schema = _inlined(document, value).get("content", {}).get("application/json", {}).get("schema")
        return None if schema is None else Schema(schema)

    for path, item in document["paths"].items():
        for method in ("get", "post", "delete", "put", "patch"):
            if method not in item:
                continue
            value = item[method]
            responses = {
                int(status): content_schema(answer) for status, answer in value["responses"].items() if status.isdigit()
            }
            given = _inlined(document, [*value.get("parameters", []), *item.get("parameters", [])])
            parameters = {f"{each['in']}:{each['name']}": Schema(each["schema"]) for each in given}
            body = value.get("requestBody")
            yield Operation(
                id=value["operationId"],
                method=method.upper(),
                path=path,
                pattern=re.compile(re.sub(r"\\?\{(\w+)\\?\}", r"(?P<\1>[^/]+)", path)),
                statuses=frozenset(responses),
                request_schema=content_schema(body) if body else None,
                response_schemas={status: schema for status, schema in responses.items() if schema is not None},
                parameters=parameters,
                capability=value.get("x-capability"),
                may_be_empty=frozenset(
                    int(status) for status, answer in value["responses"].items() if answer.get("x-empty-body")
                ),
            )


@lru_cache(maxsize=1)
def load() -> Contract:
    """Load the contract that is installed with the harness; the digest is SHA-256 over both files."""
    folder = files("openapi")
    document = folder.joinpath("layers.yaml").read_bytes()
    register = folder.joinpath("requirements.yaml").read_bytes()
    digest = hashlib.sha256(document + b"\0" + register).hexdigest()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Contract(yaml.load(document, loader), yaml.load(register, loader), digest)  # noqa: S506 - both are safe loaders
