"""A connection to PostgreSQL that can be made slow: a proxy on a Unix socket, which holds back what clients send."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
"""As PostgreSQL's clients expect it in the folder that stands for the host."""
LARGEST = 65536


class Slowness(socketserver.ThreadingUnixStreamServer):
    """The proxy; used by `slowness`. Clients send a statement in one piece, so that each is delayed once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path, server: Path) -> None:
        super().__init__(str(folder / SOCKET), _Connection)
        self.server_socket = server / SOCKET
        self.seconds = 0.0
        """So long each piece is held back."""


class _Connection(socketserver.BaseRequestHandler):
    server: Slowness

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as there:
            try:
                there.connect(str(self.server.server_socket))
            except OSError:
                return
            back = threading.Thread(target=_pass, args=(there, self.request), daemon=True)
            back.start()
            _pass(self.request, there, lambda: time.sleep(self.server.seconds))
            back.join()


def _pass(source: socket.socket, to: socket.socket, before: object = None) -> None:
    """Pass everything on until either side has closed."""
    with suppress(OSError):
        while piece := source.recv(LARGEST):
            if callable(before):
                before()
            to.sendall(piece)
    for one in (source, to):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def slowness(folder: Path, server: Path) -> Iterator[Slowness]:
    """A proxy in this folder for the server whose socket is in the other one."""
    with Slowness(folder, server) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()
