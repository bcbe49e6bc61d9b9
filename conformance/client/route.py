"""The way to a target: through which proxy, with which certificates, and with which headers of a gateway on it.

Variables of the environment (HTTPS_PROXY, SSL_CERT_FILE) and netrc are never asked: they would send API keys to places that the user did
not name.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

LONGEST_CONNECT = 5.0
"""The most seconds that a connection, and then its TLS, may take, unless the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class GatewayHeader:
    """A header that every request to the target carries; its value, a secret, comes from a variable."""

    name: str
    variable: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Route:
    """How requests reach their server; the default is the direct way, with the certificates that httpx trusts.

    `proxy_auth` is `user:password` from the variable `proxy_auth_env`. `read` are the most seconds without a byte of an answer,
    None leaves it to the deadline of the call.
    """

    proxy: str | None = None
    proxy_auth: str | None = field(default=None, repr=False)
    proxy_auth_env: str = ""
    ca_bundle: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    key_password: str | None = field(default=None, repr=False)
    verify: bool = True
    headers: tuple[GatewayHeader, ...] = ()
    connect: float = LONGEST_CONNECT
    read: float | None = None

    def context(self) -> ssl.SSLContext:
        """Load the certificates; raises OSError or ssl.SSLError for a file that cannot be used."""
        context = self.trust()
        if self.client_cert is not None:
            # Without a callable, OpenSSL asks the terminal for the password of a key that has one.
            context.load_cert_chain(self.client_cert, self.client_key, password=lambda: self.key_password or "")
        return context

    def trust(self) -> ssl.SSLContext:
        """Load the certification authorities alone."""
        if self.ca_bundle is None:
            context = httpx.create_ssl_context(trust_env=False)
        else:
            context = ssl.create_default_context(cafile=self.ca_bundle)
            # Python 3.13 asks more of a certificate than OpenSSL and curl do, and more than many a private authority keeps.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def proxy_login(self) -> tuple[bytes, bytes] | None:
        """Return user and password for the proxy."""
        if self.proxy_auth is None:
            return None
        user, _, password = self.proxy_auth.partition(":")
        return user.encode(), password.encode()

    def secrets(self) -> Mapping[str, str]:
        """Return every secret of the way with the name of the variable that holds it."""
        found = {each.value: each.variable for each in self.headers}
        if self.proxy_auth is not None:
            password = self.proxy_auth.partition(":")[2]
            encoded = base64.b64encode(self.proxy_auth.encode()).decode()
            found |= dict.fromkeys((self.proxy_auth, password, encoded), self.proxy_auth_env)
        return found


DIRECT = Route()
"""The way without anything in between."""
