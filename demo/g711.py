"""PCMU and PCMA (ITU-T G.711) by tables: Python 3.13 has no audioop. PCM is 16 bit signed, 8000 samples a second."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

RATE = 8000
"""Samples a second."""
Samples: TypeAlias = "array[int]"
"""PCM: 16 bit, signed. (Quoted: array takes no parameters at run time before Python 3.12.)"""
FRAME = 160
"""Samples in one packet of 20 ms."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One of the two codings."""

    name: str
    payload_type: int
    """RFC 3551."""
    levels: tuple[int, ...]
    """The sample that each of the 256 codes stands for."""
    codes: bytes
    """The code of each sample, at the index (sample + 32768) // 4."""

    def decode(self, payload: bytes) -> Samples:
        """The samples of a payload."""
        return array("h", map(self.levels.__getitem__, payload))

    def encode(self, samples: Samples) -> bytes:
        """The payload of samples."""
        codes = self.codes
        return bytes([codes[(sample + 32768) >> 2] for sample in samples])

    @property
    def silence(self) -> bytes:
        """One frame of it."""
        return self.codes[32768 >> 2 : (32768 >> 2) + 1] * FRAME


def by_payload_type(number: int) -> Codec | None:
    """The codec of a payload type; None when it is another one's."""
    return {0: pcmu(), 8: pcma()}.get(number)


@cache
def pcmu() -> Codec:
    """G.711 mu-law."""
    return _codec("PCMU", 0, _mu_level)


@cache
def pcma() -> Codec:
    """G.711 A-law."""
    return _codec("PCMA", 8, _a_level)


def _codec(name: str, payload_type: int, level: Callable[[int], int]) -> Codec:
    levels = tuple(level(code) for code in range(256))
    return Codec(name, payload_type, levels, _nearest(levels))


def _mu_level(code: int) -> int:
    flipped = ~code & 0xFF
    size = (((flipped & 0x0F) << 3) + 0x84 << (flipped >> 4 & 7)) - 0x84
    return -size if flipped & 0x80 else size


def _a_level(code: int) -> int:
    flipped = code ^ 0x55
    exponent, size = flipped >> 4 & 7, ((flipped & 0x0F) << 4) + 8
    size = size if exponent == 0 else size + 0x100 << exponent - 1
    return size if flipped & 0x80 else -size


def _nearest(levels: tuple[int, ...]) -> bytes:
    """For each sample, in steps of 4, the code of the closest level: one walk along the sorted levels."""
    order = sorted(range(256), key=levels.__getitem__)
    codes, place = bytearray(), 0
    for sample in range(-32768, 32768, 4):
        middle = sample + 1.5
        while place < 255 and abs(levels[order[place + 1]] - middle) <= abs(levels[order[place]] - middle):
            place += 1
        codes.append(order[place])
    return bytes(codes)
