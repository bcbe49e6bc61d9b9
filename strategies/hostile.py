"""Hostile values: texts, bodies, ids and queries that careless backends fail on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

TEXTS: dict[str, str] = {
    "NUL": "nul\x00inside",
    "control characters": "bell\x07 escape\x1b unit\x1f delete\x7f",
    "line ends": "one\r\ntwo\nthree\u2028four\u0085five",
    "tabs and blanks": "  lead\tand trail  ",
    "composed letter": "Caf\u00e9 \u00c5",
    "decomposed letter": "Cafe\u0301 A\u030a",
    "right-to-left marks": "\u202egnp.exe\u202c \u200f\u05d0\u05d1",
    "zero width": "zero\u200bwidth\ufeffmark",
    "emoji": "\U0001f469\u200d\U0001f4bb launch \U0001f680\U0001f1eb\U0001f1f7",
    "outside the basic plane": "\U00020bb7\U0001d54f\U0010ffff",
    "noncharacters": "\ufffe\uffff",
    "ligature and width": "\ufb01 \uff26\uff35\uff2c\uff2c \u0130\u0131 \u00df",
    "SQL": "'; DROP TABLE containers; -- \" OR 1=1",
    "LIKE": "100%_\\",
    "markup": "<script>alert(1)</script>&amp;&lt;",
    "template": "{{7*7}} ${7*7} %s %(name)s {0}",
    "escapes": 'back\\slash "quote" \\u0041 \\n',
    "number in words": "007",
    "word null": "null",
    "long": "x" * 10_000,
}
"""Valid strings for a hook, by what is odd in them; an accepted one must be returned unchanged (CRE-5)."""

SEVERAL_TEXTS = tuple(
    TEXTS[name]
    for name in (
        *(
            "composed letter",
            "decomposed letter",
            "emoji",
            "right-to-left marks",
            "zero width",
            "SQL",
            "markup",
            "template",
        ),
        *("escapes", "tabs and blanks", "line ends", "ligature and width", "number in words", "word null"),
    )
)
"""Odd texts to send together in one create, because one create for each would cost too much."""

LONGEST = 1_000_000
"""Code points of the longest hook that is tried."""
LARGEST = 10_000_000
"""Bytes of the largest hook in a create that must be refused: above the usual body limits of servers."""


def raw_creates(hook: Callable[[], str]) -> Iterator[tuple[str, bytes]]:
    """Yield bodies of creates that JSON parsers read differently or fail on, by name; `hook` makes a new hook."""

    def body(brief: str, head: str = '"format": "video_remix"', tail: str = "") -> bytes:
        return f'{{{head}, "brief": {{"hook": "{hook()}"{brief}}}{tail}}}'.encode()

    yield "lone surrogate as an escape", body("").replace(b"lcm-", b"\\ud800 lcm-", 1)
    yield "lone low surrogate in a tag", body(', "themeTags": ["\\udc00"]')
    yield "duplicate member", body("", head='"format": "auto", "format": "video_remix"')
    yield "duplicate hook", body(', "hook": "another"')
    yield "byte order mark", b"\xef\xbb\xbf" + body("")
    yield "UTF-16", body("").decode().encode("utf-16")
    yield "NaN", body(', "themeTags": [NaN]')
    yield "Infinity", body("", tail=', "weight": Infinity')
    yield "huge number", body("", tail=', "weight": 1e400')
    yield "number of 5000 digits", body("", tail=f', "weight": {"9" * 5000}')
    yield "negative zero", body("", tail=', "weight": -0.0')
    yield "big integer as a hook", body("").replace(b'"hook": "', b'"hook": 9007199254740993, "was": "', 1)
    yield "nested 5000 deep in a tag", body(f', "themeTags": {"[" * 5000}{"]" * 5000}')
    yield "nested 100000 deep", b"[" * 100_000 + b"]" * 100_000
    yield "objects nested 20000 deep", b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    yield "wide object", body("", tail="".join(f', "member{index}": {index}' for index in range(5000)))
    yield "wide array", body(f', "themeTags": [{", ".join(["7"] * 5000)}]')
    yield "prototype member", body("", tail=', "__proto__": {"format": "auto"}, "constructor": {}')
    yield "trailing NUL", body("") + b"\x00"
    yield "two values", body("") + b"{}"
    yield "only blanks", b"   "
    yield "null", b"null"
    yield "a string", b'"video_remix"'


IDS: dict[str, str] = {
    "encoded slash": "a%2Fb",
    "encoded dots": "%2e%2e%2fetc%2fpasswd",
    "doubly encoded": "%252e%252e%252f",
    "NUL": "a%00b",
    "invalid UTF-8": "%ff%fe",
    "overlong UTF-8": "%c0%ae",
    "line end": "a%0d%0aX-Injected:%20yes",
    "blank": "%20",
    "quote": quote("a' OR '1'='1", safe=""),
    "wildcards": "%25_%2A",
    "emoji": quote("\U0001f680", safe=""),
    "right-to-left": quote("\u202eabc", safe=""),
    "number": "1",
    "negative": "-1",
    "big": "9" * 40,
    "word null": "null",
    "word undefined": "undefined",
    "semicolon": "a;b=c",
    "lone percent": "a%25",
    "long": "a" * 3000,
}
"""Path ids, already percent-encoded, by what is odd in them."""

QUERIES: dict[str, str] = {
    "cursor NUL": "cursor=%00",
    "cursor invalid UTF-8": "cursor=%ff%fe",
    "cursor of base64 zeros": "cursor=AAAAAAAAAAAAAAAA",
    "cursor of base64 JSON": "cursor=eyJvZmZzZXQiOi0xfQ%3D%3D",
    "cursor of JSON null": "cursor=bnVsbA%3D%3D",
    "cursor number": "cursor=-1",
    "cursor quote": "cursor=%27%20OR%201%3D1%20--",
    "cursor long": "cursor=" + "a" * 4000,
    "cursor empty": "cursor=",
    "limit empty": "limit=",
    "limit float": "limit=1.5",
    "limit exponent": "limit=1e3",
    "limit hex": "limit=0x10",
    "limit blank": "limit=%201",
    "limit plus": "limit=%2B5",
    "limit big": "limit=99999999999999999999999",
    "limit of 5000 digits": "limit=" + "9" * 5000,
    "limit infinite": "limit=Infinity",
    "limit NaN": "limit=NaN",
    "limit arabic digits": "limit=" + quote("\u0661"),
    "limit twice": "limit=1&limit=2",
    "limit array": "limit[]=1",
    "status NUL": "status=%00",
    "status quote": "status=%27%3B--",
    "status empty": "status=",
    "status object": "status[$ne]=completed",
    "format invalid UTF-8": "format=%ff",
    "unknown parameter": "approvalStatus=pending&sort=%27",
    "lone percent": "status=%",
    "lone ampersands": "&&&=&=",
    "long": "x=" + "y" * 6000,
    "longer than servers read": "x=" + "y" * 20_000,
    "many": "&".join(f"p{index}=1" for index in range(300)),
}
"""Query strings of the list, already percent-encoded, by what is odd in them."""

HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "coding that was not applied": (("Content-Encoding", "gzip"),),
    "unknown coding": (("Content-Encoding", "no-such-coding"),),
    "Accept that breaks its grammar": (("Accept", "application/json;q=high, ;;,*"),),
    "Accept of another kind": (("Accept", "application/xml"),),
    "no language": (("Accept-Language", ";q=,*-*"),),
    "lone quote as a tag": (("If-None-Match", '"'),),
    "tag without quotes": (("If-None-Match", "W/abc"),),
    "date that is none": (("If-Modified-Since", "yesterday"),),
    "range that is none": (("Range", "bytes=z-"),),
    "range without end": (("Range", "bytes=99999999999999999999-"),),
    "credentials of another scheme": (("Authorization", "Basic !!!"),),
    "scheme without credentials": (("Authorization", "Bearer"),),
    "word that is no scheme": (("Authorization", "\u00e9"),),
    "address that is none": (("X-Forwarded-For", "not, an, address"), ("Forwarded", "for=;;=")),
    "cookie that is none": (("Cookie", "=;;\u00e9=="),),
    "two keys": (("Idempotency-Key", "one"), ("Idempotency-Key", "two")),
    "trace that is none": (("traceparent", "00-zz-zz-zz"), ("X-Request-Id", "\u00e9" * 40)),
}
"""Headers that a target may look at, by what is odd in them."""

KEYS: dict[str, str] = {
    "empty": "",
    "one character": "k",
    "255 characters": "k" * 255,
    "256 characters": "k" * 256,
    "4000 characters": "k" * 4000,
    "blanks inside": "a key with blanks",
    "quote": "k' OR '1'='1",
    "latin-1": "cl\u00e9",
    "comma": "a,b",
}
"""Values of Idempotency-Key, by what is odd in them."""
