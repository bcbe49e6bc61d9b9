"""What goes over the wire, and what is kept of it."""

from __future__ import annotations

import base64
import gzip
import http.server
import threading
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from client_sessions import BASE, OTHER_KEY, OWNER_KEY, create, get, ok, one_after_the_other, open_session

from conformance import __version__
from conformance.client.actors import UNAUTHORIZED, api_keys_of, headers_of
from conformance.client.call import ABSENT, Call
from conformance.client.exchange import TransportError
from conformance.client.redaction import Redaction
from conformance.exceptions import HarnessDefect, NotReached

NEARLY = OWNER_KEY[:-1]
"""What every forged key that is made from the owner's has in common with it, but for a character."""


@pytest.mark.parametrize(
    ("actor", "header", "value"),
    [
        ("owner", "x-api-key", OWNER_KEY),
        ("other", "x-api-key", OTHER_KEY),
        ("anonymous", "x-api-key", None),
        ("anonymous", "authorization", None),
        ("harness", "x-api-key", None),
        ("empty-key", "x-api-key", ""),
        ("last-character-off", "x-api-key", OWNER_KEY[:-1] + "a"),
        ("first-character-off", "x-api-key", "a" + OWNER_KEY[1:]),
        ("key-cut-short", "x-api-key", OWNER_KEY[:-1]),
        ("key-with-more", "x-api-key", OWNER_KEY + "x"),
        ("right-prefix", "x-api-key", OWNER_KEY[:14] + "0" * 14),
        ("other-case", "x-api-key", "LK_oWNERkEY-0123456789ABCDEF"),
        ("other-header", "x-api-token", OWNER_KEY),
        ("other-header", "x-api-key", None),
        ("word-null", "x-api-key", "null"),
        ("made-up-key", "x-api-key", "lk_00000000000000000000000000000000"),
        ("wrong-bearer", "authorization", f"Bearer {OWNER_KEY[:-1]}a"),
        ("empty-bearer", "authorization", "Bearer"),
    ],
)
def test_each_actor_sends_its_own_key(actor: str, header: str, value: str | None, tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        exchange = here.session.send(get(actor=actor))
        assert here.sent[0].headers.get(header) == value
        assert exchange.actor == actor
        assert OWNER_KEY[:-1] not in here.kept()
        assert OWNER_KEY[1:] not in here.kept()


def test_no_forged_key_is_a_right_one() -> None:
    for actor in UNAUTHORIZED:
        sent = headers_of(actor, {"owner": OWNER_KEY, "other": OTHER_KEY})
        assert sent.get("X-Api-Key") not in {OWNER_KEY, OTHER_KEY}
        assert sent.get("Authorization") != f"Bearer {OWNER_KEY}"
    assert headers_of("last-character-off", {"owner": "lka"}) == {"X-Api-Key": "lkb"}


@pytest.mark.parametrize(
    "keys",
    [{"owner": "0123456789"}, {"owner": "12340000"}, {"owner": "key-b", "other": "key-a"}, {"owner": "k"}],
    ids=["no letters", "ends in zeros", "one character apart", "one character"],
)
def test_no_forged_key_is_right_whatever_the_keys_look_like(keys: dict[str, str]) -> None:
    for actor in UNAUTHORIZED.keys() - {"other-header"}:
        sent = headers_of(actor, keys)
        assert sent.get("X-Api-Key") not in keys.values(), actor
        assert sent.get("Authorization") not in {f"Bearer {key}" for key in keys.values()}, actor


def test_a_caller_without_a_key_of_its_own_is_told_apart(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, other=False) as here:
        assert here.session.has_actor("owner")
        assert not here.session.has_actor("other")
        with pytest.raises(KeyError):
            here.session.send(get(actor="other"))
        assert here.sent == []
    with open_session(tmp_path, ok) as here:
        assert here.session.has_actor("other")


def test_headers_of_the_call_win_and_absent_ones_are_not_sent(tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        here.session.send(create())
        here.session.send(create(headers=(("content-type", "text/plain"), ("X-Odd", "caf\u00e9"))))
        here.session.send(create(headers=(("Content-Type", ABSENT),)))
        here.session.send(get(headers=(("X-Api-Key", ABSENT),)))
        kinds = [request.headers.get("content-type") for request in here.sent]
        assert kinds == ["application/json", "text/plain", None, None]
        assert (b"X-Odd", b"caf\xe9") in here.sent[1].headers.raw
        assert "x-api-key" not in here.sent[3].headers


def test_every_request_names_the_harness_unless_the_call_says_otherwise(tmp_path: Path) -> None:
    ours = f"layers-conformance/{__version__}"
    heard: list[list[str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get_all("User-Agent", []))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open_session(tmp_path, base_url=f"http://127.0.0.1:{server.server_port}") as here:
            here.session.send(get())
            here.session.send(get(headers=(("X-Odd", "1"), ("Accept", "*/*"))))
            here.session.send(get(actor="anonymous"))
            here.session.send_together([get(), get()])
            here.session.send(get(headers=(("user-agent", "another/1"),)))
            here.session.send(get(headers=(("User-Agent", ABSENT),)))
            assert here.story[0].request.header("user-agent") == ours
        server.shutdown()
    assert heard == [*[[ours]] * 5, ["another/1"], []]


def test_paths_and_queries_go_as_they_are_written(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, base_url=BASE + "/api/") as here:
        here.session.send(get("/v1/content/a%2Fb%00%ff?cursor=%ff&limit=%2B5"))
        assert here.sent[0].url.raw_path == b"/api/v1/content/a%2Fb%00%ff?cursor=%ff&limit=%2B5"
        assert here.story[0].request.url == BASE + "/api/v1/content/a%2Fb%00%ff?cursor=%ff&limit=%2B5"


def test_a_key_in_whatever_is_sent_is_replaced_before_it_is_kept(tmp_path: Path) -> None:
    call = Call(
        "POST",
        f"/v1/content/{OWNER_KEY}?key={OTHER_KEY}",
        headers=(("X-Odd", f"<{OWNER_KEY}>"),),
        body=f'{{"hook": "{OWNER_KEY}"}}\u00e9'.encode() + b"\xff" + OTHER_KEY.encode(),
    )
    with open_session(tmp_path, ok) as here:
        here.session.send(call)
        kept = here.recorded()[0].request
        assert here.sent[0].content == call.body, "what is sent stays as it was"
        assert kept.url == BASE + "/v1/content/[secret:owner]?key=[secret:other]"
        assert kept.header("x-odd") == "<[secret:owner]>"
        assert kept.header("x-api-key") == "[secret:owner]"
        assert kept.body == '{"hook": "[secret:owner]"}\u00e9'.encode() + b"\xff[secret:other]"
        assert here.story[0].request == kept
        assert OWNER_KEY not in here.kept()


def test_a_key_in_an_answer_is_replaced_before_it_is_kept(tmp_path: Path) -> None:
    answer = httpx.Response(
        400, headers=[("X-Echo", OWNER_KEY), ("Set-Cookie", f"k={OTHER_KEY}")], content=f'{{"key": "{OWNER_KEY}"}}'
    )
    with open_session(tmp_path, lambda _: answer) as here:
        got = here.session.send(get()).response
        assert got
        assert got.header("x-echo") == OWNER_KEY
        assert got.body == answer.content, "the driver is given what the target said"
        kept = here.story[0].response
        assert kept == here.recorded()[0].response
        assert kept
        assert kept.header("x-echo") == "[secret:owner]"
        assert kept.header("set-cookie") == "k=[secret:other]"
        assert kept.body == b'{"key": "[secret:owner]"}'
        assert OWNER_KEY not in here.kept()
        assert OTHER_KEY not in here.kept()


@pytest.mark.parametrize(
    "actor",
    ["last-character-off", "first-character-off", "key-cut-short", "key-with-more", "right-prefix", "other-case"],
)
def test_a_key_that_is_nearly_right_is_a_secret_too(actor: str, tmp_path: Path) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        key = request.headers["x-api-key"]
        return httpx.Response(401, headers={"X-Echo": key}, json={"error": {"message": f"The key {key} is not known."}})

    with open_session(tmp_path, echo) as here:
        here.session.send(get(actor=actor))
        kept = here.story[0].response
        assert kept
        assert here.sent[0].headers["x-api-key"] not in here.kept()
        assert f"The key [secret:{actor}] is not known.".encode() in kept.body
        assert kept.header("x-echo") == f"[secret:{actor}]"


def test_a_key_is_found_in_its_percent_encoded_form(tmp_path: Path) -> None:
    key = "lk/Owner+Key=0123456789=="
    with open_session(
        tmp_path, lambda _: httpx.Response(200, json={"url": f"/j?k={quote(key, safe='')}"}), owner=key
    ) as here:
        here.session.send(get(f"/v1/content/c?k={quote(key, safe='')}"))
        assert quote(key, safe="") not in here.kept()
        assert here.story[0].request.url.endswith("?k=[secret:owner]")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (httpx.ConnectError(f"no route for {OWNER_KEY}"), "connect: no route for [secret:owner]"),
        (httpx.RemoteProtocolError(f"bad header {OTHER_KEY}"), "broken: bad header [secret:other]"),
        (httpx.ReadError(""), "broken: ReadError"),
        (httpx.DecodingError(f"not gzip {OWNER_KEY}"), "broken: not gzip [secret:owner]"),
        (httpx.LocalProtocolError(f"Illegal header value {OWNER_KEY}"), "unsent: Illegal header value [secret:owner]"),
        (httpx.ReadTimeout(f"{OWNER_KEY}"), "timeout: ReadTimeout"),
        (httpx.ConnectTimeout("late"), "connect: ConnectTimeout"),
        (httpx.PoolTimeout("late"), "timeout: PoolTimeout"),
    ],
)
def test_why_there_is_no_answer(problem: Exception, said: str, tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(problem)) as here:
        exchange = here.session.send(get(once=True))
        assert (exchange.response, str(exchange.failure)) == (None, said)
        assert OWNER_KEY not in here.kept()


def test_a_coded_body_is_kept_decoded_and_one_that_cannot_be_is_broken(tmp_path: Path) -> None:
    def packed(content: bytes) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(content))

    answers = one_after_the_other(packed(gzip.compress(b'{"a": 1}')), packed(base64.b64decode("bm90IGd6aXA=")))
    with open_session(tmp_path, answers) as here:
        good = here.session.send(get())
        assert good.response
        assert good.response.body == b'{"a": 1}'
        bad = here.session.send(get(once=True))
        assert bad.failed_with(TransportError.BROKEN)


ANOTHER_ORIGIN, NO_URL = "another origin, to which no API key is sent", "is not a valid URL"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://elsewhere.test/v1/jobs/j", ANOTHER_ORIGIN),
        ("https://target.test/v1/jobs/j", ANOTHER_ORIGIN),
        ("http://target.test:8080/v1/jobs/j", ANOTHER_ORIGIN),
        ("http://target.test@elsewhere.test/v1/jobs/j", ANOTHER_ORIGIN),
        ("http://target.test.elsewhere.test/v1/jobs/j", ANOTHER_ORIGIN),
        ("http://[bad/v1/jobs/j", NO_URL),
        ("http://target.test:99999/v1/jobs/j", NO_URL),
        ("http://target.test/\x00", NO_URL),
        ("/" + "a" * 70000, NO_URL),
    ],
    ids=lambda value: value[:40],
)
def test_nothing_is_sent_to_another_origin_or_to_what_is_no_url(url: str, said: str, tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        with pytest.raises(NotReached, match=said):
            here.session.send(get(url))
        assert here.sent == here.story == []


@pytest.mark.parametrize("url", ["http://target.test:80/v1/jobs/j", "HTTP://TARGET.TEST/v1/jobs/j"])
def test_the_same_origin_may_be_written_in_another_way(url: str, tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        here.session.send(get(url))
        assert here.sent[0].headers["x-api-key"] == OWNER_KEY


def test_the_harness_may_call_a_hook_anywhere_without_a_key(tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        here.session.send(Call("POST", "http://clock.test/advance", actor="harness", body=b"{}"))
        assert not {"x-api-key", "authorization"} & set(here.sent[0].headers)


@pytest.mark.parametrize("location", ["http://elsewhere.test/", "http://[nowhere"])
def test_redirects_are_not_followed(location: str, tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(302, headers={"Location": location})) as here:
        exchange = here.session.send(get())
        assert exchange.response
        assert exchange.response.status == 302
        assert len(here.sent) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (create({"format": 7, "brief": {"hook": "a"}}, means_valid=True), "createContent was meant to be valid"),
        (create({"brief": {"hook": "a"}}, means_valid=True), "createContent was meant to be valid"),
        (create(means_valid=True, headers=(("Content-Type", "text/plain"),)), "the content type text/plain"),
        (create(means_valid=True, headers=(("Idempotency-Key", "a b"),)), "an unusual Idempotency-Key"),
        (Call("POST", "/v1/projects/p/content", body=b"{", means_valid=True), "not JSON"),
        (get("/v1/nothing", means_valid=True), "the contract defines no such operation"),
        (Call("PUT", "/v1/content/c", means_valid=True), "the contract defines no such operation"),
    ],
)
def test_what_was_meant_to_be_valid_and_is_not_is_our_defect(call: Call, said: str, tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        for send in (here.session.send, lambda one: here.session.send_together([one])):
            with pytest.raises(HarnessDefect, match=said):
                send(call)
        assert here.sent == []
        assert here.spent.requests == 0


def test_what_is_valid_or_meant_to_be_invalid_is_sent(tmp_path: Path) -> None:
    with open_session(tmp_path, ok) as here:
        here.session.send(create(means_valid=True))
        here.session.send(create({"format": 7}, costs=0))
        here.session.send(get("/v1/nothing"))
        assert len(here.sent) == 3


@pytest.mark.parametrize("actor", ["owner", "other", "anonymous"])
def test_no_cookie_is_sent_that_no_driver_asked_for(actor: str, tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(200, headers={"Set-Cookie": "node=b; Path=/"})) as here:
        here.session.send(get())
        here.session.send(get(actor=actor))
        here.session.send(get(headers=(("Cookie", "mine=1"),)))
        assert [request.headers.get("cookie") for request in here.sent] == [None, None, "mine=1"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("session=s3cr3t-token; Path=/; HttpOnly", "session=[secret:cookie]; Path=/; HttpOnly"),
        ("s3cr3t-token", "[secret:cookie]"),
        ('a="s3cr3t-token=="', "a=[secret:cookie]"),
        ("gone=; Max-Age=0", "gone=; Max-Age=0"),
        (f"k=s3cr3t-token{OWNER_KEY}", "k=[secret:owner]"),
    ],
)
def test_the_value_of_a_cookie_is_a_secret(sent: str, kept: str, tmp_path: Path) -> None:
    with open_session(
        tmp_path, lambda _: httpx.Response(200, headers=[("SET-COOKIE", sent), ("X-Other", "s")])
    ) as here:
        here.session.send(get())
        story = here.story[0].response
        assert story
        assert story.header("set-cookie") == kept
        assert "s3cr3t-token" not in here.kept()


def test_the_value_of_an_old_cookie_is_a_secret_too() -> None:
    kept = Redaction({}).headers([("Set-Cookie2", "session=s3cr3t-token; Version=1")])
    assert kept == (("Set-Cookie2", "session=[secret:cookie]; Version=1"),)


def test_a_user_in_the_base_url_is_authenticated(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, base_url="http://user:word@target.test") as here:
        here.session.send(get())
        assert here.sent[0].headers["authorization"] == f"Basic {base64.b64encode(b'user:word').decode()}"


@pytest.mark.parametrize("key", ["k", "test", "dev", "v1", "hook", "refused"])
def test_a_short_key_leaves_other_texts_alone(key: str) -> None:
    redaction = Redaction(api_keys_of(key, None))
    text = "Connection to https://dev.test/v1/hook refused"
    assert redaction.text(text) == text
    assert redaction.sent_headers("owner", [("X-Api-Key", key)]) == (("X-Api-Key", "[secret:owner]"),)


def test_without_a_key_of_the_owner_a_caller_without_one_may_ask() -> None:
    keys = api_keys_of(None, "lp_other_key")
    assert keys == {"other": "lp_other_key"}
    assert headers_of("anonymous", keys) == {}
    assert Redaction(keys).text("lp_other_key") == "[secret:other]"
