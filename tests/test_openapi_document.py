"""The OpenAPI document says what the content-items page says, and accuses nobody of what the page leaves open."""

from __future__ import annotations

import json
import warnings
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis.core.result import Ok

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = files("openapi") / "layers.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
REGISTRY: Registry[Any] = Registry().with_resource(
    "urn:layers", Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
)
OPERATIONS: dict[str, dict[str, Any]] = {
    item[method]["operationId"]: item[method]
    for item in DOCUMENT["paths"].values()
    for method in ("get", "post", "delete")
    if method in item
}

# The three JSON examples of the content-items page, letter by letter.
PAGE_REQUEST = """
{
"format": "auto",
"brief": {
"hook": "The calendar app that finally respects your evenings",
"targetPlatforms": ["tiktok", "instagram"],
"influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",
"themeTags": ["launch"],
"referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF"],
"language": "en-US"
}
}
"""
PAGE_ENVELOPE = """
{
"jobId": "job_01HX9Y6K7EJ4T2ABCDEF01234",
"kind": "content_generate",
"status": "running",
"stage": "queued",
"projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39",
"containerId": "cnt_01HX9Y6K7EJ4T2ABCDEF",
"locationUrl": "/v1/jobs/job_01HX9Y6K7EJ4T2ABCDEF01234",
"startedAt": "2026-04-18T12:04:11.000Z"
}
"""
PAGE_CONTAINER = """
{
"id": "cnt_01HX9Y6K7EJ4T2ABCDEF",
"projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39",
"status": "completed",
"approvalStatus": "approved",
"format": "video_remix",
"influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",
"brief": { "hook": "The calendar app that finally...", "targetPlatforms": ["tiktok"] },
"assets": [
{
"id": "med_01HX9Y6K7EJ4T2ABCDEF",
"kind": "video",
"url": "https://media.layers.com/...",
"width": 1080,
"height": 1920,
"durationMs": 27500
}
],
"captions": [
{ "platform": "tiktok", "text": "..." }
],
"lastError": null,
"createdAt": "2026-04-18T12:04:11.000Z",
"updatedAt": "2026-04-18T12:07:33.000Z"
}
"""
CREATE = json.loads(PAGE_REQUEST)
ENVELOPE = json.loads(PAGE_ENVELOPE)
CONTAINER = json.loads(PAGE_CONTAINER)


def errors(name: str, value: object) -> list[str]:
    """What the schema of this name finds wrong with a value."""
    validator = Draft202012Validator(
        {"$ref": f"urn:layers#/components/schemas/{name}"},
        registry=REGISTRY,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [error.message for error in validator.iter_errors(value)]


def nodes(value: object, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document outside its examples, with where it stands."""
    if isinstance(value, dict):
        yield pointer, value
        for key, inner in value.items():
            if key != "example":
                yield from nodes(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from nodes(inner, f"{pointer}/{index}")


EXAMPLES = [(pointer, node["example"]) for pointer, node in nodes(DOCUMENT) if "schema" in node and "example" in node]


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


def test_schemathesis_loads_every_operation_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = schemathesis.openapi.from_path(str(SOURCE))
        labels = [result.ok().label for result in schema.get_all_operations() if isinstance(result, Ok)]
        schema.as_state_machine()
    assert len(labels) == 12


def test_the_operations_are_the_documented_twelve() -> None:
    found = {
        (method.upper(), path, item[method]["operationId"])
        for path, item in DOCUMENT["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert found == {
        ("POST", "/v1/projects/{projectId}/content", "createContent"),
        ("GET", "/v1/projects/{projectId}/content", "listContent"),
        ("GET", "/v1/content/{containerId}", "getContent"),
        ("GET", "/v1/content/{containerId}/progress", "getContentProgress"),
        ("GET", "/v1/content/{containerId}/assets/{assetId}", "getAsset"),
        ("POST", "/v1/content/{containerId}/regenerate", "regenerateContent"),
        ("POST", "/v1/content/{containerId}/clone-from-post", "cloneFromPost"),
        ("POST", "/v1/content/{containerId}/reject", "rejectContent"),
        ("GET", "/v1/jobs/{jobId}", "getJob"),
        ("POST", "/v1/content/{containerId}/approve", "approveContent"),
        ("POST", "/v1/jobs/{jobId}/cancel", "cancelJob"),
        ("DELETE", "/v1/projects/{projectId}", "archiveProject"),
    }


@pytest.mark.parametrize(
    ("operation", "successes"),
    [
        ("createContent", {"202"}),
        ("listContent", {"200"}),
        ("getContent", {"200"}),
        ("getContentProgress", {"200"}),
        ("getAsset", {"200"}),
        ("regenerateContent", {"202"}),
        ("cloneFromPost", {"202"}),
        ("rejectContent", {"200", "202"}),
        ("getJob", {"200", "304"}),
        ("approveContent", {"200"}),
        ("cancelJob", {"200", "202"}),
        ("archiveProject", {"200"}),
    ],
)
def test_only_these_statuses_below_400_are_documented(operation: str, successes: set[str]) -> None:
    assert {status for status in OPERATIONS[operation]["responses"] if status < "400"} == successes


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_operation_documents_401_and_429(operation: str) -> None:
    assert {"401", "429"} <= set(OPERATIONS[operation]["responses"])


@pytest.mark.parametrize("operation", ["approveContent", "cancelJob", "archiveProject"])
def test_an_optional_operation_documents_how_its_absence_is_answered(operation: str) -> None:
    assert {"404", "405", "501"} <= set(OPERATIONS[operation]["responses"])


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("CreateRequest", CREATE, OPERATIONS["createContent"]["requestBody"]),
        ("CreateEnvelope", ENVELOPE, OPERATIONS["createContent"]["responses"]["202"]),
        ("Container", CONTAINER, OPERATIONS["getContent"]["responses"]["200"]),
    ],
)
def test_the_examples_of_the_page_are_valid_and_are_the_documents_own(
    name: str, value: object, example: dict[str, Any]
) -> None:
    assert errors(name, value) == []
    assert example["content"]["application/json"]["example"] == value


@pytest.mark.parametrize(("pointer", "example"), EXAMPLES, ids=[pointer for pointer, _ in EXAMPLES])
def test_every_example_matches_its_schema(pointer: str, example: object) -> None:
    validator = Draft202012Validator(
        {"$ref": f"urn:layers#{pointer}/schema"},
        registry=REGISTRY,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    assert [error.message for error in validator.iter_errors(example)] == []


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_request_and_every_success_shows_an_example(operation: str) -> None:
    value = OPERATIONS[operation]
    answers = [answer for status, answer in value["responses"].items() if status < "300"]
    bodies = [*answers, value["requestBody"]] if "requestBody" in value else answers
    assert bodies
    assert all("example" in body["content"]["application/json"] for body in bodies)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ContainerStatus", ["queued", "generating", "completed", "failed", "canceled"]),
        ("ApprovalStatus", ["not_required", "pending", "approved", "rejected"]),
        ("Format", ["video_remix", "slideshow_remix", "ugc_remix", "auto"]),
    ],
)
def test_the_enums_are_the_pages(name: str, values: list[str]) -> None:
    assert DOCUMENT["components"]["schemas"][name]["enum"] == values


def test_the_list_takes_repeated_filters_and_a_bounded_limit() -> None:
    parameters = {parameter["name"]: parameter for parameter in OPERATIONS["listContent"]["parameters"]}
    assert set(parameters) == {"status", "format", "cursor", "limit"}
    assert [(parameters[name]["style"], parameters[name]["explode"]) for name in ("status", "format")] == [
        ("form", True),
        ("form", True),
    ]
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200}


@pytest.mark.parametrize(
    "operation", ["createContent", "regenerateContent", "cloneFromPost", "rejectContent", "approveContent"]
)
def test_an_idempotency_key_may_be_sent(operation: str) -> None:
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in OPERATIONS[operation]["parameters"]


def test_no_member_of_the_document_lost_its_value() -> None:
    # An unquoted comma inside a flow mapping makes the rest of a sentence a key without a value.
    assert [(pointer, key) for pointer, node in nodes(DOCUMENT) for key, value in node.items() if value is None] == []


def test_a_create_leads_on_to_what_can_be_done_with_its_container() -> None:
    links = OPERATIONS["createContent"]["responses"]["202"]["links"]
    assert {link["operationId"] for link in links.values()} == {
        "getContent",
        "getJob",
        "getContentProgress",
        "regenerateContent",
        "rejectContent",
        "cloneFromPost",
    }


SUMMARY = {key: CONTAINER[key] for key in ("id", "status", "approvalStatus", "format", "createdAt")}
JOB = {"jobId": "1", "kind": "content_generate", "status": "running"}
REGENERATION = JOB | {"kind": "anything", "containerId": "2"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Container", CONTAINER | {"lastError": "no render farm", "influencerId": None}),
        ("Container", CONTAINER | {"lastError": {"code": "RENDER"}, "surprise": [1]}),
        ("Container", {key: value for key, value in CONTAINER.items() if key not in {"lastError", "influencerId"}}),
        ("Container", CONTAINER | {"assets": [], "captions": [], "brief": {}}),
        ("Container", CONTAINER | {"brief": {"hook": "a", "language": None, "tone": "calm"}}),
        ("Container", CONTAINER | {"assets": [{"id": "1", "kind": "image", "url": "https://a.example/1"}]}),
        ("Page", {"items": []}),
        ("Page", {"items": [SUMMARY], "nextCursor": None}),
        ("Page", {"items": [CONTAINER], "nextCursor": "abc", "total": 1}),
        ("Job", JOB | {"status": "succeeding", "stage": "a stage nobody knows", "progress": 40, "finishedAt": 5}),
        ("Job", JOB | {"stage": None, "containerId": None, "error": None, "result": None}),
        ("Progress", {"jobId": "1", "status": "running", "stageProgress": 0.2, "etaSeconds": 4}),
        ("CreateEnvelope", ENVELOPE | {"stage": "a stage nobody knows", "eta": 3}),
        ("GenerationEnvelope", REGENERATION),
        ("RejectEnvelope", {"jobId": "1", "id": "2", "approvalStatus": "rejected"}),
        ("RejectAnswer", {"id": "1", "approvalStatus": "rejected"}),
        ("RejectAnswer", CONTAINER),
        ("SignedAsset", {"signedUrl": "https://a.example/1?exp=1"}),
        ("SignedAsset", {"url": "https://a.example/1", "signedUrl": "https://a.example/1?exp=1", "expiresAt": 5}),
        ("OpenObject", {}),
    ],
)
def test_what_the_page_leaves_open_passes(name: str, value: object) -> None:
    assert errors(name, value) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Container", CONTAINER | {"status": "archived"}),
        ("Container", CONTAINER | {"approvalStatus": None}),
        ("Container", CONTAINER | {"format": "carousel"}),
        ("Container", CONTAINER | {"assets": None}),
        ("Container", CONTAINER | {"lastError": 7}),
        ("Container", CONTAINER | {"id": 12}),
        ("Container", CONTAINER | {"captions": [{"platform": "tiktok"}]}),
        ("Container", CONTAINER | {"assets": [{"id": "1", "kind": "image"}]}),
        ("Container", {key: value for key, value in CONTAINER.items() if key != "captions"}),
        ("Page", {"items": [{key: value for key, value in SUMMARY.items() if key != "status"}]}),
        ("Page", [SUMMARY]),
        ("Job", {"jobId": "1", "status": "running"}),
        ("Progress", {"status": "running"}),
        ("CreateEnvelope", ENVELOPE | {"kind": "content_clone"}),
        ("CreateEnvelope", ENVELOPE | {"startedAt": None}),
        ("CreateEnvelope", {key: value for key, value in ENVELOPE.items() if key != "locationUrl"}),
        ("GenerationEnvelope", JOB),
        ("RejectAnswer", {"id": "1"}),
        ("RejectAnswer", {"id": "1", "approvalStatus": "declined"}),
        ("SignedAsset", {"id": "1"}),
        ("Error", {"error": {"code": "NOT_FOUND", "message": "no"}}),
    ],
)
def test_what_the_page_rules_out_fails(name: str, value: object) -> None:
    assert errors(name, value) != []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CreateRequest", {"format": "auto"}),
        ("CreateRequest", {"format": "auto", "brief": {}}),
        ("CreateRequest", {"format": "auto", "brief": {"hook": ""}}),
        ("CreateRequest", CREATE | {"format": "carousel"}),
        ("CreateRequest", CREATE | {"extra": 1}),
        ("CreateRequest", {"format": "auto", "brief": {"hook": "a", "themeTags": "launch"}}),
        ("RegenerateRequest", {"patch": {"mood": "calm"}}),
        ("RegenerateRequest", {"patch": {"hook": 5}}),
        ("CloneRequest", {"mode": "fork"}),
        ("CloneRequest", {"sourcePlatformPostId": "1", "mode": "copy"}),
        ("RejectRequest", {}),
        ("RejectRequest", {"reason": ""}),
        ("RejectRequest", {"reason": "x" * 1025}),
        ("RejectRequest", {"reason": "a", "regenerate": "yes"}),
    ],
)
def test_requests_are_strict(name: str, value: object) -> None:
    assert errors(name, value) != []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RegenerateRequest", {}),
        ("RegenerateRequest", {"patch": {"themeTags": ["launch"]}}),
        ("CreateRequest", {"format": "ugc_remix", "brief": {"hook": "a", "language": "zh-Hant-TW"}}),
        ("CloneRequest", {"sourcePlatformPostId": "1"}),
        ("RejectRequest", {"reason": "x" * 1024, "regenerate": True}),
        ("RejectRequest", {"reason": "a", "regenerate": {"hook": "b"}}),
    ],
)
def test_a_small_valid_request_passes(name: str, value: object) -> None:
    assert errors(name, value) == []
