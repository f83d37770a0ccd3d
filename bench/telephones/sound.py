"""RTP for hundreds of talks: all that is due goes to the kernel in one call each 20 ms (sendmmsg, RFC 3550).

Every stream of one side is the same packet, sent from the same port to another one: only so does the load of 500 talks,
50,000 packets a second, leave the machine to those who are measured. What comes back is dropped by the kernel.
"""

import ctypes
import os
import socket
import struct

from bench import bpf
from bench.telephones.wire import HOST

FRAME_SECONDS = 0.02
SAMPLES = 160
A_LAW = 8  # RFC 3551
_HEADER = struct.Struct(">BBHII")
_ADDRESS = struct.Struct("=H2s4s8x")


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    """struct msghdr (sendmsg(2))."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vectors_length", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Message(ctypes.Structure):
    """struct mmsghdr (sendmmsg(2))."""

    _fields_ = [("header", _Header), ("sent", ctypes.c_uint)]


_send = ctypes.CDLL(None, use_errno=True).sendmmsg


class Sound:
    """What one side says in all its talks."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        bpf.attach(self._socket, bpf.NOTHING)
        self.port: int = self._socket.getsockname()[1]
        self._packet = ctypes.create_string_buffer(bytes(_HEADER.size) + os.urandom(SAMPLES))
        self._vector = _Vector(ctypes.addressof(self._packet), _HEADER.size + SAMPLES)
        self._frame = 0
        self._ports: set[int] = set()
        self._messages: ctypes.Array[_Message] | None = None
        self._addresses: list[ctypes.Array[ctypes.c_char]] = []

    def begin(self, port: int) -> None:
        """Speak to this port of Asterisk's from now on."""
        self._ports.add(port)
        self._messages = None

    def end(self, port: int) -> None:
        """Speak to it no more."""
        self._ports.discard(port)
        self._messages = None

    def close(self) -> None:
        """Say nothing more."""
        self._socket.close()

    def speak(self) -> None:
        """Send every talk's next frame."""
        self._frame += 1
        if not self._ports:
            return
        _HEADER.pack_into(self._packet, 0, 0x80, A_LAW, self._frame & 0xFFFF, self._frame * SAMPLES & 0xFFFFFFFF, 1)
        messages = self._messages = self._messages or self._to_all()
        sent = 0
        while sent < len(messages):
            more = _send(self._socket.fileno(), ctypes.byref(messages[sent]), len(messages) - sent, 0)
            sent += max(more, 1)  # one that the kernel refuses is lost, as packets are

    def _to_all(self) -> "ctypes.Array[_Message]":
        addresses = [
            _ADDRESS.pack(socket.AF_INET, port.to_bytes(2, "big"), socket.inet_aton(HOST)) for port in self._ports
        ]
        self._addresses = [ctypes.create_string_buffer(address, len(address)) for address in addresses]
        messages = (_Message * len(addresses))()
        for message, address in zip(messages, self._addresses, strict=True):
            header = message.header
            header.name, header.name_length = ctypes.addressof(address), len(address)
            header.vectors, header.vectors_length = ctypes.pointer(self._vector), 1
        return messages
