"""The contract as data: operations, schemas, requirements and the quoted documentation, loaded from the `openapi` package."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs
import yaml

from conformance.contract.paths import unquoted

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError


class Breach(NamedTuple):
    """A place of a JSON value that breaks a keyword of its schema, and what stands there."""

    keyword: object
    path: list[str | int]
    instance: Any


_NOTHING = Breach(None, [], None)


class Schema:
    """One JSON Schema of draft 2020-12; formats are annotations, which reject nothing."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    @cached_property
    def _recognises(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(dict(self.schema), validate_formats=False)

    @cached_property
    def _explains(self) -> Draft202012Validator:
        # Loads slowly, and most runs meet no invalid value.
        from jsonschema import Draft202012Validator  # noqa: PLC0415

        return Draft202012Validator(self.schema)

    def breaches(self, value: Any) -> Iterator[Breach]:
        """Yield where a JSON value breaks the schema and which keyword; raises RecursionError where it is nested too deep to tell."""
        try:
            found = [
                Breach(error.schema_path[-1], error.instance_path, error.instance)
                for error in self._recognises.iter_errors(value)
            ]
        except (ValueError, TypeError, OverflowError, RecursionError):
            # A lone surrogate or a number beyond 64 bits is a value that jsonschema-rs cannot take.
            found = [_NOTHING]
        # jsonschema-rs takes a number beyond the range of a double for null.
        if all(breach.instance is not None for breach in found):
            yield from found
            return
        for error in self._explains.iter_errors(value):
            yield Breach(error.validator, list(error.absolute_path), error.instance)

    def iter_errors(self, value: Any) -> Iterator[ValidationError]:
        """Yield every way in which a JSON value breaks the schema; raises RecursionError where it is nested too deep to tell."""
        try:
            if self._recognises.is_valid(value):
                return
        except (ValueError, TypeError, OverflowError, RecursionError):
            # A lone surrogate or a number beyond 64 bits is a value that jsonschema-rs cannot take.
            pass
        yield from self._explains.iter_errors(value)


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
            found = _inlined(document, [*value.get("parameters", []), *item.get("parameters", [])])
            parameters = {f"{parameter['in']}:{parameter['name']}": Schema(parameter["schema"]) for parameter in found}
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
