"""What Asterisk sends from one of its TCP ports, with the kernel's time for each packet (packet(7))."""

import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from bench import bpf
from bench.telephones.line import SO_TIMESTAMPNS

SO_RCVBUFFORCE = 33  # asm-generic/socket.h
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23  # linux/socket.h, linux/if_packet.h
ETH_P_IP = 0x0800
BUFFER = 64 << 20
"""Bytes of packets that may wait until they are read."""
_MOMENT = struct.Struct("qq")


class Tap:
    """``with Tap(port) as tap``: all that is sent from this port of loopback from then on.

    PermissionError without the right to see packets (CAP_NET_RAW).
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        bpf.attach(self._socket, bpf.tcp_from(port))
        self._socket.bind(("lo", ETH_P_IP))
        self._socket.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def heard(self) -> Iterator[tuple[bytes, int]]:
        """What was sent so far, packet by packet, each with its time in nanoseconds since 1970."""
        while True:
            try:
                packet, told, _flags, _sender = self._socket.recvmsg(1 << 16, socket.CMSG_SPACE(_MOMENT.size))
            except BlockingIOError:
                return
            seconds, rest = _MOMENT.unpack(told[0][2])
            yield packet, seconds * 10**9 + rest
