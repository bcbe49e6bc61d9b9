import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from sandbox_api import Api, sandbox_running

from sandbox.settings import SandboxSettings

OPERATIONS = [
    *(("POST", "/v1/projects/x/content"), ("GET", "/v1/projects/x/content"), ("DELETE", "/v1/projects/x")),
    *(("GET", "/v1/content/x"), ("GET", "/v1/content/x/progress"), ("GET", "/v1/content/x/assets/y")),
    *(("POST", f"/v1/content/x/{action}") for action in ("regenerate", "clone-from-post", "reject", "approve")),
    *(("GET", "/v1/jobs/x"), ("POST", "/v1/jobs/x/cancel")),
]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with sandbox_running() as api:
        yield api


def envelope(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert error["message"]
    assert error["requestId"]
    return answer.status_code, error["code"]


@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, ("GET", "/v1/nowhere"), ("PUT", "/v1/content/x")])
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Api-Key": ""}, {"X-Api-Key": "wrong"}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}],
)
def test_a_call_without_a_valid_key_is_refused(api: Api, method: str, path: str, headers: dict[str, str]) -> None:
    answer = api.anonymous.request(method, path, headers=headers, content=b"{")
    assert envelope(answer) == (401, "UNAUTHENTICATED")


def test_a_key_is_taken_as_it_is_from_either_header(api: Api) -> None:
    key, path = api.settings.api_key, api.content()
    good = [{"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}, {"Authorization": f"bearer {key}"}]
    bad = [{"X-Api-Key": key.swapcase()}, {"X-Api-Key": key[:-1]}, {"Authorization": f"Basic {key}"}]
    assert [api.anonymous.get(path, headers=headers).status_code for headers in good] == [200] * 3
    assert [api.anonymous.get(path, headers=headers).status_code for headers in bad] == [401] * 3
    two = [("X-Api-Key", key), ("X-Api-Key", "wrong")]
    assert api.anonymous.get(path, headers=two).status_code == 401


def test_another_organization_sees_and_changes_nothing(api: Api) -> None:
    envelope_ = api.create().json()
    cid, jid, pid = envelope_["containerId"], envelope_["jobId"], api.settings.project_id
    before = api.read(cid)
    for method, path in OPERATIONS:
        path = path.replace("content/x", f"content/{cid}").replace("jobs/x", f"jobs/{jid}")  # noqa: PLW2901  # filled in
        assert api.other.request(method, path.replace("projects/x", f"projects/{pid}"), json={}).status_code == 404
    assert api.read(cid) == before


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_unknown_resource_is_not_found(api: Api, method: str, path: str) -> None:
    assert envelope(api.http.request(method, path, json={})) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/v1", "/v1/", "/v1/content/", "/v1/content/x/", "/openapi.json", "/docs", "/v1/content/a%2Fb%2F.."),
        *(
            "/v1/content/%00",
            "/v1/content/%FF%FE",
            "/v1/content/%0A",
            "/v1/jobs/..%2F..%2Fetc",
            "/v1/jobs/" + "x" * 9000,
        ),
    ],
)
def test_odd_paths_are_not_found(api: Api, path: str) -> None:
    assert envelope(api.http.get(path)) == (404, "NOT_FOUND")


def test_a_path_with_a_trailing_line_feed_is_not_found(api: Api) -> None:
    assert api.http.get(f"/v1/content/{api.created()}/progress%0A").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "DELETE"])
def test_an_undocumented_method_is_answered_with_the_allowed_ones(api: Api, method: str) -> None:
    answer = api.http.request(method, api.content())
    assert envelope(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, POST"


MALFORMED = [
    b"",
    b"{",
    b"NaN",
    b'{"a":Infinity}',
    b"\xff",
    b"\xef\xbb\xbf{}",
    b'{"a":1,"a":1}',
    b"9" * 5000,
    b"[" * 99999,
]
BROKEN = [
    *(b"null", b"[]", b"1e999", b'"x"', b"{}", b'{"format":"auto"}', b'{"brief":{"hook":"x"}}'),
    *(b'{"format":"gif","brief":{"hook":"x"}}', b'{"format":"auto","extra":1,"brief":{"hook":"x"}}', b'{"\\udfff":1}'),
    *(
        b'{"format":"auto","brief":{%s}}' % brief
        for brief in (
            *(b"", b'"hook":1', b'"hook":true', b'"hook":""', b'"hook":"\\ud800"', b'"hook":"%s"' % (b"x" * 1_000_000)),
            *(b'"hook":"x","targetPlatforms":"tiktok"', b'"hook":"x","themeTags":[1]', b'"hook":"x","themeTags":[""]'),
            *(b'"hook":"x","language":null', b'"hook":"x","language":"English"', b'"hook":"x","unknown":"x"'),
        )
    ),
]


@pytest.mark.parametrize(
    ("body", "status"),
    [*((b, 400) for b in MALFORMED), *((b, 422) for b in BROKEN)],
    ids=range(len(MALFORMED) + len(BROKEN)),
)
def test_a_bad_body_is_refused_and_makes_nothing(api: Api, body: bytes, status: int) -> None:
    before = api.walk()
    answer = api.http.post(api.content(), content=body, headers=JSON)
    assert envelope(answer) == (status, "VALIDATION")
    assert len(answer.content) < 4000
    assert api.walk() == before


@pytest.mark.parametrize("hook", ["a\0b", "x" * 10_000, "🎬 é e\u0301 \u202e", "</script>", "' OR 1=1 --", "\ufeff"])
def test_a_hook_comes_back_as_it_was_sent(api: Api, hook: str) -> None:
    assert api.read(api.created(hook=hook))["brief"] == {"hook": hook}


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_a_body_of_another_media_type_is_refused(api: Api, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    assert envelope(api.http.post(api.content(), content=b"{}", headers=headers)) == (415, "VALIDATION")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"])
def test_every_json_media_type_is_accepted(api: Api, kind: str) -> None:
    body = b'{"format":"auto","brief":{"hook":"x"}}'
    assert api.http.post(api.content(), content=body, headers={"Content-Type": kind}).status_code == 202


def test_a_request_that_is_too_large_is_refused_with_an_envelope(api: Api) -> None:
    large = b"x" * (9 * 1024 * 1024)
    assert envelope(api.http.post(api.content(), content=large, headers=JSON)) == (413, "VALIDATION")
    assert envelope(api.anonymous.post(api.content(), content=large, headers=JSON)) == (401, "UNAUTHENTICATED")
    assert envelope(api.http.get("/v1/content/" + "x" * 60_000)) == (414, "VALIDATION")
    assert envelope(api.http.get(api.content(), params={"cursor": "x" * 60_000})) == (414, "VALIDATION")
    assert envelope(api.http.get(api.content(), headers={"X-Large": "x" * 900_000})) == (431, "VALIDATION")


@pytest.mark.parametrize(
    "request_",
    [
        *(b"garbage\r\n\r\n", b"GET /v1/\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"),
        *(b"GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        b"POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_invalid_http_is_answered_with_an_envelope(api: Api, request_: bytes) -> None:
    url = urlsplit(str(api.http.base_url))
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=5) as connection:
        connection.sendall(request_)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'{"error":{"code":"VALIDATION"' in answer


@pytest.mark.parametrize("seconds", [-1, "60", True, None, 1e300, 10**400])
def test_the_clock_moves_only_forward_and_within_the_calendar(api: Api, seconds: object) -> None:
    assert envelope(api.http.post("/_sandbox/clock", json={"advanceSeconds": seconds})) == (422, "VALIDATION")


def test_no_answer_repeats_the_key(api: Api) -> None:
    key = api.settings.api_key
    answers = [
        api.http.get(f"/v1/content/{key}"),
        api.http.get(api.content(), params={"cursor": key, "status": key}),
        api.http.post(api.content(), json={"format": key}),
        api.http.get("/v1/content/x", headers={"Idempotency-Key": key}),
    ]
    assert all(key not in answer.text + str(answer.headers) for answer in answers)


def test_too_many_requests_are_refused_with_retry_after() -> None:
    with sandbox_running(SandboxSettings(requests_per_second=5)) as limited:
        answers = [limited.http.get(limited.content()) for _ in range(50)]
        refused = next(answer for answer in answers if answer.status_code != 200)
        assert envelope(refused) == (429, "RATE_LIMITED")
        assert int(refused.headers["Retry-After"]) >= 1
        assert limited.other.get(limited.content(limited.settings.other_project_id)).status_code == 200
