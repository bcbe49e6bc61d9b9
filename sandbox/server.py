"""Serving a backend over HTTP on the loopback interface, and describing it to its client."""

import asyncio
import ipaddress
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.errors import SandboxError, validation
from sandbox.settings import SandboxSettings

LARGEST_HEAD = 8 * 1024 * 1024
API_KEY_VARIABLE = "LAYERS_API_KEY"
OTHER_API_KEY_VARIABLE = "LAYERS_OTHER_KEY"


class Stopped(BaseException):
    """A signal asked the server to end."""


def protocol_for(backend: Backend) -> type[H11Protocol]:
    """Return an HTTP/1.1 protocol that answers invalid HTTP with the error envelope instead of plain text."""

    class EnvelopeProtocol(H11Protocol):
        """uvicorn's protocol; only the answer to an unreadable request differs."""

        def send_400_response(self, msg: str) -> None:
            if self.cycle is not None:
                # The application may still try to answer the broken request; that answer must be dropped.
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            answer = backend.rendering.error(validation(msg))
            headers = [("content-type", "application/json"), ("content-length", str(len(answer.body)))]
            head = h11.Response(status_code=400, headers=[*headers, ("connection", "close")], reason=b"Bad Request")
            try:
                events = (head, h11.Data(data=answer.body), h11.EndOfMessage())
                self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
            except h11.LocalProtocolError:
                # Another answer has already started, so the connection can't carry this one.
                pass
            finally:
                self.transport.close()

    return EnvelopeProtocol


class Server(uvicorn.Server):
    """A uvicorn server that calls `on_ready` when it accepts connections."""

    on_ready: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `on_ready`."""
        await super().startup(sockets)
        if self.started and self.on_ready is not None:
            self.on_ready()


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket on a loopback address. Raises SandboxError for another address and for a port in use."""
    if not is_loopback(host):
        raise SandboxError(f"The sandbox serves on loopback only, not on {host}. Use 127.0.0.1, ::1 or localhost.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only if the protocol is named; otherwise each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SandboxError(
            f"Port {port} on {host} can't be used: {reason}. Choose another, or 0 for a free one."
        ) from error
    return listener


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is a loopback one."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def server_for(backend: Backend) -> Server:
    """Return a server without logs; it passes long request heads to the application, which refuses them with an envelope."""
    config = uvicorn.Config(
        create_app(backend),
        http=protocol_for(backend),
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level="error",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=1,
    )
    return Server(config)


def as_backend(backend: Backend | SandboxSettings) -> Backend:
    """Return the backend; build it if only its settings are given."""
    return build_backend(backend) if isinstance(backend, SandboxSettings) else backend


def url_of(listener: socket.socket) -> str:
    """Return the base URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def signals_caught() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into Stopped: uvicorn shuts down on them and then raises them again."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stopped

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def serve(
    backend: Backend | SandboxSettings,
    host: str = "127.0.0.1",
    port: int = 0,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return; `on_ready` gets the base URL once connections are accepted.

    Raises SandboxError for a host that is not loopback, a port in use and an unusable database file.
    """
    backend = as_backend(backend)
    with bind(host, port) as listener:
        server = server_for(backend)
        if on_ready is not None:
            base_url = url_of(listener)
            server.on_ready = lambda: on_ready(base_url)
        with suppress(Stopped), signals_caught():
            server.run(sockets=[listener])


@contextmanager
def running(backend: Backend | SandboxSettings, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve from a thread during the block; yield the base URL. Raises as `serve` does."""
    backend = as_backend(backend)
    with bind(host, port) as listener:
        server = server_for(backend)
        ready = threading.Event()
        server.on_ready = ready.set
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
        thread.start()
        try:
            if not ready.wait(10):
                raise SandboxError("The sandbox's server did not start within 10 seconds. Try again.")
            yield url_of(listener)
        finally:
            server.should_exit = True
            thread.join(10)


def describe(settings: SandboxSettings, base_url: str) -> dict[str, object]:
    """Return all that a client needs to know about a running sandbox. It holds the keys: print it, never log it."""
    return {
        "baseUrl": base_url,
        "apiKey": settings.api_key,
        "otherApiKey": settings.other_api_key,
        "projectId": settings.project_id,
        "reviewProjectId": settings.review_project_id,
        "archiveProjectId": settings.archive_project_id,
        "otherProjectId": settings.other_project_id,
        "influencerId": settings.influencer_id,
        "referenceMediaIds": list(settings.reference_media_ids),
        "sourcePostId": settings.source_post_id,
        "failingBrief": {"hook": settings.failing_hook},
        "clockUrl": f"{base_url}/_sandbox/clock",
        "generationSeconds": settings.generation_seconds,
        "dialect": {"clone_id": "existing"},
        "timing": {},
    }


def toml_value(value: object) -> str:
    """Return a value in TOML; JSON strings, numbers and arrays are also valid TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml_value(part)}" for name, part in value.items()) + " }"
    return json.dumps(value)


def config_toml(description: Mapping[str, object]) -> str:
    """Return a conformance.toml for a result of `describe`; the keys are in comments, to be exported."""
    seconds = description["generationSeconds"]
    timeout = 30.0 + 20 * float(str(seconds))
    tables: dict[str, Mapping[str, object]] = {
        "target": {
            "base_url": description["baseUrl"],
            "api_key_env": API_KEY_VARIABLE,
            "project_id": description["projectId"],
            "review_project_id": description["reviewProjectId"],
            "archive_project_id": description["archiveProjectId"],
            "other_api_key_env": OTHER_API_KEY_VARIABLE,
            "other_project_id": description["otherProjectId"],
        },
        "fixtures": {
            "influencer_id": description["influencerId"],
            "reference_media_ids": description["referenceMediaIds"],
            "source_post_id": description["sourcePostId"],
            "failing_brief": description["failingBrief"],
        },
        "dialect": cast("Mapping[str, object]", description["dialect"]),
        "timing": {
            "generation_timeout": timeout,
            "poll_interval": 0.05,
            **cast("Mapping[str, object]", description["timing"]),
        },
        "hooks": {"clock_url": description["clockUrl"]},
    }
    lines = [
        f"# export {API_KEY_VARIABLE}='{description['apiKey']}'",
        f"# export {OTHER_API_KEY_VARIABLE}='{description['otherApiKey']}'",
    ]
    for table, values in tables.items():
        lines += [f"[{table}]", *(f"{name} = {toml_value(value)}" for name, value in values.items())]
    return "\n".join(lines)
