"""Serving the API over HTTP: the socket, TLS, and the end."""

import contextlib
import ipaddress
import random
import signal
import socket
import ssl
from contextlib import closing
from pathlib import Path

import msgspec
import structlog
import uvicorn

from dialplan import private
from premises.installation import Installation, Web
from premises.ports import FIRST, LAST, NoFreePortsError
from premises.settings import BadSettings, WebSettings
from web.application import application
from web.office import open_office

STOP_SECONDS = 5
"""For answers under way, once told to stop."""
_TRIES = 200
LONGEST_WORD = 4096
"""Bytes of what may be sent over a WebSocket."""

log = structlog.get_logger()


def serve(installation: Installation) -> None:
    """Serve until SIGTERM or SIGINT. Raises BadSettings, AddressError, AlreadyRunning, OSError."""
    settings = installation.settings.web
    _refuse_clear_text(settings)
    with (
        installation.asked_over_http(),
        open_office(installation) as office,
        closing(_bound(settings, _last_port(installation))) as listener,
    ):
        certificate, key = (_below(installation, file) for file in (settings.certificate, settings.key))
        config = uvicorn.Config(
            application(office),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # an address that a header tells is anybody's word
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=LONGEST_WORD,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        _load(config)
        server = uvicorn.Server(config)
        # Told to stop before uvicorn listens to signals, it does not even begin; afterwards it sends itself the signal
        # once more, which must not end us in another way.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        _announce(installation, settings, listener)
        server.run(sockets=[listener])


def _refuse_clear_text(settings: WebSettings) -> None:
    """Passwords, and what callers said, go through no network in the clear."""
    if (settings.certificate is None) != (settings.key is None):
        raise BadSettings("settings.yaml: web: certificate and key go together")
    if settings.certificate is None and not _is_loopback(settings.address):
        raise BadSettings(
            f"settings.yaml: web: {settings.address} is beyond this machine: give certificate and key, "
            "or leave the address out and have a proxy on this machine do TLS"
        )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _below(installation: Installation, file: str | None) -> Path | None:
    return None if file is None else installation.folder / file


def _load(config: uvicorn.Config) -> None:
    """Read certificate and key, so that a fault in them is told before anybody is told that the API is there."""
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(f"settings.yaml: web: certificate and key: {error}") from error


def _bound(settings: WebSettings, last: int) -> socket.socket:
    """At the port that is set; without one at the last one, so that addresses stay good, or at any that is free."""
    if settings.port:
        return socket.create_server((settings.address, settings.port))
    for port in (*([last] if last else ()), *random.sample(range(FIRST, LAST + 1), _TRIES)):
        with contextlib.suppress(OSError):
            return socket.create_server((settings.address, port))
    raise NoFreePortsError(f"no free port between {FIRST} and {LAST} on {settings.address}")


def _last_port(installation: Installation) -> int:
    try:
        return installation.web().port
    except (OSError, ValueError):
        return 0


def _announce(installation: Installation, settings: WebSettings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    scheme = "https" if settings.certificate else "http"
    web = Web(api=f"{scheme}://{settings.address}:{port}", port=port)
    told = msgspec.json.encode(web)
    if not installation.web_file.exists() or installation.web_file.read_bytes() != told:  # the disk may be full
        private.write(installation.web_file, told)
    log.info("HTTP API serves", at=web.api)
