"""When a datagram reached this machine: the kernel noted it, whatever this process was busy with (Linux, socket(7))."""

import socket
import struct
import time

Place = tuple[str, int]
"""A UDP address: host and port."""
SO_TIMESTAMPNS = 35
"""Option and kind of the control message; Python has no name for it."""
TIMESPEC = struct.Struct("@qq")
"""Seconds and nanoseconds since 1970."""


def note_arrivals(at: socket.socket) -> None:
    """Have the kernel note them for this socket."""
    at.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def receive(at: socket.socket, largest: int, now: float) -> tuple[bytes, float, Place]:
    """The next datagram, when it came and where from. ``now``: the clock by which to tell it, in seconds.

    Raises OSError, BlockingIOError where there is none.
    """
    datagram, control, _, source = at.recvmsg(largest, socket.CMSG_SPACE(TIMESPEC.size))
    ((_, _, stamp),) = control
    seconds, nanoseconds = TIMESPEC.unpack(stamp)
    waited: float = time.time() - seconds - nanoseconds / 1e9
    return datagram, now - waited, source
