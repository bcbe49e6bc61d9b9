"""The contract as it is asked: which operation a call is, and what it may cost."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from urllib.parse import quote

import pytest

from conformance.client.exchange import Exchange, Request
from conformance.contract.document import load
from conformance.history.observation import TargetFacts, understand

CONTRACT = load()


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("POST", "/v1/projects/prj/content", "createContent", {"projectId": "prj"}),
        ("GET", "/v1/projects/prj/content", "listContent", {"projectId": "prj"}),
        ("get", "/v1/content/cnt", "getContent", {"containerId": "cnt"}),
        ("GET", "/v1/content/a%2Fb", "getContent", {"containerId": "a/b"}),
        ("GET", "/v1/content/a%252Fb", "getContent", {"containerId": "a%2Fb"}),
        ("GET", "/v1/content/%C3%A9", "getContent", {"containerId": "\u00e9"}),
        ("GET", "/v1/content/%ff", "getContent", {"containerId": "\ufffd"}),
        ("GET", "/v1/content/a.b+c;d=e", "getContent", {"containerId": "a.b+c;d=e"}),
        ("GET", "/v1/content/progress", "getContent", {"containerId": "progress"}),
        ("GET", "/v1/content/c/progress", "getContentProgress", {"containerId": "c"}),
        ("GET", "/v1/content/c%2Fprogress", "getContent", {"containerId": "c/progress"}),
        ("GET", "/v1/content/c/assets/a%00", "getAsset", {"containerId": "c", "assetId": "a\x00"}),
        ("POST", "/v1/content/c/clone-from-post", "cloneFromPost", {"containerId": "c"}),
        ("POST", "/v1/content/c/reject", "rejectContent", {"containerId": "c"}),
        ("POST", "/v1/content/c/approve", "approveContent", {"containerId": "c"}),
        ("POST", "/v1/content/c/regenerate", "regenerateContent", {"containerId": "c"}),
        ("GET", "/v1/jobs/j", "getJob", {"jobId": "j"}),
        ("POST", "/v1/jobs/j/cancel", "cancelJob", {"jobId": "j"}),
        ("DELETE", "/v1/projects/p", "archiveProject", {"projectId": "p"}),
    ],
)
def test_a_call_is_matched_with_its_ids_decoded(method: str, path: str, operation: str, params: dict[str, str]) -> None:
    matched = CONTRACT.match(method, path)
    assert matched
    assert (matched[0].id, matched[1]) == (operation, params)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/content/c"),
        ("GET", "/v1/content/"),
        ("GET", "/v1/content/c/"),
        ("GET", "//v1/content/c"),
        ("GET", "/v1/content/a/b"),
        ("GET", "/v2/content/c"),
        ("GET", "/v1/content/c/reject"),
        ("GET", ""),
    ],
)
def test_what_is_not_documented_is_no_operation(method: str, path: str) -> None:
    assert CONTRACT.match(method, path) is None


def test_every_operation_is_found_by_an_id_that_has_been_encoded() -> None:
    odd = "a/b?c#d%e \u00e9"
    for operation in CONTRACT.operations.values():
        path = "/".join(quote(odd, safe="") if step.startswith("{") else step for step in operation.path.split("/"))
        matched = CONTRACT.match(operation.method, path)
        assert matched
        assert matched[0] is operation
        assert set(matched[1].values()) == {odd}


def test_what_can_cost_is_known() -> None:
    costly = {operation.id for operation in CONTRACT.operations.values() if operation.may_generate}
    assert costly == {"createContent", "regenerateContent", "cloneFromPost", "rejectContent"}


def test_the_digest_is_that_of_the_two_files() -> None:
    document, register = (files("openapi").joinpath(name).read_bytes() for name in ("layers.yaml", "requirements.yaml"))
    assert hashlib.sha256(document + b"\0" + register).hexdigest() == CONTRACT.digest


def test_every_operation_that_takes_a_body_validates_it_and_every_documented_answer() -> None:
    takes_body = {operation.id for operation in CONTRACT.operations.values() if operation.request_schema}
    assert takes_body >= {"createContent", "regenerateContent", "cloneFromPost", "rejectContent"}
    create = CONTRACT.operations["createContent"]
    assert create.request_schema
    assert not list(create.request_schema.breaches({"format": "auto", "brief": {"hook": "a"}}))
    assert list(create.request_schema.breaches({"format": "video", "brief": {"hook": "a"}}))
    assert list(create.response_schemas[202].breaches({"jobId": 7}))
    for operation in CONTRACT.operations.values():
        assert set(operation.response_schemas) <= operation.statuses
        assert any(200 <= status < 300 for status in operation.statuses)


FACTS = TargetFacts(base_url="https://api.test/base", project_id="p", clock_url="https://api.test/clock")


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("GET", "https://api.test/base/v1/content/c", "getContent"),
        ("GET", "https://api.test/base/v1/content/c?x=/v1/jobs/j#f", "getContent"),
        ("GET", "https://api.test/base/v1/content/a%2Fb", "getContent"),
        ("GET", "https://api.test/v1/content/c", ""),
        ("GET", "https://other.test/base/v1/content/c", ""),
        ("GET", "https://api.test/basement/v1/content/c", ""),
        ("POST", "https://api.test/clock", ""),
    ],
)
def test_an_exchange_is_matched_below_the_base_url(method: str, url: str, operation: str) -> None:
    seen = understand(Exchange("x", "owner", Request(method, url), None, 1, 2), CONTRACT, FACTS)
    assert seen.operation_id == operation
