"""Why a target cannot be judged, told by the answer to the list of a project or by its absence: the setting to look at, in a sentence."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from conformance.client.answers import answer_of, status_of
from conformance.client.exchange import Exchange, TransportError
from conformance.contract.validity import Unparsed, parse_answer
from conformance.reporting.text import printable
from conformance.run.calls.api import Api
from conformance.run.settings.target import NetworkSection, Target

LONGEST_LOOK = 8.0
"""Seconds after which a target that has not answered counts as unreachable."""
REDIRECTS = {301, 302, 303, 307, 308}
LONGEST_LOCATION = 200
"""Characters of a redirect's Location that are shown."""
_NO_CERTIFICATE = re.compile(rb"SSL certificate", re.IGNORECASE)
"""What nginx and others answer in plain words, with 400, to a client that gave no certificate or a wrong one."""
_ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?(?=[/?#]|$)", re.IGNORECASE | re.ASCII)
_NO_TLS = re.compile(r"(?!.*CERTIFICATE)(?:.*(?:SSL|EOF occurred|reset by peer|disconnected))")
"""What is said where TLS was begun with a server that does not know it."""
_NOT_TRUSTED = "CERTIFICATE_VERIFY_FAILED"
_OTHER_NAME = re.compile(r"(?:Hostname|IP address) mismatch")
_OUT_OF_DATE = re.compile(r"expired|not yet valid")
_ALERT = re.compile(r"_ALERT_(?:\w*CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)")
"""What a server says that has no use for the client's certificate, or that has got none (RFC 8446, section 6.2)."""
_ANSWERED = re.compile(r"proxy: (\d{3})\b")


class Suspect(StrEnum):
    """The setting that is wrong where a target cannot be judged."""

    BASE_URL = "base URL"
    KEY = "key"
    PROJECT = "project"


class Trouble(NamedTuple):
    """Why a target cannot be judged, in one sentence, and which setting is to be looked at."""

    suspect: Suspect
    sentence: str


def trouble_of(api: Api, exchange: Exchange, target: Target, setting: str, variable: str) -> Trouble | None:
    """Return why the target cannot be judged, told by the list of a project, and what to try; None if it can."""
    url, code = without_password(target.base_url), status_of(exchange)
    wrong_url = why_unanswered(exchange, url, target.network) if code is None else _trouble_with_url(exchange, url)
    if wrong_url and not (code == 204 and _is_json_elsewhere(api, exchange.actor)):
        return Trouble(Suspect.BASE_URL, wrong_url)
    if code in {401, 403}:
        return Trouble(
            Suspect.KEY,
            f"The target refused the key in the variable {variable} with {code}; export a key that is valid there.",
        )
    if code == 404:
        return Trouble(
            Suspect.PROJECT,
            f"The target has no project with the id in {setting}; give the id of a project that the key may use.",
        )
    return None


def _is_json_elsewhere(api: Api, actor: str) -> bool:
    """Return whether the list of no project is answered in JSON, so that a list without content is for the checks to judge."""
    exchange = api.page(str(uuid4()), {"limit": 1}, actor=actor, once=True, within=LONGEST_LOOK)
    return exchange.response is not None and not isinstance(parse_answer(exchange.response.body), Unparsed)


def _trouble_with_url(exchange: Exchange, url: str) -> str | None:
    code = status_of(exchange) or 0
    content = exchange.response.body if exchange.response else b""
    if code == 400 and url.lower().startswith("https") and _NO_CERTIFICATE.search(content):
        return (
            f"The server at {url} refuses the client certificate, or that none was sent (400); give the files of one that it trusts in "
            "network.client_cert and network.client_key."
        )
    body = parse_answer(content) if exchange.response else Unparsed.ABSENT
    if isinstance(body, Unparsed) and body is not Unparsed.AMBIGUOUS and code < 500:
        return (
            f"The server at {url} is not the Layers API: it answered the list of a project with {code} and no JSON; "
            f"{_what_to_try(exchange, url)}."
        )
    if code in REDIRECTS:
        return f"The server at {url} answered the list of a project with {code}; {_what_to_try(exchange, url)}."
    if code != 404 or body is Unparsed.AMBIGUOUS:
        return None
    if not isinstance(answer_of(exchange).get("error"), dict):
        return f"The server at {url} has no list of content (404 without an error envelope); {_what_to_try(exchange, url)}."
    if _ends_in_version(url):
        return f"The server at {url} has no list of content (404); {_what_to_try(exchange, url)}."
    return None


def _what_to_try(exchange: Exchange, base_url: str) -> str:
    """Return what to try where another server has answered, or another part of the right one."""
    parts, answer = urlsplit(base_url), exchange.response
    origin = f"{parts.scheme}://{parts.netloc}"
    location = (answer.header("location") or "") if answer else ""
    goes_to = _ORIGIN.match(location)
    if goes_to and goes_to[0].lower() != origin.lower():
        return f"it redirects to {goes_to[0]}, so try {goes_to[0]}{parts.path} in target.base_url"
    if answer and answer.status in REDIRECTS and location:
        where = printable(location, LONGEST_LOCATION)
        return f"it redirects to {where}, and no redirect is followed: give the URL in target.base_url from which none is needed"
    if parts.scheme == "http" and answer and answer.status == 400 and b"https" in answer.body.lower():
        return f"it speaks TLS, so try {with_other_scheme(base_url)} in target.base_url"
    if _ends_in_version(base_url):
        return "leave out the /v1 at the end of target.base_url, since every call adds it"
    if parts.path.strip("/"):
        return f"check the path in target.base_url, to which every call adds /v1/…, and try it without: {origin}"
    return f"check target.base_url, to which every call adds /v1/…: the API may be below a path, such as {origin}/api"


def _ends_in_version(base_url: str) -> bool:
    return urlsplit(base_url).path.rstrip("/").endswith("/v1")


def without_password(base_url: str) -> str:
    """Return a base URL as it may be shown."""
    parts = urlsplit(base_url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def why_unanswered(exchange: Exchange, base_url: str, network: NetworkSection) -> str:
    """Return why the list of a project has no answer, and what to try."""
    failure, is_tls = str(exchange.failure), base_url.lower().startswith("https")
    detail = exchange.failure.detail if exchange.failure else ""
    if exchange.failed_with(TransportError.TOO_LARGE):
        return (
            f"The server at {base_url} answered the list of a project with more than an answer may have ({failure[:300]}); "
            "check target.base_url, or raise limits.answer_bytes."
        )
    if detail.startswith("proxy:"):
        return _of_proxy(detail, base_url, network)
    if _NOT_TRUSTED in failure:
        return _untrusted(failure, base_url, network)
    if _ALERT.search(failure):
        return _refused_client(failure, base_url, network)
    return _of_scheme(exchange, failure, base_url, network, is_tls=is_tls)


def _of_proxy(detail: str, base_url: str, network: NetworkSection) -> str:
    said, answered = detail.removeprefix("proxy: "), _ANSWERED.match(detail)
    if answered is None:
        return f"Cannot reach the proxy at {network.proxy} ({said}); check network.proxy and that the proxy runs."
    if answered[1] != "407":
        return (
            f"The proxy at {network.proxy} does not lead to {base_url} ({said}); check target.base_url, and which servers the proxy "
            "may reach."
        )
    if network.proxy_auth_env:
        return (
            f"The proxy at {network.proxy} refused the user and password in the variable {network.proxy_auth_env} with 407; "
            f"export {network.proxy_auth_env}=user:password as the proxy knows them."
        )
    return (
        f"The proxy at {network.proxy} asks for a user and a password (407); export user:password as a variable, and name it in "
        "network.proxy_auth_env."
    )


def _untrusted(failure: str, base_url: str, network: NetworkSection) -> str:
    if _OTHER_NAME.search(failure):
        return (
            f"The certificate of the server at {base_url} is that of another host ({failure}); write the host in target.base_url as "
            "the certificate names it."
        )
    if _OUT_OF_DATE.search(failure):
        return f"The certificate of the server at {base_url} is out of date ({failure}); it has to be renewed."
    if network.ca_bundle:
        return (
            f"The certificate of the server at {base_url} is not trusted by what {network.ca_bundle} holds ({failure}); give the file of "
            "the certification authority that signed it in network.ca_bundle."
        )
    return (
        f"The certificate of the server at {base_url} is not trusted ({failure}); if a private certification authority signed it, "
        "give the file with its certificate in network.ca_bundle."
    )


def _refused_client(failure: str, base_url: str, network: NetworkSection) -> str:
    if network.client_cert:
        return (
            f"The server at {base_url} does not take the client certificate in {network.client_cert} ({failure}); give one that it trusts "
            "in network.client_cert."
        )
    return (
        f"The server at {base_url} requires a client certificate, or another TLS than ours ({failure}); give the files of the certificate "
        "and its key in network.client_cert and network.client_key."
    )


def _of_scheme(exchange: Exchange, failure: str, base_url: str, network: NetworkSection, *, is_tls: bool) -> str:
    swapped = with_other_scheme(base_url)
    is_broken = exchange.failed_with(TransportError.BROKEN)
    if is_tls and is_broken:
        # A handshake that fails is a connection that does not come about.
        return (
            f"The server at {base_url} ended the connection after TLS had begun ({failure}); if it requires a client certificate, "
            "give the files of one that it trusts in network.client_cert and network.client_key."
        )
    if is_tls and _NO_TLS.search(failure):
        return f"The server at {base_url} does not answer in TLS ({failure}); try {swapped} in target.base_url."
    if is_broken:
        return f"The server at {base_url} does not answer in HTTP ({failure}); try {swapped} in target.base_url."
    other = f" (or {swapped}, if it has no TLS)" if is_tls else ""
    by = f" through the proxy {network.proxy}" if network.proxy else ""
    return (
        f"Cannot reach the target at {base_url}{by} ({failure}); check target.base_url{other} and that the target runs."
    )


def with_other_scheme(base_url: str) -> str:
    """Return a base URL with https in place of http, or the other way round."""
    scheme, _, rest = base_url.partition("://")
    return f"{'http' if scheme.lower() == 'https' else 'https'}://{rest}"
