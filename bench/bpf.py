"""Packet filters for a socket, as the kernel takes them (socket(7), classic BPF)."""

import ctypes
import socket
import struct

SO_ATTACH_FILTER = 26  # asm-generic/socket.h
Instruction = tuple[int, int, int, int]
"""Operation, instructions to skip if a comparison holds, and if it does not, value."""
NOTHING: tuple[Instruction, ...] = ((0x06, 0, 0, 0),)
"""Let nothing pass."""
_INSTRUCTION = struct.Struct("HBBI")


def attach(to: socket.socket, program: tuple[Instruction, ...]) -> None:
    """Have a socket take only the packets that this lets pass."""
    code = b"".join(_INSTRUCTION.pack(*one) for one in program)
    kept = ctypes.create_string_buffer(code, len(code))
    to.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(kept)))


def tcp_from(port: int) -> tuple[Instruction, ...]:
    """Let TCP over IPv4 pass that is sent from this port; for sockets that see packets from the IP header on."""
    return (
        (0x30, 0, 0, 9),  # load the protocol
        (0x15, 0, 4, socket.IPPROTO_TCP),
        (0xB1, 0, 0, 0),  # the length of the IP header
        (0x48, 0, 0, 0),  # load the source port behind it
        (0x15, 0, 1, port),
        (0x06, 0, 0, 0xFFFF),  # let it pass
        (0x06, 0, 0, 0),  # do not
    )
