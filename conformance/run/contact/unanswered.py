"""Why a target gives no answer at all: the sentence that names the setting to look at."""

from __future__ import annotations

import re

from conformance.client.exchange import Exchange, TransportError
from conformance.run.settings.reach import NetworkSection

_NO_TLS = re.compile(r"(?!.*CERTIFICATE)(?:.*(?:SSL|EOF occurred|reset by peer|disconnected))")
"""What is said where TLS was begun with a server that does not know it."""
_NOT_TRUSTED = "CERTIFICATE_VERIFY_FAILED"
_OTHER_NAME = re.compile(r"(?:Hostname|IP address) mismatch")
_OUT_OF_DATE = re.compile(r"expired|not yet valid")
_ALERT = re.compile(r"_ALERT_(?:\w*CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)")
"""What a server says that has no use for the client's certificate, or that has got none (RFC 8446, section 6.2)."""
_ANSWERED = re.compile(r"proxy: (\d{3})\b")


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
