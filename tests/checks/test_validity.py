"""How far the documents bind a target, by literal bodies on each side of every line."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from conformance.client.exchange import Request
from conformance.contract.document import load
from conformance.contract.validity import Known, Unparsed, Validity, classify, has_lone_surrogate, parse, strings

KNOWN = Known("inf_1", ("med_1", "med_2"), "post_1", "It has to \u2026 fail")
JSON = (("Content-Type", "application/json"),)


def classed(
    body: bytes | None, operation: str = "createContent", headers: tuple[tuple[str, str], ...] = JSON
) -> tuple[str, str]:
    request = Request("POST", "http://target.test", headers, body)
    validity, because = classify(load().operations[operation], request, parse(body), KNOWN)
    return validity.value, because


def create(fields: str = "", head: str = '"format": "auto"', hook: str = '"Evenings lcm-run-1"') -> bytes:
    return f'{{{head}, "brief": {{"hook": {hook}{fields}}}}}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        create(),
        create(head='"format": "auto"'),
        create(head='"format": "slideshow_remix"'),
        create(hook='"A-Z a.z, 0_9! [x] it\'s?"'),
        create(hook='"It has to \\u2026 fail"'),
        create(hook=json.dumps("a" * 200)),
        create(', "targetPlatforms": ["tiktok", "instagram"], "language": "en-US", "themeTags": ["new-1"]'),
        create(', "themeTags": ["a", "b", "c", "d", "e", "f", "g", "h"], "language": "en"'),
        create(', "influencerId": "inf_1", "referenceMediaIds": ["med_2", "med_1"]'),
        b' \r\n\t{ "brief" : {"hook": "Ten signs."} , "format" : "auto" } \n',
        b'{"brief": {"h\\u006fok": "\\u0061 hook of an hour"}, "format": "auto"}',
    ],
)
def test_a_plain_create_has_to_be_accepted(body: bytes) -> None:
    assert classed(body) == ("plain", "")


@pytest.mark.parametrize(
    "body",
    [
        create(hook=json.dumps("a" * 201)),
        create(hook='" a"'),
        create(hook='"a "'),
        create(hook='"!"'),
        create(', "targetPlatforms": []'),
        create(', "themeTags": ["a", "b", "c", "d", "e", "f", "g", "h", "i"]'),
        create(hook='"caf\u00e9"'),
        create(hook='"nul \\u0000"'),
        create(hook='"two\\nlines"'),
        create(hook='"\\ud83d\\ude80"'),
        create(hook='"x"', fields=', "themeTags": ["Two words"]'),
        create(', "themeTags": ["' + "t" * 31 + '"]'),
        create(', "targetPlatforms": ["tiktok", "tiktok"]'),
        create(', "targetPlatforms": ["youtube"]'),
        create(', "influencerId": "inf_2"'),
        create(', "referenceMediaIds": ["med_3"]'),
        create(', "language": "de-DE"'),
    ],
)
def test_a_valid_create_may_meet_a_limit_that_no_page_states(body: bytes) -> None:
    assert classed(body) == ("valid", "")


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (create(head='"format": "auto", "x": 1'), "the body breaks additionalProperties"),
        (create(', "tone": "warm"'), "brief breaks additionalProperties"),
        (b'{"format": "auto"}', "the body breaks required"),
        (b'{"brief": {"hook": "a"}}', "the body breaks required"),
        (b'{"format": "auto", "brief": {}}', "brief breaks required"),
        (b"{}", "the body breaks required"),
        (create(hook='""'), "brief/hook breaks minLength"),
        (create(hook="null"), "brief/hook breaks type"),
        (create(head='"format": null'), "format breaks"),
        (b'{"format": "auto", "brief": null}', "brief breaks type"),
        (b"null", "the body breaks type"),
        (create(', "language": "english"'), "brief/language breaks pattern"),
        (create(', "themeTags": [""]'), "brief/themeTags/0 breaks minLength"),
        (create(head='"format": "auto", "format": "auto"'), "JSON that parsers read differently"),
        (create(', "hook": "b"'), "JSON that parsers read differently"),
        (create(head='"format": 7, "format": "auto"'), "JSON that parsers read differently"),
        (create(head='"format": "auto", "x": NaN'), "JSON that parsers read differently"),
        (create(head='"format": "auto", "x": -Infinity'), "JSON that parsers read differently"),
        (b"NaN", "JSON that parsers read differently"),
        (b"\xef\xbb\xbf" + create(), "JSON that parsers read differently"),
        (create(head=f'"format": "auto", "x": {"9" * 5000}'), "JSON that parsers read differently"),
        (create(head=f'"format": {"9" * 5000}'), "JSON that parsers read differently"),
        (b"[" * 100_000 + b"]" * 100_000, "JSON that parsers read differently"),
        (create(hook='"\\ud800"'), "a lone surrogate"),
        (create(hook='"\\udc00 lcm"'), "a lone surrogate"),
        (create(', "themeTags": ["\\ude80\\ud83d"]'), "a lone surrogate"),
        (create(', "\\ud800": 1'), "a lone surrogate"),
        (create(head='"format": "\\ud800"'), "a lone surrogate"),
        (None, "no body"),
        (b"", "no body"),
    ],
)
def test_where_the_documents_are_open_either_answer_passes(body: bytes | None, because: str) -> None:
    validity, why = classed(body)
    assert validity == "unclear"
    assert why.startswith(because)


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (create(', "themeTags": [null]'), "brief/themeTags/0 breaks its stated type"),
        (create(head='"format": "video"'), "format breaks its stated enum"),
        (create(head='"format": "AUTO"'), "format breaks its stated enum"),
        (create(head='"format": ""'), "format breaks its stated enum"),
        (create(head='"format": 7'), "format breaks its stated"),
        (create(head='"format": ["auto"]'), "format breaks its stated"),
        (create(head='"format": false'), "format breaks its stated"),
        (create(hook="7"), "brief/hook breaks its stated type"),
        (create(hook="true"), "brief/hook breaks its stated type"),
        (create(hook='["a"]'), "brief/hook breaks its stated type"),
        (create(', "targetPlatforms": "tiktok"'), "brief/targetPlatforms breaks its stated type"),
        (create(', "targetPlatforms": [7]'), "brief/targetPlatforms/0 breaks its stated type"),
        (create(', "influencerId": 7'), "brief/influencerId breaks its stated type"),
        (create(', "themeTags": {"0": "a"}'), "brief/themeTags breaks its stated type"),
        (create(', "language": 7, "tone": 1'), "brief/language breaks its stated type"),
        (b'{"format": "auto", "brief": "a"}', "brief breaks its stated type"),
        (b'{"format": "auto", "brief": []}', "brief breaks its stated type"),
        (b'{"format": "no", "x": 1}', "format breaks its stated enum"),
        (b'{"brief": {"hook": 7}}', "brief/hook breaks its stated type"),
        (b"[]", "the body breaks its stated type"),
        (b'"auto"', "the body breaks its stated type"),
        (b"0", "the body breaks its stated type"),
        (create(head='"format": 1e400'), "format breaks its stated"),
        (create(hook="9007199254740993"), "brief/hook breaks its stated type"),
        (create(f', "themeTags": {"[" * 90}{"]" * 90}'), "brief/themeTags/0 breaks its stated type"),
    ],
)
def test_what_breaks_a_stated_type_or_enum_is_never_accepted(body: bytes, because: str) -> None:
    validity, why = classed(body)
    assert validity == "invalid"
    assert why.startswith(because)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'format': 'auto'}",
        create() + b"x",
        create() + b"\x00",
        create() + b"{}",
        create()[:-1],
        b'{"format": "auto",}',
        b"   ",
        b"format=auto",
        b"\xff\xfe",
        create(hook='"').replace(b'"}', b'\xc3\x28"}'),
        b'{"hook": "\xed\xa0\x80"}',
        create().decode().encode("utf-16"),
        b'{"hook": "a\nb"}',
        b"nan",
        b"// a comment\n{}",
    ],
)
def test_what_is_no_json_in_utf_8_is_malformed(body: bytes) -> None:
    assert classed(body) == ("malformed", "the body is not JSON in UTF-8")


@pytest.mark.parametrize(
    ("content_type", "validity"),
    [
        ("application/json", "plain"),
        ("Application/JSON", "plain"),
        ("application/json; charset=utf-8", "plain"),
        ("application/json;charset=latin-1", "plain"),
        ("application/vnd.api+json", "unclear"),
        ("text/plain", "unclear"),
        ("", "unclear"),
        (None, "unclear"),
    ],
)
def test_a_body_counts_as_json_by_its_content_type(content_type: str | None, validity: str) -> None:
    headers = () if content_type is None else (("content-TYPE", content_type),)
    assert classed(create(), headers=headers)[0] == validity
    assert classed(create(head='"format": 7'), headers=headers)[0] == ("invalid" if validity == "plain" else "unclear")


@pytest.mark.parametrize(
    ("key", "validity"),
    [
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "plain"),
        ("7C9E6679-7425-40DE-944B-E07FC1F90AE7", "plain"),
        ("7c9e6679742540de944be07fc1f90ae7", "valid"),
        ("k", "valid"),
        ("k" * 255, "valid"),
        ("!~-_:/", "valid"),
        ("", "unclear"),
        ("k" * 256, "unclear"),
        ("a b", "unclear"),
    ],
)
def test_an_odd_idempotency_key_may_be_refused(key: str, validity: str) -> None:
    assert classed(create(), headers=(*JSON, ("idempotency-key", key)))[0] == validity


@pytest.mark.parametrize(
    ("operation", "body", "validity"),
    [
        ("regenerateContent", None, "valid"),
        ("regenerateContent", b"{}", "plain"),
        ("regenerateContent", b'{"patch": {}}', "plain"),
        ("regenerateContent", b'{"patch": {"hook": "Ten signs."}}', "plain"),
        ("regenerateContent", b'{"patch": {"hook": "Nine ones"}}', "valid"),
        ("regenerateContent", b'{"patch": {"language": "de-DE"}}', "valid"),
        ("regenerateContent", b'{"patch": null}', "unclear"),
        ("regenerateContent", b'{"hook": "a"}', "unclear"),
        ("regenerateContent", b'{"patch": {"hook": 7}}', "invalid"),
        ("regenerateContent", b'{"patch": []}', "invalid"),
        ("regenerateContent", b"{", "malformed"),
        ("cloneFromPost", b'{"sourcePlatformPostId": "post_1"}', "plain"),
        ("cloneFromPost", b'{"sourcePlatformPostId": "post_1", "mode": "reimagine", "projectId": "p"}', "plain"),
        ("cloneFromPost", b'{"sourcePlatformPostId": "post_2"}', "valid"),
        ("cloneFromPost", b'{"mode": "fork"}', "unclear"),
        ("cloneFromPost", b'{"sourcePlatformPostId": "post_1", "mode": "copy"}', "invalid"),
        ("cloneFromPost", b'{"sourcePlatformPostId": 7}', "invalid"),
        ("rejectContent", b'{"reason": "Off brand"}', "plain"),
        ("rejectContent", b'{"reason": "Off brand", "regenerate": true}', "plain"),
        ("rejectContent", b'{"reason": "Off brand", "regenerate": {"hook": "Ten signs."}}', "plain"),
        ("rejectContent", b'{"reason": "Off brand", "regenerate": {"hook": "\\u00e9"}}', "valid"),
        ("rejectContent", ('{"reason": "' + "x" * 1024 + '"}').encode(), "valid"),
        ("rejectContent", ('{"reason": "' + "x" * 1025 + '"}').encode(), "unclear"),
        ("rejectContent", b'{"reason": ""}', "unclear"),
        ("rejectContent", b"{}", "unclear"),
        ("rejectContent", b'{"reason": "a", "regenerate": 7}', "unclear"),
        ("rejectContent", b'{"reason": 7}', "invalid"),
        ("approveContent", None, "plain"),
        ("approveContent", b"{}", "unclear"),
        ("cancelJob", None, "plain"),
        ("getContent", None, "plain"),
        ("getContent", b"{}", "unclear"),
    ],
)
def test_the_bodies_of_the_other_operations(operation: str, body: bytes | None, validity: str) -> None:
    assert classed(body, operation)[0] == validity


def test_without_fixtures_nothing_that_names_one_is_plain() -> None:
    operation = load().operations["createContent"]
    for fields, plain in (
        ("", True),
        (', "influencerId": "inf_1"', False),
        (', "referenceMediaIds": ["med_1"]', False),
    ):
        body = create(fields)
        found, _ = classify(operation, Request("POST", "u", JSON, body), parse(body), Known())
        assert found is (Validity.PLAIN if plain else Validity.VALID)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (None, Unparsed.ABSENT),
        (b"", Unparsed.ABSENT),
        (b"null", None),
        (b"[1, 1.5, -0.0]", [1, 1.5, -0.0]),
        (b'{"a": {"b": 1, "c": 1}, "b": 1}', {"a": {"b": 1, "c": 1}, "b": 1}),
        (b'{"a": {"b": 1, "b": 1}}', Unparsed.AMBIGUOUS),
        (b'{"a": 1, "\\u0061": 2}', Unparsed.AMBIGUOUS),
        (b'"\\ud800"', "\ud800"),
        (b'{"a":{"b":1,"c":1},"b":"\\":"}', {"a": {"b": 1, "c": 1}, "b": '":'}),
        (b'{"a":{"b":1,"b":1}}', Unparsed.AMBIGUOUS),
        (b'{"a":1,"a" :2}', Unparsed.AMBIGUOUS),
        (b'{"a":1,"\\u0061":2}', Unparsed.AMBIGUOUS),
        (b'{"a":NaN}', Unparsed.AMBIGUOUS),
        (b"[-Infinity]", Unparsed.AMBIGUOUS),
        (b" [1]\n", [1]),
        (b"\x0b[1]", Unparsed.NOT_JSON),
        (b"[1E5,1e400,-0]", [100000.0, float("inf"), 0]),
        (b"[" * 300 + b"]" * 300, json.loads("[" * 300 + "]" * 300)),
        (b"\xef\xbb\xbf1", Unparsed.AMBIGUOUS),
        (b"9" * 4299, 10**4299 - 1),
        (b"9" * 4400, Unparsed.AMBIGUOUS),
        (b"\xff", Unparsed.NOT_JSON),
    ],
    ids=lambda value: repr(value)[:16],
)
def test_a_body_has_one_value_or_a_reason_why_not(body: bytes | None, value: Any) -> None:
    assert parse(body) == value
    assert type(parse(body)) is type(value)


def test_many_long_numbers_that_are_no_json_take_no_time() -> None:
    began = time.process_time()
    assert parse((b"9" * 3999 + b"x") * 2_000) is Unparsed.NOT_JSON
    assert parse((b"9" * 3999 + b"x") * 2_000 + b"9" * 4000) is Unparsed.AMBIGUOUS
    assert time.process_time() - began < 10


def test_strings_are_found_at_any_depth_without_recursion() -> None:
    value: Any = "deep"
    for _ in range(50_000):
        value = [value]
    assert list(strings(value)) == ["deep"]
    assert sorted(strings({"a": ["b", {"c": 1}], "d": None})) == ["a", "b", "c", "d"]
    assert has_lone_surrogate({"a": [{"\udfff": 1}]})
    assert not has_lone_surrogate(["\U0001f680", "\ue000"])
