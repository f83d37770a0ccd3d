"""Serving the API over HTTP: the socket, TLS, and the end."""

import logging
import signal
from contextlib import closing

import msgspec
import structlog
import uvicorn

from dialplan import private
from premises.installation import Installation, Web
from premises.listening import certificate_of, listener
from premises.settings import WebSettings
from web.application import application
from web.office import open_office

STOP_SECONDS = 5
"""For answers under way, once told to stop."""
LONGEST_WORD = 4096
"""Bytes of what may be sent over a WebSocket."""

DENIED = "ASGI callable returned without completing handshake."
"""What uvicorn (0.54, websockets-sansio) calls an error: somebody was refused a WebSocket, and was told why."""

log = structlog.get_logger()


def serve(installation: Installation) -> None:
    """Serve until SIGTERM or SIGINT. Raises BadSettings, AddressError, AlreadyRunning, OSError."""
    settings = installation.settings.web
    files = certificate_of(settings, installation.folder) or (None, None)
    with (
        installation.asked_over_http(),
        open_office(installation) as office,
        closing(listener(settings, installation.folder, _last_port(installation))) as socket,
    ):
        config = uvicorn.Config(
            application(office),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # an address that a header tells is anybody's word
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=LONGEST_WORD,
            ssl_certfile=files[0],
            ssl_keyfile=files[1],
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        logging.getLogger("uvicorn.error").addFilter(lambda record: record.getMessage() != DENIED)
        server = uvicorn.Server(config)
        # Told to stop before uvicorn listens to signals, it does not even begin; afterwards it sends itself the signal
        # once more, which must not end us in another way.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        _announce(installation, settings, socket.getsockname()[1])
        server.run(sockets=[socket])


def _last_port(installation: Installation) -> int:
    try:
        return installation.web().port
    except (OSError, ValueError):
        return 0


def _announce(installation: Installation, settings: WebSettings, port: int) -> None:
    scheme = "https" if settings.certificate else "http"
    web = Web(api=f"{scheme}://{settings.address}:{port}", port=port)
    told = msgspec.json.encode(web)
    if not installation.web_file.exists() or installation.web_file.read_bytes() != told:  # the disk may be full
        private.write(installation.web_file, told)
    log.info("HTTP API serves", at=web.api)
