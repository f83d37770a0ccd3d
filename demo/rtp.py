"""RTP packets (RFC 3550) and digits in them (RFC 4733). No sockets, no clock."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from demo.g711 import FRAME

KEYS = "0123456789*#ABCD"
"""Digits in the order of their RFC 4733 event codes."""
PRESSED_FRAMES = 5
"""How long a key is held: 100 ms, which every receiver recognises."""
PAUSE_FRAMES = 4
"""How long to wait before the next key: 80 ms."""
END_PACKETS = 3
"""How often the end of a key is told (RFC 4733, section 2.5.1.4), so that a lost packet does no harm."""

_HEADER = struct.Struct(">BBHII")
_EVENT = struct.Struct(">BBH")


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    marker: bool = False


def read_packet(datagram: bytes) -> Packet | None:
    """The packet in a datagram; None when it is none (RTCP, noise)."""
    if len(datagram) < 12:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
    start = 12 + 4 * (first & 0x0F)
    if first >> 6 != 2 or 200 <= second <= 223 or len(datagram) < start:  # RTCP shares the number space, RFC 5761
        return None
    if first & 0x10:
        if len(datagram) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    end = len(datagram) - (datagram[-1] if first & 0x20 else 0)
    return Packet(second & 0x7F, sequence, timestamp, source, datagram[start:end], bool(second & 0x80))


def write_packet(packet: Packet) -> bytes:
    """The packet as a datagram; numbers wrap around as they must."""
    second = packet.payload_type | (0x80 if packet.marker else 0)
    header = _HEADER.pack(0x80, second, packet.sequence & 0xFFFF, packet.timestamp & 0xFFFFFFFF, packet.source)
    return header + packet.payload


@dataclass(frozen=True, slots=True)
class Event:
    """The payload of a digit's packet."""

    key: str
    is_over: bool
    samples: int
    """How long it has been held, in samples."""


def read_event(payload: bytes) -> Event | None:
    """The digit in a payload; None when it is something else (a hook flash, noise)."""
    if len(payload) < 4:
        return None
    code, flags, samples = _EVENT.unpack_from(payload)
    return Event(KEYS[code], bool(flags & 0x80), samples) if code < len(KEYS) else None


def write_event(event: Event) -> bytes:
    """The payload for a digit, at a usual loudness (-10 dBm0)."""
    return _EVENT.pack(KEYS.index(event.key), 10 | (0x80 if event.is_over else 0), event.samples)


def pressing(key: str) -> Iterator[tuple[Event, ...]]:
    """What to send for one key, frame by frame; the last frame tells the end three times, then comes a pause."""
    for frame in range(1, PRESSED_FRAMES + 1):
        yield (Event(key, is_over=False, samples=frame * FRAME),)
    yield (Event(key, is_over=True, samples=(PRESSED_FRAMES + 1) * FRAME),) * END_PACKETS
    yield from [()] * PAUSE_FRAMES
