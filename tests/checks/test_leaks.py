"""The judge of ERR-6, by texts on each side of the line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, envelope_of_error, failures, results


def error(text: str, status: int = 500, path: str = "/v1/content/cnt_1", **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    envelope = envelope_of_error("X")
    envelope["error"]["details"] = [{"why": text}]
    story.call("GET", path, status, envelope, **more)
    return story


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('Traceback (most recent call last):\n  File "a.py", line 3, in f', "a stack trace"),
        ("TypeError: x\n    at Object.get (server/routes.js:12:7)", "a stack trace"),
        ("TypeError: x\n    at server/routes.ts:12:7", "a stack trace"),
        ("java.lang.Error\n\tat com.example.Api.get(Api.java:41)", "a stack trace"),
        ("goroutine 7 [running]:\nmain.main()", "a stack trace"),
        ("panic: runtime error: index out of range", "a stack trace"),
        ("Stack trace:\n#0 index.php(12): get()", "a stack trace"),
        ("at Api.Get() in Api.cs:line 9", "a stack trace"),
        ("app.rb:12:in `get'", "a stack trace"),
        ("    at async Module.load (node:internal)", "a stack trace"),
        ("at Array.map (<anonymous>)", "a stack trace"),
        ("#0 routes/index.php(12): get()", "a stack trace"),
        ('Exception in thread "main"', "a stack trace"),
        ("thread 'main' panicked at 'x'", "a stack trace"),
        ("cannot open /srv/data", "a file path"),
        ("failed in /app/src/routes.py", "a file path"),
        ("see node_modules/express", "a file path"),
        ("see site-packages/flask", "a file path"),
        ("C:\\inetpub\\wwwroot\\api", "a file path"),
        ("SELECT id FROM containers WHERE id = 1", "a database query"),
        ("INSERT INTO containers VALUES", "a database query"),
        ("UPDATE containers SET a", "a database query"),
        ("DELETE FROM containers", "a database query"),
        ("psycopg2 said no", "a database query"),
        ("SQLSTATE 42601", "a database query"),
        ("SQLITE_BUSY", "a database query"),
        ("ORA-00933", "a database query"),
        ("PDOException", "a database query"),
        ("SequelizeDatabaseError", "a database query"),
        ('near "OR": syntax error', "a database query"),
        ('unrecognized token: "x', "a database query"),
        ("no such table: containers", "a database query"),
        ("no such column: id", "a database query"),
        ("UNIQUE constraint failed", "a database query"),
        ("invalid input syntax for type uuid", "a database query"),
        ("sqlite3.OperationalError", "a database query"),
        ('syntax error at or near "OR"', "a database query"),
        ("duplicate key value violates unique constraint", "a database query"),
    ],
)
@pytest.mark.also_fails("ERR-1", "ERR-3")
def test_an_error_that_shows_its_machinery_fails(text: str, kind: str) -> None:
    assert f"showed {kind}:" in failures(error(text))["ERR-6"][0]
    assert f"showed {kind}:" in failures(error(text, 404))["ERR-6"][0]


@pytest.mark.also_fails("ERR-1")
def test_words_that_the_request_held_are_an_echo() -> None:
    assert results(error("no /etc/passwd", path="/v1/content/%2Fetc%2Fpasswd"), "ERR-6") == ["passed"]
    assert results(error("bad SELECT 1 FROM x", body={"hook": "SELECT 1 FROM x"}), "ERR-6") == ["passed"]
    assert results(error("bad /etc/passwd", headers={"X-A": "/etc/passwd"}), "ERR-6") == ["passed"]
    assert results(error("bad /etc/shadow", headers={"X-A": "/etc/passwd"}), "ERR-6") == ["failed"]


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ('near "x": syntax error', {"hook": 'near "x": syntax error'}),
        ("/etc/passwd", b"see /etc/passwd"),
        ("/etc/passwd", b"\xff /etc/passwd"),
    ],
)
@pytest.mark.also_fails("ERR-1")
def test_words_that_the_body_held_in_whatever_form_are_an_echo(words: str, body: Any) -> None:
    assert results(error(f"bad {words}", body=body), "ERR-6") == ["passed"]
