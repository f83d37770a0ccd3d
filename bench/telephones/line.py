"""A socket on loopback: what is sent, what comes and, by the kernel's clock, when (SO_TIMESTAMPNS, socket(7))."""

import socket
import struct
from collections.abc import Iterator

from bench.telephones.wire import HOST

SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python 3.11 has no name for it
BUFFER = 4 << 20
"""Bytes that may wait in a socket: a burst must not be lost on our side."""
BATCH = 64
"""Messages taken before the timetable is looked at again."""
_MOMENT = struct.Struct("qq")
_SPACE = socket.CMSG_SPACE(_MOMENT.size)


class Line:
    """One UDP socket."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        for way in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, way, BUFFER)
        self.port: int = self.socket.getsockname()[1]

    def send(self, message: bytes, port: int) -> None:
        """Send it to this port of loopback."""
        self.socket.sendto(message, (HOST, port))

    def close(self) -> None:
        """Hear nothing more."""
        self.socket.close()

    def heard(self) -> Iterator[tuple[bytes, int, int]]:
        """What has come, each with its time of arrival in nanoseconds since 1970, and the port that it came from."""
        for _ in range(BATCH):
            try:
                message, told, _flags, sender = self.socket.recvmsg(65536, _SPACE)
            except BlockingIOError:
                return
            seconds, rest = _MOMENT.unpack(told[0][2])
            yield message, seconds * 10**9 + rest, sender[1]
