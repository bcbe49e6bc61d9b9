"""The way to a target as its settings give it: the files and the secrets that they name, read before anything is sent."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.client.route import GatewayHeader, Route
from conformance.exceptions import ConfigurationError
from conformance.run.settings.target import NetworkSection, may_be_sent


def route_of(network: NetworkSection) -> Route:
    """Return the way to a target; raises ConfigurationError for a variable that is not set and a file that cannot be used."""
    route = Route(
        proxy=network.proxy,
        proxy_auth=_login(network.proxy_auth_env),
        proxy_auth_env=network.proxy_auth_env or "",
        ca_bundle=_file("ca_bundle", network.ca_bundle),
        client_cert=_file("client_cert", network.client_cert),
        client_key=_file("client_key", network.client_key),
        key_password=_value("network.client_key_password_env", network.client_key_password_env),
        verify=network.verify,
        headers=tuple(
            GatewayHeader(name, variable, _header(name, variable)) for name, variable in network.headers.items()
        ),
        connect=network.connect_timeout,
        read=network.read_timeout,
    )
    if route.ca_bundle is not None or route.client_cert is not None:
        _require_certificates(route, network)
    return route


def warnings_of(facts: Mapping[str, Any]) -> list[str]:
    """Return what a reader has to know of the way to a target whose public facts are given, before he trusts what came of a run."""
    if facts.get("network", {}).get("verify", True):
        return []
    return [
        "No certificate is checked (network.verify = false), so that any server on the way may answer in place of the target."
    ]


def _value(setting: str, variable: str | None) -> str | None:
    """Return what a variable holds that a setting names."""
    if variable is None:
        return None
    value = os.environ.get(variable)
    if value:
        return value
    raise ConfigurationError(
        f"The variable {variable}, which {setting} names, is not set or is empty; export {variable}=… and run again."
    )


def _login(variable: str | None) -> str | None:
    found = _value("network.proxy_auth_env", variable)
    if found is not None and ":" not in found:
        raise ConfigurationError(
            f"The variable {variable}, which network.proxy_auth_env names, holds no colon; export {variable}=user:password."
        )
    return found


def _header(name: str, variable: str) -> str:
    found = _value(f"network.headers.{name}", variable) or ""
    if not may_be_sent(found):
        raise ConfigurationError(
            f"The variable {variable}, which network.headers.{name} names, holds no valid value of a header, such as one with a line break; "
            f"export {variable}=… and run again."
        )
    return found


def _file(name: str, path: str | None) -> Path | None:
    if path is None:
        return None
    found = Path(path).expanduser()
    try:
        found.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}, which network.{name} names: {error.strerror}; give the path of a PEM file."
        ) from None
    return found


def _require_certificates(route: Route, network: NetworkSection) -> None:
    """Raise ConfigurationError for files that TLS cannot use."""
    try:
        route.trust()
    except (ssl.SSLError, OSError):
        raise ConfigurationError(
            f"The file {route.ca_bundle}, which network.ca_bundle names, holds no certificate in PEM; give one with the certificates of the "
            "certification authorities."
        ) from None
    if route.client_cert is None:
        return
    prompts: list[bool] = []

    def password() -> str:
        prompts.append(True)
        return route.key_password or ""

    try:
        ssl.create_default_context().load_cert_chain(route.client_cert, route.client_key, password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ConfigurationError(_unusable(route, network, error, is_encrypted=bool(prompts))) from None


def _unusable(route: Route, network: NetworkSection, error: Exception, *, is_encrypted: bool) -> str:
    """Return why OpenSSL takes no client certificate."""
    key = f"{route.client_key}, which network.client_key names" if route.client_key else ""
    key = key or f"{route.client_cert}, which network.client_cert names"
    variable = network.client_key_password_env
    if "MISMATCH" in str(error):
        return (
            f"The key in {key}, does not belong to the certificate in {route.client_cert} (network.client_cert); give the two that belong "
            "together."
        )
    if is_encrypted and not variable:
        return f"The key in {key}, is encrypted; export its password as a variable, and name it in network.client_key_password_env."
    if is_encrypted:
        return (
            f"The password in the variable {variable} (network.client_key_password_env) does not open the key in {key}."
        )
    if b"-----BEGIN CERTIFICATE-----" not in (route.client_cert or Path()).read_bytes():
        return f"The file {route.client_cert}, which network.client_cert names, holds no certificate in PEM."
    return f"The file {key}, holds no private key in PEM; give the file of the key in network.client_key."
