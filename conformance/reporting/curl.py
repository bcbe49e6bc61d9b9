"""A recorded request as a curl command that can be pasted into a POSIX shell, with variables in place of API keys."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from conformance.client.exchange import Exchange, path_and_query
from conformance.reporting.text import is_command

LONGEST_BODY = 2048
"""Bytes of a body that are shown in the command; a longer one stays in the history."""

_OWN_BUSINESS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent", "accept"}
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9 :/._-]*")
_DOTS = re.compile(r"/(?:\.|%2[Ee])")


def curl(exchange: Exchange, target: Mapping[str, Any] | None = None) -> str:
    """Write the command; `target` is the configuration as a report holds it: the way there, and the variables that hold the secrets.

    A body that no shell word can hold (NUL, not UTF-8) is piped in by printf; one above `LONGEST_BODY` is left out, with a note.
    """
    request, names = exchange.request, _variables(target or {})
    options = ["--head"] if request.method == "HEAD" else ["-X", shlex.quote(request.method)]
    if re.search(r"[\[\]{}]", _without_secrets(request.url, names)):
        options.append("--globoff")
    # curl resolves steps of dots, also percent-encoded ones.
    if _DOTS.search(path_and_query(request.url)[0]):
        options.append("--path-as-is")
    words = ["curl -sS -i", *_way((target or {}).get("network", {})), *options, _word(request.url, names)]
    for name, value in request.headers:
        if name.lower() not in _OWN_BUSINESS:
            words += ["-H", _word(f"{name}: {value}" if value.strip() else f"{name};", names, "latin-1")]
    piped, note = "", ""
    if request.body is not None:
        if request.header("content-type") is None:
            words += ["-H", "'Content-Type:'"]
        if len(request.body) > LONGEST_BODY:
            words += ["--data-binary", "@body"]
            note = f"\n# @body is the request's body, {len(request.body)} bytes: exchange {exchange.id} in history.jsonl.gz"
        elif (text := _clean(request.body)) is not None:
            words += ["--data-raw", _word(text, names)]
        else:
            words += ["--data-binary", "@-"]
            piped = f"{_printf(request.body)} | "
    return piped + " ".join(words) + note


def _variables(target: Mapping[str, Any]) -> dict[str, str]:
    section = target.get("target", {})
    wanted = {
        "[secret:owner]": (section.get("api_key_env"), "LAYERS_API_KEY"),
        "[secret:other]": (section.get("other_api_key_env"), "LAYERS_OTHER_KEY"),
    }
    found = {
        secret: name if name and _VARIABLE.fullmatch(name) else default for secret, (name, default) in wanted.items()
    }
    gateway = target.get("network", {}).get("headers", {}).values()
    return found | {f"[secret:{name}]": name for name in gateway if _VARIABLE.fullmatch(name)}


def _way(network: Mapping[str, Any]) -> list[str]:
    """Return the options by which curl goes the same way as the run did."""
    variables = {"proxy_auth_env": "--proxy-user", "client_key_password_env": "--pass"}
    values = {"proxy": "--proxy", "ca_bundle": "--cacert", "client_cert": "--cert", "client_key": "--key"}
    words = [] if network.get("verify", True) else ["--insecure"]
    words += [f"{option} {shlex.quote(network[name])}" for name, option in values.items() if network.get(name)]
    named = {option: network.get(name) or "" for name, option in variables.items()}
    return words + [f'{option} "${name}"' for option, name in named.items() if _VARIABLE.fullmatch(name)]


def _without_secrets(text: str, names: Mapping[str, str]) -> str:
    for secret in names:
        text = text.replace(secret, "")
    return text


def _word(text: str, names: Mapping[str, str], encoding: str = "utf-8") -> str:
    """Quote one word for the shell, with variables in place of the placeholders of API keys."""
    parts = re.split(f"({'|'.join(map(re.escape, names))})", text)
    if all(part in names or _PLAIN.fullmatch(part) for part in parts) and len(parts) > 1:
        return '"' + "".join(f"${names[part]}" if part in names else part for part in parts) + '"'
    return "".join(f'"${names[part]}"' if part in names else _quoted(part, encoding) for part in parts if part) or "''"


def _quoted(text: str, encoding: str) -> str:
    data = text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    if _clean(data) is not None and (encoding == "utf-8" or text.isascii()):
        return shlex.quote(text)
    return f'"$({_printf(data)})"'


def _clean(data: bytes) -> str | None:
    """Return the text of bytes that a terminal and a log show as they are, on one line, or None for any others."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and not is_command(text) else None


def _printf(data: bytes) -> str:
    """Write bytes as a printf command (POSIX: octal escapes, a doubled percent sign); no log reads a command in it."""
    escaped = "".join(
        "%%" if byte == 0x25 else chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'#:" else f"\\{byte:03o}"
        for byte in data
    )
    return f"printf '{escaped}'"
